/** Text and its entities (offsets in UTF-16 units, as JavaScript counts) -> DOM nodes. Never markup. */
import { el } from "../base/dom.js";
import { longTime } from "../base/format.js";
import { t } from "../base/i18n.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

/**
 * @param {string} text
 * @param {Array<{type: string, offset: number, length: number}>} entities
 * @param {{command?: (text: string) => void, link?: (url: string) => boolean}} acts what a press on a command or link does;
 *   `link` answers true when it took care of the address
 * @returns {Array<Node|string>}
 */
export function textNodes(text, entities = [], acts = {}) {
  const sorted = entities
    .map((entity) => ({ ...entity, start: entity.offset, end: entity.offset + entity.length }))
    .filter(({ start, end }) => end > start && end <= text.length)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  return trimmed(span(text, sorted, 0, text.length, acts));
}

/** A quotation or code block breaks the line by itself: one newline on either side of it is too many. */
function trimmed(nodes) {
  const isBlock = (node) => node instanceof Element && ["BLOCKQUOTE", "PRE"].includes(node.tagName);
  return nodes.map((node, at) => {
    if (typeof node !== "string") return node;
    const start = isBlock(nodes[at - 1]) ? node.replace(/^\n/, "") : node;
    return isBlock(nodes[at + 1]) ? start.replace(/\n$/, "") : start;
  });
}

function span(text, entities, from, to, acts) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const start = Math.max(entity.start, at);
    const inside = others.filter((one) => one.start < entity.end);
    const pieces = inside.map((one) => ({ ...one, end: Math.min(one.end, entity.end) }));
    const spill = inside.filter((one) => one.end > entity.end).map((one) => ({ ...one, start: entity.end }));
    if (start > at) nodes.push(text.slice(at, start));
    nodes.push(wrap(entity, text.slice(start, entity.end), span(text, pieces, start, entity.end, acts), acts));
    at = entity.end;
    rest = [...spill, ...others.filter((one) => one.start >= entity.end)];
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function wrap(entity, words, inner, acts) {
  const tag = TAGS[entity.type];
  if (tag) return el(tag, {}, inner);
  return WRAPS[entity.type]?.(entity, words, inner, acts) ?? el("span", { class: `entity-${entity.type}` }, inner);
}

const WRAPS = {
  pre: (entity, _, inner) => el("pre", { "data-language": entity.language, dir: "ltr", tabindex: "0" }, el("code", {}, inner)),
  blockquote: (_, __, inner) => el("blockquote", { dir: "auto" }, inner),
  expandable_blockquote: (_, __, inner) => expandable(inner),
  spoiler: (_, __, inner) => spoiler(inner),
  text_link: ({ url }, _, inner, acts) => link(url, inner, acts),
  url: (_, words, inner, acts) => link(/^\w+:/.test(words) ? words : `https://${words}`, inner, acts),
  email: (_, words, inner, acts) => link(`mailto:${words}`, inner, acts),
  phone_number: (_, words, inner, acts) => link(`tel:${words.replace(/[^+\d]/g, "")}`, inner, acts),
  bot_command: (_, words, inner, acts) => command(words, inner, acts),
  date_time: ({ unix_time: time }, _, inner) =>
    el("time", { datetime: new Date(time * 1000).toISOString(), title: longTime(time) }, inner),
};

/** An address as a link when its scheme is harmless, else plain words. */
export function link(address, inner, acts = {}) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return el("span", {}, inner);
  }
  if (!["http:", "https:", "mailto:", "tel:", "tg:"].includes(url.protocol)) return el("span", {}, inner);
  const onclick = (event) => acts.link?.(url.href) && event.preventDefault();
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", title: url.href, onclick }, inner);
}

function command(words, inner, acts) {
  if (!acts.command) return el("span", { class: "command", dir: "ltr" }, inner);
  return el("button", { type: "button", class: "command", dir: "ltr", onclick: () => acts.command(words) }, inner);
}

/** Words that are hidden, from screen readers too, until they are pressed. */
export function spoiler(inner) {
  const words = el("span", { class: "spoiler-words", "aria-hidden": "true" }, inner);
  const show = () => {
    cover.classList.add("shown");
    words.removeAttribute("aria-hidden");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
  };
  const onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    show();
  };
  const cover = el(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler"), onclick: show, onkeydown },
    words,
  );
  return cover;
}

/** A long quotation: three lines until it is opened. */
export function expandable(inner) {
  const words = el("div", { class: "clamped" }, inner);
  const toggle = el("button", { type: "button", class: "quote-more", "aria-expanded": "false", text: t("showAll") });
  toggle.addEventListener("click", () => {
    const shown = words.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(shown));
    toggle.textContent = t(shown ? "showLess" : "showAll");
  });
  return el("blockquote", { dir: "auto" }, words, toggle);
}
