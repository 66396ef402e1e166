"""The upload page in a real browser: a folder of scans, a line that breaks, both directions and themes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Route, expect, sync_playwright

from tests.sandbox.browsing import ARGUMENTS, NO_BROWSER, chromium
from tests.stages import HttpStage
from tests.steps import Play

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HttpStage]:
    made = HttpStage(folder=tmp_path).start()
    yield made
    made.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = chromium(playwright)
        if found is None:
            pytest.skip(NO_BROWSER)
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


def link(stage: HttpStage, language: str) -> tuple[Play, str]:
    """The page of somebody who agreed that things are kept, in their language."""
    play = Play(stage=stage)
    for one in ("starts", "taps: English", "comes to: Please check your answers", "taps: Everything is right"):
        play.step(f"Maria {one}")
    if language == "ar":
        play.step("Maria says: /language")
        play.step("Maria taps: العربية")
    play.step("Maria says: /upload")
    maria = play.person("Maria")
    stage.world.settle()
    rows = [
        row for one in reversed(maria.messages()) for row in one["message"].get("reply_markup", {}).get("inline_keyboard", [])
    ]
    return play, next(button["url"] for row in rows for button in row if "url" in button)


def folder_of_scans(tmp_path: Path) -> Path:
    folder = tmp_path / "CD" / "DICOM"
    folder.mkdir(parents=True)
    for number in range(40):
        (folder / f"IM{number:04}").write_bytes(bytes(128) + b"DICM" + os.urandom(600_000))
    return tmp_path / "CD"


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("ar", "light")])
def test_a_folder_of_scans_arrives_over_a_line_that_breaks(
    stage: HttpStage, browser: Browser, tmp_path: Path, language: str, theme: Literal["dark", "light"]
) -> None:
    play, url = link(stage, language)
    page = browser.new_page(color_scheme=theme, viewport={"width": 390, "height": 780})
    wrong, asked, broken = [], [], []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    def breaking(route: Route) -> None:
        if route.request.method == "PATCH" and len(broken) < 2:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.goto(url)
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    page.route("**/files/**", breaking)
    page.locator("#folder").set_input_files(folder_of_scans(tmp_path))
    expect(page.locator("li[data-arrived]")).to_have_count(1, timeout=60_000)
    page.screenshot(path=str(tmp_path / "arrived.png"))
    assert (len(broken), wrong) == (2, [])
    assert all(one.startswith(url.rpartition("/upload/")[0]) for one in asked)
    if language == "en":
        play.step("Maria sees: Saved: a folder of 40 files")
