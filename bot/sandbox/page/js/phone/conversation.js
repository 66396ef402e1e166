/** One chat (or topic) on a phone's screen: head, pinned message, messages, composer. */
import { el, fill, follow } from "../base/dom.js";
import { dayName } from "../base/format.js";
import { icon } from "../base/icons.js";
import { language, t } from "../base/i18n.js";
import { isOwn } from "../message/message.js";
import { rowText } from "../message/summary.js";
import { avatar } from "./avatar.js";
import { chatMenu } from "./chatmenu.js";
import { Composer } from "./composer.js";
import { MessageActs } from "./acts.js";
import { dropZone } from "./drop.js";
import { messageRows, rowNode } from "./rows.js";
import { topicFace } from "./topics.js";

const NEAR = 80;
const STRIDE = 150;

export class Conversation {
  /** @param {import("./phone.js").Phone} phone @param {string} key @param {number|null|undefined} thread */
  constructor(phone, key, thread) {
    this.phone = phone;
    this.key = key;
    this.thread = thread;
    this.stuck = true;
    this.shownAtMost = STRIDE;
    this.acts = new MessageActs(this);
    this.list = el("ol", { class: "message-list", role: "list" });
    this.log = el(
      "div",
      {
        class: "messages scroll",
        role: "log",
        "aria-live": "polite",
        "aria-label": t("messagesOf", { name: phone.chatTitle(this.chat, thread) }),
        "data-testid": "messages",
        tabindex: "0",
      },
      this.list,
    );
    this.jump = el(
      "button",
      {
        type: "button",
        class: "jump",
        hidden: true,
        "aria-label": t("toNewest"),
        title: t("toNewest"),
        onclick: () => this.toEnd(true),
      },
      icon("down"),
    );
    this.pinned = el("div", { class: "pinned-place" });
    this.composer = new Composer(this);
    this.node = el(
      "div",
      { class: "view conversation" },
      this.#head(),
      this.pinned,
      el("div", { class: "log-frame" }, this.log, this.jump),
      this.composer.node,
    );
    dropZone(this.node, (files) => this.composer.offer(files));
    this.#watch();
  }

  get world() {
    return this.phone.world;
  }

  get chat() {
    return this.world.chats.get(this.key);
  }

  get person() {
    return this.phone.person;
  }

