/** The list of a person's chats with the last line and the number of unread messages. */
import { arrows, el, follow } from "../base/dom.js";
import { listTime, number } from "../base/format.js";
import { icon } from "../base/icons.js";
import { language, t } from "../base/i18n.js";
import { isOwn } from "../message/message.js";
import { rowText } from "../message/summary.js";
import { unread } from "../world/unread.js";
import { avatar } from "./avatar.js";
import { askGroup } from "./group.js";

export class ChatList {
  constructor(phone) {
    this.phone = phone;
    this.list = el("ul", { class: "chat-list", role: "list", "aria-label": t("chats") });
    const nobody = phone.person === null;
    this.empty = el(
      "div",
      { class: "empty" },
      el("p", { text: t(nobody ? "noPerson" : "noChats") }),
      nobody &&
        el(
          "button",
          { type: "button", class: "button primary", onclick: () => phone.people.add() },
          icon("add"),
          t("addPerson"),
        ),
    );
    const add = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("newGroup"),
        title: t("newGroup"),
        onclick: () => askGroup(phone),
      },
      icon("group"),
    );
    const head = el(
      "header",
      { class: "chat-head" },
      el("h3", { class: "grow", text: t("chats") }),
      phone.person !== null && add,
    );
    this.node = el("div", { class: "view" }, head, el("div", { class: "scroll" }, this.list, this.empty));
    arrows(this.list, ".chat-item");
  }

  /** @param {boolean} held had this phone the focus before? */
  shown(held) {
    if (held) this.list.querySelector(".chat-item")?.focus({ preventScroll: true });
  }

  update() {
    const { world, person } = this.phone;
    const rows = world
      .chatsOf(person)
      .map((chat) => describe(world, person, chat))
      .sort(byRecency);
    this.empty.hidden = rows.length > 0;
    follow(this.list, rows, {
      key: ({ chat }) => chat.key,
      sign: (row) =>
        JSON.stringify([row.last?.revision, row.news, row.chat.title, row.chat.blocked, row.line, language(), row.time]),
      make: (row) => this.#row(row),
      replaced: (_, now) => now.querySelector(".chat-item").focus(),
    });
  }

  #row({ chat, line, time, news }) {
    const title = this.phone.chatTitle(chat);
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "chat-item",
          "data-testid": "chat-item",
          "data-chat": chat.key,
          onclick: () => this.phone.open(chat.key),
        },
        avatar(title, chat.bot ?? chat.id),
        words({ title, line, time, news, icons: [chat.blocked && "block"] }),
      ),
    );
  }
}

/** Title, time, last line and badge: shared by chats and topics. */
export function words({ title, line, time, news, icons = [] }) {
  return el(
    "span",
    { class: "item-words" },
    el(
      "span",
      { class: "item-top" },
      el("span", { class: "item-title", text: title, dir: "auto" }),
      icons.filter(Boolean).map(icon),
      el("span", { class: "item-time", text: time ?? "" }),
    ),
    el("span", { class: "item-bottom" }, el("span", { class: "item-line", text: line, dir: "auto" }), badge(news)),
  );
}

export function badge(news) {
  if (!news) return null;
  return el(
    "span",
    { class: "badge", "data-testid": "unread", "data-count": news },
    el("span", { "aria-hidden": "true", text: number(news) }),
    el("span", { class: "sr-only", text: t("unread", { n: news }) }),
  );
}

function describe(world, person, chat) {
  const last = world
    .visible(chat.key, person)
    .filter((message) => !message.deleted)
    .at(-1);
  const line = last ? lastLine(world, person, chat, last) : t(chat.type === "private" ? "notStarted" : "noMessages");
  return { chat, last, line, time: last && listTime(last.date, world.now()), news: unread(world, person, chat.key) };
}

export function lastLine(world, person, chat, last) {
  const words = rowText(last).slice(0, 160);
  if (last.service) return words;
  if (isOwn(last, person)) return `${t("you")}: ${words}`;
  return chat.type === "private" ? words : `${last.sender?.name ?? ""}: ${words}`;
}

const byRecency = (a, b) =>
  (b.last?.date ?? 0) - (a.last?.date ?? 0) || Number(b.chat.type !== "private") - Number(a.chat.type !== "private");
