"""Starts the program as often as it was killed, without its seconds of imports: one process that has imported everything, and forks.

Lines in: {"start": {environment}, "folder": ...}; lines out: the process number. What is forked runs `python -m bot run` from its first
line on; nothing of it has run before. `shorten` divides the time after which another program takes over. Thirty messages a second leave
as in life; what one chat and one group may get is raised, so that people talk twenty times as fast.

Nothing is imported at the top: the processes that look into files load the main module once more, each of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

BRISK = 20.0


def child(order: dict[str, Any]) -> None:
    import bot.app
    import bot.duties
    from bot.__main__ import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(order["folder"])
    os.environ.update(order["start"])
    for name in ("SECONDS", "RENEWED", "WATCHED", "SETTLED", "GONE", "SPARE"):
        setattr(bot.duties, name, getattr(bot.duties, name) / order.get("shorten", 1))
    real = bot.app.TELEGRAM
    bot.app.TELEGRAM = replace(real, chat=brisk(real.chat), group=brisk(real.group))
    with Path("log.jsonl").open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    os._exit(main(["run"]))


def brisk(window: Any) -> Any:
    return replace(window, span=window.span / BRISK)


def serve() -> None:
    import bot.app
    import bot.desk.dispatching
    import bot.desk.handlers
    import bot.desk.line
    import bot.patient.dispatching
    import bot.patient.files
    import bot.program.running
    import bot.web.server  # noqa: F401

    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(json.loads(line))
        print(pid, flush=True)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            continue


if __name__ == "__main__":
    serve()
