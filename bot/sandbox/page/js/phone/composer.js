/** Where one writes: text, replies, edits, commands, the reply keyboard, files. */
import { el, fill, patch } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import { isOwn } from "../message/message.js";
import { bodyText } from "../message/summary.js";
import * as api from "../world/api.js";
import { attachMenu, fileInput, filesOf } from "./attach.js";
import { Commands } from "./commands.js";
import { offerFiles } from "./outgoing.js";
import { ReplyKeys } from "./replykeys.js";

const LINES = 7;

export class Composer {
  /** @param {import("./conversation.js").Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    this.mode = null;
    this.commands = new Commands(this);
    this.keys = new ReplyKeys(this);
    this.input = el("textarea", {
      class: "composer-text",
      rows: "1",
      "data-testid": "composer",
      enterkeyhint: "send",
      maxlength: "100000",
      autocomplete: "off",
      "aria-label": t("writeMessage"),
      placeholder: t("writeMessage"),
    });
    this.node = el("div", { class: "composer" });
    this.context = el("div", { class: "composer-context" });
    this.row = this.#row();
    fill(this.node, this.commands.node, this.context, this.keys.above, this.row, this.keys.node);
    this.#listen();
    this.#recall();
  }

  #row() {
    const attach = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "attach",
        "aria-label": t("attach"),
        title: t("attach"),
        "aria-haspopup": "menu",
        onclick: () => attachMenu(this, attach),
      },
      icon("attach"),
    );
    const send = el(
      "button",
      { type: "submit", class: "icon-button send", "data-testid": "send", "aria-label": t("send"), title: t("send") },
      icon("send"),
    );
    this.files = fileInput(this);
    return el(
      "form",
      { class: "composer-row", onsubmit: (event) => this.#submit(event) },
      this.commands.button,
      attach,
      this.files,
      el("div", { class: "composer-field" }, this.input, this.keys.toggle),
      send,
    );
  }

  #listen() {
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("paste", (event) => {
      const files = filesOf(event.clipboardData);
      if (!files.length) return;
      event.preventDefault();
      this.offer(files);
    });
  }

  #stashName() {
    const { person, key, thread } = this.conversation;
    return `${person}|${key}|${thread ?? 0}`;
  }

  #recall() {
    this.input.value = this.conversation.phone.stash.get(this.#stashName()) ?? "";
    this.#changed();
  }

  close() {
    if (!this.#isEditing()) this.conversation.phone.stash.set(this.#stashName(), this.input.value);
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  #changed() {
    patch(this.input, { dir: this.input.value ? "auto" : null });
    this.#grow();
    this.commands.suggest(this.input.value);
  }

  #grow() {
    this.input.style.height = "auto";
    const line = parseFloat(getComputedStyle(this.input).lineHeight) || 22;
    if (this.input.scrollHeight) this.input.style.height = `${Math.min(this.input.scrollHeight, line * LINES + 16)}px`;
  }

  #onKey(event) {
    if (event.isComposing || this.commands.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit(event);
    } else if (event.key === "ArrowUp" && !this.input.value && !this.mode) {
      event.preventDefault();
      const last = this.conversation
        .visible()
        .filter((record) => isOwn(record, this.conversation.person) && record.message.text && !record.deleted)
        .at(-1);
      if (last) this.editing(last);
    }
  }

  /** Escape: leaves the edit or the reply. @returns {boolean} was there something to leave? */
  cancel() {
    if (this.commands.close()) return true;
    if (!this.mode) return false;
    if (this.#isEditing()) this.set("");
    this.#setMode(null);
    return true;
  }

  set(text) {
    this.input.value = text;
    this.#changed();
  }

  #isEditing() {
    return this.mode?.kind === "edit";
  }

  replyTo(record) {
    this.#setMode({ kind: "reply", record });
    this.focus();
  }

