"""The same minute of reminders given to APScheduler's own job store, to see what that loses.

    python -m tests.benchmarks.job_store --count 2000            # as it comes
    python -m tests.benchmarks.job_store --count 2000 --grace    # told never to drop a late job
    python -m tests.benchmarks.job_store --count 2000 --kills 5

One job for each person in a SQLAlchemyJobStore on SQLite, due within a minute; each sends one message to the stand-in, whose limits are on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.reminders import FIRST, PATIENT, ROOT, SAID, WINDOW, busiest_second, stand_in

SCHEDULER = """
import json, sys, time
from datetime import datetime, timezone
import httpx
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

def send(url, token, chat, text):
    httpx.post(f"{url}/bot{token}/sendMessage", json={"chat_id": chat, "text": text}, timeout=60).raise_for_status()

def main(given):
    defaults = {"misfire_grace_time": None} if given["grace"] else {}
    scheduler = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(given["store"])}, job_defaults=defaults, timezone=timezone.utc)
    scheduler.start(paused=bool(given["due"]))
    for chat, due in given["due"]:
        when = datetime.fromtimestamp(due, timezone.utc)
        scheduler.add_job("scheduled:send", "date", run_date=when, args=[given["url"], given["token"], chat, given["text"]])
    scheduler.resume()
    print("ready", flush=True)
    while True:
        time.sleep(1)
"""
LEAD = 2.0
QUIET = 8.0  # seconds without a message after which no more is awaited
GIVE_UP = 600.0


def start(folder: Path, given: dict[str, object]) -> subprocess.Popen[str]:
    (folder / "scheduled.py").write_text(SCHEDULER)
    command = [sys.executable, "-c", "import json, sys, scheduled; scheduled.main(json.loads(sys.stdin.readline()))"]
    with (folder / "log").open("a") as log:
        program = subprocess.Popen(
            command,
            cwd=folder,
            env={"PYTHONPATH": f"{folder}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert program.stdin and program.stdout
    program.stdin.write(json.dumps(given) + "\n")
    program.stdin.flush()
    assert program.stdout.readline() == "ready\n"
    return program


def measure(count: int, kills: int, *, grace: bool, folder: Path) -> dict[str, float]:
    out = folder / "calls.json"
    with stand_in(count, out) as (url, server):
        begin = time.time() + LEAD + count / 300  # jobs are added before the first is due
        due = [(FIRST + number, begin + WINDOW * number / count) for number in range(count)]
        given = {"url": url, "token": PATIENT, "text": SAID, "store": f"sqlite:///{folder}/jobs.db", "grace": grace}
        program = start(folder, {**given, "due": due})
        for number in range(kills):
            time.sleep(max(0.0, begin + WINDOW * (number + 1) / (kills + 1) - time.time()))
            program.kill()
            program.wait()
            program = start(folder, {**given, "due": []})
        time.sleep(max(0.0, begin + WINDOW + QUIET - time.time()))
        program.kill()
        program.wait()
        assert server.stdin and server.stdout
        server.stdin.write("\n")
        server.stdin.flush()
        server.stdout.readline()
    calls = json.loads(out.read_text())
    per_chat = Counter(int(chat) for _, code, _, chat, _ in calls if code == 200)
    return {
        "reminders": count,
        "lost": count - len(per_chat),
        "duplicates": sum(per_chat.values()) - len(per_chat),
        "rate": busiest_second(sorted(at for at, code, *_ in calls if code == 200)),
        "429": sum(code == 429 for _, code, *_ in calls),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--grace", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"at {datetime.now(UTC):%H:%M}")
        for name, value in measure(chosen.count, chosen.kills, grace=chosen.grace, folder=Path(folder)).items():
            print(f"{name:<12} {value}")


if __name__ == "__main__":
    main()
