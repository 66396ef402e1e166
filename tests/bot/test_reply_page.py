"""A reply that is written on the page of a case: to its patient only, once, after a few seconds in which it can be taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import httpx
import pytest

from storage import audit, chats, coordinators, outbox, relay
from storage.transaction import Transaction
from tests.bot.desk_world import Patient, Person, World
from tests.bot.web_desk import Desk, token_of

SLIP = "words for somebody else 4471"
UNDO = re.compile(r'name="said" value="(-?\d+)"><button name="verb" value="undo"')
TOLD = re.compile(r'<p class="told" role="status">(.*?)</p>')


@dataclass
class Page:
    """Two families with a case each, and Carla at the page of the first one."""

    desk: Desk
    maria: Patient
    other: Patient
    number: str

    async def does(self, verb: str, said: str = "", *, token: str = "") -> httpx.Response:
        address = f"/desk/cases/{self.number}"
        sent = {"verb": verb, "said": said, "token": token or token_of(await self.desk.sees(address))}
        return await self.desk.http.post(address, data=sent)

    async def told(self, verb: str, said: str = "") -> list[str]:
        answer = await self.does(verb, said)
        assert answer.status_code in {200, 303}
        return [unescape(one) for one in TOLD.findall(answer.text)]

    async def undo(self) -> str:
        """What takes the newest of one's own replies back."""
        return UNDO.findall(await self.desk.sees(f"/desk/cases/{self.number}"))[-1]

    async def directions(self) -> list[str]:
        case = await self.desk.world.case(self.maria.number)
        return [one.direction for one in await self.desk.world.database.read(lambda tx: relay.history(tx, case.id))]

    async def settle(self, seconds: float = 0) -> None:
        self.desk.world.later(seconds=seconds)
        await self.desk.world.deliver()


@pytest.fixture
async def page(world: World, desk: Desk, carla: Person, mei: Person) -> Page:
    world.house.second_thoughts = timedelta(seconds=5)
    maria, other = world.patient(language="ru"), world.patient(502)
    for one in (maria, other):
        await one.asks_for_a_person()
        await one.says("Здравствуйте")
    assert await desk.enters() == 204
    return Page(desk=desk, maria=maria, other=other, number=(await world.case()).number)


async def test_a_reply_goes_to_the_patient_of_this_case_after_its_seconds(page: Page) -> None:
    shown = await page.desk.sees(f"/desk/cases/{page.number}")
    assert f"Reply to the patient’s side of {page.number}, in Русский" in shown
    told = await page.told("reply", "Добрый <b>день</b>")
    assert told == ["Goes to the patient (Русский) in 5 seconds, word for word."]
    await page.settle(4)
    assert "Добрый" not in page.maria.sees
    await page.settle(1)
    assert page.maria.sees.count("Добрый <b>день</b>") == 1
    assert "Добрый" not in page.other.sees
    topic = Person(world=page.desk.world, number=7102, name="Mei")
    assert "Carla to the patient:" in (await topic.at()).sees.replace("7101", "Carla")
    assert (await page.desk.world.case()).holder == 7101, "who answers first holds the case"
    assert await page.directions() == ["in", "out"]


async def test_the_way_back_stands_beside_what_is_told(page: Page) -> None:
    answer = await page.does("reply", SLIP)
    top = answer.text.partition('id="summary"')[0]
    back = re.findall(r'name="said" value="(-\d+)"><button name="verb" value="undo" class="danger">', top)
    assert back == [await page.undo()]
    assert "Taken back" in (await page.told("undo", back[0]))[0]
    await page.settle(60)
    assert SLIP not in page.maria.sees


@pytest.mark.parametrize("seconds", [1, 60])
async def test_what_was_written_here_can_be_taken_back_after_the_staff_group_moved(page: Page, seconds: float) -> None:
    """It has no number of a message in the group."""
    await page.told("reply", SLIP)
    await page.settle(seconds)
    await page.desk.world.group_moves()
    assert "Taken back" in (await page.told("undo", await page.undo()))[0]
    await page.settle(60)
    assert SLIP not in page.maria.sees


async def test_a_page_that_was_sent_twice_sends_once(page: Page) -> None:
    token = token_of(await page.desk.sees(f"/desk/cases/{page.number}"))
    for _ in range(3):
        assert (await page.does("reply", "Один раз", token=token)).status_code in {200, 303}
    await page.settle(60)
    assert page.maria.sees.count("Один раз") == 1
    assert await page.directions() == ["in", "out"]
    await page.told("reply", "Один раз")
    await page.settle(60)
    assert page.maria.sees.count("Один раз") == 2, "another page, another reply"


