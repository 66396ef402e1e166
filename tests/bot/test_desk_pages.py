"""The desk on the web: who comes in, for how long, and what the pages show."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.patient.mini_app import signed
from bot.web.app import build
from bot.web.desk.door import Door
from bot.web.desk.pages import Pages
from storage import audit, coordinators
from tests.bot.desk_world import Person, World

TOKEN = "7:TEST"


def init_data(person: object, at: datetime, *, token: str = TOKEN, **more: str) -> str:
    fields = {"auth_date": str(int(at.timestamp())), "user": json.dumps({"id": person}), **more}
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode(fields | {"hash": hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()})


class Desk:
    """A browser in front of the pages."""

    def __init__(self, world: World) -> None:
        self.world = world
        door = Door(database=world.database, keys=world.keys, signed=partial(signed, TOKEN), now=lambda: world.now)
        pages = Pages(database=world.database, house=world.house, door=door, secure=False)

        async def healthy() -> bool:
            return True

        transport = httpx.ASGITransport(app=build(webhooks=[], healthy=healthy, routers=[pages.router()]))  # type: ignore[arg-type]
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    async def enters(self, person: object = 7101, **given: object) -> int:
        said = init_data(person, self.world.now, **given)  # type: ignore[arg-type]
        return (await self.http.post("/desk/enter", content=said)).status_code

    async def sees(self, address: str = "/desk/cases", status: int = 200) -> str:
        answer = await self.http.get(address)
        assert answer.status_code == status, answer.text
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.text


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    world = World(tmp_path)
    made = Desk(world)
    yield made
    await made.http.aclose()
    await world.database.close()


@pytest.fixture
async def carla(desk: Desk) -> Person:
    return await desk.world.coordinator("Carla", 7101)


async def test_a_coordinator_opens_the_list_and_a_case(desk: Desk, carla: Person) -> None:
    patient = desk.world.patient()
    await patient.asks_for_a_person()
    await patient.says("<b>please</b> help us")
    case = await desk.world.case()
    assert await desk.enters() == 204
    assert case.number in await desk.sees()
    assert case.number in await desk.sees("/desk/cases?view=unclaimed")
    assert case.number not in await desk.sees("/desk/cases?view=mine")
    assert case.number in await desk.sees(f"/desk/cases?number={case.number[3:5].lower()}")
    page = await desk.sees(f"/desk/cases/{case.number}")
    assert "&lt;b&gt;please&lt;/b&gt; help us" in page
    assert "Held by: nobody yet" in page
    await carla.presses("Claim")
    assert case.number in await desk.sees("/desk/cases?view=mine")
    reads = [line.object for line in await desk.world.database.read(audit.lines) if line.action == "case.web"]
    assert reads == [f"case:{case.id}"]
    await desk.sees("/desk/cases/CL-22222", 404)


async def test_nobody_else_comes_in(desk: Desk, carla: Person) -> None:
    now = desk.world.now
    assert await desk.enters(7199) == 403
    assert await desk.enters(True) == 403
    assert await desk.enters("7101") == 403
    assert await desk.enters(token="8:TEST") == 403
    for said in (
        init_data(7101, now - timedelta(minutes=61)),
        init_data(7101, now + timedelta(minutes=2)),
        init_data(7101, datetime(9990, 1, 1, tzinfo=UTC)),
        init_data(7101, now) + "&user=%7B%22id%22%3A7101%7D",
        init_data(7101, now).replace("hash=", "hash=%C3%A9"),
        "",
        "hash",
        "hash=\u00e9",
        "x" * 9000,
    ):
        assert (await desk.http.post("/desk/enter", content=said.encode())).status_code == 403, said[:80]
    assert "Open this page from the menu" in await desk.sees("/desk/cases", 403)
    denied = [line.actor for line in await desk.world.database.read(audit.lines) if line.action == "desk.denied"]
    assert denied == ["7199"]


async def test_a_visit_ends_with_the_roster_and_after_an_idle_hour(desk: Desk, carla: Person) -> None:
    assert await desk.enters() == 204
    for _ in range(3):
        desk.world.later(minutes=50)
        await desk.sees()
    desk.world.later(minutes=61)
    await desk.sees("/desk/cases", 403)
    assert await desk.enters() == 204
    known = await desk.world.database.read(lambda tx: coordinators.get(tx, 7101))
    assert known
    await desk.world.database.transact(lambda tx: coordinators.save(tx, replace(known, active=False)))
    await desk.sees("/desk/cases", 403)


async def test_pages_speak_the_coordinators_language(desk: Desk) -> None:
    await desk.world.database.transact(lambda tx: coordinators.put(tx, 7101, name="Carla", language="ar"))
    assert await desk.enters() == 204
    assert 'dir="rtl"' in await desk.sees()


async def test_a_cookie_of_somebody_else_or_changed_in_one_letter_is_nobodys(desk: Desk, carla: Person) -> None:
    assert await desk.enters() == 204
    good = desk.http.cookies["careline_desk"]
    changed = [good[:at] + ("7" if letter != "7" else "8") + good[at + 1 :] for at, letter in enumerate(good)]
    for cookie in (*changed, "", "7101", "7101..", f"{good}x", "é.1.a"):
        desk.http.cookies.clear()
        answer = await desk.http.get("/desk/cases", headers={"Cookie": f"careline_desk={cookie}".encode()})
        assert answer.status_code == 403, cookie
