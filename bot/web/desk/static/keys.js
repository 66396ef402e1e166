// The keyboard: / goes to the search, j and k move through the rows, Enter opens as everywhere, r goes to the reply. Pages work without it.
"use strict";
const rows = () => [...document.querySelectorAll("[data-row]")];
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
const move = (by) => {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (next) next.focus();
};
const search = () => {
  const field = document.querySelector("[data-search]");
  if (field) field.focus();
};
const reply = () => document.querySelector("[data-reply]")?.focus();
const keys = { "/": search, r: reply, j: () => move(1), k: () => move(-1) };
document.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  event.preventDefault();
  act();
});
