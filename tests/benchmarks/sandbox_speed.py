"""How fast the stand-in is: sendMessage over keep-alive connections on one core, and its start.

    python tests/benchmarks/sandbox_speed.py            # the figures
    python tests/benchmarks/sandbox_speed.py --check    # and failure below the goals: 4,000/s on one core, start below 1 s

The server runs alone on one core where the system lets us pin it; its CPU time gives the rate that one core could do.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

GOAL = 4000
START_GOAL = 1.0
CONNECTIONS = 8
TOKEN = "42:BENCHMARK"
TEXT = "Thank+you.+You+can+stop+here;+everything+is+saved."
PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.sandbox import Sandbox
sandbox = Sandbox(allow_any_token=True, data_dir=Path(sys.argv[1]) if sys.argv[1] else None)
sandbox.add_person(7001, "Ana")
try:
    import uvloop
    run = uvloop.run
except ImportError:
    run = asyncio.run
run(sandbox.serve("127.0.0.1", 0, lambda port: print(port, flush=True)))
"""


@contextlib.contextmanager
def served(folder: str) -> Iterator[tuple[int, int, float]]:
    """Process id, port, and the seconds from nothing to the first answer."""
    began = time.perf_counter()
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, folder], stdout=subprocess.PIPE, text=True, env=environment
    ) as program:
        try:
            port = int(program.stdout.readline()) if program.stdout else 0
            ask(port, f"/bot{TOKEN}/getMe")
            started = time.perf_counter() - began
            pin(program.pid)
            yield program.pid, port, started
        finally:
            program.terminate()


def pin(pid: int) -> None:
    """The server on one core, this program on the others."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {cores[0]})


def ask(port: int, path: str, body: dict[str, object] | None = None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Content-Type": "application/json"}
    connection.request("POST" if body is not None else "GET", path, json.dumps(body) if body is not None else None, headers)
    connection.getresponse().read()
    connection.close()


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sends(pid: int, port: int, seconds: float) -> tuple[float, float]:
    """Messages a second by the clock, and by the server's processor time."""
    body = f"chat_id=7001&text={TEXT}&parse_mode=HTML".encode()
    head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    streams = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    count, began, before = 0, time.perf_counter(), processor_seconds(pid)
    while time.perf_counter() - began < seconds:
        for stream in streams:
            stream.sendall(request)
        for stream in streams:
            whole(stream)
        count += CONNECTIONS
    spent, used = time.perf_counter() - began, processor_seconds(pid) - before
    for stream in streams:
        stream.close()
    return count / spent, count / max(used, 0.01)


def whole(stream: socket.socket) -> None:
    """Reads one answer to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += stream.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(data.decode())
    while len(body) < length:
        body += stream.recv(65536)


def measured(name: str, folder: str, seconds: float) -> tuple[float, float]:
    with served(folder) as (pid, port, started):
        ask(port, f"/sandbox/chats/7001:{TOKEN.partition(':')[0]}/start", {})
        sends(pid, port, 0.3)
        by_clock, by_core = sends(pid, port, seconds)
    print(f"{name:<16} {by_clock:7.0f}/s by the clock {by_core:7.0f}/s per core   first answer after {started:.2f} s")
    return by_core, started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seconds", type=float, default=3.0)
    chosen = parser.parse_args()
    rate, started = measured("in memory", "", chosen.seconds)
    with tempfile.TemporaryDirectory() as folder:
        measured("kept in SQLite", folder, chosen.seconds)
    if chosen.check and (rate < GOAL or started > START_GOAL):
        sys.exit(f"below the goal: {GOAL} messages a second on one core, first answer within {START_GOAL} s")


if __name__ == "__main__":
    main()
