"""The sandbox's page in a real browser: what a person at the keyboard, in Arabic, in the dark, or on a small screen meets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.sandbox.browsing import ANA, GROUP, KARIM, OMAR, Stage, png

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).resolve().parents[2] / "build" / "page"


@pytest.fixture(scope="module")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    assert browser.is_connected()
    made = Stage(tmp_path_factory.mktemp("sandbox"))
    yield made
    made.close()


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Iterator[Visit]:
    stage.clear()
    made = Visit(browser, stage)
    yield made
    made.leave()


class Visit:
    """Opens the page as different people's browsers would, and notes whatever the browser complains about."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self.browser = browser
        self.stage = stage
        self.complaints: list[str] = []
        self.pages: list[Page] = []

    def __call__(self, query: str = "", **context: Any) -> Page:
        settings = {"viewport": {"width": 1400, "height": 900}, "locale": "en-US", "reduced_motion": "reduce"} | context
        page = self.browser.new_context(**settings).new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dialog)
        page.goto(f"{self.stage.url}/{query}")
        expect(page.locator("#app")).not_to_have_attribute("aria-busy", "true")
        self.pages.append(page)
        return page

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"a script opened a dialog: {dialog.message}")
        dialog.dismiss()

    def leave(self) -> None:
        for page in self.pages:
            page.context.close()
        assert self.complaints == []


def left(page: Page) -> Locator:
    return page.get_by_test_id("phone-left")


def right(page: Page) -> Locator:
    return page.get_by_test_id("phone-right")


def say(phone: Locator, text: str) -> None:
    phone.get_by_test_id("composer").fill(text)
    phone.get_by_test_id("send").click()


def message(phone: Locator, text: str) -> Locator:
    return phone.get_by_test_id("message").filter(has_text=text)


def open_staff(phone: Locator, topic: int = 0) -> None:
    phone.get_by_test_id("chat-item").filter(has_text="Staff").click()
    phone.get_by_test_id("topic-item").nth(topic).click()


def focused(page: Page, key: str = "testid") -> str | None:
    answer: str | None = page.evaluate("(key) => document.activeElement.dataset[key] ?? null", key)
    return answer


def until(page: Page, key: str, testid: str, limit: int = 40) -> None:
    """Presses a key until the focus is on an element with this test id."""
    for _ in range(limit):
        if focused(page) == testid:
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} never reached {testid}; it stands on {focused(page)}")


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_a_patient_talks_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first skip link: the patient's phone
    until(page, "Tab", "composer")
    page.keyboard.type("/st")
    page.keyboard.press("Enter")  # the first command that fits
    expect(message(left(page), "Hello, you")).to_be_visible()
    until(page, "Shift+Tab", "inline-button")
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Yes")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(left(page).get_by_test_id("toast")).to_have_text("Pressed no")
    expect(message(left(page), "You chose no.")).to_be_focused()  # the button is gone, its message keeps the place
    picture(page, "keyboard")


