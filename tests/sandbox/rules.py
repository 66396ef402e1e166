"""The rule table: one call each, and Telegram's words that refuse it (bot/sandbox/README.md names the sources)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
DIVIDER: dict[str, Any] = {"type": "divider"}
NO_EMOJI = {"type": "emoji", "emoji": "🧪"}


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One call to a started person's chat and the words that refuse it."""

    name: str
    method: str
    params: dict[str, Any]
    words: str
    to_group: bool = False
    without_chat: bool = False
    fill: Callable[[int], dict[str, Any]] = field(default=lambda _chat: {})

    @property
    def to_message(self) -> bool:
        """Whether it is about the person's first message."""
        return 1 in (self.params.get("message_id"), self.params.get("reply_parameters", {}).get("message_id"))


def text(name: str, source: str, words: str, mode: str = "") -> Rule:
    return Rule(name=name, method="sendMessage", params={"text": source} | ({"parse_mode": mode} if mode else {}), words=words)


def markup(name: str, keyboard: Any, words: str, **more: Any) -> Rule:
    return Rule(name=name, method="sendMessage", params={"text": "x", "reply_markup": keyboard}, words=words, **more)


def html(name: str, source: str, words: str) -> Rule:
    return text(name, source, f"can't parse entities: {words}", "HTML")


def markdown(name: str, source: str, words: str) -> Rule:
    return text(name, source, f"can't parse entities: {words}", "MarkdownV2")


def rich(name: str, message: dict[str, Any], words: str) -> Rule:
    return Rule(name=name, method="sendRichMessage", params={"rich_message": message}, words=words)


def nested(depth: int) -> dict[str, Any]:
    """Quotations inside each other."""
    return DIVIDER if depth == 1 else {"type": "blockquote", "blocks": [nested(depth - 1)]}


def topic(name: str, title: str, words: str) -> Rule:
    return Rule(name=name, method="createForumTopic", params={"name": title}, words=words, to_group=True)


def commands(name: str, listed: list[tuple[str, str]], words: str) -> Rule:
    wanted = [{"command": command, "description": description} for command, description in listed]
    return Rule(name=name, method="setMyCommands", params={"commands": wanted}, words=words, without_chat=True)


