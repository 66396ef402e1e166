"""Saying: what typed words mean at the open question: its answer, one of its buttons in words, or nothing that it can take."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flows.answers import clean, text_answer, understand, yes_or_no
from flows.changing import changed
from flows.dialogue.answering import answer, choose, collect, give, give_moment, measure, plain
from flows.dialogue.patience import is_over, may_skip
from flows.dialogue.pressing import press
from flows.dialogue.prompt import Expects
from flows.dialogue.prompting import expects_of, selected
from flows.dialogue.refusal import Refusal
from flows.dialogue.refusing import refuse, refuse_with
from flows.dialogue.scene import ask_again, redraw
from flows.events import Reason
from flows.inputs import Attachment, Control, Press
from flows.values import PartialDate, TimeOfDay
from flows.words.choices import PAGE, find_options, several_options
from flows.words.clock_times import time_answer
from flows.words.folding import asks
from flows.words.lexicon import phrase
from flows.words.numbers import no_number
from flows.words.quantities import read_quantity, read_unit

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.dialogue.scene import Scene
    from flows.dialogue.turns import Turn
    from flows.values import Value

Listen = Callable[["Scene", "Place", str], "Turn | Refusal"]

# Buttons that can be said instead of pressed, tried when the words are no answer.
SPOKEN = {
    "unknown": Control.UNKNOWN,
    "decline": Control.DECLINE,
    "skip": Control.SKIP,
    "back": Control.BACK,
    "done": Control.DONE,
    "keep": Control.KEEP,
    "other": Control.OTHER,
}
LEAVING_OUT = frozenset({Control.UNKNOWN, Control.DECLINE, Control.SKIP})


def say(scene: Scene, text: str) -> Turn:
    """Words at whatever is open."""
    place = scene.place
    if place is None:
        return _at_review(scene, text)
    words = clean(text)
    if not words.strip():
        return refuse(scene, place, Refusal(reason=Reason.EMPTY))
    heard = LISTENERS[expects_of(place, scene.cursor)](scene, place, words)
    if not isinstance(heard, Refusal):
        return heard
    return (
        _as_button(scene, place, words)
        or _instead(scene, place, words)
        or _shown_back(scene, place, words, heard)
        or _refused(scene, place, heard)
    )


def _instead(scene: Scene, place: Place, text: str) -> Turn | None:
    """At "is that right?", other words are another answer to the question, not a wrong yes or no."""
    if expects_of(place, scene.cursor) is not Expects.CONFIRM_ANSWER:
        return None
    asked = scene.with_cursor(plain(scene, draft=None), new_face=False)
    heard = LISTENERS[expects_of(place, asked.cursor)](asked, place, text)
    return _shown_back(asked, place, text, heard) if isinstance(heard, Refusal) else heard


def _at_review(scene: Scene, text: str) -> Turn:
    """The buttons of the review in words: the number of an answer, "everything is right", "next", "back". Else it is shown again."""
    said, page = phrase(text), scene.cursor.page
    meant = next((kind for kind in ("yes", "done", "skip", "back") if scene.tongue.vocabulary.means(kind, said)), None)
    if scene.cursor.mode == "done" or not (meant or said.isdecimal()):
        return ask_again(scene)
    if said.isdecimal():
        turn = press(scene, Press(control=Control.CHANGE, number=int(said[:4]) - 1))
        return turn if turn.response != scene.response else ask_again(scene)
    if meant in {"yes", "done"}:
        return press(scene, Press(control=Control.CONFIRM))
    return press(scene, Press(control=Control.REVIEW, number=page + 1 if meant == "skip" else page - 1))


def _refused(scene: Scene, place: Place, refusal: Refusal) -> Turn:
    """An unclear date offers the days that it may mean as choices."""
    if refusal.reason is not Reason.AMBIGUOUS_DATE:
        return refuse(scene, place, refusal)
    days = tuple(PartialDate(text=day) for day in refusal.candidates)
    cursor = plain(scene) if place.item.several else plain(scene, draft=days)
    return refuse_with(scene, place, refusal, cursor)


def _as_button(scene: Scene, place: Place, text: str) -> Turn | None:
    """Words such as "I don't know", "skip", "back", where they make sense."""
    said = phrase(text)
    vocabulary = scene.tongue.vocabulary
    control = next((control for kind, control in SPOKEN.items() if vocabulary.means(kind, said)), None)
    if control is None:
        return None
    if scene.cursor.face == "unit" and control in LEAVING_OUT:
        scene = scene.with_cursor(plain(scene), new_face=True)  # whoever does not know the unit leaves out the number
    if control in {Control.UNKNOWN, Control.DECLINE} and not _allows(place, control):
        control = Control.SKIP  # not asked for in this form: the nearest that an optional question allows
    turn = press(scene, Press(control=control))
    return turn if turn.response != scene.response or control is Control.BACK or _tells(turn) else None


def _allows(place: Place, control: Control) -> bool:
    if control is Control.UNKNOWN:
        return "asked-unknown" in place.item.absent or place.item.unknown_option is not None
    return "asked-declined" in place.item.absent


def _tells(turn: Turn) -> bool:
    """Whether anything but "outdated" came of a press."""
    return len(turn.events) > 1


def _listen_ok(scene: Scene, _place: Place, text: str) -> Turn | Refusal:
    vocabulary = scene.tongue.vocabulary
    said = any(vocabulary.means(kind, phrase(text)) for kind in ("ok", "yes", "done", "skip"))
    return press(scene, Press(control=Control.OK)) if said else ask_again(scene)


def _listen_yes_no(scene: Scene, _place: Place, text: str) -> Turn | Refusal:
    truth = yes_or_no(text, scene.tongue)
    return truth if isinstance(truth, Refusal) else press(scene, Press(control=Control.YES if truth else Control.NO))


def _listen_more(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    vocabulary = scene.tongue.vocabulary
    if vocabulary.means("add", phrase(text)):
        return press(scene, Press(control=Control.ADD))
    if any(vocabulary.means(kind, phrase(text)) for kind in ("done", "skip")):
        return press(scene, Press(control=Control.DONE))
    return _listen_yes_no(scene, place, text)


def _listen_one(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    """An answer of the item's own type: a number, a date, one option."""
    hits = find_options(text, place.item, scene.tongue) if len(place.item.options) > PAGE else ()
    if len(hits) > 1:
        return _narrowed(scene, text, hits)
    value = understand(place.item, text, tongue=scene.tongue, today=scene.today, zone=scene.zone)
    return value if isinstance(value, Refusal) else answer(scene, place, value)


