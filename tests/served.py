"""The desk's pages over a real line, as a browser meets them, from the small world of the desk's tests; in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bot.web.server import serving
from storage import coordinators, reminders
from storage.desk import credentials, submissions, tasks
from storage.transaction import Transaction
from tests import made_files
from tests.bot.desk_world import Person, World
from tests.bot.dossier_case import case_of, keep
from tests.bot.web_desk import Desk

ADA = 7104


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (420, 300), (120, 160, 200)).save(out, "PNG")
    return out.getvalue()


@dataclass
class Served:
    """One full case and two small ones; Ada, an administrator, holds the first."""

    folder: Path
    url: str = ""
    number: str = ""
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def start(self) -> Served:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.world = World(self.folder)
        self.world.house.second_thoughts = timedelta(seconds=5)
        self.desk = Desk(self.world)
        self.run(self._fill())
        self._serving = serving(self.desk.app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.run(self._serving.__aenter__())}"
        return self

    def stop(self) -> None:
        self.run(self._serving.__aexit__(None, None, None))
        self.run(self.desk.http.aclose())
        self.run(self.world.database.close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def speaks(self, language: str) -> None:
        def speak(tx: Transaction) -> None:
            coordinators.put(tx, ADA, name="Ada", language=language, role="administrator")

        self.run(self.world.database.transact(speak))

    @property
    def cookie(self) -> dict[str, str]:
        return {"name": "careline_desk", "value": self.desk.frame.door.cookie(ADA), "url": self.url}

    async def _fill(self) -> None:
        world = self.world
        await world.database.transact(lambda tx: coordinators.put(tx, ADA, name="Ada", language="en", role="administrator"))
        ada = Person(world=world, number=ADA, name="Ada")
        patient = world.patient(language="ru")
        case = await case_of(world, patient)
        self.number = case.number
        for number in (502, 503):
            await world.patient(number).asks_for_a_person()
        topic = await ada.at()
        for said in ("/claim", "/note Call the interpreter on Monday", "/r Good morning. We read what you sent."):
            world.later(minutes=7)
            await topic.says(said)
        world.later(minutes=7)
        await patient.says("Спасибо. <b>Когда</b> нам ехать? 82 x10^9/L \u202e")
        await keep(world, case, "pathology", "application/pdf", made_files.pdf(2))
        await keep(world, case, "imaging", "image/png", picture())
        await keep(world, case, "passport", "image/png", picture())
        await world.database.transact(lambda tx: self._more(tx, case.id, case.chat_id))

    def _more(self, tx: Transaction, case: int, chat: int) -> None:
        tasks.add(tx, case, item="", owner="family", by=ADA, body="Translation of the letter", due=date(2026, 12, 5))
        made = submissions.add(tx, case, centre="example-1", protocols=(), state="sent")
        submissions.note(tx, made, state="sent", day=date(2026, 11, 20), by=ADA, body="by mail")
        when = tx.now + timedelta(days=3)
        reminders.add_follow_up(tx, chat, due_at=when, text="How are you today?", author=ADA, case_id=case)
        credentials.issue(tx, "example-1", by=ADA, life=timedelta(days=90))
        old, _ = credentials.issue(tx, "example-2", by=ADA, life=timedelta(days=90))
        credentials.revoke(tx, old.id, by=ADA)
