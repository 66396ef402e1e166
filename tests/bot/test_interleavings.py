"""Two families, three coordinators, everything in any order and some of it twice: each message arrives once, in order, where it belongs."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from bot.arrivals import Arrival
from flows.inputs import Command, Control, Press, Words
from flows.response import QuestionnaireResponse
from storage import chats, responses
from tests.bot.desk_world import GROUP, Person, World
from tests.examples import examples

FAMILIES = (501, 502)
COORDINATORS = (7101, 7102, 7103)
MARK = re.compile(r"«(\w+)»")
Deed = Literal["says", "claims", "releases", "takes over", "gives", "answers", "undoes", "delivers", "waits"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that somebody does. `twice`: Telegram delivers it two times."""

    deed: Deed
    family: int
    who: int
    to: int
    twice: bool


@dataclass
class Model:
    """What ought to be so in one family's case."""

    holder: int | None = None
    said: list[str] = field(default_factory=list)
    told: list[tuple[str, int, int]] = field(default_factory=list)  # mark, author, message in the topic


STEPS = st.builds(
    Step,
    deed=st.sampled_from(
        [
            "says",
            "says",
            "claims",
            "releases",
            "takes over",
            "gives",
            "answers",
            "answers",
            "answers",
            "undoes",
            "delivers",
            "waits",
        ]
    ),
    family=st.sampled_from(FAMILIES),
    who=st.sampled_from(COORDINATORS),
    to=st.sampled_from(COORDINATORS),
    twice=st.booleans(),
)


