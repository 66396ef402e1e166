// The keyboard: / goes to the search, j and k move through the rows, Enter opens as everywhere, x chooses a row, r goes to the reply, n to
// the next case. And what is ready goes into the reply by a press. Pages work without it.
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
const onwards = () => document.querySelector("[data-next]")?.click();
const keys = { "/": search, r: reply, n: onwards, j: () => move(1), k: () => move(-1), x: () => document.activeElement.closest("tr")?.querySelector("[type=checkbox]")?.click() };
document.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  event.preventDefault();
  act();
});
for (const button of document.querySelectorAll("[data-put]")) {
  button.addEventListener("click", () => {
    const field = button.form.querySelector("[data-reply]");
    field.value = [field.value.trimEnd(), button.closest("li").querySelector(".said").textContent].filter(Boolean).join("\n\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
