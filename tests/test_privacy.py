"""What people say stays where it belongs: not in logs, not in the clear on our disk, not in other chats, not in buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stages import HttpStage

pytestmark = pytest.mark.whole

CANARY = "zebrafinch"
NAME = "Quillonia"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpStage]:
    """A patient whose every word, file name and caption holds the canary; a coordinator who answers with it."""
    stage = HttpStage(folder=tmp_path_factory.mktemp("privacy")).start()
    maria = stage.patient(NAME, "en")
    other = stage.patient("Other", "en")
    other.starts()
    maria.starts()
    maria.taps("English")
    for label in ("I have read this",) * 3 + ("Yes",) * 3:
        maria.answers(label)
    maria.answers("I am the patient")
    maria.answers(f"{CANARY} {NAME}")
    maria.answers(f"{CANARY} at the wrong question, and long enough to be kept for the coordinator")
    path = stage.file("report.pdf").rename(stage.folder / f"{CANARY}.pdf")
    maria.sends(path, caption=f"caption {CANARY}")
    maria.taps("The pathology report")
    maria.says("/human")
    maria.sees("Write what you want to say")
    maria.says(f"my {CANARY}")
    carla = stage.coordinator("Carla")
    number = next(word for word in carla.sees("CL-", since_act=False).split() if word.startswith("CL-")).strip(".:")
    case = carla.at_case(number)
    case.sees(f"my {CANARY}", since_act=False)
    case.replies(f"my {CANARY}", f"reply {CANARY}")
    maria.sees(f"reply {CANARY}")
    case.says(f"note {CANARY}")
    maria.says("/start")
    maria.edits(f"my {CANARY}", f"edited {CANARY}")
    stage.world.settle()
    stage.other = other  # type: ignore[attr-defined]
    yield stage
    stage.stop()


def test_logs_hold_no_word_no_name_and_no_token(told: HttpStage) -> None:
    log = (told.folder / "log.jsonl").read_text()
    for secret in (CANARY, NAME, "SANDBOX-"):
        assert secret not in log


def test_nothing_of_ours_is_in_the_clear_on_the_disk(told: HttpStage) -> None:
    ours = [path for path in (told.folder / "data").rglob("*") if path.is_file() and "telegram" not in path.parts]
    assert len(ours) > 2
    assert not [path.name for path in ours if CANARY.encode() in path.read_bytes() or NAME.encode() in path.read_bytes()]


def test_the_key_is_for_its_owner_only(told: HttpStage) -> None:
    (key,) = (path for path in (told.folder / "data").rglob("*.key"))
    assert key.stat().st_mode & 0o777 == 0o600


def test_buttons_and_other_chats_hold_nothing(told: HttpStage) -> None:
    state = told.world.get("state", messages=500)
    other = told.other.chat  # type: ignore[attr-defined]
    assert CANARY not in json.dumps(state["messages"][other])
    for messages in state["messages"].values():
        for message in messages:
            for row in message["message"].get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    data = button.get("callback_data", "")
                    assert len(data.encode()) <= 64
                    assert CANARY not in data


def test_the_group_never_sees_the_name(told: HttpStage) -> None:
    group = told.world.group
    chats = {chat["key"]: chat for chat in told.world.state()["chats"]}
    assert NAME not in json.dumps([topic["name"] for topic in chats[group].get("topics", [])])


def test_a_stranger_learns_nothing(told: HttpStage, tmp_path: Path) -> None:
    stranger = told.world.stranger("Eve")
    stranger.says("/cases")
    stranger.does_not_see("First contact", CANARY)
