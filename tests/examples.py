"""With how many examples a property is tried: all of them, or a handful while something is being changed (`--quick`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

QUICK = "quick"
settings.register_profile(QUICK, max_examples=5, deadline=None)
settings.register_profile("all", deadline=None)  # a deadline in seconds fails on a busy machine and shows nothing
settings.load_profile("all")


def quick() -> bool:
    return settings.get_current_profile_name() == QUICK


def one_or_all(values: Iterable[str], one: str) -> list[Any]:
    """For parametrize, where each value takes a while: with `--quick`, this one alone."""
    return [value if value == one else pytest.param(value, marks=pytest.mark.slow) for value in values]


def examples(many: int, **more: Any) -> settings:
    """`many`, or a twentieth of them."""
    return settings(max_examples=max(3, many // 20) if quick() else many, **more)
