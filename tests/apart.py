"""The stand-in for Telegram as one process and the program as another, so that the program can die while Telegram goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actors import Coordinator, Patient, World
from tests.stages import free_port

ROOT = Path(__file__).parents[1]
TOKENS = {"patient": "1001:SANDBOX-test-aaaaaaaaaaaaaaaa", "desk": "1002:SANDBOX-test-bbbbbbbbbbbbbbbb"}
DRAIN = 10.0  # seconds that a stop may take


@dataclass(kw_only=True)
class Apart:
    """`start` and `kill` are about the program only; what people do meanwhile waits at Telegram."""

    folder: Path
    staff: Mapping[str, int | None] = field(default_factory=lambda: {"Carla": None, "Mei": None})  # ids, if they matter
    group_id: int | None = None
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)  # of the program, instead of the usual ones
    world: World = field(init=False)
    group: Any = field(init=False)
    telegram: subprocess.Popen[str] = field(init=False)
    program: subprocess.Popen[str] | None = None

    def open(self) -> Apart:
        """Telegram with two bots, a staff group and its coordinators; then the program."""
        self.telegram = self._run("sandbox", "--bare", "--port", "0")
        assert self.telegram.stdout
        url = self.telegram.stdout.readline().strip()
        assert url.startswith("http"), self.log()
        self.world = World(url=url, database=self.folder / "data" / "careline.db")
        for side, token in TOKENS.items():
            self.world.post("bots", token=token, username=f"careline_{side}_bot", name=f"Careline {side}")
        staff = [
            self.world.post("people", first_name=name, id=id_, role="coordinator")["id"] for name, id_ in self.staff.items()
        ]
        self.group = self.world.post("groups", title="Careline desk", id=self.group_id, members=staff, bots=[1002])
        return self.start()

    def start(self) -> Apart:
        people = [member["id"] for member in self.group["members"] if member["kind"] == "person"]
        settings = {
            "PATIENT_TOKEN": TOKENS["patient"],
            "DESK_TOKEN": TOKENS["desk"],
            "BOT_API_URL": self.world.url,
            "DESK_CHAT_ID": str(self.group["id"]),
            "COORDINATORS": ",".join(map(str, people)),
            "DATA_DIR": str(self.folder / "data"),
            "PACE": "off",
            "UNDO_SECONDS": "0",
            "PORT": str(self.port),
            **self.settings,
        }
        self.program = self._run("run", settings=settings)
        self.world.disturb()
        return self

    def kill(self) -> None:
        """As a power cut does it: no signal handler, nothing is finished."""
        assert self.program
        assert self.world.rest
        self.world.rest.close()
        self.program.kill()
        self.program.wait()

    def stop(self) -> float:
        """Asks the program to end; returns the seconds that it took. What it was doing is done."""
        assert self.program
        begun = time.monotonic()
        self.program.send_signal(signal.SIGTERM)
        assert self.program.wait(3 * DRAIN) == 0, self.log()
        return time.monotonic() - begun

    def close(self) -> None:
        for process in (self.program, self.telegram):
            if process and process.poll() is None:
                process.terminate()
                process.wait(3 * DRAIN)

    def alive(self) -> bool:
        return self.program is not None and self.program.poll() is None

    def log(self) -> str:
        return (self.folder / "log.jsonl").read_text(errors="replace")

    def patient(self, name: str = "Maria") -> Patient:
        return self.world.patient(name)

    def coordinator(self, name: str = "Carla") -> Coordinator:
        return self.world.coordinator(name)

    def _run(self, *arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """What a process with settings says goes into the log; of the other one the first line is wanted."""
        mine = {f"CARELINE_{name}": value for name, value in (settings or {}).items()}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CARELINE_")}
        with (self.folder / "log.jsonl").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                cwd=self.folder,
                env=clean | {"PYTHONPATH": str(ROOT)} | mine,
                stdout=log if mine else subprocess.PIPE,
                stderr=log,
                text=True,
            )
