"""The two languages of a dossier, side by side, and texts that know in which of them they stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.catalogues import UNTRANSLATED
from bot.dossier.together import together
from bot.wording.visible import visible

if TYPE_CHECKING:
    from bot.catalogues import Catalogue

Text = dict[str, Any]  # t: the words; lang, rtl: how they are set; kind: how they look
Pair = list[Text]  # the hospital's and the family's, or one when both read the same language


@dataclass(kw_only=True, slots=True)
class Sides:
    """`english`: some text had no translation; `free`: somebody's own words are shown."""

    languages: tuple[Catalogue, ...]
    english: bool = field(default=False)
    free: bool = field(default=False)

    def pair(self, worded: Callable[[Catalogue], str], kind: str = "") -> Pair:
        """The same thing in each language."""
        return [self.text(words, worded(words), kind) for words in self.languages]

    def text(self, words: Catalogue, said: str, kind: str = "") -> Text:
        plain = said.replace(UNTRANSLATED, "")
        fallen_back = plain != said
        self.english |= fallen_back
        return {
            "t": together(plain if words.right_to_left else visible(plain)[0]),
            "lang": words.language.split("_")[0],
            "rtl": words.right_to_left,
            "kind": kind,
            "english": fallen_back,
        }

    def own_words(self, said: str) -> Text:
        """What somebody wrote, in whatever language that is: in the direction of its first letter, without hidden signs."""
        self.free = True
        shown = visible(said)[0]
        return {"t": shown, "lang": "en", "rtl": right_to_left(shown), "kind": "own", "english": False}


def right_to_left(text: str) -> bool:
    """The direction of the first letter that has one."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind in {"R", "AL"} for kind in strong if kind in {"L", "R", "AL"}), False)
