/** What one can do with the messages of an open conversation. */
import { el } from "../base/dom.js";
import { confirm, openDialog } from "../base/dialog.js";
import { t } from "../base/i18n.js";
import { attempt, notice } from "../base/notice.js";
import { openMenu } from "../base/popup.js";
import { jsonView } from "../bench/json.js";
import { isOwn } from "../message/message.js";
import { reactionPicker } from "../message/reactions.js";
import * as api from "../world/api.js";
import { Presses } from "./presses.js";
import { openWebApp } from "./webapp.js";

const LONG_PRESS = 500;

export class MessageActs {
  #current = null;

  constructor(conversation) {
    this.conversation = conversation;
    this.presses = new Presses(this);
    this.command = (text) => this.say(text);
    this.link = (url) => this.follow(url);
    this.older = () => conversation.showOlder();
  }

  get phone() {
    return this.conversation.phone;
  }

  get key() {
    return this.conversation.key;
  }

  get from() {
    return this.conversation.person;
  }

  /** Sends a text as this person into this chat. */
  async say(text, more = {}) {
    const { thread } = this.conversation;
    const body = { from: this.from, text, ...(thread && { message_thread_id: thread }), ...more };
    return this.took(await attempt(api.say(this.key, body)));
  }

  /** Shows at once what a request answered with. @returns {boolean} did it succeed? */
  took(answer) {
    answer?.messages?.forEach((message) => this.phone.world.put(message));
    return Boolean(answer);
  }

