"""What people say around the questions: thanks, "go on", "please stop writing to me"."""

from __future__ import annotations

import pytest

from tests.flows.talking import LEXICON


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thanks"),
        ("en", "thank you thank you thank you!!!"),
        ("en", "Thank you so much for everything, God bless you all"),
        ("en", "ok, great, thanks a lot for your help"),
        ("en", "🙏"),
        ("en", "❤️❤️ 👍🏽"),
        ("ru", "Спасибо!"),
        ("ru", "Спасибо вам большое за всё, доктор"),
        ("ru", "хорошо, благодарю от всей души"),
        ("ar", "شكراً"),
        ("ar", "شكرا جزيلا لكم جميعا والله يعطيكم العافية"),
        ("ar", "thank you"),
    ],
)
def test_a_thank_you_is_nothing_else(language: str, text: str) -> None:
    assert LEXICON.of(language).is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, but she is worse now",
        "thanks, can you call me?",
        "thanks help",
        "Спасибо, а когда ответ?",
        "спасибо, ему хуже",
        "شكرا متى الجواب",
        "😭",
        "🆘",
        "?",
        "...",
        "",
        "no",
        "you",
        "thanks " * 60,
    ],
)
def test_more_than_a_thank_you(text: str) -> None:
    assert not any(LEXICON.of(language).is_thanks(text) for language in LEXICON.languages)


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "please stop writing to me",
        "Can you please stop sending me messages now",
        "I want you to stop messaging me, I am tired",
        "не пишите мне больше",
        "Пожалуйста, больше не пишите нам, спасибо",
        "я прошу вас, перестаньте мне писать",
        "لا تراسلوني",
        "من فضلكم لا تراسلوني بعد الآن",
        "أرجوكم لا تكتبوا لي مرة أخرى",
    ],
)
def test_a_wish_for_silence(text: str) -> None:
    assert all(LEXICON.of(language).wants_a_stop(text) for language in LEXICON.languages)


@pytest.mark.parametrize(
    "text",
    [
        "The doctors had to stop the chemotherapy",
        "please do not write to me at work, call my wife",
        "не пишите ему, пишите мне",
        "лечение остановили",
        "توقف العلاج",
        "please",
    ],
)
def test_no_wish_for_silence(text: str) -> None:
    assert not any(LEXICON.of(language).wants_a_stop(text) for language in LEXICON.languages)