async def test_an_undone_reply_never_goes_out_and_leaves_the_topic(page: Page) -> None:
    await page.told("reply", SLIP)
    await page.settle(2)
    topic = await Person(world=page.desk.world, number=7101, name="Carla").at()
    assert SLIP in topic.sees
    assert await page.told("undo", await page.undo()) == [
        "Taken back. Your message is kept as a note; if the patient had it already, it was deleted there."
    ]
    await page.settle(60)
    assert SLIP not in page.maria.sees
    assert SLIP not in topic.sees
    assert await page.directions() == ["in", "note"]


async def test_a_reply_that_went_out_is_deleted_there(page: Page) -> None:
    await page.told("reply", "Первое")
    await page.told("reply", SLIP)
    back = await page.undo()
    await page.settle(60)
    assert SLIP in page.maria.sees
    await page.told("undo", back)
    await page.settle(60)
    assert SLIP not in page.maria.sees
    assert "Первое" in page.maria.sees
    assert await page.told("undo", back) != []
    for wrong in ("x", "9" * 19, "-" + "9" * 30, "--1"):
        assert (await page.does("undo", wrong)).status_code == 404
    assert (await page.does("lab-back", "9" * 20)).status_code == 404


async def test_undo_takes_back_ones_own_replies_of_this_case_only(page: Page) -> None:
    world = page.desk.world
    carla = await Person(world=world, number=7101, name="Carla").at(502)
    await carla.says("/r For the other family")
    case = await world.case(502)
    (line,) = [one for one in await world.database.read(lambda tx: relay.history(tx, case.id)) if one.direction == "out"]
    await page.told("claim")
    assert "There is no reply to take back" in (await page.told("undo", str(line.desk_message_id)))[0]
    await page.settle(60)
    assert "For the other family" in page.other.sees


async def test_two_who_write_at_once_hear_of_each_other(page: Page) -> None:
    await page.told("reply", "Мы читаем")
    await page.told("release")
    assert await page.desk.enters(7102) == 204
    told = await page.told("reply", "Мы читаем")
    assert any("wrote to this patient too" in one for one in told)


async def test_who_does_not_hold_the_case_is_told_so_and_nothing_goes_out(page: Page) -> None:
    await page.told("claim")
    assert await page.desk.enters(7102) == 204
    shown = await page.desk.sees(f"/desk/cases/{page.number}")
    assert "holds this case. Take it over to reply." in shown
    assert 'value="reply"' not in shown
    assert "it is kept as a note" in (await page.told("reply", SLIP))[0]
    await page.settle(60)
    assert SLIP not in page.maria.sees
    assert await page.directions() == ["in", "note"]


async def test_nothing_goes_to_a_family_that_wants_none(page: Page) -> None:
    case = await page.desk.world.case()
    await page.desk.world.database.transact(lambda tx: chats.update(tx, case.chat_id, state="stopped"))
    shown = await page.desk.sees(f"/desk/cases/{page.number}")
    assert "No message goes out in this case now." in shown
    assert "stopped all messages" in (await page.told("reply", SLIP))[0]
    await page.settle(60)
    assert SLIP not in page.maria.sees


async def test_words_on_a_page_that_grew_too_old_are_still_there(page: Page) -> None:
    token = token_of(await page.desk.sees(f"/desk/cases/{page.number}"))
    for _ in range(3):
        page.desk.world.later(minutes=40)
        await page.desk.sees()
    answer = await page.does("reply", "</textarea>long words", token=token)
    assert "&lt;/textarea&gt;long words" in answer.text
    assert "open for too long" in answer.text
    sent = {"verb": "reply", "said": "planted", "token": "x"}
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    planted = await page.desk.http.post(f"/desk/cases/{page.number}", data=sent, headers=foreign)
    assert (planted.status_code, "planted" in planted.text) == (403, False)
    await page.settle(60)
    assert "long words" not in page.maria.sees


async def test_a_reply_that_cannot_arrive_says_so_in_the_topic(page: Page) -> None:
    world = page.desk.world
    await page.told("reply", "Ждём вас")
    world.blocked.add(page.maria.number)
    await page.settle(60)
    topic = await Person(world=world, number=7101, name="Carla").at()
    assert "Not delivered" in topic.sees


async def test_the_log_holds_what_was_done_and_no_word_of_it(page: Page) -> None:
    await page.told("reply", SLIP)
    await page.told("undo", await page.undo())
    lines = await page.desk.world.database.read(audit.lines)
    assert {"case.web.reply", "case.web.undo"} <= {one.action for one in lines}
    assert not [one for one in lines if "4471" in one.detail]

    def rows(tx: Transaction) -> list[str]:
        return [one.kind for one in outbox.claim(tx, "patient", limit=50, lease=1) if one.kind == "reply"]

    assert await page.desk.world.database.transact(rows) == []
    assert await page.desk.world.database.read(lambda tx: coordinators.get(tx, 7101))
