/** Presses of inline buttons on their way: the button waits, then the bot's toast, alert or address comes. */
import { t } from "../base/i18n.js";
import { attempt } from "../base/notice.js";
import * as api from "../world/api.js";

const GRACE = 3;

export class Presses {
  /** Slots ("message.row.column" or "message.data") and the press that each waits for; null: not yet known. */
  #open = new Map();

  /** @param {import("./acts.js").MessageActs} acts */
  constructor(acts) {
    this.acts = acts;
  }

  waiting(record, { row, column }) {
    return this.#open.has(`${record.message_id}.${row}.${column}`);
  }

  async press(record, button, place, node) {
    const { key, from } = this.acts;
    const { settings, presses } = this.acts.phone.world;
    const slot = place ? `${record.message_id}.${place.row}.${place.column}` : `${record.message_id}.${button.callback_data}`;
    this.#open.set(slot, null);
    node.setAttribute("aria-busy", "true");
    const what = place ?? { data: button.callback_data };
    const press = await attempt(api.press(key, { from, message_id: record.message_id, ...what }));
    if (!press) return this.#release(slot, node);
    this.#open.set(slot, press.id);
    setTimeout(() => this.news({ ...press, state: "expired" }), ((settings.callback_seconds ?? 15) + GRACE) * 1000);
    this.news(presses.get(press.id) ?? press);
  }

  /** The bot answered, or its time is over. */
  news(press) {
    const slot = [...this.#open.keys()].find((one) => this.#open.get(one) === press.id);
    if (slot === undefined || press.state === "waiting") return;
    this.#release(slot);
    const { heads } = this.acts.phone;
    if (press.state === "expired") heads.toast(t("noAnswer"));
    else if (press.show_alert) heads.alert(press.text ?? "");
    else if (press.text) heads.toast(press.text);
    if (press.url && !this.acts.follow(press.url)) open(press.url, "_blank", "noopener,noreferrer");
  }

  /** The button may have been drawn anew meanwhile: whatever is there now stops waiting. */
  #release(slot, node) {
    this.#open.delete(slot);
    node?.removeAttribute("aria-busy");
    const id = slot.slice(0, slot.indexOf("."));
    const buttons = this.acts.conversation.list.querySelectorAll(`[data-message-id="${id}"] .inline-button[aria-busy]`);
    for (const one of buttons) {
      if (!this.#open.has(`${id}.${one.dataset.row}.${one.dataset.column}`)) one.removeAttribute("aria-busy");
    }
  }
}
