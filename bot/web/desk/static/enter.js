// Comes in with what Telegram says about who opened the page; it stands behind the # and never reaches a log.
"use strict";
const PARTS = ["opening", "known", "closed", "left"].map((id) => document.getElementById(id)).filter(Boolean);
const show = (id) => PARTS.forEach((part) => { part.hidden = part.id !== id; });
const told = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
const asked = new URLSearchParams(location.search).get("case") ?? "";
const open = () => location.replace(/^CL-\w{5}$/.test(asked) ? `/desk/cases/${asked}` : "/desk/cases");
const forget = (but) => Object.keys(sessionStorage).filter((name) => !name.startsWith(but)).forEach((name) => sessionStorage.removeItem(name));
const refused = () => {
  forget("nobody's");
  show("left");
};
if (told) {
  const me = /"id":(\d+)/.exec(new URLSearchParams(told).get("user") ?? "")?.[1] ?? "nobody";
  forget(`draft/${me}/`); // no words of whoever was here before
  show("opening");
  history.replaceState(null, "", location.pathname + location.search);
  fetch("/desk/enter", { method: "POST", body: told, credentials: "same-origin" })
    .then((answer) => (answer.ok ? open() : refused()))
    .catch(() => show("left"));
} else if (document.getElementById("known")) open();
