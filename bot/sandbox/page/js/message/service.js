/** What happened to a chat, in words: topics, pins, members. */
import { fullName } from "../base/format.js";
import { t } from "../base/i18n.js";

/** A name keeps its own direction inside a sentence of another. */
const apart = (name) => `\u2068${name}\u2069`;
const names = (people) => people.map((person) => apart(fullName(person))).join(", ");

const WORDS = {
  forum_topic_created: ({ forum_topic_created: topic }, who) => t("service_topic_created", { who, name: apart(topic.name) }),
  forum_topic_edited: ({ forum_topic_edited: topic }, who) => t("service_topic_edited", { who, name: apart(topic.name ?? "") }),
  forum_topic_closed: (_, who) => t("service_topic_closed", { who }),
  forum_topic_reopened: (_, who) => t("service_topic_reopened", { who }),
  pinned_message: (_, who) => t("service_pinned", { who }),
  new_chat_members: ({ new_chat_members: members }, who) => t("service_joined", { who, names: names(members) }),
  left_chat_member: ({ left_chat_member: member }, who) => t("service_left", { who, names: names([member]) }),
  new_chat_title: ({ new_chat_title: name }, who) => t("service_title", { who, name: apart(name) }),
  group_chat_created: (_, who) => t("service_group", { who }),
  supergroup_chat_created: (_, who) => t("service_group", { who }),
  migrate_to_chat_id: () => t("service_migrated"),
  migrate_from_chat_id: () => t("service_migrated"),
  web_app_data: ({ web_app_data: sent }, who) => t("service_web_app", { who, name: apart(sent.button_text) }),
  write_access_allowed: (_, who) => t("service_access", { who }),
};

/** The kind of event a message tells of, or undefined: it says something. */
export const serviceKind = ({ service, message }) => service ?? (message.web_app_data && "web_app_data");

export function serviceText(record) {
  const who = apart(record.sender?.name ?? "");
  const kind = serviceKind(record);
  const words = WORDS[kind];
  return words ? words(record.message, who) : `${who} · ${kind}`;
}
