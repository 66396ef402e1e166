"""Reads the journal back at start: the same chats, messages, updates and clock as before."""

from __future__ import annotations

from typing import Any

from bot.sandbox.state import State
from bot.sandbox.trail import Trace
from bot.sandbox.updates import Pending, Queue
from bot.sandbox.world import Bot, Chat, Entry, Member, Person, Reaction, Settings, Topic, Upload, Webhook

AFTER_A_KILL = 1000  # so many ids are left out, because the last ones given may not have been written


def restore(state: State) -> None:
    for _, body in state.journal.read("person"):
        state.people[body["id"]] = Person(**body)
    for _, body in state.journal.read("bot"):
        bot = _bot(body)
        state.bots[bot.id] = bot
        state.queues[bot.id] = Queue()
    for _, body in state.journal.read("chat"):
        chat = _chat(body)
        state.chats[chat.key] = chat
        state.messages[chat.key] = {}
    for _, body in state.journal.read("file"):
        state.files.register(Upload(**body))
    _messages(state)
    _updates(state)
    for key, body in state.journal.read("trail"):
        state.trail.restore(int(key), Trace(**body | {name: tuple(body[name]) for name in ("labels", "files")}))
    _settings(state)


def _settings(state: State) -> None:
    meta = dict(state.journal.read("meta"))
    state.clock.restore(float(meta.get("clock", 0.0)))
    if "settings" in meta:
        state.settings = Settings(**meta["settings"])
    if not meta.get("closed"):
        for bot in state.bots.values():
            bot.next_update += AFTER_A_KILL
        for chat in state.chats.values():
            chat.next_message += AFTER_A_KILL if state.messages[chat.key] else 0
    state.journal.erase("meta", "closed")


def _messages(state: State) -> None:
    entries = [_entry(body) for _, body in state.journal.read("message")]
    for entry in sorted(entries, key=lambda entry: entry.message_id):
        if entry.chat in state.messages:
            state.messages[entry.chat][entry.message_id] = entry
            chat = state.chats[entry.chat]  # a kill may have come between the two writes
            chat.next_message = max(chat.next_message, entry.message_id + 1)


def _updates(state: State) -> None:
    found: list[tuple[int, Pending]] = []
    for key, body in state.journal.read("update"):
        found.append((int(key.partition("/")[0]), Pending(**body)))
    for number, update in sorted(found, key=lambda pair: pair[1].id):
        if number in state.queues:
            state.queues[number].waiting[update.id] = update
            state.bots[number].next_update = max(state.bots[number].next_update, update.id + 1)


def _bot(body: dict[str, Any]) -> Bot:
    webhook = body.pop("webhook")
    return Bot(**body, webhook=Webhook(**webhook) if webhook else None)


def _chat(body: dict[str, Any]) -> Chat:
    members = {int(number): Member(**member) for number, member in body.pop("members").items()}
    topics = {int(number): Topic(**topic) for number, topic in body.pop("topics").items()}
    keyboards = {int(number): keyboard for number, keyboard in body.pop("keyboards").items()}
    return Chat(**body, members=members, topics=topics, keyboards=keyboards)


def _entry(body: dict[str, Any]) -> Entry:
    reactions = tuple(Reaction(**reaction) for reaction in body.pop("reactions"))
    return Entry(**body | {"files": tuple(body["files"])}, reactions=reactions)
