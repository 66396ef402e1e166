"""What happened when, as bars on a scale of years. A day, a month or a year is drawn as long as it was said."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.dossier import answers
from bot.wording import dossier as wording
from bot.wording import values
from flows.grounds.given import link_id_of
from flows.response import PartialDate

if TYPE_CHECKING:
    from bot.dossier.sides import Pair, Sides
    from bot.wording.card import Card
    from flows.response import QuestionnaireResponse

THERAPY, THERAPY_DATE, RESULT = "therapy", "therapy-date", "therapy-result"
OUTCOME = {"own-cart-date": "own-cart", "transplant-date": "transplant", "marker-date": "marker-test"}
LEAST_YEARS = 2
MOST_TICKS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """Something that lasted from `first` to `last` as far as it is known; without dates it stands at the end."""

    label: Pair
    when: Pair
    span: tuple[date, date] | None


def block(sides: Sides, made: Card) -> dict[str, object] | None:
    moments = sorted(_moments(sides, made), key=lambda one: one.span or (date.max, date.max))
    spans = [one.span for one in moments if one.span]
    if not moments:
        return None
    first = min((span[0].year for span in spans), default=made.now.year)
    last = max([made.now.year, *(span[1].year for span in spans)])
    scale = _Scale(first=min(first, last - LEAST_YEARS + 1), last=last)
    return {
        "kind": "timeline",
        "title": sides.pair(lambda words: wording.headings(words)["timeline"]),
        "ticks": scale.ticks(),
        "rows": [{"label": one.label, "when": one.when, "bar": scale.bar(one.span) if one.span else None} for one in moments],
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scale:
    """Years from the beginning of `first` to the end of `last`, as shares of the width."""

    first: int
    last: int

    def ticks(self) -> list[dict[str, object]]:
        step = -(-(self.last - self.first + 1) // MOST_TICKS)
        return [{"at": self._at(date(year, 1, 1)), "year": str(year)} for year in range(self.first, self.last + 1, step)]

    def bar(self, span: tuple[date, date]) -> list[float]:
        return [self._at(span[0]), self._at(span[1] + timedelta(days=1))]

    def _at(self, day: date) -> float:
        begin, end = date(self.first, 1, 1), date(self.last + 1, 1, 1)
        return round((day - begin).days / (end - begin).days, 4)


def _moments(sides: Sides, made: Card) -> list[Moment]:
    response = made.response
    found = [_therapy(sides, made, response, key) for key in _keys(response, THERAPY)] if response else []
    for link_id in ("own-cart-date", "transplant-date", "marker-date", "blood-date", "heart-date"):
        found += [_dated(sides, made, response, key) for key in _keys(response, link_id)] if response else []
    return found + ([_day_zero(sides, made.case.day_zero)] if made.case.day_zero else [])


def _keys(response: QuestionnaireResponse, link_id: str) -> list[str]:
    keys = (key for key in response.answers if link_id_of(key) == link_id and key not in response.parked)
    return [key for key in keys if any(isinstance(one, str | PartialDate) for one in response.answers[key])]


def _therapy(sides: Sides, made: Card, response: QuestionnaireResponse, key: str) -> Moment:
    """A treatment by the family's name for it, with what it did."""
    place = key.rpartition("/")[0]
    said = [key, f"{place}/{RESULT}"]
    label = sides.pair(
        lambda words: " – ".join(
            words.isolate(text) for one in said if (text := answers.given(sides, words, made.definition, response, one))
        )
    )
    return _moment(sides, label, response, f"{place}/{THERAPY_DATE}")


def _dated(sides: Sides, made: Card, response: QuestionnaireResponse, key: str) -> Moment:
    link_id = link_id_of(key)
    beside = key.removesuffix(link_id) + OUTCOME.get(link_id, "")
    label = sides.pair(
        lambda words: ": ".join(
            words.isolate(text)
            for text in (wording.moments(words)[link_id], answers.given(sides, words, made.definition, response, beside))
            if text
        )
    )
    return _moment(sides, label, response, key)


def _day_zero(sides: Sides, day: date) -> Moment:
    label = sides.pair(lambda words: wording.moments(words)["day-zero"])
    return Moment(label=label, when=sides.pair(lambda words: values.day(words, day)), span=(day, day))


def _moment(sides: Sides, label: Pair, response: QuestionnaireResponse, key: str) -> Moment:
    said = next((one for one in response.answers.get(key, ()) if isinstance(one, PartialDate)), None)
    if said is None:
        return Moment(label=label, when=sides.pair(wording.no_date), span=None)
    return Moment(label=label, when=sides.pair(lambda words: values.partial_date(words, said)), span=span(said))


def span(said: PartialDate) -> tuple[date, date]:
    """The first and the last day that a date can mean."""
    year, *rest = [int(part) for part in said.text.split("-")]
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if len(rest) == 1:
        return date(year, rest[0], 1), date(year, rest[0], calendar.monthrange(year, rest[0])[1])
    return date(year, *rest), date(year, *rest)
