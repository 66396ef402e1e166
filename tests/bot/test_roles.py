"""Who may do what at the desk: every role, every verb, on a case that somebody else holds."""

from __future__ import annotations

from bot.casework.commands import ABOUT_CASES, GENERAL, LOOKS
from flows.staff import roles
from storage import audit, coordinators
from tests.bot.desk_world import Person, World

NOT_ALLOWED = "Your role does not allow this"
WORDS = {
    "r": "/r hello",
    "note": "/note a word",
    "stage": "/stage paused",
    "close": "/close other",
    "handover": "/handover mei",
}


async def staff(world: World, number: int, name: str, role: str) -> Person:
    await world.database.transact(lambda tx: coordinators.put(tx, number, name=name, language="en", role=role))
    return Person(world=world, number=number, name=name)


async def test_who_only_reads_changes_nothing(world: World) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    rita = await staff(world, 7103, "Rita", "reader")
    await staff(world, 7102, "Mei", "coordinator")
    before = await world.case()
    topic, refused = await rita.at(), 0
    for name in sorted({*ABOUT_CASES, "r"} - LOOKS):
        await topic.says(WORDS.get(name, f"/{name}"))
        assert topic.sees.count(NOT_ALLOWED) == (refused := refused + 1), name
    await topic.says("a word in the topic")
    assert topic.sees.count(NOT_ALLOWED) == (refused := refused + 1)
    assert NOT_ALLOWED in await rita.presses("Claim")
    assert await world.case() == before
    assert "hello" not in patient.sees
    for name in sorted(LOOKS & {*ABOUT_CASES, *GENERAL}):
        await topic.says(f"/{name}")
        assert topic.sees.count(NOT_ALLOWED) == refused, name


async def test_a_lead_gives_away_what_somebody_else_holds_and_a_coordinator_does_not(world: World) -> None:
    await world.patient().asks_for_a_person()
    carla = await staff(world, 7101, "Carla", "coordinator")
    mei = await staff(world, 7102, "Mei", "coordinator")
    lena = await staff(world, 7103, "Lena", "lead")
    await staff(world, 7104, "Rita", "reader")
    await carla.presses("Claim")
    await (await mei.at()).says("/handover Lena")
    assert (await world.case()).holder == 7101
    await (await lena.at()).says("/handover Rita")
    assert (await world.case()).holder == 7101
    await (await lena.at()).says("/handover Mei")
    assert (await world.case()).holder == 7102


async def test_an_administrator_says_who_works_here(world: World) -> None:
    ada = await staff(world, 7101, "Ada", "administrator")
    mei = await staff(world, 7102, "Mei", "coordinator")
    await mei.says("/roster add 7105 lead")
    assert NOT_ALLOWED in mei.sees
    await ada.says("/roster add 7105 lead")
    await ada.says("/roster role 7102 reader")
    await ada.says("/roster remove 7105")
    people = {one.telegram_id: one for one in await world.database.read(coordinators.everybody)}
    assert (people[7105].role, people[7105].active, people[7102].role) == ("lead", False, "reader")
    for said in ("remove 7101", "role 7101 lead"):
        await ada.says(f"/roster {said}")
        assert "only administrator" in ada.sees
    for said in ("add", "add Carla", "add -5", "add 7106 king", "dismiss 7102", "add " + "9" * 40, "role 7102", "remove 9"):
        await ada.says(f"/roster {said}")
        assert "/roster add NUMBER" in ada.sees.splitlines()[-1], said
    written = [line.action for line in await world.database.read(audit.lines) if line.action.startswith("roster.")]
    assert written == ["roster.added", "roster.role-reader", "roster.removed"]


def test_nobody_knows_no_rights() -> None:
    rights = ("read", "act", "reassign", "hospitals", "ratings", "roster")
    assert not any(roles.may("stranger", right) for right in rights)
    assert [sum(roles.may(role, right) for right in rights) for role in roles.ROLES] == [1, 2, 5, 6]