def test_messages_menus_and_areas_by_keyboard(visit: Visit) -> None:
    page = visit()
    say(left(page), "first")
    expect(message(left(page), "Got: first")).to_be_visible()
    left(page).get_by_test_id("composer").focus()
    until(page, "Shift+Tab", "message")
    page.keyboard.press("ArrowUp")
    expect(message(left(page), "first").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Enter")  # the first reaction
    expect(left(page).get_by_test_id("reaction")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(left(page).get_by_test_id("chat-item").first).to_be_focused()
    page.keyboard.press("F6")
    expect(right(page).get_by_test_id("chat-item").first).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(right(page).get_by_test_id("composer")).to_be_focused()


def test_arabic_turns_everything_round(visit: Visit) -> None:
    page = visit(locale="ar-EG")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", level=1)).to_have_text("بيئة تجربة Careline")
    left(page).get_by_test_id("person-select").select_option(str(OMAR))
    say(left(page), "arabic")
    say(left(page), "شكرًا")
    question, own = message(left(page), "ما هو تشخيصك؟"), left(page).locator(".own .bubble").last
    expect(question.locator(".text")).to_have_attribute("dir", "auto")
    expect(question.locator(".text")).to_have_css("direction", "rtl")
    there, here = question.locator(".bubble").bounding_box(), own.bounding_box()
    assert there is not None
    assert here is not None
    assert here["x"] < there["x"]  # one's own are on the left, the bot's on the right
    assert left(page).bounding_box()["x"] > right(page).bounding_box()["x"]  # type: ignore[index]
    picture(page, "arabic")


def test_a_phone_follows_its_persons_language_and_the_page_its_readers(visit: Visit) -> None:
    page = visit()
    device = left(page).locator(".device")
    expect(device).to_have_attribute("dir", "ltr")
    left(page).get_by_test_id("language-select").select_option("he")
    expect(device).to_have_attribute("dir", "rtl")
    expect(right(page).locator(".device")).to_have_attribute("dir", "ltr")
    left(page).get_by_test_id("language-select").select_option("en")
    page.get_by_test_id("page-language").select_option("ru")
    expect(page.get_by_role("heading", level=1)).to_have_text("Песочница Careline")
    expect(left(page).get_by_test_id("composer")).to_have_attribute("placeholder", "Сообщение")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_every_word_exists_in_every_language(visit: Visit) -> None:
    lacking = visit().evaluate(
        """async () => {
          const { TEXTS } = await import("/page/js/base/texts.js");
          const languages = ["en", "ru", "ar"];
          const whole = (entry, language) => typeof entry === "string" ? entry.trim() :
            entry && [0, 1, 2, 3, 5, 11, 100].every((n) => entry[new Intl.PluralRules(language).select(n)] ?? entry.other);
          return Object.keys(TEXTS).filter((key) => !languages.every((language, at) => whole(TEXTS[key][at], language)));
        }"""
    )
    assert lacking == []


def test_dark_follows_the_system_and_stays_as_chosen(visit: Visit) -> None:
    page = visit(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    picture(page, "dark")
    page.get_by_test_id("theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("body")).not_to_have_css("background-color", dark)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_an_album_is_one_grid_and_files_can_be_fetched(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    pictures = [
        png(tmp_path / f"{name}.png", colour)
        for name, colour in {"a": (200, 90, 90), "b": (90, 160, 90), "c": (90, 90, 200)}.items()
    ]
    left(page).get_by_test_id("file-input").set_input_files(pictures)
    page.get_by_test_id("caption").fill("My scans")
    page.get_by_test_id("attach-send").click()
    album = left(page).locator(".album.pictures")
    expect(album.get_by_test_id("message")).to_have_count(3)
    expect(album.locator("img")).to_have_count(3)
    expect(left(page).get_by_text("My scans")).to_be_visible()
    expect(message(left(page), "Got: photo")).to_have_count(3)
    left(page).get_by_test_id("file-input").set_input_files(pictures[0])
    page.get_by_test_id("send-as").select_option("document")
    page.get_by_test_id("attach-send").click()
    with page.expect_download() as download:
        message(left(page), "a.png").get_by_role("link").click()
    assert download.value.path().read_bytes() == pictures[0].read_bytes()
    picture(page, "album")


def test_a_file_that_is_too_big_and_other_bad_input(visit: Visit) -> None:
    page = visit()
    for choice in ("attach-big", "attach-location"):
        left(page).get_by_test_id("attach").click()
        page.get_by_test_id(choice).click()
        page.get_by_test_id("confirm").click()
    left(page).get_by_test_id("attach").click()
    page.get_by_test_id("attach-sticker").first.click()
    for kind in ("document", "location", "sticker"):
        expect(message(left(page), f"Got: {kind}")).to_be_visible()
    expect(message(left(page), "scan.pdf").first).to_contain_text("21")


def test_edits_happen_in_place_and_deleted_messages_leave(visit: Visit) -> None:
    page = visit()
    say(left(page), "frist")
    own = message(left(page), "frist").first
    number = own.get_attribute("data-message-id")
    left(page).get_by_test_id("composer").press("ArrowUp")
    left(page).get_by_test_id("composer").fill("first")
    page.keyboard.press("Enter")
    changed = left(page).locator(f'[data-message-id="{number}"]')
    expect(changed.locator(".text")).to_have_text("first")
    expect(changed.locator(".edited")).to_have_text("edited")
    changed.click(button="right")
    page.get_by_test_id("delete").click()
    page.get_by_test_id("confirm").click()
    expect(changed).to_have_count(0)
    expect(left(page).get_by_test_id("message-deleted")).to_have_text("Message deleted")


def test_presses_are_answered_by_toast_or_alert_and_edit_the_message(visit: Visit) -> None:
    page = visit()
    left(page).get_by_test_id("start").click()
    left(page).get_by_test_id("inline-button").filter(has_text="Alert").click()
    expect(page.get_by_test_id("alert")).to_contain_text("Pressed alert")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("alert")).to_have_count(0)
    left(page).get_by_test_id("inline-button").filter(has_text="Yes").click()
    expect(left(page).get_by_test_id("toast")).to_have_text("Pressed yes")
    expect(message(left(page), "You chose yes.").locator(".edited")).to_be_visible()
    expect(left(page).get_by_test_id("inline-button")).to_have_count(0)
    picture(page, "toast")


def test_replies_are_quoted_and_a_contact_is_asked_for(visit: Visit) -> None:
    page = visit()
    say(left(page), "number")
    message(left(page), "Your number?").click(button="right")
    page.get_by_test_id("reply").click()
    say(left(page), "Why?")
    expect(message(left(page), "Why?").first.locator(".quote")).to_contain_text("Your number?")
    left(page).get_by_test_id("reply-button").filter(has_text="Share my number").click()
    page.get_by_test_id("confirm").click()
    expect(message(left(page), "Got: contact")).to_be_visible()


def test_topics_unread_counts_and_several_coordinators(visit: Visit) -> None:
    page = visit()
    open_staff(right(page))
    say(right(page), "case")
    right(page).get_by_test_id("back").click()
    topic = right(page).get_by_test_id("topic-item").filter(has_text="C-0042")
    expect(topic).to_be_visible()
    thread = int(topic.get_attribute("data-thread") or 0)
    visit.stage.call(1, "sendMessage", chat_id=GROUP, message_thread_id=thread, text="A new case")
    expect(topic.get_by_test_id("unread")).to_have_attribute("data-count", "1")
    topic.click()
    expect(message(right(page), "A new case")).to_be_visible()
    right(page).get_by_test_id("back").click()
    expect(topic.get_by_test_id("unread")).to_have_count(0)
    right(page).get_by_test_id("person-select").select_option(str(KARIM))
    open_staff(right(page))
    expect(message(right(page), "case")).to_contain_text("Grace")


def test_what_people_write_never_becomes_markup(visit: Visit) -> None:
    page = visit()
    hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script> javascript:alert(3)'
    say(left(page), hostile)
    expect(message(left(page), "onerror").first.locator(".text")).to_have_text(hostile)
    entity = {"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(4)"}
    visit.stage.call(0, "sendMessage", chat_id=ANA, text="link", entities=[entity])
    expect(message(left(page), "link")).to_be_visible()
    assert page.locator(".messages img, .messages script").count() == 0
    assert page.evaluate("[...document.links].every((link) => /^(https?|blob):/.test(link.href))")


def test_faults_and_the_log_of_calls(visit: Visit) -> None:
    page = visit()
    left(page).get_by_test_id("start").click()
    page.get_by_test_id("bench-toggle").click()
    page.get_by_test_id("tab-faults").click()
    page.get_by_test_id("fault-method").fill("sendMessage")
    page.get_by_test_id("fault-add").click()
    expect(page.get_by_test_id("fault")).to_contain_text("1 more time")
    say(left(page), "lost")
    expect(page.get_by_test_id("fault")).to_have_count(0)
    page.get_by_test_id("tab-calls").click()
    page.get_by_test_id("log-filter").fill("sendMessage 429")
    expect(page.get_by_test_id("call")).to_have_count(1)
    page.get_by_test_id("call").click()
    expect(page.get_by_test_id("call-dialog")).to_contain_text("Got: lost")
    expect(page.get_by_test_id("call-dialog")).to_contain_text("Too Many Requests")
    picture(page, "log")


def test_the_clock_moves_on(visit: Visit) -> None:
    page = visit()
    before = page.get_by_test_id("clock").get_attribute("datetime") or ""
    page.get_by_test_id("clock-plus-day").click()
    expect(page.get_by_test_id("clock")).not_to_have_attribute("datetime", before)
    expect(page.get_by_role("group", name="Clock of the sandbox")).to_contain_text("ahead")


def test_a_new_patient_blocks_the_bot(visit: Visit) -> None:
    page = visit()
    left(page).get_by_test_id("add-person").click()
    page.get_by_test_id("new-name").fill("Ольга")
    page.get_by_test_id("new-language").select_option("ru")
    page.keyboard.press("Enter")
    expect(left(page).get_by_test_id("person-select").locator("option:checked")).to_have_text("Ольга")
    left(page).get_by_test_id("start").click()
    left(page).get_by_test_id("chat-menu").click()
    page.get_by_test_id("block").click()
    expect(left(page).get_by_test_id("composer")).to_be_hidden()
    left(page).get_by_test_id("unblock").click()
    expect(left(page).get_by_test_id("composer")).to_be_visible()


def test_a_small_screen_shows_one_phone_at_a_time(visit: Visit) -> None:
    page = visit(viewport={"width": 390, "height": 780})
    expect(left(page)).to_be_visible()
    expect(right(page)).to_be_hidden()
    visit.stage.call(1, "sendMessage", chat_id=GROUP, text="To all")
    expect(page.get_by_test_id("show-phone-right").get_by_test_id("unread")).to_be_visible()
    page.get_by_test_id("show-phone-right").click()
    expect(right(page)).to_be_visible()
    expect(left(page)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "narrow")


def test_large_text_still_fits(visit: Visit) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    say(left(page), "large")
    expect(message(left(page), "Got: large")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "large")


def test_the_page_comes_back_after_the_sandbox_did(visit: Visit) -> None:
    page = visit()
    say(left(page), "before")
    expect(message(left(page), "Got: before")).to_be_visible()
    left(page).get_by_test_id("composer").fill("half written")
    visit.stage.run(visit.stage.stop)
    expect(page.get_by_test_id("connection-lost")).to_be_visible()
    visit.stage.run(visit.stage.start)
    expect(page.get_by_test_id("connection-lost")).to_be_hidden()
    expect(left(page).get_by_test_id("composer")).to_have_value("half written")
    left(page).get_by_test_id("send").click()
    expect(message(left(page), "Got: half written")).to_be_visible()
    visit.complaints.clear()  # the browser reports the refused connections, rightly


def test_a_conversation_can_be_kept(visit: Visit) -> None:
    page = visit()
    left(page).get_by_test_id("start").click()
    expect(message(left(page), "Hello, you")).to_be_visible()
    left(page).get_by_test_id("chat-menu").click()
    with page.expect_download() as download:
        page.get_by_test_id("save-test").click()
    assert "Hello, you" in download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".md")
