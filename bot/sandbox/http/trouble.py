"""Faults, settings, the clock, raw updates, and starting over."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from bot.sandbox.errors import Unable
from bot.sandbox.faults import Fault
from bot.sandbox.http import bodies
from bot.sandbox.http.context import Context, Here, Json
from bot.sandbox.trail import Trace

router = APIRouter(tags=["trouble"])
CREATED = 201
FORGOTTEN = ("message", "update", "file")


@router.get("/faults")
async def faults(here: Here) -> Json:
    return Json({"faults": here.state.faults.active})


@router.post("/faults", status_code=CREATED)
async def add_fault(here: Here, body: bodies.NewFault) -> Json:
    fields = body.model_dump(exclude={"times"})
    fault = here.state.faults.add(Fault(id=0, left=body.times or None, **fields))
    _told(here)
    return Json(fault, status_code=CREATED)


@router.delete("/faults")
async def clear_faults(here: Here) -> Json:
    here.state.faults.active.clear()
    _told(here)
    return Json({"ok": True})


@router.delete("/faults/{number}")
async def remove_fault(here: Here, number: int) -> Json:
    if not here.state.faults.remove(number):
        raise Unable("no such fault", 404)
    _told(here)
    return Json({"ok": True})


def _told(here: Context) -> None:
    here.state.feed.emit("fault", lambda: {"faults": here.state.faults.active})


@router.get("/settings")
async def settings(here: Here) -> Json:
    return Json(here.views.any(here.state.settings))


@router.put("/settings")
async def change_settings(here: Here, body: bodies.SettingsChange) -> Json:
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(here.state.settings, name, value)
    here.state.limits.forget()
    here.state.save_settings()
    return Json(here.views.any(here.state.settings))


@router.get("/clock")
async def clock(here: Here) -> Json:
    return Json(_time(here))


@router.post("/clock")
async def shift_clock(here: Here, body: bodies.Shift) -> Json:
    if abs(here.state.clock.offset + body.shift) > bodies.MOST_SHIFT:
        raise Unable("the clock moves ten years at most", 422)
    here.state.clock.shift(body.shift)
    here.state.journal.mark("meta", "clock", here.state.clock.offset)
    here.state.trail.add(Trace(kind="clock", seconds=body.shift))
    time = _time(here)
    here.state.feed.emit("clock", lambda: time)
    return Json(time)


def _time(here: Context) -> dict[str, Any]:
    return {"now": here.state.clock.stamp(), "offset": here.state.clock.offset}


@router.post("/updates")
async def deliver(here: Here, body: bodies.RawUpdate) -> Json:
    """Any dict, unchecked, as an update of that bot; its own update_id counts only with keep_id."""
    bot = here.state.bots.get(body.bot)
    if bot is None:
        raise Unable("no such bot", 404)
    update = dict(body.update)
    number = update.pop("update_id", 0)
    kept = number if body.keep_id and isinstance(number, int) else 0
    return Json({"update_id": here.state.enqueue(bot, "", update, f"raw{number}", kept)})


@router.post("/reset")
async def reset(here: Here, body: bodies.Reset) -> Json:
    here.state.reset(keep_people=body.keep == "people")
    return Json({"ok": True, "seq": here.state.feed.seq})
