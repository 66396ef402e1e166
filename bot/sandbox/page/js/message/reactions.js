/** Reactions under a message, and the row of emoji in its menu. */
import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { choose } from "../base/popup.js";

export const EMOJI = ["👍", "❤", "🙏", "🔥", "👏", "😁", "😢", "👎", "👀"];

/** Telegram's heart comes without the sign that makes it a picture. */
const shown = (emoji) => (emoji === "❤" ? "❤\ufe0f" : emoji);

/** @param {Array<{kind: string, id: number, emoji: string}>} reactions @param {number} person who looks */
export function reactionRow(reactions, person, react) {
  const groups = Map.groupBy?.(reactions, (one) => one.emoji) ?? group(reactions);
  return el(
    "div",
    { class: "reactions", role: "group", "aria-label": t("reactions") },
    [...groups].map(([emoji, list]) => chip(emoji, list, person, react)),
  );
}

function chip(emoji, list, person, react) {
  const own = list.some((one) => one.kind === "person" && one.id === person);
  return el(
    "button",
    {
      type: "button",
      class: "reaction",
      "aria-pressed": String(own),
      "data-testid": "reaction",
      "aria-label": t("reactionCount", { emoji, n: list.length }),
      onclick: () => react(own ? null : emoji),
    },
    el("span", { text: shown(emoji) }),
    el("span", { text: String(list.length) }),
  );
}

function group(reactions) {
  const groups = new Map();
  for (const one of reactions) groups.set(one.emoji, [...(groups.get(one.emoji) ?? []), one]);
  return groups;
}

/** The first row of a message's menu. */
export function reactionPicker(current, react) {
  const item = (emoji) =>
    el("button", {
      type: "button",
      role: "menuitemradio",
      class: "reaction-choice",
      "aria-checked": String(emoji === current),
      "aria-label": emoji,
      onclick: () => choose(() => react(emoji === current ? null : emoji)),
      text: shown(emoji),
    });
  const row = el("div", { class: "reaction-choices", role: "group", "aria-label": t("react") }, EMOJI.map(item));
  return row;
}
