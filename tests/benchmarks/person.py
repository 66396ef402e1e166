"""A person who answers any form at random, from a seed: fitting answers, at times skipped ones, now and then back or the review."""

from __future__ import annotations

import random
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

from flows import engine
from flows.dialogue.prompt import Expects, Prompt
from flows.events import Asked, Completed, Drafted, Refused, Reviewed
from flows.inputs import Attachment, Control, Input, Press, Sent, Words
from flows.items import Item
from flows.questionnaire import Questionnaire
from flows.response import QuestionnaireResponse
from flows.values import Quantity
from flows.words.lexicon import Lexicon

LAUNCH = {
    "patient": {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"use": "official", "given": ["Ann"], "family": "Lee"}],
        "gender": "female",
        "birthDate": "1980-02-03",
        "telecom": [{"system": "phone", "value": "5550100100"}],
        "address": [{"city": "Lyon", "line": ["12 High Street"], "postalCode": "69001"}],
    },
    "user": {"resourceType": "Practitioner", "id": "u1", "name": [{"given": ["Sam"], "family": "Roe"}]},
}
MOST_TURNS = 6000
PATIENCE = 40  # refusals of one question, after which the person would give up
SENTENCES = ("Since May", "Ann Lee", "two tablets in the morning", "12 High Street", "not sure, ask my doctor", "3", "A")


class Stuck(Exception):
    """The conversation does not end: a question takes no answer."""


class Person:
    """One person, one form, one conversation. Between all turns the response goes through its text form."""

    def __init__(self, questionnaire: Questionnaire, seed: int, now: datetime, lexicon: Lexicon) -> None:
        self.questionnaire, self.now, self.lexicon = questionnaire, now, lexicon
        self.random = random.Random(seed)
        self.turns = 0

    def talk(self) -> QuestionnaireResponse:
        """From the first question to the confirmation."""
        turn = engine.start(self.questionnaire, id="r", now=self.now, launch=LAUNCH)
        refused = 0
        while not isinstance(turn.events[-1], Completed):
            shown = turn.events[-1]
            was = turn.response
            said = self._said(shown, refused)
            turn = self._does(was, said)
            again = any(isinstance(event, Refused) for event in turn.events)
            refused = refused + 1 if again else 0
            if refused > PATIENCE or self.turns > MOST_TURNS:
                raise Stuck(
                    f"{getattr(getattr(shown, 'prompt', None), 'key', 'review')}: {[e for e in turn.events if isinstance(e, Refused)]}"
                )
        return turn.response

    def _does(self, before: QuestionnaireResponse, said: Input) -> Any:
        self.turns += 1
        loaded = QuestionnaireResponse.loads(before.dumps())
        assert loaded == before
        return engine.advance(self.questionnaire, loaded, said, now=self.now, today=self.now.date(), lexicon=self.lexicon)

    def _said(self, shown: Any, refused: int) -> Input:
        if isinstance(shown, Reviewed):
            return Press(control=Control.CONFIRM)
        assert isinstance(shown, Asked | Drafted), shown
        prompt = shown.prompt
        if refused > PATIENCE // 4 and Control.SKIP in prompt.controls and self.random.random() < 0.5:
            return Press(control=Control.SKIP)
        if refused > PATIENCE // 2 and Control.BACK in prompt.controls and self.random.random() < 0.3:
            return Press(control=Control.BACK)
        # Boxes that nobody has to tick are left alone as often as not.
        passes = 0.5 if prompt.expects is Expects.OPTIONS else 0.1
        if Control.SKIP in prompt.controls and not prompt.draft and self.random.random() < passes:
            return Press(control=Control.SKIP)
        if Control.KEEP in prompt.controls and prompt.expects is not Expects.CONFIRM_ANSWER and self.random.random() < 0.5:
            return Press(control=Control.KEEP)
        return self._fitting(prompt)

    def _fitting(self, prompt: Prompt) -> Input:
        pick = self.random.choice
        match prompt.expects:
            case Expects.OK:
                return Press(control=Control.OK)
            case Expects.OPTIONS:
                return self._several(prompt)
            case Expects.YES_NO:
                return Press(control=pick([Control.YES, Control.NO]))
            case Expects.CONFIRM_ANSWER:
                return Press(control=Control.YES)
            case Expects.MORE:
                return Press(control=pick([Control.ADD, Control.DONE, Control.DONE, Control.DONE]))
            case Expects.OPTION:
                return Press(control=Control.OPTION, number=pick(prompt.choices).index)
            case _ if prompt.draft and Control.DONE in prompt.controls and len(prompt.draft) >= prompt.item.min_occurs:
                return Press(control=Control.DONE)
            case Expects.FILE:
                exact = [kind for kind in prompt.item.mime_types if "*" not in kind]
                kind = pick(exact or prompt.item.mime_types or ("application/pdf",)).replace("*", "png")
                return Sent(attachment=Attachment(document_id=str(self.random.getrandbits(32)), content_type=kind))
            case Expects.UNIT:
                return Press(control=Control.UNIT, number=self.random.randrange(len(prompt.units)))
            case Expects.QUANTITY:
                return self._quantity(prompt.item)
            case Expects.DATE:
                return Words(text=self._date(prompt.item))
            case Expects.TIME:
                return Words(text=f"{self.random.randrange(24):02d}:{self.random.randrange(60):02d}")
            case Expects.INTEGER | Expects.DECIMAL:
                return Words(text=self._number(prompt.item, whole=prompt.expects is Expects.INTEGER))
            case _:
                return Words(text=self._text(prompt.item))

    def _several(self, prompt: Prompt) -> Input:
        chosen = sum(choice.selected for choice in prompt.choices) or len(prompt.draft)
        enough = max(1, min(prompt.item.min_occurs, len(prompt.item.options)))
        if chosen >= enough and self.random.random() < 0.6:
            return Press(control=Control.DONE)
        left = [choice for choice in prompt.choices if not choice.selected]
        if not left and prompt.pages > 1:
            return Press(control=Control.PAGE, number=self.random.randrange(prompt.pages))
        return Press(control=Control.OPTION, number=self.random.choice(left).index) if left else Press(control=Control.DONE)

    def _number(self, item: Item, *, whole: bool) -> str:
        if item.pattern:
            return matching(item.pattern, self.random)
        low, high = _number_of(item.minimum), _number_of(item.maximum)
        low = low if low is not None else (high - 100 if high is not None else Decimal(0))
        high = high if high is not None else low + 120
        number = low + (high - low) * Decimal(self.random.randrange(0, 101)) / 100
        places = 0 if whole else min(2, item.decimal_places if item.decimal_places is not None else 2)
        return f"{round(number, places):.{places}f}" if places else f"{int(number)}"

    def _quantity(self, item: Item) -> Input:
        if not item.units:
            return Words(text=f"{self._number(item, whole=False)}")
        unit = self.random.choice(item.units)
        if unit.low is not None and unit.high is not None:
            number = f"{(unit.low + unit.high) / 2:f}"
        else:
            number = self._number(item, whole=False)
        return Words(text=f"{number} {unit.display}" if len(item.units) > 1 else number)

    def _date(self, item: Item) -> str:
        low = _day(item.minimum, date(1940, 1, 1))
        high = _day(item.maximum, max(self.now.date(), low + timedelta(days=30)))
        day = low + timedelta(days=self.random.randint(0, max(0, (high - low).days)))
        forms = [day.isoformat()] * 3 + ([f"{day:%Y}", f"{day:%B %Y}"] if item.minimum is None and item.maximum is None else [])
        return self.random.choice(forms)

    def _text(self, item: Item) -> str:
        if item.type == "url":
            return f"https://example.org/{self.random.randrange(100)}"
        if item.pattern:
            return matching(item.pattern, self.random)
        text = self.random.choice(SENTENCES)
        while item.min_length and len(text) < item.min_length:
            text += " and more"
        return text[: item.max_length].strip() or "x" if item.max_length else text


