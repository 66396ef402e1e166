"""With how many examples a property is tried: all of them, or a handful while something is being changed (`--quick`)."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

QUICK = "quick"
settings.register_profile(QUICK, max_examples=10, deadline=None)
settings.register_profile("all", deadline=None)  # a deadline in seconds fails on a busy machine and shows nothing
settings.load_profile("all")


def quick() -> bool:
    return settings.get_current_profile_name() == QUICK


def examples(many: int, **more: Any) -> settings:
    """`many`, or a tenth of them."""
    return settings(max_examples=max(5, many // 10) if quick() else many, **more)
