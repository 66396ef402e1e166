"""Mini Apps: the launch with signed data, and data sent back from a keyboard button."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.sandbox.people.writing import say
from bot.sandbox.state import State
from bot.sandbox.world import Bot, Chat, Entry, Person

VERSION = "9.1"
MAX_DATA = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    url: str
    init_data: str
    query_id: str


class Signer:
    """Signs launches twice, as Telegram: by the bot's token (HMAC) and by the sandbox's own Ed25519 key."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, bot: Bot, fields: dict[str, str]) -> str:
        """The query string that Telegram calls initData."""
        lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
        signature = self._key.sign(f"{bot.id}:WebAppData\n{lines}".encode())
        signed = fields | {"signature": base64.urlsafe_b64encode(signature).decode().rstrip("=")}
        lines = "\n".join(f"{name}={signed[name]}" for name in sorted(signed))
        secret = hmac.new(b"WebAppData", bot.token.encode(), hashlib.sha256).digest()
        digest = hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
        return urlencode(signed | {"hash": digest}, quote_via=quote)


def launch(state: State, signer: Signer, chat: Chat, person: Person, *, bot: Bot, url: str) -> Launch:
    """Opens an address as a Mini App of this bot; a private chat's launch may be answered with answerWebAppQuery."""
    query = ""
    user = {name: value for name, value in person.as_user().items() if name != "is_bot"} | {"allows_write_to_pm": True}
    fields = {"user": json.dumps(user, ensure_ascii=False, separators=(",", ":"))}
    if chat.private:
        query = fields["query_id"] = "AA" + secrets.token_urlsafe(12)
        state.queries[query] = (bot.id, chat.key)
    fields["auth_date"] = str(state.clock.stamp())
    init_data = signer.sign(bot, fields)
    theme = quote(json.dumps({"bg_color": "#ffffff", "text_color": "#000000"}))
    fragment = (
        f"tgWebAppData={quote(init_data, safe='')}&tgWebAppVersion={VERSION}&tgWebAppPlatform=web&tgWebAppThemeParams={theme}"
    )
    return Launch(url=f"{url}#{fragment}", init_data=init_data, query_id=query)


def send_data(state: State, chat: Chat, person: Person, button_text: str, data: str) -> Entry:
    """WebApp.sendData of a Mini App that a reply-keyboard button opened."""
    content = {"web_app_data": {"data": data[:MAX_DATA], "button_text": button_text}}
    return say(state, chat, person, content, service="web_app_data")
