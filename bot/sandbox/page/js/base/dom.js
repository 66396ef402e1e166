/** Builds DOM nodes. Data only ever becomes text nodes and attributes here, never markup. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `class`, `text`, `onclick`-like functions, everything else an attribute
 *   (true: empty attribute, null, undefined and false: none)
 * @param {...(Node|string|null|undefined|Array)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  append(node, children);
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "text") node.textContent = value;
  else if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

/** Changes attributes of a node that exists; null or false removes one. */
export function patch(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") {
      if (node.textContent !== value) node.textContent = value;
    } else if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else set(node, name, value);
  }
  return node;
}

/** Replaces the children of `node`. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/**
 * Makes the children of `parent` follow `items`, keeping the nodes whose key and signature are unchanged,
 * so that focus, playing audio and scroll position survive.
 * @param {HTMLElement} parent
 * @param {Array<T>} items
 * @param {{key: (item: T) => string, sign: (item: T) => string, make: (item: T) => HTMLElement,
 *          replaced?: (old: HTMLElement, now: HTMLElement) => void}} how
 * @template T
 */
export function follow(parent, items, { key, sign, make, replaced }) {
  const old = new Map([...parent.children].map((node) => [node.followKey, node]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const signature = sign(item);
    const before = old.get(name);
    old.delete(name);
    let node = before;
    if (!before || before.followSign !== signature) {
      node = make(item);
      node.followKey = name;
      node.followSign = signature;
    }
    if (before && node !== before) {
      if (next === before) next = before.nextElementSibling;
      const focused = before.contains(document.activeElement);
      before.replaceWith(node);
      if (focused) replaced?.(before, node);
    } else if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
  for (const node of old.values()) node.remove();
}

/** Runs `task` at the end of the current turn, however often it was asked for; when it is asked for all the time, it takes at most a third of it. */
export function soon(task, pause = 40) {
  let asked = false;
  let next = -Infinity;
  const run = () => {
    const began = performance.now();
    asked = false;
    task();
    const ended = performance.now();
    next = ended + Math.max(pause, 2 * (ended - began));
  };
  return () => {
    if (asked) return;
    asked = true;
    const rest = next - performance.now();
    if (rest > 0) setTimeout(run, rest);
    else queueMicrotask(run);
  };
}

let serial = 0;
/** A fresh element id. */
export const fresh = (prefix) => `${prefix}-${++serial}`;

/** Arrow keys, Home and End move the focus among the elements that match `selector` inside `root`. */
export function arrows(root, selector, { horizontal = false } = {}) {
  root.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(selector)) return;
    const all = [...root.querySelectorAll(selector)].filter((node) => !node.disabled);
    const place = stride(event, all.indexOf(event.target), all.length, horizontal, getComputedStyle(root).direction);
    if (place === null) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, place))].focus();
  });
}

function stride({ key }, at, count, horizontal, direction) {
  const forward = direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = direction === "rtl" ? "ArrowRight" : "ArrowLeft";
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "ArrowDown" || (horizontal && key === forward)) return at + 1;
  if (key === "ArrowUp" || (horizontal && key === backward)) return at - 1;
  return null;
}
