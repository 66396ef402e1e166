"""The tables of legal moves as pictures (Mermaid state diagrams) for the documentation: drawn from the tables, never by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows import case
from flows.casework import submissions, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Moves = Mapping[str, tuple[str, ...]]

GROUP = "under_way"  # stands for every stage of the way: what all of them can do is one arrow


def written(file: Path) -> bool:
    """Put the pictures into a document, each between its two markers. Whether anything changed. Raise ValueError without markers."""
    before = file.read_text(encoding="utf-8")
    after = redrawn(before)
    file.write_text(after, encoding="utf-8")
    return after != before


def redrawn(text: str) -> str:
    """The document with the pictures as the tables are now."""
    for name, chart in charts().items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        head, found, rest = text.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"the document has no place for the picture {name}")
        text = f"{head}{begin}```mermaid\n{chart}\n```\n{end}{tail}"
    return text


def charts() -> dict[str, str]:
    """Name of a picture -> Mermaid."""
    way = tuple(stage for stage in case.MAIN if case.MOVES[stage])
    return {
        "stages": chart(case.MOVES, first=case.MAIN[0], group=way),
        "submissions": chart(submissions.MOVES, first=submissions.SENT),
        "tasks": chart(tasks.MOVES, first=tasks.OPEN),
    }


def chart(moves: Moves, *, first: str, group: tuple[str, ...] = ()) -> str:
    """A state diagram. Where every state of `group` can go, one arrow from the group says so."""
    shared = [to for to in moves if group and to not in group and all(to in moves[one] for one in group)]
    return "\n".join(("stateDiagram-v2", *_states(moves, group), f"    [*] --> {_id(first)}", *_arrows(moves, group, shared)))


def _states(moves: Moves, group: tuple[str, ...]) -> Iterator[str]:
    yield from (f'    state "{state}" as {_id(state)}' for state in moves if state not in group)
    if group:
        yield f"    state {GROUP} {{"
        yield from (f'        state "{state}" as {_id(state)}' for state in group)
        yield "    }"


def _arrows(moves: Moves, group: tuple[str, ...], shared: list[str]) -> Iterator[str]:
    yield from (f"    {GROUP} --> {_id(to)}" for to in shared)
    for state, reached in moves.items():
        back = not set(group) - set(reached) and state not in group
        if group and back:
            yield f"    {_id(state)} --> {GROUP}"
        left = (to for to in reached if not (state in group and to in shared) and not (back and to in group))
        yield from (f"    {_id(state)} --> {_id(to)}" for to in left)
        if not reached:
            yield f"    {_id(state)} --> [*]"


def _id(state: str) -> str:
    return state.replace("-", "_")
