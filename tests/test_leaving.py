"""Who leaves the staff group is out within five seconds, also when Telegram's word of it was lost: the whole program, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.roster import FRESH_SECONDS
from tests.stages import HttpStage

pytestmark = pytest.mark.whole
CARLA, LOST = 7101, ("chat_member", "message")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HttpStage]:
    made = HttpStage(folder=tmp_path).start()
    yield made
    made.stop()


@pytest.fixture
def page(stage: HttpStage) -> Iterator[httpx.Client]:
    """The pages of the desk, on the phone of a coordinator."""
    chat = f"{CARLA}:{stage.world.bot('desk')}"
    stage.world.post(f"chats/{chat}/start")
    stage.world.settle()
    (menu,) = (one["menu"] for one in stage.world.state()["chats"] if one["key"] == chat)
    launch = stage.world.post(f"chats/{chat}/webapp", url=menu["web_app"]["url"])
    place = urlsplit(launch["url"])
    with httpx.Client(base_url=f"{place.scheme}://{place.netloc}", follow_redirects=True) as opened:
        assert opened.post("/desk/enter", content=launch["init_data"]).is_success
        yield opened


def test_a_page_ends_although_the_update_was_lost(stage: HttpStage, page: httpx.Client) -> None:
    desk = stage.world.bot("desk")
    assert page.get("/desk/cases").status_code == httpx.codes.OK
    for update in LOST:
        stage.world.post("faults", kind="drop", times=0, bot=desk, method=update)
    stage.world.post(f"chats/{stage.world.group}/members", member=CARLA, status="left")
    time.sleep(FRESH_SECONDS + 0.2)
    assert page.get("/desk/cases").status_code == httpx.codes.FORBIDDEN