def _shown_back(scene: Scene, place: Place, text: str, refusal: Refusal) -> Turn | None:
    """One answer that was probably meant is shown back, to be confirmed."""
    one = expects_of(place, scene.cursor) is Expects.OPTION
    says_nothing = phrase(text) in scene.tongue.vocabulary.phrases  # "yes" names no kind of cancer
    meant = _probably(place, text, refusal) if one and not says_nothing else None
    return None if meant is None else redraw(scene, plain(scene, face="confirm", draft=(meant,)), new_face=True)


def _probably(place: Place, text: str, refusal: Refusal) -> Value | None:
    """What was probably meant, to be shown back: the one answer that is nearly that, else the own words where the form takes them."""
    if refusal.reason is Reason.AMBIGUOUS_OPTION and len(refusal.candidates) == 1:
        return place.item.options[int(refusal.candidates[0])].value
    if refusal.reason is not Reason.NOT_AN_OPTION or not place.item.open or asks(text):
        return None
    own = text_answer(text.strip(), place.item)
    return None if isinstance(own, Refusal) else own


def _narrowed(scene: Scene, text: str, hits: tuple[int, ...]) -> Turn:
    """Only the options that the typed part of a label can mean."""
    cursor = changed(scene.cursor, words=text.strip()[: PAGE * 8], hits=hits, page=0)
    return ask_again(scene.with_cursor(cursor, new_face=False))


