/** Pictures: in the message, as an album's grid, and large. */
import { el } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { fileSize } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";

/** @param {object|undefined} file a file of a sandbox Message @param {{hidden?: boolean, alt?: string}} [options] */
export function photoBox(file, { hidden, alt } = {}) {
  if (!file?.available) return el("div", { class: "no-picture" }, icon("photo"), el("span", { text: t("noPreview") }));
  const image = el("img", {
    src: file.url,
    alt: alt || t("kind_photo"),
    loading: "lazy",
    decoding: "async",
    draggable: "false",
  });
  if (file.width && file.height) image.style.aspectRatio = `${file.width} / ${file.height}`;
  image.addEventListener("error", () => box.replaceChildren(icon("photo"), el("span", { text: t("noPreview") })), {
    once: true,
  });
  const box = el(
    "button",
    { type: "button", class: hidden ? "picture hidden" : "picture", "aria-label": alt || t("openPhoto") },
    image,
  );
  box.addEventListener("click", () => (box.classList.contains("hidden") ? box.classList.remove("hidden") : enlarge(file)));
  return box;
}

function enlarge(file) {
  const size = el("p", {
    class: "muted",
    text: [file.width && `${file.width} × ${file.height}`, fileSize(file.size)].filter(Boolean).join(" · "),
  });
  const save = el("a", { class: "button", href: `${file.url}?download=1`, download: file.name ?? true, text: t("download") });
  openDialog({
    title: file.name ?? t("kind_photo"),
    wide: true,
    testid: "viewer",
    body: [
      el("img", { class: "large-picture", src: file.url, alt: t("kind_photo") }),
      el("div", { class: "row between" }, size, save),
    ],
  });
}
