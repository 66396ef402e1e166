"""The stand-in as these tests use it: people write, faults are set, and what arrived is read, all over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

PATIENT_BOT = "1001:SANDBOX-patient-tests"
DESK_BOT = "1002:SANDBOX-desk-tests"


@dataclass(frozen=True, kw_only=True)
class StandIn:
    url: str
    http: httpx.AsyncClient

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator[StandIn]:
        async with httpx.AsyncClient(base_url=url, timeout=30, verify=False) as http:
            yield cls(url=url, http=http)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.http.post(f"/sandbox/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def person(self, name: str, bot: int = 1001) -> str:
        """A new person who has started the bot; the key of their chat, `person:bot`."""
        person = await self.post("people", {"first_name": name})
        chat = f"{person['id']}:{bot}"
        await self.post(f"chats/{chat}/start", {})
        return chat

    async def writes(self, chat: str, text: str) -> dict[str, Any]:
        return (await self.post(f"chats/{chat}/messages", {"text": text}))["messages"][0]

    async def sends(self, chat: str, *files: tuple[str, bytes], kind: str = "document") -> list[dict[str, Any]]:
        parts = [("file", (name, data, "application/octet-stream")) for name, data in files]
        answer = await self.http.post(f"/sandbox/chats/{chat}/files", files=parts, data={"kind": kind})
        assert answer.is_success, answer.text
        return answer.json()["messages"]

    async def fault(self, **fault: Any) -> None:
        await self.post("faults", fault)

    async def shown(self, chat: str) -> list[dict[str, Any]]:
        """The bot's messages in a chat, in order."""
        seen = (await self.http.get(f"/sandbox/chats/{chat}/transcript", params={"limit": 1000})).json()["messages"]
        return [one for one in seen if one["sender"]["kind"] == "bot"]

    async def said(self, chat: str) -> list[str]:
        return [one["message"].get("text", "") for one in await self.shown(chat)]

    async def calls(self, method: str) -> list[dict[str, Any]]:
        return (await self.http.get("/sandbox/calls", params={"method": method, "limit": 500})).json()["calls"]

    async def pending(self, bot: int = 1001) -> list[dict[str, Any]]:
        return (await self.http.get("/sandbox/updates", params={"bot": bot})).json()["pending"]

    async def file(self, message: dict[str, Any]) -> bytes:
        return (await self.http.get(message["files"][0]["url"])).content


def chat_id(chat: str) -> int:
    return int(chat.partition(":")[0])


async def until(condition: Callable[[], Awaitable[bool] | bool]) -> None:
    """Waits for what must come."""
    async with asyncio.timeout(20):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.01)
