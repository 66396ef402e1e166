/** The bar on top: name, clock, language, theme, workbench, start anew. */
import { el, patch } from "../base/dom.js";
import { confirm, openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { LANGUAGES, language, t } from "../base/i18n.js";
import { remember } from "../base/memory.js";
import { attempt, notice } from "../base/notice.js";
import { number } from "../base/format.js";
import * as api from "../world/api.js";
import { Clock } from "./clock.js";

export class Bar {
  /** @param {import("../world/world.js").World} world @param {{setLanguage: (code: string) => void, toggleBench: () => void}} acts */
  constructor(world, { setLanguage, toggleBench }) {
    this.world = world;
    this.clock = new Clock(world);
    const tongue = el(
      "select",
      { class: "input", "data-testid": "page-language", "aria-label": t("pageLanguage"), title: t("pageLanguage") },
      Object.entries(LANGUAGES).map(([code, name]) =>
        el("option", { value: code, text: name, lang: code, selected: code === language() }),
      ),
    );
    tongue.addEventListener("change", () => setLanguage(tongue.value));
    this.theme = el("button", { type: "button", class: "icon-button", "data-testid": "theme", onclick: () => this.#flip() });
    this.problems = el("span", { class: "badge bad", hidden: true });
    this.bench = el(
      "button",
      { type: "button", class: "button", "data-testid": "bench-toggle", "aria-controls": "bench", onclick: toggleBench },
      icon("log"),
      el("span", { class: "wide-only", text: t("bench") }),
      this.problems,
    );
    const reset = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "reset",
        "aria-label": t("reset"),
        title: t("reset"),
        onclick: () => askReset(),
      },
      icon("reset"),
    );
    const help = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "help",
        "aria-label": t("help"),
        title: t("help"),
        onclick: openHelp,
      },
      icon("help"),
    );
    const logo = el("img", { src: "/page/icon.svg", alt: "", width: "32", height: "32" });
    this.node = el(
      "header",
      { class: "bar" },
      el("div", { class: "brand" }, logo, el("h1", { text: t("title") })),
      this.clock.node,
      el("div", { class: "bar-tools" }, tongue, this.theme, help, reset, this.bench),
    );
    world.on(["call", "violation", "all"], () => this.#count());
    this.#theme();
    this.#count();
  }

  #theme() {
    const dark = document.documentElement.dataset.theme === "dark";
    patch(this.theme, { "aria-label": t(dark ? "toLight" : "toDark"), title: t(dark ? "toLight" : "toDark") });
    this.theme.replaceChildren(icon(dark ? "sun" : "moon"));
  }

  #flip() {
    const { dataset } = document.documentElement;
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    remember("theme", dataset.theme);
    this.#theme();
  }

  #count() {
    const failed = this.world.calls.filter(({ ok }) => !ok).length + this.world.violations;
    patch(this.problems, { hidden: failed === 0, text: number(failed), title: t("problems", { n: failed }) });
    patch(this.bench, { "aria-label": failed ? `${t("bench")}, ${t("problems", { n: failed })}` : t("bench") });
  }
}

async function askReset() {
  const keep = el("input", { type: "checkbox", checked: true, "data-testid": "reset-keep" });
  const extra = [el("label", { class: "check" }, keep, el("span", { text: t("keepPeople") }))];
  if (!(await confirm({ title: t("reset"), text: t("resetText"), yes: t("resetYes"), danger: true, extra }))) return;
  if (await attempt(api.reset(keep.checked))) notice(t("resetDone"));
}

function openHelp() {
  const keys = [
    ["Enter", "key_send"],
    ["Shift + Enter", "key_line"],
    ["↑", "key_edit"],
    ["/", "key_command"],
    ["↑ ↓", "key_list"],
    ["Enter", "key_menu"],
    ["Esc", "key_back"],
    ["F6", "key_area"],
  ];
  const rows = keys.map(([key, words]) =>
    el("tr", {}, el("th", { scope: "row" }, el("kbd", { text: key })), el("td", { text: t(words) })),
  );
  openDialog({
    title: t("help"),
    body: [
      el("p", { text: t("helpText") }),
      el("table", { class: "keys" }, el("tbody", {}, rows)),
      el("p", { class: "muted", text: t("helpData") }),
    ],
    buttons: [{ label: t("ok"), kind: "primary" }],
    testid: "help-dialog",
  });
}
