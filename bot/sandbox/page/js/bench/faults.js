/** Faults on request: what shall go wrong, for whom, how often; and which wait to happen. */
import { el, fill } from "../base/dom.js";
import { field, select } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";

const KINDS = [
  "flood",
  "forbidden",
  "error",
  "html",
  "hang",
  "slow",
  "reset_before",
  "reset_after",
  "drop",
  "duplicate",
  "reorder",
];
const METHODS = [
  "sendMessage",
  "editMessageText",
  "answerCallbackQuery",
  "sendDocument",
  "sendPhoto",
  "sendMediaGroup",
  "getFile",
  "getUpdates",
  "createForumTopic",
  "sendChatAction",
  "deleteMessage",
  "setMessageReaction",
  "copyMessage",
];
/** Which numbers a kind takes, with what is usual. */
const EXTRA = { flood: { retry_after: 5 }, error: { code: 500 }, hang: { delay: 60 }, slow: { delay: 3 } };
const OF_UPDATES = new Set(["drop", "duplicate", "reorder"]);

export class Faults {
  constructor(world) {
    this.world = world;
    this.kind = select(
      KINDS.map((kind) => [kind, t(`fault_${kind}`)]),
      "flood",
      { "data-testid": "fault-kind" },
    );
    this.bot = el("select", { class: "input" });
    this.method = el("input", {
      class: "input",
      list: "fault-methods",
      dir: "ltr",
      placeholder: t("anyMethod"),
      "data-testid": "fault-method",
      autocomplete: "off",
    });
    this.chat = el("input", { class: "input", dir: "ltr", inputmode: "text", pattern: "-?[0-9]*", placeholder: t("anyChat") });
    this.times = el("input", { class: "input", type: "number", min: "0", value: "1", "data-testid": "fault-times" });
    this.after = el("input", { class: "input", type: "number", min: "0", value: "0" });
    this.extra = el("div", { class: "fields" });
    this.methodField = field(t("method"), this.method);
    this.list = el("ul", { class: "fault-list", role: "list", "aria-label": t("faultsWaiting"), "data-testid": "fault-list" });
    this.node = this.#layout();
    this.kind.addEventListener("change", () => this.#extras());
    world.on(["fault", "bot", "all"], () => this.update());
    this.#extras();
    this.update();
  }

  #layout() {
    const form = el(
      "form",
      { class: "fields", onsubmit: (event) => this.#add(event) },
      field(t("faultKind"), this.kind),
      field(t("bot"), this.bot),
      this.methodField,
      field(t("chatId"), this.chat),
      el("div", { class: "pair" }, field(t("times"), this.times, t("timesHint")), field(t("afterSome"), this.after)),
      this.extra,
      el("button", { type: "submit", class: "button primary", "data-testid": "fault-add", text: t("addFault") }),
    );
    this.none = el("p", { class: "muted", text: t("noFaults") });
    this.clear = el("button", {
      type: "button",
      class: "button",
      text: t("removeAllFaults"),
      onclick: () => attempt(api.removeFault()),
    });
    return el(
      "div",
      { class: "bench-view" },
      el(
        "datalist",
        { id: "fault-methods" },
        METHODS.map((value) => el("option", { value })),
      ),
      el("p", { class: "muted", text: t("faultsHint") }),
      form,
      el("h3", { text: t("faultsWaiting") }),
      this.none,
      this.list,
      this.clear,
    );
  }

  #extras() {
    const extra = EXTRA[this.kind.value] ?? {};
    fill(
      this.extra,
      Object.entries(extra).map(([name, usual]) =>
        field(
          t(`fault_${name}`),
          el("input", { class: "input", type: "number", min: "0", step: "any", name, value: usual, required: true }),
        ),
      ),
    );
    this.methodField.hidden = OF_UPDATES.has(this.kind.value);
  }

  async #add(event) {
    event.preventDefault();
    const fault = { kind: this.kind.value, times: this.times.valueAsNumber, after: this.after.valueAsNumber || 0 };
    if (this.bot.value) fault.bot = Number(this.bot.value);
    if (this.method.value && !this.methodField.hidden) fault.method = this.method.value.trim();
    if (this.chat.value) fault.chat_id = Number(this.chat.value);
    for (const input of this.extra.querySelectorAll("input")) fault[input.name] = input.valueAsNumber;
    await attempt(api.addFault(fault));
  }

  update() {
    const { faults, bots } = this.world;
    const chosen = this.bot.value;
    fill(
      this.bot,
      el("option", { value: "", text: t("anyBot") }),
      [...bots.values()].map((bot) => el("option", { value: bot.id, text: bot.name, selected: String(bot.id) === chosen })),
    );
    this.none.hidden = faults.length > 0;
    this.clear.hidden = faults.length < 2;
    fill(
      this.list,
      faults.map((fault) => this.#row(fault)),
    );
  }

  #row(fault) {
    const words = [t(`fault_${fault.kind}`), this.world.bots.get(fault.bot)?.name, fault.method, fault.chat_id]
      .filter(Boolean)
      .join(" · ");
    const left = fault.times === 0 ? t("untilRemoved") : t("left", { n: fault.left ?? fault.times ?? 1 });
    const remove = el(
      "button",
      {
        type: "button",
        class: "icon-button small",
        "aria-label": t("removeFault"),
        onclick: () => attempt(api.removeFault(fault.id)),
      },
      icon("close"),
    );
    return el(
      "li",
      { class: "fault", "data-testid": "fault" },
      el("span", { class: "file-words" }, el("span", { text: words }), el("small", { text: left })),
      remove,
    );
  }
}
