"""Options by their words: which options a typed text can mean, in the language that the patient sees."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.items import AnswerOption, Item
from flows.words.folding import fold, words
from flows.words.lexicon import Vocabulary, phrase
from flows.words.signs import apart, chosen, marked
from flows.words.tongue import Tongue

PAGE = 8  # options on one page
CLOSE = 0.8  # how alike a mistyped label has to be, see difflib
SEPARATORS = re.compile(r"[,;\n\u060c\u061b]+")
SHORTEST = 3  # letters that the longest word of a part of a label has to have
LONGEST = 200  # characters of a message that may be an option
LONG_WORD = 4  # letters of a word by which alone a label is found


def find_options(text: str, item: Item, tongue: Tongue) -> tuple[int, ...]:
    """The options that a text can mean: all with exactly this label, else those that begin with it, else those that hold its words."""
    typed = phrase(text)
    if not typed or len(typed) > LONGEST:
        return ()
    labels = [phrase(tongue.label(option)) for option in item.options]
    found = (
        _exact(typed, labels, item)
        or _also(typed, item, tongue)
        or _prefixed(typed, item)
        or _meaning(typed, labels, item, tongue.vocabulary)
        or _starting(typed, labels)
    )
    found = found or (() if item.alphabetical else _numbered(typed, labels))
    return found if found or typed in tongue.vocabulary.phrases else _holding(typed, labels)


def _meaning(typed: str, labels: Sequence[str], item: Item, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Options that say the same in other words: "yep" for "Yes", "no idea" for "I don't know"."""
    kind = next((kind for kind in ("unknown", "yes", "no") if vocabulary.means(kind, typed)), None)
    if kind is None:
        return ()
    coded = tuple(option.index for option in item.options if option.absent and kind == "unknown")
    if kind == "no" and item.several:  # "no" to a list of signs means the one option that excludes all others
        coded = tuple(option.index for option in item.options if option.exclusive and not option.absent)
    return coded or tuple(index for index, label in enumerate(labels) if vocabulary.means(kind, label))


def _exact(typed: str, labels: Sequence[str], item: Item) -> tuple[int, ...]:
    return tuple(
        index
        for index, label in enumerate(labels)
        if typed in (label, phrase(item.options[index].display)) or typed == _bare(label)
    )


def _also(typed: str, item: Item, tongue: Tongue) -> tuple[int, ...]:
    """Options that people call so too ("man" for "Male")."""
    return tuple(option.index for option in item.options if typed in tongue.also(option))


def _prefixed(typed: str, item: Item) -> tuple[int, ...]:
    """The option that the form marks so: "b" for "b) Every day"."""
    return tuple(option.index for option in item.options if option.prefix and phrase(option.prefix) == typed)


def _bare(label: str) -> str:
    """A label without what stands in brackets at its end."""
    return re.sub(r"\s*\([^()]*\)?$", "", label)


def _starting(typed: str, labels: Sequence[str]) -> tuple[int, ...]:
    """Labels that begin with these words ("yes" for "Yes, and it is working")."""
    wanted = words(typed)
    return tuple(index for index, label in enumerate(labels) if wanted and words(label)[: len(wanted)] == wanted)


