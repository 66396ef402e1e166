"""What nobody should send: hostile updates and files through the running program, and patients who notice nothing of it.

The samples are no part of the project. They are looked for in the folder that CARELINE_HOSTILE names, or in ../shared/hostile.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.actors import Coordinator, Patient
from tests.apart import ROOT, Apart
from tests.test_kill import arrived, digest, heard

SAMPLES = Path(os.environ.get("CARELINE_HOSTILE") or ROOT.parent / "shared" / "hostile")
STRANGERS = {700000001: "Asha", 700000002: "Bela", 700000099: "Mallory"}  # who the samples say they are from
STAFF = {"Carla": 800000001, "Dmitri": 800000002}
DESK = -1009000000001
BOTS = {"patient": 1001, "desk": 1002}
LONG = 8  # characters of a text that cannot stand in a log by chance
OWN_WORDS = {"text", "caption", "first_name", "file_name", "data", "title"}
CONSENTED = ("English", "I have read this", "I have read this", "I have read this", "Yes", "No", "No")
REFUSED = ("empty", "cannot take", "cannot use", "too large", "damaged", "locked", "could not")

pytestmark = [
    pytest.mark.skipif(not (SAMPLES / "updates.jsonl").exists(), reason=f"no hostile samples in {SAMPLES}"),
    pytest.mark.whole,
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    made = Apart(folder=tmp_path_factory.mktemp("hostile"), staff=STAFF, group_id=DESK)
    try:
        made.open()
        for number, name in STRANGERS.items():
            made.world.post("people", first_name=name, id=number)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def talk(apart: Apart) -> tuple[Patient, Coordinator]:
    """An ordinary patient who talks with Carla, before anything hostile comes."""
    patient = apart.patient("Nora")
    consents(patient)
    patient.says("/human")
    patient.says("Our hospital is in Leeds")
    patient.says("/status")
    number = next(word for word in patient.sees("CL-").split() if word.startswith("CL-"))
    return patient, apart.coordinator().at_case(number)


@pytest.fixture(scope="module")
def delivered(apart: Apart, talk: tuple[Patient, Coordinator]) -> dict[int, Any]:
    """Every sample, delivered and answered: its line of the index by the id that its update got."""
    asha = Patient(world=apart.world, person=700000001, chat="700000001:1001")
    consents(asha)
    apart.world.settle()
    bystander = apart.patient("Olga")
    bystander.starts()
    apart.world.settle()
    before = heard(bystander), heard(talk[0])
    lines = (SAMPLES / "updates.jsonl").read_text(encoding="utf-8").splitlines()
    index = [json.loads(line) for line in (SAMPLES / "updates.index.jsonl").read_text(encoding="utf-8").splitlines()]
    known = {}
    for sample, line in zip(index, lines, strict=True):
        content = f'{{"bot": {BOTS[sample["bot"]]}, "update": {line}}}'.encode()
        made = apart.world.ask("POST", "updates", content=content, headers={"Content-Type": "application/json"})
        known[made["update_id"]] = sample | {"update": line}
    apart.world.settle()
    assert (heard(bystander), heard(talk[0])) == before
    return known


def consents(patient: Patient) -> None:
    patient.starts()
    for said in CONSENTED:
        patient.answers(said)


def records(apart: Apart) -> list[dict[str, Any]]:
    """The lines of the program's log."""
    return [json.loads(line) for line in apart.log().splitlines() if line.startswith("{")]


def test_the_program_lives_and_answers(apart: Apart, delivered: dict[int, Any]) -> None:
    assert len(delivered) > 300
    assert apart.alive()
    maria = apart.patient()
    maria.starts()
    maria.sees("In which language")
    asha = Patient(world=apart.world, person=700000001, chat="700000001:1001")
    asha.says("/help")
    asha.sees("/human")


def test_what_is_valid_is_never_set_aside(apart: Apart, delivered: dict[int, Any]) -> None:
    """An update of the right shape is handled, whatever it holds."""
    aside = [line["update_id"] for line in records(apart) if line.get("event") == "update_poisoned"]
    assert [delivered[number]["title"] for number in aside if delivered[number]["valid"]] == []


def test_the_log_holds_nothing_of_it(apart: Apart, delivered: dict[int, Any]) -> None:
    log = apart.log()
    assert "Traceback" not in log
    found = {text for sample in delivered.values() for text in texts(json.loads(sample["update"])) if spelt(text) in log}
    assert found == set()


def texts(value: Any, name: str = "") -> Iterator[str]:
    """What a person wrote or chose, anywhere in an update."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, name)
    elif isinstance(value, str) and len(value) >= LONG and name in OWN_WORDS:
        yield value


def spelt(text: str) -> str:
    """As it would stand in a line of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1][:200].encode(errors="replace").decode()


def test_nothing_reaches_other_people(apart: Apart, delivered: dict[int, Any]) -> None:
    """No name stands in the group; nobody on the staff gets a private message; no chat that is not theirs is written to."""
    state = apart.world.get("state", messages=1000)
    group = json.dumps([message["message"] for message in state["messages"][str(DESK)]], ensure_ascii=False)
    names = [topic["name"] for chat in state["chats"] for topic in chat.get("topics", [])]
    shown = re.sub(r'"from": \{[^}]*\}', "", group) + json.dumps(names)
    assert [name for name in STRANGERS.values() if name in shown] == []
    for number in STAFF.values():
        assert state["messages"].get(f"{number}:1002", []) == []
    assert delivered


def test_every_call_of_ours_had_the_right_shape(apart: Apart, delivered: dict[int, Any]) -> None:
    broken = [one for one in apart.world.get("strict")["violations"] if one["where"] == "request"]
    assert broken == []
    assert delivered


def manifest() -> list[dict[str, Any]]:
    path = SAMPLES / "files" / "manifest.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_files_are_kept_or_refused(apart: Apart, talk: tuple[Patient, Coordinator], delivered: dict[int, Any]) -> None:
    """Each as the manifest says; what is kept reaches the topic with every byte, what is refused is refused in words."""
    patient, case = talk
    kept, wrong = [], []
    for one in manifest():
        path = SAMPLES / "files" / one["file"]
        patient.sends(path, file_name=one["send_as"], mime_type=one["mime"])
        apart.world.settle()
        shown = patient.read()
        twin = "I have this very file already" in shown
        saved, refused = twin or "Saved: " in shown, any(word in shown for word in REFUSED)
        if saved == refused or one["verdict"] == ("REFUSE" if saved else "ACCEPT"):
            wrong.append((one["file"], one["verdict"], shown))
        if saved and not twin:
            kept.append(digest(path))
    assert wrong == []
    assert arrived(case) == kept
    assert apart.alive()
    assert delivered


def test_names_of_files_go_nowhere(apart: Apart, talk: tuple[Patient, Coordinator], delivered: dict[int, Any]) -> None:
    patient, case = talk
    names = [json.loads(line)["filename"] for line in (SAMPLES / "filenames.jsonl").read_text(encoding="utf-8").splitlines()]
    before = len(arrived(case))
    for number, name in enumerate(names):
        report = apart.folder / f"{number}.pdf"
        report.write_bytes((SAMPLES / "files" / "pdf_ok_no_extension").read_bytes() + f"% {number}\n".encode())
        patient.sends(report, file_name=name)
    apart.world.settle()
    assert len(arrived(case)) == before + len(names)
    for message in case.messages():
        document = message["message"].get("document")
        assert document is None or re.fullmatch(r"[a-z-]+-\d+(\.\w+)?", document["file_name"])
    assert delivered
