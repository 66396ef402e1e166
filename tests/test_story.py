"""The whole story on the page of `python -m bot sandbox`, as its two people live it: once in English, once in Arabic.

Every text that is awaited comes from the catalogues and the definition, so a better translation breaks nothing here.
What each stage looked like is kept in build/screenshots/<language>/.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from bot.catalogues import Catalogue
from bot.wording import values
from flows.inputs import Attachment
from tests import made_files
from tests.hands import DEFINITION, PATIENCE, Film, Hand, PatientHand
from tests.loaded import CATALOGUES
from tests.sandbox.browsing import png
from tests.stages import HttpStage

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).resolve().parents[1] / "build" / "screenshots"
DESK = CATALOGUES["en"]
NUMBER = re.compile(r"CL-[0-9A-Z]+")
NOON = 11  # o'clock UTC: by day in every time zone of the story, so that no reminder waits for the morning
SAID = {
    "en": {
        "name": "Maria",
        "city": "Lond",
        "age": "about 45",
        "tested": "two months ago",
        "lines": "three",
        "creatinine": "0,9",
        "haemoglobin": "82 g/L",
        "else": "My mother gets tired quickly. Can I travel with her?",
        "younger": "44",
        "thanks": "Thank you. What do you need from us first?",
        "needed": "The scan report first, please. A photo of it is fine.",
    },
    "ar": {
        "name": "مريم",
        "city": "القاهرة",
        "age": "٤٥",
        "tested": "قبل شهرين",
        "lines": "٣",
        "creatinine": "٠٫٩",
        "haemoglobin": "٨٢ g/L",
        "else": "أمي تتعب بسرعة. هل أستطيع أن أسافر معها؟",
        "younger": "٤٤",
        "thanks": "شكرًا لكم. ماذا تحتاجون منا أولًا؟",
        "needed": "تقرير الأشعة (PET-CT) أولًا من فضلكم، وتكفي صورة منه.",
    },
}


@pytest.fixture
def stage(browser: Browser, tmp_path: Path) -> Iterator[HttpStage]:
    """A program of its own for each language, its clock at noon."""
    assert browser.is_connected()
    made = HttpStage(folder=tmp_path).start()
    made.world.later(hours=(NOON - datetime.now(UTC).hour) % 24)
    yield made
    made.stop()


# ---- the patient's side


def greeted(left: PatientHand) -> None:
    left.phone.get_by_test_id("start").click()
    left.sees(left.words.gettext("In which language shall we go on?"))
    left.film.keep("greeting")
    left.button(left.words.own_name).click()
    for card in ("card-what", "card-source", "card-limits"):
        left.asked(card)
        left.film.keep(card)
        left.taps("I have read this")


def permits(left: PatientHand) -> None:
    left.answers("keep", "Why do we ask?")
    left.sees(left.words.gettext("Why we ask"))
    left.film.keep("why-we-ask")
    for consent in ("keep", "share", "reminders"):
        left.answers(consent, "Yes")


def introduces(left: PatientHand, said: dict[str, str]) -> None:
    left.chooses("writer", "A family member")
    left.answers("patient-knows", "Yes")
    left.asked("call-you")
    left.film.keep("name")
    left.says(said["name"])
    left.asked("city")
    left.film.keep("city")
    left.says(said["city"])
    left.answers("age", "Back")
    left.asked("city")
    left.film.keep("back")
    left.taps("Keep this answer")
    left.writes("age", said["age"])
    left.chooses("sex", "Female")
    left.marks("urgent-signs", "Hard to breathe", "None of these")
    left.film.keep("none-of-these")
    left.taps("Done")


def tells_of_the_cancer(left: PatientHand, said: dict[str, str], photo: Path) -> None:
    left.chooses("diagnosis", "B-cell acute leukaemia (B-ALL)")
    left.answers("biopsy", "Yes")
    left.marks("markers-b-cell", "CD19", "CD22")
    left.film.keep("several-options")
    left.taps("Done")
    left.chooses("marker-test", "Flow cytometry")
    left.asked("marker-date")
    left.film.keep("date")
    left.says(said["tested"])
    left.asked("marker-report")
    left.sends(photo, kind="photo")
    left.sees(left.words.ngettext("{n} file saved so far.", "{n} files saved so far.", 1).format(n=1))
    left.film.keep("photo-saved")
    left.answers("marker-report", "Done")
    left.chooses("cancer-now", "It went away and came back")
    left.writes("lines", said["lines"])
    left.chooses("therapy-how", "Send a hospital letter later")
    left.skips("own-cart", to="results")


def types_numbers(left: PatientHand, said: dict[str, str]) -> None:
    left.chooses("results", "Yes, I can type the numbers")
    left.asked("creatinine")
    left.film.keep("number")
    left.says(said["creatinine"])
    left.button("mg/dL").click()
    left.sees("0.9 mg/dL")
    left.skips("clearance", to="haemoglobin")
    left.writes("haemoglobin", said["haemoglobin"])
    left.asked("lvef")
    left.reads_left_to_right(left.sees("82 g/L"), "82 g/L")
    left.film.keep("number-with-unit")
    left.skips("lvef", to="blood-date")
    left.answers("blood-date", "Yesterday")


def tells_of_the_day(left: PatientHand, said: dict[str, str]) -> None:
    left.film.keep("strength")
    left.chooses("ecog", "Can walk and do light work, but not hard work")
    left.sees(left.words.gettext("Is that right?"))
    left.film.keep("strength-shown-back")
    left.taps("Yes")
    left.skips("cns", to="hiv")
    left.answers("hiv", "I prefer not to say")
    left.asked("risk-gvhd")
    left.film.keep("risk")
    left.skips("risk-gvhd", to="anything-else")
    left.writes("anything-else", said["else"])


def reviews(left: PatientHand, said: dict[str, str]) -> None:
    left.sees(left.words.gettext("Please check your answers"))
    left.film.keep("review")
    order = left.phone.get_by_test_id("message").last.inner_text()
    number = re.search(rf"(\d+)\. {re.escape(left.text('age'))}", order)
    assert number, "the age is not in the review"
    left.button(number[1]).click()
    left.asked("age")
    left.film.keep("one-answer-changed")
    left.says(said["younger"])
    left.sees_last(left.words.gettext("Please check your answers"))
    left.sees_last("44")
    left.taps("Everything is right")


def sends_records(left: PatientHand, folder: Path) -> str:
    """Returns the case number."""
    names = [one.text.worded(left.words.worded) for one in DEFINITION.records if one.required]  # others are not asked for
    left.sees_last(names[0])
    left.film.keep("first-record")
    left.sends(made_files.make(folder, "letter.pdf"), kind="document")
    left.sees_last(names[1])
    left.sends(png(folder / "one.png", (200, 220, 240)), png(folder / "two.png", (240, 220, 200)), kind="photo")
    left.sees(values.pages(left.words, Attachment(document_id="", content_type="", pages=2)))
    left.film.keep("album-saved")
    left.sees_last(names[3])  # the marker report came during the questions
    left.taps("I don't have it")
    left.sees_last(names[4])
    left.taps("I will send everything later")
    done = left.sees(left.words.gettext("Write here whenever something changes or you have a question."))
    number = NUMBER.search(done.inner_text())
    assert number, "no case number"
    left.reads_left_to_right(done, number[0])
    left.scrolls_to(done)
    left.film.keep("case-number")
    return number[0]


# ---- the coordinator's side


def finds_the_case(right: Hand, number: str) -> None:
    right.phone.locator('[data-testid="chat-item"][data-chat^="-"]').click()
    right.phone.get_by_test_id("topic-item").first.click()
    right.sees(number)
    right.film.keep("alert")
    right.phone.get_by_test_id("back").click()
    topic = right.phone.locator(".item-title").filter(has_text=number)
    topic.wait_for()
    right.film.keep("topics")
    topic.click()
    card = pinned(right)
    for part in ("Urgency: ", "Criteria and how well each is shown", "CD19, CD22", "82 g/L", "Records"):
        expect(card).to_contain_text(part)
    right.scrolls_to(card)
    right.film.keep("card")


def pinned(right: Hand) -> Locator:
    """The case's card, brought into view."""
    right.phone.get_by_test_id("pinned").click()
    card = right.message("Criteria and how well each is shown")
    expect(card).to_be_in_viewport()
    return card


