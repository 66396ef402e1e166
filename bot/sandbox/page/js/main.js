/** Puts the page together; nothing else constructs. */
import { Bar } from "./bar/bar.js";
import { el, fill, patch } from "./base/dom.js";
import { setLanguage, t } from "./base/i18n.js";
import { recall, remember } from "./base/memory.js";
import { noticePlace } from "./base/notice.js";
import { Bench } from "./bench/bench.js";
import { Phone } from "./phone/phone.js";
import { Stream } from "./world/stream.js";
import { dropStale, unreadOf } from "./world/unread.js";
import { World } from "./world/world.js";
import { placeTabs } from "./tabs.js";

const BENCH_OPENS_AT = 1500;
const app = document.getElementById("app");
const world = new World();
let ticking = 0;

const lost = el("div", { class: "lost", role: "alert", "data-testid": "connection-lost", hidden: true });

function build() {
  world.forgetListeners();
  world.on("all", () => dropStale(world));
  clearInterval(ticking);
  document.title = t("title");
  lost.textContent = t("connectionLost");
  const phones = [new Phone(world, "left"), new Phone(world, "right")];
  const bench = new Bench(world, () => showBench(false));
  const bar = new Bar(world, { setLanguage: changeLanguage, toggleBench: () => showBench(bench.node.hidden) });
  const tabs = placeTabs(phones, bench, showBench);
  const main = el(
    "main",
    { class: "stage", id: "stage", "aria-label": t("phones") },
    phones.map((phone) => phone.node),
  );
  fill(app, skipLinks(), bar.node, lost, tabs.node, el("div", { class: "work" }, main, bench.node), noticePlace());
  for (const phone of phones) phone.refresh();

  function showBench(shown) {
    patch(bench.node, { hidden: !shown });
    patch(bar.bench, { "aria-expanded": String(shown), "aria-pressed": String(shown) });
    app.classList.toggle("with-bench", shown);
    remember("bench", shown ? "open" : "closed");
    tabs.update();
    if (shown) bench.update();
    else if (bench.node.contains(document.activeElement)) bar.bench.focus();
  }

  const wanted = recall("bench") ?? (innerWidth >= BENCH_OPENS_AT ? "open" : "closed");
  showBench(tabs.chosen() ? tabs.chosen() === "bench" : wanted === "open");
  ticking = setInterval(() => {
    bar.clock.update();
    phones.forEach((phone) => phone.tick());
  }, 5000);
  app.addEventListener("unread", () => retitle(phones));
}

const skipLinks = () =>
  el(
    "nav",
    { class: "skip", "aria-label": t("skip") },
    [
      ["phone-left", "phoneLeft"],
      ["phone-right", "phoneRight"],
      ["bench", "bench"],
    ].map(([id, words]) =>
      el("a", { href: `#${id}`, text: t("skipTo", { name: t(words) }), onclick: (event) => jump(event, id) }),
    ),
  );

function jump(event, id) {
  event.preventDefault();
  const area = document.getElementById(id);
  if (area.offsetParent === null) document.querySelector(`[data-area="${id}"]`)?.click();
  area.focus();
}

function changeLanguage(code) {
  setLanguage(code);
  build();
  document.querySelector("[data-testid=page-language]").focus();
}

function retitle(phones) {
  const news = new Set(phones.map(({ person }) => person));
  const count = [...news].reduce((sum, person) => sum + (person === null ? 0 : unreadOf(world, person)), 0);
  document.title = count ? `(${count}) ${t("title")}` : t("title");
}

/** F6 goes round the areas, as in desktop programs. */
function cycle(event) {
  if (event.key !== "F6") return;
  const areas = ["phone-left", "phone-right", "bench"]
    .map((id) => document.getElementById(id))
    .filter((area) => area && area.offsetParent !== null);
  const at = areas.findIndex((area) => area.contains(document.activeElement));
  const next = areas[(at + (event.shiftKey ? -1 : 1) + areas.length) % areas.length];
  event.preventDefault();
  (next.querySelector("[data-testid=composer]") ?? next.querySelector(".chat-item") ?? next).focus();
}

const stream = new Stream(world, (connected) => {
  lost.hidden = connected;
});
await stream.connect();
dropStale(world);
build();
app.removeAttribute("aria-busy");
document.addEventListener("keydown", cycle);
