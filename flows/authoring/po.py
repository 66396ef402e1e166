"""Catalogues in gettext's format, which every translation tool reads: bytes of a .po file to messages and back."""

from __future__ import annotations

import io
from collections.abc import Mapping

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

Messages = Mapping[tuple[str, str], str]


def read(data: bytes) -> dict[tuple[str, str], str]:
    """(context, English) -> text of every translated entry; what a translator is unsure of (fuzzy) is left out."""
    return {
        (message.context or "", message.id): message.string
        for message in read_po(io.BytesIO(data))
        if isinstance(message.id, str)
        and message.id
        and isinstance(message.string, str)
        and message.string
        and not message.fuzzy
    }


def write(messages: Messages, language: str = "") -> bytes:
    """A .po file, or without a language a template (.pot); in the order of the messages."""
    catalogue = Catalog(locale=language or None, fuzzy=False, charset="utf-8")
    for (context, english), text in messages.items():
        catalogue.add(english, text if language else "", context=context)
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=False)
    return out.getvalue()
