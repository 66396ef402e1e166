"""The sandbox as other code uses it: a local stand-in for Telegram's Bot API, with people in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, MutableMapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.sandbox import restoring, server, tokens
from bot.sandbox.clock import Clock
from bot.sandbox.dispatch import Dispatcher
from bot.sandbox.encoding import dumps
from bot.sandbox.files import Files
from bot.sandbox.http.guard import refused
from bot.sandbox.http.pages import page
from bot.sandbox.journal import Journal
from bot.sandbox.people import gathering
from bot.sandbox.people.webapps import Signer
from bot.sandbox.state import State
from bot.sandbox.telegram import Receive, Scope, Send, Telegram
from bot.sandbox.views import Views
from bot.sandbox.webhooks import Pusher
from bot.sandbox.world import Person

FORBIDDEN = 403
READING = ("GET", "HEAD", "OPTIONS")


class Sandbox:
    """State lives in memory and, with `data_dir`, in sandbox.db and sandbox-files there, so that a restart goes on.

    `clock_changed` is told the whole offset whenever somebody moves the clock. `allow_any_token` (bare mode): any token of the
    right shape is a bot from its first call on. One that looks like BotFather's never is, in any mode.
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        clock_changed: Callable[[timedelta], None] | None = None,
        allow_any_token: bool = False,
    ) -> None:
        journal = Journal(data_dir / "sandbox.db" if data_dir is not None else None)
        store = Files(data_dir / "sandbox-files" if data_dir is not None else None)
        self.state = State(clock=Clock(clock_changed), journal=journal, store=store)
        restoring.restore(self.state)
        self.views = Views(self.state)
        self._dispatcher = Dispatcher(self.state)
        self._telegram = Telegram(self.state, self._dispatcher, any_token=allow_any_token)
        self._pusher = Pusher(self.state, self._dispatcher)
        self._signer = Signer()
        self._people: Any = None
        self._begun = False
        self.state.webhook_changed = self._pusher.changed

    def add_bot(self, token: str, username: str, name: str) -> dict[str, Any]:
        """Registers a bot; nothing happens when it exists. Raises Unable for a token of no shape, or of a real one's."""
        tokens.check(token)
        bot = self.state.bots.get(tokens.bot_id(token))
        if bot is None:
            bot = self.state.add_bot(token, username, name)
        elif (bot.token, bot.username, bot.name, bot.logged_out) != (token, username, name, False):
            bot.token, bot.username, bot.name, bot.logged_out = token, username, name, False
            self.state.save_bot(bot)
        return self.views.bot(bot)

    def add_person(self, id: int, first_name: str, language_code: str = "en", role: str = "patient") -> dict[str, Any]:  # noqa: A002
        person = self.state.people.get(id) or self.state.add_person(
            Person(id=id, first_name=first_name, language_code=language_code, role=role)
        )
        return self.views.person(person)

    def add_forum(self, chat_id: int, title: str, members: list[int], bots: list[int]) -> dict[str, Any]:
        """A supergroup with topics; the first member created it, the bots administer it."""
        chat = self.state.chats.get(str(chat_id))
        chat = chat or gathering.found(self.state, gathering.Group(id=chat_id, title=title, members=members, bots=bots))
        return self.views.chat(chat)

    def app(self) -> Callable[[Scope, Receive, Send], Any]:
        """An ASGI application: /bot and /file are the Bot API, /sandbox/ the person's side, / the page."""
        return self._serve

    async def serve(self, host: str = "127.0.0.1", port: int = 0, ready: Callable[[int], None] | None = None) -> None:
        """Serves until cancelled, on loopback only; port 0 takes a free one, `ready` is told which."""
        self._begin()
        self.state.feed.closed = False
        await server.serve(self.app(), server.bound(host, port), ready, self._hang_up)

    def _hang_up(self) -> None:
        """Ends what waits for long, so that the server need not."""
        self.state.feed.close()
        for queue in self.state.queues.values():
            queue.wake()

    def close(self) -> None:
        """Stops what runs beside requests, and writes the last changes."""
        self._pusher.close()
        self.state.journal.mark("meta", "closed", True)
        self.state.close()

    def _begin(self) -> None:
        """What needs a running loop: writing behind, and pushing to webhooks that were set before a restart."""
        if not self._begun:
            self._begun = True
            self.state.journal.start()
            for bot in self.state.bots.values():
                if bot.webhook is not None:
                    self._pusher.changed(bot)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self._begin()
        if words := refused(scope["headers"], scope["path"]):
            await _answer(
                send, FORBIDDEN, {"ok": False, "error_code": FORBIDDEN, "description": f"Forbidden: {words}", "error": words}
            )
            return
        path: str = scope["path"]
        if path.startswith(("/bot", "/file/bot")):
            await self._telegram(scope, receive, send)
        elif path.startswith("/sandbox/"):
            await self._acted(scope, receive, send)
        elif path == "/" or path.startswith("/page/"):
            await page(scope, send)
        else:
            await _answer(send, 404, {"ok": False, "error_code": 404, "description": "Not Found"})

    async def _acted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """People's acts, and what they read."""
        if scope["method"] not in READING:
            self.state.rest.stir()
        await self._person_side()(scope, receive, self._kept(scope, send))

    def _kept(self, scope: Scope, send: Send) -> Send:
        """Nobody is told of a change before it is written."""

        async def after_writing(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and scope["method"] not in READING:
                await self.state.journal.settled()
                self.state.rest.stir()
            await send(message)

        return after_writing

    def _person_side(self) -> Any:
        if self._people is None:
            from bot.sandbox.http.app import build
            from bot.sandbox.http.context import Context

            self._people = build(Context(state=self.state, views=self.views, dispatcher=self._dispatcher, signer=self._signer))
        return self._people


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionError):
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": dumps(body)})
