"""Which closed ways a change touches: how a case stood beside each protocol then, and how it stands now. For the desk to look at.

Nothing here says that a way is open: a coordinator looks, and talks with the family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from flows.trials.table import Row

What = Literal["new", "takes-patients", "fact"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A case beside one protocol. `open`: it takes patients; `against`: criteria that were not met."""

    open: bool
    against: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """A protocol that is worth another look. `gone`: criteria that stood against the case and do not any more."""

    protocol: str
    what: What
    gone: tuple[str, ...] = ()


Picture = Mapping[str, Standing]


def picture(rows: Iterable[Row]) -> dict[str, Standing]:
    """How a case stands beside the protocols now. Raises nothing; what nobody knows stands against nobody."""
    return {
        row.protocol.id: Standing(
            open=row.protocol.registry.open,
            against=frozenset(cell.criterion for cell in row.cells if cell.status == "not-met"),
        )
        for row in rows
    }


def touched(before: Picture, now: Picture) -> tuple[Touched, ...]:
    """The protocols that take patients now and stood otherwise then, by number. None: the change does not touch this case."""
    found = (_touched(one, before.get(one), now[one]) for one in sorted(now) if now[one].open)
    return tuple(one for one in found if one)


def _touched(protocol: str, before: Standing | None, now: Standing) -> Touched | None:
    """A new one, or one that takes patients again, with nothing against it; or one with fewer criteria against it."""
    gone = tuple(sorted(before.against - now.against)) if before else ()
    if before and gone:
        return Touched(protocol=protocol, what="fact", gone=gone)
    if now.against or (before and before.open):
        return None
    return Touched(protocol=protocol, what="takes-patients" if before else "new")


def dumps(picture_: Picture) -> dict[str, Any]:
    """As a JSON value."""
    return {id_: {"open": one.open, "against": sorted(one.against)} for id_, one in picture_.items()}


def loads(value: Mapping[str, Any]) -> dict[str, Standing]:
    """What `dumps` gave."""
    return {id_: Standing(open=one["open"], against=frozenset(one["against"])) for id_, one in value.items()}
