"""What a person on the patient's side can do: say words, press a control, send a file, give a command.

These are the only values that enter `flows`. The bot translates an update into one of them; nothing here knows Telegram.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Control(StrEnum):
    """What a button does. The value is the short code that travels in a button, so it never changes meaning.

    Controls that carry a number say what it counts; the number is an index, never a code or a word about health.
    """

    # the question being asked (valid only for the revision that asked it)
    OPTION = "o"  # choose option n (index into Item.options); toggles it when the item repeats
    YES = "y"
    NO = "n"
    DONE = "d"  # finish a multi-select, a several-message text, an attachment list or a repeating group
    OTHER = "t"  # "something else": the next words are the answer
    UNIT = "u"  # choose unit n for the number just given
    PAGE = "p"  # show page n of the options
    KEEP = "k"  # keep the answer that is already there
    ADD = "a"  # add another occurrence of a repeating group
    OK = "c"  # read and understood (a legal display item)
    TODAY = "dt"
    YESTERDAY = "dy"
    PICK = "dp"  # date by buttons: year, then month, then day; n is the number picked (0 opens the picker)
    BACK = "b"
    SKIP = "s"
    UNKNOWN = "i"  # "I don't know"
    DECLINE = "x"  # "prefer not to say"
    WHY = "w"  # "Why do we ask?"
    HELP = "h"  # where to find it
    # the review
    CHANGE = "e"  # change answer n (index into the review list)
    REVIEW = "v"  # show page n of the review
    CONFIRM = "f"  # everything is right
    # around the questions
    LANGUAGE = "l"  # choose language n (index into Definition.languages); no number opens the choice
    CONTINUE = "g"  # back to the questions
    HUMAN = "m"
    FAQ = "q"  # show frequently asked question n; no number lists them
    TOPIC = "z"  # show page topic n (comparison, steps, where, costs ...); no number lists them
    RECORD_IS = "r"  # the document just sent is record n of the checklist (n = len: something else)
    RECORD_LATER = "rl"  # n = len: all that are missing
    RECORD_NONE = "rn"  # "I don't have it"
    RECORDS = "rs"  # show the checklist
    UPLOAD = "up"  # a link to the upload page; 0 ends the link that is there, n > 0: it is for record n - 1 (more than there are: for anything)
    TASKS = "tl"  # what the family can do now
    TASK = "tt"  # here and below the number is the task's
    TASK_DONE = "td"
    TASK_CANNOT = "tn"
    TASK_DATE = "ty"  # revision: nothing yet, a year, or year * 12 + month (from 0)
    RATE = "ra"  # number: the case; revision: a mark from 1 to 5, or none: some words with it
    RECONTACT = "rc"  # 1: we may write again when something changes; 0: please not
    COSTS = "co"  # what will it cost?
    STATUS = "st"
    SNOOZE = "zz"  # remind me in n days
    REMINDERS_OFF = "zo"
    REMINDERS_ON = "zi"
    STOP = "sp"  # stop all messages
    COPY = "cy"  # everything that is kept, as files; 0 asks for confirmation, 1 confirms
    ERASE = "er"  # 0 asks for confirmation, 1 confirms
    REMEMBER = "im"  # "in memory of": silence everything; 0 asks, 1 confirms


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Typed text, as sent."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """A tapped button. `revision` is the response revision that the button was made for, None for buttons that stay valid."""

    control: Control
    number: int | None = None
    revision: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A stored document: its id in our store (never a path or a name that the sender chose), what the bytes are, how many pages.

    `size`: of its largest file in bytes, when it arrives; an answer does not keep it.
    """

    document_id: str
    content_type: str
    pages: int = 1
    size: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """An earlier document of this chat with the very same bytes: the record it was filed under, if anybody said so."""

    record: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A document that was received, checked and stored."""

    attachment: Attachment
    record: str | None = None  # the record that it was sent for, where the person said so
    number: int = 0  # the document's number in this chat, from 1
    files: int = 1
    unreadable: int = 0  # how many of its files do not open
    photo: bool = False  # the first photo of this chat that Telegram made smaller
    twin: Twin | None = None  # every byte of it was here before
    apart: bool = False  # it may be something that is kept apart: nothing that was asked for takes it


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A slash command of the patient bot: name without the slash, lower case; argument is what follows it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsupported:
    """Something that cannot be an answer: `kind` is Telegram's content name (sticker, voice, video_note, location, poll ...).

    `words`: what a person at the desk can read of it: the number of a contact card, the place of a location.
    """

    kind: str
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edited:
    """A message that was sent before has now this text."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Announced:
    """A file was announced and its bytes were not looked at yet. `size` is what the sender's side claims, in bytes."""

    kind: str
    size: int
    caption: str = ""
    joins: bool = False  # a further file of an album whose first one was announced before


@dataclass(frozen=True, kw_only=True, slots=True)
class Unusable:
    """A file that came could not be kept; `reason` is a code of bot/inspection/sniffing.py (empty, active-content, too-large, unreadable ...)."""

    reason: str


Input = Words | Press | Sent | Command | Unsupported | Edited | Announced | Unusable
