"""How a message comes into a chat, whoever writes it: numbering, replies, topics, keyboards, and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.state import State
from bot.sandbox.world import Bot, Chat, Entry, Kind, Member

NEVER_SHOWN = ("reply_to_message", "reply_markup")


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """What is to be posted. `content` are fields of Message; `markup` a reply keyboard, not part of Message."""

    kind: Kind
    sender: int
    content: dict[str, Any]
    thread: int = 0
    reply_to: Entry | None = None
    markup: dict[str, Any] | None = None
    files: tuple[str, ...] = ()
    service: str = ""
    undeletable: bool = False
    ephemeral_for: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


def post(state: State, chat: Chat, new: Post) -> Entry:
    """Stores the message; telling the bots is for the caller (tell_bots), because bots don't hear themselves."""
    number = chat.next_message
    chat.next_message += 1
    date = state.clock.stamp()
    message: dict[str, Any] = {
        "message_id": number,
        "from": state.user(new.kind, new.sender),
        "chat": shown(state, chat),
        "date": date,
    }
    if new.thread:
        message["message_thread_id"] = new.thread
        message["is_topic_message"] = True
        chat.topics[new.thread].count += 1
    if (reply_to := new.reply_to or _opening(state, chat, new)) is not None:
        message["reply_to_message"] = quoted(reply_to)
    message |= new.content
    _settle(state, chat, new, number)
    return state.store(
        Entry(
            chat=chat.key,
            message_id=number,
            date=date,
            kind=new.kind,
            sender=new.sender,
            message=message | new.extra,
            thread=new.thread,
            service=new.service,
            markup=new.markup,
            files=new.files,
            ephemeral_for=new.ephemeral_for,
            ephemeral_id=new.extra.get("ephemeral_message_id", 0),
            undeletable=new.undeletable,
        )
    )


def _opening(state: State, chat: Chat, new: Post) -> Entry | None:
    """In a topic, what replies to nothing is shown as a reply to the message that opened the topic (Telegram's habit)."""
    return state.entry(chat, new.thread) if new.thread and not new.service else None


def _settle(state: State, chat: Chat, new: Post, number: int) -> None:
    """A bot's message ends its typing and drafts, and may change the keyboard below the chat."""
    state.journal.mark("chat", chat.key, chat)
    if new.kind == "bot":
        if typing := state.typing.get(chat.key):
            typing.pop(new.sender, None)
        if drafts := state.drafts.get(chat.key):
            for key in [key for key in drafts if key[0] == new.sender]:
                del drafts[key]
                state.feed.emit("draft", lambda key=key: {"draft": None, "draft_id": key[1]}, chat.key)  # type: ignore[misc]
        if new.markup is not None:
            _keyboard(chat, new, number)
            state.save_chat(chat)


def _keyboard(chat: Chat, new: Post, number: int) -> None:
    """For the person of a private chat; in a group for everybody, or (selective) for whom the bot replies to."""
    markup = new.markup or {}
    people = [chat.person] if chat.private else [member.id for member in chat.members.values() if member.kind == "person"]
    if markup.get("selective") and new.reply_to is not None and not chat.private:
        people = [new.reply_to.sender] if new.reply_to.kind == "person" else []
    for person in people:
        if markup.get("remove_keyboard"):
            chat.keyboards.pop(person, None)
        else:
            chat.keyboards[person] = {"message_id": number, **markup}


def shown(state: State, chat: Chat) -> dict[str, Any]:
    """As Telegram's type Chat."""
    if chat.private:
        person = state.people[chat.person]
        view: dict[str, Any] = {"id": chat.id, "type": "private", "first_name": person.first_name}
        if person.last_name:
            view["last_name"] = person.last_name
        if person.username:
            view["username"] = person.username
        return view
    view = {"id": chat.id, "type": chat.type, "title": chat.title}
    if chat.forum:
        view["is_forum"] = True
    return view


def quoted(entry: Entry) -> dict[str, Any]:
    """A message as it appears inside a reply to it."""
    return {name: value for name, value in entry.message.items() if name not in NEVER_SHOWN}


def tell_bots(state: State, chat: Chat, entry: Entry, kind: str = "message") -> None:
    """Every bot in the chat that may see this message hears of it; none hears itself or another bot."""
    if chat.private:
        if not chat.blocked and entry.kind == "person":
            state.tell(state.bots[chat.bot], kind, entry.message, str(chat.id))
        return
    for member in list(chat.members.values()):
        if member.kind == "bot" and member.present and member.id != entry.sender and _visible(state, member, entry):
            state.tell(state.bots[member.id], kind, entry.message, str(chat.id))


def _visible(state: State, member: Member, entry: Entry) -> bool:
    """Privacy mode: a bot that is no administrator hears commands, replies to itself, mentions and service messages."""
    if entry.ephemeral_for:
        return False
    if entry.service:
        return True
    if entry.kind == "bot":
        return False
    return member.administers or _addressed_to(state.bots[member.id], entry)


def _addressed_to(bot: Bot, entry: Entry) -> bool:
    reply = entry.message.get("reply_to_message", {})
    if reply.get("from", {}).get("id") == bot.id and "forum_topic_created" not in reply:
        return True
    text = entry.message.get("text", entry.message.get("caption", ""))
    if f"@{bot.username}".lower() in text.lower():
        return True
    return bool(text.startswith("/")) and "@" not in text.split()[0]
