"""The command menus that Telegram shows: for patients in every language, for the desk in its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bot.channel import Rejected
from bot.insisting import insist
from bot.wording import around, counter, web

if TYPE_CHECKING:
    from bot.catalogues import Catalogue, Catalogues
    from bot.channel import Channel
    from flows.page import Page

PRIVATE, GROUPS = {"type": "all_private_chats"}, {"type": "all_group_chats"}

Menu = dict[str, Any]  # parameters of setMyCommands


async def show(channel: Channel, bot: str, menus: Iterable[Menu]) -> None:
    """Set a bot's menus, as soon as Telegram can be reached; what it refuses is tried again at the next start."""
    for params in menus:
        await insist(channel, bot, "setMyCommands", params, enough=Rejected)


async def open_page(channel: Channel, words: Catalogue, address: str) -> None:
    """The desk bot's menu button opens the pages of the desk; without a public address it shows the commands."""
    page = {"type": "web_app", "text": web.texts(words)["cases"], "web_app": {"url": address}}
    button = page if address else {"type": "commands"}
    await insist(channel, "desk", "setChatMenuButton", {"menu_button": button}, enough=Rejected)


def desk(words: Catalogue) -> list[Menu]:
    """The desk's commands, in the staff group and in a coordinator's private chat."""
    commands = _listed(counter.descriptions(words))
    return [{"commands": commands, "scope": scope} for scope in (GROUPS, PRIVATE)]


def patient(catalogues: Catalogues, page: Page) -> list[Menu]:
    """The default is English; every other language by its two letters, which is all that Telegram takes."""
    default: Menu = {"commands": _commands(catalogues["en"], page), "scope": PRIVATE}
    others = (language for language in catalogues.languages if language != "en")
    return [default, *(default | {"commands": _commands(catalogues[one], page), "language_code": one[:2]} for one in others)]


def _commands(words: Catalogue, page: Page) -> list[dict[str, str]]:
    return _listed(around.command_descriptions(words, page))


def _listed(descriptions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"command": name, "description": text} for name, text in descriptions.items()]
