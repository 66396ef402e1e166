/** On a narrow page one area is seen at a time; these tabs choose it. */
import { arrows, el, patch } from "./base/dom.js";
import { t } from "./base/i18n.js";
import { recall, remember } from "./base/memory.js";
import { badge } from "./phone/chats.js";
import { unreadOf } from "./world/unread.js";

const NARROW = "(max-width: 52em)";

/** @returns {{node: HTMLElement, update: () => void, chosen: () => string|null}} `chosen`: null on a wide page */
export function placeTabs(phones, bench, showBench) {
  const media = matchMedia(NARROW);
  const names = { "phone-left": "phoneLeft", "phone-right": "phoneRight", bench: "benchShort" };
  const areas = { "phone-left": phones[0].node, "phone-right": phones[1].node, bench: bench.node };
  const node = el(
    "div",
    { class: "area-tabs", role: "tablist", "aria-label": t("areas"), "data-testid": "area-tabs" },
    Object.entries(names).map(([id, words]) =>
      el(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          id: `show-${id}`,
          "data-area": id,
          "data-testid": `show-${id}`,
          "aria-controls": id,
          onclick: () => choose(id),
        },
        el("span", { text: t(words) }),
        el("span", { class: "tab-news" }),
      ),
    ),
  );
  arrows(node, "[role=tab]", { horizontal: true });
  let chosen = recall("area") in areas ? recall("area") : "phone-left";

  function choose(id) {
    chosen = id;
    remember("area", id);
    if (media.matches) showBench(id === "bench");
    update();
    phones.forEach((phone) => phone.refresh());
  }

  function update() {
    for (const tab of node.children)
      patch(tab, { "aria-selected": String(tab.dataset.area === chosen), tabindex: tab.dataset.area === chosen ? "0" : "-1" });
    for (const [id, area] of Object.entries(areas)) area.classList.toggle("behind", media.matches && id !== chosen);
  }

  function news() {
    phones.forEach((phone, index) => {
      const count = phone.person === null || phone.isSeen() ? 0 : unreadOf(phone.world, phone.person);
      node.children[index].querySelector(".tab-news").replaceChildren(badge(count) ?? "");
    });
  }

  media.addEventListener("change", () => {
    if (media.matches && chosen === "bench") chosen = "phone-left";
    update();
    phones.forEach((phone) => phone.refresh());
  });
  for (const phone of phones) phone.node.addEventListener("unread", news);
  return { node, update, chosen: () => (media.matches ? chosen : null) };
}