def chooses_from(right: Hand, button: str, name: str) -> Locator:
    """Opens a choice in the place of the card's buttons; returns the card."""
    card = pinned(right)
    right.taps(button, card)
    right.button("Back", card).scroll_into_view_if_needed()
    right.film.keep(name)
    return card


def talk(left: PatientHand, right: Hand, said: dict[str, str], number: str) -> None:
    right.taps("Claim", pinned(right))
    taken = left.words.gettext("{name} from the team has taken your case {number} and reads what you sent.")
    isolate = left.words.isolate
    left.reads_left_to_right(left.sees(taken.format(name=isolate("Carla"), number=isolate(number))), number)
    right.button("Release", right.phone).wait_for()
    right.film.keep("claimed")
    left.says(said["thanks"])
    right.sees(said["thanks"]).click(button="right")
    right.film.page.get_by_test_id("reply").click()
    right.says(said["needed"])
    left.sees(said["needed"])
    expect(left.newest.locator(".text")).to_have_css("direction", direction(left.words))
    expect(right.message(said["needed"]).get_by_test_id("reaction")).to_contain_text("👌", timeout=PATIENCE)
    right.says("The daughter sounds worried. Call her on Tuesday?")
    expect(right.message("Call her on Tuesday").get_by_test_id("reaction")).to_contain_text("✍", timeout=PATIENCE)
    expect(left.phone.get_by_text("Call her on Tuesday")).to_have_count(0)
    right.film.keep("reply-and-note")


