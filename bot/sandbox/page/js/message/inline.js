/** Inline keyboards: buttons under a message, and what a press does. */
import { arrows, el } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";

const SIGNS = { url: "link", web_app: "app", copy_text: "copy", login_url: "link" };

/**
 * @param {Array<Array<object>>} rows InlineKeyboardButton rows
 * @param {{message_id: number}} record
 * @param {{press: (record, button, place, node) => void, waiting: (record, place) => boolean, link?: (url: string) => boolean}} acts
 */
export function inlineKeyboard(rows, record, acts) {
  const board = el(
    "div",
    { class: "inline-keyboard", role: "group", "aria-label": t("buttons") },
    rows.map((row, r) =>
      el(
        "div",
        { class: "inline-row" },
        row.map((button, c) => inlineButton(button, record, { row: r, column: c }, acts)),
      ),
    ),
  );
  arrows(board, ".inline-button", { horizontal: true });
  return board;
}

/** @param {object|null} place row and column, or null inside a rich message */
export function inlineButton(button, record, place, acts) {
  const sign = SIGNS[Object.keys(SIGNS).find((name) => button[name])];
  const props = {
    class: ["inline-button", button.style].filter(Boolean).join(" "),
    "data-testid": "inline-button",
    "data-style": button.style,
    "aria-description": button.style && t(`style_${button.style}`),
    dir: "auto",
  };
  const words = [el("span", { class: "button-words", text: button.text }), sign && icon(sign)];
  const address = button.url ?? button.login_url?.url;
  if (address && /^(https?|tg|mailto|tel):/i.test(address)) return anchor(address, props, words, acts);
  const waiting = place !== null && acts.waiting(record, place);
  const node = el(
    "button",
    {
      ...props,
      type: "button",
      disabled: Boolean(button.disabled),
      "aria-busy": waiting ? "true" : null,
      "data-row": place?.row,
      "data-column": place?.column,
    },
    words,
  );
  node.addEventListener("click", () => node.getAttribute("aria-busy") !== "true" && acts.press(record, button, place, node));
  return node;
}

function anchor(address, props, words, acts) {
  const onclick = (event) => acts.link?.(address) && event.preventDefault();
  return el("a", { ...props, href: address, target: "_blank", rel: "noopener noreferrer", onclick }, words);
}
