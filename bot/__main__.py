"""`python -m bot sandbox | run | check | export | hospitals | backup | restore | rotate`. Each command imports only what it needs."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import socket
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from bot.late import leave
from bot.program import logs, memory

QUESTIONNAIRE = "a FHIR R4 Questionnaire to ask instead of the intake, or a folder with one (CARELINE_QUESTIONNAIRE)"
UNUSABLE = 2  # exit code for a form that is refused


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code."""
    chosen = _parser().parse_args(arguments)
    command: int = chosen.command(chosen)
    return command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Careline: intake by chat, and the desk that answers it."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    sandbox = commands.add_parser("sandbox", help="both bots and a stand-in for Telegram on this machine; no token needed")
    sandbox.add_argument("--port", type=int, default=8080, help="0 takes any free one (default: 8080)")
    sandbox.add_argument("--data", type=Path, help="folder of this sandbox (default: data/sandbox, or none with --bare)")
    sandbox.add_argument("--bare", action="store_true", help="only the stand-in, where any token of the right shape is a bot")
    sandbox.add_argument("--questionnaire", default="", metavar="FILE", help=QUESTIONNAIRE)
    sandbox.set_defaults(command=_sandbox)

    run = commands.add_parser("run", help="both bots against Telegram; settings from the environment or .env")
    run.add_argument("--workers", type=int, default=1, help="so many programs on one PostgreSQL database (default: 1)")
    run.add_argument(
        "--role", choices=["all", "web", "worker"], help="web: webhooks only; worker: everything else (default: all)"
    )
    run.add_argument("--listen", type=int, help=argparse.SUPPRESS)  # a socket that whoever started this listens on
    run.add_argument("--attached", action="store_true", help=argparse.SUPPRESS)  # stop when the input closes
    run.add_argument("--questionnaire", default="", metavar="FILE", help=QUESTIONNAIRE)
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="what is missing or wrong in the settings, in words")
    check.set_defaults(command=_check)

    _add_export(commands)
    _add_hospitals(commands)

    backup = commands.add_parser("backup", help="database and encrypted documents into one file, while the program runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet; the key file is never in it")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="a backup into the data folder, checked to the last byte")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
    restore.add_argument("--replace", action="store_true", help="set aside the data that are there")
    restore.set_defaults(command=_restore)

    rotate = commands.add_parser("rotate", help="a new key for what is sealed from now on; stop the program first")
    rotate.set_defaults(command=_rotate)
    return parser


def _add_export(commands: Any) -> None:
    export = commands.add_parser("export", help="one case as a file: a FHIR Bundle or a table. The reading is written down")
    export.add_argument("case", metavar="CASE", help="its number, like CL-7KQ4M")
    export.add_argument("--format", choices=("fhir", "csv"), default="fhir")
    export.add_argument("--out", type=Path, metavar="FILE", help="a file that is not there yet (default: standard output)")
    export.add_argument("--transaction", action="store_true", help="a Bundle to post to a server, instead of a collection")
    export.add_argument("--with-documents", action="store_true", help="put the documents themselves into the Bundle")
    export.set_defaults(command=_export)


def _add_hospitals(commands: Any) -> None:
    hospitals = commands.add_parser("hospitals", help="with what hospitals read the cases that were sent to them")
    verbs = hospitals.add_subparsers(dest="verb", metavar="verb")
    hospitals.set_defaults(command=_hospitals, verb="list", what="", days=0)
    verbs.add_parser("list", help="all credentials, and the hospitals that can have one").set_defaults(verb="list")
    issue = verbs.add_parser("issue", help="a new credential; it is shown once")
    issue.add_argument("what", metavar="HOSPITAL", help="its id in the list of hospitals")
    issue.add_argument("--days", type=int, default=90, help="how long it lasts, 365 at most (default: 90)")
    revoke = verbs.add_parser("revoke", help="end a credential at once")
    revoke.add_argument("what", metavar="NUMBER")


