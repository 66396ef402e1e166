"""The desk as JSON: what its OpenAPI document promises is what comes, to the same people as on the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.web.desk import shapes
from storage import audit, coordinators
from tests.bot.desk_world import Person
from tests.bot.web_desk import Desk

SHAPES = {
    "": shapes.Case,
    "/documents": shapes.Documents,
    "/conversation": shapes.Conversation,
    "/tasks": shapes.Tasks,
    "/submissions": shapes.Submissions,
}


@pytest.fixture
def desk(desk: Desk, carla: Person) -> Desk:
    return desk


async def described(desk: Desk) -> dict[str, Any]:
    answer = await desk.http.get("/desk/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def whole(document: dict[str, Any], node: Any) -> None:
    """Every reference leads somewhere."""
    if isinstance(node, dict):
        if "$ref" in node:
            target: Any = document
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name]
        for one in node.values():
            whole(document, one)
    elif isinstance(node, list):
        for one in node:
            whole(document, one)


async def test_every_described_address_answers_in_its_shape_and_is_written_down(desk: Desk) -> None:
    patient = desk.world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    await patient.says("a word from home")
    await patient.sends()
    number = (await desk.world.case()).number
    assert await desk.enters() == 204
    document = await described(desk)
    assert document["openapi"].startswith("3.")
    whole(document, document)
    own = {one for one in document["paths"] if one.startswith("/desk/")}
    assert own == {"/desk/api/cases", *(f"/desk/api/cases/{{number}}{one}" for one in SHAPES)}
    listed = shapes.Cases.model_validate((await desk.http.get("/desk/api/cases")).json())
    assert [one.number for one in listed.cases] == [number]
    for part, shape in SHAPES.items():
        answer = await desk.http.get(f"/desk/api/cases/{number}{part}")
        assert answer.status_code == 200, part
        assert shape.model_validate(answer.json()), part
        assert set(answer.json()) == set(shape.model_fields), part
        assert (await desk.http.get(f"/desk/api/cases/CL-22222{part}")).status_code == 404
    said = (await desk.http.get(f"/desk/api/cases/{number}/conversation")).json()["lines"]
    assert "a word from home" in [one["text"] for one in said]
    written = {line.action for line in await desk.world.database.read(audit.lines)}
    assert {"case.list", "case.api", *(f"case.api.{one[1:]}" for one in SHAPES if one)} <= written


async def test_nobody_but_the_roster_gets_a_word(desk: Desk) -> None:
    await desk.world.patient().asks_for_a_person()
    number = (await desk.world.case()).number
    addresses = ["/desk/openapi.json", "/desk/api/cases", *(f"/desk/api/cases/{number}{one}" for one in SHAPES)]
    for address in addresses:
        answer = await desk.http.get(address)
        assert (answer.status_code, answer.content) == (403, b""), address
    assert await desk.enters() == 204
    known = await desk.world.database.read(lambda tx: coordinators.get(tx, 7101))
    assert known
    await desk.world.database.transact(lambda tx: coordinators.save(tx, replace(known, active=False)))
    for address in addresses:
        assert (await desk.http.get(address)).status_code == 403, address
