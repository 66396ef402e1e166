/** Rich messages (Bot API 10.1 and later): blocks -> DOM nodes. */
import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { expandable, link, spoiler } from "./entities.js";
import { documentCard, place, player } from "./media.js";
import { photoBox } from "./photo.js";
import { plain } from "./summary.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  subscript: "sub",
  superscript: "sup",
  marked: "mark",
  mathematical_expression: "code",
};

/**
 * @param {{blocks: object[], is_rtl?: boolean}} message
 * @param {object[]} files the sandbox Message's files
 * @param {{press?: (button: object) => Node, link?: Function, command?: Function}} acts `press` makes the button of a RichMessageButton
 */
export function richNode(message, files, acts) {
  const dir = message.is_rtl ? "rtl" : "auto";
  return el("div", { class: "rich", dir }, blocks(message.blocks, { files, acts }));
}

const blocks = (list, context) => list.map((block) => BLOCKS[block.type]?.(block, context) ?? unknown(block));
const unknown = (block) => el("p", { class: "muted", text: `${t("unsupported")}: ${block.type}` });

function text(value, context) {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((part) => text(part, context));
  return [TEXTS[value.type]?.(value, context) ?? el(TAGS[value.type] ?? "span", {}, text(plainPart(value), context))];
}

const plainPart = (value) => value.text ?? value.alternative_text ?? value.expression ?? "";
const TEXTS = {
  spoiler: (value, context) => spoiler(text(value.text, context)),
  url: (value, context) => link(value.url, text(value.text, context), context.acts),
  email_address: (value, context) => link(`mailto:${value.email_address}`, text(value.text, context)),
  phone_number: (value, context) => link(`tel:${value.phone_number}`, text(value.text, context)),
  date_time: (value, context) =>
    el("time", { datetime: new Date(value.unix_time * 1000).toISOString() }, text(value.text, context)),
  button: (value, context) => richButton(value.button, context),
};

const richButton = (button, context) =>
  context.acts.press?.({ ...button, text: plain(button.text) }) ?? el("span", { text: plain(button.text) });
const file = (context, id) => context.files.find((one) => one.unique_id === id);
const credit = (value, context) => value && el("cite", {}, text(value, context));

function figure(node, caption, context) {
  if (!caption) return node;
  return el("figure", {}, node, el("figcaption", {}, text(caption.text, context), credit(caption.credit, context)));
}

const BLOCKS = {
  paragraph: (block, context) => el("p", {}, text(block.text, context)),
  heading: (block, context) =>
    el(
      "p",
      { role: "heading", "aria-level": String(Math.min(6, block.size + 3)), class: `rich-heading size-${block.size}` },
      text(block.text, context),
    ),
  pre: (block, context) =>
    el("pre", { "data-language": block.language, dir: "ltr", tabindex: "0" }, el("code", {}, text(block.text, context))),
  footer: (block, context) => el("p", { class: "rich-footer" }, text(block.text, context)),
  divider: () => el("hr"),
  anchor: () => "",
  mathematical_expression: (block) => el("pre", { dir: "ltr" }, el("code", { text: block.expression })),
  thinking: (block, context) => el("p", { class: "muted" }, text(block.text, context)),
  list: (block, context) =>
    el(
      "ul",
      { class: "rich-list" },
      block.items.map((item) => listItem(item, context)),
    ),
  blockquote: (block, context) => el("blockquote", {}, blocks(block.blocks, context), credit(block.credit, context)),
  expandable_blockquote: (block, context) => expandable([text(block.text, context), credit(block.credit, context)]),
  pullquote: (block, context) => el("blockquote", { class: "pull" }, text(block.text, context), credit(block.credit, context)),
  table: (block, context) => table(block, context),
  details: (block, context) =>
    el(
      "details",
      { open: Boolean(block.is_open) },
      el("summary", {}, text(block.summary, context)),
      blocks(block.blocks, context),
    ),
  collage: (block, context) =>
    figure(el("div", { class: "rich-collage" }, blocks(block.blocks, context)), block.caption, context),
  slideshow: (block, context) =>
    figure(el("div", { class: "rich-slides", tabindex: "0" }, blocks(block.blocks, context)), block.caption, context),
  buttons: (block, context) =>
    el(
      "div",
      { class: "rich-buttons" },
      block.buttons.map((button) => richButton(button, context)),
    ),
  map: (block, context) => figure(place(block.location), block.caption, context),
  photo: (block, context) => figure(photoBox(file(context, block.photo.at(-1).file_unique_id)), block.caption, context),
  video: (block, context) => figure(player("video", file(context, block.video.file_unique_id)), block.caption, context),
  animation: (block, context) => figure(player("video", file(context, block.animation.file_unique_id)), block.caption, context),
  audio: (block, context) => figure(player("audio", file(context, block.audio.file_unique_id)), block.caption, context),
  voice_note: (block, context) =>
    figure(player("audio", file(context, block.voice_note.file_unique_id)), block.caption, context),
  document: (block, context) =>
    figure(documentCard(block.document, file(context, block.document.file_unique_id)), block.caption, context),
};

function listItem(item, context) {
  const box =
    item.has_checkbox &&
    el("span", {
      class: "rich-check",
      role: "img",
      "aria-label": t(item.is_checked ? "checked" : "unchecked"),
      text: item.is_checked ? "☑" : "☐",
    });
  const label = !box && el("span", { class: "rich-label", text: item.label });
  return el("li", {}, box || label, el("div", {}, blocks(item.blocks, context)));
}

function table({ cells, is_bordered: bordered, is_striped: striped, caption }, context) {
  const name = ["rich-table", bordered && "bordered", striped && "striped"].filter(Boolean).join(" ");
  const row = (list) =>
    el(
      "tr",
      {},
      list.map((cell) => tableCell(cell, context)),
    );
  return el(
    "div",
    { class: "rich-scroll", tabindex: "0" },
    el("table", { class: name }, caption && el("caption", {}, text(caption, context)), el("tbody", {}, cells.map(row))),
  );
}

function tableCell({ is_header: header, colspan, rowspan, align, text: words }, context) {
  const inner = words === undefined ? "" : text(words, context);
  return el(header ? "th" : "td", { colspan, rowspan, class: `align-${align}`, dir: "auto" }, inner);
}
