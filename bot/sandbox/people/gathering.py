"""Groups: how they begin, who belongs to them, and how one becomes a supergroup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox import membership, posting
from bot.sandbox.errors import Unable
from bot.sandbox.state import State
from bot.sandbox.world import Chat, Kind, Member

FIRST_GROUP = -1_001_000_000_001


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """What a new group is like; `administrators` beside the first member (who created it)."""

    title: str
    id: int = 0
    forum: bool = True
    type: Literal["group", "supergroup"] = "supergroup"
    members: list[int] = field(default_factory=list)
    bots: list[int] = field(default_factory=list)
    administrators: list[int] = field(default_factory=list)
    bot_status: str = "administrator"


def found(state: State, group: Group) -> Chat:
    """A new group; the bots in it hear that they were added."""
    number = group.id or _free(state, group.type)
    if str(number) in state.chats:
        raise Unable("there is such a group already")
    if number >= 0:
        raise Unable("a group's id is negative", 422)
    for person in group.members:
        state.person(person)
    if group.forum and group.type == "group":
        raise Unable("only a supergroup can be a forum", 422)
    chat = Chat(key=str(number), id=number, type=group.type, title=group.title, forum=group.forum, next_message=2)
    state.add_chat(chat)
    for index, person in enumerate(group.members):
        status = "creator" if index == 0 else "administrator" if person in group.administrators else "member"
        chat.members[person] = Member(id=person, kind="person", status=status)
    state.save_chat(chat)
    for bot in group.bots:
        join(state, chat, bot, group.bot_status)
    return chat


def _free(state: State, kind: str) -> int:
    if kind == "group":
        return min([-4_000_000_000, *(chat.id for chat in state.chats.values() if chat.type == "group")]) - 1
    return min([FIRST_GROUP + 1, *(chat.id for chat in state.chats.values() if chat.type == "supergroup")]) - 1


def join(state: State, chat: Chat, number: int, status: str, by: int = 0) -> Chat:
    """Gives a person or bot a status in the group (also left and kicked)."""
    if chat.private:
        raise Unable("nobody joins a private chat")
    kind: Kind = "bot" if number in state.bots else "person"
    if kind == "person":
        state.person(number)
    member = chat.members.get(number) or Member(id=number, kind=kind, status="left")
    membership.change(state, chat, member, status, _doer(chat, by, number))
    return chat


def _doer(chat: Chat, by: int, number: int) -> tuple[Kind, int]:
    creator = next((member.id for member in chat.members.values() if member.status == "creator" and member.kind == "person"), 0)
    present = next((member.id for member in chat.members.values() if member.kind == "person" and member.present), 0)
    person = by or creator or present
    if person:
        return "person", person
    return ("bot" if number in chat.members and chat.members[number].kind == "bot" else "person"), number


def migrate(state: State, chat: Chat) -> Chat:
    """The group becomes a supergroup with another id; the old id only refers to the new one from then on."""
    if chat.private or chat.migrated_to:
        raise Unable("only a group can be upgraded, once")
    number = _free(state, "supergroup")
    new = Chat(key=str(number), id=number, type="supergroup", title=chat.title, forum=chat.forum, next_message=2)
    new.members = {member.id: Member(id=member.id, kind=member.kind, status=member.status) for member in chat.members.values()}
    state.add_chat(new)
    kind, doer = _doer(chat, 0, 0)
    for place, content in ((chat, {"migrate_to_chat_id": number}), (new, {"migrate_from_chat_id": chat.id})):
        note = posting.Post(kind=kind, sender=doer, content=content, service=next(iter(content)))
        posting.tell_bots(state, place, posting.post(state, place, note))
    chat.migrated_to = number
    state.save_chat(chat)
    return new
