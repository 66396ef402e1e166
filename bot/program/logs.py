"""Logs: ids and event names, one line each, never an answer, a name, a file name or a token.

Whatever is not on the short list below does not reach the log, whoever wrote it. Records of libraries are cut to their template:
their arguments may hold an update. A crash is told by its type and place; its message may hold anything.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

Line = MutableMapping[str, Any]

NAMES = frozenset(
    [
        *("event", "level", "logger", "timestamp", "error", "place"),
        *("bot", "kind", "method", "state", "mode", "stage", "reason", "status", "action"),
        *("address", "version", "signal", "document_id", "case_number", "duty", "role"),
    ]
)
EVENT = re.compile(r"[a-z][a-z0-9_]{0,60}")
TOKEN = re.compile(r"[1-9][0-9]{3,18}:[A-Za-z0-9_-]{20,}")
HIDDEN = "[token]"
QUIET = ("aiogram", "apscheduler", "asyncio", "httpcore", "httpx", "sqlalchemy", "telegram", "uvicorn", "tzlocal")
SPOKEN = ("alembic", "uvicorn")  # libraries whose own words are about themselves only


def configure(level: str, *, secrets: Iterable[str] = (), stream: TextIO | None = None, console: bool | None = None) -> None:
    """Sends every log to standard error: JSON, or coloured lines on a terminal. Call once, before anything is built."""
    stream = stream or sys.stderr
    known = tuple(secret for secret in secrets if secret)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(console=stream.isatty() if console is None else console, secrets=known))
    logging.captureWarnings(capture=True)  # a warning may quote the update that caused it
    logging.raiseExceptions = False  # or a line that cannot be written is printed with everything that was in it
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _stamp,
            _crash,
            _known_only,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _excepthook


def place(error: BaseException) -> str:
    """Where it was raised: `file.py:12 function`, the innermost frame."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"{'/'.join(last.filename.replace(chr(92), '/').split('/')[-2:])}:{last.lineno} {last.name}"


def _formatter(*, console: bool, secrets: tuple[str, ...]) -> logging.Formatter:
    def hide(_: object, __: str, line: Line) -> Line:
        for key, value in line.items():
            if isinstance(value, str):
                line[key] = _without(value, secrets)
        return line

    render: structlog.typing.Processor = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_stamp, _crash, _template],
        use_get_message=False,
        pass_foreign_args=True,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide, render],
    )


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return TOKEN.sub(HIDDEN, text)


def _stamp(logger: object, method: str, line: Line) -> Line:
    line["level"] = method
    line["timestamp"] = structlog.processors.TimeStamper(fmt="iso", utc=True)(logger, method, {})["timestamp"]
    record = line.get("_record")
    line["logger"] = record.name if record else getattr(logger, "name", "")
    return line


def _crash(_: object, __: str, line: Line) -> Line:
    """Replaces exc_info by the error's type and place."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["error"] = type(error).__name__
        line["place"] = place(error)
    return line


def _template(_: object, __: str, line: Line) -> Line:
    """A library's record: its template without the arguments, or only its place when the words are already filled in."""
    record: logging.LogRecord = line["_record"]
    arguments = line.pop("positional_args", ())
    if record.name.startswith(SPOKEN):
        line["event"] = _filled(str(record.msg), arguments)
    elif not arguments:
        line["event"] = "library_record"
    line.setdefault("place", f"{record.module}:{record.lineno} {record.funcName}")
    line.pop("stack_info", None)
    return line


def _filled(template: str, arguments: Any) -> str:
    try:
        return template % arguments if arguments else template
    except (TypeError, ValueError):
        return template


def _known_only(_: object, __: str, line: Line) -> Line:
    """Numbers stay; words stay only under a known name; an event that is no name was made of words and loses them."""
    for key, value in list(line.items()):
        if isinstance(value, int | float) or value is None:
            continue
        if key not in NAMES or not isinstance(value, str):
            del line[key]
        elif key == "event" and not EVENT.fullmatch(value):
            line[key] = "unnamed_event"
    return line


def _excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger("bot").critical("crashed", exc_info=error)
