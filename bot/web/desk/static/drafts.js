// Words that were not sent yet stay in this tab, and go with it. Pages work without it.
"use strict";
for (const form of document.querySelectorAll("form[data-draft]")) {
  const field = form.querySelector("textarea");
  const name = form.dataset.draft;
  const sent = `${name}/sent`;
  if (sessionStorage.getItem(sent)) {
    sessionStorage.removeItem(sent);
    sessionStorage.removeItem(name);
  }
  if (!field.value) field.value = sessionStorage.getItem(name) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
  form.addEventListener("submit", () => sessionStorage.setItem(sent, "1"));
}
