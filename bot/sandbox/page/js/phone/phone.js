/** One phone: whose it is, which screen it shows, and what of the world concerns it. */
import { el, fill, soon } from "../base/dom.js";
import { isRtl, language, t } from "../base/i18n.js";
import { clockTime } from "../base/format.js";
import { recallJson, rememberJson } from "../base/memory.js";
import { markRead } from "../world/unread.js";
import { isMember } from "../world/world.js";
import { isOwn } from "../message/message.js";
import { ChatList } from "./chats.js";
import { Conversation } from "./conversation.js";
import { Heads } from "./heads.js";
import { PersonBar } from "./people.js";
import { Topics } from "./topics.js";

const SCREEN_KINDS = ["message", "edited", "deleted", "reaction", "draft", "typing", "chat", "person", "bot", "settings"];

export class Phone {
  /** @param {import("../world/world.js").World} world @param {"left"|"right"} side */
  constructor(world, side) {
    this.world = world;
    this.side = side;
    this.role = side === "left" ? "patient" : "coordinator";
    this.stash = new Map();
    this.person = null;
    this.chat = null;
    this.thread = undefined;
    this.people = new PersonBar(this);
    this.heads = new Heads(this);
    this.screen = el("div", { class: "screen" });
    this.time = el("span", { text: clockTime(world.now()) });
    this.device = el(
      "div",
      { class: "device" },
      el("div", { class: "status-bar", "aria-hidden": "true" }, this.time, el("span", { class: "status-dots" })),
      this.screen,
      this.heads.node,
    );
    this.node = this.#frame();
    this.refresh = soon(() => this.#update());
    this.#listen();
    this.restore();
  }

  #frame() {
    const id = `phone-${this.side}`;
    const title = el("h2", { id: `${id}-title`, class: "sr-only", text: t(this.side === "left" ? "phoneLeft" : "phoneRight") });
    return el(
      "section",
      { class: "phone", id, "data-testid": id, "aria-labelledby": title.id, tabindex: "-1" },
      title,
      this.people.node,
      this.device,
    );
  }

  #listen() {
    this.world.on("all", () => this.restore());
    this.world.on(SCREEN_KINDS, () => this.refresh());
    this.world.on("chat", ({ chat }) => this.#moved(chat));
    this.world.on("message", ({ message }) => this.#arrived(message));
    this.world.on("clock", () => (this.tick(), this.refresh()));
  }

  tick() {
    this.time.textContent = clockTime(this.world.now());
  }

  /** Whom and what this phone showed last, or what a newcomer wants to see first. */
  restore() {
    const last = this.person === null ? recallJson(`phone.${this.side}`, {}) : this;
    const chosen = this.world.people.has(last.person) ? last.person : this.#firstPerson();
    const chat = chosen === last.person && this.#has(chosen, last.chat) ? last.chat : this.#firstChat(chosen);
    if (last === this && this.view && chosen === this.person && chat === this.chat) return this.refresh();
    this.person = chosen;
    this.open(chat, chat === last.chat ? last.thread : undefined);
  }

  #firstPerson() {
    const all = [...this.world.people.values()];
    const taken = all.find((person) => person.role === this.role) ?? (this.side === "left" ? all[0] : all[1]);
    return taken?.id ?? null;
  }

  #has(person, chat) {
    return this.world.chatsOf(person).some(({ key }) => key === chat);
  }

  /** A patient starts in the chat with the bot for patients, a coordinator in the list of chats. */
  #firstChat(person) {
    if (this.side === "right") return null;
    const own = this.world.chatsOf(person).filter((chat) => chat.type === "private");
    return (own.find((chat) => chat.started) ?? own.find((chat) => !this.world.isStaffBot(chat.bot)) ?? own[0])?.key ?? null;
  }

  /** Another person takes this phone. */
  become(person) {
    this.person = person;
    this.chat = null;
    const known = this.world.chatsOf(person).some((chat) => chat.type !== "private");
    this.open(known ? null : this.#firstChat(person));
  }

  /** @param {string|null} chat null: the list @param {number|null} [thread] null: General; undefined in a forum: the list of topics */
  open(chat, thread) {
    this.chat = this.world.chats.has(chat) ? chat : null;
    this.thread = this.chat ? thread : undefined;
    rememberJson(`phone.${this.side}`, { person: this.person, chat: this.chat, thread: this.thread });
    const held = this.device.contains(document.activeElement);
    this.view?.close?.();
    this.view = this.#view();
    fill(this.screen, this.view.node);
    this.#update();
    this.view.shown(held);
  }

  #view() {
    if (this.chat === null) return new ChatList(this);
    const chat = this.world.chats.get(this.chat);
    return chat.forum && this.thread === undefined ? new Topics(this, chat.key) : new Conversation(this, chat.key, this.thread);
  }

  #update() {
    const owner = this.world.people.get(this.person);
    const rtl = isRtl(owner?.language_code) || isRtl(language());
    this.device.dir = rtl ? "rtl" : "ltr";
    if (this.view instanceof Conversation && this.isSeen()) markRead(this.world, this.person, this.chat, this.thread);
    this.view?.update();
    this.people.update();
    this.node.dispatchEvent(new CustomEvent("unread", { bubbles: true }));
  }

  /** Is it on screen (on a narrow page the other phone is behind a tab)? */
  isSeen() {
    return this.node.offsetParent !== null && !document.hidden;
  }

  #moved(chat) {
    if (chat.key === this.chat && chat.migrated_to) this.open(chat.migrated_to);
    else if (chat.key === this.chat && chat.type !== "private" && !isMember(chat, this.person)) this.open(null);
    else if (chat.key === this.chat && this.thread && !chat.topics?.some(({ thread }) => thread === this.thread))
      this.open(this.chat);
  }

  #arrived(message) {
    const elsewhere = message.chat !== this.chat || (this.thread !== undefined && (message.thread ?? null) !== this.thread);
    const mine = !message.ephemeral_for || message.ephemeral_for === this.person;
    const fresh = !isOwn(message, this.person) && !message.service && mine && this.#has(this.person, message.chat);
    if (elsewhere && fresh && !(this.view instanceof ChatList)) this.heads.message(message);
  }

  chatTitle(chat, thread) {
    if (chat.type === "private") return this.world.bots.get(chat.bot)?.name ?? chat.title;
    if (thread === undefined) return chat.title;
    return thread === null ? t("general") : (chat.topics?.find((topic) => topic.thread === thread)?.name ?? chat.title);
  }
}
