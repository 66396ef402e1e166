"""The command menu and the menu button, by scope and language."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup.keyboards import check_web_app
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.world import Bot, Chat

NAME = re.compile(r"[a-z0-9_]+")
MAX_NAME = 32
MAX_DESCRIPTION = 256
MAX_COMMANDS = 100
DEFAULT: dict[str, Any] = {"type": "default"}


def key(scope: dict[str, Any], language: str) -> str:
    """One text for a scope and language, e.g. `chat_member:-100:7:ru`."""
    return ":".join([scope["type"], str(scope.get("chat_id", "")), str(scope.get("user_id", "")), language])


def _place(call: Call) -> str:
    return key(call.params.get("scope") or DEFAULT, call.params.get("language_code", ""))


@method("setMyCommands", returns="True")
def set_my_commands(call: Call) -> bool:
    commands = call.params.get("commands") or []
    if isinstance(commands, str):
        raise bad("can't parse commands JSON object")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    commands = [_read(command) for command in commands]
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    call.bot.commands[_place(call)] = [_command(*command) for command in commands]
    call.state.save_bot(call.bot)
    return True


def _read(command: Any) -> tuple[str, str]:
    """Name and description."""
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in command:
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
        if not isinstance(command[name], str):
            raise bad(f'can\'t parse BotCommand: Field "{name}" must be of type String')
    return command["command"].strip().removeprefix("/"), command["description"].strip()


def _command(name: str, description: str) -> dict[str, str]:
    if not name:
        raise bad("command must be non-empty")
    if len(name) > MAX_NAME:
        raise bad(f"command length must not exceed {MAX_NAME}")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > MAX_DESCRIPTION:
        raise bad(f"command description length must not exceed {MAX_DESCRIPTION}")
    if NAME.fullmatch(name) is None:
        raise bad("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


@method("getMyCommands", returns="Array of BotCommand")
def get_my_commands(call: Call) -> list[dict[str, str]]:
    return call.bot.commands.get(_place(call), [])


@method("deleteMyCommands", returns="True")
def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_place(call), None)
    call.state.save_bot(call.bot)
    return True


@method("setChatMenuButton", returns="True")
def set_chat_menu_button(call: Call) -> bool:
    button = call.params.get("menu_button") or DEFAULT
    if button["type"] == "web_app":
        check_web_app(button["web_app"]["url"], "menu button Web App")
    call.bot.menus[_menu_place(call)] = button
    call.state.save_bot(call.bot)
    return True


@method("getChatMenuButton", returns="MenuButton")
def get_chat_menu_button(call: Call) -> dict[str, Any]:
    return menu(call.bot, _menu_place(call))


def _menu_place(call: Call) -> str:
    number = call.params.get("chat_id")
    if number is None:
        return ""
    if f"{number}:{call.bot.id}" not in call.state.chats:
        raise bad("chat not found")
    return str(number)


def menu(bot: Bot, place: str) -> dict[str, Any]:
    """The menu button of a chat, or the bot's default."""
    button = bot.menus.get(place, DEFAULT)
    return bot.menus.get("", {"type": "commands"}) if button["type"] == "default" else button


def resolved(bot: Bot, chat: Chat, person: int, language: str) -> list[dict[str, str]]:
    """The commands that this person is offered in this chat: the narrowest scope that has any."""
    number: dict[str, Any] = {"chat_id": chat.id}
    scopes: list[dict[str, Any]]
    if chat.private:
        scopes = [{"type": "chat", **number}, {"type": "all_private_chats"}]
    else:
        scopes = [{"type": "chat_member", **number, "user_id": person}]
        if (member := chat.members.get(person)) is not None and member.administers:
            scopes += [
                {"type": "chat_administrators", **number},
                {"type": "chat", **number},
                {"type": "all_chat_administrators"},
            ]
        else:
            scopes += [{"type": "chat", **number}]
        scopes += [{"type": "all_group_chats"}]
    for scope in [*scopes, DEFAULT]:
        for spoken in (language, ""):
            if commands := bot.commands.get(key(scope, spoken)):
                return commands
    return []
