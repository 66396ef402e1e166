"""Updates pushed to a webhook: the secret, one in flight per chat, patience with failures, and a method in the reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import FormData, MultipartWriter, web

from tests.sandbox.driving import Driver, World, until

pytestmark = pytest.mark.asyncio(loop_scope="session")
Handle = Callable[[dict[str, Any]], Awaitable[web.Response]]


@dataclass
class Hook:
    """A bot's own web server. `handle` may be replaced; what came is in `heard`, with its secret."""

    url: str = ""
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    handle: Handle | None = None
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.heard.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), update))
        self.came.set()
        return await self.handle(update) if self.handle is not None else web.Response()

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(20):
            while len(self.heard) < count:
                self.came.clear()
                await self.came.wait()
        return [update for _, update in self.heard]

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.heard]


@pytest_asyncio.fixture(loop_scope="session")
async def hook(world: World, driver: Driver) -> AsyncIterator[Hook]:
    one = Hook()
    app = web.Application()
    app.router.add_post("/hook", one.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    world.sandbox.state.queues[driver.id].webhook_set_at = -9.0
    yield one
    await driver.call("deleteWebhook", drop_pending_updates=True)
    await runner.cleanup()


async def test_an_update_is_pushed_with_the_secret(world: World, driver: Driver, hook: Hook) -> None:
    person = await world.started(driver)
    await driver.call("setWebhook", url=hook.url, secret_token="s3cret")
    await world.post(f"chats/{person}:{driver.id}/messages", text="hello")
    await hook.until(1)
    secret, update = hook.heard[0]
    assert (secret, update["message"]["text"]) == ("s3cret", "hello")
    await world.get("idle", quiet=0, bot=driver.id)
    assert (await driver.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_one_update_of_a_chat_is_in_flight_at_a_time(world: World, driver: Driver, hook: Hook) -> None:
    first, second = await world.started(driver), await world.started(driver)
    gate = asyncio.Event()

    async def slow(_update: dict[str, Any]) -> web.Response:
        await gate.wait()
        return web.Response()

    hook.handle = slow
    await driver.call("setWebhook", url=hook.url)
    for text in ("1", "2"):
        for person in (first, second):
            await world.post(f"chats/{person}:{driver.id}/messages", text=text)
    await hook.until(2)
    await asyncio.sleep(0.1)
    assert hook.texts() == ["1", "1"]
    gate.set()
    await hook.until(4)
    assert hook.texts() == ["1", "1", "2", "2"]


async def test_a_refused_update_comes_again_until_accepted(world: World, driver: Driver, hook: Hook) -> None:
    person = await world.started(driver)
    answers = iter([500, 503, 200])

    async def moody(_update: dict[str, Any]) -> web.Response:
        return web.Response(status=next(answers), headers={"Retry-After": "1"})

    hook.handle = moody
    await driver.call("setWebhook", url=hook.url)
    await world.post(f"chats/{person}:{driver.id}/messages", text="again")
    await hook.until(1)
    info = await driver.call("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    for _ in range(2):
        await world.post("clock", shift=60)
        await asyncio.sleep(0.05)
    assert len({update["update_id"] for update in await hook.until(3)}) == 1


async def test_a_method_in_the_reply_is_run(world: World, driver: Driver, hook: Hook) -> None:
    person = await world.started(driver)
    replies = iter([{"method": "sendMessage", "chat_id": person, "text": "from the reply"}, {"method": "getMe"}])

    async def reply(_update: dict[str, Any]) -> web.Response:
        return web.json_response(next(replies))

    hook.handle = reply
    await driver.call("setWebhook", url=hook.url)
    for text in ("1", "2"):
        await world.post(f"chats/{person}:{driver.id}/messages", text=text)
    await hook.until(2)
    await world.get("idle", quiet=0.05, bot=driver.id)
    assert [message["text"] for message in await _answers(world, f"{person}:{driver.id}", 1)] == ["from the reply"]
    calls = (await world.get("calls", bot=driver.id, limit=3))["calls"]
    assert [call["method"] for call in calls if call["via"] == "webhook-reply"] == ["sendMessage"]


@pytest.mark.parametrize("kind", ["form", "multipart"])
async def test_a_method_in_the_reply_may_be_a_form(world: World, driver: Driver, hook: Hook, kind: str) -> None:
    person = await world.started(driver)
    fields: dict[str, str] = {"method": "sendDocument", "chat_id": str(person), "document": "attach://letter"}

    async def reply(_update: dict[str, Any]) -> web.Response:
        if kind == "form":
            plain = fields | {"method": "sendMessage", "text": "from a form"}
            return web.Response(body=FormData({name: plain[name] for name in ("method", "chat_id", "text")})())
        with MultipartWriter("form-data") as parts:
            for name, value in fields.items():
                parts.append(value).set_content_disposition("form-data", name=name)
            parts.append(b"%PDF").set_content_disposition("form-data", name="letter", filename="letter.pdf")
        return web.Response(body=parts)

    hook.handle = reply
    await driver.call("setWebhook", url=hook.url)
    await world.post(f"chats/{person}:{driver.id}/messages", text="1")
    [message] = await _answers(world, f"{person}:{driver.id}", 1)
    assert message.get("text", message.get("document", {}).get("file_name")) == (
        "from a form" if kind == "form" else "letter.pdf"
    )


async def _answers(world: World, chat: str, count: int) -> list[dict[str, Any]]:
    """The bot's messages, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            seen = (await world.get(f"chats/{chat}/transcript"))["messages"]
            said: list[dict[str, Any]] = [one["message"] for one in seen if one["sender"]["kind"] == "bot"]
            if len(said) >= count:
                return said
            await asyncio.sleep(0.01)


async def test_polling_and_webhook_exclude_each_other(world: World, driver: Driver, hook: Hook) -> None:
    await driver.call("setWebhook", url=hook.url)
    answer = await world.http.post(f"/bot{driver.token}/getUpdates")
    words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    assert (answer.status_code, answer.json()["description"]) == (409, words)
    again = await world.http.post(f"/bot{driver.token}/setWebhook", data={"url": hook.url})
    assert (again.status_code, again.json()["parameters"], again.headers["retry-after"]) == (429, {"retry_after": 1}, "1")


async def test_webhook_faults_drop_double_and_reorder(world: World, driver: Driver, hook: Hook) -> None:
    people = [await world.started(driver) for _ in range(3)]
    await driver.call("setWebhook", url=hook.url)
    for kind in ("drop", "duplicate", "reorder"):
        await world.post("faults", kind=kind, bot=driver.id)
    for index, person in enumerate(people):
        await world.post(f"chats/{person}:{driver.id}/messages", text=str(index))
    last = await world.started_quietly(driver)
    await world.post(f"chats/{last}:{driver.id}/messages", text="3")
    await hook.until(4)
    assert hook.texts() == ["1", "1", "3", "2"]


async def test_the_sandbox_never_pushes_to_another_machine(world: World, driver: Driver, hook: Hook) -> None:
    await driver.call("setWebhook", url="https://example.org/hook")
    person = await world.started(driver)
    await world.post(f"chats/{person}:{driver.id}/messages", text="x")
    await until(lambda: world.sandbox.state.bots[driver.id].webhook.last_error_message != "")
    info = await driver.call("getWebhookInfo")
    assert info["last_error_message"] == "the sandbox delivers to this machine only"
    assert not hook.heard
