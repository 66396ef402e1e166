"""The desk on the web: who comes in, for how long, and what the pages show."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from bot.address import Address
from storage import audit, coordinators, documents
from storage.desk import submissions, tasks
from storage.rows import Part
from storage.schema.document_tables import DocumentParts
from storage.tables import table
from storage.transaction import Transaction
from tests.bot.desk_world import Person
from tests.bot.web_desk import Desk, init_data, token_of


async def test_a_coordinator_opens_the_list_and_a_case(desk: Desk, carla: Person) -> None:
    patient = desk.world.patient()
    await patient.asks_for_a_person()
    await patient.says("<b>please</b> help us")
    case = await desk.world.case()
    assert await desk.enters() == 204
    assert case.number in await desk.sees()
    assert case.number in await desk.sees("/desk/cases?view=unclaimed")
    assert case.number not in await desk.sees("/desk/cases?view=mine")
    assert case.number in await desk.sees(f"/desk/cases?number={case.number[3:5].lower()}")
    page = await desk.sees(f"/desk/cases/{case.number}")
    assert "&lt;b&gt;please&lt;/b&gt; help us" in page
    assert "Held by: nobody yet" in page
    await carla.presses("Claim")
    assert case.number in await desk.sees("/desk/cases?view=mine")
    reads = [line.object for line in await desk.world.database.read(audit.lines) if line.action == "case.web"]
    assert reads == [f"case:{case.id}"]
    await desk.sees("/desk/cases/CL-22222", 404)


async def test_nobody_else_comes_in(desk: Desk, carla: Person) -> None:
    now = desk.world.now
    assert await desk.enters(7199) == 403
    assert await desk.enters(True) == 403
    assert await desk.enters("7101") == 403
    assert await desk.enters(token="8:TEST") == 403
    for said in (
        init_data(7101, now - timedelta(minutes=61)),
        init_data(7101, now + timedelta(minutes=2)),
        init_data(7101, datetime(9990, 1, 1, tzinfo=UTC)),
        init_data(7101, now) + "&user=%7B%22id%22%3A7101%7D",
        init_data(7101, now).replace("hash=", "hash=%C3%A9"),
        "",
        "hash",
        "hash=\u00e9",
        "x" * 9000,
    ):
        assert (await desk.http.post("/desk/enter", content=said.encode())).status_code == 403, said[:80]
    assert "Open this page from the menu" in await desk.sees("/desk/cases", 403)
    denied = [line.actor for line in await desk.world.database.read(audit.lines) if line.action == "desk.denied"]
    assert denied == ["7199"]


async def test_a_visit_ends_with_the_roster_and_after_an_idle_hour(desk: Desk, carla: Person) -> None:
    assert await desk.enters() == 204
    for _ in range(3):
        desk.world.later(minutes=50)
        await desk.sees()
    desk.world.later(minutes=61)
    await desk.sees("/desk/cases", 403)
    assert await desk.enters() == 204
    known = await desk.world.database.read(lambda tx: coordinators.get(tx, 7101))
    assert known
    await desk.world.database.transact(lambda tx: coordinators.save(tx, replace(known, active=False)))
    before = len(await desk.world.database.read(audit.lines))
    for address in ("/desk/cases", "/desk/cases/CL-22222", "/desk/api/cases"):
        assert (await desk.http.get(address)).status_code == 403
    lines = [(line.actor, line.action) for line in (await desk.world.database.read(audit.lines))[before:]]
    assert lines == [("7101", "desk.denied")] * 3


async def test_pages_speak_the_coordinators_language(desk: Desk) -> None:
    await desk.world.database.transact(lambda tx: coordinators.put(tx, 7101, name="Carla", language="ar"))
    assert await desk.enters() == 204
    assert 'dir="rtl"' in await desk.sees()


async def test_a_page_shows_criteria_protocols_and_records_in_the_readers_language(desk: Desk) -> None:
    patient = desk.world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    number = (await desk.world.case()).number
    for language, words in (("en", ("? unknown", "For the desk only")), ("ar", ('dir="rtl"', "المعيار"))):
        await desk.world.database.transact(lambda tx, to=language: coordinators.put(tx, 7101, name="Carla", language=to))
        assert await desk.enters() == 204
        page = await desk.sees(f"/desk/cases/{number}")
        assert all(one in page for one in (*words, "NCT", '<tr class="unknown">', '<tr class="missing">')), language


async def test_what_is_done_on_a_page_is_done_once_and_only_from_our_own_page(desk: Desk, carla: Person) -> None:
    patient = desk.world.patient()
    await patient.asks_for_a_person()
    case = await desk.world.case()
    assert await desk.enters() == 204
    address = f"/desk/cases/{case.number}"
    fields = {"verb": "note", "said": "=HYPERLINK <i>phone</i> on Monday", "token": token_of(await desk.sees(address))}
    own = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://127.0.0.1:9"}):
        assert (await desk.http.post(address, data=fields, headers=headers)).status_code == 403
    for token in ("", "1.x", fields["token"][:-1], fields["token"] + "x", "9" * 40):
        assert (await desk.http.post(address, data={**fields, "token": token}, headers=own)).status_code == 403
    assert "on Monday" not in await desk.sees(address)
    for _ in range(2):
        assert (await desk.http.post(address, data=fields, headers=own)).status_code in {200, 303}
    await desk.world.deliver()
    page = await desk.sees(address)
    assert page.count("=HYPERLINK &lt;i&gt;phone&lt;/i&gt; on Monday") == 1
    assert "on Monday" not in patient.sees
    assert "on Monday" in (await carla.at()).sees


async def test_the_pages_go_by_the_clock_of_the_desk(desk: Desk, carla: Person) -> None:
    await desk.world.patient().asks_for_a_person()
    desk.world.now = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)  # in Shanghai, where the desk is, the next day has begun
    await desk.world.patient().says("Is anybody there?")
    assert await desk.enters() == 204
    page = await desk.sees(f"/desk/cases/{(await desk.world.case()).number}")
    assert "Times are those of Asia/Shanghai." in page
    assert re.search(r'datetime="2026-11-22T17:05:00\+00:00">[^<]*23[^<]*1:05[^<]*<', page)


async def test_a_case_is_claimed_moved_and_released_on_its_page(desk: Desk, carla: Person) -> None:
    await desk.world.patient().asks_for_a_person()
    number = (await desk.world.case()).number
    assert await desk.enters() == 204

    async def does(verb: str, said: str = "", status: int = 303) -> None:
        token = token_of(await desk.sees(f"/desk/cases/{number}"))
        answer = await desk.http.post(f"/desk/cases/{number}", data={"verb": verb, "said": said, "token": token})
        assert answer.status_code == status, answer.text

    await does("claim")
    assert (await desk.world.case()).holder == 7101
    await does("stage", "records")
    await does("stage", "nowhere", 404)
    await does("erase", "", 404)
    await does("stage", "travel", 200)  # refused in words
    assert (await desk.world.case()).stage == "records"
    await does("release")
    assert (await desk.world.case()).holder is None


async def test_who_only_reads_sees_no_buttons_and_changes_nothing(desk: Desk) -> None:
    await desk.world.patient().asks_for_a_person()
    before = await desk.world.case()
    await desk.world.database.transact(lambda tx: coordinators.put(tx, 7101, name="Rita", language="en", role="reader"))
    assert await desk.enters() == 204
    page = await desk.sees(f"/desk/cases/{before.number}")
    assert "Your role reads only" in page
    assert "<textarea" not in page
    token = desk.frame.door.token(7101)
    for verb in ("claim", "take-over", "release", "stage", "note", "acknowledge", "reply", "undo"):
        sent = {"verb": verb, "said": "records", "token": token}
        assert (await desk.http.post(f"/desk/cases/{before.number}", data=sent)).status_code == 403, verb
    assert await desk.world.case() == before


async def test_an_original_leaves_as_it_came_and_only_from_its_own_case(desk: Desk, carla: Person) -> None:
    patient, other = desk.world.patient(), desk.world.patient(502)
    await patient.asks_for_a_person()
    await other.asks_for_a_person()
    await patient.sends()
    case, strange = await desk.world.case(), await desk.world.case(502)
    data = b"<script>alert(1)</script>" * 9000

    def kept(tx: Transaction) -> Part:
        (document,) = documents.for_chat(tx, case.chat_id)
        (part,) = documents.parts(tx, document.id)
        return part

    part = await desk.world.database.read(kept)
    blob = desk.vault.put([data], documents.blob_context(part)).id
    parts = table(DocumentParts)
    await desk.world.database.transact(lambda tx: tx.execute(parts.update().where(parts.c.id == part.id).values(blob=blob)))
    assert await desk.enters() == 204
    answer = await desk.http.get(f"/desk/cases/{case.number}/files/{part.id}")
    assert answer.content == data
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    absent = await desk.sees(f"/desk/cases/{case.number}/files/999", 404)
    assert await desk.sees(f"/desk/cases/{strange.number}/files/{part.id}", 404) == absent
    for wrong in ("x", "-1", "9" * 30, "²"):
        await desk.sees(f"/desk/cases/{case.number}/files/{wrong}", 404)
    known = await desk.world.database.read(lambda tx: coordinators.get(tx, 7101))
    assert known
    await desk.world.database.transact(lambda tx: coordinators.save(tx, replace(known, active=False)))
    assert (await desk.http.get(f"/desk/cases/{case.number}/files/{part.id}")).status_code == 403


async def test_nothing_goes_to_a_hospital_without_the_familys_yes(desk: Desk, carla: Person) -> None:
    await desk.world.patient().asks_for_a_person()
    number = (await desk.world.case()).number
    assert await desk.enters() == 204
    for what in ("dossier?language=en", "packet?language=en", "export/fhir", "export/csv"):
        await desk.sees(f"/desk/cases/{number}/{what}", 409)


async def test_views_are_kept_under_a_name_and_are_ones_own(desk: Desk, carla: Person) -> None:
    assert await desk.enters() == 204
    sent = {
        "token": token_of(await desk.sees("/desk/cases?stage=review")),
        "name": " My <b> view ",
        "query": "stage=review&x=1",
    }
    await desk.http.post("/desk/views", data=sent)
    assert 'href="?stage=review"' in await desk.sees()
    assert "My &lt;b&gt; view" in await desk.sees()
    await desk.world.coordinator("Mei", 7102)
    assert await desk.enters(7102) == 204
    assert "My &lt;b&gt; view" not in await desk.sees()


async def test_a_cookie_of_somebody_else_or_changed_in_one_letter_is_nobodys(desk: Desk, carla: Person) -> None:
    assert await desk.enters() == 204
    good = desk.http.cookies["careline_desk"]
    changed = [good[:at] + ("7" if letter != "7" else "8") + good[at + 1 :] for at, letter in enumerate(good)]
    for cookie in (*changed, "", "7101", "7101..", f"{good}x", "é.1.a"):
        desk.http.cookies.clear()
        answer = await desk.http.get("/desk/cases", headers={"Cookie": f"careline_desk={cookie}".encode()})
        assert answer.status_code == 403, cookie


async def test_web_offers_the_page_in_private_only_and_only_where_it_can_be_opened(desk: Desk, carla: Person) -> None:
    world = desk.world
    await world.patient().asks_for_a_person()
    number = (await world.case()).number

    def offered() -> list[str]:
        rows = [params.get("reply_markup", {}).get("inline_keyboard", []) for _, chat, params in world.calls if chat == 7101]
        return [button["web_app"]["url"] for keyboard in rows for row in keyboard for button in row if "web_app" in button]

    await carla.says("/web")
    assert "no public address" in carla.sees
    address = Address(base="https://desk.example")
    world.house.desk_url = lambda: address.desk
    await carla.says("/web")
    assert "Open a private chat with me" in carla.sees
    await carla.in_private().says("/start")
    await (await carla.at()).says("/web")
    await carla.in_private().says("/web")
    assert offered() == [f"https://desk.example/desk/?case={number}", "https://desk.example/desk/"]
    assert not any("web_app" in str(params) for _, chat, params in world.calls if chat != 7101)
    assert (Address(base="http://desk.example").desk, Address().desk) == ("", "")
    assert Address(base="http://127.0.0.1:8080").desk == "http://127.0.0.1:8080/desk/"


async def test_the_language_of_the_pages_is_ones_own_choice(desk: Desk, carla: Person) -> None:
    assert await desk.enters() == 204
    for language, status in (("xx", 404), ("ar", 303)):
        sent = {"token": token_of(await desk.sees()), "language": language}
        assert (await desk.http.post("/desk/language", data=sent)).status_code == status
    assert 'dir="rtl"' in await desk.sees()
    assert (await desk.http.post("/desk/language", data={"token": "", "language": "en"})).status_code == 403


async def test_a_page_shows_tasks_and_what_hospitals_answered(desk: Desk, carla: Person) -> None:
    await desk.world.patient().asks_for_a_person()
    case, house = await desk.world.case(), desk.world.house
    day = desk.world.now.date()

    def kept(tx: Transaction) -> None:
        tasks.add(tx, case.id, item="", owner="desk", by=7101, body="<b>Call</b> the interpreter")
        number = submissions.add(tx, case.id, centre="nowhere", protocols=(), state="sent")
        submissions.note(tx, number, state="sent", day=day, by=7101, body="<i>by courier</i>")

    await desk.world.database.transact(kept)
    assert await desk.enters() == 204
    page = await desk.sees(f"/desk/cases/{case.number}")
    assert all(one in page for one in ("&lt;b&gt;Call&lt;/b&gt; the interpreter", "nowhere", "&lt;i&gt;by courier&lt;/i&gt;"))
    assert house.desk_words.gettext("Tasks of this case") in page


async def test_a_picture_is_looked_into_and_a_text_read(desk: Desk, carla: Person, tmp_path: Path) -> None:
    patient = desk.world.patient()
    await patient.asks_for_a_person()
    await patient.sends()
    case = await desk.world.case()
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    parts = table(DocumentParts)

    def kept(data: bytes, kind: str) -> Callable[[Transaction], int]:
        def put(tx: Transaction) -> int:
            (part,) = documents.parts(tx, documents.for_chat(tx, case.chat_id)[0].id)
            blob = desk.vault.put([data], documents.blob_context(part)).id
            values = {"blob": blob, "content_type": kind, "size": len(data), "state": "stored"}
            tx.execute(parts.update().where(parts.c.id == part.id).values(**values))
            return part.id

        return put

    assert await desk.enters() == 204
    number = await desk.world.database.transact(kept((tmp_path / "red.png").read_bytes(), "image/png"))
    answer = await desk.http.get(f"/desk/cases/{case.number}/files/{number}/look")
    assert answer.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as seen:
        assert seen.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    await desk.world.database.transact(kept(b"Haemoglobin 82 g/L", "text/plain"))
    assert "82 g/L" in await desk.sees(f"/desk/cases/{case.number}/files/{number}/look")
