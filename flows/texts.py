"""A text of a definition: its English and the gettext context under which translators find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.reading import Spot

Translate = Callable[[str, str], str]  # (context, english) -> the text in one language


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """`context` is the msgctxt: `<kind>/<id>/<field>`, as in the catalogues."""

    context: str
    english: str

    def worded(self, translate: Translate) -> str:
        return translate(self.context, self.english)


def text_of(spot: Spot, prefix: str, field: str, id_: str = "") -> Text:
    """The text in one field of an object; its context is made of the prefix, the object's id and the field."""
    return Text(context=f"{prefix}/{id_ or spot.text('id')}/{field}", english=spot.text(field))
