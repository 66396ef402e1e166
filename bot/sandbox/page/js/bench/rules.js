/** How strict the sandbox is, its bots, and what they got wrong. */
import { el, fill } from "../base/dom.js";
import { field, openDialog } from "../base/dialog.js";
import { number } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";
import { check } from "./log.js";

export class Rules {
  constructor(world) {
    this.world = world;
    this.limits = this.#switch("limits");
    this.strict = this.#switch("strict");
    this.seconds = el("input", { class: "input", type: "number", min: "1", max: "3600", "data-testid": "callback-seconds" });
    this.seconds.addEventListener("change", () => attempt(api.settings({ callback_seconds: this.seconds.valueAsNumber })));
    this.bots = el("ul", { class: "fault-list", role: "list" });
    this.count = el("span", {});
    const addBot = el("button", { type: "button", class: "button", text: t("addBot"), onclick: () => askBot() });
    const show = el("button", {
      type: "button",
      class: "button",
      text: t("showViolations"),
      onclick: () => openViolations(world),
    });
    this.node = el(
      "div",
      { class: "bench-view" },
      check(this.limits, t("limits")),
      el("p", { class: "muted", text: t("limitsHint") }),
      check(this.strict, t("strict")),
      el("p", { class: "muted", text: t("strictHint") }),
      field(t("callbackSeconds"), this.seconds),
      el("h3", { text: t("violations") }),
      el("div", { class: "row between" }, this.count, show),
      el("h3", { text: t("bots") }),
      this.bots,
      addBot,
    );
    world.on(["settings", "bot", "violation", "all"], () => this.update());
    this.update();
  }

  #switch(name) {
    const box = el("input", { type: "checkbox", role: "switch", "data-testid": `setting-${name}` });
    box.addEventListener("change", async () => {
      if (!(await attempt(api.settings({ [name]: box.checked })))) this.update();
    });
    return box;
  }

  update() {
    const { settings, bots, violations } = this.world;
    this.limits.checked = Boolean(settings.limits);
    this.strict.checked = Boolean(settings.strict);
    if (document.activeElement !== this.seconds) this.seconds.value = settings.callback_seconds ?? 15;
    this.count.textContent = t("violationCount", { n: violations, all: number(violations) });
    fill(this.bots, [...bots.values()].map(botRow));
  }
}

function botRow(bot) {
  const state = t(bot.webhook ? "bot_webhook" : bot.polling ? "bot_polling" : "bot_silent");
  return el(
    "li",
    { class: "fault", "data-testid": "bot" },
    icon(bot.webhook || bot.polling ? "check" : "close"),
    el(
      "span",
      { class: "file-words" },
      el("span", { text: bot.name, dir: "auto" }),
      el(
        "small",
        {},
        el("bdi", { dir: "ltr", text: `@${bot.username}` }),
        ` · ${state}`,
        bot.pending > 0 && ` · ${t("pendingUpdates", { n: bot.pending })}`,
      ),
    ),
  );
}

async function askBot() {
  const token = el("input", {
    class: "input",
    required: true,
    pattern: "[1-9][0-9]*:[A-Za-z0-9_\\-]+",
    placeholder: "1003:any-letters",
    dir: "ltr",
    autocomplete: "off",
  });
  const username = el("input", {
    class: "input",
    required: true,
    pattern: "\\w{5,32}",
    placeholder: "my_bot",
    dir: "ltr",
    autocomplete: "off",
  });
  const name = el("input", { class: "input", required: true, maxlength: "64", dir: "auto", autocomplete: "off" });
  const { closed } = openDialog({
    title: t("addBot"),
    body: [
      el("p", { class: "muted", text: t("addBotHint") }),
      field(t("token"), token),
      field(t("username"), username),
      field(t("name"), name),
    ],
    buttons: [{ label: t("cancel") }, { label: t("add"), kind: "primary", value: "yes", testid: "confirm" }],
  });
  token.focus();
  if ((await closed) === "yes")
    await attempt(api.addBot({ token: token.value.trim(), username: username.value.trim(), name: name.value.trim() }));
}

async function openViolations(world) {
  const answer = await attempt(api.strict());
  if (!answer) return;
  const row = ({ bot, method, where, problem }) =>
    el(
      "li",
      { class: "fault" },
      el(
        "span",
        { class: "file-words", dir: "ltr" },
        el("strong", { text: [method, where].filter(Boolean).join(" · ") }),
        el("span", { text: problem }),
        el("small", { text: world.bots.get(bot)?.name ?? String(bot ?? "") }),
      ),
    );
  const list = answer.violations.length
    ? el("ul", { class: "fault-list", role: "list" }, answer.violations.map(row))
    : el("p", { text: t("noViolations") });
  const { closed } = openDialog({
    title: t("violations"),
    wide: true,
    body: [list],
    buttons: [
      { label: t("forgetViolations"), value: "forget" },
      { label: t("ok"), kind: "primary" },
    ],
  });
  if ((await closed) !== "forget" || !(await attempt(api.forgetStrict()))) return;
  world.violations = 0;
}
