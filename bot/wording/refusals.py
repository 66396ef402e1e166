"""Why an answer cannot be taken, kindly, and what would be one. Every text is escaped."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.wording import values
from bot.wording.markup import plain
from flows.events import Reason

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from flows.events import Refused
    from flows.items import Item


def refused(words: Catalogue, event: Refused, item: Item) -> str:
    sentence = _sentence(words, event.reason)
    if event.reason is Reason.CONSTRAINT and not event.text:
        sentence = words.gettext("That does not go together with what this form asks for. Could you check it?")
    if event.may_skip:
        sentence = " ".join((sentence, words.gettext("If nothing fits, you can also skip this question.")))
    candidates = words.gettext(" / ").join(_candidates(words, event, item))
    limit = words.isolate(event.limit)
    return plain(sentence.format(limit=limit, candidates=candidates, text=words.worded("", event.text)))


def _candidates(words: Catalogue, event: Refused, item: Item) -> list[str]:
    if event.reason is Reason.AMBIGUOUS_DATE:
        return [values.day(words, date.fromisoformat(one)) for one in event.candidates]
    if event.reason is Reason.AMBIGUOUS_OPTION:
        options = [item.options[int(one)] for one in event.candidates]
        return [words.worded(option.context, option.display) for option in options]
    if event.reason is Reason.IMPLAUSIBLE_UNIT:
        return [words.isolate(item.units[int(one)].display) for one in event.candidates]
    if event.reason is Reason.WARNING:
        return [words.worded("", one) for one in event.candidates if one] or [words.gettext("That answer is unusual.")]
    return [words.isolate(one) for one in event.candidates]


def _sentence(words: Catalogue, reason: Reason) -> str:  # noqa: C901, PLR0912 - one line for each reason
    match reason:
        case Reason.NOT_A_NUMBER:
            return words.gettext("I could not find a number in that. Please write it with digits, for example 82 or 4.5.")
        case Reason.NOT_WHOLE:
            return words.gettext("Please write a whole number here, such as 2 or 14.")
        case Reason.TOO_SMALL:
            return words.gettext("That number looks too small. It should be at least {limit}. Could you check it?")
        case Reason.TOO_LARGE:
            return words.gettext("That number looks too large. It should be at most {limit}. Could you check it?")
        case Reason.TOO_LONG:
            return words.gettext(
                "That is longer than I can keep in one answer ({limit} characters). Could you make it shorter?"
            )
        case Reason.TOO_SHORT:
            return words.gettext("That is a little short. Please write at least {limit} characters.")
        case Reason.PATTERN:
            return words.gettext("That does not look like what is asked here. A good answer looks like this: {candidates}")
        case Reason.NOT_A_DATE:
            return words.gettext("I could not read a date in that. You can write, for example, 5 May 2024, May 2024 or 2024.")
        case Reason.AMBIGUOUS_DATE:
            return words.gettext("That date can mean two days: {candidates}. Please write the month as a word.")
        case Reason.FUTURE_DATE:
            return words.gettext("That day is still to come. Could you check the date?")
        case Reason.NOT_AN_OPTION:
            return words.gettext("I could not match that with one of the answers. Please tap the one that fits best.")
        case Reason.AMBIGUOUS_OPTION:
            return words.gettext("That fits more than one answer: {candidates}. Please tap one.")
        case Reason.NOT_YES_OR_NO:
            return words.gettext("Please tap Yes or No, or write one of them.")
        case Reason.UNIT_NEEDED:
            return words.gettext("Which unit is that in? Please tap it below.")
        case Reason.IMPLAUSIBLE_UNIT:
            return words.gettext(
                "That number would be unusual in this unit. Could it be in {candidates}? Please check the report."
            )
        case Reason.FILE_NEEDED:
            return words.gettext("Here I need a photo or a file. You can also skip this for now.")
        case Reason.WORDS_NEEDED:
            return words.gettext("This question needs an answer in words or by a button.")
        case Reason.WRONG_FILE_TYPE:
            return words.gettext("I cannot use this kind of file here. A photo or a PDF is best.")
        case Reason.FILE_TOO_LARGE:
            return words.gettext("That file is too large for this question.")
        case Reason.TOO_MANY:
            return words.gettext("That is more than this question can take (at most {limit}).")
        case Reason.TOO_FEW:
            return words.gettext("Please choose at least {limit}.")
        case Reason.REQUIRED:
            return words.gettext("I need an answer to this question before we can go on.")
        case Reason.EMPTY:
            return words.gettext("That message was empty. Could you write it again?")
        case Reason.CONSTRAINT:
            return words.gettext("{text}")
        case Reason.WARNING:
            return words.gettext("{candidates} If your answer is right, keep it or give it once more.")
