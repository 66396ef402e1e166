"""Importing this module registers every method that we have."""

from bot.sandbox.methods import (
    account,
    callbacks,
    chats,
    commands,
    copying,
    deleting,
    drafts,
    editing,
    ephemeral,
    held,
    media,
    polling,
    reactions,
    rich,
    sending,
    topics,
    webhook,
)
from bot.sandbox.methods.registry import METHODS

MODULES = (
    account,
    callbacks,
    chats,
    commands,
    copying,
    deleting,
    drafts,
    editing,
    ephemeral,
    held,
    media,
    polling,
    reactions,
    rich,
    sending,
    topics,
    webhook,
)

__all__ = ["METHODS", "MODULES"]
