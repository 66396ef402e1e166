"""Why an answer was refused."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why an answer was refused; definitions/refusals.json has one sentence for each."""

    NOT_A_NUMBER = "not-a-number"
    ONE_NUMBER = "one-number"  # there are digits, but no one number that is certain: a range, "more than"
    NOT_WHOLE = "not-whole"
    TOO_SMALL = "too-small"  # limit
    TOO_LARGE = "too-large"  # limit
    TOO_LONG = "too-long"  # limit: characters
    TOO_SHORT = "too-short"  # limit: characters
    PATTERN = "pattern"  # example: what a good answer looks like
    NOT_A_DATE = "not-a-date"
    AMBIGUOUS_DATE = "ambiguous-date"  # candidates: the dates that it may mean
    FUTURE_DATE = "future-date"
    NOT_AN_OPTION = "not-an-option"
    AMBIGUOUS_OPTION = "ambiguous-option"  # candidates: option indexes
    NOT_YES_OR_NO = "not-yes-or-no"
    UNIT_NEEDED = "unit-needed"
    IMPLAUSIBLE_UNIT = "implausible-unit"  # the number fits another unit far better; candidates: unit indexes
    FILE_NEEDED = "file-needed"
    WORDS_NEEDED = "words-needed"  # a file or sticker came where words are needed
    WRONG_FILE_TYPE = "wrong-file-type"
    FILE_TOO_LARGE = "file-too-large"
    TOO_MANY = "too-many"  # limit
    TOO_FEW = "too-few"  # limit
    REQUIRED = "required"
    EMPTY = "empty"
    CONSTRAINT = "constraint"  # text: the form's own words, "" where it has none
    WARNING = "warning"  # candidates: what the form says; the same answer once more is taken
