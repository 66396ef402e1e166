"""Webhooks: the secret first, then the size, then the store, then 200; and a health page that says nothing else."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.web.app import build
from bot.web.server import serving
from bot.web.webhooks import MAX_BODY, Webhook, in_front
from bot.wire import Call, toast

SECRET = "quiet-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Store:
    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.replies: list[Call] = []
        self.trouble: Exception | None = None
        self.good = True

    async def accept(self, updates: Any) -> list[Call]:
        if self.trouble is not None:
            raise self.trouble
        self.updates += updates
        return self.replies

    async def healthy(self) -> bool:
        return self.good


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def http(store: Store) -> Any:
    app = in_front([Webhook(side="patient", secret=SECRET, accept=store.accept)], build(healthy=store.healthy))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://careline"
    ) as made:
        yield made


async def post(http: httpx.AsyncClient, content: bytes = b'{"update_id": 1}', headers: Any = ((HEADER, SECRET),)) -> int:
    return (await http.post("/webhook/patient", content=content, headers=list(headers))).status_code


async def test_an_update_is_accepted(http: httpx.AsyncClient, store: Store) -> None:
    assert await post(http) == 200
    assert store.updates == [{"update_id": 1}]


async def test_the_answer_to_a_press_goes_back_with_the_acceptance(http: httpx.AsyncClient, store: Store) -> None:
    store.replies = [toast("77")]
    answer = await http.post("/webhook/patient", content=b'{"update_id": 1}', headers={HEADER: SECRET})
    assert answer.json() == {"method": "answerCallbackQuery", "callback_query_id": "77"}


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((HEADER, ""),),
        ((HEADER, "wrong"),),
        ((HEADER, SECRET + " "),),
        ((HEADER, SECRET), (HEADER, SECRET)),
        ((HEADER.encode(), "секрет".encode()),),
        ((HEADER.encode(), b"\xff\xfe"),),
    ],
)
async def test_whoever_does_not_know_the_secret_is_not_heard(http: httpx.AsyncClient, store: Store, headers: Any) -> None:
    assert await post(http, content=b"not even json", headers=headers) == 401
    assert store.updates == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'"x"', b"[" * 100_000])
async def test_what_is_no_update_is_refused(http: httpx.AsyncClient, store: Store, content: bytes) -> None:
    assert await post(http, content) == 400
    assert store.updates == []


async def test_a_body_has_a_limit_however_it_is_packed(http: httpx.AsyncClient, store: Store) -> None:
    assert await post(http, b" " * (MAX_BODY + 1)) == 413
    assert await post(http, gzip.compress(b"{}"), ((HEADER, SECRET), ("Content-Encoding", "gzip"))) == 413
    assert store.updates == []


async def test_what_cannot_be_stored_is_not_accepted(http: httpx.AsyncClient, store: Store) -> None:
    store.trouble = OperationalError("INSERT", {}, Exception("disk full"))
    assert await post(http) == 503
    store.trouble = ValueError("a bug")
    assert await post(http) == 500
    store.trouble = None
    assert await post(http) == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/webhook/desk", "/webhook/patient/x"])
async def test_there_is_nothing_else(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_health(http: httpx.AsyncClient, store: Store) -> None:
    answer = await http.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    store.good = False
    answer = await http.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"ok": False})


async def test_on_a_real_socket_and_a_taken_one(store: Store) -> None:
    app = build(healthy=store.healthy)
    async with serving(app, "127.0.0.1", 0) as port:
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"http://127.0.0.1:{port}/health")
        assert answer.status_code == 200
        assert "server" not in answer.headers
        with pytest.raises(OSError):
            await serving(app, "127.0.0.1", port).__aenter__()
