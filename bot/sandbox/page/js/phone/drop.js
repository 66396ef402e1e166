/** Files dragged onto a conversation. */
import { el } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { filesOf } from "./attach.js";

/** @param {HTMLElement} node @param {(files: File[]) => void} take */
export function dropZone(node, take) {
  const cover = el(
    "div",
    { class: "drop-cover", "aria-hidden": "true", hidden: true },
    icon("attach"),
    el("span", { text: t("dropHere") }),
  );
  node.append(cover);
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  node.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    cover.hidden = false;
  });
  node.addEventListener("dragleave", (event) => {
    if (!node.contains(event.relatedTarget)) cover.hidden = true;
  });
  node.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    cover.hidden = true;
    take(filesOf(event.dataTransfer));
  });
}
