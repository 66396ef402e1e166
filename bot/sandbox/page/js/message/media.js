/** Everything in a message that is neither text nor a picture: documents, sound, film, places, contacts, stickers. */
import { el } from "../base/dom.js";
import { fileSize, fullName, initials } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { photoBox } from "./photo.js";

/** @param {string} kind content kind @param {object} body Bot API Message @param {object[]} files @returns {Node|null} */
export function mediaNode(kind, body, files) {
  return KINDS[kind]?.(body, files[0]) ?? el("p", { class: "muted", text: `${t("unsupported")}: ${kind}` });
}

const KINDS = {
  photo: (body, file) => photoBox(file, { hidden: body.has_media_spoiler, alt: body.caption }),
  document: (body, file) => documentCard(body.document, file),
  voice: (body, file) => sound(body.voice, file, "voice"),
  audio: (body, file) => sound(body.audio, file, "voice"),
  video: (_, file) => player("video", file),
  animation: (_, file) => (file?.mime_type?.startsWith("image/") ? photoBox(file) : player("video", file)),
  video_note: (_, file) => player("video", file, "round"),
  sticker: (body, file) => sticker(body.sticker, file),
  location: (body) => place(body.location),
  venue: (body) => place(body.venue.location, body.venue.title),
  contact: (body) => contactCard(body.contact),
  dice: (body) =>
    el("div", {
      class: "sticker",
      role: "img",
      "aria-label": `${body.dice.emoji} ${body.dice.value}`,
      text: `${body.dice.emoji} ${body.dice.value}`,
    }),
};

/** Name, size and a download; a small picture when the document is one. */
export function documentCard(document, file) {
  const name = document.file_name ?? file?.name ?? t("kind_document");
  const ending = name.includes(".") ? name.split(".").at(-1).slice(0, 4) : "";
  const isPicture = file?.available && /^image\/(png|jpeg|gif|webp)$/.test(file.mime_type ?? document.mime_type ?? "");
  const face = isPicture
    ? photoBox(file, { alt: name })
    : el("span", { class: "file-face", "aria-hidden": "true" }, ending || icon("file"));
  const size = document.file_size ?? file?.size;
  const words = el(
    "span",
    { class: "file-words" },
    el("span", { class: "file-name", text: name, dir: "auto" }),
    el("small", { text: [size && fileSize(size), !file?.available && t("noBytes")].filter(Boolean).join(" · ") }),
  );
  return el("div", { class: isPicture ? "file with-picture" : "file" }, face, words, file?.available && download(file, name));
}

function download(file, name) {
  return el(
    "a",
    { class: "icon-button", href: `${file.url}?download=1`, download: name, "aria-label": t("downloadNamed", { name }) },
    icon("save"),
  );
}

function sound(value, file, sign) {
  const title = [value.performer, value.title].filter(Boolean).join(" – ") || value.file_name;
  return el(
    "div",
    { class: "sound" },
    el("span", { class: "file-face", "aria-hidden": "true" }, icon(sign)),
    el(
      "div",
      { class: "file-words" },
      title && el("span", { text: title, dir: "auto" }),
      player("audio", file),
      el("small", {
        text: [value.duration && duration(value.duration), value.file_size && fileSize(value.file_size)]
          .filter(Boolean)
          .join(" · "),
      }),
    ),
  );
}

const duration = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** The browser's own player. */
export function player(tag, file, shape = "") {
  if (!file?.available) return el("p", { class: "muted", text: t("noBytes") });
  return el(tag, {
    src: file.url,
    controls: true,
    preload: "metadata",
    class: `player ${shape}`,
    "aria-label": file.name ?? t(`kind_${tag}`),
  });
}

function sticker(value, file) {
  if (file?.available && /^image\//.test(file.mime_type ?? ""))
    return el("img", { class: "sticker", src: file.url, alt: value.emoji ?? t("kind_sticker") });
  return el("div", {
    class: "sticker",
    role: "img",
    "aria-label": `${t("kind_sticker")} ${value.emoji ?? ""}`,
    text: value.emoji ?? "🏷",
  });
}

/** @param {{latitude: number, longitude: number}} location */
export function place({ latitude, longitude }, title) {
  const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return el(
    "div",
    { class: "place" },
    el("div", { class: "place-map", "aria-hidden": "true" }, icon("place")),
    el(
      "div",
      { class: "file-words" },
      el("span", { text: title ?? t("kind_location"), dir: "auto" }),
      el("small", { text: where, dir: "ltr" }),
    ),
  );
}

function contactCard(contact) {
  const name = fullName(contact);
  return el(
    "div",
    { class: "file" },
    el("span", { class: "file-face", "aria-hidden": "true" }, initials(name)),
    el(
      "span",
      { class: "file-words" },
      el("span", { text: name, dir: "auto" }),
      el("small", { text: contact.phone_number, dir: "ltr" }),
    ),
  );
}