def _number_of(value: Any) -> Decimal | None:
    if isinstance(value, Quantity):
        return value.value
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _day(value: Any, otherwise: date) -> date:
    text = str(value)[:10] if value is not None else ""
    text += "-01-01"[len(text) - 4 :] if 4 <= len(text) < 10 else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def matching(pattern: str, chance: random.Random) -> str:
    """A text that a regular expression takes, or nearly: what cannot be made is left out."""
    try:
        text = "".join(_made(sre_parser.parse(pattern), chance))
    except re.error:
        return "x"
    return text or "x"


def _made(tree: Any, chance: random.Random) -> list[str]:
    made: list[str] = []
    for kind, argument in tree:
        if kind is sre.LITERAL:
            made.append(chr(argument))
        elif kind is sre.NOT_LITERAL:
            made.append("a" if argument != ord("a") else "b")
        elif kind is sre.ANY:
            made.append(chance.choice("abc1"))
        elif kind is sre.IN:
            made.append(_one_of(argument, chance))
        elif kind in {sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)}:
            least, most, inner = argument
            for _ in range(chance.randint(max(least, min(1, most)), min(most, least + 3))):
                made += _made(inner, chance)
        elif kind is sre.SUBPATTERN:
            made += _made(argument[-1], chance)
        elif kind is sre.BRANCH:
            made += _made(chance.choice(argument[1]), chance)
    return made


def _one_of(parts: Any, chance: random.Random) -> str:
    letters = [chr(code) for code in range(32, 127)]
    allowed = {letter for letter in letters if any(_in(part, letter) for part in parts if part[0] is not sre.NEGATE)}
    if parts[0][0] is sre.NEGATE:
        allowed = set(letters) - allowed
    plain = sorted(letter for letter in allowed if letter.isalnum()) or sorted(allowed)
    return chance.choice(plain) if plain else "x"


def _in(part: Any, letter: str) -> bool:
    kind, argument = part
    if kind is sre.LITERAL:
        return ord(letter) == argument
    if kind is sre.RANGE:
        return argument[0] <= ord(letter) <= argument[1]
    classes = {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_NOT_SPACE: r"\S",
               sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_NOT_WORD: r"\W"}  # fmt: skip
    return re.fullmatch(classes[argument], letter) is not None
