"""getFile: where a file may be fetched."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.files import DOWNLOADABLE
from bot.sandbox.methods.registry import Call, method


@method("getFile", returns="File")
def get_file(call: Call) -> dict[str, Any]:
    file_id = call.params.get("file_id", "")
    if not file_id:
        raise bad("file_id not specified")
    upload = call.state.files.by_id(file_id, call.bot.id)
    if upload is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if upload.size > DOWNLOADABLE:
        raise bad("file is too big")
    if not upload.available:
        raise bad("wrong file_id or the file is temporarily unavailable")
    path = call.state.files.lend(upload, call.bot.id)
    return {"file_id": file_id, "file_unique_id": upload.unique, "file_size": upload.size, "file_path": path}
