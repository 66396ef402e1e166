"""Every page of the desk in a real browser: two languages, two themes, two widths, the keyboard, paper, and nothing from elsewhere.

What each looks like is kept in build/screenshots/desk/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SCREENSHOTS = Path(__file__).resolve().parents[1] / "build" / "screenshots" / "desk"
WIDTHS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 780}}
PAGES = {
    "list": "/desk/cases",
    "case": "/desk/cases/{number}",
    "timeline": "/desk/cases/{number}/timeline",
    "figures": "/desk/figures",
    "hospitals": "/desk/hospitals",
    "missing": "/desk/cases/CL-22222",
}
SECTIONS = ("criteria", "records", "documents", "conversation", "tasks", "submissions")  # of the page of a case
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAPER = "() => getComputedStyle(document.body).backgroundColor"
IN_ORDER = """() => {
  const seen = window.seen = window.seen || [];
  const now = document.activeElement;
  const before = seen[seen.length - 1];
  if (now === document.body || seen.includes(now)) return "";
  if (before && !(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING)) return "backwards";
  seen.push(now);
  return `${now.tagName} ${now.name || ""} ${now.value || ""} ${getComputedStyle(now).outlineStyle}`;
}"""
FOCUSABLE = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)].filter((one) => one.checkVisibility()).length"""


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    assert browser.is_connected()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    made = Served(tmp_path_factory.mktemp("looks")).start()
    yield made
    made.stop()


class Visit:
    """Ada's browser; it remembers what was asked for and what it complained about."""

    def __init__(self, browser: Browser, served: Served, **how: Any) -> None:
        self.served = served
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(locale="en-GB", reduced_motion="reduce", **how)
        self.context.set_default_timeout(15_000)
        self.context.add_cookies([served.cookie])  # type: ignore[list-item]
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def opens(self, name: str) -> Page:
        self.page.goto(self.served.url + PAGES[name].format(number=self.served.number))
        return self.page

    def ends(self) -> None:
        assert [one for one in self.complaints if "404" not in one] == []
        assert self.asked
        assert all(one.startswith(f"{self.served.url}/desk/") for one in self.asked), self.asked
        self.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_in_two_languages_themes_and_widths(
    browser: Browser, served: Served, language: str, theme: str, width: str
) -> None:
    served.speaks(language)
    visit = Visit(browser, served, color_scheme=theme, viewport=WIDTHS[width])
    for name in PAGES:
        page = visit.opens(name)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.evaluate(WIDER) <= 0, f"{name} is wider than the screen"
        paper = [int(one) for one in re.findall(r"\d+", page.evaluate(PAPER))[:3]]
        assert (sum(paper) < 200) == (theme == "dark"), (name, paper)
        page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{theme}-{width}.png", full_page=name != "case")
        for section in SECTIONS if name == "case" else ():
            shown = page.locator(f"section[aria-labelledby={section}]")
            expect(shown).to_be_visible()
            shown.screenshot(path=SCREENSHOTS / f"{section}-{language}-{theme}-{width}.png")
    visit.ends()


def test_every_control_is_reached_by_the_tab_key_in_the_order_of_the_page(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["desktop"])
    for name in ("list", "case", "timeline", "figures", "hospitals"):
        page = visit.opens(name)
        wanted = page.evaluate(FOCUSABLE)
        reached: list[str] = []
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            at = page.evaluate(IN_ORDER)
            assert at != "backwards", (name, reached)
            if at:
                reached.append(at)
        assert len(reached) >= wanted, (name, wanted, reached)
        assert all(not one.endswith("none") for one in reached), f"{name}: a control has no ring: {reached}"
    visit.ends()


