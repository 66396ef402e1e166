/** Everything the page knows: loaded once from /sandbox/state, then kept true by events. It knows nothing of the screen. */

const MAX_CALLS = 1000;
const MAX_MESSAGES = 2000;

export class World {
  #listeners = new Set();
  #revision = 0;
  #offset = 0;
  #last = new Map();
  seq = 0;
  settings = {};
  people = new Map();
  bots = new Map();
  chats = new Map();
  messages = new Map();
  presses = new Map();
  faults = [];
  calls = [];
  violations = 0;
  clockOffset = 0;

  /** @param {string|string[]} kinds event kinds, or "all" (state was loaded anew) @returns {() => void} stops listening */
  on(kinds, react) {
    const entry = { kinds: new Set([kinds].flat()), react };
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  forgetListeners() {
    this.#listeners.clear();
  }

  #tell(kind, event) {
    for (const { kinds, react } of [...this.#listeners]) if (kinds.has(kind)) react(event);
  }

  load(state) {
    this.seq = state.seq;
    this.#setNow(state.now);
    this.settings = state.settings ?? {};
    this.people = byId(state.people);
    this.bots = byId(state.bots);
    this.chats = new Map(state.chats.map((chat) => [chat.key, chat]));
    this.#loadMessages(state.messages ?? {});
    this.presses = byId(state.presses ?? []);
    this.faults = state.faults ?? [];
    this.calls = state.calls ?? [];
    this.violations = state.violations ?? 0;
    this.clockOffset = state.offset ?? this.clockOffset;
    this.#tell("all", {});
  }

  /** A message that did not change stays the same object, so that it is not drawn (and read out) again. */
  #loadMessages(chats) {
    const before = this.messages;
    this.messages = new Map();
    this.#last = new Map();
    for (const [chat, list] of Object.entries(chats)) {
      for (const message of list) {
        const known = before.get(chat)?.get(message.message_id);
        const same = known && JSON.stringify({ ...message, revision: known.revision }) === JSON.stringify(known);
        if (same) this.#store(known);
        else this.#put({ ...message, chat });
      }
    }
  }

  /** One server-sent event. */
  apply(event) {
    if (event.seq && event.seq <= this.seq) return;
    this.seq = event.seq ?? this.seq;
    CHANGES[event.kind]?.(this, event);
    this.#tell(event.kind, event);
  }

  /** A message that a request of ours answered with; its event (and later ones) may have come before. */
  put(message) {
    if (this.message(message.chat, message.message_id)) return;
    this.#put(message);
    this.#tell("message", { message, chat: message.chat });
  }

  #put(message) {
    message.revision = ++this.#revision;
    this.#store(message);
  }

  #store(message) {
    if (!this.messages.has(message.chat)) this.messages.set(message.chat, new Map());
    const list = this.messages.get(message.chat);
    const late = message.message_id < (this.#last.get(message.chat) ?? 0) && !list.has(message.message_id);
    list.set(message.message_id, message);
    if (late) this.messages.set(message.chat, new Map([...list].sort(([a], [b]) => a - b)));
    this.#last.set(message.chat, Math.max(message.message_id, this.#last.get(message.chat) ?? 0));
    if (list.size > MAX_MESSAGES) list.delete(list.keys().next().value);
  }

  keep(message) {
    this.#put(message);
  }

  /** Marks a change of something that is shown inside a message. */
  touch(chat, id, change) {
    const message = this.message(chat, id);
    if (!message) return;
    Object.assign(message, change, { revision: ++this.#revision });
  }

  addCall(call) {
    this.calls.push(call);
    if (this.calls.length > MAX_CALLS) this.calls.splice(0, this.calls.length - MAX_CALLS);
  }

  #setNow(now) {
    this.#offset = now - Date.now() / 1000;
  }

  setNow(now) {
    this.#setNow(now);
  }

  /** The sandbox's clock, seconds since 1970. */
  now() {
    return Date.now() / 1000 + this.#offset;
  }

  message(chat, id) {
    return this.messages.get(chat)?.get(id);
  }

  /** Chats that this person has, migrated ones left out. */
  chatsOf(person) {
    const here = (chat) => (chat.type === "private" ? chat.person === person : isMember(chat, person));
    return [...this.chats.values()].filter((chat) => !chat.migrated_to && here(chat));
  }

  /**
   * What a person sees of a chat, oldest first.
   * @param {number|null} [thread] undefined: the whole chat; null: General
   */
  visible(chat, person, thread) {
    const all = [...(this.messages.get(chat)?.values() ?? [])];
    const mine = (message) => !message.ephemeral_for || message.ephemeral_for === person;
    const here = (message) => thread === undefined || (message.thread ?? null) === thread;
    return all.filter((message) => mine(message) && here(message));
  }

  /** Is this bot one of the staff's, that is: in a group? */
  isStaffBot(bot) {
    return [...this.chats.values()].some((chat) => chat.members?.some((member) => member.id === bot));
  }
}

const byId = (list) => new Map((list ?? []).map((one) => [one.id, one]));
const GONE = new Set(["left", "kicked"]);
export const isMember = (chat, id) => Boolean(chat.members?.some((member) => member.id === id && !GONE.has(member.status)));

const CHANGES = {
  message: (world, { message }) => world.keep(message),
  edited: (world, { message }) => world.keep(message),
  deleted: (world, { chat, message_ids: ids }) => ids.forEach((id) => world.touch(chat, id, { deleted: true })),
  chat: (world, { chat }) => world.chats.set(chat.key, chat),
  typing: (world, { chat, ...typing }) => setTyping(world.chats.get(chat), typing),
  draft: (world, event) => setDraft(world.chats.get(event.chat), event),
  reaction: (world, { chat, message_id: id, reactions }) => world.touch(chat, id, { reactions }),
  press: (world, { press }) => world.presses.set(press.id, press),
  call: (world, { call }) => world.addCall(call),
  person: (world, { person }) => world.people.set(person.id, person),
  bot: (world, { bot }) => world.bots.set(bot.id, bot),
  fault: (world, { faults }) => (world.faults = faults),
  settings: (world, { settings }) => (world.settings = settings),
  clock: (world, { now, offset }) => {
    world.setNow(now);
    world.clockOffset = offset;
  },
  violation: (world) => (world.violations += 1),
};

function setTyping(chat, { bot, action, thread, until }) {
  if (!chat) return;
  const others = (chat.typing ?? []).filter((one) => one.bot !== bot || (one.thread ?? 0) !== (thread ?? 0));
  chat.typing = [...others, { bot, action, thread, until }];
}

function setDraft(chat, { draft, draft_id: id }) {
  if (!chat) return;
  const others = (chat.drafts ?? []).filter((one) => one.draft_id !== id);
  chat.drafts = draft ? [...others, draft] : others;
}
