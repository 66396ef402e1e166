"""Refusals whose exact words nobody has seen in Telegram's source or heard from its servers: description -> why we say it so.

All other refusals repeat words that Telegram's open source or its documents spell out. The call log marks these, and an opt-in
test replays the whole table against a real bot (tests/sandbox/test_live.py), the only way to confirm them.
"""

from __future__ import annotations

from collections.abc import Mapping

OURS = "our own words; Telegram's are not in its source"
CODE = "an error code of Telegram's servers, from reports of bot authors"

UNCONFIRMED: Mapping[str, str] = {
    "Bad Request: BUTTON_DATA_INVALID": "from another stand-in's documents; the length is documented",
    "Bad Request: BUTTON_TYPE_INVALID": "from another stand-in's documents",
    "Bad Request: wrong number of messages, 2-10 expected": OURS,
    "Bad Request: IMAGE_PROCESS_FAILED": CODE,
    "Bad Request: PHOTO_INVALID_DIMENSIONS": CODE,
    "Bad Request: wrong file identifier/HTTP URL specified": CODE,
    "Bad Request: failed to get HTTP URL content": "nothing here fetches addresses, so every address fails",
    "Bad Request: BOT_COMMAND_INVALID": CODE,
    "Bad Request: BOT_COMMANDS_TOO_MUCH": CODE,
    "Bad Request: TOPIC_TITLE_TOO_LONG": "the length is documented; Telegram's own library cuts longer names",
    "Bad Request: REACTION_INVALID": CODE,
    "Bad Request: REACTIONS_TOO_MANY": CODE,
    "Bad Request: MESSAGE_TOO_LONG": CODE,
    "Bad Request: MESSAGE_ID_INVALID": CODE,
    "Bad Request: QUOTE_TEXT_INVALID": CODE,
    "Bad Request: only articles with a text are known here": OURS,
    "Bad Request: ephemeral messages can be sent only in groups": OURS,
    "Bad Request: drafts can be sent only to private chats": OURS,
    "Bad Request: invalid draft identifier specified": OURS,
    "Bad Request: there is no rich message in the request": OURS,
    "Bad Request: exactly one of blocks, html and markdown must be specified in the rich message": OURS,
    "Bad Request: rich message must be non-empty": OURS,
    "Bad Request: rich message has too many blocks": OURS,
    "Bad Request: rich message is nested too deep": OURS,
    "Bad Request: rich message has too many media": OURS,
    "Bad Request: rich message has a table with too many columns": OURS,
    "Request Entity Too Large": "the code is documented, the description is not",
}
