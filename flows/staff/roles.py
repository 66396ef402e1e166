"""Who may do what at the desk: roles of people, and the rights that each has. One table; everything else asks it."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["reader", "coordinator", "lead", "administrator"]
Right = Literal["read", "act", "reassign", "hospitals", "ratings", "roster"]

ROLES: tuple[Role, ...] = get_args(Role)

# read: see cases. act: claim, answer, note, move, close. reassign: give away what somebody else holds.
# hospitals: let a hospital read the cases that were sent to it. ratings: how families found
# it, in numbers. roster: say who works here.
RIGHTS: dict[Role, frozenset[Right]] = {
    "reader": frozenset({"read"}),
    "coordinator": frozenset({"read", "act"}),
    "lead": frozenset({"read", "act", "reassign", "hospitals", "ratings"}),
    "administrator": frozenset({"read", "act", "reassign", "hospitals", "ratings", "roster"}),
}


def may(role: str, right: Right) -> bool:
    """Whether people of this role have the right; a role that nobody knows has none."""
    return right in RIGHTS.get(role, frozenset())  # type: ignore[call-overload]
