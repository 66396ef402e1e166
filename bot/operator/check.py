"""`python -m bot check`: what is missing or wrong, in words. Tokens are tried, never printed."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot import definitions
from bot.catalogues import LOCALES, SOURCE, Catalogues
from bot.channel import Channel, ChannelError
from bot.probe import probe
from bot.settings import PREFIX, Settings, Side
from bot.wording.handing import font_problem
from storage.database import Database, UnknownDatabase
from storage.sealed.keyring import Keyring

Problems = list[str]
SIDES: tuple[Side, Side] = ("patient", "desk")
TOKEN = re.compile(r"[1-9][0-9]{0,18}:[A-Za-z0-9_-]{1,100}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOCAL = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)")


def load() -> tuple[Settings | None, Problems]:
    """The settings, or what is wrong with them."""
    try:
        return Settings(), []
    except ValidationError as error:
        return None, [
            f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}." for one in error.errors(include_input=False)
        ]


def needed(settings: Settings) -> Problems:
    """What `run` cannot start without; looks at the settings only."""
    return [*tokens(settings), *desk_settings(settings), *webhook_settings(settings)]


def shareable(settings: Settings, workers: int) -> Problems:
    """Whether several programs can do this work."""
    if workers < 1:
        return ["--workers must be 1 or more."]
    if settings.shared or (workers == 1 and settings.role == "all"):
        return []
    return [f"Several workers, or a role of its own, need a PostgreSQL database: set {PREFIX}DATABASE_URL."]


def tokens(settings: Settings) -> Problems:
    problems = []
    for side in SIDES:
        name = f"{PREFIX}{side.upper()}_TOKEN"
        if not settings.token(side):
            problems.append(f"{name} is missing. @BotFather gives one for each bot.")
        elif not TOKEN.fullmatch(settings.token(side)):
            problems.append(f"{name} does not look like a token: digits, a colon, letters and digits, as @BotFather wrote it.")
    if not problems and settings.token("patient") == settings.token("desk"):
        problems.append(
            f"{PREFIX}PATIENT_TOKEN and {PREFIX}DESK_TOKEN are the same. Patients and coordinators need a bot each."
        )
    return problems


def desk_settings(settings: Settings) -> Problems:
    problems = []
    if settings.desk_chat_id is None:
        problems.append(f"{PREFIX}DESK_CHAT_ID is missing: the number of the staff group, -100 and more digits.")
    elif settings.desk_chat_id >= 0:
        problems.append(f"{PREFIX}DESK_CHAT_ID is not a group: a group's number begins with -100.")
    if not settings.people:
        problems.append(f"{PREFIX}COORDINATORS is empty: nobody could claim a case. Give Telegram ids, apart by commas.")
    if any(one <= 0 for one in settings.people):
        problems.append(f"{PREFIX}COORDINATORS holds a group. Only people's ids, which are positive numbers, belong there.")
    return problems


def webhook_settings(settings: Settings) -> Problems:
    if settings.mode != "webhook":
        return []
    problems = []
    if not settings.public_url.startswith("https://") and not LOCAL.match(settings.public_url):
        problems.append(f"{PREFIX}PUBLIC_URL must be the https:// address at which Telegram reaches this program.")
    if not all(SECRET.fullmatch(settings.secret(side)) for side in SIDES):
        problems.append(f"{PREFIX}WEBHOOK_SECRET may hold 1 to 256 letters, digits, underscores and hyphens.")
    return problems


def folder(settings: Settings) -> Problems:
    data = settings.data_dir
    existing = next(one for one in (data, *data.absolute().parents) if one.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return [f"{PREFIX}DATA_DIR: {existing} cannot be written to."]
    return []


def key_file(settings: Settings) -> Problems:
    key = settings.key_file
    if os.name == "posix" and key.exists() and key.stat().st_mode & 0o077:
        return [f"{key} can be read by other accounts of this machine. Set its mode: chmod 600 {key}"]
    return []


async def database(settings: Settings) -> Problems:
    """Whether it opens. An SQLite file that is not there yet is made at the first start."""
    try:
        if _to_be_made(settings.database):
            return []
        store = Database.open(settings.database, keys=Keyring([bytes(32)]))
    except (ArgumentError, UnknownDatabase):
        return [f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql://."]
    try:
        await store.read(probe)
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own, and their messages may hold the password
        return [f"{PREFIX}DATABASE_URL: the database does not answer ({type(error).__name__})."]
    finally:
        await store.close()
    return []


def _to_be_made(url: str) -> bool:
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()


def languages(settings: Settings) -> Problems:
    """Every sentence in every language, none of them unsure."""
    problems = []
    files = sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))
    for file in files:
        with file.open("rb") as source:
            missing = _missing(read_po(source))
        if missing:
            problems.append(f"locales/{file.parent.parent.name}: {missing} sentences are not translated or marked fuzzy.")
    if settings.desk_language not in {SOURCE, *(file.parent.parent.name for file in files)}:
        problems.append(f"{PREFIX}DESK_LANGUAGE: there is no catalogue for it under locales/.")
    return problems


def _missing(catalogue: Catalog) -> int:
    """Sentences without words, or with some of their plural forms only."""

    def complete(words: object) -> bool:
        return all(words) if isinstance(words, tuple | list) else bool(words)

    return sum(bool(message.id) and (message.fuzzy or not complete(message.string)) for message in catalogue)


def fonts(settings: Settings) -> Problems:
    """Whether a dossier can be set in every language that there is one for. Nothing else needs fonts."""
    from bot.dossier.fonts import lacking

    known = Catalogues.load()
    scripts = lacking(settings.fonts, known.for_dossiers.languages)
    return [font_problem(known[SOURCE], scripts)] if scripts else []


async def telegram(settings: Settings) -> Problems:
    """Whether Telegram knows both bots, and what the desk bot may do in the staff group."""
    if tokens(settings):
        return []
    problems: Problems = []
    for side in SIDES:
        async with _channel(settings, side) as channel:
            try:
                me = await channel.call("getMe", {})
                if side == "desk":
                    problems += await _desk(channel, settings, _as_said(me).get("id", 0))
            except ChannelError as error:
                problems.append(_unknown(settings, side, error))
    return problems


async def _desk(channel: Channel, settings: Settings, bot: int) -> Problems:
    if not desk_settings(settings):
        return await _group(channel, settings, bot)
    return seen(await channel.call("getUpdates", {"timeout": 0, "limit": 100}))


def seen(updates: Iterable[dict[str, Any]]) -> Problems:
    """Numbers for the settings, from what was written to the desk bot lately. Nothing is confirmed: the program still gets it."""
    messages = [update["message"] for update in updates if "message" in update]
    groups = {message["chat"]["id"]: message["chat"].get("title", "") for message in messages if message["chat"]["id"] < 0}
    people = {message["from"]["id"]: message["from"]["first_name"] for message in messages if "from" in message}
    return [
        *(f"{PREFIX}DESK_CHAT_ID={number} would be the group “{title}”." for number, title in groups.items()),
        *(f"{PREFIX}COORDINATORS: {name} is {number}." for number, name in people.items()),
    ]


async def _group(channel: Channel, settings: Settings, bot: int) -> Problems:
    name = f"{PREFIX}DESK_CHAT_ID"
    try:
        chat = await channel.call("getChat", {"chat_id": settings.desk_chat_id})
        member = await channel.call("getChatMember", {"chat_id": settings.desk_chat_id, "user_id": bot})
    except ChannelError:
        return [f"{name}: the desk bot does not know this group. Add it to the group."]
    chat, member, problems = _as_said(chat), _as_said(member), []
    if not chat.get("is_forum"):
        problems.append(f"{name}: the group has no topics. Switch Topics on in its settings.")
    if member.get("status") != "administrator":
        problems.append(f"{name}: the desk bot is not an administrator of the group.")
    elif not member.get("can_manage_topics"):
        problems.append(f"{name}: the desk bot may not manage topics. Give it that right.")
    return problems


def _as_said(found: Any) -> dict[str, Any]:
    """What a server said about something; a server of one's own may say next to nothing."""
    return found if isinstance(found, dict) else {}


