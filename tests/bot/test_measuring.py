"""Values that a coordinator reads in a report: kept beside the family's answer, graded by who read them, taken back, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casework.on_page import Asked
from bot.wording import measured as wording
from flows.grounds.measuring import Stated, Unclear, read
from storage import audit, responses
from storage.keeping import erasure
from storage.records import read_values
from tests.bot.desk_world import CATALOGUES, DEFINITION, Person, World
from tests.bot.suited import told_everything
from tests.bot.web_desk import Desk, token_of

NAMES = wording.names(CATALOGUES["en"])
TODAY = date(2026, 11, 15)


@pytest.fixture
def begins() -> datetime:
    return datetime(2026, 11, 15, 10, tzinfo=UTC)


@pytest.fixture
async def topic(world: World) -> Person:
    """Carla in the topic of a family whose answers meet every criterion, with one report."""
    carla = await world.coordinator("Carla", 7101)
    await told_everything(world)
    await world.patient().sends(kind="photo")
    return await carla.at()


def report(world: World) -> int:
    return next(one for one in world.messages if one.method == "sendPhoto").id


async def card(topic: Person) -> str:
    before = len(topic.sees)
    await topic.says("/case")
    return topic.sees[before:]


async def test_today_is_the_day_where_the_coordinator_works(world: World, topic: Person) -> None:
    world.later(hours=8)  # 18:00 in UTC is the next morning in Shanghai, where the desk is
    await topic.says("/lab anc 0.4 10^9/L today")
    assert "16 November 2026" in await card(topic)
    await topic.says("/shift Mon-Sun 00:00-23:59 America/New_York")
    await topic.says("/lab platelets 90 10^9/L today")
    assert "Platelets is 90 ×10⁹/L, 15 November 2026" in topic.sees


async def test_what_a_coordinator_read_counts_and_the_family_s_answer_stays(world: World, topic: Person) -> None:
    await topic.says("/lab anc 0.4 10^9/L 2026-11-10")
    assert "Carla: Neutrophils is 0.4 ×10⁹/L, 10 November 2026, checked by a coordinator." in topic.sees
    shown = await card(topic)
    assert "Organ function and blood counts: ✘ not met" in shown
    assert "0.4 ×10⁹/L, 10 November 2026, checked by a coordinator; the family said: 1.8" in shown
    case = await world.case()
    stored = await world.database.read(lambda tx: responses.current(tx, case.chat_id))
    assert '"1.8"' in stored.body
    assert '"0.4"' not in stored.body
    lines = await world.database.read(audit.lines)
    assert [line.detail for line in lines if line.action == "value.read"] == ["neutrophils checked document=-"]
    assert "0.4" not in world.patient().sees
    await topic.presses("Take this value back")
    assert "Organ function and blood counts: ✔ met" in await card(topic)
    assert "Carla took a value back: Neutrophils" in topic.sees


async def test_a_reply_to_a_report_says_where_it_stands_and_who_looks_decides_the_grade(world: World, topic: Person) -> None:
    await topic.presses("It is…")
    await topic.presses("Recent blood tests")
    await topic.presses("Claim")
    mei = await (await world.coordinator("Mei", 7102)).at()
    await mei.says("/lab plt 64000 /uL 10 November 2026")
    assert "Somebody else holds this case" in mei.sees
    await mei.says("/lab plt 64000 /uL 10 November 2026", reply_to=report(world))
    assert "Mei: Platelets is 64000 /µL (= 64 ×10⁹/L), 10 November 2026, a document came, in “Recent blood tests" in mei.sees
    assert "held by" not in await mei.presses("Take this value back")  # by who read it
    await topic.says("/dated 2026-11-09", reply_to=report(world))
    await topic.says("/lab plt 64 10^9/L", reply_to=report(world))
    assert "Carla: Platelets is 64 ×10⁹/L, 9 November 2026, checked by a coordinator" in topic.sees


async def test_the_later_day_counts_and_each_value_grows_old_by_itself(world: World, topic: Person) -> None:
    await topic.says("/lab hb 90 g/L 2026-09-01")
    shown = await card(topic)
    assert "needs update: Haemoglobin" in shown
    assert "from 1 September 2026, good for 30 days" in shown
    await topic.says("/lab hb 9.4 g/dL 2026-11-14")
    shown = await card(topic)
    assert "needs update: Haemoglobin" not in shown
    assert "Carla: Haemoglobin is 9.4 g/dL (= 94 g/L), 14 November 2026" in topic.sees


async def test_the_evidence_is_as_good_as_its_weakest_measurement(world: World, topic: Person) -> None:
    values = ("cr 70 umol/L", "weight 60 kg", "alt 30 U/L", "ast 28 U/L", "bili 12 umol/L", "anc 1.8 10^9/L", "plt 120 10^9/L",
              "hb 101 g/L", "lvef 60 %")  # fmt: skip
    for said in values:
        await topic.says(f"/lab {said} 2026-11-10")
    assert "Organ function and blood counts: ✔ met (told" in await card(topic)
    await topic.says("/lab spo2 97 % 2026-11-10")
    assert "Organ function and blood counts: ✔ met (checked by a coordinator" in await card(topic)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", "Write the test, the number with its unit"),
        ("zinc 4 2026-11-10", "Write the test, the number with its unit"),
        ("anc 2026-11-10", "I see a number there"),
        ("anc 0.4 2026-11-10", "I do not know the unit. It can be: ×10⁹/L"),
        ("anc 0.4 mmol/L 2026-11-10", "I do not know the unit. It can be: ×10⁹/L"),
        ("hb 9.4 g/L 2026-11-10", "That number would be unusual in this unit. Could it be in g/dL?"),
        ("anc 0.4 10^9/L", "From which day is it?"),
        ("anc 0.4 10^9/L 03/04/2026", "I can read that in more than one way"),
        ("anc 0.4 10^9/L 2026-12-01", "That day is still to come"),
    ],
)
async def test_what_is_unclear_is_answered_kindly_and_not_kept(world: World, topic: Person, said: str, told: str) -> None:
    await topic.says(f"/lab {said}")
    assert told in topic.sees
    case = await world.case()
    assert not await world.database.read(lambda tx: read_values.for_chat(tx, case.chat_id))


async def test_the_page_keeps_a_value_of_this_family_s_documents_only(world: World, topic: Person) -> None:
    case = await world.case()

    async def page(verb: str, once: int, **fields: str) -> str:
        asked = Asked(coordinator=7101, number=case.number, verb=verb, said=fields.get("said", ""), once=once, fields=fields)
        return " ".join(await world.casework.on_page(asked))

    anc = {"test": "neutrophils", "amount": "0.4 10^9/L", "day": "2026-11-10"}
    assert "not a document of this family" in await page("lab", 1, **anc, document="11111111-1111-4111-8111-111111111111")
    assert "It can be" in await page("lab", 2, **{**anc, "amount": "0.4"})
    assert not await page("lab", 3, **anc)
    (kept,) = await world.database.read(lambda tx: read_values.for_chat(tx, case.chat_id))
    assert (kept.link_id, kept.day, kept.grade) == ("neutrophils", date(2026, 11, 10), "checked")
    assert not await page("lab-back", 4, said=str(kept.id))
    assert "taken back before" in await page("lab-back", 5, said=str(kept.id))
    assert not await page("lab", 6, **anc)
    await world.database.transact(lambda tx: erasure.erase(tx, case.chat_id))
    assert not await world.database.read(lambda tx: read_values.for_chat(tx, case.chat_id))


async def test_the_form_on_the_page_of_the_case(world: World, topic: Person) -> None:
    desk = Desk(world)
    await desk.enters()
    address = f"/desk/cases/{(await world.case()).number}"
    page = await desk.sees(address)
    assert '<option value="neutrophils">Neutrophils</option>' in page
    (document,) = re.findall(r'<option value="([0-9a-f-]{36})">not named yet', page)
    sent = {"verb": "lab", "test": "neutrophils", "amount": "400 /uL", "day": "2026-11-10", "document": document}
    answer = await desk.http.post(address, data={**sent, "token": token_of(page)})
    assert answer.status_code == 303
    page = re.sub("[\u2068\u2069]", "", await desk.sees(address))
    assert "400 /µL (= 0.4 ×10⁹/L), 10 November 2026, checked by a coordinator, in “Other document”" in page
    await world.deliver()
    assert "Neutrophils is 400 /µL" in topic.sees
    await desk.http.aclose()


@pytest.mark.parametrize(
    ("said", "language", "amount", "unit", "day"),
    [
        ("нейтрофилы 0,4 10^9/л 20.10.2026", "ru", "0.4", "10*9/L", date(2026, 10, 20)),
        ("гемоглобин 9,4 г/дл 10 ноября 2026", "ru", "9.4", "g/dL", date(2026, 11, 10)),
        ("الهيموغلوبين ٩٫٤ g/dL ٢٠٢٦-١١-١٠", "ar", "9.4", "g/dL", date(2026, 11, 10)),
        ("Heart pumping value (LVEF) 58 % yesterday", "en", "58", "%", date(2026, 11, 14)),
        ("total bilirubin 1.2 mg/dl 10 Nov 2026", "en", "1.2", "mg/dL", date(2026, 11, 10)),
    ],
)
def test_it_is_read_in_the_desk_s_language(said: str, language: str, amount: str, unit: str, day: date) -> None:
    made = read(said, DEFINITION, wording.names(CATALOGUES[language]), language=language, today=TODAY)
    assert isinstance(made, Stated), made
    assert (made.amount.value, made.amount.code, made.day) == (Decimal(amount), unit, day)


@given(st.text(max_size=80) | st.builds("anc {} {}".format, st.text(max_size=20), st.text(max_size=20)))
def test_whatever_is_written_is_a_value_or_a_reason(said: str) -> None:
    made = read(said, DEFINITION, NAMES, language="en", today=TODAY)
    assert isinstance(made, Stated | Unclear)
    assert not isinstance(made, Stated) or made.day <= TODAY
    if isinstance(made, Unclear):
        assert wording.unclear(CATALOGUES["en"], DEFINITION, made).text
