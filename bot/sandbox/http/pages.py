"""The page's files, from a fixed folder, with a policy that lets nothing else in."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.telegram import Scope, Send

FOLDER = Path(__file__).resolve().parent.parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; frame-src http://127.0.0.1:* http://localhost:* https:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NO_PAGE = b"The Bot API stand-in is running. The page's files are not here; see /sandbox/openapi.json."
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
]


async def page(scope: Scope, send: Send) -> None:
    """`/` is index.html, `/page/x` the file x; nothing outside of the folder, nothing of an unknown type."""
    path = scope["path"]
    name = "index.html" if path == "/" else path.removeprefix("/page/")
    file, kind = _file(name)
    if file is not None:
        status, body = 200, file.read_bytes()
    elif path == "/":
        status, body, kind = 200, NO_PAGE, "text/plain; charset=utf-8"
    else:
        status, body, kind = 404, b"Not Found", "text/plain; charset=utf-8"
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})


def _file(name: str) -> tuple[Path | None, str]:
    """The file and its type; none when the name leads elsewhere, or nowhere."""
    try:
        file = (FOLDER / name).resolve()
        kind = TYPES.get(file.suffix, "")
        return (file if file.is_relative_to(FOLDER) and kind and file.is_file() else None), kind
    except (OSError, ValueError):  # no path at all: a zero byte, or far too long
        return None, ""
