/** One message as a list item: who, what, when, and the buttons under it. */
import { el } from "../base/dom.js";
import { clockTime, fullName, longTime, startsRtl } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { avatar, tint } from "../phone/avatar.js";
import { textNodes } from "./entities.js";
import { inlineButton, inlineKeyboard } from "./inline.js";
import { mediaNode } from "./media.js";
import { photoBox } from "./photo.js";
import { reactionRow } from "./reactions.js";
import { richNode } from "./rich.js";
import { serviceKind, serviceText } from "./service.js";
import { bodyText, contentKind } from "./summary.js";

/**
 * @param {object} record a sandbox Message
 * @param {{person: number, group: boolean, follows: boolean, acts: object}} view `follows`: the message before is of the same sender
 */
export function messageRow(record, view) {
  const own = isOwn(record, view.person);
  const props = {
    class: rowClass(own, view),
    "data-testid": "message",
    "data-message-id": record.message_id,
    tabindex: "-1",
    "data-sender": record.sender?.kind,
  };
  const row = el(
    "li",
    props,
    view.group && !own && face(record, view.follows),
    el("div", { class: "bubble-column" }, bubble(record, own, view), under(record, view)),
  );
  view.acts.prepare(row, record);
  return row;
}

export const isOwn = (record, person) => record.sender?.kind === "person" && record.sender.id === person;
const rowClass = (own, view) => ["row-message", own ? "own" : "other", view.follows && "follows"].filter(Boolean).join(" ");

/** Several photos or files that were sent as one. */
export function albumRow(records, view) {
  const [first] = records;
  const own = isOwn(first, view.person);
  const pictures = records.every((record) => record.message.photo || record.message.video);
  const tiles = records.map((record) => tile(record, view));
  const grid = el(
    "div",
    {
      class: pictures ? `album pictures count-${Math.min(tiles.length, 4)}` : "album files",
      role: "group",
      "aria-label": t("album", { n: tiles.length }),
    },
    tiles,
  );
  const captioned = records.find((record) => record.message.caption);
  const inner = el(
    "div",
    { class: pictures ? "bubble has-media" : "bubble" },
    title(first, own, view),
    ephemeral(first),
    quote(first, view),
    grid,
    captioned && words(captioned, view),
    foot(captioned ?? records.at(-1), pictures),
  );
  return el(
    "li",
    { class: rowClass(own, view) },
    view.group && !own && face(first, view.follows),
    el(
      "div",
      { class: "bubble-column" },
      inner,
      records.map((record) => under(record, view)),
    ),
  );
}

function tile(record, view) {
  const { message: body, files = [] } = record;
  const inner = body.photo
    ? photoBox(files[0], { hidden: body.has_media_spoiler, alt: body.caption })
    : mediaNode(contentKind(body), body, files);
  const node = el(
    "div",
    {
      class: "album-tile",
      "data-testid": "message",
      "data-message-id": record.message_id,
      tabindex: "-1",
      role: "group",
      "aria-label": bodyText(body),
    },
    inner,
    moreButton(record, view),
  );
  view.acts.prepare(node, record);
  return node;
}

export const serviceRow = (record) =>
  el(
    "li",
    {
      class: "row-service",
      "data-testid": "service-message",
      "data-message-id": record.message_id,
      "data-service": serviceKind(record),
    },
    el("span", { text: serviceText(record), dir: document.documentElement.dir }),
  );

export const deletedRow = (records) =>
  el(
    "li",
    { class: "row-service deleted", "data-testid": "message-deleted" },
    el("span", {}, icon("bin"), t("deletedCount", { n: records.length })),
  );

function face(record, follows) {
  return follows ? el("span", { class: "avatar-gap" }) : avatar(record.sender?.name ?? "", record.sender?.id ?? 0, "small");
}

