"""Backups of a program at work, as an operator makes them; each is put back elsewhere, and a program on it knows what people were told.

The ledger is theirs: the questions that had come to them, and the files that had come to the desk, when the backup began.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.endurance.loop import ROOT, Run, Talker, face, free_port
from tests.endurance.telegram import Telegram
from tests.test_starts import PATIENCE, house

pytestmark = [pytest.mark.kill, pytest.mark.timeout(400)]
BACKUPS = 2
BETWEEN = 1.5  # seconds
FURTHER = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Taken:
    """`seen`: person -> how many questions had come to them; `files`: that had come to the desk."""

    file: Path
    seen: dict[int, int]
    files: int


@dataclass(kw_only=True)
class BackedUp(Run):
    """The kill loop without kills; instead of each of them, a backup."""

    taken: list[Taken] = field(default_factory=list)
    model: list[str] = field(default_factory=list)
    talking: list[Talker] = field(default_factory=list)

    async def _answer_on(self, line: int, faces) -> None:
        self.model = list(faces)
        await super()._answer_on(line, faces)

    async def _talk_on(self, one: Talker) -> None:
        self.talking.append(one)
        one.sends(self.chance)
        await super()._talk_on(one)

    async def _disturb(self, lives: list[asyncio.Task[None]]) -> None:
        for number in range(BACKUPS):
            await asyncio.sleep(BETWEEN)
            seen = {one.number: len(one.asked) for one in self.done}
            files = sum(bool(self.telegram.by_token[token]) for one in self.talking for token in one.sent)
            target = self.folder / f"backup{number}"
            await command("backup", str(target), data=self.folder / "data")
            self.taken.append(Taken(file=target, seen=seen, files=files))


async def command(*arguments: str, data: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CARELINE_")}
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=data.parent,
        env=clean | {"PYTHONPATH": str(ROOT), "CARELINE_DATA_DIR": str(data)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await program.communicate())[0].decode()
    assert program.returncode == 0, said
    return said


async def test_a_backup_under_load_brings_back_what_people_had_been_told(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    run = BackedUp(folder=tmp_path / "here", mode="polling")
    ledger = await run.play()
    assert (ledger.duplicates, len(run.taken)) == (0, BACKUPS)
    assert any(one.seen for one in run.taken)
    for number, one in enumerate(run.taken):
        await brings_back(tmp_path / f"there{number}", run, one)


async def brings_back(folder: Path, run: BackedUp, taken: Taken) -> None:
    data = folder / "data"
    data.mkdir(parents=True)
    shutil.copy(run.folder / "data" / "careline.key", data)
    said = await command("restore", str(taken.file), data=data)
    opened = re.search(r"checked: (\d+) encrypted files open", said)
    assert opened
    assert int(opened[1]) >= taken.files
    async with house(folder, mode="polling") as there:
        there.telegram._numbers = itertools.count(FURTHER)  # Telegram goes on counting, whatever is put back
        program = await there.start(port=free_port())
        for person in taken.seen:
            there.telegram.message(1001, person, text="/continue")
        for person, seen in taken.seen.items():
            assert await there.telegram.until(lambda who=person: far(there.telegram, who, run.model), PATIENCE), there.log()
            assert far(there.telegram, person, run.model) >= seen
        assert await there.stop(program) < PATIENCE


def far(telegram: Telegram, person: int, model: list[str]) -> int:
    """How many questions this person had seen, as the newest of them says; 0: none came."""
    heard = [face(call) for call in telegram.sent[person]]
    return max((number for number, asked in enumerate(model, 1) for one in heard if one.endswith(asked)), default=0)
