"""How the page and tests see the world: the shapes of the person's side."""

from __future__ import annotations

from typing import Any

from bot.sandbox import files
from bot.sandbox.encoding import loads
from bot.sandbox.feed import Happening
from bot.sandbox.methods.commands import menu, resolved
from bot.sandbox.state import CallRecord, State, Violation
from bot.sandbox.unconfirmed import UNCONFIRMED
from bot.sandbox.world import Bot, Chat, Draft, Entry, Person, Press, Reaction, Settings, Topic, Typing, Upload

View = dict[str, Any]


class Views:
    """Turns records into JSON-ready shapes; empty optional fields are left out."""

    def __init__(self, state: State) -> None:
        self._state = state

    def happening(self, event: Happening) -> View:
        return {name: self.any(value) for name, value in event.view().items()}

    def any(self, value: Any) -> Any:
        """A record's shape; lists are worked through; all else stays."""
        if isinstance(value, (list, tuple)):
            return [self.any(one) for one in value]
        shape = SHAPES.get(type(value))
        return value if shape is None else shape(self, value)

    def person(self, person: Person) -> View:
        view: View = {
            "id": person.id,
            "first_name": person.first_name,
            "language_code": person.language_code,
            "role": person.role,
        }
        extra = {"last_name": person.last_name, "username": person.username, "deactivated": person.deactivated}
        return view | _filled(extra)

    def bot(self, bot: Bot) -> View:
        queue = self._state.queues[bot.id]
        return {
            "id": bot.id,
            "username": bot.username,
            "name": bot.name,
            "commands": bot.commands.get("default:::", []),
            "webhook": bot.webhook is not None,
            "polling": queue.poller is not None,
            "pending": len(queue.waiting),
        }

    def chat(self, chat: Chat) -> View:
        state, now = self._state, self._state.clock.now()
        messages = state.messages[chat.key]
        view: View = {
            "key": chat.key,
            "type": chat.type,
            "title": chat.title,
            "id": chat.id,
            "pinned": chat.pinned,
            "count": len(messages),
        }
        view["typing"] = [self.typing(one) for one in state.typing.get(chat.key, {}).values() if one.until > now]
        view["drafts"] = [self.draft(one) for one in state.drafts.get(chat.key, {}).values() if one.until > now]
        if messages:
            view["last"] = next(reversed(messages))
        if chat.migrated_to:
            view["migrated_to"] = str(chat.migrated_to)
        return view | (self._private(chat) if chat.private else self._group(chat))

    def _private(self, chat: Chat) -> View:
        bot, person = self._state.bots[chat.bot], self._state.people[chat.person]
        view: View = {
            "title": bot.name,
            "person": chat.person,
            "bot": chat.bot,
            "started": chat.started,
            "blocked": chat.blocked,
        }
        if keyboard := chat.keyboards.get(chat.person):
            view["keyboard"] = {"keyboard": [], **keyboard}
        view["commands"] = resolved(bot, chat, chat.person, person.language_code)
        view["menu"] = menu(bot, str(chat.id))
        return view

    def _group(self, chat: Chat) -> View:
        view: View = {
            "members": [{"id": member.id, "kind": member.kind, "status": member.status} for member in chat.members.values()],
            "topics": [self.topic(topic) for topic in chat.topics.values()],
        }
        if chat.forum:
            view["forum"] = True
        if chat.keyboards:
            view["keyboards"] = {str(person): {"keyboard": [], **keyboard} for person, keyboard in chat.keyboards.items()}
        return view

    def topic(self, topic: Topic) -> View:
        return {
            "thread": topic.thread,
            "name": topic.name,
            "icon_color": topic.icon_color,
            "closed": topic.closed,
            "count": topic.count,
        }

    def message(self, entry: Entry) -> View:
        state = self._state
        holder: Person | Bot = state.bots[entry.sender] if entry.kind == "bot" else state.people[entry.sender]
        name = holder.name if isinstance(holder, Bot) else " ".join(filter(None, (holder.first_name, holder.last_name)))
        view: View = {
            "chat": entry.chat,
            "message_id": entry.message_id,
            "date": entry.date,
            "sender": {"kind": entry.kind, "id": entry.sender, "name": name},
            "message": self._addressed(entry),
        }
        extra = {
            "thread": entry.thread,
            "edit_date": entry.message.get("edit_date"),
            "service": entry.service,
            "files": [self.file(state.files.known[unique]) for unique in entry.files if unique in state.files.known],
            "reactions": [self.reaction(reaction) for reaction in entry.reactions],
            "keyboard": entry.markup,
            "ephemeral_for": entry.ephemeral_for,
            "pinned": entry.message_id in state.chats[entry.chat].pinned,
            "deleted": entry.deleted,
        }
        return view | _filled(extra)

    def _addressed(self, entry: Entry) -> dict[str, Any]:
        """As its bot sees it: in a group the one that wrote it, else the first one there."""
        if not entry.files and "reply_to_message" not in entry.message and "pinned_message" not in entry.message:
            return entry.message
        chat = self._state.chats[entry.chat]
        bot = chat.bot or (entry.sender if entry.kind == "bot" else 0)
        bot = bot or next((member.id for member in chat.members.values() if member.kind == "bot"), 0)
        message: dict[str, Any] = files.addressed(entry.message, bot)
        return message

    def file(self, upload: Upload) -> View:
        view: View = {
            "unique_id": upload.unique,
            "url": f"/sandbox/files/{upload.unique}",
            "kind": upload.kind,
            "size": upload.size,
        }
        extra = {"name": upload.name, "mime_type": upload.mime, "width": upload.width, "height": upload.height}
        return view | _filled(extra) | {"available": upload.available}

    def reaction(self, reaction: Reaction) -> View:
        return {
            "kind": reaction.kind,
            "id": reaction.id,
            "emoji": reaction.type.get("emoji", reaction.type.get("custom_emoji_id", "")),
        }

    def typing(self, typing: Typing) -> View:
        view: View = {"bot": typing.bot, "action": typing.action, "until": int(typing.until)}
        return view | _filled({"thread": typing.thread})

    def draft(self, draft: Draft) -> View:
        view: View = {
            "bot": draft.bot,
            "draft_id": draft.draft_id,
            "person": draft.person,
            "text": draft.text,
            "can_stop": draft.can_stop,
        }
        return (
            view
            | {"until": int(draft.until)}
            | _filled({"thread": draft.thread, "entities": draft.entities, "rich_message": draft.rich})
        )

    def press(self, press: Press) -> View:
        if press.state == "waiting" and self._state.clock.now() - press.at > self._state.settings.callback_seconds:
            press.state = "expired"
        view: View = {
            "id": press.id,
            "chat": press.chat,
            "message_id": press.message_id,
            "person": press.person,
            "data": press.data,
        }
        return view | {"state": press.state} | _filled({"text": press.text, "show_alert": press.show_alert, "url": press.url})

    def call(self, call: CallRecord) -> View:
        view: View = {"id": call.id, "at": call.at, "bot": call.bot, "method": call.method, "ok": call.code == 200}  # noqa: PLR2004
        view |= {"ms": call.milliseconds, "via": call.via}
        if call.code != 200:  # noqa: PLR2004 (HTTP's OK)
            view["error_code"] = call.code
            view["description"] = _description(call)
        unconfirmed = UNCONFIRMED.get(view.get("description", ""), "")
        return view | _filled({"chat_id": call.params.get("chat_id"), "fault": call.fault, "unconfirmed": unconfirmed})

    def opened(self, call: CallRecord) -> View:
        """A call with its request and answer."""
        sent = [{"field": field, "name": name, "size": size} for field, name, size in call.files]
        return self.call(call) | {
            "params": {name: _json(value) for name, value in call.params.items()},
            "files": sent,
            "response": _body(call),
        }

    def violation(self, violation: Violation) -> View:
        return {
            "id": violation.id,
            "bot": violation.bot,
            "method": violation.method,
            "where": violation.where,
            "problem": violation.problem,
        }

    def settings(self, settings: Settings) -> View:
        return {"limits": settings.limits, "strict": settings.strict, "callback_seconds": settings.callback_seconds}


SHAPES: dict[type, Any] = {
    Person: Views.person,
    Bot: Views.bot,
    Chat: Views.chat,
    Topic: Views.topic,
    Entry: Views.message,
    Reaction: Views.reaction,
    Typing: Views.typing,
    Draft: Views.draft,
    Press: Views.press,
    CallRecord: Views.call,
    Violation: Views.violation,
    Settings: Views.settings,
}


def _filled(extra: View) -> View:
    return {name: value for name, value in extra.items() if value}


def _json(value: Any) -> Any:
    """Arguments that hold JSON are shown as what they hold."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return loads(value)
        except ValueError:
            return value
    return value


def _body(call: CallRecord) -> Any:
    try:
        return loads(call.response)
    except ValueError:
        return call.response.decode("utf-8", "replace")


def _description(call: CallRecord) -> str:
    body = _body(call)
    return str(body.get("description", "")) if isinstance(body, dict) else "connection cut" if not call.code else ""
