"""The page's content as frozen data: short facts, questions and answers, comparison, steps, places, costs, disclaimers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.reading import Spot, unique
from flows.texts import Text, Translate, text_of
from flows.words.search import search

__all__ = ["Comparison", "Faq", "Line", "Page", "Passage", "Row", "Source", "Topic", "read", "search"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the facts come from. `text` has the placeholders {name} and {reviewed}; `name` is a proper name, not translated."""

    id: str
    name: str
    reviewed: date
    text: Text


@dataclass(frozen=True, kw_only=True)
class Passage:
    id: str
    text: Text
    title: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Faq:
    """`keywords`: language -> words that people use for this; `hand_over`: a person is offered first; `topics`: where to read on."""

    id: str
    question: Text
    answer: Text
    keywords: Mapping[str, tuple[str, ...]]
    hand_over: bool
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the comparison: what is compared, own cells, donor cells."""

    id: str
    question: Text
    own: Text
    donor: Text


@dataclass(frozen=True, kw_only=True)
class Comparison:
    head: Row
    rows: tuple[Row, ...]
    note: Text


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a topic's entry. `label` stands before it, as the column of a table does."""

    text: Text
    strong: bool = False
    label: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A part of the page: a title, an introduction, and entries of one or more lines."""

    id: str
    title: Text
    text: Text
    entries: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything of page.json. `topics` are the parts in the order of the TOPIC buttons."""

    version: str
    source: Source
    glance: tuple[Passage, ...]
    faqs: tuple[Faq, ...]
    comparison: Comparison
    steps: tuple[Passage, ...]
    where: tuple[Passage, ...]
    costs: tuple[Passage, ...]
    services: tuple[Passage, ...]
    disclaimers: tuple[Passage, ...]
    topics: tuple[Topic, ...]

    @property
    def reviewed(self) -> date:
        return self.source.reviewed

    def faq(self, id_: str) -> Faq | None:
        return next((faq for faq in self.faqs if faq.id == id_), None)

    def faq_texts(self, translate: Translate) -> dict[str, str]:
        """What `search` looks through: id -> the question and the keywords of every language on one line, the answer on the next."""
        return {
            faq.id: f"{faq.question.worded(translate)} {_words(faq)}\n{faq.answer.worded(translate)}".replace("\r", " ")
            for faq in self.faqs
        }


def _words(faq: Faq) -> str:
    return " ".join(word for words in faq.keywords.values() for word in words)


def read(spot: Spot) -> Page:
    """The page from its file; every part must be one that is known here."""
    spot.only("version", "source", "glance", "faq", "comparison", *_PASSAGES, "parts")
    comparison = _comparison(spot.get("comparison"))
    passages = {name: _passages(spot.get(name), prefix) for name, prefix in (("glance", "glance"), *_PASSAGES.items())}
    entries = {name: _entries(found) for name, found in passages.items()}
    entries |= {"about": entries.pop("glance"), "comparison": _table(comparison)}
    topics = tuple(_topic(one, entries) for one in unique(spot.get("parts").items()))
    known = {topic.id for topic in topics}
    return Page(
        version=spot.text("version"),
        source=_source(spot.get("source")),
        faqs=tuple(_faq(one, known) for one in unique(spot.get("faq").items())),
        comparison=comparison,
        topics=topics,
        **passages,
    )


# field of the file -> prefix of its contexts
_PASSAGES = {"steps": "step", "where": "where", "costs": "cost", "services": "service", "disclaimers": "disclaimer"}

Entries = tuple[tuple[Line, ...], ...]


def _source(spot: Spot) -> Source:
    spot.only("id", "name", "reviewed", "text")
    return Source(
        id=spot.text("id"), name=spot.text("name"), reviewed=spot.day("reviewed"), text=text_of(spot, "source", "text")
    )


def _passages(spot: Spot, prefix: str) -> tuple[Passage, ...]:
    return tuple(_passage(one.only("id", "title", "text"), prefix) for one in unique(spot.items()))


def _passage(spot: Spot, prefix: str) -> Passage:
    title = text_of(spot, prefix, "title") if spot.has("title") else None
    return Passage(id=spot.text("id"), text=text_of(spot, prefix, "text"), title=title)


def _faq(spot: Spot, topics: set[str]) -> Faq:
    spot.only("id", "question", "answer", "keywords", "hand_over", "topics")
    strange = sorted(set(spot.texts("topics")) - topics)
    if strange:
        raise spot.get("topics").wrong(f"there is no part {', '.join(strange)}")
    return Faq(
        id=spot.text("id"),
        question=text_of(spot, "faq", "question"),
        answer=text_of(spot, "faq", "answer"),
        keywords={language: tuple(word.word() for word in one.items()) for language, one in spot.get("keywords").fields()},
        hand_over=spot.flag("hand_over", default=False),
        topics=spot.texts("topics"),
    )


def _comparison(spot: Spot) -> Comparison:
    spot.only("head", "rows", "note")
    rows = tuple(_row(one) for one in unique(spot.get("rows").items()))
    note = text_of(spot.get("note").only("id", "text"), "comparison", "text")
    return Comparison(head=_row(spot.get("head")), rows=rows, note=note)


def _row(spot: Spot) -> Row:
    spot.only("id", "question", "own", "donor")
    question, own, donor = (text_of(spot, "comparison", name) for name in ("question", "own", "donor"))
    return Row(id=spot.text("id"), question=question, own=own, donor=donor)


def _topic(spot: Spot, entries: Mapping[str, Entries]) -> Topic:
    id_ = spot.only("id", "title", "text").one_of("id", tuple(entries))
    return Topic(id=id_, title=text_of(spot, "part", "title"), text=text_of(spot, "part", "text"), entries=entries[id_])


def _entries(passages: tuple[Passage, ...]) -> Entries:
    titled = (
        (Line(text=one.title, strong=True), Line(text=one.text)) if one.title else (Line(text=one.text),) for one in passages
    )
    return tuple(titled)


def _table(comparison: Comparison) -> Entries:
    head = comparison.head
    rows = (
        (
            Line(text=row.question, strong=True),
            Line(text=row.own, label=head.own),
            Line(text=row.donor, label=head.donor),
        )
        for row in comparison.rows
    )
    return (*rows, (Line(text=comparison.note),))