def _unknown(settings: Settings, side: Side, error: ChannelError) -> str:
    if "unauthorized" in str(error).lower() or "not found" in str(error).lower():
        return f"{PREFIX}{side.upper()}_TOKEN: Telegram does not know this token."
    return f"{PREFIX}BOT_API_URL: {settings.api_url} cannot be reached ({type(error).__name__})."


@contextlib.asynccontextmanager
async def _channel(settings: Settings, side: Side) -> AsyncIterator[Channel]:
    """The connection that the program itself uses."""
    from bot.desk.channel import DeskChannel
    from bot.patient.channel import PatientChannel

    made = (PatientChannel if side == "patient" else DeskChannel)(settings.token(side), settings.api_url)
    try:
        yield made
    finally:
        await made.close()


CHECKS: tuple[tuple[str, Callable[[Settings], Problems | Awaitable[Problems]]], ...] = (
    ("tokens", tokens),
    ("staff group and coordinators", desk_settings),
    ("webhook", webhook_settings),
    ("data directory", folder),
    ("key file", key_file),
    ("database", database),
    ("languages", languages),
    ("questionnaire", definitions.problems),
    ("fonts for dossiers", fonts),
    ("Telegram", telegram),
)


SPARED = {"fonts for dossiers"}  # what the program starts and works without


async def check(say: Callable[[str], Any] = print) -> int:
    """Says what is right and what is not; 0 when everything is."""
    settings, problems = load()
    if settings is None:
        _say_all(say, "settings", problems)
        return 1
    bad = 0
    for name, look in CHECKS:
        found = look(settings)
        problems = found if isinstance(found, list) else await found
        _say_all(say, name, problems)
        bad += len(problems) if name not in SPARED else 0
    say("Everything is ready: python -m bot run" if not bad else f"{bad} to be put right.")
    return 1 if bad else 0


def _say_all(say: Callable[[str], Any], name: str, problems: Iterable[str]) -> None:
    lines = list(problems)
    sign = "ok   " if not lines else "later" if name in SPARED else "wrong"
    say(f"{sign}  {name}")
    for line in lines:
        say(f"       {line}")
