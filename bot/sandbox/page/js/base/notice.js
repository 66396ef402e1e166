/** Short notes of the page itself (not of a bot): what failed, what was saved. */
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

let place = null;

/** The live region; the page puts it in the document once. */
export function noticePlace() {
  place = el("div", { class: "notices", role: "status", "aria-live": "polite", "data-testid": "notices" });
  return place;
}

export function notice(text, { bad = false, seconds = 6 } = {}) {
  const close = el(
    "button",
    { type: "button", class: "icon-button small", "aria-label": t("close"), onclick: () => note.remove() },
    icon("close"),
  );
  const note = el(
    "div",
    { class: bad ? "notice bad" : "notice", "data-testid": "notice" },
    bad && el("strong", { text: t("failed") }),
    el("span", { text, dir: "auto" }),
    close,
  );
  place?.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}

/** Runs an action and says in words when it fails. @returns the result, or null */
export async function attempt(action) {
  try {
    return await action;
  } catch (problem) {
    notice(problem.message, { bad: true });
    return null;
  }
}