RULES = (
    Rule(name="no chat", method="sendMessage", params={"text": "x"}, words="chat_id is empty", without_chat=True),
    Rule(
        name="unknown chat",
        method="sendMessage",
        params={"chat_id": 999999, "text": "x"},
        words="chat not found",
        without_chat=True,
    ),
    Rule(
        name="unknown name",
        method="sendMessage",
        params={"chat_id": "@nobody", "text": "x"},
        words="chat not found",
        without_chat=True,
    ),
    Rule(name="no text", method="sendMessage", params={}, words="message text is empty"),
    text("only spaces", "  \n ", "text must be non-empty"),
    text("empty after parsing", "<b> </b>", "text must be non-empty", "HTML"),
    text("too long", "x" * 4097, "message is too long"),
    text("unknown parse mode", "x", "unsupported parse_mode", "Wiki"),
    html("open tag", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    html("unknown tag", "é<x>y</x>", 'Unsupported start tag "x" at byte offset 2'),
    html("end tag alone", "a</b>", "Unexpected end tag at byte offset 1"),
    html("crossed tags", "<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    html("cut tag", "a<b", "Unclosed start tag at byte offset 1"),
    html("cut end tag", "<b>a</b", "Unclosed end tag at byte offset 4"),
    html("wrong span", '<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    markdown("reserved character", "a.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    markdown("open bold", "*a", "Can't find end of Bold entity at byte offset 0"),
    markdown("open code", "é `a", "Can't find end of Code entity at byte offset 3"),
    markdown("open address", "[a](http://b", "Can't find end of a URL at byte offset 4"),
    text("old markdown", "_a", "can't parse entities: Can't find end of the entity starting at byte offset 0", "Markdown"),
    markup("data too long", inline(callback_data="я" * 33), "BUTTON_DATA_INVALID"),
    markup("data empty", inline(callback_data=""), "BUTTON_DATA_INVALID"),
    markup(
        "button without action",
        inline(),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    markup(
        "rows not arrays",
        {"inline_keyboard": [{"text": "x", "callback_data": "x"}]},
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    markup(
        "keys not arrays",
        {"keyboard": [{"text": "x"}]},
        'field "keyboard" must be an Array of Arrays',
    ),
    markup("markup is no JSON", "{", "can't parse reply keyboard markup JSON object"),
    markup("markup is a list", [1], "object expected as reply markup"),
    markup(
        "mini app over http",
        inline(web_app={"url": "http://example.org/"}),
        "inline keyboard button Web App URL 'http://example.org/' is invalid: Only HTTPS links are allowed",
    ),
    markup("mini app in a group", inline(web_app={"url": "https://example.org/"}), "BUTTON_TYPE_INVALID", to_group=True),
    markup(
        "contact key in a group",
        {"keyboard": [[{"text": "x", "request_contact": True}]]},
        "phone number can be requested in private chats only",
        to_group=True,
    ),
    Rule(
        name="reply to nothing",
        method="sendMessage",
        params={"text": "x", "reply_parameters": {"message_id": 9999}},
        words="message to be replied not found",
    ),
    Rule(
        name="quote of nothing",
        method="sendMessage",
        params={"text": "x", "reply_parameters": {"message_id": 1, "quote": "nowhere"}},
        words="QUOTE_TEXT_INVALID",
    ),
    Rule(
        name="thread in a private chat",
        method="sendMessage",
        params={"text": "x", "message_thread_id": 5},
        words="message thread not found",
    ),
    Rule(
        name="missing thread",
        method="sendMessage",
        params={"text": "x", "message_thread_id": 999},
        words="message thread not found",
        to_group=True,
    ),
    Rule(
        name="General by number",
        method="sendMessage",
        params={"text": "x", "message_thread_id": 1},
        words="message thread not found",
        to_group=True,
    ),
    Rule(
        name="edit nothing",
        method="editMessageText",
        params={"message_id": 9999, "text": "x"},
        words="message to edit not found",
    ),
    Rule(
        name="edit another's", method="editMessageText", params={"message_id": 1, "text": "x"}, words="message can't be edited"
    ),
    Rule(name="delete nothing", method="deleteMessage", params={"message_id": 9999}, words="message to delete not found"),
    Rule(
        name="copy nothing",
        method="copyMessage",
        params={"message_id": 9999},
        words="message to copy not found",
        fill=lambda chat: {"from_chat_id": chat},
    ),
    Rule(
        name="forward nothing",
        method="forwardMessage",
        params={"message_id": 9999},
        words="message to forward not found",
        fill=lambda chat: {"from_chat_id": chat},
    ),
    Rule(
        name="react to nothing",
        method="setMessageReaction",
        params={"message_id": 9999, "reaction": []},
        words="message to react not found",
    ),
    Rule(
        name="unknown reaction",
        method="setMessageReaction",
        params={"message_id": 1, "reaction": [NO_EMOJI]},
        words="REACTION_INVALID",
    ),
    Rule(name="pin nothing", method="pinChatMessage", params={"message_id": 9999}, words="message to pin not found"),
    Rule(
        name="press unknown", method="answerCallbackQuery", params={"callback_query_id": "1"}, words=TOO_OLD, without_chat=True
    ),
    Rule(name="not a forum", method="createForumTopic", params={"name": "x"}, words="the chat is not a forum"),
    Rule(
        name="no topic",
        method="closeForumTopic",
        params={"message_thread_id": 999},
        words="message thread not found",
        to_group=True,
    ),
    Rule(name="no file id", method="getFile", params={}, words="file_id not specified", without_chat=True),
    Rule(
        name="unknown file",
        method="getFile",
        params={"file_id": "AgAD"},
        words="wrong file_id or the file is temporarily unavailable",
        without_chat=True,
    ),
    Rule(name="no document", method="sendDocument", params={}, words="there is no document in the request"),
    Rule(
        name="document of another bot",
        method="sendDocument",
        params={"document": "AgAD"},
        words="wrong file identifier/HTTP URL specified",
    ),
    Rule(
        name="webhook without https",
        method="setWebhook",
        params={"url": "http://example.org/"},
        words="bad webhook: An HTTPS URL must be provided for webhook",
        without_chat=True,
    ),
    Rule(
        name="secret too long",
        method="setWebhook",
        params={"url": "https://example.org/", "secret_token": "x" * 257},
        words="secret token is too long",
        without_chat=True,
    ),
    Rule(
        name="secret with a space",
        method="setWebhook",
        params={"url": "https://example.org/", "secret_token": "a b"},
        words="secret token contains unallowed characters",
        without_chat=True,
    ),
    Rule(
        name="command with a capital",
        method="setMyCommands",
        params={"commands": [{"command": "Help", "description": "x"}]},
        words="BOT_COMMAND_INVALID",
        without_chat=True,
    ),
    Rule(
        name="rich message twice",
        method="sendRichMessage",
        params={"rich_message": {"html": "<p>a</p>", "markdown": "a"}},
        words="exactly one of blocks, html and markdown must be specified in the rich message",
    ),
    rich("rich message without any", {}, "exactly one of blocks, html and markdown must be specified in the rich message"),
    rich("too many blocks", {"blocks": [DIVIDER] * 501}, "rich message has too many blocks"),
    rich("blocks too deep", {"blocks": [nested(17)]}, "rich message is nested too deep"),
    rich(
        "table too wide",
        {"html": f"<table><tr>{'<td>x</td>' * 21}</tr></table>"},
        "rich message has a table with too many columns",
    ),
    rich("rich text too long", {"blocks": [{"type": "paragraph", "text": "x" * 32769}]}, "message is too long"),
    Rule(name="edit to nothing", method="editMessageText", params={"message_id": 1}, words="message text is empty"),
    Rule(
        name="draft without a number",
        method="sendMessageDraft",
        params={"text": "x"},
        words="invalid draft identifier specified",
    ),
    topic("topic without a name", " ", "name must be non-empty"),
    topic("topic's name too long", "x" * 129, "TOPIC_TITLE_TOO_LONG"),
    commands("command too long", [("x" * 33, "x")], "command length must not exceed 32"),
    commands("command without description", [("x", " ")], "command description must be non-empty"),
    commands("description too long", [("x", "x" * 257)], "command description length must not exceed 256"),
    commands("too many commands", [(f"c{number}", "x") for number in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    Rule(
        name="photo by address",
        method="sendPhoto",
        params={"photo": "https://example.org/a.jpg"},
        words="failed to get HTTP URL content",
    ),
    Rule(
        name="wrong place",
        method="sendLocation",
        params={"latitude": 91.0, "longitude": 1.0},
        words="invalid location specified",
    ),
    Rule(
        name="administrators of a private chat",
        method="getChatAdministrators",
        params={},
        words="there are no administrators in the private chat",
    ),
    Rule(name="wrong action", method="sendChatAction", params={"action": "dance"}, words="wrong parameter action in request"),
)
