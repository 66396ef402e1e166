/** The keyboard that a bot puts in place of the phone's own. */
import { arrows, el, fill, patch } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { fullName } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";
import { openWebApp } from "./webapp.js";

const SIGNS = { request_contact: "contact", request_location: "place", web_app: "app" };

export class ReplyKeys {
  #hidden = null;

  constructor(composer) {
    this.composer = composer;
    this.above = el("div", { class: "composer-above" });
    this.node = el("div", {
      class: "reply-keys",
      role: "group",
      "aria-label": t("replyKeyboard"),
      "data-testid": "reply-keyboard",
    });
    this.toggle = el(
      "button",
      {
        type: "button",
        class: "icon-button small",
        "data-testid": "keyboard-toggle",
        "aria-label": t("toggleKeyboard"),
        title: t("toggleKeyboard"),
        hidden: true,
        onclick: () => this.#flip(),
      },
      icon("keys"),
    );
    arrows(this.node, ".reply-button", { horizontal: true });
  }

  get keyboard() {
    const { chat, person } = this.composer.conversation;
    return chat.type === "private" ? chat.keyboard : chat.keyboards?.[person];
  }

  hint() {
    return this.keyboard?.input_field_placeholder;
  }

  #flip() {
    this.#hidden = this.node.hidden ? null : this.keyboard?.message_id;
    this.update();
  }

  update() {
    const { keyboard } = this;
    const rows = keyboard?.keyboard ?? [];
    const blocked = this.composer.conversation.chat.blocked;
    const shown = rows.length > 0 && !blocked && this.#hidden !== keyboard.message_id;
    patch(this.toggle, { hidden: rows.length === 0, "aria-expanded": String(shown) });
    patch(this.node, { hidden: !shown });
    const sign = JSON.stringify(rows);
    if (this.node.dataset.sign === sign) return;
    this.node.dataset.sign = sign;
    const focused = this.node.contains(document.activeElement);
    fill(
      this.node,
      rows.map((row) =>
        el(
          "div",
          { class: "reply-row" },
          row.map((button) => this.#button(typeof button === "string" ? { text: button } : button)),
        ),
      ),
    );
    if (focused) this.composer.focus();
  }

  #button(button) {
    const sign = SIGNS[Object.keys(SIGNS).find((name) => button[name])];
    return el(
      "button",
      {
        type: "button",
        class: ["reply-button", button.style].filter(Boolean).join(" "),
        "data-testid": "reply-button",
        dir: "auto",
        onclick: () => this.#tap(button),
      },
      sign && icon(sign),
      el("span", { text: button.text }),
    );
  }

  async #tap(button) {
    const { conversation } = this.composer;
    if (button.web_app) return openWebApp(conversation, { url: button.web_app.url }, button, { keyboard: true });
    if (!(await this.#agreed(button))) return;
    if (this.keyboard?.one_time_keyboard) this.#hidden = this.keyboard.message_id;
    const { person, key, thread } = conversation;
    const answer = await attempt(
      api.tap(key, { from: person, text: button.text, ...(thread && { message_thread_id: thread }) }),
    );
    conversation.acts.took(answer);
    this.update();
  }

  /** Telegram asks before it gives a number or a place away. */
  async #agreed(button) {
    const { phone, world, person, chat } = this.composer.conversation;
    const bot = world.bots.get(chat.bot)?.name ?? "";
    const name = fullName(world.people.get(person));
    if (button.request_contact)
      return confirm({
        title: t("shareContact"),
        text: t("shareContactText", { bot, name }),
        yes: t("share"),
        over: phone.device,
      });
    if (button.request_location)
      return confirm({ title: t("shareLocation"), text: t("shareLocationText", { bot }), yes: t("share"), over: phone.device });
    return true;
  }
}