def waits(left: PatientHand, right: Hand) -> None:
    """A follow-up comes on the next day, a reminder of a missing record within the week."""
    right.button("In 1 day, 10:00", chooses_from(right, "Follow-up…", "follow-up-chosen")).click()
    right.scrolls_to(right.sees("planned a message to the patient."))
    right.film.keep("follow-up-planned")
    page = right.film.page
    page.get_by_test_id("clock-plus-day").click()
    usual = "How are things going? If something has changed or you have a question, you can write here."
    left.sees(left.words.gettext(usual))
    right.scrolls_to(right.sees("Carla to the patient:"))
    right.film.keep("next-day")
    page.get_by_test_id("clock-plus-week").click()
    rule = next(one for one in DEFINITION.reminders.rules if one.kind == "missing-record")
    missing = next(one for one in DEFINITION.records if one.id == "imaging")
    left.sees(rule.title.worded(left.words.worded).format(record=missing.text.worded(left.words.worded)))
    left.film.keep("next-week")


def ends(left: PatientHand, right: Hand, number: str) -> None:
    stage = DEFINITION.stage("records")
    right.button(stage.label.worded(DESK.worded), chooses_from(right, "Stage…", "stages")).click()
    right.scrolls_to(right.sees("moved this case"))
    left.says("/status")
    left.sees(stage.patient.worded(left.words.worded))
    right.film.keep("stage-moved")
    reason = next(one for one in DEFINITION.close_reasons if one.id == "other-care").label.worded(DESK.worded)
    right.button(reason, chooses_from(right, "Close…", "reasons")).click()
    right.scrolls_to(right.sees(f"closed this case: {reason}"))
    closed = left.words.gettext("Your case {number} is closed at our desk now.")
    left.scrolls_to(left.sees(closed.format(number=left.words.isolate(number))))
    right.film.keep("closed")


# ---- the story


def opened(browser: Browser, url: str, language: str) -> Film:
    folder = SCREENSHOTS / language
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    locale = {"en": "en-GB", "ar": "ar-EG"}[language]
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale=locale, reduced_motion="reduce").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    expect(page.locator("#app")).not_to_have_attribute("aria-busy", "true", timeout=PATIENCE)
    return Film(page=page, folder=folder)


def joins(left: PatientHand, name: str) -> None:
    """A patient of this language is added and holds the left phone."""
    page = left.film.page
    left.phone.get_by_test_id("add-person").click()
    page.get_by_test_id("new-name").fill(name)
    page.get_by_test_id("new-language").select_option(left.words.language)
    page.get_by_test_id("confirm").click()
    expect(left.phone.get_by_test_id("person-select").locator("option:checked")).to_have_text(name, timeout=PATIENCE)


def direction(words: Catalogue) -> str:
    return "rtl" if words.right_to_left else "ltr"


def stands_right(left: PatientHand) -> None:
    left.asked("keep")
    wanted = direction(left.words)
    expect(left.film.page.locator("html")).to_have_attribute("dir", wanted)
    expect(left.phone.locator(".device")).to_have_attribute("dir", wanted)
    expect(left.newest.locator(".text")).to_have_css("direction", wanted)
    own, theirs = left.phone.locator(".own .bubble").last.bounding_box(), left.newest.locator(".bubble").bounding_box()
    assert own
    assert theirs
    assert (own["x"] > theirs["x"]) == (wanted == "ltr")  # one's own words stand at the end of the line


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_whole_story(browser: Browser, stage: HttpStage, language: str, tmp_path: Path) -> None:
    film, said, words = opened(browser, stage.world.url, language), SAID[language], CATALOGUES[language]
    complaints: list[str] = []
    film.page.on("pageerror", lambda error: complaints.append(str(error)))
    left = PatientHand(phone=film.page.get_by_test_id("phone-left"), words=words, film=film)
    right = Hand(phone=film.page.get_by_test_id("phone-right"), words=DESK, film=film)
    joins(left, said["name"])
    greeted(left)
    stands_right(left)
    permits(left)
    introduces(left, said)
    tells_of_the_cancer(left, said, png(tmp_path / "report.png", (214, 224, 236), 480, 640))
    types_numbers(left, said)
    tells_of_the_day(left, said)
    reviews(left, said)
    number = sends_records(left, tmp_path)
    finds_the_case(right, number)
    talk(left, right, said, number)
    waits(left, right)
    ends(left, right, number)
    assert complaints == []
    film.page.context.close()
