"""The dossier in every language, and the packet: what is in them, who may have them, and that nothing in them can act."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossier import fonts, labs, printing, timeline
from bot.dossier.making import Making, Order, TooLarge
from bot.dossier.material import NotShared, gather
from bot.dossier.printing import NotPrinted
from bot.dossier.sending import Sending
from bot.dossier.sheet import sheet
from bot.dossier.sides import Sides, right_to_left
from bot.dossier.together import JOINER, NO_BREAK, together
from bot.wording.handing import font_problem
from flows.response import PartialDate
from storage import audit, outbox
from storage.keeping import erasure
from tests.bot.desk_world import CATALOGUES, GROUP, Person, World
from tests.bot.dossier_case import HOSTILE, LANGUAGES, PLEA, case_of, everything, keep, needs_fonts
from tests.bot.dossier_case import making as making_of
from tests.examples import one_or_all

CARLA = 7101
REPORT, SCAN, PASSPORT = b"%PDF-1.4 a report", bytes(range(256)) * 900, b"\xff\xd8\xff passport"


@pytest.fixture
async def carla(world: World) -> Person:
    return await world.coordinator("Carla", CARLA)


@pytest.fixture
async def case(world: World, carla: Person) -> Any:
    made = await case_of(world, world.patient(language="ar"))
    await keep(world, made, "pathology", "application/pdf", REPORT)
    await keep(world, made, "imaging", "image/jpeg", SCAN, SCAN + b"2")
    await keep(world, made, "passport", "image/jpeg", PASSPORT)
    return made


def order(case: Any, language: str = "en", **more: Any) -> Order:
    return Order(case_id=case.id, language=language, by=CARLA, **more)


def loose(text: str) -> str:
    """Without the signs that keep a line from breaking."""
    return text.replace(NO_BREAK, " ").replace(JOINER, "")


def words_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))


async def written_down(world: World) -> list[Any]:
    return [line for line in await world.database.read(audit.lines) if line.action.endswith(".made")]


@needs_fonts
@pytest.mark.parametrize("language", one_or_all(LANGUAGES, "ar"))
async def test_a_dossier_in_each_language(world: World, case: Any, language: str) -> None:
    """Everything is printed but the one sign that no text font has; PDF/A refuses a file with a glyph that is missing.

    Right-to-left text comes out of any PDF in an order of its own, so only Latin and Cyrillic words are looked for.
    """
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    made = sheet(CATALOGUES.for_dossiers, material, language)
    printed = printing.compiled(made, None, 0)
    assert printed.unprintable == ("🙏",)
    assert b"pdfaid:part" in printed.pdf
    said = words_of(printed.pdf)
    assert "[U+1F64F]" in said or right_to_left(said)
    assert "сестра" in said
    assert "\ufffd" not in said
    assert printing.compiled(made, None, 0).pdf == printed.pdf


@needs_fonts
async def test_a_dossier_is_made_apart_and_written_down(world: World, case: Any) -> None:
    made = await making_of(world).dossier(order(case))
    said = words_of(made.printed.pdf)
    assert case.number in said
    assert '#read("/etc/passwd") *x* $y$ @z <b>b</b>' in said
    assert "root:" not in said
    assert hashlib.sha256(REPORT).hexdigest() in re.sub(r"\s", "", said)
    [line] = await written_down(world)
    assert (line.actor, line.action, line.object) == (str(CARLA), "dossier.made", f"case:{case.id}")
    assert made.digest in line.detail


async def test_the_sheet_says_everything_in_both_languages_and_free_words_as_they_are(world: World, case: Any) -> None:
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    made = sheet(CATALOGUES.for_dossiers, material, "ru")
    text = loose(json.dumps(made, ensure_ascii=False))
    assert "В-клеточная лимфома" in text
    assert "سرطان الغدد الليمفاوية" in text
    assert "“\u2068R-CHOP ×6\u2069”" in text
    assert PLEA.strip() in text
    assert "\u202e" not in text
    assert "\u20689.1 g/dL\u2069" in text
    assert not [word for word in ("eligible", "подходит", "مؤهل") if word in text]
    assert [block["kind"] for block in made["blocks"][:6]] == ["rows", "notes", "rows", "timeline", "labs", "records"]


def test_what_has_no_translation_is_shown_in_english_and_marked() -> None:
    sides = Sides(languages=(CATALOGUES.for_dossiers["hi"], CATALOGUES["ru"]))
    hindi, russian = sides.pair(lambda words: words.worded("somewhere", "Words of another form"))
    assert (hindi["t"], hindi["english"], russian["english"], sides.english) == ("Words of another form", True, False, True)


@pytest.mark.parametrize("language", one_or_all(LANGUAGES, "ar"))
async def test_no_word_of_ours_is_left_in_english(world: World, case: Any, language: str) -> None:
    """Of a case in which every question has an answer, each option in turn."""
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    for turn in range(12):
        card = replace(material.card, response=replace(material.card.response, answers=everything(turn)))
        texts = _texts(sheet(CATALOGUES.for_dossiers, replace(material, card=card), language))
        assert not [one["t"] for one in texts if one["english"]]


async def test_one_column_when_both_read_the_same_language(world: World, case: Any) -> None:
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    assert len(sheet(CATALOGUES.for_dossiers, material, "ar")["title"]) == 1


async def test_the_name_is_there_only_after_the_yes(world: World, case: Any) -> None:
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    unshared = replace(material, card=replace(material.card, consents={"share": False}))
    facts = sheet(CATALOGUES.for_dossiers, unshared, "en")["blocks"][0]
    assert HOSTILE[:20] not in json.dumps(facts)
    assert "read(" in json.dumps(sheet(CATALOGUES.for_dossiers, material, "en")["blocks"][0])


async def test_a_value_that_was_newer_stands_beside_the_one_before(world: World, case: Any) -> None:
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    points = labs.series(material, material.card.definition.criteria.variables["haemoglobin"])
    assert [(str(point.number), point.when.text if point.when else "") for point in points] == [
        ("104", "2026-08-02"),
        ("91.0", "2026-11-10"),
    ]
    assert [point.amount.unit for point in points] == ["g/L", "g/dL"]
    platelets = labs.series(material, material.card.definition.criteria.variables["platelets"])
    assert len(platelets) == 1


@needs_fonts
@pytest.mark.slow
async def test_the_packet_holds_the_originals_byte_by_byte_and_an_index_of_them(world: World, case: Any) -> None:
    made, pieces = await making_of(world).packet(order(case, "ru"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    files = {name.removeprefix(f"{case.number}/"): archive.read(name) for name in archive.namelist()}
    assert set(files) == {
        "dossier.pdf", "index.csv", "index.txt", "fhir/bundle.json",
        "records/01-pathology.pdf", "records/02-imaging-1.jpg", "records/02-imaging-2.jpg",
    }  # fmt: skip
    assert files["dossier.pdf"] == made.printed.pdf
    assert files["records/01-pathology.pdf"] == REPORT
    assert files["records/02-imaging-2.jpg"] == SCAN + b"2"
    rows = list(csv.DictReader(io.StringIO(files["index.csv"].decode("utf-8-sig"))))
    assert {row["file"]: row["sha256"] for row in rows} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name.startswith("records/")
    }
    assert "Гистологическое заключение" in files["index.txt"].decode()
    assert json.loads(files["fhir/bundle.json"])["resourceType"] == "Bundle"
    assert "Мария" not in "".join(files)
    assert [line.action for line in await written_down(world)] == ["packet.made"]


@needs_fonts
@pytest.mark.slow
async def test_the_passport_goes_along_only_when_asked_for(world: World, case: Any) -> None:
    _, pieces = await making_of(world).packet(order(case, guarded=True))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.read(f"{case.number}/records/03-passport.jpg") == PASSPORT
    assert "guarded=True" in (await written_down(world))[0].detail


async def test_without_the_yes_nothing_is_made(world: World, carla: Person) -> None:
    case = await case_of(world, world.patient(), share=False)
    for make in (making_of(world).dossier, making_of(world).packet):
        with pytest.raises(NotShared):
            await make(order(case))
    topic = await carla.at()
    for command in ("/dossier en", "/packet ru passport"):
        await topic.says(command)
        assert "has not said yes to showing this case to hospitals" in topic.sees
    assert not [one for one in world.calls if one[0] == "sendDocument"]
    assert not await written_down(world)


async def test_a_yes_that_was_taken_back_meanwhile_counts(world: World, case: Any, carla: Person) -> None:
    """Ordered with the yes, sent without it: words instead of a file. The same for a case that was erased."""
    await world.database.transact(lambda tx: erasure.erase(tx, case.chat_id))
    row, files = await sent(world, {"dossier": {"case_id": case.id, "language": "en", "by": CARLA}})
    assert not files
    assert row.method == "sendMessage"
    assert "has not said yes" in row.payload["text"]


async def test_a_folder_without_fonts_is_told_in_words(world: World, case: Any, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    bare = replace(making_of(world), fonts=tmp_path / "none")
    with pytest.raises(NotPrinted) as raised:
        await bare.dossier(order(case, "hi"))
    assert set(raised.value.scripts) == {"Latin and Cyrillic", "Arabic", "Devanagari"}
    row, _ = await sent(world, {"dossier": {"case_id": case.id, "language": "hi", "by": CARLA}}, bare)
    assert "Devanagari" in row.payload["text"]
    assert "fonts-noto-core" in row.payload["text"]
    assert "CARELINE_FONTS" in font_problem(CATALOGUES["ru"], ("Chinese",))


async def test_setting_that_takes_too_long_is_ended(world: World, case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "SECONDS", 0.0)
    with pytest.raises(NotPrinted):
        await making_of(world).dossier(order(case))


async def test_a_packet_that_telegram_would_not_take(world: World, case: Any) -> None:
    with pytest.raises(TooLarge):
        await making_of(world).packet(order(case), largest=1000)
    row, files = await sent(world, {"packet": {"case_id": case.id, "language": "en", "by": CARLA}}, largest=1000)
    assert not files
    assert "at most 50 MB" in row.payload["text"]


async def test_the_order_waits_in_the_outbox_without_a_word_of_the_case(world: World, case: Any, carla: Person) -> None:
    topic = await carla.at()
    await topic.says("/packet zh passport")
    _, chat, params = next(one for one in world.calls if one[0] == "sendDocument")
    assert chat == GROUP
    wanted = {"case_id": case.id, "language": "zh_Hans", "by": CARLA, "guarded": True}
    assert params["packet"] == wanted
    assert set(params) == {"packet", "message_thread_id"}
    actions = [line.action for line in await world.database.read(audit.lines)]
    assert "case.packet" in actions


async def test_a_language_is_chosen_by_a_button(world: World, case: Any, carla: Person) -> None:
    topic = await carla.at()
    await topic.says("/dossier")
    await topic.presses("Persian")
    _, _, params = next(one for one in world.calls if one[0] == "sendDocument")
    assert params["dossier"]["language"] == "fa"
    await topic.says("/dossier")
    assert not [one for one in world.calls if one[0] == "sendMessage" and "root" in str(one)]


async def test_somebody_from_outside_gets_nothing(world: World, case: Any) -> None:
    topic = await Person(world, 999, "Eve").at()
    await topic.says("/dossier en")
    assert "Only coordinators on the roster" in topic.sees
    assert not [one for one in world.calls if one[0] == "sendDocument"]


@given(st.integers(1900, 2100), st.none() | st.integers(1, 12))
def test_a_date_lasts_as_long_as_it_was_said(year: int, month: int | None) -> None:
    first, last = timeline.span(PartialDate(text=f"{year}" if month is None else f"{year}-{month:02}"))
    assert first.day == 1
    assert (last - first).days in ({364, 365} if month is None else {27, 28, 29, 30})
    assert date(first.year, first.month, 1) == first


@given(st.text())
def test_any_text_has_a_direction_and_can_be_coded(text: str) -> None:
    assert right_to_left(text) in {True, False}
    assert right_to_left("123 (" + "شكرا" + text)
    assert printing.code(text, set(text)) == "".join(f"[U+{ord(sign):04X}]" for sign in text)
    assert printing.code(text, set()) == text
    assert all(fonts.script_of(sign) for sign in text)


async def sent(world: World, payload: dict[str, Any], with_: Making | None = None, **more: Any) -> tuple[Any, dict[str, Any]]:
    """What delivery would send for such a row."""
    makers = Sending(making=with_ or making_of(world), **more).makers
    put = {"bot": "desk", "chat_id": GROUP, "method": "sendDocument", "payload": payload, "kind": "dossier_sent", "lane": 1}
    await world.deliver()
    await world.database.transact(lambda tx: outbox.put(tx, **put))
    [row] = await world.database.transact(lambda tx: outbox.claim(tx, "desk", limit=5, lease=60))
    [(what, wanted)] = payload.items()
    return await makers[what](replace(row, payload={}), wanted)


def _texts(data: Any) -> list[Any]:
    if isinstance(data, dict):
        return [data] if "english" in data else [one for value in data.values() for one in _texts(value)]
    return [one for value in data for one in _texts(value)] if isinstance(data, list) else []


async def test_what_was_read_in_a_report_is_drawn_and_stands_beside_the_answer(world: World, case: Any, carla: Person) -> None:
    topic = await carla.at()
    await topic.says("/lab hb 88 g/L 2026-11-12")
    await topic.says("/lab hb 91 g/L 2026-11-01")
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    haemoglobin = material.card.definition.criteria.variables["haemoglobin"]
    drawn = [(point.when.text, point.number) for point in labs.series(material, haemoglobin)]
    assert drawn == [("2026-08-02", 104), ("2026-11-01", 91), ("2026-11-10", 91), ("2026-11-12", 88)]
    text = loose(json.dumps(sheet(CATALOGUES.for_dossiers, material, "ru"), ensure_ascii=False))
    assert "88 g/L, 12 ноября 2026" in re.sub("[\u2068\u2069]", "", text).replace("\u202f", " ")
    assert "проверено координатором; семья сообщила: " in re.sub("[\u2068\u2069]", "", text)
    bundle = json.loads((await making_of(world)._bundle(order(case))).decode())
    found = [one["resource"] for one in bundle["entry"] if one["resource"].get("effectiveDateTime") == "2026-11-12"]
    assert [(one["status"], one["valueQuantity"]["value"], one["valueQuantity"]["code"]) for one in found] == [
        ("final", 88, "g/L")
    ]


async def test_the_list_of_records_counts_pages(world: World, case: Any) -> None:
    material = await world.database.read(lambda tx: gather(tx, world.house, case.id))
    papers = [replace(one, parts=tuple(replace(part, pages=3) for part in one.parts)) for one in material.papers]
    material = replace(material, papers=(papers[0], *material.papers[1:]))
    text = json.dumps(sheet(CATALOGUES.for_dossiers, material, "en"), ensure_ascii=False)
    assert "3 pages" in text
    assert "2 pages" in text  # two pictures


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Platelets: 64 ×10⁹/L, Hb 9.1 g/dL", "Platelets: 64~×10⁹/_L, Hb 9.1~g/_dL"),
        ("\u2068120 mL/min/1.73 m²\u2069", "\u2068120~mL/_min/_1.73~m²\u2069"),
        ("0.4 10^9/L; 8 lakh/µL; 1200 /µL", "0.4~10^9/_L; 8~lakh/_µL; 1200~/_µL"),
        ("58 % и 60 kg, 90 мг/м²", "58~% и 60~kg, 90~мг/_м²"),
        ("2 to 4 weeks, either/or", "2 to 4 weeks, either/or"),
        ("CAR-T, B-ALL и В-клеточная, well-known", "CAR-_T, B-_ALL и В-_клеточная, well-known"),
    ],
)
def test_a_number_stays_on_the_line_of_its_unit(text: str, lines: str) -> None:
    assert together(text).replace(NO_BREAK, "~").replace(JOINER, "_") == lines
