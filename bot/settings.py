"""Every setting, typed, with a default that starts without a token. Read from the environment (CARELINE_...) or a file .env."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "CARELINE_"
Side = Literal["patient", "desk"]
Role = Literal["all", "web", "worker"]


def _ids(value: object) -> object:
    """Numeric ids apart by commas, semicolons or spaces: `7101, 7102`."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").replace(";", " ").split())
    return value


def _blank(value: object) -> object:
    """A line `CARELINE_X=` in .env means that X is not set."""
    return None if isinstance(value, str) and not value.strip() else value


Secret = Annotated[SecretStr | None, BeforeValidator(_blank)]
Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)]


class Settings(BaseSettings):
    """What an operator may set. Secrets print as stars, and errors never show the value that was wrong."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    patient_token: Secret = None
    desk_token: Secret = None
    bot_api_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    public_url: str = ""  # https address of this program as Telegram sees it; needed for webhooks
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    webhook_secret: Secret = None
    database_url: str = ""  # empty: SQLite in the data directory
    data_dir: Path = Path("data")
    desk_chat_id: Annotated[int | None, BeforeValidator(_blank)] = None
    coordinators: Ids = ()
    leads: Ids = ()
    administrators: Ids = ()
    readers: Ids = ()
    desk_language: str = "en"
    undo_seconds: float = Field(default=5.0, ge=0, le=60)  # how long a coordinator's reply can be taken back before it goes out
    questionnaire: str = ""  # a form or a folder to run instead of the intake of this house; see flows.library.chosen
    reminders: Annotated[Path | None, BeforeValidator(_blank)] = None  # files of one's own instead of the definition's
    followups: Annotated[Path | None, BeforeValidator(_blank)] = None
    centres: Annotated[Path | None, BeforeValidator(_blank)] = None
    desk: Annotated[Path | None, BeforeValidator(_blank)] = None
    role: Role = "all"
    fonts: Annotated[Path | None, BeforeValidator(_blank)] = None  # a folder of Noto fonts; empty: where the system keeps them
    clamd: Annotated[str, Field(pattern=r"^(\S+:\d{1,5})?$")] = ""  # host:port of a ClamAV daemon
    store_url: Annotated[str, Field(pattern=r"^(s3://\S+)?$")] = ""  # a bucket for the documents; empty: the data directory
    store_endpoint: str = ""  # of an S3 server that is not Amazon's
    store_region: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    pace: Literal["telegram", "off"] = "telegram"  # off: only against a stand-in that has no limits

    @property
    def database(self) -> str:
        """The database's URL, SQLite in the data directory unless one is given."""
        return self.database_url or f"sqlite:///{self.data_dir / 'careline.db'}"

    @property
    def shared(self) -> bool:
        """Whether other programs may work on the same store: on a server they may, a file has one program."""
        return not self.database.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """Whether people reach the web pages over https."""
        return self.public_url.startswith("https://")

    @property
    def people(self) -> dict[int, str]:
        """Role by id; who stands in several lists has the strongest."""
        lists = {
            "reader": self.readers,
            "coordinator": self.coordinators,
            "lead": self.leads,
            "administrator": self.administrators,
        }
        return {one: role for role, ids in lists.items() for one in ids}

    @property
    def definition_files(self) -> dict[str, Path]:
        """Files that replace those of the definition."""
        own = {"reminders": self.reminders, "followups": self.followups, "centres": self.centres, "desk": self.desk}
        return {name: path for name, path in own.items() if path}

    @property
    def key_file(self) -> Path:
        return self.data_dir / "careline.key"

    @property
    def ledger_file(self) -> Path:
        return self.data_dir / "erasures.txt"

    @property
    def vault_dir(self) -> Path:
        return self.data_dir / "vault"

    @property
    def api_url(self) -> str:
        return self.bot_api_url.rstrip("/")

    def token(self, side: Side) -> str:
        """The token of one bot, empty when it is not set."""
        secret = self.patient_token if side == "patient" else self.desk_token
        return secret.get_secret_value() if secret else ""

    def secret(self, side: Side) -> str:
        """What Telegram must send with each webhook call. Derived from the token unless set, so that it survives restarts."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        return hmac.new(self.token(side).encode(), b"careline webhook", hashlib.sha256).hexdigest()

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be printed."""
        sides: tuple[Side, Side] = ("patient", "desk")
        return tuple({secret for side in sides if self.token(side) for secret in (self.token(side), self.secret(side))})

    def webhook_url(self, side: Side) -> str:
        return f"{self.public_url.rstrip('/')}/webhook/{side}"
