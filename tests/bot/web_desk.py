"""A browser in front of the desk's pages, in the small world of the desk's tests; no line between them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

import httpx

from bot.dossier.making import Making
from bot.patient.mini_app import signed
from bot.previews import Previews
from bot.web.app import build
from bot.web.desk.door import Door
from bot.web.desk.frame import Frame
from bot.web.desk.pages import Pages
from storage.vault import Vault
from tests.bot.desk_world import World, everybody_is_here

TOKEN = "7:TEST"


def init_data(person: object, at: datetime, *, token: str = TOKEN, **more: str) -> str:
    fields = {"auth_date": str(int(at.timestamp())), "user": json.dumps({"id": person}), **more}
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode(fields | {"hash": hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()})


class Desk:
    """A browser in front of the pages."""

    def __init__(self, world: World, sure: Callable[[int], Awaitable[bool]] = everybody_is_here) -> None:
        self.world = world
        door = Door(database=world.database, keys=world.keys, signed=partial(signed, TOKEN), now=lambda: world.now, sure=sure)
        self.vault = Vault(world.folder / "vault", world.keys)
        making = Making(database=world.database, vault=self.vault, house=world.house)
        self.frame = Frame(database=world.database, house=world.house, door=door, secure=False)
        previews = Previews(database=world.database, vault=self.vault, house=world.house)
        pages = Pages(frame=self.frame, do=world.casework.on_page, making=making, previews=previews)

        async def healthy() -> bool:
            return True

        self.app = build(healthy=healthy, routers=[pages.router()])
        transport = httpx.ASGITransport(app=self.app)  # type: ignore[arg-type]
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    async def enters(self, person: object = 7101, **given: object) -> int:
        said = init_data(person, self.world.now, **given)  # type: ignore[arg-type]
        return (await self.http.post("/desk/enter", content=said)).status_code

    async def sees(self, address: str = "/desk/cases", status: int = 200) -> str:
        answer = await self.http.get(address)
        assert answer.status_code == status, answer.text
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "at 0x" not in answer.text, "a template printed an object"
        return answer.text


def token_of(page: str) -> str:
    return re.findall(r'name="token" value="([^"]+)"', page)[0]