def _numbered(typed: str, labels: Sequence[str]) -> tuple[int, ...]:
    """Long labels are numbered from 1 where they are shown; labels that are numbers themselves are not."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > 3 or any(label[:1].isdigit() for label in labels):  # noqa: PLR2004
        return ()
    return (int(typed) - 1,) if 1 <= int(typed) <= len(labels) else ()


def _holding(typed: str, labels: Sequence[str]) -> tuple[int, ...]:
    wanted = words(typed)
    if all(len(word) < SHORTEST and not word[-1].isdigit() for word in wanted):
        return ()
    return tuple(index for index, label in enumerate(labels) if _holds(words(label), wanted))


def _holds(label: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether each typed word begins some word of the label, each of the label's words taken once."""
    left = list(label)
    for word in wanted:
        match = next((one for one in left if one.startswith(word)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def similar(text: str, item: Item, tongue: Tongue) -> tuple[int, ...]:
    """Options of which the label is nearly this text, or that its words speak of: asked about, never taken."""
    labels = [fold(tongue.label(option)) for option in item.options]
    named = [(label, *filter(_is_one_word, tongue.also(option))) for label, option in zip(labels, item.options, strict=True)]
    close = difflib.get_close_matches(phrase(text)[:LONGEST], {one for names in named for one in names}, n=3, cutoff=CLOSE)
    mistyped = tuple(index for index, names in enumerate(named) if not set(names).isdisjoint(close))
    return _spoken_of(text[:LONGEST], item, tongue) or mistyped or _one_word_of(text[:LONGEST], labels)


def _is_one_word(name: str) -> bool:
    """Whether a mistyped name can be told from another one: of two long names half a word may make another illness."""
    return len(name) >= LONG_WORD and " " not in name and "-" not in name


def _one_word_of(text: str, labels: Sequence[str]) -> tuple[int, ...]:
    """Labels of a long list of which the first word stands in the text, in another case, say: "we live near Moscow", "в Москве"."""
    if len(labels) <= PAGE:
        return ()
    spoken = [word for word in words(text) if len(word) >= LONG_WORD]
    firsts = [next(iter(words(label)), "") for label in labels]
    close = {one for word in spoken for one in difflib.get_close_matches(word, firsts, n=1, cutoff=CLOSE)}
    return tuple(index for index, first in enumerate(firsts) if first in close)


def _spoken_of(text: str, item: Item, tongue: Tongue) -> tuple[int, ...]:
    """Options that are called by words in the text: "I am his daughter" for what is also said "daughter"."""
    spoken = f" {' '.join(words(text))} "
    return tuple(
        option.index for option in item.options if any(f" {' '.join(words(one))} " in spoken for one in tongue.also(option))
    )


def one_option(text: str, item: Item, tongue: Tongue) -> AnswerOption | Refusal:
    """The one option that a text means, or why there is none."""
    found = find_options(text, item, tongue)
    if len(found) == 1:
        return item.options[found[0]]
    candidates = (found or similar(text, item, tongue))[:PAGE]
    reason = Reason.AMBIGUOUS_OPTION if candidates else Reason.NOT_AN_OPTION
    return Refusal(reason=reason, candidates=tuple(map(str, candidates)))


def several_options(text: str, item: Item, tongue: Tongue) -> tuple[AnswerOption, ...] | Refusal:
    """The options that a list names ("CD19, CD20 and CD22"), of a list with signs those that were found ("CD19+, CD20-")."""
    whole = one_option(text, item, tongue)
    if isinstance(whole, AnswerOption) and _is_named(text, whole, tongue):
        return (whole,)
    told = marked(_parts(apart(text), tongue), tongue.vocabulary)
    if all(one.found is None for one in told):
        return (whole,) if isinstance(whole, AnswerOption) else _each(_parts(text, tongue), item, tongue) or whole
    return _each(chosen(told), item, tongue) or Refusal(reason=Reason.NOT_AN_OPTION)


def _each(parts: Sequence[str], item: Item, tongue: Tongue) -> tuple[AnswerOption, ...] | Refusal:
    """The option that each part names, or why one names none."""
    found = [one_option(part, item, tongue) for part in parts]
    refused = next((one for one in found if isinstance(one, Refusal)), None)
    return refused or tuple(one for one in found if isinstance(one, AnswerOption))


def _is_named(text: str, option: AnswerOption, tongue: Tongue) -> bool:
    """Whether all that was typed, signs included, stands in the option's label, or means it as a whole ("no")."""
    label = (*words(tongue.label(option)), *words(option.display))
    typed = [phrase(word) for word in apart(text).replace(",", " ").split()]
    return phrase(text) in tongue.vocabulary.phrases or all(any(one.startswith(word) for one in label) for word in typed)


def _parts(text: str, tongue: Tongue) -> list[str]:
    joined = tongue.vocabulary.lists.get("and", frozenset())
    spaced = " ".join("," if phrase(word) in joined and phrase(word) else word for word in text.split())
    return [part for part in SEPARATORS.split(spaced) if part.strip()]
