// Words that were not sent yet stay in this tab for an hour at most, under whoever wrote them, and go when the page shows that they were
// kept. Nothing leaves a page while there is no line. Pages work without it.
"use strict";
const HOUR = 3_600_000;
const MOST = 8_000;
const lost = document.querySelector("[data-lost]");

const read = (name) => {
  const [at, once, text] = JSON.parse(sessionStorage.getItem(name) ?? "[0, null, null]");
  if (text !== null && Date.now() - at < HOUR) return { once, text };
  sessionStorage.removeItem(name);
  return { once: null, text: "" };
};
const write = (name, once, text) => {
  if (text) sessionStorage.setItem(name, JSON.stringify([Date.now(), once, text]));
  else sessionStorage.removeItem(name);
};

Object.keys(sessionStorage).filter((name) => name.startsWith("draft/")).forEach(read);
for (const form of document.querySelectorAll("form[data-draft]")) {
  const field = form.querySelector("textarea");
  const name = `draft/${form.dataset.draft}`;
  const known = read(name);
  if (known.once && document.querySelector(`[data-page="-${known.once}"]`)) sessionStorage.removeItem(name);
  else if (!field.value) field.value = known.text;
  field.addEventListener("input", () => write(name, null, field.value));
  form.addEventListener("submit", () => write(name, form.elements.token.value.split(".")[0], field.value));
}

const there = () => fetch("/desk/static/keys.js", { cache: "no-store", signal: AbortSignal.timeout(MOST) });
for (const form of document.querySelectorAll("form[method=post]")) {
  let sure = false;
  let asked = false;
  form.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    if (asked) return;
    asked = true;
    try {
      await there();
      lost.hidden = true;
      sure = true;
      form.requestSubmit(event.submitter);
    } catch {
      form.prepend(lost);
      lost.hidden = false;
      lost.focus();
    }
    asked = false;
    sure = false;
  });
}
