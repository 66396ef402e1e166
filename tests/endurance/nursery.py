"""Starts the program as often as it was killed, without its seconds of imports: one process that has imported everything, and forks.

Lines in: {"start": {environment}, "folder": ...}; lines out: the process number. What is forked runs `python -m bot run` from its first
line on; nothing of it has run before. `shorten` divides the time after which another program takes over.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import bot.duties
import bot.running
import bot.web.server
from bot.__main__ import main


def child(order: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(order["folder"])
    os.environ.update(order["start"])
    for name in ("SECONDS", "RENEWED", "SPARE"):
        setattr(bot.duties, name, getattr(bot.duties, name) / order.get("shorten", 1))
    with Path("log.jsonl").open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    os._exit(main(["run"]))


def serve() -> None:
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
