"""Which of several things a coordinator's words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Named = tuple[str, tuple[str, ...]]  # an id and the names that mean it


def named(said: str, known: Iterable[Named]) -> str | None:
    """The one id that these words mean: by its id, by a whole name, or by the beginning of one name only."""
    wanted = " ".join(said.casefold().split())
    if not wanted:
        return None
    names = [(id_, [id_.casefold(), *(name.casefold() for name in names)]) for id_, names in known]
    whole = {id_ for id_, all_ in names if wanted in all_}
    begun = {id_ for id_, all_ in names if any(name.startswith(wanted) for name in all_)}
    found = whole or begun
    return found.pop() if len(found) == 1 else None


def named_first(said: str, known: Iterable[Named]) -> tuple[str | None, str]:
    """The one id that the words begin with, in as many of them as can mean it, and the words after it."""
    choices, tokens = list(known), said.split()
    for length in range(len(tokens), 0, -1):
        id_ = named(" ".join(tokens[:length]), choices)
        if id_ is not None:
            return id_, " ".join(tokens[length:])
    return None, said
