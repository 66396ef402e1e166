"""The page's content, and finding the question that a person means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.page import search
from flows.texts import Text
from tests.examples import examples
from tests.flows.answering import definition
from tests.flows.faq_sample import SEARCHES, TEXTS


def english(_context: str, text: str) -> str:
    return text


@pytest.mark.parametrize(("language", "query", "expected"), SEARCHES)
def test_search(language: str, query: str, expected: str | None) -> None:
    found = search(TEXTS[language], query, language)
    assert (found[0] if found else None) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("how much does it cost", "cost"),
        ("prices", "cost"),
        ("сколько стоит лечение", "cost"),
        ("سعر", "cost"),
        ("graft versus host", "gvhd"),
        ("РТПХ", "gvhd"),
        ("visa", "international"),
        ("car-nk", "car-nk"),
        ("natural killer cells", "car-nk"),
        ("NK клетки", "car-nk"),
        ("transplant afterwards", "transplant"),
        ("пересадка костного мозга", "transplant"),
        ("زراعة النخاع", "transplant"),
        ("is it approved", "approved"),
    ],
)
def test_search_of_the_page_itself_with_its_keywords(query: str, expected: str) -> None:
    """English questions with the keywords of all three languages: what is found before a translation is there."""
    page = definition().page
    found = search(page.faq_texts(english), query, "en")
    assert found, query
    assert found[0] == expected


def test_nothing_is_found_by_nothing() -> None:
    page = definition().page
    for query in ("", "   ", "?!", "the", "a", "123"):
        assert search(page.faq_texts(english), query, "en") == ()
    assert search({}, "cost", "en") == ()


def test_a_language_without_spaces_is_searched_by_pairs_of_characters() -> None:
    texts = {"cost": "费用是多少？\n由医院决定。", "visa": "需要签证吗？\n由使馆决定。"}
    assert search(texts, "签证怎么办", "zh-Hans") == ("visa",)


@examples(100)
@given(st.text(max_size=300), st.sampled_from(["en", "ru", "ar", "zh"]))
def test_no_query_breaks_the_search(query: str, language: str) -> None:
    found = search(TEXTS.get(language, TEXTS["en"]), query, language)
    assert len(set(found)) == len(found)


def test_nine_questions_eight_rows_five_steps() -> None:
    page = definition().page
    assert len(page.faqs) == 9
    assert len(page.comparison.rows) == 8
    assert len(page.steps) == 5
    assert page.disclaimers
    assert page.reviewed.isoformat() == "2026-05-15"


def test_every_topic_has_a_title_and_entries() -> None:
    for topic in definition().page.topics:
        assert topic.title.context == f"part/{topic.id}/title"
        assert topic.entries
        assert all(isinstance(line.text, Text) for entry in topic.entries for line in entry)


def test_texts_are_worded_by_context() -> None:
    faq = definition().page.faqs[0]
    assert faq.question.worded(lambda context, text: f"{context}|{text}") == f"faq/{faq.id}/question|{faq.question.english}"
    assert definition().page.faq(faq.id) is faq
    assert definition().page.faq("nothing") is None
