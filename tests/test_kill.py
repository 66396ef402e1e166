"""kill -9 at any moment: no answer is lost, no document is damaged, and the story goes on exactly where it was.

What was being sent in that very moment may come twice, because nobody can know whether Telegram had it already.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.actors import Coordinator, Patient, buttons, fits, words
from tests.apart import DRAIN, Apart
from tests.made_files import pdf
from tests.one_intake import INTAKE

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]
CHANCE = random.Random(20261122)
CROWD = 6  # patients who answer at the same time, each at another question
KILLS = 3
WAIT = 12  # seconds in which a reply can be taken back: longer than a start on a busy machine
SLOW = 0.4  # seconds that Telegram takes for a message, so that a kill falls into it


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    made = Apart(folder=tmp_path_factory.mktemp("apart"))
    try:
        yield made.open()
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _quick(apart: Apart) -> Iterator[None]:
    yield
    apart.world.ask("DELETE", "faults")


def slow(apart: Apart, method: str, seconds: float = SLOW) -> None:
    apart.world.post("faults", kind="slow", method=method, delay=seconds, times=0)


def question(patient: Patient) -> Any:
    return next(message for message in reversed(patient.messages()) if list(buttons(message)))


def answer(patient: Patient, shown: Any, said: str) -> None:
    """At once, without waiting for what comes of it."""
    label = next((text for text in buttons(shown) if fits(text, said)), None)
    if label is None:
        patient.says(said)
    else:
        patient.world.post(f"chats/{patient.chat}/press", message_id=shown["message_id"], text=label, wait=0)


def heard(person: Patient | Coordinator) -> list[str]:
    """What the bot said in this chat, as it stands there now."""
    shown = person.world.get(f"chats/{person.chat}/transcript", person=person.person, thread=person.thread or 0, limit=1000)
    return [words(message) for message in shown["messages"] if message["sender"]["kind"] == "bot"]


def die(apart: Apart, within: float) -> list[str]:
    """Killed at some moment of the seconds after it had something to do, and started again. Returns what it was doing."""
    assert apart.world.rest
    until(apart.world.rest.work)  # one that starts may not even have fetched what people wrote
    time.sleep(CHANCE.uniform(0, within))
    left = apart.world.rest.work()
    apart.kill()
    apart.world.ask("DELETE", "faults")
    apart.start()
    apart.world.settle()
    return left


def in_talk(apart: Apart) -> tuple[Patient, Coordinator]:
    """A patient who asked for a person, and Carla in the topic of the case."""
    patient = apart.patient()
    patient.starts()
    for said in INTAKE[:7]:
        patient.answers(said)
    patient.says("/human")
    patient.says("/status")
    number = next(word for word in patient.sees("CL-").split() if word.startswith("CL-"))
    return patient, apart.coordinator().at_case(number)


def test_in_the_middle_of_the_questions(apart: Apart) -> None:
    """Patients are at different questions when it happens; each goes on like one to whom nothing happened."""
    screens, counts, reviewed = undisturbed(apart)
    crowd = [apart.patient() for _ in range(CROWD)]
    for at, patient in enumerate(crowd):
        patient.starts()
        for said in INTAKE[:at]:
            patient.answers(said)
    apart.world.settle()
    left: list[str] = []
    rounds = len(INTAKE) - CROWD + 1
    for round_ in range(rounds):
        questions = [question(patient) for patient in crowd]
        fatal = round_ % (rounds // KILLS) == 2
        if fatal:
            slow(apart, "sendMessage")
        for at, patient in enumerate(crowd):
            answer(patient, questions[at], INTAKE[at + round_])
        if fatal:
            left += die(apart, SLOW)
        apart.world.settle()
        assert [words(question(patient)) for patient in crowd] == screens[round_ + 1 : round_ + 1 + CROWD]
    assert left
    for at, patient in enumerate(crowd):
        assert counts[rounds + at] <= len(heard(patient)) <= counts[rounds + at] + KILLS
        for said in INTAKE[rounds + at :]:
            patient.answers(said)
        assert review(patient) == reviewed


def undisturbed(apart: Apart) -> tuple[list[str], list[int], str]:
    """When nothing dies: the newest question and the count of the bot's messages after each answer, and the review at the end."""
    patient = apart.patient()
    patient.starts()
    screens, counts = [], []
    for said in (*INTAKE, None):
        apart.world.settle()
        screens.append(words(question(patient)))
        counts.append(len(heard(patient)))
        if said:
            patient.answers(said)
    return screens, counts, review(patient)


def review(patient: Patient) -> str:
    """The first page of all answers."""
    patient.world.settle()
    patient.says("/answers")
    patient.world.settle()
    return words(question(patient))


