/** A round face with initials; the colour follows the id. */
import { el } from "../base/dom.js";
import { initials } from "../base/format.js";

const HUES = [168, 262, 205, 335, 28, 225, 300, 95, 185, 12];

/** A hue that differs between neighbours. */
export const tint = (id) => HUES[(Math.imul(id, 2654435761) >>> 16) % HUES.length];

export function avatar(name, id, size = "") {
  const node = el("span", { class: `avatar ${size}`, "aria-hidden": "true", text: initials(name) });
  node.style.setProperty("--hue", tint(id));
  return node;
}