def _sandbox(chosen: argparse.Namespace) -> int:
    from bot.operator.demo import run
    from flows import library

    logs.configure("WARNING")
    form = chosen.questionnaire or os.environ.get("CARELINE_QUESTIONNAIRE", "")
    try:
        library.chosen(form)
    except library.BadDefinitionError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    told = partial(print, flush=True)
    try:
        return _live(run(port=chosen.port, data=chosen.data, bare=chosen.bare, say=told, questionnaire=form))
    except OSError as error:
        print(f"The sandbox cannot listen on port {chosen.port}: {error.strerror}. Another one: --port 0", file=sys.stderr)
        return 1


def _run(chosen: argparse.Namespace) -> int:
    memory.starting()
    from bot import definitions
    from bot.operator.check import load, needed, shareable
    from bot.settings import PREFIX
    from flows.library import BadDefinitionError

    if chosen.questionnaire:
        os.environ[f"{PREFIX}QUESTIONNAIRE"] = chosen.questionnaire  # so that workers know it too
    settings, problems = load()
    definition = None
    try:
        definition = definitions.read(settings) if settings else None
    except BadDefinitionError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    if settings is not None and chosen.role:
        settings = settings.model_copy(update={"role": chosen.role})
    if settings is None or (problems := [*needed(settings), *shareable(settings, chosen.workers)]):
        print("\n".join(problems), "\n\npython -m bot check tells more.", file=sys.stderr)
        return 1
    logs.configure(settings.log_level, secrets=settings.secrets())
    if chosen.workers > 1:
        from bot.program import workers

        return _live(workers.run(settings, chosen.workers))
    return _run_one(settings, definition, chosen)


def _run_one(settings: Any, definition: Any, chosen: argparse.Namespace) -> int:
    from bot.program.folder import FolderInUse
    from bot.program.running import run
    from bot.program.signals import on_closed_input

    async def program() -> None:
        stopping = asyncio.Event()
        if chosen.attached:
            on_closed_input(stopping)
        listener = socket.socket(fileno=chosen.listen) if chosen.listen is not None else None
        await run(settings, definition=definition, listener=listener, ready=memory.at_rest, stopping=stopping)

    try:
        return _live(program())
    except FolderInUse as error:
        print(error, file=sys.stderr)
        return 1


def _check(_: argparse.Namespace) -> int:
    from bot.operator.check import check

    logs.configure("ERROR")
    return asyncio.run(check())


def _export(chosen: argparse.Namespace) -> int:
    from bot.operator import exporting

    wanted = exporting.Wanted(
        number=chosen.case,
        format_=chosen.format,
        out=chosen.out,
        transaction=chosen.transaction,
        with_documents=chosen.with_documents,
    )
    return _kept(lambda _, settings: exporting.export(settings, wanted))


def _hospitals(chosen: argparse.Namespace) -> int:
    from bot.operator import hospitals

    wanted = hospitals.Wanted(verb=chosen.verb or "list", what=chosen.what, days=chosen.days)
    return _kept(lambda _, settings: hospitals.hospitals(settings, wanted))


def _backup(chosen: argparse.Namespace) -> int:
    return _kept(lambda backups, settings: backups.make(settings, chosen.file))


def _restore(chosen: argparse.Namespace) -> int:
    return _kept(lambda backups, settings: backups.restore(settings, chosen.file, replace=chosen.replace))


def _rotate(_: argparse.Namespace) -> int:
    from bot.operator import keys

    return _kept(lambda _, settings: keys.rotate(settings))


def _kept(work: Callable[[Any, Any], Coroutine[Any, Any, list[str]]]) -> int:
    """Prints what the work has to tell, or why it was not done."""
    from bot.operator import backups
    from bot.operator.check import load

    settings, problems = load()
    if settings is None:
        print("\n".join(problems), file=sys.stderr)
        return 1
    logs.configure("ERROR", secrets=settings.secrets())
    try:
        print("\n".join(asyncio.run(work(backups, settings))))
    except (OSError, ValueError, RuntimeError) as error:
        print(f"Not done. {error}", file=sys.stderr)
        return 1
    return 0


def _live(program: Coroutine[Any, Any, None]) -> int:
    """Runs it on uvloop where there is one."""
    try:
        loops = importlib.import_module("uvloop").new_event_loop
    except ImportError:
        loops = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(program)
    return 0


if __name__ == "__main__":
    leave(main())
