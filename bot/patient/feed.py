"""Raw updates -> the conversation: typed words, presses and files as they are, everything else through aiogram's dispatcher.

aiogram takes three seconds of the processor to load, more than all the rest of the program, and whoever writes after a crash waits for
the start. So it loads in a thread (bot/patient/dispatching.py) while words, presses and files are answered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bot.late import Late
from bot.patient.plain import plain
from bot.wire import Call

if TYPE_CHECKING:
    from bot.arrivals import Arrival
    from bot.buttons import Buttons
    from bot.conversation import Conversation

Handle = Callable[[dict[str, Any]], Awaitable[Call | None]]

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")


class PatientFeed:
    """One update at a time and in the order given. What a handler raises comes back to the caller."""

    def __init__(self, token: str, conversation: Conversation, buttons: Buttons) -> None:
        self._token = token
        self._conversation = conversation
        self._buttons = buttons
        self.load = Late(self._dispatching)

    def read(self, update: dict[str, Any]) -> Arrival | None:
        """What waits for nothing."""
        return plain(update, self._buttons)

    async def first(self, arrival: Arrival) -> Call | None:
        """What was read, straight from Telegram. Raises Behind when it was stored all the same."""
        return await self._conversation.receive(arrival, straight=True)

    async def handle(self, update: dict[str, Any]) -> Call | None:
        """Raises pydantic's ValidationError for an update that does not parse."""
        arrival = self.read(update)
        if arrival is not None:
            return await self._conversation.receive(arrival)
        return await (await self.load())(update)

    def _dispatching(self) -> Handle:
        from bot.patient.dispatching import dispatching

        return dispatching(self._token, self._conversation, self._buttons)
