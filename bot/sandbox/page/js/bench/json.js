/** JSON for reading: coloured, foldable by nesting, and one press to copy. */
import { el } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { notice } from "../base/notice.js";

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** @param {any} value @returns {HTMLElement} */
export function jsonView(value) {
  const text = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
  const copy = async () => {
    await navigator.clipboard?.writeText(text).catch(() => {});
    notice(t("copiedShort"));
  };
  return el(
    "div",
    { class: "json" },
    el(
      "button",
      { type: "button", class: "icon-button small json-copy", "aria-label": t("copy"), title: t("copy"), onclick: copy },
      icon("copy"),
    ),
    el("pre", { dir: "ltr", tabindex: "0", "aria-label": "JSON" }, el("code", {}, coloured(text))),
  );
}

function coloured(text) {
  if (text.length > 200_000) return [text];
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, string, colon, word, digits] = match;
    if (match.index > at) nodes.push(text.slice(at, match.index));
    if (string) nodes.push(el("span", { class: colon ? "json-key" : "json-string", text: string }), colon ?? "");
    else nodes.push(el("span", { class: word ? "json-word" : "json-number", text: word ?? digits }));
    at = match.index + whole.length;
  }
  return [...nodes, text.slice(at)];
}