def _listen_options(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    hits = find_options(text, place.item, scene.tongue) if len(place.item.options) > PAGE else ()
    if len(hits) > 1:
        return _narrowed(scene, text, hits)
    found = several_options(text, place.item, scene.tongue)
    if isinstance(found, Refusal):
        return found
    whole = len(found) == 1 and found[0].exclusive and len(phrase(text).split()) > 1
    if whole and not selected(place, scene.response):
        return give(scene, place, (found[0].value,))  # "none of these" says all there is to say; a bare "no" is shown first
    return choose(scene, place, tuple(option.value for option in found))


def _left_out(scene: Scene, place: Place, said: str) -> Turn | Refusal | None:
    """What "skip" does where any words are an answer: "later" may be one, "skip" is none. None: something else was said."""
    if scene.cursor.draft or not scene.tongue.vocabulary.means("skipping", said):
        return None
    if may_skip(place.item, scene.cursor):
        return press(scene, Press(control=Control.SKIP))
    unknown = _allows(place, Control.UNKNOWN)
    return press(scene, Press(control=Control.UNKNOWN)) if unknown else Refusal(reason=Reason.REQUIRED)


def _listen_other(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    if left := _left_out(scene, place, phrase(text)):
        return left
    value = text_answer(text, place.item)
    return value if isinstance(value, Refusal) else answer(scene, place, value)


def _listen_text(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    """Any words, but for a plain "I don't know" where the form takes that, "done" after the first of several, and a way out."""
    said, vocabulary = phrase(text), scene.tongue.vocabulary
    for kind in ("unknown", "decline"):
        if vocabulary.means(kind, said) and _allows(place, SPOKEN[kind]):
            return press(scene, Press(control=SPOKEN[kind]))
    if left := _left_out(scene, place, said):
        return left
    if vocabulary.means("skip", said) and is_over(place.item, scene.cursor):
        return press(scene, Press(control=Control.SKIP))
    if scene.cursor.draft and vocabulary.means("done", said):
        return press(scene, Press(control=Control.DONE))
    if vocabulary.means("yes", said) and not place.item.several and _is_behind_a_yes(scene):
        return redraw(scene, plain(scene, face="confirm", draft=(text,)), new_face=True)
    return _listen_one(scene, place, text)


def _is_behind_a_yes(scene: Scene) -> bool:
    """Whether the question before was answered with yes: a phone that sends twice would give the second one to this question."""
    before = next((place for place in reversed(scene.places[: scene.at]) if place.kind == "asked"), None)
    return before is not None and scene.response.answers.get(before.key) == (True,)


def _listen_quantity(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    stated = read_quantity(text, place.item, scene.tongue.vocabulary)
    if stated is None or not stated.number.is_finite():
        return no_number(text)
    if stated.unit_unknown and place.item.units:
        cursor = plain(scene, face="unit", words=f"{stated.number:f}")
        return refuse_with(scene, place, Refusal(reason=Reason.UNIT_NEEDED), cursor)
    return measure(scene, place, stated.number, stated.unit, sure=scene.cursor.doubted)


def _listen_unit(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    """The unit of the number that was given, or the whole quantity once more."""
    unit = read_unit(text, place.item, scene.tongue.vocabulary)
    if unit is not None:
        return press(scene, Press(control=Control.UNIT, number=place.item.units.index(unit)))
    again = read_quantity(text, place.item, scene.tongue.vocabulary)
    return Refusal(reason=Reason.UNIT_NEEDED) if again is None else _listen_quantity(scene, place, text)


def _listen_time(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    """A time of day; of a day that was given, also that the day is enough, or another day with its time."""
    if scene.cursor.face != "time":
        return _listen_one(scene, place, text)
    vocabulary = scene.tongue.vocabulary
    if any(vocabulary.means(kind, phrase(text)) for kind in ("done", "skip", "unknown")):
        return press(scene, Press(control=Control.DONE))
    clock = time_answer(text, vocabulary)
    if isinstance(clock, TimeOfDay):
        return give_moment(scene, place, clock)
    whole = _listen_one(scene, place, text)
    return clock if isinstance(whole, Refusal) else whole


def _listen_file(scene: Scene, place: Place, text: str) -> Turn | Refusal:
    """A file, or a plain no to "do you have it"."""
    if scene.tongue.vocabulary.means("no", phrase(text)) and may_skip(place.item, scene.cursor):
        return press(scene, Press(control=Control.SKIP))
    return Refusal(reason=Reason.FILE_NEEDED)


LISTENERS: dict[Expects, Listen] = {
    Expects.OK: _listen_ok,
    Expects.YES_NO: _listen_yes_no,
    Expects.CONFIRM_ANSWER: _listen_yes_no,
    Expects.OPTION: _listen_one,
    Expects.OPTIONS: _listen_options,
    Expects.TEXT: _listen_text,
    Expects.OTHER: _listen_other,
    Expects.INTEGER: _listen_one,
    Expects.DECIMAL: _listen_one,
    Expects.DATE: _listen_one,
    Expects.TIME: _listen_time,
    Expects.QUANTITY: _listen_quantity,
    Expects.UNIT: _listen_unit,
    Expects.FILE: _listen_file,
    Expects.MORE: _listen_more,
}


def send(scene: Scene, attachment: Attachment) -> Turn:
    """A stored file at whatever is open."""
    place = scene.place
    if place is None:
        return ask_again(scene)
    if expects_of(place, scene.cursor) is not Expects.FILE:
        return refuse(scene, place, Refusal(reason=Reason.WORDS_NEEDED))
    if not _accepts(place.item.mime_types, attachment.content_type):
        return refuse(scene, place, Refusal(reason=Reason.WRONG_FILE_TYPE, candidates=place.item.mime_types))
    if place.item.max_size is not None and attachment.size > place.item.max_size:
        return refuse(scene, place, Refusal(reason=Reason.FILE_TOO_LARGE))
    return collect(scene, place, attachment) if place.item.several else answer(scene, place, attachment)


def _accepts(mime_types: tuple[str, ...], content_type: str) -> bool:
    kind = content_type.partition("/")[0]
    return not mime_types or content_type in mime_types or f"{kind}/*" in mime_types or "*/*" in mime_types
