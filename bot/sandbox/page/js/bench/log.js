/** The Bot API calls of all bots: filter them, open one. */
import { arrows, el, fill, follow } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { logTime, number } from "../base/format.js";
import { icon } from "../base/icons.js";
import { language, t } from "../base/i18n.js";
import { recallJson, rememberJson } from "../base/memory.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";
import { jsonView } from "./json.js";

const SHOWN = 200;
const PAUSE = 120;

export class Log {
  #timer = 0;

  constructor(world) {
    this.world = world;
    const chosen = recallJson("log", { polling: false, failed: false });
    this.filter = el("input", {
      class: "input grow",
      type: "search",
      placeholder: t("filterCalls"),
      "aria-label": t("filterCalls"),
      "data-testid": "log-filter",
      dir: "ltr",
    });
    this.failed = el("input", { type: "checkbox", checked: chosen.failed, "data-testid": "log-failed" });
    this.polling = el("input", { type: "checkbox", checked: chosen.polling });
    const clear = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("forgetCalls"),
        title: t("forgetCalls"),
        onclick: () => this.#forget(),
      },
      icon("bin"),
    );
    this.list = el("ol", { class: "call-list", role: "list", "aria-label": t("calls") });
    this.count = el("p", { class: "muted count", "aria-live": "off" });
    this.node = el(
      "div",
      { class: "bench-view", "data-testid": "log" },
      el("div", { class: "row" }, this.filter, clear),
      el("div", { class: "row" }, check(this.failed, t("onlyFailed")), check(this.polling, t("withPolling"))),
      this.count,
      this.list,
    );
    this.filter.addEventListener("input", () => this.update());
    for (const box of [this.failed, this.polling]) box.addEventListener("change", () => this.#chosen());
    arrows(this.list, ".call");
    world.on(["call", "bot", "all"], () => this.later());
    this.update();
  }

  #chosen() {
    rememberJson("log", { polling: this.polling.checked, failed: this.failed.checked });
    this.update();
  }

  /** Many calls a second are drawn a few times a second. */
  later() {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.update();
    }, PAUSE);
  }

  async #forget() {
    if (!(await attempt(api.forgetCalls()))) return;
    this.world.calls = [];
    this.update();
  }

  #fits(call) {
    if (this.failed.checked && call.ok) return false;
    if (!this.polling.checked && call.method.toLowerCase() === "getupdates" && call.ok) return false;
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const line = [call.method, this.#bot(call), call.chat_id, call.description, call.error_code, call.fault && "fault"]
      .join(" ")
      .toLowerCase();
    return words.every((word) => line.includes(word));
  }

  #bot(call) {
    const bot = this.world.bots.get(call.bot);
    return bot ? bot.username : String(call.bot);
  }

  update() {
    if (!this.node.isConnected || this.node.offsetParent === null) return;
    const fitting = this.world.calls.filter((call) => this.#fits(call));
    this.count.textContent = t("callCount", { n: fitting.length, all: number(fitting.length) });
    follow(this.list, fitting.slice(-SHOWN).reverse(), {
      key: ({ id }) => String(id),
      sign: ({ ok }) => `${ok}${language()}`,
      make: (call) => this.#row(call),
    });
  }

  #row(call) {
    const sign = el(
      "span",
      { class: call.ok ? "mark good" : "mark bad" },
      icon(call.ok ? "check" : "close"),
      el("span", { text: call.ok ? t("callOk") : String(call.error_code ?? t("callFailed")) }),
    );
    const about = [this.#bot(call), call.chat_id, call.via === "webhook-reply" && t("viaWebhook"), call.fault && t("byFault")]
      .filter(Boolean)
      .join(" · ");
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "call",
          "data-testid": "call",
          "data-method": call.method,
          "aria-haspopup": "dialog",
          onclick: () => open(call.id),
        },
        el("span", { class: "call-top" }, el("strong", { text: call.method, dir: "ltr" }), sign),
        el(
          "span",
          { class: "call-bottom", dir: "ltr" },
          el("span", { text: logTime(call.at) }),
          el("span", { text: about }),
          call.ms !== undefined && el("span", { text: `${Math.round(call.ms * 10) / 10} ms` }),
        ),
        !call.ok && call.description && el("span", { class: "call-problem", text: call.description, dir: "ltr" }),
      ),
    );
  }
}

export const check = (box, words) => el("label", { class: "check" }, box, el("span", { text: words }));

async function open(id) {
  const call = await attempt(api.openedCall(id));
  if (!call) return;
  const head = el("p", {
    class: "muted",
    dir: "ltr",
    text: [logTime(call.at), call.chat_id, call.via, call.ms !== undefined && `${call.ms} ms`].filter(Boolean).join(" · "),
  });
  const files = call.files?.length > 0 && [el("h3", { text: t("files") }), el("div", {}, jsonView(call.files))];
  const body = [
    head,
    el("h3", { text: t("request") }),
    jsonView(call.params ?? {}),
    files,
    el("h3", { text: t("response") }),
    jsonView(call.response ?? {}),
  ];
  const { dialog } = openDialog({ title: call.method, body: [], wide: true, testid: "call-dialog" });
  fill(dialog.querySelector(".dialog-body"), body);
}
