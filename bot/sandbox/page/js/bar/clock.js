/** The sandbox's clock: what time the bots think it is, and how to move it on. */
import { el } from "../base/dom.js";
import { longTime, shortMoment } from "../base/format.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";

const STEPS = { hour: 3600, day: 86400, week: 604800 };

export class Clock {
  constructor(world) {
    this.world = world;
    this.time = el("time", { class: "clock-time", "data-testid": "clock" });
    this.ahead = el("span", { class: "clock-ahead" });
    this.said = el("span", { class: "sr-only", role: "status", "aria-live": "polite" });
    const buttons = Object.entries(STEPS).map(([name, seconds]) =>
      el("button", {
        type: "button",
        class: "button small",
        "data-testid": `clock-plus-${name}`,
        "aria-label": t(`plus_${name}_label`),
        text: t(`plus_${name}`),
        onclick: () => this.#shift(seconds),
      }),
    );
    this.node = el(
      "div",
      { class: "clock", role: "group", "aria-label": t("clock") },
      icon("clock"),
      el("div", { class: "clock-words" }, this.time, this.ahead),
      el("div", { class: "clock-steps" }, buttons),
      this.said,
    );
    world.on(["clock", "all"], () => this.update());
    this.update();
  }

  async #shift(seconds) {
    const answer = await attempt(api.shiftClock(seconds));
    if (!answer) return;
    this.world.setNow(answer.now);
    this.world.clockOffset = answer.offset ?? this.world.clockOffset + seconds;
    this.update();
    this.said.textContent = t("clockNow", { time: longTime(this.world.now()) });
  }

  update() {
    const now = this.world.now();
    this.time.dateTime = new Date(now * 1000).toISOString();
    this.time.textContent = shortMoment(now);
    this.ahead.textContent = ahead(now - Date.now() / 1000);
  }
}

/** "2 days ahead", or nothing. */
function ahead(seconds) {
  if (Math.abs(seconds) < 90) return t("realTime");
  const key = seconds > 0 ? "ahead" : "behind";
  const hours = Math.round(Math.abs(seconds) / 3600);
  return hours < 48 && hours !== 24 ? t(`${key}_hours`, { n: hours }) : t(`${key}_days`, { n: Math.round(hours / 24) });
}
