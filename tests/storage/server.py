"""A PostgreSQL server for one test run: own data folder, a socket in it, no network. Started as another account when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - fills the metadata

_FAST = "-c fsync=off -c listen_addresses='' -c max_connections=60 -c shared_buffers=64MB"


class NoServer(Exception):
    """Why there is none."""


@dataclass(frozen=True)
class Server:
    programs: Path
    folder: Path
    account: str | None

    @classmethod
    def start(cls) -> Server:
        programs = _programs()
        account = _account() if os.geteuid() == 0 else None
        folder = Path(tempfile.mkdtemp(prefix="careline-pg-"))
        if account is not None:
            shutil.chown(folder, account)
        server = cls(programs, folder, account)
        try:
            server._run(
                "initdb", "-D", str(folder / "data"), "-U", "careline", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"
            )
            options = f"{_FAST} -c unix_socket_directories={folder}"
            server._run(
                "pg_ctl", "-D", str(folder / "data"), "-w", "-t", "60", "-l", str(folder / "log"), "-o", options, "start"
            )
        except NoServer:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return server

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str, template: str = "template1") -> None:
        self._run("createdb", "-h", str(self.folder), "-U", "careline", "-T", template, name)

    def url(self, name: str) -> str:
        return f"postgresql://careline@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        if self.account is not None:
            command = ["runuser", "-u", self.account, "--", *command]
        # pg_ctl's child keeps the output open, so nothing is piped
        with (self.folder / "output").open("ab") as output:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder, check=False)
        if done.returncode != 0:
            last = (self.folder / "output").read_text(errors="replace").strip().splitlines()[-1:]
            raise NoServer(f"{program} failed: {' '.join(last)}")


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise NoServer("no initdb on the path or below /usr/lib/postgresql")
    return Path(found).resolve().parent


def _account() -> str:
    """PostgreSQL refuses to run as root."""
    if shutil.which("runuser") is None:
        raise NoServer("this is root, and runuser is not installed")
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise NoServer("this is root, and there is neither an account postgres nor nobody")


def empty(url: str) -> None:
    """Empty every table and start the row ids again: far quicker than a database for each test."""
    tables = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