  /** Makes a message focusable by arrows, with its menu by right button, long press, Enter or the menu key. */
  prepare(node, record) {
    node.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, audio, video, input")) return;
      event.preventDefault();
      this.menu(record, event.clientX ? { x: event.clientX, y: event.clientY } : node, node);
    });
    node.addEventListener("keydown", (event) => event.target === node && this.#onKey(event, node, record));
    node.addEventListener("focusin", () => this.#hold(node));
    let timer = 0;
    node.addEventListener("pointerdown", ({ pointerType, clientX: x, clientY: y }) => {
      if (pointerType === "touch") timer = setTimeout(() => this.menu(record, { x, y }, node), LONG_PRESS);
    });
    for (const end of ["pointerup", "pointercancel", "pointermove"]) node.addEventListener(end, () => clearTimeout(timer));
  }

  #onKey(event, node, record) {
    const all = this.#all();
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -all.length, End: all.length };
    if (event.key in moves) {
      event.preventDefault();
      all[Math.max(0, Math.min(all.length - 1, all.indexOf(node) + moves[event.key]))].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.menu(record, node, node);
    }
  }

  #all() {
    return [...this.conversation.list.querySelectorAll("[data-testid=message][tabindex]")];
  }

  #hold(node) {
    if (this.#current !== node) this.#current?.setAttribute("tabindex", "-1");
    this.#current = node;
    node.setAttribute("tabindex", "0");
  }

  /** Exactly one message is in the Tab order: the one focused last, or the newest. */
  rove() {
    if (this.#current?.isConnected) return;
    const last = this.#all().at(-1);
    if (last) this.#hold(last);
  }

  focusLast() {
    this.#all().at(-1)?.focus();
  }

  /** A message that had the focus was drawn anew: the same button, else the message, gets it back. */
  refocus(old, now) {
    const { row, column } = document.activeElement?.dataset ?? {};
    const name = document.activeElement?.closest("[data-message-id]")?.dataset.messageId;
    const message = now.matches("[data-message-id]") ? now : now.querySelector(`[data-message-id="${name}"]`);
    const button = row && now.querySelector(`.inline-button[data-row="${row}"][data-column="${column}"]`);
    (button || message || this.conversation.log).focus({ preventScroll: true });
  }

  /** Scrolls to a message and marks it for a moment. */
  show(id) {
    const find = () => this.conversation.list.querySelector(`[data-message-id="${id}"]`);
    while (!find() && this.conversation.list.querySelector("[data-testid=older]")) this.conversation.showOlder();
    const node = find();
    if (!node) return notice(t("notHere"));
    this.conversation.stuck = false;
    const tall = node.offsetHeight > this.conversation.log.clientHeight;
    node.scrollIntoView({ block: tall ? "start" : "center" });
    node.classList.add("shown-now");
    node.focus({ preventScroll: true });
    setTimeout(() => node.classList.remove("shown-now"), 1600);
  }

  waiting(record, place) {
    return this.presses.waiting(record, place);
  }

  press(record, button, place, node) {
    if (button.web_app)
      return openWebApp(
        this.conversation,
        place ? { message_id: record.message_id, ...place } : { url: button.web_app.url },
        button,
      );
    if (button.copy_text) return this.#copy(button.copy_text.text);
    if (button.callback_data === undefined) return this.phone.heads.toast(t("unsupported"));
    return this.presses.press(record, button, place, node);
  }

  async #copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => {});
    this.phone.heads.toast(t("copied", { text }));
  }

  /** t.me links to bots of this sandbox open here. @returns {boolean} was it one? */
  follow(address) {
    const match = /^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)(\w+)(?:[?&]start=([\w-]*))?/i.exec(address);
    const { world } = this.phone;
    const bot = match && [...world.bots.values()].find(({ username }) => username.toLowerCase() === match[1].toLowerCase());
    const chat = bot && world.chatsOf(this.from).find((one) => one.bot === bot.id);
    if (!chat) return false;
    this.phone.open(chat.key);
    if (match[2] !== undefined) attempt(api.start(chat.key, match[2]));
    return true;
  }

  react(record, emoji) {
    return attempt(api.react(this.key, record.message_id, this.from, emoji));
  }

  stop(draft) {
    return attempt(api.stopDraft(this.key, draft.draft_id, this.from));
  }

  menu(record, anchor, owner) {
    const own = isOwn(record, this.from);
    const text = record.message.text ?? record.message.caption;
    const chosen = record.reactions?.find((one) => one.kind === "person" && one.id === this.from)?.emoji;
    const { composer } = this.conversation;
    const items = [
      reactionPicker(chosen, (emoji) => this.react(record, emoji)),
      { label: t("reply"), icon: "reply", testid: "reply", run: () => composer.replyTo(record) },
      own &&
        (text !== undefined || record.files?.length) && {
          label: t("edit"),
          icon: "edit",
          testid: "edit",
          run: () => composer.editing(record),
        },
      text && { label: t("copyText"), icon: "copy", run: () => this.#copy(text) },
      { label: t("forward"), icon: "forward", run: () => this.#forward(record) },
      { label: t("asBotsSee"), icon: "code", run: () => openJson(record) },
      own && { label: t("delete"), icon: "bin", danger: true, testid: "delete", run: () => this.#remove(record) },
    ];
    openMenu(anchor, items.filter(Boolean), {
      label: t("messageMenu"),
      dir: this.phone.device.dir,
      testid: "message-menu",
      returnTo: owner,
    });
  }

  async #remove(record) {
    const sure = await confirm({
      title: t("deleteMessage"),
      text: t("deleteMessageText"),
      yes: t("delete"),
      danger: true,
      over: this.phone.device,
    });
    if (sure) attempt(api.remove(this.key, record.message_id, this.from));
  }

  #forward(record) {
    const { world } = this.phone;
    const forward = (chat, thread) => async () => {
      const body = {
        from: this.from,
        forward_from: { chat: record.chat, message_id: record.message_id },
        ...(thread && { message_thread_id: thread }),
      };
      if (this.took(await attempt(api.say(chat.key, body)))) notice(t("forwarded"));
    };
    const places = world
      .chatsOf(this.from)
      .flatMap((chat) => [
        { label: this.phone.chatTitle(chat), icon: chat.type === "private" ? "person" : "group", run: forward(chat) },
        ...(chat.topics ?? []).map(({ thread }) => ({
          label: this.phone.chatTitle(chat, thread),
          icon: "forward",
          run: forward(chat, thread),
        })),
      ]);
    openMenu(this.conversation.composer.node, places, { label: t("forward"), dir: this.phone.device.dir });
  }
}

const openJson = (record) => openDialog({ title: t("asBotsSee"), wide: true, body: [el("div", {}, jsonView(record.message))] });
