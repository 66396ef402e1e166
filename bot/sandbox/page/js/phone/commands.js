/** A bot's commands (setMyCommands): the "/" button and the suggestions while one types. */
import { el, fill, fresh, patch } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { openWebApp } from "./webapp.js";

export class Commands {
  #at = 0;

  constructor(composer) {
    this.composer = composer;
    this.id = fresh("commands");
    this.node = el("ul", {
      class: "commands",
      role: "listbox",
      id: this.id,
      "aria-label": t("commands"),
      "data-testid": "commands",
      hidden: true,
    });
    this.button = el(
      "button",
      {
        type: "button",
        class: "icon-button slash",
        "data-testid": "commands-button",
        "aria-label": t("commands"),
        title: t("commands"),
        "aria-expanded": "false",
        hidden: true,
        onclick: () => this.#press(),
      },
      icon("slash"),
      el("span", { class: "slash-text", hidden: true }),
    );
  }

  get all() {
    return this.composer.conversation.chat.commands ?? [];
  }

  get #webApp() {
    const { menu } = this.composer.conversation.chat;
    return menu?.type === "web_app" ? menu : null;
  }

  update() {
    const app = this.#webApp;
    patch(this.button, {
      hidden: !this.all.length && !app,
      "aria-label": app?.text ?? t("commands"),
      title: app?.text ?? t("commands"),
    });
    patch(this.button.querySelector(".icon"), { hidden: Boolean(app) });
    patch(this.button.querySelector(".slash-text"), { hidden: !app, text: app?.text ?? "" });
    patch(
      this.composer.input,
      this.all.length
        ? {
            role: "combobox",
            "aria-controls": this.id,
            "aria-autocomplete": "list",
            "aria-expanded": String(!this.node.hidden),
          }
        : { role: null, "aria-controls": null, "aria-autocomplete": null, "aria-expanded": null },
    );
  }

  #press() {
    if (this.#webApp) return openWebApp(this.composer.conversation, { menu: true }, this.#webApp);
    if (!this.node.hidden) return this.close();
    this.#show(this.all);
    this.composer.focus();
  }

  /** Called as the text changes. */
  suggest(text) {
    const match = /^\/([\w@]*)$/.exec(text);
    const fitting = match ? this.all.filter(({ command }) => command.startsWith(match[1].toLowerCase())) : [];
    if (fitting.length) this.#show(fitting);
    else this.close();
  }

  #show(list) {
    this.list = list;
    this.#at = 0;
    const row = ({ command, description }, index) =>
      el(
        "li",
        {
          role: "option",
          id: `${this.id}-${index}`,
          class: "command-item",
          "data-testid": "command",
          "aria-selected": String(index === 0),
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => this.#choose(index),
        },
        el("strong", { text: `/${command}`, dir: "ltr" }),
        el("span", { text: description, dir: "auto" }),
      );
    fill(this.node, list.map(row));
    this.#open(true);
  }

  #open(open) {
    patch(this.node, { hidden: !open });
    patch(this.button, { "aria-expanded": String(open) });
    patch(this.composer.input, {
      "aria-expanded": String(open),
      "aria-activedescendant": open ? `${this.id}-${this.#at}` : null,
    });
  }

  close() {
    if (this.node.hidden) return false;
    this.#open(false);
    return true;
  }

  /** @returns {boolean} was the key meant for the list? */
  onKey(event) {
    if (this.node.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#move(step);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) this.#choose(this.#at);
    else return false;
    event.preventDefault();
    return true;
  }

  #move(step) {
    this.#at = (this.#at + step + this.list.length) % this.list.length;
    [...this.node.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === this.#at)));
    this.node.children[this.#at].scrollIntoView({ block: "nearest" });
    patch(this.composer.input, { "aria-activedescendant": `${this.id}-${this.#at}` });
  }

  #choose(index) {
    const { command } = this.list[index];
    const { chat, world } = this.composer.conversation;
    const bots = (chat.members ?? []).filter(({ kind }) => kind === "bot");
    const suffix = chat.type !== "private" && bots.length === 1 ? `@${world.bots.get(bots[0].id)?.username}` : "";
    this.composer.send(`/${command}${suffix}`);
  }
}
