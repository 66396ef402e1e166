"""The sentences that say why an answer cannot be taken, and what would be one: the same in the chat and in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.dialogue.reason import Reason
from flows.texts import Text
from flows.values import PartialDate

if TYPE_CHECKING:
    from flows.events import Refused
    from flows.items import Item
    from flows.reading import Spot
    from flows.texts import Translate


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """`sentences`: one for each reason, with the places {limit}, {candidates} and {text}; `without`: where the form gives nothing to show.

    `skip` is said behind them where the question can be left out; `between` stands between candidates.
    """

    sentences: Mapping[Reason, Text]
    without: Mapping[Reason, Text]
    skip: Text
    between: Text

    def sentence(self, event: Refused) -> Text:
        """The sentence for a refusal, its places still open."""
        bare = event.reason in self.without and not (event.text or any(event.candidates))
        return (self.without if bare else self.sentences)[event.reason]


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How one reader is spoken to: their language, how a day is written, and what keeps a number apart from right-to-left words."""

    translate: Translate
    day: Callable[[PartialDate], str] = str
    apart: Callable[[str], str] = str


def worded(refusals: Refusals, event: Refused, item: Item, manner: Manner) -> str:
    """Why not, in words. `item`: the question as the person saw it."""
    parts = (refusals.sentence(event), *((refusals.skip,) if event.may_skip else ()))
    said = " ".join(part.worded(manner.translate) for part in parts)
    candidates = refusals.between.worded(manner.translate).join(_candidates(event, item, manner))
    text = manner.translate("", event.text) if event.text else ""
    return said.format(limit=manner.apart(event.limit), candidates=candidates, text=text)


def _candidates(event: Refused, item: Item, manner: Manner) -> list[str]:
    match event.reason:
        case Reason.AMBIGUOUS_DATE:
            return [manner.day(PartialDate(text=one)) for one in event.candidates]
        case Reason.AMBIGUOUS_OPTION:
            options = [item.options[int(one)] for one in event.candidates]
            return [manner.translate(option.context, option.display) for option in options]
        case Reason.IMPLAUSIBLE_UNIT:
            return [manner.apart(item.units[int(one)].display) for one in event.candidates]
        case Reason.WARNING:
            return [manner.translate("", one) for one in event.candidates if one]
        case _:
            return [manner.apart(one) for one in event.candidates]


def read(spot: Spot) -> Refusals:
    """A sentence for every reason, from their file."""
    spot.only("refusals", "without", "skip", "between")
    reasons = tuple(Reason)
    sentences = spot.get("refusals").only(*reasons)
    without = spot.get("without").only(*reasons)
    return Refusals(
        sentences={reason: Text(context=f"refusal/{reason}", english=sentences.text(reason)) for reason in reasons},
        without={
            Reason(name): Text(context=f"refusal/{name}/without", english=without.text(name)) for name, _ in without.fields()
        },
        skip=Text(context="refusal/skip", english=spot.text("skip")),
        between=Text(context="refusal/between", english=spot.text("between")),
    )
