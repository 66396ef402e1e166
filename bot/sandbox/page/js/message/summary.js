/** One line about a message: for chat lists, replies, pins and screen readers. */
import { t } from "../base/i18n.js";
import { serviceKind, serviceText } from "./service.js";

const KINDS = [
  "photo",
  "video",
  "animation",
  "voice",
  "audio",
  "video_note",
  "document",
  "sticker",
  "location",
  "contact",
  "dice",
  "venue",
  "poll",
];
const SIGNS = {
  photo: "🖼",
  video: "🎬",
  animation: "🎞",
  voice: "🎤",
  audio: "🎵",
  video_note: "🎥",
  document: "📄",
  location: "📍",
  contact: "👤",
};

/** @param {object} body a Bot API Message @returns {string|undefined} */
export const contentKind = (body) => KINDS.find((kind) => body[kind] && !(kind === "document" && body.animation));

/** @param {object} record a sandbox Message */
export function rowText(record) {
  if (record.deleted) return t("deletedMessage");
  if (serviceKind(record)) return serviceText(record);
  return bodyText(record.message);
}

/** @param {object} body a Bot API Message */
export function bodyText(body) {
  if (body.text) return body.text;
  if (body.rich_message) return richLine(body.rich_message);
  const kind = contentKind(body);
  if (!kind) return t("unsupported");
  const detail =
    body.caption || (kind === "document" && body.document.file_name) || (kind === "sticker" && body.sticker.emoji) || "";
  return [SIGNS[kind], t(`kind_${kind}`), detail && `· ${detail}`].filter(Boolean).join(" ");
}

function richLine({ blocks }) {
  const first = blocks.find((block) => block.text || block.summary);
  return plain(first?.text ?? first?.summary ?? "") || t("kind_rich");
}

/** RichText -> plain words. */
export function plain(text) {
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.map(plain).join("");
  return plain(text?.text ?? text?.alternative_text ?? text?.expression ?? text?.button?.text ?? "");
}
