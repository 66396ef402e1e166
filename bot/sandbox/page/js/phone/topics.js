/** The topics of a forum group: General first, then the newest. */
import { arrows, el, follow } from "../base/dom.js";
import { ask } from "../base/dialog.js";
import { listTime } from "../base/format.js";
import { icon } from "../base/icons.js";
import { language, t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import { openMenu } from "../base/popup.js";
import * as api from "../world/api.js";
import { unread } from "../world/unread.js";
import { avatar } from "./avatar.js";
import { lastLine, words } from "./chats.js";
import { groupItems } from "./group.js";

export class Topics {
  constructor(phone, key) {
    this.phone = phone;
    this.key = key;
    this.list = el("ul", { class: "chat-list", role: "list", "aria-label": t("topics") });
    const chat = phone.world.chats.get(key);
    const back = el(
      "button",
      { type: "button", class: "icon-button", "data-testid": "back", "aria-label": t("back"), onclick: () => phone.open(null) },
      icon("back"),
    );
    this.more = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "chat-menu",
        "aria-label": t("chatMenu"),
        "aria-haspopup": "menu",
        onclick: () => this.#menu(),
      },
      icon("more"),
    );
    this.subtitle = el("span", { class: "subtitle" });
    const title = el("div", { class: "titles" }, el("h3", { text: chat.title, dir: "auto" }), this.subtitle);
    const head = el("header", { class: "chat-head" }, back, avatar(chat.title, chat.id), title, this.more);
    this.node = el("div", { class: "view" }, head, el("div", { class: "scroll" }, this.list));
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && phone.open(null));
    arrows(this.list, ".chat-item");
  }

  shown(held) {
    if (held) this.list.querySelector(".chat-item")?.focus({ preventScroll: true });
  }

  update() {
    const { world, person } = this.phone;
    const chat = world.chats.get(this.key);
    this.subtitle.textContent = t("members", {
      n: (chat.members ?? []).filter(({ status }) => status !== "left" && status !== "kicked").length,
    });
    const general = { thread: null, name: t("general") };
    const rows = [general, ...(chat.topics ?? [])].map((topic) => describe(world, person, chat, topic));
    rows.sort(
      (a, b) =>
        Number(b.topic.thread === null) - Number(a.topic.thread === null) ||
        (b.last?.date ?? 0) - (a.last?.date ?? 0) ||
        (b.topic.thread ?? 0) - (a.topic.thread ?? 0),
    );
    follow(this.list, rows, {
      key: ({ topic }) => String(topic.thread),
      sign: ({ topic, last, news, time }) => JSON.stringify([topic, last?.revision, news, time, language()]),
      make: (row) => this.#row(row),
      replaced: (_, now) => now.querySelector(".chat-item").focus(),
    });
  }

  #row({ topic, line, time, news }) {
    const open = () => this.phone.open(this.key, topic.thread);
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "chat-item",
          "data-testid": "topic-item",
          "data-thread": topic.thread ?? "general",
          onclick: open,
        },
        topicFace(topic),
        words({ title: topic.name, line, time, news, icons: [topic.closed && "lock"] }),
        topic.closed && el("span", { class: "sr-only", text: t("topicClosed") }),
      ),
    );
  }

  #menu() {
    const create = async () => {
      const name = await ask({ title: t("newTopic"), label: t("topicName"), yes: t("add"), over: this.phone.device });
      if (name) await attempt(api.addTopic(this.key, this.phone.person, name));
    };
    openMenu(this.more, [{ label: t("newTopic"), icon: "add", run: create }, ...groupItems(this.phone, this.key)], {
      label: t("chatMenu"),
      dir: this.phone.device.dir,
    });
  }
}

/** A topic's sign: its first letter on its own colour. */
export function topicFace(topic) {
  const node = el("span", {
    class: topic.thread === null ? "topic-face general" : "topic-face",
    "aria-hidden": "true",
    text: topic.thread === null ? "#" : [...topic.name][0],
  });
  if (topic.icon_color !== undefined) node.style.setProperty("--topic", `#${topic.icon_color.toString(16).padStart(6, "0")}`);
  return node;
}

function describe(world, person, chat, topic) {
  const last = world
    .visible(chat.key, person, topic.thread)
    .filter((message) => !message.deleted)
    .at(-1);
  return {
    topic,
    last,
    line: last ? lastLine(world, person, chat, last) : t("noMessages"),
    time: last && listTime(last.date, world.now()),
    news: unread(world, person, chat.key, topic.thread),
  };
}
