"""Who may ask, from where, and what the page may do."""

from __future__ import annotations

import pytest

from bot.sandbox import Sandbox, tokens
from bot.sandbox.errors import Unable
from bot.sandbox.http.guard import refused
from tests.sandbox.driving import World


@pytest.mark.parametrize(
    ("host", "origin", "passes"),
    [
        (b"127.0.0.1:8080", None, True),
        (b"localhost:8080", b"http://localhost:8080", True),
        (b"[::1]:8080", None, True),
        (b"evil.example", None, False),
        (b"127.0.0.1.evil.example:8080", None, False),
        (b"127.0.0.1:8080", b"https://evil.example", False),
        (b"127.0.0.1:8080", b"http://127.0.0.1:9", False),
        (b"127.0.0.1:8080", b"null", False),
    ],
)
def test_only_this_machine_and_this_page(host: bytes, origin: bytes | None, *, passes: bool) -> None:
    headers = [(b"host", host)] + ([(b"origin", origin)] if origin else [])
    assert (refused(headers) == "") is passes


@pytest.mark.asyncio(loop_scope="session")
async def test_a_foreign_page_reaches_nothing(world: World) -> None:
    for path in ("/sandbox/state", "/bot1001:SANDBOX-patient-test/getMe", "/"):
        answer = await world.http.get(path, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403


@pytest.mark.asyncio(loop_scope="session")
async def test_the_page_may_load_only_its_own(world: World) -> None:
    answer = await world.http.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert (await world.http.get("/page/%2e%2e/sandbox.py")).status_code == 404
    assert (await world.http.get("/page/../../../etc/passwd")).status_code == 404


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", ""])
async def test_only_loopback_is_bound(host: str) -> None:
    sandbox = Sandbox()
    with pytest.raises(Unable):
        await sandbox.serve(host, 0)
    sandbox.close()


@pytest.mark.parametrize(
    "token", [f"8123456789:AAH{'a' * 32}", f"12345678:{'Z' * 35}", f"123456789:AAH{'_' * 36}", "1001:a b", "x"]
)
def test_no_real_token_is_taken_whoever_brings_it(token: str) -> None:
    sandbox = Sandbox(allow_any_token=True)
    with pytest.raises(Unable) as refused:
        sandbox.add_bot(token, "a_bot", "A")
    assert token not in str(refused.value)
    sandbox.close()


def test_tokens_of_our_own_are_none_of_botfathers() -> None:
    assert not tokens.looks_real("1001:SANDBOX-patient-AAAAAAAAAAAAAAAAAAAAAAAAAA")
