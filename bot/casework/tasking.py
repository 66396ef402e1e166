"""/task and /tasks: what the family is asked for, the papers of the journey, the parts of the cost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.casework.acts import settle
from bot.casework.named import named
from bot.casework.submitting import DAY
from bot.effects import tasking
from bot.effects.rules import as_ruled
from bot.wording import counter
from bot.wording import tasks as wording
from bot.wording.keys import apart
from flows import case as cases
from flows.casework import tasks as rules
from flows.support_events import SupportEvent, TaskGiven, TaskMoved
from storage.desk import tasks

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from flows.casework.support import Item
    from storage.desk.tasks import Task


def overview(scene: DeskScene) -> None:
    found = tasks.of_case(scene.tx, scene.own_case.id)
    lasts = tasking.passport(scene, found)
    scene.act.answer(wording.overview(scene.act.words, scene.house.definition, scene.own_case.id, found, lasts))


def offered(scene: DeskScene) -> list[tuple[int, str]]:
    """What families are often asked for."""
    worded = scene.act.words.worded
    return [(number, one.label.worded(worded)) for number, one in enumerate(_requests(scene))]


def give(scene: DeskScene, number: int) -> None:
    _give(scene, _requests(scene)[number], None, "")


def command(scene: DeskScene, said: str) -> bool:
    """A task's number and what is to be changed; or a new one, by name or in words. False: nothing was said."""
    first, _, rest = said.strip().partition(" ")
    if not first:
        return False
    if first.isdecimal():
        _change(scene, int(first), rest)
        return True
    found = DAY.search(said)
    day = _day(found[0]) if found else None
    if found and day is None:
        scene.act.tell(counter.no_day(scene.act.words, ""))
        return True
    text = " ".join(DAY.sub(" ", said).split())
    worded = scene.act.words.worded
    theirs = (one for one in scene.house.definition.support.items if one.owner == "family")
    known = [(one.id, (one.label.worded(worded), one.label.english)) for one in theirs]
    item = scene.house.definition.support.item(named(text, known) or "")
    _give(scene, item, day, "" if item else text)
    return True


def show(scene: DeskScene, number: int) -> None:
    """The button of a task: what can be said of it."""
    one = _task(scene, number)
    if one is None:
        scene.act.tell(wording.no_such(scene.act.words))
    else:
        scene.act.answer(wording.how_it_stands(scene.act.words, scene.house.definition, scene.own_case.id, one))


def moved(scene: DeskScene, pair: int) -> None:
    """The button of a state."""
    number, index = apart(pair)
    _move(scene, number, rules.STATES[index], None, "")


def _change(scene: DeskScene, number: int, said: str) -> None:
    """`done`, a day, words: in any order, each only once. A day alone is when it is due, or the date that the task asks for."""
    found = DAY.search(said)
    day, words = _day(found[0]) if found else None, DAY.sub(" ", said).split()
    one = _task(scene, number)
    if one is None:
        return scene.act.tell(wording.no_such(scene.act.words))
    if not words and not found:
        return show(scene, number)
    if found and day is None:
        return scene.act.tell(counter.no_day(scene.act.words, ""))
    names = wording.states(scene.act.words, wording.kind(scene.house.definition, one))
    state = named(words[0], [(id_, (name,)) for id_, name in names.items()]) if words else None
    item = scene.house.definition.support.item(one.item)
    wanted = state or ("done" if day and item and item.date and one.state != "done" else one.state)
    return _move(scene, number, wanted, day, " ".join(words[1:] if state else words))


def _move(scene: DeskScene, number: int, state: str, day: date | None, note: str) -> None:
    one = _task(scene, number)
    if one is None or (state != one.state and state not in rules.MOVES[one.state]):
        scene.act.tell(wording.no_such(scene.act.words) if one is None else wording.cannot(scene.act.words))
    else:
        _settle(scene, TaskMoved(coordinator=_me(scene), task=number, state=state, day=day, note=note or None))


def _give(scene: DeskScene, item: Item | None, due: date | None, text: str) -> None:
    given = TaskGiven(coordinator=_me(scene), item=item.id if item else "", owner="family", due=due, text=text or None)
    if item is None and not text:
        scene.act.tell(wording.which(scene.act.words))
    else:
        _settle(scene, given)


def _settle(scene: DeskScene, event: SupportEvent) -> None:
    settle(scene, cases.act(as_ruled(scene.own_case), _me(scene), event, now=scene.tx.now))


def _requests(scene: DeskScene) -> tuple[Item, ...]:
    return tuple(one for one in scene.house.definition.support.items if one.kind == "request")


def _task(scene: DeskScene, number: int) -> Task | None:
    """A task of this case, by its id."""
    return next((one for one in tasks.of_case(scene.tx, scene.own_case.id) if one.id == number), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _me(scene: DeskScene) -> int:
    return scene.act.coordinator.telegram_id
