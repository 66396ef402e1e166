"""A person who talks to the engine: says words, taps buttons, sends files, and looks at what comes back.

Between all turns the response goes through its text form, as it does through the database.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows import engine
from flows.dialogue.prompt import Expects, Prompt
from flows.events import Answered, Asked, Completed, Drafted, Explained, Outdated, Parked, Refused, Reviewed
from flows.inputs import Attachment, Control, Input, Press, Sent, Words
from flows.questionnaire import Questionnaire
from flows.response import QuestionnaireResponse
from flows.values import Absent, Coding
from flows.words.lexicon import Lexicon
from flows.words.tongue import Translate, identity
from tests.flows.forms import form

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LEXICON = Lexicon.from_json(json.loads((Path(engine.__file__).parent / "definitions" / "words.json").read_text("utf-8")))
SHOWN = (Asked, Drafted, Reviewed, Completed)


class Talk:
    """One conversation about one form."""

    def __init__(self, *items: Any, language: str = "en", translate: Translate = identity, whole: Any = None) -> None:
        self.questionnaire = whole if isinstance(whole, Questionnaire) else Questionnaire.from_json(whole or form(*items))
        self.language, self.translate = language, translate
        self._turn = engine.start(self.questionnaire, id="response-1", now=NOW)

    @property
    def response(self) -> QuestionnaireResponse:
        return self._turn.response

    @property
    def events(self) -> tuple[Any, ...]:
        return self._turn.events

    # ---- what the person does

    def does(self, said: Input) -> Talk:
        before = QuestionnaireResponse.loads(self.response.dumps())
        assert before == self.response
        self._turn = engine.advance(
            self.questionnaire,
            before,
            said,
            now=NOW,
            today=TODAY,
            language=self.language,
            translate=self.translate,
            lexicon=LEXICON,
        )
        self._check(before)
        return self

    def says(self, *texts: str) -> Talk:
        for text in texts:
            self.does(Words(text=text))
        return self

    def taps(self, control: Control, number: int | None = None, *, revision: int | None = None) -> Talk:
        return self.does(
            Press(control=control, number=number, revision=self.response.revision if revision is None else revision)
        )

    def chooses(self, label: str) -> Talk:
        """Tap the option with this label."""
        index = next(choice.index for choice in self.prompt.choices if choice.option.display == label)
        return self.taps(Control.OPTION, index)

    def sends(self, content_type: str = "application/pdf", name: str = "file-1", size: int = 0) -> Talk:
        return self.does(Sent(attachment=Attachment(document_id=name, content_type=content_type, size=size)))

    # ---- what the person sees

    @property
    def prompt(self) -> Prompt:
        shown = engine.present(self.questionnaire, self.response)
        assert isinstance(shown, Asked), shown
        return shown.prompt

    def is_asked(self, key: str, expects: Expects | None = None) -> Talk:
        assert self.prompt.key == key, self.prompt.key
        assert expects is None or self.prompt.expects is expects, self.prompt.expects
        return self

    def is_refused(self, reason: str) -> Refused:
        refused = self.event(Refused)
        assert refused.reason == reason, refused
        assert isinstance(self.events[-1], Asked)
        assert self.events[-1].again
        return refused

    def event(self, kind: type) -> Any:
        found = [event for event in self.events if isinstance(event, kind)]
        assert found, f"no {kind.__name__} in {self.events}"
        return found[0]

    def is_reviewed(self) -> list[tuple[str, tuple[Any, ...]]]:
        shown = engine.present(self.questionnaire, self.response)
        assert isinstance(shown, Reviewed), shown
        return [(entry.key, plain(entry.values)) for entry in shown.page.entries]

    def answer(self, key: str) -> tuple[Any, ...]:
        return plain(self.response.answers[key])

    def _check(self, before: QuestionnaireResponse) -> None:
        """What holds after every turn: the order of events, and that nothing answered is lost."""
        kinds = [type(event) for event in self.events]
        shows = [kind for kind in kinds if kind in SHOWN]
        if kinds == [Outdated]:
            assert self.response == before
        elif before.cursor.mode != "done":
            assert len(shows) == 1
            assert kinds[-1] is shows[0]
        assert all(kind in {Answered, Refused, Explained, Parked} for kind in kinds[:-1])
        assert self.response.revision >= before.revision
        assert (self.response == before) is (self.response.revision == before.revision)


def plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values as short as they can be read: codes and reasons instead of objects."""
    return tuple(
        value.code or value.display if isinstance(value, Coding) else value.reason if isinstance(value, Absent) else value
        for value in values
    )
