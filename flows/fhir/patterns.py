"""Regular expressions of forms: whether Python can read one, and whether it can run for very long on hostile words."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|P<\w+>))?|\)|[+*?][?+]?|\{(\d*)(,?)(\d*)\}[?+]?|.", re.DOTALL
)
MOST_REPEATS = 3  # unbounded repeats side by side: more make long words slow


def readable(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def may_run_long(pattern: str) -> bool:
    """Whether a repeated part repeats inside, as in (a+)+ or (a|aa)*, or too many repeats stand in a row."""
    stack: list[bool] = [False]  # for every open bracket: whether something repeats or branches in it
    closed_group = False
    repeats = 0
    for token in TOKEN.finditer(pattern):
        text = token[0]
        if text.startswith("("):
            stack.append(False)
        elif text == ")" and len(stack) > 1:
            inside = stack.pop()
            stack[-1] = stack[-1] or inside
            closed_group = inside
            continue
        elif text == "|":
            stack[-1] = True
        elif _repeats(token):
            if closed_group:
                return True
            stack[-1] = True
            repeats += 1
        closed_group = False
    return repeats > MOST_REPEATS


def _repeats(token: re.Match[str]) -> bool:
    """Without an end, as in `+`, `*` and `{2,}`."""
    return token[0][0] in "+*" or (token[0].startswith("{") and token[2] == "," and token[3] == "")
