"""What is not torn apart at the end of a line: a number and its unit, and a name of medicine with a hyphen in it."""

from __future__ import annotations

import re

NO_BREAK, JOINER = "\u00a0", "\u2060"
_UNIT = r"(?:%|kg|lb|g|(?:×|x)?10(?:[⁰¹²³⁴-⁹]+|\^\d+)/\w+|[^\W\d]{1,6}/[^\W\d]+(?:/\d[\d.]* m²)?|/µL|[^\W\d]{1,4}/m²)"
_AMOUNT = re.compile(rf"\d[\d.,]* {_UNIT}(?![\w/])")
_HYPHEN = re.compile(r"(?<=[A-ZА-Я])-(?=\w)")  # CAR-T, B-ALL, PET-CT


def together(text: str) -> str:
    """The same words with the breaks taken out: `64 ×10⁹/L` and `B-ALL` stand on one line."""
    joined = _AMOUNT.sub(lambda found: found[0].replace(" ", NO_BREAK).replace("/", f"/{JOINER}"), text)
    return _HYPHEN.sub(f"-{JOINER}", joined)