  editing(record) {
    this.set(record.message.text ?? record.message.caption ?? "");
    this.#setMode({ kind: "edit", record });
    this.focus();
  }

  #setMode(mode) {
    this.mode = mode;
    if (!mode) return fill(this.context);
    const words = t(mode.kind === "edit" ? "editing" : "replying", { name: mode.record.sender?.name ?? "" });
    const drop = el(
      "button",
      { type: "button", class: "icon-button small", "aria-label": t("cancel"), onclick: () => this.cancel() && this.focus() },
      icon("close"),
    );
    fill(
      this.context,
      el(
        "div",
        { class: "context-bar" },
        icon(mode.kind),
        el(
          "div",
          { class: "context-words" },
          el("strong", { text: words, dir: "auto" }),
          el("span", { text: bodyText(mode.record.message), dir: "auto" }),
        ),
        drop,
      ),
    );
  }

  #submit(event) {
    event.preventDefault();
    return this.send(this.input.value);
  }

  /** Sends the text as what it is now: a message, a reply or an edit. A text that was refused comes back. */
  async send(text) {
    if (!text.trim()) return;
    const { mode } = this;
    this.set("");
    this.#setMode(null);
    this.commands.close();
    const sent = mode?.kind === "edit" ? await this.#saveEdit(mode.record, text) : await this.say(text, mode?.record);
    if (!sent && !this.input.value) {
      this.set(text);
      this.#setMode(mode);
    }
  }

  say(text, reply) {
    return this.conversation.acts.say(text, reply ? { reply_to_message_id: reply.message_id } : {});
  }

  /** Sends something other than text, with the pending reply. */
  async post(content) {
    const { acts, key, person, thread } = this.conversation;
    const body = { from: person, ...content, ...(thread && { message_thread_id: thread }), ...this.takeReply() };
    return acts.took(await attempt(api.say(key, body)));
  }

  /** The pending reply as request fields; it is used up. */
  takeReply() {
    if (this.mode?.kind !== "reply") return {};
    const { message_id: id } = this.mode.record;
    this.#setMode(null);
    return { reply_to_message_id: id };
  }

  async #saveEdit(record, text) {
    const body = record.message.text === undefined ? { caption: text } : { text };
    return Boolean(
      await attempt(api.edit(this.conversation.key, record.message_id, { from: this.conversation.person, ...body })),
    );
  }

  /** Files were picked, dropped or pasted: asks how to send them. */
  offer(files, as) {
    return offerFiles(this, files, as);
  }

  /** A bot may ask for a reply (force_reply). */
  arrived(record) {
    const asks = record.keyboard?.force_reply && !isOwn(record, this.conversation.person);
    if (asks && !this.mode && !this.input.value) this.#setMode({ kind: "reply", record });
  }

  update() {
    const { chat } = this.conversation;
    const blocked = Boolean(chat.blocked);
    patch(this.row, { hidden: blocked });
    this.keys.update();
    this.commands.update();
    this.#notStarted(chat);
    const hint = this.keys.hint();
    patch(this.input, { placeholder: hint ?? t("writeMessage") });
    if (this.mode && this.conversation.world.message(this.conversation.key, this.mode.record.message_id)?.deleted)
      this.cancel();
  }

  /** The large buttons instead of (blocked) or above (not started) the text. */
  #notStarted(chat) {
    const sign = chat.type !== "private" ? "" : chat.blocked ? "blocked" : !chat.started && "start";
    if (this.sign === sign) return;
    this.sign = sign;
    const { key } = this.conversation;
    const act = { blocked: () => api.block(key, false), start: () => api.start(key) }[sign];
    const name = { blocked: "unblock", start: "start" }[sign];
    const press = async () => {
      this.conversation.acts.took(await attempt(act()));
      this.focus();
    };
    fill(
      this.keys.above,
      name && el("button", { type: "button", class: "button primary wide", "data-testid": name, onclick: press }, t(name)),
    );
  }
}
