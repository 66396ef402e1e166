"""Effects of tasks: given by a coordinator, opened by a stage or by a question about the cost, answered by the family with one tap."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.act import DeskScene, at_desk
from bot.effects.group import Group
from bot.effects.relaying import relay_words
from bot.effects.scene import Lane
from bot.wording import around, talk
from bot.wording import tasks as wording
from bot.wording.markup import lines, plain
from flows.casework import tasks as rules
from flows.support_events import CostsAsked, TaskAnswered, TaskDated, TaskDateSaid, TaskGiven, TaskMoved, TaskShown, TasksListed
from storage import audit
from storage.desk import tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.effects.registry import Effect
    from bot.effects.scene import Scene
    from flows.casework.support import Item
    from storage.desk.tasks import Task

YEAR, MONTH = 4, 7  # characters of a date that is no more precise

# ---- by coordinators


def task_given(scene: DeskScene, event: TaskGiven) -> None:
    case, by = scene.own_case, event.coordinator
    made = tasks.add(scene.tx, case.id, item=event.item, owner=event.owner, by=by, due=event.due, body=event.text)
    task = tasks.get(scene.tx, made)
    assert task is not None
    audit.write(scene.tx, actor=str(by), action="task.given", object=f"case:{case.id}", detail=f"{made} {event.item}".strip())
    _tell(scene, scene.act.name, task)
    if event.owner == "family" and scene.may_write:
        scene.say(wording.task(scene.words, scene.house.definition, task), kind="task_given")


def task_moved(scene: DeskScene, event: TaskMoved) -> None:
    """A day is the date that the task asks for, or else when it is due."""
    task = tasks.get(scene.tx, event.task)
    assert task is not None
    item = scene.house.definition.support.item(task.item)
    dated = {} if event.day is None else {"day" if item and item.date else "due": event.day}
    noted = {} if event.note is None else {"note": event.note}
    _change(scene, task, scene.act.name, str(event.coordinator), {"state": event.state, **dated, **noted})


def opened(scene: DeskScene, stage: str) -> None:
    """A stage was reached: its tasks are there from now on, and the family reads what is theirs in one message."""
    case, items = scene.own_case, scene.house.definition.support.items
    new = rules.opened_by(stage, items, _there(scene, case.id))
    _add(scene, case.id, new)
    if not new:
        return
    Group(tx=scene.tx, house=scene.house).line(case.id, wording.opened(scene.house.desk_words, len(new)), kind="tasks_opened")
    if scene.may_write and any(item.owner == "family" for item in new):
        _list(scene)


# ---- by the patient's side


def tasks_listed(scene: Scene, _event: TasksListed) -> None:
    _list(scene)


def task_shown(scene: Scene, event: TaskShown) -> None:
    task = _own(scene, event.task)
    if task is None or task.state not in rules.WAITING:
        _list(scene)
    else:
        scene.say(wording.task(scene.words, scene.house.definition, task), kind="task_shown")


def task_answered(scene: Scene, event: TaskAnswered) -> None:
    """One tap. The second one, or one for what the desk has settled, changes nothing."""
    task = _own(scene, event.task)
    if task is None or not rules.answerable(task.state, task.owner, event.state):
        scene.toast(wording.settled(scene.words))
        return
    _change(scene, task, None, "patient", {"state": event.state})
    label = wording.name(scene.words, scene.house.definition, task)
    scene.rewrite_text(wording.answered(scene.words, label, event.state), kind="task_answered")


def task_dated(scene: Scene, event: TaskDated) -> None:
    """A year, then a month of it: the first day of the month stands for it, so that a passport is not taken for longer than it is."""
    task = _own(scene, event.task)
    if task is None or not rules.answerable(task.state, task.owner, "done"):
        scene.toast(wording.settled(scene.words))
        return
    label = wording.name(scene.words, scene.house.definition, task)
    if event.year is None:
        scene.rewrite(wording.which_year(scene.words, label, task.id, scene.tx.now.year), kind="task_date_asked")
    elif event.month is None:
        scene.rewrite(wording.which_month(scene.words, label, task.id, event.year), kind="task_date_asked")
    else:
        _change(scene, task, None, "patient", {"state": "done", "day": date(event.year, event.month, 1)})
        scene.rewrite_text(wording.answered(scene.words, label, "done"), kind="task_answered")


def task_date_said(scene: Scene, event: TaskDateSaid) -> None:
    """The date that the one open task asks for; a year alone is asked about. Where no task waits for a date, a person reads it."""
    found = tasks.of_case(scene.tx, scene.case.id) if scene.case else []
    items = {item.id for item in scene.house.definition.support.items if item.date}
    waiting = [one for one in found if one.item in items and rules.answerable(one.state, one.owner, "done")]
    if len(waiting) != 1:
        _not_taken(scene, event.text)
        return
    task, label = waiting[0], wording.name(scene.words, scene.house.definition, waiting[0])
    if len(event.day) == YEAR:
        scene.ask(wording.which_month(scene.words, label, task.id, int(event.day)), kind="task_date_asked")
        return
    day = date.fromisoformat(event.day if len(event.day) > MONTH else f"{event.day}-01")
    _change(scene, task, None, "patient", {"state": "done", "day": day})
    scene.preface(wording.answered(scene.words, label, "done"))


def _not_taken(scene: Scene, text: str) -> None:
    if scene.questions_open:
        scene.preface(around.not_understood(scene.words, "aside", stored=False))
    elif not scene.intake.talking:
        relay_words(scene, text, noted=True)
        scene.preface(talk.passed_on(scene.words))


def costs_asked(scene: Scene, _event: CostsAsked) -> None:
    """The parts of the cost become tasks of the desk, once; a second time the desk is told again."""
    if scene.case is not None:
        case = scene.case.id
        _add(scene, case, rules.of_kind("cost", scene.house.definition.support.items, _there(scene, case)))
        audit.write(scene.tx, actor="patient", action="costs.asked", object=f"case:{case}")
        group = Group(tx=scene.tx, house=scene.house)
        group.line(case, wording.costs_asked(scene.house.desk_words), kind="costs_asked", lane=Lane.CARD)
        cards.refresh(group, scene.case)
    scene.say(wording.costs(scene.words), kind="costs_asked")


# ---- both


def passport(scene: Scene, found: Sequence[Task]) -> str:
    """What the desk should know of the passport, once its date is asked for; plain."""
    rule, items = scene.house.definition.support.passport, scene.house.definition.support.items
    dated = {item.date: one for item in items for one in found if item.date and one.item == item.id and one.state != "dropped"}
    if "passport" not in dated:
        return ""
    arrival = dated["arrival"].day if "arrival" in dated else None
    today = scene.tx.now.astimezone(scene.house.desk_zone).date()
    lasts = rules.passport(rule, dated["passport"].day, arrival, today=today)
    return wording.passport(scene.house.desk_words, lasts, rule.needed(arrival or today))


def _change(scene: Scene, task: Task, who: str | None, actor: str, changes: dict[str, object]) -> None:
    tasks.change(scene.tx, task, **changes)
    audit.write(
        scene.tx, actor=actor, action="task.changed", object=f"case:{task.case_id}", detail=f"{task.id} {changes['state']}"
    )
    after = tasks.get(scene.tx, task.id)
    assert after is not None
    _tell(scene, who, after, dated="day" in changes)


def _tell(scene: Scene, who: str | None, task: Task, *, dated: bool = False) -> None:
    assert scene.case is not None
    group = Group(tx=scene.tx, house=scene.house)
    text = wording.told(scene.house.desk_words, who, wording.line(scene.house.desk_words, scene.house.definition, task))
    lasts = passport(scene, tasks.of_case(scene.tx, task.case_id)) if dated else ""
    group.line(task.case_id, lines(text, plain(lasts)), kind="task_changed")
    cards.refresh(group, scene.case)


def _list(scene: Scene) -> None:
    found = tasks.of_case(scene.tx, scene.case.id) if scene.case else []
    open_ = [one for one in found if one.owner == "family" and one.state in rules.WAITING]
    scene.say(wording.listed(scene.words, scene.house.definition, open_), kind="tasks_listed")


def _add(scene: Scene, case: int, items: Sequence[Item]) -> None:
    for item in items:
        tasks.add(scene.tx, case, item=item.id, owner=item.owner, by=0)


def _there(scene: Scene, case: int) -> list[str]:
    return [one.item for one in tasks.of_case(scene.tx, case)]


def _own(scene: Scene, task_id: int) -> Task | None:
    """A task of the open case of this chat."""
    task = tasks.get(scene.tx, task_id)
    return task if task and scene.case and task.case_id == scene.case.id else None


EFFECTS: dict[type, Effect] = {
    TaskGiven: at_desk(task_given),
    TaskMoved: at_desk(task_moved),
    TasksListed: tasks_listed,
    TaskShown: task_shown,
    TaskAnswered: task_answered,
    TaskDated: task_dated,
    TaskDateSaid: task_date_said,
    CostsAsked: costs_asked,
}
