/** What slides over a phone's screen: a bot's toast, a bot's alert, news from another chat. */
import { el } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { t } from "../base/i18n.js";
import { rowText } from "../message/summary.js";

const SHOWN_FOR = 5000;

export class Heads {
  constructor(phone) {
    this.phone = phone;
    this.toasts = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
    this.news = el("div", { class: "news", role: "status", "aria-live": "polite" });
    this.node = el("div", { class: "heads" }, this.news, this.toasts);
  }

  toast(text) {
    const node = el("div", { class: "toast", "data-testid": "toast", dir: "auto", text });
    const log = this.phone.screen.querySelector(".log-frame");
    const above = log ? log.getBoundingClientRect().top - this.node.getBoundingClientRect().top : 64;
    this.toasts.style.insetBlockStart = `${above + 12}px`;
    this.toasts.replaceChildren(node);
    setTimeout(() => node.remove(), SHOWN_FOR);
  }

  alert(text) {
    const title = this.phone.chatTitle(this.phone.world.chats.get(this.phone.chat));
    openDialog({
      title,
      body: [el("p", { text, dir: "auto" })],
      buttons: [{ label: t("ok"), kind: "primary", focused: true, testid: "alert-ok" }],
      over: this.phone.device,
      testid: "alert",
    });
  }

  message(record) {
    const { world } = this.phone;
    const chat = world.chats.get(record.chat);
    const thread = chat.forum ? (record.thread ?? null) : undefined;
    const title = [
      chat.type !== "private" && chat.title,
      (chat.type === "private" || chat.forum) && this.phone.chatTitle(chat, thread),
    ]
      .filter(Boolean)
      .join(" · ");
    const open = () => {
      node.remove();
      this.phone.open(chat.key, thread);
    };
    const node = el(
      "button",
      { type: "button", class: "news-item", "data-testid": "news", onclick: open },
      el("strong", { text: title, dir: "auto" }),
      el("span", { text: rowText(record).slice(0, 120), dir: "auto" }),
    );
    this.news.replaceChildren(node);
    setTimeout(() => node.remove(), SHOWN_FOR);
  }
}
