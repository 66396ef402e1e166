"""What `python -m flows protocols`, `graph` and `stages` do: the only commands that read snapshots and write definition files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows import library
from flows.authoring import charts, graph
from flows.trials import registry

if TYPE_CHECKING:
    import argparse

    from flows.trials.registry import Study

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no other name for it

PROTOCOLS = library.DEFINITIONS / library.PROTOCOLS
STAGES = library.DEFINITIONS / "STAGES.md"


def offer(commands: Commands) -> None:
    """Make them known to the command line."""
    printing = commands.add_parser("graph", help="print every criterion with its questions, records and reminders")
    printing.set_defaults(run=lambda _: print_graph())
    drawing = commands.add_parser("stages", help="print the legal moves of a case as a diagram")
    drawing.add_argument("--write", action="store_true", help=f"draw them into {STAGES.name}")
    drawing.set_defaults(run=lambda options: draw(write=options.write))
    renewing = commands.add_parser("protocols", help="renew the protocols of trials").add_subparsers(dest="what", required=True)
    importing = renewing.add_parser("import", help="print what a snapshot changes; write it only with --approve")
    importing.add_argument("snapshot", type=Path, help="JSON of the API v2: a file, or a folder that holds all studies")
    importing.add_argument("--as-of", type=date.fromisoformat, help="the day of the snapshot, when its name does not say it")
    importing.add_argument("--approve", metavar="NAME", help="write the files, in the name of who looked at the changes")
    importing.set_defaults(
        run=lambda options: import_snapshot(
            options.snapshot, as_of=options.as_of, approve=options.approve, today=datetime.now(UTC).date()
        )
    )


def print_graph() -> int:
    """Every criterion with its questions, records and reminders."""
    for line in graph.lines(library.load()):
        print(line)
    return 0


def draw(*, write: bool) -> int:
    """The diagrams, or the document that holds them."""
    if write:
        print(f"{STAGES.name}: {'drawn anew' if charts.written(STAGES) else 'nothing has changed'}")
    else:
        print("\n\n".join(charts.charts().values()))
    return 0


def import_snapshot(snapshot: Path, *, as_of: date | None, approve: str | None, today: date, folder: Path = PROTOCOLS) -> int:
    """Print what a snapshot (a file, or a folder of them) changes; write the files only when somebody gives a name for it."""
    if not snapshot.exists():
        raise ValueError(f"{snapshot}: there is no such file or folder")
    found = tuple(_studies(snapshot))
    day = as_of or _day(snapshot)
    ours = library.trial_protocols(folder)
    changes = registry.compare(ours, found, whole=snapshot.is_dir())
    for line in registry.lines(changes):
        print(line)
    if approve is None:
        print("nothing was written: give --approve NAME when a person has looked at this")
        return 0
    known = {one.id: one.as_of for one in ours}
    _check(approve, day, today, max((known[study.id] for study in found if study.id in known), default=day))
    written = dict(_renewed(folder, study, day, approve.strip()) for study in found if study.id in known)
    for file, text in written.items():  # nothing is written before all of it could be made
        file.write_text(text, encoding="utf-8")
    print(f"{len(written)} files written, approved by {approve.strip()}, as of {day}")
    return 0


def _check(approve: str, day: date, today: date, newest: date) -> None:
    """Raise ValueError when nobody approves, or when the day would make rows look fresher than they are, or old news of new."""
    if not approve.strip():
        raise ValueError("--approve needs the name of the person who has looked at this")
    if day > today + timedelta(days=1):  # somewhere it is tomorrow
        raise ValueError(f"a snapshot cannot be of {day}: that day has not come yet")
    if day < newest:
        raise ValueError(f"the snapshot of {day} is older than what stands in the files, of {newest}")


def _renewed(folder: Path, study: Study, day: date, approve: str) -> tuple[Path, str]:
    file = folder / f"{study.id}.json"
    source = f"ClinicalTrials.gov API v2, snapshot {day}"
    return file, registry.renewed(file.read_text(encoding="utf-8"), study, as_of=day, approved=approve, source=source)


def _studies(snapshot: Path) -> Iterator[Study]:
    for file in _files(snapshot):
        yield from registry.studies(library.spot(file))


def _files(snapshot: Path) -> Iterable[Path]:
    return sorted(snapshot.rglob("*.json")) if snapshot.is_dir() else [snapshot]


def _day(snapshot: Path) -> date:
    """The day that stands in the snapshot's name, like snapshots/2026-08-22; ValueError when there is none."""
    for part in (snapshot.stem, snapshot.name, snapshot.parent.name):
        try:
            return date.fromisoformat(part[:10])
        except ValueError:
            continue
    raise ValueError(f"{snapshot}: the day of the snapshot is not in its name; give --as-of")
