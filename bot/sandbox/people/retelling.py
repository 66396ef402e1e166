"""A conversation as steps that a test can play again: "- Ana says: …", "- Ana taps: …", "- Ana sees: …".

What differs from play to play (case codes, hours, dates) is left out, or stands as {case}. A conversation in which a code was
given goes on in a group's topic of that code: what people do there is part of it. What no step can say stands between the steps
as plain words.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.people.cast import Cast, Place
from bot.sandbox.people.phrasing import CODE
from bot.sandbox.people.teller import Teller
from bot.sandbox.state import State
from bot.sandbox.trail import Trace
from bot.sandbox.world import Chat

NOON, HOUR, DAY = 12 * 3600, 3600, 86400


def retold(state: State, chat: Chat, person: int, thread: int = 0) -> str:
    """`person` is whose conversation it is: what they see is told, and what everybody does."""
    place = Place(chat=chat.key, thread=thread)
    story = list(_related(state, place))
    teller = Teller(state=state, subject=person, place=place, cast=Cast(state=state))
    for trace in story:
        teller.tell(trace)
    teller.finish()
    title = f"# {teller.cast.name(person, place)}: a conversation kept from the sandbox"
    return "\n".join([title, "", *_beginning(story), *teller.lines, ""])


def _beginning(story: list[Trace]) -> list[str]:
    """Plays begin at noon; where the clock was moved, the hour of the first word counts."""
    if not any(trace.kind == "clock" for trace in story):
        return []
    minutes = (story[0].at - NOON) % DAY // 60
    return [f"- {minutes} minutes pass"] if minutes > 1 else []


def _related(state: State, place: Place) -> Iterator[Trace]:
    """All that belongs to the conversation, from its first trace to its last."""
    codes = _codes(state, place)
    places = _places(state, place, codes)
    general = {one.chat for one in places if one.thread}
    said: dict[tuple[str, int], str] = {}
    kept: list[Trace] = []
    for trace in state.trail:
        if trace.kind in ("message", "edit"):
            said[trace.chat, trace.message_id] = trace.words
        words = said.get((trace.chat, trace.message_id), "")
        about = trace.chat in general and not trace.thread and any(code in words for code in codes)
        if about or (trace.kind == "clock" and kept) or any(one.holds(trace) for one in places):
            kept.append(trace)
    while kept and kept[-1].kind == "clock":
        kept.pop()
    yield from kept


def _codes(state: State, place: Place) -> set[str]:
    topic = state.chats[place.chat].topics.get(place.thread)
    found = set(CODE.findall(topic.name)) if topic is not None else set()
    return found.union(*(CODE.findall(trace.words) for trace in state.trail if place.holds(trace)))


def _places(state: State, place: Place, codes: set[str]) -> set[Place]:
    """The conversation itself, and where its code is the topic, or was told to somebody in private."""
    found = {place}
    for chat in state.chats.values():
        found |= {
            Place(chat=chat.key, thread=one.thread) for one in chat.topics.values() if codes & set(CODE.findall(one.name))
        }
    private = {trace.chat for trace in state.trail if codes & set(CODE.findall(trace.words))}
    return found | {Place(chat=key) for key in private if key in state.chats and state.chats[key].private}
