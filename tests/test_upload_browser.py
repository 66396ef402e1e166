"""The upload page in a real browser: a folder of scans, a line that breaks, both directions and themes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from storage import documents
from storage.database import Database
from storage.sealed.keyring import Keyring
from storage.vault import Vault
from tests.breaking_line import Line
from tests.stages import HttpStage
from tests.steps import Play

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SLICE = 500_000  # bytes of one image
LARGE = (600 if os.environ.get("CARELINE_ENDURANCE") else 24) * 1_000_000  # bytes


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HttpStage]:
    made = HttpStage(folder=tmp_path).start()
    yield made
    made.stop()


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


def test_minutes_of_a_busy_server_and_a_line_that_went_dead_without_a_word(
    stage: HttpStage, browser: Browser, tmp_path: Path
) -> None:
    """It goes on by itself, whatever was said in between and however often; the page's clock is moved, nobody waits."""
    _, url = link(stage, "en")
    page, wrong = browser.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.clock.install()
    page.goto(url)
    told = iter([423, 503, 409, 502] * 5)
    asked = []

    def busy(route: Route) -> None:
        asked.append(route.request.method)
        if len(asked) % 7 == 6:
            return  # nobody ever answers
        if status := next(told, None):
            route.fulfill(status=status)
        else:
            route.continue_()

    page.route("**/files*", busy)
    page.route("**/files/**", busy)
    sent = scan(tmp_path / "CD.zip", 3 * SLICE)
    page.locator("#files").set_input_files(tmp_path / "CD.zip")
    deadline = time.monotonic() + 100
    while page.locator("li[data-arrived]").count() == 0:
        assert time.monotonic() < deadline, page.locator("ul").inner_text()
        page.clock.fast_forward(125_000)
        page.wait_for_timeout(100)
    assert wrong == []
    assert len(asked) > 20
    stage.world.settle()
    assert kept(stage.folder / "data") == [sent]


def scan(path: Path, size: int) -> str:
    """A zip of images of about that size, written piece by piece; its SHA-256."""
    image = bytes(128) + b"DICM" + bytes(12)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(size // SLICE):
            archive.writestr(f"CD/IM{number:05}", image + os.urandom(SLICE))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept(folder: Path) -> list[str]:
    """SHA-256 of everything that came by a page and is kept."""
    keys = Keyring.open(folder / "careline.key")
    vault = Vault(folder / "vault", keys)

    async def digests() -> list[str]:
        database = Database.open(f"sqlite:///{folder / 'careline.db'}", keys=keys)
        parts = await database.read(documents.all_stored)
        await database.close()
        found = []
        for part in parts:
            digest = hashlib.sha256()
            for chunk in vault.stream(part.blob or "", documents.blob_context(part)):
                digest.update(chunk)
            found.append(digest.hexdigest())
        return found

    with ThreadPoolExecutor(1) as apart:  # Playwright has a loop of its own here
        return apart.submit(asyncio.run, digests()).result()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ar", "dark")])
def test_a_large_file_broken_off_at_the_beginning_the_middle_and_the_end(
    stage: HttpStage, browser: Browser, tmp_path: Path, language: str, theme: Literal["dark", "light"]
) -> None:
    """Twice the line breaks; in the middle the page is closed as well, opened again, and the same file is chosen again."""
    play, url = link(stage, language)
    sent, wrong = scan(tmp_path / "CD.zip", LARGE), []
    size = (tmp_path / "CD.zip").stat().st_size
    line = Line(target=int(url.partition("/upload/")[0].rpartition(":")[2]), breaks_at=[size // 100])
    context = browser.new_context(color_scheme=theme, viewport={"width": 390, "height": 780})
    with line.up():

        def opened() -> Page:
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(url.replace(f":{line.target}/", f":{line.port}/"))
            page.locator("#files").set_input_files(tmp_path / "CD.zip")
            return page

        page = opened()
        deadline = time.monotonic() + 600
        while line.carried < size // 2:
            assert time.monotonic() < deadline
            page.wait_for_timeout(20)
        page.close()
        line.breaks_at = [line.carried + int((size - line.carried) * 0.98)]  # shortly before the end of what is left
        page = opened()
        expect(page.locator("li[data-arrived]")).to_have_count(1, timeout=600_000)
        page.screenshot(path=str(tmp_path / f"arrived-{language}-{theme}.png"))
        assert (line.broken, wrong) == (2, [])
        assert line.carried < size * 1.1 + (10 << 20), "what had come was not sent again"
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    stage.world.settle()
    assert kept(stage.folder / "data") == [sent]
    if language == "en":
        play.step("Maria sees: Saved: a folder of")
