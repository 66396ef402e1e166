"""The list of cases as work: who waits longest, what is next, many at once, and from one case to the next."""

from __future__ import annotations

import re
from datetime import date

from storage import cases
from storage.desk import next_acts, overview
from tests.bot.desk_world import Person
from tests.bot.web_desk import Desk, token_of

ROW = re.compile(r'<a data-row href="/desk/cases/(CL-\w+)')


async def opened(desk: Desk, *numbers: int) -> list[str]:
    """The numbers of the cases of these people, each of whom asks for a person a minute after the one before."""
    made = []
    for number in numbers:
        desk.world.later(minutes=1)
        await desk.world.patient(number).asks_for_a_person()
        made.append((await desk.world.case(number)).number)
    return made


async def rows(desk: Desk, asked: str) -> list[str]:
    return ROW.findall(await desk.sees(f"/desk/cases?{asked}"))


async def does(desk: Desk, verb: str, *chosen: str, to: int = 0) -> str:
    sent = {"verb": verb, "to": str(to), "token": token_of(await desk.sees())} | {f"case-{one}": "on" for one in chosen}
    answer = await desk.http.post("/desk/cases", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


async def test_who_waits_longest_comes_first_and_who_was_answered_is_not_there(inside: Desk, carla: Person) -> None:
    world = inside.world
    first, second, third = await opened(inside, 501, 502, 503)
    assert await rows(inside, "view=waiting") == [first, second, third]
    await (await carla.at(501)).says("/r Good morning")
    assert await rows(inside, "view=waiting") == [second, third]
    world.later(hours=3)
    await world.patient(501).says("Thank you. When?")
    assert await inside.enters() == 204
    assert await rows(inside, "view=waiting") == [second, third, first]
    assert await rows(inside, "view=waiting&holder=7101") == [first]
    page = await inside.sees("/desk/cases?view=waiting")
    assert "3 hours" in page
    world.later(days=3)
    assert await inside.enters() == 204
    assert "longer than promised" in await inside.sees("/desk/cases?view=waiting")


async def test_pages_by_waiting_show_everybody_once(inside: Desk) -> None:
    numbers = await opened(inside, *range(501, 508))
    wanted, seen, after = overview.Wanted(waiting=True), [], None
    while True:
        found = await inside.world.database.read(lambda tx, after=after: overview.page(tx, wanted, after=after, limit=3))
        if not found:
            break
        seen += [one.number for one in found]
        since = found[-1].opened_at
        after = overview.Cursor(id=found[-1].id, since=since)
    assert seen == numbers


async def test_the_next_step_stands_in_the_list_and_is_late_after_its_day(inside: Desk, carla: Person) -> None:
    (number,) = await opened(inside, 501)
    case = await inside.world.case()
    await inside.world.database.transact(
        lambda tx: next_acts.put(tx, case.id, "Ask <b>the</b> bank", due=date(2026, 11, 24), by=7101)
    )
    page = await inside.sees()
    assert "Ask &lt;b&gt;the&lt;/b&gt; bank" in page
    assert '<td data-label="Next step" class="late">' not in page
    inside.world.later(days=4)
    assert await inside.enters() == 204
    assert '<td data-label="Next step" class="late">' in await inside.sees()
    listed = (await inside.http.get("/desk/api/cases")).json()["cases"]
    assert (listed[0]["number"], listed[0]["next"], listed[0]["due"]) == (number, "Ask <b>the</b> bank", "2026-11-24")


async def test_many_cases_are_claimed_and_handed_over_at_once(inside: Desk, carla: Person, mei: Person) -> None:
    first, second, third = await opened(inside, 501, 502, 503)
    await does(inside, "claim", first, second)
    assert set(await rows(inside, "view=mine")) == {first, second}
    await (await mei.at(503)).says("/claim")
    told = await does(inside, "hand-over", first, third, to=7102)
    assert f"{third}: " in told, "what is Mei's is not Carla's to give"
    assert set(await rows(inside, "view=mine")) == {second}
    assert set(await rows(inside, "holder=7102")) == {first, third}
    await inside.world.deliver()
    assert "Mei" in (await carla.at(501)).sees
    await does(inside, "hand-over", second, to=999)
    assert await rows(inside, "view=mine") == [second]
    token = token_of(await inside.sees())
    for wrong in ({"verb": "erase"}, {"verb": "claim", "case-CL-22222": "on"}):
        assert (await inside.http.post("/desk/cases", data={"token": token, **wrong})).status_code == 404


async def test_from_one_case_to_the_next_of_its_list(inside: Desk) -> None:
    first, second, third = await opened(inside, 501, 502, 503)
    for asked in ("", "view=unclaimed", "view=waiting", "sort=newest"):
        order = await rows(inside, asked)
        assert set(order) == {first, second, third}
        seen, page = [order[0]], await inside.sees(f"/desk/cases?{asked}")
        address = re.findall(r'data-row href="([^"]+)"', page)[0]
        while address and len(seen) < 9:
            page = await inside.sees(address.replace("&amp;", "&"))
            address = next(iter(re.findall(r'href="([^"]+)" rel="next" data-next', page)), "")
            seen += re.findall(r"CL-\w{5}", address)
        assert seen == order, asked
    assert "data-next" not in await inside.sees(f"/desk/cases/{first}")


async def test_a_case_is_handed_over_and_closed_on_its_page(inside: Desk, carla: Person, mei: Person) -> None:
    (number,) = await opened(inside, 501)
    address = f"/desk/cases/{number}?in=view%3Dmine"

    async def sends(**fields: str) -> int:
        sent = {"token": token_of(await inside.sees(address)), "said": "", **fields}
        answer = await inside.http.post(address, data=sent)
        assert answer.headers.get("Location", address) == address
        return answer.status_code

    assert await sends(verb="claim") == 303
    assert await sends(verb="close", said="no such reason") == 404
    assert await sends(verb="hand-over", to="9" * 30) == 404
    assert await sends(verb="hand-over", to="7102") == 303
    assert (await inside.world.case()).holder == 7102
    assert await sends(verb="take-over", said=inside.world.house.definition.desk.reasons[0].id) == 303
    reason = inside.world.house.definition.close_reasons[0].id
    assert await sends(verb="close", said=reason) == 303
    case = await inside.world.database.read(lambda tx: cases.by_number(tx, number))
    assert case
    assert (case.close_reason, case.stage) == (reason, "closed")
    page = await inside.sees(address)
    assert "Close the case" not in page
    assert "closed the case" in page


async def test_replies_that_are_ready_stand_beside_the_reply_in_the_patients_language(inside: Desk, carla: Person) -> None:
    await inside.world.patient(language="ru").asks_for_a_person()
    number = (await inside.world.case()).number
    page = await inside.sees(f"/desk/cases/{number}")
    first = inside.world.house.definition.desk.canned[0]
    assert first.title.english in page
    assert page.count('lang="ru"') >= len(inside.world.house.definition.desk.canned)
