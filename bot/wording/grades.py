"""How well a criterion is shown, how fresh it is, and whether a value lies near a limit: for coordinators only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import clip
from bot.wording import dossier, values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.catalogues import Catalogue
    from flows.criteria import Criterion
    from flows.grounds.evidence import Grade, Refusal
    from flows.grounds.findings import Finding
    from flows.grounds.freshness import Aged
    from flows.library import Definition

TITLE = 32  # characters of a criterion on a button


def names(words: Catalogue) -> Mapping[Grade, str]:
    return {
        "told": words.pgettext("evidence", "told"),
        "document": words.pgettext("evidence", "a document came"),
        "checked": words.pgettext("evidence", "checked by a coordinator"),
        "confirmed": words.pgettext("evidence", "confirmed by a hospital"),
    }


def button(words: Catalogue, number: int, criterion: Criterion, wanted: Grade) -> str:
    short = words.pgettext("evidence", "checked") if wanted == "checked" else words.pgettext("evidence", "confirmed")
    return f"{number}. {clip(criterion.title.worded(words.worded), TITLE)}: {short}"


def how(words: Catalogue) -> str:
    return words.gettext(
        "Write the number of the criterion on the card and the grade: /evidence 7 checked, or /evidence 7 confirmed"
    )


def refused(words: Catalogue, why: Refusal) -> str:
    return {
        "not-higher": words.gettext("This evidence is as high already. It only rises; a changed answer begins anew."),
        "no-answer": words.gettext("There is no answer yet that could be checked."),
        "not-at-hospital": words.gettext("A hospital’s word can be noted once the case is at a hospital."),
        "not-yours": words.gettext("Somebody else holds this case. Take it over first."),
    }[why]


def raised(words: Catalogue, name: str, criterion: Criterion, grade: Grade) -> str:
    text = words.gettext("{name}: evidence of “{criterion}” is now {grade}.")
    return text.format(name=words.isolate(name), criterion=criterion.title.worded(words.worded), grade=names(words)[grade])


def beside(words: Catalogue, definition: Definition, finding: Finding, grade: Grade, label: Callable[[str], str]) -> list[str]:
    """What a coordinator has to know beside a status. `label`: a question by its linkId, in short."""
    told = [names(words)[grade]] if finding.evidence else []
    if finding.near:
        told.append(words.gettext("borderline: {values}").format(values=values.comma(words).join(map(label, finding.near))))
    return [*told, *(_aged(words, definition, one, label) for one in finding.aged)]


def _aged(words: Catalogue, definition: Definition, aged: Aged, label: Callable[[str], str]) -> str:
    record = definition.record(aged.record)
    what = (
        record.text.worded(words.worded)
        if record
        else _several(words, [dossier.tests(words).get(one) or label(one) for one in aged.link_ids])
    )
    if aged.since is None:
        return words.gettext("no date: {what}").format(what=what)
    text = words.ngettext(
        "needs update: {what}, from {day}, good for {n} day", "needs update: {what}, from {day}, good for {n} days", aged.days
    )
    return text.format(what=what, day=values.day(words, aged.since), n=aged.days)


def _several(words: Catalogue, labels: list[str]) -> str:
    """The first of them, and how many more."""
    rest = len(labels) - 1
    more = words.ngettext("and {n} more", "and {n} more", rest).format(n=rest) if rest else ""
    return f"{labels[0]} {more}".rstrip()
