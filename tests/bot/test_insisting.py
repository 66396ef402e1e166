"""What must be done is asked for until it is, and Telegram is left alone for as long as it wants."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot import insisting, menus
from bot.catalogues import Catalogues
from bot.channel import ChannelError, Lost, Rejected, RetryLater
from bot.insisting import RETRY_SECONDS, insist

MENU: dict[str, Any] = {"commands": [], "scope": menus.PRIVATE}


class Failing:
    """A connection that fails in these ways, one after the other, and then works."""

    def __init__(self, *failures: ChannelError) -> None:
        self.failures = list(failures)
        self.calls: list[str] = []
        self.done: list[Any] = []

    async def call(self, method: str, params: Any) -> bool:
        self.calls.append(method)
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(params)
        return True


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []

    async def sleep(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(insisting, "asyncio", SimpleNamespace(sleep=sleep))
    return taken


async def test_it_is_asked_for_again_no_sooner_than_telegram_wants(rests: list[float]) -> None:
    channel: Any = Failing(RetryLater("slow down", 37.0), RetryLater("bad gateway"), Lost("broken"), RetryLater("soon", 1.0))
    await insist(channel, "patient", "setWebhook", {"url": "x"})
    assert (rests, channel.done) == ([37.0, RETRY_SECONDS, RETRY_SECONDS, RETRY_SECONDS], [{"url": "x"}])


async def test_menus_are_there_as_soon_as_telegram_can_be_reached(rests: list[float]) -> None:
    channel: Any = Failing(RetryLater("slow down", 9.0), Lost("broken"))
    await menus.show(channel, "patient", [MENU, MENU | {"language_code": "ru"}])
    assert (len(rests), channel.done) == (2, [MENU, MENU | {"language_code": "ru"}])


async def test_a_menu_that_is_refused_keeps_no_other_away(rests: list[float]) -> None:
    channel: Any = Failing(Rejected("method not found"))
    await menus.show(channel, "patient", [MENU, MENU | {"language_code": "ru"}])
    assert (rests, channel.done) == ([], [MENU | {"language_code": "ru"}])


async def test_the_button_of_the_desk_too(rests: list[float]) -> None:
    channel: Any = Failing(RetryLater("slow down", 9.0))
    await menus.open_page(channel, Catalogues.load()["en"], "")
    assert (rests, channel.done) == ([9.0], [{"menu_button": {"type": "commands"}}])
