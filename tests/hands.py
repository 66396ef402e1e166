"""The two phones of the sandbox's page, held by the people of a test: what they see, tap, write and send, and pictures of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from bot.catalogues import Catalogue
from tests.loaded import DEFINITION

PATIENCE = 20_000  # milliseconds to wait for what must come
PLACES = """(node, words) => {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    return [...words].map((_, index) => {
      const range = document.createRange();
      range.setStart(walker.currentNode, at + index);
      range.setEnd(walker.currentNode, at + index + 1);
      const { top, left } = range.getBoundingClientRect();
      return [Math.round(top), left];
    });
  }
}"""


@dataclass(kw_only=True)
class Film:
    """The page, and numbered pictures of it."""

    page: Page
    folder: Path
    taken: int = 0

    def keep(self, name: str) -> None:
        self.taken += 1
        self.page.screenshot(path=self.folder / f"{self.taken:02}-{name}.png")


@dataclass(kw_only=True)
class Hand:
    """A phone and the person who holds it, who reads one language. What is awaited is named in English."""

    phone: Locator
    words: Catalogue
    film: Film

    @property
    def newest(self) -> Locator:
        return self.phone.get_by_test_id("message").last

    def message(self, text: str) -> Locator:
        return self.phone.get_by_test_id("message").filter(has_text=text).last

    def sees(self, text: str) -> Locator:
        """Waits for a message with these words; `wait_for` looks more often than `expect` does."""
        self.message(text).wait_for()
        return self.message(text)

    def sees_last(self, text: str) -> Locator:
        """The same, as the newest message."""
        self.newest.filter(has_text=text).wait_for()
        return self.newest

    def button(self, label: str, where: Locator | None = None) -> Locator:
        """The button of the newest message (or of `where`) with this label, whatever signs stand around it."""
        named = re.compile(rf"^\W*{re.escape(label)}\W*$")
        return (where or self.newest).get_by_test_id("inline-button").filter(has_text=named)

    def taps(self, english: str, where: Locator | None = None) -> None:
        self.button(self.words.gettext(english), where).click()

    def says(self, text: str) -> None:
        self.phone.get_by_test_id("composer").fill(text)
        self.phone.get_by_test_id("send").click()

    def sends(self, *files: Path, kind: str) -> None:
        self.phone.get_by_test_id("file-input").set_input_files(files)
        self.film.page.get_by_test_id("send-as").select_option(kind)
        self.film.page.get_by_test_id("attach-send").click()

    def scrolls_to(self, message: Locator) -> None:
        message.evaluate("(node) => node.scrollIntoView({ block: 'start' })")

    def reads_left_to_right(self, message: Locator, text: str) -> None:
        """What must keep its own order inside right-to-left words does so, on the screen."""
        places = message.evaluate(PLACES, text)
        assert places, f"{text!r} is not there"
        assert places == sorted(places), f"{text!r} is turned round"  # line by line, each from the left


class PatientHand(Hand):
    """Each question is awaited by its text, then answered."""

    def text(self, link_id: str) -> str:
        item = DEFINITION.questionnaire.by_link_id[link_id]
        return self.words.worded(item.context, item.text)

    def option(self, link_id: str, english: str) -> str:
        options = DEFINITION.questionnaire.by_link_id[link_id].options
        found = next(one for one in options if one.display == english)
        return self.words.worded(found.context, found.display)

    def asked(self, link_id: str) -> Locator:
        return self.sees_last(self.text(link_id))

    def answers(self, link_id: str, *labels: str) -> None:
        """Buttons of the bot's own, such as Yes, Skip or Done."""
        self.asked(link_id)
        for label in labels:
            self.taps(label)

    def chooses(self, link_id: str, english: str) -> None:
        self.asked(link_id)
        self.button(self.option(link_id, english)).click()

    def marks(self, link_id: str, *english: str) -> None:
        """Options of which several may be chosen."""
        for one in english:
            self.chooses(link_id, one)
            self.newest.get_by_text(f"☑ {self.option(link_id, one)}").wait_for()

    def writes(self, link_id: str, text: str) -> None:
        self.asked(link_id)
        self.says(text)

    def skips(self, first: str, to: str) -> None:
        """Every question from this one up to that one, which stays open."""
        self.asked(first)
        for _ in range(40):
            number = self.newest.get_attribute("data-message-id") or ""
            question = self.phone.locator(f'[data-message-id="{number}"]')
            if self.text(to) in question.inner_text():
                return
            self.taps("Skip", question)
            self.newest.and_(self.film.page.locator(f':not([data-message-id="{number}"])')).wait_for()
        pytest.fail(f"never came to {to}")
