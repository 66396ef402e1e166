"""Parsing of HTML and Markdown: entities with UTF-16 offsets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.errors import Refusal
from bot.sandbox.markup import html, markdown
from bot.sandbox.markup.detection import detected
from bot.sandbox.markup.formatting import parsed
from bot.sandbox.markup.text import units
from tests.examples import examples

E = dict[str, Any]
STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")


def entity(kind: str, offset: int, length: int, **more: Any) -> E:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &quot;&#x41;&nbsp;", 'a <b> & "A&nbsp;', []),
        ("<b>é<i>😀</i></b>!", "é😀!", [entity("bold", 0, 3), entity("italic", 1, 2)]),
        ('<a href="example.org">x</a>', "x", [entity("text_link", 0, 1, url="http://example.org/")]),
        ('<a href="javascript:x">x</a>', "x", []),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [entity("pre", 0, 1, language="python")]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        (
            '<tg-time unix="1700000000" format="wDT">x</tg-time>',
            "x",
            [entity("date_time", 0, 1, unix_time=1700000000, date_time_format="wDT")],
        ),
        ("<b></b>x", "x", []),
        ("<B>x</B >", "x", [entity("bold", 0, 1)]),
    ],
)
def test_html(source: str, text: str, entities: list[E]) -> None:
    formatted = html.parse(source)
    assert (formatted.text, [dict(sorted(one.items())) for one in formatted.entities]) == (
        text,
        [dict(sorted(one.items())) for one in entities],
    )


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        (r"\*a\_", "*a_", []),
        (
            "*b* _i_ __u__ ~s~ ||p||",
            "b i u s p",
            [entity(k, 2 * n, 1) for n, k in enumerate(STYLES)],
        ),
        ("_a __b___", "a b", [entity("italic", 0, 3), entity("underline", 2, 1)]),
        ("[x](tg://user?id=7)", "x", [entity("text_mention", 0, 1, user={"id": 7})]),
        ("`a*b`", "a*b", [entity("code", 0, 3)]),
        ("```py\nx```", "x", [entity("pre", 0, 1, language="py")]),
        (">a\n>b\nc", "a\nb\nc", [entity("blockquote", 0, 4)]),
        (">a\n>b||", "a\nb", [entity("expandable_blockquote", 0, 3)]),
        (
            ">*a*\n>||b||||\nc",
            "a\nb\nc",
            [entity("expandable_blockquote", 0, 4), entity("bold", 0, 1), entity("spoiler", 2, 1)],
        ),
        (
            "![x](tg://time?unix=1700000000&format=wDT)",
            "x",
            [entity("date_time", 0, 1, unix_time=1700000000, date_time_format="wDT")],
        ),
    ],
)
def test_markdown(source: str, text: str, entities: list[E]) -> None:
    formatted = markdown.parse(source)
    assert formatted.text == text
    assert [dict(sorted(one.items())) for one in formatted.entities] == [dict(sorted(one.items())) for one in entities]


def test_what_telegram_finds_by_itself() -> None:
    found = detected("/start@a_bot see https://example.org/x, mail a@b.org @someone #tag +49 151 1234567", [])
    kinds = ["bot_command", "url", "email", "mention", "hashtag", "phone_number"]
    assert [one["type"] for one in found] == kinds
    assert detected("1/2 and 10:30, e.g. x", []) == []


def test_white_space_around_is_cut_with_its_entities() -> None:
    formatted = parsed("  <b>x </b>\n", "HTML", None, lambda _number: None)
    assert (formatted.text, formatted.entities) == ("x", [entity("bold", 0, 1)])


@given(
    st.text(alphabet=st.sampled_from("<>/=\"'& abcpré😀*_`[]()\\|~!\n>"), max_size=40),
    st.sampled_from(["HTML", "MarkdownV2", "Markdown"]),
)
@examples(300)
def test_any_text_is_parsed_or_refused(source: str, mode: str) -> None:
    try:
        formatted = parsed(source, mode, None, lambda _number: None)
    except Refusal as refused:
        formatted = None
        words = refused.description
    assert formatted is not None or words.startswith("Bad Request: can't parse entities: ")
    assert formatted is None or all(
        0 <= one["offset"] < one["offset"] + one["length"] <= units(formatted.text) for one in formatted.entities
    )
