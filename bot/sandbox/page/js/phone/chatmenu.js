/** The menu of an open chat: start, block, topics, members, and keeping the conversation as a test. */
import { ask, confirm } from "../base/dialog.js";
import { el } from "../base/dom.js";
import { fullName } from "../base/format.js";
import { t } from "../base/i18n.js";
import { attempt, notice } from "../base/notice.js";
import { openMenu } from "../base/popup.js";
import * as api from "../world/api.js";
import { groupItems } from "./group.js";

/** @param {import("./conversation.js").Conversation} conversation @param {HTMLElement} anchor */
export function chatMenu(conversation, anchor) {
  const { chat, thread, phone } = conversation;
  const own =
    chat.type === "private"
      ? privateItems(conversation)
      : [...topicItems(conversation, thread), ...groupItems(phone, chat.key)];
  openMenu(anchor, [...own, ...keepItems(conversation)], { label: t("chatMenu"), dir: phone.device.dir });
}

function privateItems({ chat, phone, acts }) {
  const startWith = async () => {
    const payload = await ask({
      title: t("startWith"),
      label: t("payload"),
      yes: t("start"),
      over: phone.device,
      pattern: "[A-Za-z0-9_\\-]{1,64}",
      hint: t("payloadHint"),
    });
    if (payload) acts.took(await attempt(api.start(chat.key, payload)));
  };
  const block = {
    label: t(chat.blocked ? "unblock" : "block"),
    icon: "block",
    testid: "block",
    danger: !chat.blocked,
    run: () => attempt(api.block(chat.key, !chat.blocked)),
  };
  return [{ label: t("startWith"), hint: t("startWithHint"), icon: "link", run: startWith }, block];
}

function topicItems({ chat, phone }, thread) {
  const topic = chat.topics?.find((one) => one.thread === thread);
  if (!topic) return [];
  const change = (changes) => attempt(api.changeTopic(chat.key, thread, { from: phone.person, ...changes }));
  const rename = async () => {
    const name = await ask({
      title: t("renameTopic"),
      label: t("topicName"),
      value: topic.name,
      yes: t("save"),
      over: phone.device,
    });
    if (name) change({ name });
  };
  const remove = async () => {
    const sure = await confirm({
      title: t("deleteTopic"),
      text: t("deleteTopicText", { name: topic.name }),
      yes: t("delete"),
      danger: true,
      over: phone.device,
    });
    if (sure && (await attempt(api.deleteTopic(chat.key, thread, phone.person)))) phone.open(chat.key);
  };
  return [
    { label: t("renameTopic"), icon: "edit", run: rename },
    { label: t(topic.closed ? "reopenTopic" : "closeTopic"), icon: "lock", run: () => change({ closed: !topic.closed }) },
    { label: t("deleteTopic"), icon: "bin", danger: true, run: remove },
  ];
}

function keepItems(conversation) {
  return [
    {
      label: t("saveTest"),
      hint: t("saveTestHint"),
      icon: "save",
      testid: "save-test",
      run: () => save(conversation, ["test", "text"], "md"),
    },
    { label: t("saveJson"), icon: "code", run: () => save(conversation, ["json"], "json") },
  ];
}

/** Downloads the first of these formats that the sandbox knows. */
async function save({ chat, thread, person, phone }, formats, ending) {
  for (const format of formats) {
    const response = await fetch(api.transcriptUrl(chat.key, person, thread, format)).catch(() => null);
    const isJson = response?.headers.get("content-type")?.includes("json");
    if (!response?.ok || isJson !== (format === "json")) continue;
    const url = URL.createObjectURL(await response.blob());
    const name = `${fullName(phone.world.people.get(person))} ${phone.chatTitle(chat, thread)}`
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-");
    el("a", { href: url, download: `${name}.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    return notice(t("savedAs", { name: `${name}.${ending}` }));
  }
  return notice(t("notSaved"), { bad: true });
}
