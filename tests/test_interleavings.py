"""Random interleavings of a patient, the bot, a coordinator, the clock and crashes: whatever happens in whatever order, what must
hold does. Through the conversation and the store; only Telegram is not there. CARELINE_ENDURANCE makes it long.
"""

from __future__ import annotations

import asyncio
import copy
import html
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot import intakes, planning
from bot.effects.scene import PATIENT
from bot.wording import questions
from flows import engine
from flows.dialogue import completeness
from flows.events import Asked
from flows.inputs import Control, Press
from flows.items import Item
from flows.reminders import still
from flows.response import QuestionnaireResponse
from storage import cases, chats, outbox, reminders, responses
from storage.sending import releasing
from storage.transaction import Transaction
from tests.stages import SeamStage
from tests.steps import GO_ON, Play

pytestmark = pytest.mark.timeout(3600)
LONG = bool(os.environ.get("CARELINE_ENDURANCE"))
WORDS = ("45", "Maria", "London", "yes", "no", "May 2024", "skip", "what?", "82 g/L", "")
BARE = frozenset({"yes", "no", "skip", "Yes", "No", "Done", "Skip", "Back"})  # words that could answer many a question
CARDS = (
    *("What would you like to stop?", "Delete everything?", "Choose a language. Your place and your answers stay."),
    *("We are very sorry.", "What is this document?"),
)
DETOURS = (
    "/help",
    "/status",
    "/answers",
    "/privacy",
    "/start",
    "/language",
    "/delete",
    "/faq",
    "/documents",
    "/tasks",
    "/about",
)
ABOUT = ("Yes", "No", "A family member", "Female", "Done", "Skip", "Back")
STARTS = (
    ("Maria taps: English",),
    ("Maria taps: English", "Maria comes to: May we remind you", "Maria taps: Yes", "Maria comes to: How old"),
    (
        *("Maria taps: English", "Maria comes to: May we remind you", "Maria taps: Yes"),
        *("Maria comes to: Please check your answers", "Maria taps: Everything is right"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A beginning that was played once: its database, and what Maria sees."""

    database: bytes
    shown: dict[int, Any]
    last_id: int
    updates: int
    offset: timedelta

    def give(self, stage: SeamStage) -> None:
        """To a stage that is stopped."""
        (stage.folder / "careline.db").write_bytes(self.database)
        stage.clock.offset, stage.updates = self.offset, self.updates
        stage.restart()
        maria = stage.patient("Maria", "en")
        maria.shown, maria.last_id = copy.deepcopy(self.shown), self.last_id


@cache
def begun(start: tuple[str, ...]) -> Begun:
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stage = SeamStage(folder=Path(folder), loop=runner.get_loop())
        play = Play(stage=stage)
        for line in ("Maria starts", *start):
            play.step(line)
        stage.stop()
        maria = play.cast["Maria"]
        database = (Path(folder) / "careline.db").read_bytes()
        told = {"shown": maria.shown, "last_id": maria.last_id, "updates": stage.updates, "offset": stage.clock.offset}
        return Begun(database=database, **told)


class Interleaved(RuleBasedStateMachine):
    """One family. `keys`: which answer each question, as it stands there, has ever been taken for; the same in every run."""

    keys: ClassVar[dict[str, str]] = {}

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: tuple[str, ...]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.stage = SeamStage(folder=Path(self.folder.name), loop=self.loop)
        self.stage.stop()
        begun(start).give(self.stage)
        self.maria = self.stage.people[0]
        self.silent = False

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.stop()
            self.loop.close()
            self.folder.cleanup()

    # ---- what happens

    @rule(said=st.sampled_from(WORDS))
    def says(self, said: str) -> None:
        self._answers(said)

    @rule(said=st.sampled_from((*GO_ON, *ABOUT)))
    def answers(self, said: str) -> None:
        self._answers(said)

    @rule(said=st.sampled_from(DETOURS))
    def asks_for_something_else(self, said: str) -> None:
        before = self._kept()
        self._does(lambda: self.maria.says(said))
        assert self._kept() == before

    @rule(place=st.integers(0, 5), button=st.integers(0, 9))
    def taps_what_was_answered_long_ago(self, place: int, button: int) -> None:
        """A message above the newest one: nothing that was answered changes, but by the buttons of the question that is open."""
        old = [one for one in sorted(self.maria.shown, reverse=True) if self.maria.shown[one]["rows"]][1 + place :][:1]
        flat = [one for number in old for row in self.maria.shown[number]["rows"] for one in row if "callback_data" in one]
        if not flat:
            return
        chosen = flat[button % len(flat)]
        press = self.stage.buttons.decode(chosen["callback_data"], self.maria.telegram_id)
        body, shown = self._body(), self.maria.shown[old[0]]["text"]
        before = self._kept()
        self._does(lambda: self.maria._press(old[0], chosen["callback_data"]))
        changed = {key for key, value in before.items() if self._kept().get(key) != value}
        if press is not None and press.revision is not None and changed:
            assert body
            self._only_the_open_question_changed(body, press, shown, changed)

    @rule(leaves=st.booleans())
    def stops_everything(self, *, leaves: bool) -> None:
        """Or leaves the card that asks about it where it is."""
        self._does(lambda: self.maria.says("/stop"))
        if leaves:
            return
        if "Stop all messages" in self.maria.read():
            self._does(lambda: self.maria.taps("Stop all messages"))
            self.silent = True

    @rule(hours=st.sampled_from([1, 9, 24, 50, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        self.maria._act()
        self.stage.later(hours=hours)
        self._nothing_if_silent()

    @precondition(lambda self: self._case())
    @rule(days=st.integers(-3, 30))
    def a_coordinator_sets_the_day_of_the_infusion(self, days: int) -> None:
        def settle(tx: Transaction) -> None:
            case = cases.open_for(tx, 1)
            assert case
            cases.save(tx, replace(case, day_zero=tx.now.date() - timedelta(days=days)))
            planning.replan(tx, self.stage.house, 1)

        self._desk(settle)

    @precondition(lambda self: self._case())
    @rule()
    def a_coordinator_closes_the_case(self) -> None:
        def close(tx: Transaction) -> None:
            case = cases.open_for(tx, 1)
            assert case
            cases.save(tx, replace(case, stage="closed", closed_at=tx.now))
            planning.replan(tx, self.stage.house, 1)

        self._desk(close)

    @rule(hours=st.sampled_from([0, 30]), sent=st.booleans())
    def the_program_dies(self, hours: int, *, sent: bool) -> None:
        """While reminders are written and rows are out, of which Telegram got some; then it starts again."""

        def half(tx: Transaction) -> None:
            rows = outbox.claim(tx, PATIENT, limit=2, lease=60)
            for row in rows[: int(sent)]:
                self.maria._take(row)

        self.maria._act()
        self.stage.clock.shift(timedelta(hours=hours))
        due = self._work(lambda tx: reminders.due(tx, 10))
        for reminder in due[:1]:
            self.loop.run_until_complete(self.stage.conversation.remind(reminder))
        self._work(half)
        self.stage.restart()
        self._work(lambda tx: (releasing.release(tx, PATIENT), reminders.release(tx)))
        self.maria.look()
        self._nothing_if_silent()

    # ---- what holds

    @invariant()
    def the_plan_is_what_planning_from_scratch_gives(self) -> None:
        if not hasattr(self, "stage"):
            return
        kept, fresh = self._plan(), self._planned_anew()
        over = kept.keys() - fresh.keys()
        assert all(self._falls(one, kept[one]) for one in over)
        assert fresh.keys() <= kept.keys()
        # Early by as long as somebody is answering (planning.stands); late only behind what is over, until that is due.
        assert over or all(kept[one] <= fresh[one] for one in fresh)

    @invariant()
    def what_is_missing_is_what_reading_it_all_again_gives(self) -> None:
        body = self._body() if hasattr(self, "stage") else None
        if body is None or body.status not in {"in-progress", "completed"}:
            return
        again = QuestionnaireResponse.loads(body.dumps())
        asked = self.stage.house.definition.questionnaire
        assert completeness.status_of(asked, again) == completeness.status_of(asked, body)
        assert again == body

    def _only_the_open_question_changed(self, body: QuestionnaireResponse, press: Press, shown: str, changed: set[str]) -> None:
        """The card that was pressed shows the open question, and the change is one of its answer; or it was the no to keeping any."""
        definition, now = self.stage.house.definition, self._body()
        asked = engine.present(definition.questionnaire, body)
        assert press.revision is not None
        assert body.cursor.since <= press.revision <= body.revision
        assert isinstance(asked, Asked)
        item = asked.prompt.item
        assert any(text in html.unescape(shown) for text in self._in_all_languages(item)), (item.text, shown)
        if now is None:
            assert (item.consent, press.control) == ("keep", Control.NO)
        else:
            assert changed <= {asked.prompt.key}

    # ---- how

    def _in_all_languages(self, item: Item) -> list[str]:
        catalogues = self.stage.house.catalogues
        return [questions.text(catalogues[one], item) for one in catalogues.languages]

    def _answers(self, said: str) -> None:
        """Whatever it is taken for, it is the answer to the question that stood there; below something else only what speaks for itself."""
        newest, asked = self._newest(), self._question()
        before = self._kept()
        self._does(lambda: self.maria.answers(said))
        after = self._kept()
        for key in [one for one, value in after.items() if before.get(one) != value]:
            assert asked
            assert self.keys.setdefault(asked, key) == key, (asked, said)
            assert newest == asked or not (said in BARE or any(text in newest for text in self._asking())), (newest, said)

    def _cards(self) -> list[dict[str, Any]]:
        return [self.maria.shown[one] for one in sorted(self.maria.shown, reverse=True)]

    def _newest(self) -> str:
        return next((card["text"] for card in self._cards() if card["rows"]), "")

    def _question(self) -> str:
        """The newest message with buttons that are made for a place in the questions."""
        return next((card["text"] for card in self._cards() if any(map(self._of_a_question, card["rows"]))), "")

    def _of_a_question(self, row: list[dict[str, str]]) -> bool:
        presses = [
            self.stage.buttons.decode(one["callback_data"], self.maria.telegram_id) for one in row if "callback_data" in one
        ]
        return any(press is not None and press.revision is not None for press in presses)

    def _asking(self) -> list[str]:
        """Words of every card that asks something of its own, in all languages."""
        catalogues = self.stage.house.catalogues
        return [catalogues[one].gettext(text) for one in catalogues.languages for text in CARDS]

    def _does(self, act: Any) -> None:
        self.silent = False
        act()

    def _desk(self, work: Any) -> None:
        self.maria._act()
        self._work(work)
        self.maria.look()
        self._nothing_if_silent()

    def _nothing_if_silent(self) -> None:
        assert not self.silent or self.maria.read() == ""

    def _work(self, work: Any) -> Any:
        return self.loop.run_until_complete(self.stage.database.transact(work))

    def _body(self) -> QuestionnaireResponse | None:
        found = self._work(lambda tx: responses.current(tx, 1))
        return QuestionnaireResponse.loads(found.body) if found else None

    def _kept(self) -> dict[str, Any]:
        body = self._body()
        return dict(body.answers) if body else {}

    def _case(self) -> bool:
        return hasattr(self, "stage") and self._work(lambda tx: cases.open_for(tx, 1)) is not None

    def _plan(self) -> dict[Any, Any]:
        """Every record that is missing, every check-in, an intake that was left: when it is spoken of."""
        return self._work(planned)

    def _falls(self, row: tuple[str, str, int], due: datetime) -> bool:
        """Whether a row that time alone made pointless is dropped when it is due."""
        kind, subject, occurrence = row
        house = self.stage.house

        def falls(tx: Transaction) -> bool:
            chat = chats.get(tx, 1)
            known = planning.facts(tx, house, chat, *intakes.load(tx, chat))
            return still(house.definition.reminders, known, (kind, subject), occurrence, now=due) is None

        return self._work(falls)

    def _planned_anew(self) -> dict[Any, Any]:
        def anew(tx: Transaction) -> None:
            planning.replan(tx, self.stage.house, 1)
            raise Undone(planned(tx))

        try:
            self._work(anew)
        except Undone as undone:
            return undone.plan
        raise AssertionError


class Undone(Exception):
    """Only looked at."""

    def __init__(self, plan: dict[Any, Any]) -> None:
        super().__init__()
        self.plan = plan


def planned(tx: Transaction) -> dict[Any, Any]:
    rows = [row for row in reminders.for_chat(tx, 1) if row.state == "planned"]
    return {(row.kind, row.subject, row.occurrence): row.due_at for row in rows}


Interleaved.TestCase.settings = settings(
    max_examples=400 if LONG else 5, stateful_step_count=60 if LONG else 15, deadline=None, derandomize=not LONG
)
TestInterleavings = Interleaved.TestCase