  #head() {
    const { chat, thread } = this;
    const topic =
      thread === undefined ? null : (chat.topics?.find((one) => one.thread === thread) ?? { thread: null, name: t("general") });
    const up = () => this.phone.open(chat.forum ? chat.key : null);
    const back = el(
      "button",
      { type: "button", class: "icon-button", "data-testid": "back", "aria-label": t("back"), onclick: up },
      icon("back"),
    );
    const name = this.phone.chatTitle(chat, thread);
    const more = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "chat-menu",
        "aria-label": t("chatMenu"),
        "aria-haspopup": "menu",
        onclick: () => chatMenu(this, more),
      },
      icon("more"),
    );
    this.title = el("h3", { text: name, dir: "auto" });
    this.subtitle = el("span", { class: "subtitle", "data-testid": "subtitle" });
    return el(
      "header",
      { class: "chat-head" },
      back,
      topic ? topicFace(topic) : avatar(name, chat.bot ?? chat.id),
      el("div", { class: "titles" }, this.title, this.subtitle),
      more,
    );
  }

  #watch() {
    this.log.addEventListener("scroll", () => {
      this.stuck = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
      this.jump.hidden = this.stuck;
    });
    this.resized = new ResizeObserver(() => this.stuck && this.toEnd());
    this.resized.observe(this.list);
    this.resized.observe(this.log);
    this.node.addEventListener("keydown", (event) => this.#onKey(event));
    this.stops = [
      this.world.on("press", ({ press }) => this.acts.presses.news(press)),
      this.world.on("message", ({ message }) => this.#own(message)),
    ];
  }

  #onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    if (!this.composer.cancel()) this.node.querySelector("[data-testid=back]").click();
  }

  /** Whoever writes sees what they wrote. */
  #own(message) {
    if (message.chat !== this.key) return;
    if (isOwn(message, this.person)) this.stuck = true;
    this.composer.arrived(message);
  }

  close() {
    clearTimeout(this.timer);
    this.resized.disconnect();
    this.composer.close();
    this.stops.forEach((stop) => stop());
  }

  /** On a touch screen the focus would bring up the keyboard over half of the page. */
  shown(held) {
    this.toEnd();
    if (held && !matchMedia("(pointer: coarse)").matches) this.composer.focus();
  }

  visible() {
    return this.world.visible(this.key, this.person, this.thread);
  }

  update() {
    if (!this.chat) return;
    this.#messages();
    this.#subtitle();
    this.#pin();
    this.title.textContent = this.phone.chatTitle(this.chat, this.thread);
    this.composer.update();
    if (this.stuck) this.toEnd();
  }

  #messages() {
    const all = this.visible();
    const rows = messageRows(all.slice(-this.shownAtMost), this.#drafts(), all.length > this.shownAtMost);
    const view = { person: this.person, group: this.chat.type !== "private", acts: this.acts, now: this.world.now() };
    follow(this.list, rows, {
      key: (row) => row.key,
      sign: (row) => `${row.sign}|${language()}|${row.kind === "day" ? dayName(row.date, view.now) : ""}`,
      make: (row) => rowNode(row, { ...view, follows: row.follows }),
      replaced: (old, now) => this.acts.refocus(old, now),
    });
    this.acts.rove();
  }

  /** Draws more of the past. */
  showOlder() {
    this.stuck = false;
    this.shownAtMost += STRIDE;
    this.update();
  }

  #drafts() {
    const here = (draft) => draft.person === undefined || draft.person === this.person;
    return (this.chat.drafts ?? []).filter(
      (draft) => here(draft) && (this.thread === undefined || (draft.thread ?? null) === this.thread),
    );
  }

  #subtitle() {
    clearTimeout(this.timer);
    const now = this.world.now();
    const typing = (this.chat.typing ?? []).filter(
      (one) => one.until > now && (this.thread === undefined || (one.thread ?? null) === this.thread),
    );
    if (typing.length) {
      const action = t(`action_${typing.at(-1).action}`);
      fill(
        this.subtitle,
        el(
          "span",
          { class: "typing", "data-testid": "typing" },
          action,
          el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
        ),
      );
      this.timer = setTimeout(
        () => this.#subtitle(),
        Math.max(200, (Math.min(...typing.map(({ until }) => until)) - now) * 1000),
      );
    } else fill(this.subtitle, this.#about());
  }

  #about() {
    const { chat, thread } = this;
    if (chat.type === "private")
      return chat.blocked
        ? t("blocked")
        : el("bdi", { dir: "ltr", text: `@${this.world.bots.get(chat.bot)?.username ?? "bot"}` });
    if (thread === undefined) return t("members", { n: chat.members?.length ?? 0 });
    const closed = chat.topics?.find((topic) => topic.thread === thread)?.closed;
    return closed ? `${chat.title} · ${t("topicClosed")}` : chat.title;
  }

  #pin() {
    const pinned = (this.chat.pinned ?? [])
      .map((id) => this.world.message(this.key, id))
      .filter((one) => one && !one.deleted && (this.thread === undefined || (one.thread ?? null) === this.thread));
    const last = pinned.at(-1);
    const sign = last ? `${last.message_id}.${last.revision}` : "";
    if (this.pinned.dataset.sign === sign) return;
    this.pinned.dataset.sign = sign;
    fill(
      this.pinned,
      last &&
        el(
          "button",
          { type: "button", class: "pinned", "data-testid": "pinned", onclick: () => this.acts.show(last.message_id) },
          icon("pin"),
          el(
            "span",
            { class: "pinned-words" },
            el("strong", { text: t("pinned") }),
            el("span", { text: rowText(last), dir: "auto" }),
          ),
        ),
    );
  }

  toEnd(focus = false) {
    this.log.scrollTop = this.log.scrollHeight;
    if (focus) this.acts.focusLast();
  }
}
