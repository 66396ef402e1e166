/** The messages of a chat -> the rows of its list: days, albums, deleted ones, drafts. */
import { el } from "../base/dom.js";
import { dayKey, dayName } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { textNodes } from "../message/entities.js";
import { albumRow, deletedRow, messageRow, serviceRow } from "../message/message.js";
import { richNode } from "../message/rich.js";
import { serviceKind } from "../message/service.js";

const TOGETHER = 300;

/**
 * @param {number} older how many messages before these are not shown
 * @returns {Array<{kind: string, key: string, sign: string, follows?: boolean}>}
 */
export function messageRows(records, drafts, older) {
  const rows = older ? [{ kind: "older", key: "older", sign: "" }] : [];
  let day = null;
  for (const record of records) {
    if (dayKey(record.date) !== day) rows.push(dayRow(record, (day = dayKey(record.date))));
    if (!joins(rows.at(-1), record)) rows.push(open(rows.at(-1), record));
  }
  if (!rows.length) rows.push({ kind: "empty", key: "empty", sign: "" });
  for (const row of rows) if (row.records) row.sign = `${row.follows}${row.records.map(version)}`;
  return [
    ...rows,
    ...drafts.map((draft) => ({
      kind: "draft",
      key: `draft${draft.draft_id}`,
      sign: JSON.stringify([draft.text, draft.can_stop]),
      draft,
    })),
  ];
}

const version = ({ message_id: id, revision, pinned }) => `${id}.${revision}.${pinned ?? ""}`;
const dayRow = (record, day) => ({ kind: "day", key: `day ${day}`, sign: day, date: record.date });

/** Puts the record into the row before, when it is part of the same album or run of deleted messages. */
function joins(row, record) {
  const album = record.message.media_group_id;
  const same = record.deleted ? row?.kind === "deleted" : row?.kind === "album" && row.album === album && album !== undefined;
  if (same) row.records.push(record);
  return same;
}

function open(before, record) {
  const id = record.message_id;
  if (record.deleted) return { kind: "deleted", key: `x${id}`, records: [record] };
  if (serviceKind(record)) return { kind: "service", key: `m${id}`, records: [record] };
  const last = before?.records?.at(-1);
  const follows =
    Boolean(last) &&
    (before.kind === "message" || before.kind === "album") &&
    last.sender?.id === record.sender?.id &&
    record.date - last.date < TOGETHER;
  const album = record.message.media_group_id;
  if (album) return { kind: "album", key: `a${album}`, album, records: [record], follows };
  return { kind: "message", key: `m${id}`, records: [record], follows };
}

const NODES = {
  older: (_, view) =>
    el(
      "li",
      { class: "row-service" },
      el("button", {
        type: "button",
        class: "button small",
        "data-testid": "older",
        text: t("older"),
        onclick: view.acts.older,
      }),
    ),
  empty: () => el("li", { class: "row-service empty-chat" }, el("span", { text: t("noMessages") })),
  day: (row, view) => el("li", { class: "row-day" }, el("span", { text: dayName(row.date, view.now) })),
  deleted: (row) => deletedRow(row.records),
  service: (row) => serviceRow(row.records[0]),
  message: (row, view) => messageRow(row.records[0], view),
  album: (row, view) => albumRow(row.records, view),
  draft: (row, view) => draftRow(row.draft, view),
};

export const rowNode = (row, view) => NODES[row.kind](row, view);

/** What a bot is still writing. */
function draftRow(draft, view) {
  const stop =
    draft.can_stop &&
    el(
      "button",
      { type: "button", class: "button small", "data-testid": "draft-stop", onclick: () => view.acts.stop(draft) },
      icon("stop"),
      t("stop"),
    );
  const inner = draft.rich_message
    ? richNode(draft.rich_message, [], view.acts)
    : el("div", { class: "text", dir: "auto" }, textNodes(draft.text ?? "", draft.entities));
  return el(
    "li",
    { class: "row-message other draft", "data-testid": "draft", "aria-live": "off" },
    el(
      "div",
      { class: "bubble-column" },
      el("div", { class: "bubble" }, inner, el("span", { class: "foot" }, t("beingWritten"))),
      stop,
    ),
  );
}
