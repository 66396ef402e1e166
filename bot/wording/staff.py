"""The roster in words, and what a role may not do. In the desk's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording.markup import bold, lines, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from storage.rows import Coordinator


def role(words: Catalogue, name: str) -> str:
    """A role as people call it."""
    return {
        "reader": words.gettext("reads only"),
        "coordinator": words.gettext("coordinator"),
        "lead": words.gettext("lead"),
        "administrator": words.gettext("administrator"),
    }.get(name, name)


def roster(words: Catalogue, people: Sequence[Coordinator]) -> str:
    """Everybody who works here, then who does not any more; the number is what commands take."""
    here, gone = [one for one in people if one.active], [one for one in people if not one.active]
    listed = [_line(words, one) for one in here]
    past = [bold(words.gettext("Not at the desk now")), *(_line(words, one) for one in gone)] if gone else []
    return lines(bold(words.gettext("At the desk")), *listed, *past)


def _line(words: Catalogue, one: Coordinator) -> str:
    return plain(f"{words.isolate(one.name)} · {role(words, one.role)} · {words.isolate(str(one.telegram_id))}")


def how(words: Catalogue) -> str:
    return words.gettext(
        "Write /roster add NUMBER ROLE, /roster role NUMBER ROLE or /roster remove NUMBER. "
        "NUMBER is the person's Telegram number. Roles: reader, coordinator, lead, administrator."
    )


def not_allowed(words: Catalogue) -> str:
    return words.gettext("Your role does not allow this. /roster shows who can help.")


def last_administrator(words: Catalogue) -> str:
    return words.gettext("This is the only administrator. Name another one first.")


def desk_moved(words: Catalogue, number: int) -> str:
    """To who looks after the staff group."""
    return words.gettext(
        "The staff group has a new number: {number}. All goes there from now on, also after a restart. "
        "When you can, write it into CARELINE_DESK_CHAT_ID."
    ).format(number=words.isolate(str(number)))


def desk_lost(words: Catalogue, how: str) -> str:
    """To who looks after the staff group. `how`: removed, demoted, no-topics, or empty when all is well again."""
    return {
        "removed": words.gettext(
            "The bot was taken out of the staff group. Families are still answered, and what is meant for the group waits. "
            "Add the bot again as an administrator who may manage topics."
        ),
        "demoted": words.gettext(
            "The bot may not manage topics in the staff group, so all messages of new cases come into General, with the case number. "
            "To answer a family, reply to its message there. "
            "For a topic to each case, make the bot an administrator who may manage topics, pin and delete messages."
        ),
        "no-topics": words.gettext(
            "The staff group has no topics, so the messages of all cases stand in it one after the other, with the case number. "
            "To answer a family, reply to its message there. "
            "For a topic to each case, switch on Topics in the settings of the group."
        ),
        "": words.gettext("The bot can work in the staff group again. What waited is coming."),
    }[how]