def test_in_the_middle_of_an_upload(apart: Apart, tmp_path: Path) -> None:
    """Files on their way to us, into the topic and to the patient: their bytes arrive whole, at most twice."""
    talks = [in_talk(apart) for _ in range(3)]
    files = [large(tmp_path / f"letter-{number}.pdf") for number in range(len(talks))]
    slow(apart, "getFile")
    slow(apart, "sendDocument")
    for (patient, _), file in zip(talks, files, strict=True):
        patient.sends(file)
        time.sleep(SLOW / 4)
    left = die(apart, SLOW)
    for (patient, case), file in zip(talks, files, strict=True):
        patient.sees("Saved: a file of 1 page", "What is this document?", since_act=False)
        assert arrived(case) in ([digest(file)], 2 * [digest(file)])
        case.taps("Claim")
    slow(apart, "sendDocument")
    for (patient, case), file in zip(talks, reversed(files), strict=True):
        patient.says("please send me yours")
        case.replies_with("please send me yours", file)
    left += die(apart, SLOW)
    assert left
    for (patient, _), file in zip(talks, reversed(files), strict=True):
        assert arrived(patient) in ([digest(file)], 2 * [digest(file)])


def large(path: Path) -> Path:
    """Large enough to be on its way for a moment, and unlike any other."""
    path.write_bytes(pdf(1, CHANCE.randbytes(1_500_000)))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def arrived(person: Patient | Coordinator) -> list[str]:
    """The documents that the bot sent into this chat."""
    sent = [one for one in person.messages() if one["sender"]["kind"] == "bot" and one.get("files")]
    urls = [file["url"] for message in sent for file in message["files"]]
    return [hashlib.sha256(person.world.http.get(url).content).hexdigest() for url in urls]


def test_in_the_middle_of_a_relay(apart: Apart) -> None:
    """Words in both directions: all arrive, in their order, and only those that were under way may come twice."""
    talks = [in_talk(apart) for _ in range(3)]
    apart.world.settle()
    for kill in range(2):
        slow(apart, "sendMessage", 2 * SLOW)
        for number in range(4):
            for patient, case in talks:
                patient.says(f"asked {kill}.{number}")
                case.says(f"/r answered {kill}.{number}")
        assert die(apart, SLOW)
    for patient, case in talks:
        in_order(heard(case), "asked")
        in_order(heard(patient), "answered")


def test_between_the_answer_of_telegram_and_the_store(apart: Apart) -> None:
    """Nobody can write into the store when Telegram answers, and then the program dies: what was answered does not come twice."""
    patient = apart.patient()
    patient.starts()
    apart.world.settle()
    before, noted = len(heard(patient)), apart.folder / "data" / "answers-patient.jsonl"
    size = noted.stat().st_size
    slow(apart, "sendMessage", 2.0)
    patient.says("/help")
    with contextlib.closing(sqlite3.connect(noted.with_name("careline.db"), isolation_level=None)) as store:
        out = "SELECT count(*) FROM outbox WHERE state = 'sending'"
        until(lambda: store.execute(out).fetchone()[0] == 1)
        store.execute("BEGIN IMMEDIATE")
        until(lambda: noted.stat().st_size > size)
        assert store.execute(out).fetchone()[0] == 1
        apart.kill()
        store.execute("ROLLBACK")
    apart.world.ask("DELETE", "faults")
    apart.start()
    apart.world.settle()
    assert len(heard(patient)) == before + 1


def test_in_the_seconds_in_which_a_reply_can_be_taken_back(tmp_path: Path) -> None:
    """The wait is on the disk: a reply that was not taken back goes out once, one that was never does, whenever the kill falls."""
    apart = Apart(folder=tmp_path, settings={"UNDO_SECONDS": str(WAIT)})
    try:
        apart.open()
        patient, case = in_talk(apart)
        apart.world.settle()
        for number in range(2):
            case.says(f"/r kept {number}")
            case.says(f"/r taken back {number}")
            time.sleep(CHANCE.uniform(0.2, 2.0))
            apart.kill()
            assert not any(f"kept {number}" in one for one in heard(patient))
            apart.start()
            case.taps("Undo")
            assert not any("taken back" in one for one in heard(patient))
            until(lambda number=number: any(f"kept {number}" in one for one in heard(patient)))
        apart.world.settle()
        shown = "\n".join(heard(patient))
        assert [shown.count(f"kept {number}") for number in range(2)] == [1, 1]
        assert not any("taken back" in one for one in heard(patient))
    finally:
        apart.close()


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def in_order(shown: list[str], word: str) -> None:
    numbers = [line.rpartition(word)[2].split()[0] for text in shown for line in text.splitlines() if f"{word} " in line]
    wanted = [f"{kill}.{number}" for kill in range(2) for number in range(4)]
    assert list(dict.fromkeys(numbers)) == wanted
    assert all(numbers.count(number) <= 2 for number in wanted), numbers


def test_a_stop_finishes_what_is_under_way(apart: Apart) -> None:
    """SIGTERM: within ten seconds, with nothing lost and, other than after a kill, nothing twice."""
    crowd = [apart.patient() for _ in range(CROWD)]
    for patient in crowd:
        patient.starts()
        for said in INTAKE[:4]:
            patient.answers(said)
    apart.world.settle()
    slow(apart, "sendMessage", 1.0)
    before = {patient.person: heard(patient) for patient in crowd}
    for patient in crowd:
        answer(patient, question(patient), "Yes")
    time.sleep(CHANCE.uniform(0, 0.3))
    assert apart.stop() < DRAIN
    apart.start()
    apart.world.settle()
    for patient in crowd:
        shown = heard(patient)
        assert len(shown) == len(before[patient.person]) + 1
        assert "show this case to hospitals" in shown[-1]
