/** What each person has read, per chat and topic; kept by this browser. */
import { recallJson, rememberJson } from "../base/memory.js";

const marks = new Map(Object.entries(recallJson("read", {})));
const name = (person, chat, thread) => `${person}|${chat}|${thread ?? 0}`;

/** The person has seen everything of this chat (or topic) up to now. */
export function markRead(world, person, chat, thread) {
  const seen = world.visible(chat, person, thread);
  const last = seen.at(-1)?.message_id ?? 0;
  const threads = thread === undefined ? new Set(seen.map((message) => message.thread)) : new Set([thread]);
  let changed = false;
  for (const one of threads) {
    const key = name(person, chat, one);
    changed ||= marks.get(key) !== last;
    marks.set(key, last);
  }
  if (changed) rememberJson("read", Object.fromEntries(marks));
  return changed;
}

/** How many messages of others came since. @param {number|null} [thread] undefined: all topics together */
export function unread(world, person, chat, thread) {
  return world.visible(chat, person, thread).filter((message) => {
    const mark = marks.get(name(person, chat, message.thread)) ?? 0;
    const own = message.sender?.kind === "person" && message.sender.id === person;
    return !own && !message.service && !message.deleted && message.message_id > mark;
  }).length;
}

export function unreadOf(world, person) {
  return world.chatsOf(person).reduce((sum, chat) => sum + unread(world, person, chat.key), 0);
}

/** Marks of a world that no longer exists (numbers started again) would hide new messages. */
export function dropStale(world) {
  for (const key of [...marks.keys()]) {
    const [, chat] = key.split("|");
    const last = Math.max(0, ...(world.messages.get(chat)?.keys() ?? []));
    if (marks.get(key) > last) marks.delete(key);
  }
}
