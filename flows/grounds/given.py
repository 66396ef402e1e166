"""The answers of a response that count: enabled, and not "no answer"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from flows.response import QuestionnaireResponse
from flows.values import Value, is_absent


@dataclass(frozen=True, slots=True)
class Given:
    """One value with the place where it stands and the linkId of its question."""

    key: str
    link_id: str
    value: Value


def given(response: QuestionnaireResponse) -> tuple[Given, ...]:
    """Every value that counts, in the order of the answers."""
    counting = ((key, values) for key, values in response.answers.items() if key not in response.parked)
    return tuple(Given(key, link_id_of(key), value) for key, values in counting for value in values if not is_absent(value))


@lru_cache(maxsize=4096)  # the keys of all forms in use
def link_id_of(key: str) -> str:
    """The linkId of the question at a place."""
    name = key.rpartition("/")[2]
    return unquote(name) if "%" in name else name
