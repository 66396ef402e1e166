"""A conversation of the page as steps: what was done and seen, and nothing that is different the next time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.people.retelling import retold
from bot.sandbox.trail import Trace
from tests.stages import HttpStage
from tests.steps import FOLDER, Play, Transcript

pytestmark = pytest.mark.whole

ANA, CARLA, MEI, DESK = 7001, 7101, 7102, -1001000000001
NOON = 12 * 3600
CHAT, GROUP = f"{ANA}:1001", str(DESK)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    for number, name in ((1001, "intake_bot"), (1002, "desk_bot")):
        made.add_bot(f"{number}:TEST", name, name)
    made.add_person(ANA, "Ana", "ru")
    for number, name in ((CARLA, "Carla"), (MEI, "Mei")):
        made.add_person(number, name, "en", "coordinator")
    made.add_forum(DESK, "Desk", [CARLA, MEI], [1002])
    yield made
    made.close()


def steps(sandbox: Sandbox, chat: str, person: int, *traces: Trace) -> list[str]:
    for trace in traces:
        sandbox.state.trail.add(trace)
    told = retold(sandbox.state, sandbox.state.chats[chat], person)
    return [line for line in told.splitlines() if line.startswith("- ")]


def says(person: int, words: str, number: int, chat: str = CHAT) -> Trace:
    return Trace(kind="message", chat=chat, message_id=number, person=person, words=words, at=NOON)


def shows(words: str, number: int, *labels: str, chat: str = CHAT, edit: bool = False) -> Trace:
    return Trace(kind="edit" if edit else "message", chat=chat, message_id=number, words=words, labels=labels)


def taps(person: int, label: str, number: int, chat: str = CHAT) -> Trace:
    return Trace(kind="press", chat=chat, message_id=number, person=person, words=label)


def toast(person: int, words: str, number: int, chat: str = CHAT) -> Trace:
    return Trace(kind="toast", chat=chat, message_id=number, person=person, words=words)


def test_what_a_patient_does_and_sees(sandbox: Sandbox) -> None:
    told = steps(
        sandbox,
        CHAT,
        ANA,
        says(ANA, "/start", 1),
        shows("How are you? It is 12:30", 2, "Well", "Ill"),
        taps(ANA, "Well", 2),
        shows("How are you? ✔ Well", 2, edit=True),
        shows("Your case is CL-7XK2A", 3),
        says(ANA, "What of CL-7XK2A?", 4),
        Trace(kind="clock", seconds=2 * 86400),
        shows("Nothing new", 5),
        Trace(kind="block", chat=CHAT, person=ANA),
    )
    assert told == [
        "- Ana (ru) starts",
        "- Ana sees: How are you? It is / [Well] [Ill]",
        "- Ana taps: Well",
        "- Ana sees: How are you? ✔ Well / Your case is",
        "- Ana remembers the case",
        "- Ana says: What of {case}?",
        "- 2 days pass",
        "- Ana sees: Nothing new",
        "- Ana blocks the bot",
    ]


def test_nobody_knows_who_is_first_when_two_tap_at_once(sandbox: Sandbox) -> None:
    told = steps(
        sandbox,
        GROUP,
        MEI,
        shows("A new case", 1, "Claim", chat=GROUP),
        taps(CARLA, "Claim", 1, GROUP),
        taps(MEI, "Claim", 1, GROUP),
        toast(MEI, "Carla holds this case.", 1, GROUP),
        shows("Held by: Carla", 1, "Release", chat=GROUP, edit=True),
    )
    assert told == ["- Mei sees: A new case / [Claim]", "- Carla and Mei tap at once: Claim", "- Mei sees: [Release]"]


def test_what_is_again_as_it_was_is_not_awaited(sandbox: Sandbox) -> None:
    """The second edit may come before or after Carla's reply the next time."""
    told = steps(
        sandbox,
        GROUP,
        CARLA,
        shows("Card: new", 1, "Claim", chat=GROUP),
        taps(CARLA, "Claim", 1, GROUP),
        toast(CARLA, "Yours.", 1, GROUP),
        says(CARLA, "hello", 2, GROUP),
        shows("Card: waiting", 1, chat=GROUP, edit=True),
        shows("Card: answered", 1, chat=GROUP, edit=True),
        says(MEI, "well done", 3, GROUP),
        shows("Card: waiting", 1, chat=GROUP, edit=True),
    )
    assert told[2:] == [
        "- Carla sees: Yours.",
        "- Carla says: hello",
        "- Carla sees: Card: answered",
        "- Mei says: well done",
        "- Carla sees: well done",
    ]


@pytest.mark.kill
@pytest.mark.parametrize("name", ["42_two_coordinators_want_one_case", "50_documents_both_ways"])
def test_a_kept_conversation_plays_again(tmp_path: Path, name: str) -> None:
    stage = HttpStage(folder=tmp_path).start().at_noon()
    try:
        Play(stage=stage).run(Transcript.read(FOLDER / f"{name}.md"))
        stage.world.settle()
        for path, query in _kept(stage):
            kept = tmp_path / "kept.md"
            kept.write_text(stage.world.http.get(path, params=query).text, encoding="utf-8")
            Play(stage=stage).run(Transcript.read(kept))
    finally:
        stage.stop()


def _kept(stage: HttpStage) -> list[tuple[str, dict[str, str | int]]]:
    """The patient's conversation, and the same one as a coordinator saw it in its topic."""
    chats = stage.world.state()["chats"]
    patient = next(chat for chat in chats if chat["type"] == "private" and chat["count"])
    group = next(chat for chat in chats if chat["key"] == stage.world.group)
    thread = group["topics"][-1]["thread"]
    return [
        (f"/sandbox/chats/{patient['key']}/transcript", {"format": "test"}),
        (f"/sandbox/chats/{group['key']}/transcript", {"format": "test", "person": CARLA, "thread": thread}),
    ]