class Play:
    """The world beside its model."""

    def __init__(self, world: World) -> None:
        self.world, self.models, self.count = world, {family: Model() for family in FAMILIES}, 0

    async def begin(self) -> None:
        for number in COORDINATORS:
            await self.world.coordinator(f"C{number}", number)
        for family in FAMILIES:
            await self.world.database.transact(lambda tx, one=family: chats.update(tx, chats.lock(tx, one).id, language="en"))
            await self._hears(family, Command(name="human"))
        await self.world.deliver()

    async def step(self, step: Step) -> None:
        model = self.models[step.family]
        if step.deed == "delivers":
            await self.world.deliver()
        elif step.deed == "waits":
            self.world.later(seconds=6)
            await self.world.deliver()
        elif step.deed == "says":
            mark = self._mark("p")
            model.said.append(mark)
            if not await self.world.database.read(lambda tx: chats.of_telegram(tx, step.family).talking):
                await self._hears(step.family, Command(name="human"))  # a release has ended the talk: words are answers again
            await self._hears(step.family, Words(text=f"«{mark}»"), twice=step.twice)
        elif step.deed == "answers":
            await self._answers(step, model)
        elif step.deed == "undoes":
            await self._undoes(step, model)
        else:
            await self._moves(step, model)
        assert (await self.world.case(step.family)).holder == model.holder

    async def _answers(self, step: Step, model: Model) -> None:
        mark, message = self._mark("c"), self.world.id()
        await self._acts(step, "r", f"«{mark}»", message=message)
        if model.holder in (None, step.who):
            model.holder = step.who
            model.told.append((mark, step.who, message))

    async def _undoes(self, step: Step, model: Model) -> None:
        """The latest reply is taken back, most often by whoever holds the case; nobody else can."""
        if model.told:
            step = replace(step, who=model.holder or step.who) if step.to != COORDINATORS[0] else step
            await self._acts(step, "undo", "", reply_to=model.told[-1][2])
            if model.holder == step.who:
                model.told.pop()

    async def _moves(self, step: Step, model: Model) -> None:
        mine, free = model.holder == step.who, model.holder is None
        if step.deed == "claims":
            await self._acts(step, "claim", "")
            model.holder = step.who if free else model.holder
        elif step.deed == "releases":
            await self._acts(step, "release", "")
            model.holder = None if mine else model.holder
        elif step.deed == "gives":
            await self._acts(step, "handover", str(step.to))
            model.holder = step.to if mine or free else model.holder
        else:
            await self._takes_over(step)
            model.holder = step.who

    async def _takes_over(self, step: Step) -> None:
        from bot.messages import DeskPress
        from bot.wording.keys import Verb

        case = await self.world.case(step.family)
        press = DeskPress(verb=Verb.TAKE_OVER, case_id=case.id, number=0)
        arrival = Person(self.world, step.who, f"C{step.who}", case.topic_id)._arrival(
            message_id=1, query=f"q{self.world.id()}", press=press
        )
        for _ in range(1 + step.twice):
            await self.world.casework.pressed(arrival)

    async def _acts(self, step: Step, command: str, argument: str, **more: Any) -> None:
        case = await self.world.case(step.family)
        more = {"message_id": more.pop("message", None) or self.world.id(), **more}
        arrival = Person(self.world, step.who, f"C{step.who}", case.topic_id)._arrival(
            text=f"/{command} {argument}", command=command, argument=argument, **more
        )
        for _ in range(1 + step.twice):
            await self.world.casework.commanded(arrival)

    async def _hears(self, family: int, said: Any, *, twice: bool = False) -> None:
        arrival = Arrival(update_id=self.world.id(), telegram_id=family, message_id=self.world.id(), said=said)
        for _ in range(1 + twice):
            await self.world.conversation.receive(arrival)

    def _mark(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    async def check(self) -> None:
        """Everything has gone out: what each family and each topic reads."""
        self.world.later(seconds=60)
        await self.world.deliver()
        for family, model in self.models.items():
            thread = (await self.world.case(family)).topic_id
            assert MARK.findall(self.world.read(family)) == [mark for mark, *_ in model.told]
            assert [one for one in MARK.findall(self.world.read(GROUP, thread)) if one.startswith("p")] == model.said
            assert not MARK.findall(self.world.read(GROUP))


async def _played(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.house.second_thoughts = timedelta(seconds=5)
        play = Play(world)
        try:
            await play.begin()
            for step in steps:
                await play.step(step)
            await play.check()
        finally:
            await world.database.close()


@examples(20)
@given(steps=st.lists(STEPS, min_size=4, max_size=25))
def test_each_message_once_to_the_right_chat_in_order(steps: list[Step]) -> None:
    asyncio.run(_played(steps))


async def _at_once(tmp_path: Path, deeds: list[tuple[int, str]]) -> None:
    world = World(tmp_path)
    play = Play(world)
    await play.begin()
    thread = (await world.case(501)).topic_id
    people = [Person(world, who, f"C{who}", thread) for who, _ in deeds]
    arrivals = [
        person._arrival(message_id=900 + n, text=f"/{command}", command=command, argument=f"«c{n}»" if command == "r" else "")
        for n, (person, (_, command)) in enumerate(zip(people, deeds, strict=True))
    ]
    await asyncio.gather(*(world.casework.commanded(arrival) for arrival in (*arrivals, *arrivals)))
    await world.deliver()
    holder = (await world.case(501)).holder
    assert holder in COORDINATORS
    read = MARK.findall(world.read(501))
    assert read == [f"c{n}" for n, (who, command) in enumerate(deeds) if command == "r" and who == holder]
    assert world.read(501).count("has taken your case") == 1
    await world.database.close()


async def test_three_who_answer_at_the_same_moment(tmp_path: Path) -> None:
    """One of them holds the case and is heard, once; the others are told."""
    await _at_once(tmp_path, [(who, "r") for who in COORDINATORS])


async def test_claims_and_answers_at_the_same_moment(tmp_path: Path) -> None:
    await _at_once(tmp_path, [(7101, "claim"), (7102, "r"), (7103, "claim"), (7101, "r"), (7103, "r")])


async def test_two_devices_answer_one_question_at_the_same_moment(tmp_path: Path) -> None:
    """One press is the answer; the other finds the next question open and changes nothing."""
    world = World(tmp_path)
    patient = world.patient()
    await patient.begins()

    def revision(tx: Any) -> Any:
        row = responses.current(tx, chats.of_telegram(tx, 501).id)
        return QuestionnaireResponse.loads(row.body)

    before = await world.database.read(revision)
    options = [Press(control=Control.OPTION, number=number, revision=before.revision) for number in (0, 1)]
    await asyncio.gather(
        *(
            world.conversation.receive(
                Arrival(update_id=world.id(), telegram_id=501, message_id=world.id(), said=one, query=f"q{world.id()}")
            )
            for one in options
        )
    )
    await world.deliver()
    after = await world.database.read(revision)
    new = after.answers.keys() - before.answers.keys()
    assert len(new) == 1
    assert len(after.answers[new.pop()]) == 1
    assert not await world.database.read(lambda tx: responses.changes(tx, after.id))
    await world.database.close()
