"""The answers of a response that count: enabled, and not "no answer"."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from flows.response import QuestionnaireResponse
from flows.values import Value, is_absent


class Given(NamedTuple):
    """One value with the place where it stands and the linkId of its question. A tuple, as there is one for each answer in every turn."""

    key: str
    link_id: str
    value: Value


def given(response: QuestionnaireResponse, link_ids: Container[str] | None = None) -> tuple[Given, ...]:
    """Every value that counts, in the order of the answers; with linkIds only the answers to these."""
    counting = [(key, link_id_of(key), values) for key, values in response.answers.items() if key not in response.parked]
    if link_ids is not None:
        counting = [one for one in counting if one[1] in link_ids]
    return tuple([Given(key, link_id, value) for key, link_id, values in counting for value in values if not is_absent(value)])


@lru_cache(maxsize=4096)  # the keys of all forms in use
def link_id_of(key: str) -> str:
    """The linkId of the question at a place."""
    name = key.rpartition("/")[2]
    return unquote(name) if "%" in name else name
