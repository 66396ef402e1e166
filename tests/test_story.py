"""The whole story on the page of `python -m bot sandbox`, as its two people live it: once in English, once in Arabic.

Every text that is awaited comes from the catalogues and the definition, so a better translation breaks nothing here.
What each stage looked like is kept in build/screenshots/<language>/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bot.catalogues import Catalogue, Catalogues
from flows import library
from tests.sandbox.browsing import ARGUMENTS, NO_BROWSER, chromium
from tests.stages import HttpStage

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).resolve().parents[1] / "build" / "screenshots"
CATALOGUES = Catalogues.load()
DEFINITION = library.load()
DESK = CATALOGUES["en"]
NUMBER = re.compile(r"CL-[0-9A-Z]+")
NOON = 11  # o'clock UTC: by day in every time zone of the story, so that no reminder waits for the morning
PATIENCE = 15_000  # milliseconds
SAID = {
    "en": {
        "call-you": "Maria",
        "city": "Lond",
        "age": "about 45",
        "marker-date": "two months ago",
        "lines": "three",
        "creatinine": "0,9",
        "haemoglobin": "82 g/L",
        "anything-else": "My mother gets tired quickly. Can I travel with her?",
        "younger": "44",
        "thanks": "Thank you. What do you need from us first?",
        "needed": "The pathology report, please. A photo of it is fine.",
        "heard": "We have it here, I will send it tonight.",
    },
    "ar": {
        "call-you": "مريم",
        "city": "القاهرة",
        "age": "٤٥",
        "marker-date": "قبل شهرين",
        "lines": "٣",
        "creatinine": "٠٫٩",
        "haemoglobin": "٨٢ g/L",
        "anything-else": "أمي تتعب بسرعة. هل أستطيع أن أسافر معها؟",
        "younger": "٤٤",
        "thanks": "شكرًا لكم. ماذا تحتاجون منا أولًا؟",
        "needed": "تقرير الأنسجة (biopsy) من فضلكم، وتكفي صورة منه.",
        "heard": "التقرير عندنا، سأرسله الليلة.",
    },
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = chromium(playwright)
        if program is None:
            pytest.skip(NO_BROWSER)
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def stage(browser: Browser, tmp_path: Path) -> Iterator[HttpStage]:
    """A program of its own for each language, its clock at noon."""
    assert browser.is_connected()
    made = HttpStage(folder=tmp_path).start()
    made.world.later(hours=(NOON - datetime.now(UTC).hour) % 24)
    yield made
    made.stop()


@dataclass(kw_only=True)
class Film:
    """The page, and the numbered pictures of it."""

    page: Page
    folder: Path
    taken: int = 0

    def keep(self, name: str) -> None:
        self.taken += 1
        self.page.screenshot(path=self.folder / f"{self.taken:02}-{name}.png")


@dataclass(kw_only=True)
class Hand:
    """One phone and the person who holds it, who reads one language."""

    phone: Locator
    words: Catalogue

    @property
    def newest(self) -> Locator:
        return self.phone.get_by_test_id("message").last

    def message(self, text: str) -> Locator:
        return self.phone.get_by_test_id("message").filter(has_text=text)

    def sees(self, english: str) -> None:
        expect(self.message(self.words.gettext(english)).last).to_be_visible(timeout=PATIENCE)

    def button(self, english: str, where: Locator | None = None) -> Locator:
        label = re.escape(self.words.gettext(english))
        named = re.compile(rf"^[\W_]*{label}[\W_]*$")
        return (where or self.newest).get_by_test_id("inline-button").filter(has_text=named)

    def taps(self, *english: str, where: Locator | None = None) -> None:
        for one in english:
            self.button(one, where).click()

    def says(self, text: str) -> None:
        self.phone.get_by_test_id("composer").fill(text)
        self.phone.get_by_test_id("send").click()

    def sends(self, *files: Path, kind: str) -> None:
        page = self.phone.page
        self.phone.get_by_test_id("file-input").set_input_files(files)
        page.get_by_test_id("send-as").select_option(kind)
        page.get_by_test_id("attach-send").click()


@dataclass(kw_only=True)
class PatientHand(Hand):
    """Answers questions; each is awaited by its text before it is answered."""

    said: dict[str, str] = field(default_factory=dict)

    def text(self, link_id: str) -> str:
        item = DEFINITION.questionnaire.by_link_id[link_id]
        return self.words.worded(item.context, item.text)

    def asked(self, link_id: str) -> Locator:
        expect(self.newest).to_contain_text(self.text(link_id), timeout=PATIENCE)
        return self.newest

    def option(self, link_id: str, english: str) -> str:
        options = DEFINITION.questionnaire.by_link_id[link_id].options
        found = next(one for one in options if one.display == english)
        return self.words.worded(found.context, found.display)

    def chooses(self, link_id: str, *english: str) -> None:
        self.asked(link_id)
        for one in english:
            label = re.escape(self.option(link_id, one))
            self.newest.get_by_test_id("inline-button").filter(has_text=re.compile(rf"^\W*{label}$")).click()
            if len(english) > 1:
                expect(self.newest.get_by_text(f"☑ {self.option(link_id, one)}")).to_be_visible()

    def writes(self, link_id: str) -> None:
        self.asked(link_id)
        self.says(self.said[link_id])

    def answers(self, **answers: str) -> None:
        for link_id, answer in answers.items():
            self.asked(link_id.replace("_", "-"))
            self.taps(answer)

    def skips(self, first: str, to: str) -> None:
        """Every question from this one up to that one, which stays open."""
        wanted = self.text(to)
        self.asked(first)
        for _ in range(40):
            number = self.newest.get_attribute("data-message-id") or ""
            question = self.phone.locator(f'[data-message-id="{number}"]')
            if wanted in question.inner_text():
                return
            self.taps("Skip", where=question)
            expect(self.newest).not_to_have_attribute("data-message-id", number, timeout=PATIENCE)
        pytest.fail(f"never came to {to}")
