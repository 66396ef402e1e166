"""The desk's pages in a real browser, opened from the sandbox's page as Telegram opens them: two languages, two themes, keys, paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.stages import HttpStage
from tests.steps import Play

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SCREENSHOTS = Path(__file__).resolve().parents[1] / "build" / "screenshots" / "desk"
INTAKE = (
    "starts",
    "taps: English",
    "comes to: Please check your answers",
    "taps: Everything is right",
    "sends: letter.pdf",
    "taps: I will send everything later",
    "remembers her case",
)


@pytest.fixture(scope="module")
def play(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """A patient went through the questions and sent a letter."""
    stage = HttpStage(folder=tmp_path_factory.mktemp("desk")).start().at_noon()
    made = Play(stage=stage)
    for one in INTAKE:
        made.step(f"Maria {one}")
    yield made
    stage.stop()


def opened(browser: Browser, play: Play, theme: Literal["light", "dark"]) -> tuple[Page, FrameLocator]:
    """The coordinator's phone, and the desk that its menu button opens on it."""
    page = browser.new_page(
        color_scheme=theme, viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    page.goto(play.stage.world.url)
    phone = page.get_by_test_id("phone-right")
    phone.locator('[data-testid="chat-item"]:not([data-chat^="-"])').filter(has_text="Careline desk").click()
    if phone.get_by_test_id("start").is_visible():
        phone.get_by_test_id("start").click()
    phone.get_by_test_id("commands-button").click()
    return page, page.frame_locator("iframe.web-app")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_coordinator_opens_a_finished_intake_from_the_phone(
    browser: Browser, play: Play, language: str, theme: Literal["light", "dark"]
) -> None:
    page, desk = opened(browser, play, theme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    desk.locator("select[name=language]").select_option(language)
    desk.locator("header button").click()
    expect(desk.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    page.screenshot(path=SCREENSHOTS / f"phone-{language}-{theme}.png")
    desk.locator("[data-row]").first.click()
    expect(desk.locator("h1")).to_contain_text("CL-")
    page.screenshot(path=SCREENSHOTS / f"phone-case-{language}-{theme}.png")
    page.close()