def test_the_keys_of_the_list_and_of_the_case(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["desktop"])
    page = visit.opens("list")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("j7/k")
    expect(page.locator("[data-search]")).to_have_value("j7/k")
    page.locator("[data-search]").blur()
    rows = page.locator("[data-row]")
    for key, at in (("j", 0), ("j", 1), ("k", 0), ("k", 0), ("j", 1), ("j", 2), ("j", 2)):
        page.keyboard.press(key)
        expect(rows.nth(at)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[type=checkbox]").nth(2)).to_be_checked()
    for _ in range(2):
        page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("CL-")
    first = page.locator("h1").inner_text()
    page.wait_for_load_state()  # the keys are there when the page is whole
    page.keyboard.press("n")
    expect(page.locator("h1")).not_to_have_text(first)
    visit.opens("case")
    page.keyboard.press("r")
    expect(page.locator("[data-reply]")).to_be_focused()
    page.keyboard.type("Dear Maria,")
    page.locator("summary", has_text="Replies that are ready").click()
    ready = page.locator(".write .papers li").first
    ready.get_by_role("button", name="Put it into the reply").click()
    expect(page.locator("[data-reply]")).to_have_value(re.compile(r"^Dear Maria,\n\n\S"))
    assert page.locator("[data-reply]").input_value().endswith(ready.locator(".said").first.inner_text().strip())
    visit.ends()


def test_a_reply_is_kept_as_a_draft_sent_and_taken_back(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["phone"])
    page = visit.opens("case")
    page.keyboard.press("r")
    page.keyboard.type("We will write to you tomorrow.")
    page.get_by_role("link", name="Timeline").click()
    expect(page.locator("h1")).to_contain_text("Timeline")
    visit.opens("case")
    field = page.locator("[data-reply]")
    expect(field).to_have_value("We will write to you tomorrow.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_role("status")).to_contain_text("in 5 seconds")
    expect(field).to_have_value("")
    page.screenshot(path=SCREENSHOTS / "reply-sent.png")
    page.locator(".talk li", has_text="tomorrow").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    expect(page.locator(".talk li.note", has_text="tomorrow")).to_be_visible()
    served.world.later(minutes=1)
    served.run(served.world.deliver())
    assert "tomorrow" not in served.world.patient().sees
    visit.ends()


def test_words_stay_where_they_are_when_there_is_no_line(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["phone"])
    page = visit.opens("case")
    for field, words, button in (
        (".write [data-reply]", "A long reply.", "Send the reply"),
        ("[name=amount]", "0.4 10^9/L", "Keep"),
    ):
        page.locator("summary", has_text="Write down a value").click() if button == "Keep" else None
        page.locator(field).fill(words)
        visit.context.set_offline(True)
        page.get_by_role("button", name=button).first.click()
        expect(page.get_by_role("alert").filter(has_text="no connection")).to_be_in_viewport()
        page.screenshot(path=SCREENSHOTS / "no-line.png")
        expect(page.locator(field)).to_have_value(words)
        visit.context.set_offline(False)
    assert "A long reply" not in page.locator(".talk").inner_text()
    visit.opens("case")
    expect(page.locator("[data-reply]")).to_have_value("A long reply.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".talk li.out", has_text="A long reply")).to_be_visible()
    expect(page.locator("[data-reply]")).to_have_value("")
    visit.opens("case")
    expect(page.locator("[data-reply]")).to_have_value("")
    assert page.evaluate("() => sessionStorage.length") == 0
    visit.complaints = [one for one in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
    visit.ends()


def test_a_draft_is_not_taken_for_sent_and_goes_with_its_hour_or_its_writer(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["phone"])
    page = visit.opens("case")
    field = page.locator("textarea").last
    field.fill("Ask the bank")
    page.route("**/desk/cases/*", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Keep the note").click()
    page.unroute("**/desk/cases/*")
    visit.opens("case")
    expect(page.locator("textarea").last).to_have_value("Ask the bank")
    page.evaluate(
        "() => Object.keys(sessionStorage).forEach((one) => sessionStorage.setItem(one, JSON.stringify([1, null, 'old'])))"
    )
    visit.opens("case")
    expect(page.locator("textarea").last).to_have_value("")
    assert page.evaluate("() => sessionStorage.length") == 0
    page.locator("textarea").last.fill("Of Ada")
    page.goto(f"{served.url}/desk/#tgWebAppData=user%3D%257B%2522id%2522%253A7777%257D%26hash%3Dx")
    expect(page.locator("#left")).to_be_visible(timeout=30_000)
    assert page.evaluate("() => sessionStorage.length") == 0
    visit.complaints = [one for one in visit.complaints if "403" not in one and "ERR_FAILED" not in one]
    visit.ends()


def test_a_credential_is_seen_once(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["desktop"])
    page = visit.opens("hospitals")
    page.locator("select[name=centre]").select_option("example-3")
    page.get_by_role("button", name="Make a credential").click()
    expect(page.locator(".secret")).to_contain_text("clh_")
    page.screenshot(path=SCREENSHOTS / "secret.png")
    visit.opens("hospitals")
    expect(page.locator(".secret")).to_have_count(0)
    row = page.get_by_role("row", name="Example Hospital Three")
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("revoked")
    visit.ends()


def test_documents_are_looked_into_on_the_page(browser: Browser, served: Served) -> None:
    served.speaks("en")
    visit = Visit(browser, served, viewport=WIDTHS["desktop"])
    page = visit.opens("case")
    looks = page.locator("section[aria-labelledby=documents] details")
    expect(looks).to_have_count(2)  # the passport is kept apart
    for number in range(2):
        looks.nth(number).locator("summary").click()
        picture = looks.nth(number).locator("img")
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        page.wait_for_function("(one) => one.complete && one.naturalWidth > 100", arg=picture.element_handle())
    page.locator("section[aria-labelledby=documents]").screenshot(path=SCREENSHOTS / "previews.png")
    visit.ends()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_print_without_what_is_for_the_screen(browser: Browser, served: Served, language: str) -> None:
    served.speaks(language)
    visit = Visit(browser, served, color_scheme="dark", viewport=WIDTHS["desktop"])
    for name in ("list", "case", "timeline", "figures", "hospitals"):
        page = visit.opens(name)
        page.emulate_media(media="print", color_scheme="dark")
        for hidden in ("header", "nav", ".acts", ".write", ".filters", ".noprint", ".back", "button"):
            assert not [one for one in page.locator(hidden).all() if one.is_visible()], (name, hidden)
        expect(page.locator("h1")).to_be_visible()
        document = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))
        assert 1 <= len(document) <= 12
        first = document[0].render(scale=1.2).to_pil()
        assert first.getpixel((5, 5)) == (255, 255, 255), "paper is white, whatever the screen"
        first.save(SCREENSHOTS / f"print-{name}-{language}.png")
        assert served.number in page.locator("main").inner_text() or name in {"figures", "hospitals"}
        page.emulate_media(media="screen")
    visit.ends()
