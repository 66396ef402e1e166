"""Rich messages: what a bot describes (blocks, HTML or Markdown) -> the blocks that everybody gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox import schema
from bot.sandbox.errors import bad
from bot.sandbox.markup import rich_html, rich_markdown
from bot.sandbox.methods.answers import send, target
from bot.sandbox.methods.media import Content, content_of, read_media
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.shown import shown

SOURCES = ("blocks", "html", "markdown")
MAX_CHARACTERS = 32768
MAX_BLOCKS = 500
MAX_DEPTH = 16
MAX_MEDIA = 50
MAX_COLUMNS = 20
MAP = {"zoom": 15, "width": 600, "height": 300}
MEDIA = {
    "photo": "photo",
    "video": "video",
    "animation": "animation",
    "audio": "audio",
    "document": "document",
    "voice_note": "voice",
}
Block = dict[str, Any]


@method("sendRichMessage", returns="Message", sends=True)
def send_rich_message(call: Call) -> dict[str, Any]:
    content = rich_content(call)
    return send(call, content.fields, content.used, target(call))


def rich_content(call: Call) -> Content:
    """The field `rich_message` of a Message."""
    given = call.params.get("rich_message")
    if not isinstance(given, dict):
        raise bad("there is no rich message in the request")
    sources = [name for name in SOURCES if given.get(name)]
    if len(sources) != 1:
        raise bad("exactly one of blocks, html and markdown must be specified in the rich message")
    used: list[str] = []
    blocks = _blocks(call, given, sources[0], used)
    _check(blocks)
    message: dict[str, Any] = {"blocks": blocks}
    if given.get("is_rtl"):
        message["is_rtl"] = True
    return Content(fields={"rich_message": message}, used=tuple(used))


def _blocks(call: Call, given: dict[str, Any], source: str, used: list[str]) -> list[Block]:
    if source == "html":
        return rich_html.parse(str(given["html"]))
    if source == "markdown":
        return rich_markdown.parse(str(given["markdown"]))
    if words := schema.problem("Array of InputRichBlock", given["blocks"], "blocks"):
        raise bad(f"can't parse rich message: {words}")
    return [_block(call, block, used) for block in given["blocks"]]


def _block(call: Call, block: Block, used: list[str]) -> Block:
    """Inner blocks and list items become output blocks too; media become files, noted in `used`."""
    result = dict(block)
    if "blocks" in block:
        result["blocks"] = [_block(call, inner, used) for inner in block["blocks"]]
    if block["type"] == "list":
        result["items"] = [_item(call, item, index, used) for index, item in enumerate(block["items"], 1)]
    if block["type"] == "map":
        result = MAP | result
    if (kind := MEDIA.get(block["type"])) is not None:
        result[block["type"]] = _media(call, kind, block[block["type"]], used)
    return result


def _item(call: Call, item: Block, index: int, used: list[str]) -> Block:
    label = f"{item.get('value', index)}." if item.get("type") else "•"
    return {**item, "label": label, "blocks": [_block(call, inner, used) for inner in item["blocks"]]}


def _media(call: Call, kind: str, media: dict[str, Any], used: list[str]) -> Any:
    content = content_of(call, read_media(call, {**media, "type": "document" if kind == "voice" else kind}))
    used += content.used
    upload = call.state.files.known[content.used[0]]
    return shown(upload, kind)[kind]


def _check(blocks: list[Block]) -> None:
    every = list(_walk(blocks, 1))
    if not every:
        raise bad("rich message must be non-empty")
    if len(every) > MAX_BLOCKS:
        raise bad("rich message has too many blocks")
    if max(depth for depth, _ in every) > MAX_DEPTH:
        raise bad("rich message is nested too deep")
    if sum(block["type"] in MEDIA for _, block in every) > MAX_MEDIA:
        raise bad("rich message has too many media")
    if any(len(row) > MAX_COLUMNS for _, block in every if block["type"] == "table" for row in block["cells"]):
        raise bad("rich message has a table with too many columns")
    if sum(_length(block) for _, block in every) > MAX_CHARACTERS:
        raise bad("message is too long")


def _walk(blocks: list[Block], depth: int) -> Iterator[tuple[int, Block]]:
    for block in blocks:
        yield depth, block
        yield from _walk(block.get("blocks", []), depth + 1)
        for item in block.get("items", []):
            yield from _walk(item["blocks"], depth + 1)


def _length(block: Block) -> int:
    texts = [block.get(name) for name in ("text", "summary", "caption", "credit")]
    texts += [cell.get("text") for row in block.get("cells", []) for cell in row]
    return sum(map(plain_length, texts))


def plain_length(text: Any) -> int:
    """Characters of a RichText: a string, a list, or an object with a text inside."""
    if isinstance(text, str):
        return len(text)
    if isinstance(text, list):
        return sum(map(plain_length, text))
    return plain_length(text.get("text")) if isinstance(text, dict) else 0
