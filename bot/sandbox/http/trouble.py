"""Faults, settings, the clock, raw updates, and starting over."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from bot.sandbox.errors import Unable
from bot.sandbox.faults import Fault
from bot.sandbox.http import bodies, shapes
from bot.sandbox.http.context import Context, Here, Json
from bot.sandbox.trail import Trace

router = APIRouter(tags=["trouble"])
CREATED = 201


@router.get("/faults", response_model=shapes.Faults)
async def faults(here: Here) -> Json:
    """What is switched on, oldest first."""
    return Json({"faults": here.state.faults.active})


@router.post("/faults", status_code=CREATED, response_model=shapes.Fault)
async def add_fault(here: Here, body: bodies.NewFault) -> Json:
    """Trouble for fitting calls or updates, so many times (0: until it is removed)."""
    fields = body.model_dump(exclude={"times"})
    fault = here.state.faults.add(Fault(id=0, left=body.times or None, **fields))
    _told(here)
    return Json(fault, status_code=CREATED)


@router.delete("/faults", response_model=shapes.Done)
async def clear_faults(here: Here) -> Json:
    """Switches all trouble off."""
    here.state.faults.active.clear()
    _told(here)
    return Json({"ok": True})


@router.delete("/faults/{number}", response_model=shapes.Done)
async def remove_fault(here: Here, number: int) -> Json:
    """Switches one fault off."""
    if not here.state.faults.remove(number):
        raise Unable("no such fault", 404)
    _told(here)
    return Json({"ok": True})


def _told(here: Context) -> None:
    here.state.feed.emit("fault", lambda: {"faults": here.state.faults.active})


@router.get("/settings", response_model=shapes.Settings)
async def settings(here: Here) -> Json:
    """What can be switched."""
    return Json(here.views.any(here.state.settings))


@router.put("/settings", response_model=shapes.Settings)
async def change_settings(here: Here, body: bodies.SettingsChange) -> Json:
    """Telegram's pace, strict mode, and for how long a press may be answered."""
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(here.state.settings, name, value)
    here.state.limits.forget()
    here.state.save_settings()
    return Json(here.views.any(here.state.settings))


@router.get("/clock", response_model=shapes.Clock)
async def clock(here: Here) -> Json:
    """The sandbox's time, and how far it is from the machine's."""
    return Json(_time(here))


@router.post("/clock", response_model=shapes.Clock)
async def shift_clock(here: Here, body: bodies.Shift) -> Json:
    """Moves the clock by so many seconds; what sleeps looks at it again."""
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


@router.post("/updates", response_model=shapes.Queued)
async def deliver(here: Here, body: bodies.RawUpdate) -> Json:
    """Any dict, unchecked, as an update of that bot; its own update_id counts only with keep_id."""
    bot = here.state.bots.get(body.bot)
    if bot is None:
        raise Unable("no such bot", 404)
    update = dict(body.update)
    number = update.pop("update_id", 0)
    kept = number if body.keep_id and isinstance(number, int) else 0
    return Json({"update_id": here.state.enqueue(bot, "", update, f"raw{number}", kept)})


@router.post("/reset", response_model=shapes.StartedOver)
async def reset(here: Here, body: bodies.Reset) -> Json:
    """Forgets what was said, queued, logged and switched on; bots stay, people if they are to be kept."""
    here.state.reset(keep_people=body.keep == "people")
    return Json({"ok": True, "seq": here.state.feed.seq})
