"""Reminders between rows and rules: what is so in a chat, what is planned from it, and what a due row says.

The rules are `flows.reminders`; the plan is made anew after each turn and asked again when a row is due, so that what was answered,
withdrawn or closed a second before is not sent.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import intakes
from bot.appointments import KIND, Appointment
from bot.effects.scene import House, Lane, Scene
from bot.wording import appointment as wording
from bot.wording import records as record_words
from bot.wording import reminding
from bot.wording import tasks as task_words
from bot.wording.reminding import About
from flows import records
from flows.case import ACCEPTED, SILENT
from flows.casework import tasks as task_rules
from flows.events import Answered, Asked, Drafted, Explained, Outdated, Parked, Refused, Reviewed
from flows.reminders import Facts, follow_up, plan, record_starts, still
from flows.schedule.followups import SUBJECT
from storage import cases, chats, consents, coordinators, reminders
from storage.desk import ratings, tasks
from storage.records import record_marks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from flows.events import Event
    from flows.intake import Intake
    from storage.rows import Case, Chat, Reminder
    from storage.transaction import Transaction

IN_A_TALK = timedelta(minutes=10)  # less than any reminder waits, so none went out between two answers
PLAIN = (Answered, Asked, Drafted, Explained, Outdated, Parked, Refused, Reviewed)  # events that no reminder rests on
PUT_OFF = {"later", "unreadable", "outdated"}  # marks from which on a record is asked for anew
ASKING = {"task", "case"}  # reminders about these want an answer of their own
STATES = {"stopped": "stopped", "in_memory": "in-memory", "erased": "erased"}


def stands(tx: Transaction, chat: Chat, before: Intake, events: Iterable[Event]) -> bool:
    """Whether the plan of a chat (as it was before this turn) may stay: somebody is in the middle of answering, nothing else happened.

    Each answer begins the wait for the next one anew, so such a plan is early by as long as they have been answering. `remind`
    finds that out when the row is due, and gives it its time.
    """
    answering = before.response is not None and before.response.status == "in-progress"
    lately = tx.now - IN_A_TALK < chat.last_heard_at <= tx.now and chat.unreachable_at is None
    return answering and lately and all(isinstance(event, PLAIN) for event in events)


def replan(tx: Transaction, house: House, chat_id: int) -> None:
    """Make the chat's planned reminders what the rules want now. A coordinator's follow-ups stay."""
    chat = chats.get(tx, chat_id)
    intake, case = intakes.load(tx, chat)
    planned = plan(house.definition.reminders, facts(tx, house, chat, intake, case), now=tx.now)
    rows = [(one.kind, one.subject, one.occurrence, one.due) for one in planned]
    reminders.replace(tx, chat_id, rows, case_id=case.id if case else None)


def remind(tx: Transaction, house: House, reminder: Reminder) -> None:
    """A row is due: say it, give it a better time, or drop it."""
    chat = chats.get(tx, reminder.chat_id, locked=True)
    known = facts(tx, house, chat, *intakes.load(tx, chat))
    if reminder.text is not None:
        _follow_up(tx, house, chat, reminder, known)
        return
    rules = house.definition.reminders
    wanted = still(rules, known, (reminder.kind, reminder.subject), reminder.occurrence, now=tx.now)
    if wanted is None:
        reminders.drop(tx, reminder.id)
        replan(tx, house, chat.id)  # what waited behind it has its place now
    elif wanted.due > tx.now:
        reminders.postpone(tx, reminder.id, wanted.due)
    elif reminders.sent(tx, reminder.id):
        _say(tx, house, chat, reminder, last=wanted.last)
        replan(tx, house, chat.id)


def facts(tx: Transaction, house: House, chat: Chat, intake: Intake, case: Case | None) -> Facts:
    """What is so in one chat, as the rules of reminders want to know it."""
    sent: defaultdict[tuple[str, str], tuple[datetime, ...]] = defaultdict(tuple)
    for row in reminders.for_chat(tx, chat.id):
        if row.state == "sent" and row.text is None and row.done_at:
            sent[row.kind, row.subject] += (row.done_at,)
    closed = None if case else next(reversed(cases.of_chat(tx, chat.id)), None)
    return Facts(
        language=chat.language,
        zone=chat.zone,
        consents=frozenset(name for name, given in consents.current(tx, chat.id).items() if given),
        holds=_holds(chat, intake, case, closed),
        starts={**_starts(tx, house, chat, intake, case), **_ended_starts(tx, house, closed)},
        ended=frozenset(_ended(intake)),
        snoozed_until=chat.snoozed_until,
        sent=sent,
    )


def _holds(chat: Chat, intake: Intake, case: Case | None, closed: Case | None) -> frozenset[str]:
    """`closed`: the newest case where none is open."""
    said = {
        STATES.get(chat.state, ""): chat.state in STATES,
        "unreachable": chat.unreachable_at is not None,
        "completed": intake.response is not None and intake.response.status != "in-progress",
        "human-talk": intake.talking,
        "reminders-off": not intake.reminders_on,
        "case-closed": closed is not None or (case is not None and case.stage in SILENT),
        "paused": case is not None and case.stage == "paused",
        "accepted": case is not None and (case.stage in ACCEPTED or case.day_zero is not None),
    }
    return frozenset(name for name, true in said.items() if true)


def _starts(tx: Transaction, house: House, chat: Chat, intake: Intake, case: Case | None) -> dict[str, dict[str, datetime]]:
    return {
        **_asked_starts(tx, house, chat, intake, case),
        **_task_starts(tx, house, chat, case),
        **_day_zero_starts(house, chat, case),
    }


def _task_starts(tx: Transaction, house: House, chat: Chat, case: Case | None) -> dict[str, dict[str, datetime]]:
    """What the family was asked for and has not answered."""
    if case is None:
        return {}
    zone = house.definition.reminders.zone(chat.zone, chat.language)
    asked = (one for one in tasks.of_case(tx, case.id) if one.owner == "family" and one.state in task_rules.WAITING)
    return {"task-asked": {str(one.id): task_rules.start(one.created_at, one.due, zone) for one in asked}}


def _day_zero_starts(house: House, chat: Chat, case: Case | None) -> dict[str, dict[str, datetime]]:
    if case is None or case.day_zero is None:
        return {}
    zone = house.definition.reminders.zone(chat.zone, chat.language)
    programme = house.definition.programme_of(case.protocol)
    return {programme.starts: programme.start(case.day_zero, zone)}


def _ended_starts(tx: Transaction, house: House, newest: Case | None) -> dict[str, dict[str, datetime]]:
    """Somebody whose newest case was closed is asked how it was: never after a death, and once."""
    if newest is None or newest.closed_at is None or newest.previous_stage == "died":
        return {}
    asked = newest.close_reason in house.definition.support.asked_after and ratings.get(tx, newest.id) is None
    return {"case-ended": {str(newest.id): newest.closed_at}} if asked else {}


def _asked_starts(
    tx: Transaction, house: House, chat: Chat, intake: Intake, case: Case | None
) -> dict[str, dict[str, datetime]]:
    if intake.response is None:
        return {}
    if intake.response.status == "in-progress":
        return {"last-answer": {"response": chat.last_heard_at}}
    if case is None:
        return {}
    states = records.checklist(house.definition, intake.response, intake.marks)
    put_off = {record: at for record, at in record_marks.times(tx, chat.id).items() if intake.marks.get(record) in PUT_OFF}
    return {"record-asked": record_starts(states, asked=case.opened_at, put_off=put_off)}


def _ended(intake: Intake) -> list[tuple[str, str]]:
    ends = {"received": "record-received", "none": "record-none"}
    return [(ends[mark], record) for record, mark in intake.marks.items() if mark in ends]


def _say(tx: Transaction, house: House, chat: Chat, reminder: Reminder, *, last: bool) -> None:
    scene = _scene(tx, house, chat)
    rule = house.definition.reminders.rule(reminder.kind)
    message = reminding.reminder(scene.words, rule, _about(scene, rule.subject, reminder.subject), last=last)
    scene.say(message, kind="reminder", lane=Lane.SCHEDULED, unique_key=f"reminder/{reminder.id}")
    scene.interrupt(asks=rule.subject in ASKING)
    if rule.subject == SUBJECT and scene.questions_open:  # how things are is told to a person, and answers no question
        chats.update(tx, chat.id, talking=True)


def _about(scene: Scene, kind: str, subject: str) -> About | None:
    """What a rule about one record, one task or one case names."""
    definition = scene.house.definition
    record = definition.record(subject) if kind == "record" else None
    task = tasks.get(scene.tx, int(subject)) if kind == "task" else None
    if kind == "case":
        return About(name="", number=int(subject))
    if record is not None:
        return About(name=record_words.name(scene.words, record), number=definition.records.index(record))
    return About(name=task_words.name(scene.words, definition, task), number=task.id) if task else None


def _follow_up(tx: Transaction, house: House, chat: Chat, reminder: Reminder, known: Facts) -> None:
    at = follow_up(house.definition.reminders, known, reminder.due_at, now=tx.now)
    if at is None:
        reminders.drop(tx, reminder.id)
    elif at > tx.now:
        reminders.postpone(tx, reminder.id, at)
    elif reminders.sent(tx, reminder.id):
        scene = _scene(tx, house, chat)
        if reminder.kind == KIND:
            _appointment(scene, house, reminder)
            return
        author = coordinators.get(tx, reminder.author) if reminder.author else None
        name = author.name if author else ""
        message = reminding.follow_up(scene.words, reminder.text or "", name, questions_open=scene.questions_open)
        if scene.case is not None:
            chats.update(tx, chat.id, talking=True)
        scene.say(message, kind="follow_up", lane=Lane.SCHEDULED, unique_key=f"reminder/{reminder.id}")


def _appointment(scene: Scene, house: House, reminder: Reminder) -> None:
    """Named again before it; one that has begun meanwhile is not."""
    made = Appointment.loads(reminder.text or "")
    home = house.definition.reminders.zone(scene.chat.zone, scene.chat.language).key
    if made.at > scene.tx.now:
        said = wording.appointment(scene.words, made, home, again=True)
        scene.say(said, kind="reminder", lane=Lane.SCHEDULED, unique_key=f"reminder/{reminder.id}")
        scene.interrupt()


def _scene(tx: Transaction, house: House, chat: Chat) -> Scene:
    intake, case = intakes.load(tx, chat)
    return Scene(tx=tx, house=house, chat=chat, intake=intake, case=case)
