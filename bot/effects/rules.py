"""A case as `flows` decides on it and as storage keeps it: the same facts, two shapes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from flows import case as rules

if TYPE_CHECKING:
    from storage.rows import Case

_SHARED = tuple(field.name for field in fields(rules.Case))


def as_ruled(case: Case) -> rules.Case:
    return rules.Case(**{name: getattr(case, name) for name in _SHARED})


def as_stored(case: Case, ruled: rules.Case) -> Case:
    """The stored case with what the rules decided."""
    return replace(case, **{name: getattr(ruled, name) for name in _SHARED})
