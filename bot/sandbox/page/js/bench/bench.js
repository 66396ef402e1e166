/** The workbench beside the phones: calls, faults, rules, as tabs. */
import { arrows, el, patch } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { recall, remember } from "../base/memory.js";
import { Faults } from "./faults.js";
import { Log } from "./log.js";
import { Rules } from "./rules.js";

export class Bench {
  constructor(world, close) {
    this.views = { calls: new Log(world), faults: new Faults(world), rules: new Rules(world) };
    this.tabs = el(
      "div",
      { class: "tabs", role: "tablist", "aria-label": t("bench") },
      Object.keys(this.views).map((name) => this.#tab(name)),
    );
    this.panels = Object.entries(this.views).map(([name, view]) =>
      el(
        "div",
        { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, class: "bench-panel scroll", hidden: true },
        view.node,
      ),
    );
    const title = el("h2", { id: "bench-title", text: t("bench") });
    const shut = el(
      "button",
      {
        type: "button",
        class: "icon-button bench-close",
        "aria-label": t("closeBench"),
        title: t("closeBench"),
        onclick: close,
      },
      icon("close"),
    );
    this.node = el(
      "aside",
      { class: "bench", id: "bench", "data-testid": "bench", "aria-labelledby": "bench-title", tabindex: "-1" },
      el("header", { class: "bench-head" }, title, shut),
      this.tabs,
      this.panels,
    );
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
    arrows(this.tabs, "[role=tab]", { horizontal: true });
    this.show(recall("bench.tab") in this.views ? recall("bench.tab") : "calls");
  }

  #tab(name) {
    return el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${name}`,
        "aria-controls": `panel-${name}`,
        class: "tab",
        "data-testid": `tab-${name}`,
        onclick: () => this.show(name),
        onfocus: () => this.show(name),
      },
      t(`bench_${name}`),
    );
  }

  show(name) {
    remember("bench.tab", name);
    Object.keys(this.views).forEach((one, index) => {
      patch(this.tabs.children[index], { "aria-selected": String(one === name), tabindex: one === name ? "0" : "-1" });
      this.panels[index].hidden = one !== name;
    });
    this.views[name].update();
  }

  update() {
    Object.values(this.views).forEach((view) => view.update());
  }
}
