"""The definition in use, and a new version of it while the program runs: SIGHUP reads it anew, and a bad one changes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from flows import library
from flows.library import BadDefinitionError

if TYPE_CHECKING:
    from bot.effects.scene import House
    from bot.settings import Settings
    from flows.library import Definition
    from storage.database import Database

log = structlog.get_logger("bot.definitions")


def read(settings: Settings) -> Definition:
    """The definition that the settings name. Raise BadDefinitionError with every reason."""
    return library.chosen(settings.questionnaire, instead=settings.definition_files)


def problems(settings: Settings) -> list[str]:
    """What is wrong with it, in words."""
    try:
        read(settings)
    except BadDefinitionError as error:
        return [str(error)]
    return []


async def renew(settings: Settings, database: Database, house: House) -> None:
    """Take up the definition as it is now. The last good one stays when it cannot be used, or when it changed under its old version."""
    try:
        found = await asyncio.to_thread(read, settings)
        _check_version(house.definition, found)
    except BadDefinitionError as error:
        log.error("definition_refused", reason=str(error), kept=house.definition.version)  # noqa: TRY400 - words for an author
        return
    await database.transact(lambda _: house.take_up(found))  # between two turns, not in the middle of one
    log.info("definition_taken_up", version=found.version)


def _check_version(before: Definition, after: Definition) -> None:
    """Answers say which version they answer, so one version is one form."""
    same = before.form.canonical == after.form.canonical
    if same and before.form.raw != after.form.raw:
        raise BadDefinitionError(after.name, "version", "the form was changed and has still the version of before")
