/** A menu beside a control: arrow keys, Enter, Escape, press outside; the focus goes back where it was. */
import { arrows, el } from "./dom.js";
import { icon } from "./icons.js";

let open = null;

/**
 * @param {HTMLElement|{x: number, y: number}} anchor
 * @param {Array<{label: string, icon?: string, hint?: string, danger?: boolean, testid?: string, run: () => void} | HTMLElement>} items
 * @param {{label: string, dir?: string, testid?: string, returnTo?: HTMLElement}} options
 */
export function openMenu(anchor, items, { label, dir, testid, returnTo } = {}) {
  closeMenu();
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, dir, "data-testid": testid ?? "menu" });
  menu.append(...items.map((item) => (item instanceof Node ? item : menuItem(item))));
  document.body.append(menu);
  const owner = returnTo ?? (anchor instanceof Node ? anchor : document.activeElement);
  open = { menu, owner, expanded: anchor instanceof Node ? anchor : null };
  open.expanded?.setAttribute("aria-expanded", "true");
  place(menu, anchor);
  arrows(menu, "[role^=menuitem]", { horizontal: true });
  menu.addEventListener("keydown", onKey);
  menu.querySelector("[role^=menuitem]")?.focus();
  return menu;
}

function menuItem({ label, icon: name, hint, danger, testid, run }) {
  const props = { type: "button", role: "menuitem", class: danger ? "menu-item danger" : "menu-item", "data-testid": testid };
  const words = el(
    "span",
    { class: "menu-words" },
    el("span", { text: label }),
    hint && el("small", { text: hint, dir: "auto" }),
  );
  return el("button", { ...props, onclick: () => choose(run) }, name && icon(name), words);
}

/** Closes the menu, then acts: an action may open something else. */
export function choose(run) {
  closeMenu();
  run();
}

export function closeMenu({ focus = true } = {}) {
  if (!open) return;
  const { menu, owner, expanded } = open;
  open = null;
  expanded?.setAttribute("aria-expanded", "false");
  const inside = menu.contains(document.activeElement);
  menu.remove();
  if (focus && inside && owner?.isConnected) owner.focus();
}

function onKey(event) {
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu();
  }
}

function place(menu, anchor) {
  const box = anchor instanceof Node ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0);
  const { width, height } = menu.getBoundingClientRect();
  const rtl = getComputedStyle(menu).direction === "rtl";
  const wanted = rtl ? box.right - width : box.left;
  const below = box.bottom + 6 + height <= innerHeight;
  menu.style.left = `${Math.max(8, Math.min(wanted, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? box.bottom + 6 : box.top - height - 6)}px`;
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target)) closeMenu({ focus: false });
});
addEventListener("resize", () => closeMenu());
