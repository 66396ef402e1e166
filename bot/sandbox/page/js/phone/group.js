/** Groups: make one, change who is in it, upgrade it. */
import { el } from "../base/dom.js";
import { confirm, field, openDialog, select } from "../base/dialog.js";
import { fullName } from "../base/format.js";
import { t } from "../base/i18n.js";
import { attempt, notice } from "../base/notice.js";
import * as api from "../world/api.js";

const STATUSES = ["creator", "administrator", "member", "restricted", "left", "kicked"];

/** Entries of a group's menu. */
export function groupItems(phone, key) {
  return [
    { label: t("membersTitle"), icon: "group", run: () => openMembers(phone, key) },
    { label: t("migrate"), hint: t("migrateHint"), icon: "forward", run: () => askMigration(phone, key) },
  ];
}

async function askMigration(phone, key) {
  const sure = await confirm({ title: t("migrate"), text: t("migrateText"), yes: t("migrate"), over: phone.device });
  if (sure) await attempt(api.migrate(key));
}

function openMembers(phone, key) {
  const { world } = phone;
  const chat = world.chats.get(key);
  const status = (id) => chat.members?.find((member) => member.id === id)?.status ?? "left";
  const change = async (id, value) => {
    const now = await attempt(api.setMember(key, id, value, phone.person));
    if (now) notice(t("saved"));
  };
  const row = (id, name) => {
    const choice = select(
      STATUSES.map((one) => [one, t(`status_${one}`)]),
      status(id),
      { "aria-label": name },
    );
    choice.addEventListener("change", () => change(id, choice.value));
    return field(name, choice);
  };
  const people = [...world.people.values()].map((one) => row(one.id, fullName(one)));
  const bots = [...world.bots.values()].map((bot) => row(bot.id, `${bot.name} · @${bot.username}`));
  openDialog({ title: t("membersTitle"), over: phone.device, body: [...bots, ...people] });
}

/** Asks for a new group and opens it. */
export async function askGroup(phone) {
  const { world } = phone;
  const title = el("input", { class: "input", required: true, maxlength: "128", dir: "auto" });
  const forum = el("input", { type: "checkbox", checked: true });
  const tick = (id, name, checked) =>
    el(
      "label",
      { class: "check" },
      el("input", { type: "checkbox", value: id, checked }),
      el("span", { text: name, dir: "auto" }),
    );
  const others = [...world.people.values()].filter(({ id }) => id !== phone.person);
  const people = el(
    "fieldset",
    { class: "checks" },
    el("legend", { text: t("people") }),
    others.map((one) => tick(one.id, fullName(one), one.role === "coordinator")),
  );
  const bots = el(
    "fieldset",
    { class: "checks" },
    el("legend", { text: t("bots") }),
    [...world.bots.values()].map((bot) => tick(bot.id, bot.name, false)),
  );
  const { closed } = openDialog({
    title: t("newGroup"),
    over: phone.device,
    body: [
      field(t("groupTitle"), title),
      el("label", { class: "check" }, forum, el("span", { text: t("withTopics") })),
      people,
      bots,
    ],
    buttons: [{ label: t("cancel") }, { label: t("add"), kind: "primary", value: "yes", testid: "confirm" }],
  });
  title.focus();
  if ((await closed) !== "yes") return;
  const ticked = (set) => [...set.querySelectorAll("input:checked")].map((box) => Number(box.value));
  const chat = await attempt(
    api.addGroup({
      title: title.value.trim(),
      forum: forum.checked,
      members: [phone.person, ...ticked(people)],
      bots: ticked(bots),
    }),
  );
  if (!chat) return;
  world.chats.set(chat.key, chat);
  phone.open(chat.key);
}