function bubble(record, own, view) {
  const { message: body, files = [] } = record;
  const kind = contentKind(body);
  const media = kind && mediaNode(kind, body, files);
  const bare = (kind === "sticker" || kind === "dice") && !body.reply_to_message;
  const name = ["bubble", ["photo", "video", "animation"].includes(kind) && "has-media", bare && "bare"]
    .filter(Boolean)
    .join(" ");
  const above = body.show_caption_above_media;
  return el(
    "div",
    { class: name },
    title(record, own, view),
    ephemeral(record),
    forwarded(body),
    quote(record, view),
    above && words(record, view),
    media,
    !above && words(record, view),
    body.rich_message && richNode(body.rich_message, files, richActs(record, view)),
    foot(record, kind === "photo"),
    moreButton(record, view),
  );
}

const richActs = (record, view) => ({ ...view.acts, press: (button) => inlineButton(button, record, null, view.acts) });

/** Always there for screen readers; seen when a group needs it. */
function title(record, own, view) {
  const seen = view.group && !own && !view.follows;
  const node = el("span", {
    class: seen ? "sender" : "sr-only",
    dir: "auto",
    text: own ? t("you") : (record.sender?.name ?? ""),
  });
  if (seen) node.style.setProperty("--hue", tint(record.sender?.id ?? 0));
  return node;
}

const ephemeral = (record) => record.ephemeral_for && el("span", { class: "only-you" }, icon("eye"), t("onlyYou"));

function forwarded(body) {
  if (!body.forward_origin) return null;
  const origin = body.forward_origin;
  const from = origin.sender_user
    ? fullName(origin.sender_user)
    : (origin.sender_user_name ?? origin.sender_chat?.title ?? origin.chat?.title ?? "");
  return el("span", { class: "forwarded", dir: "auto" }, icon("forward"), t("forwardedFrom", { name: from }));
}

function quote(record, view) {
  const to = record.message.reply_to_message;
  if (!to || to.forum_topic_created) return null;
  const name = to.from ? fullName(to.from) : (to.sender_chat?.title ?? "");
  const inner = [
    el("span", { class: "quote-name", text: name, dir: "auto" }),
    el("span", { class: "quote-text", text: record.message.quote?.text ?? bodyText(to), dir: "auto" }),
  ];
  return el(
    "button",
    {
      type: "button",
      class: "quote",
      "aria-label": t("inReplyTo", { name, text: bodyText(to).slice(0, 80) }),
      onclick: () => view.acts.show(to.message_id),
    },
    inner,
  );
}

function words(record, view) {
  const { text, entities, caption, caption_entities: captionEntities } = record.message;
  if (!text && !caption) return null;
  const room = el("span", { class: "foot-room", "aria-hidden": "true", "data-foot": footWords(record) });
  return el(
    "div",
    { class: "text", dir: "auto" },
    textNodes(text ?? caption, text ? entities : captionEntities, view.acts),
    room,
  );
}

/** What the foot will show, so that the last line leaves it room. */
const footWords = (record) =>
  [record.pinned && "📌", record.edit_date && t("edited"), clockTime(record.date)].filter(Boolean).join(" ");

function foot(record, onPicture = false) {
  const edited = record.edit_date;
  const { text, caption } = record.message;
  const place =
    text || caption
      ? `foot over ${startsRtl(text || caption) ? "at-left" : "at-right"}`
      : onPicture
        ? "foot on-picture"
        : "foot";
  return el(
    "span",
    { class: place },
    record.pinned && [icon("pin"), el("span", { class: "sr-only", text: t("pinned") })],
    edited && el("span", { class: "edited", text: t("edited"), title: longTime(record.edit_date) }),
    el("time", {
      datetime: new Date(record.date * 1000).toISOString(),
      title: longTime(record.date),
      text: clockTime(record.date),
    }),
  );
}

function moreButton(record, view) {
  const onclick = (event) => view.acts.menu(record, event.currentTarget);
  return el(
    "button",
    {
      type: "button",
      class: "icon-button small more",
      tabindex: "-1",
      "aria-haspopup": "menu",
      "aria-label": t("messageMenu"),
      onclick,
    },
    icon("more"),
  );
}

function under(record, view) {
  const rows = record.message.reply_markup?.inline_keyboard;
  return [
    record.reactions?.length > 0 && reactionRow(record.reactions, view.person, (emoji) => view.acts.react(record, emoji)),
    rows && inlineKeyboard(rows, record, view.acts),
  ];
}
