"""Random outboxes against the rules of storage/outbox.py written down once more, slowly and plainly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from storage import outbox
from storage.schema.columns import AT_ONCE
from storage.sending import releasing
from tests.examples import examples

CHATS = st.integers(1, 3)
LANES = st.integers(0, 3)
RARELY = st.sampled_from([False, False, False, False, True])
PUT = st.tuples(
    st.just("put"),
    CHATS,
    LANES,
    st.sampled_from([None, None, None, 5, 60]),
    st.sampled_from([None, None, None, None, 30]),
    RARELY,
)
CLAIM = st.tuples(st.just("claim"), st.integers(1, 4))
SETTLE = st.tuples(st.just("settle"), st.integers(0, 3), st.sampled_from(["sent", "failed", "retry", "retry", "hold", "lost"]))
MOVES = st.one_of(PUT, PUT, CLAIM, SETTLE, SETTLE, st.tuples(st.just("clock"), st.sampled_from([1, 6, 40])))
# a start with something in it: seven rows, a claim, a failure
LAST = 3  # what is out of this lane does not hold an emergency
START = st.tuples(*[PUT] * 7, CLAIM, SETTLE)
_places = count(1)  # every example has its own chats


@dataclass
class Row:
    id: int
    chat: int
    lane: int
    due: Any
    expires: Any
    after: int | None
    state: str = "waiting"
    next_try: Any = None
    holds: bool = False


@dataclass
class Model:
    rows: dict[int, Row] = field(default_factory=dict)

    def claim(self, now, limit):
        for row in self.rows.values():
            if row.state == "waiting" and row.expires is not None and row.expires <= now:
                row.state = "dropped"
        taken = []
        for row in sorted(self.rows.values(), key=lambda row: (row.lane, row.due, row.id)):
            if len(taken) < limit and row.state == "waiting" and self._ready(row, now):
                row.state, row.next_try, row.holds = "sending", None, False
                taken.append(row.id)
        return taken

    def _ready(self, row, now):
        if row.due > now or (row.next_try is not None and row.next_try > now):
            return False
        if row.after is not None and self.rows[row.after].state in {"waiting", "sending"}:
            return False
        return not any(self._in_the_way(other, row, now) for other in self.rows.values() if other.chat == row.chat)

    @staticmethod
    def _in_the_way(other, row, now):
        if other.state == "sending":
            return other.lane < LAST or row.lane > 0
        if other is row or other.state != "waiting" or other.next_try is None:
            return False
        earlier = other.lane <= row.lane and (other.due, other.id) < (row.due, row.id)
        return earlier or (other.holds and other.next_try > now)


@examples(50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=START, moves=st.lists(MOVES, min_size=10, max_size=50))
async def test_every_claim_is_what_the_rules_say(db, clock, start, moves):
    place = next(_places) * 1000
    await db.transact(lambda tx: [outbox.drop_for_chat(tx, "patient", place - 1000 + chat) for chat in range(1, 4)])
    model = Model()
    for move in [*start, *moves]:
        await PLAY[move[0]](db, clock, model, place, *move[1:])


async def put(db, clock, model, place, chat, lane, due, expires, follows):
    due_at = None if due is None else clock.now + timedelta(seconds=due)
    expires_at = None if expires is None else clock.now + timedelta(seconds=expires)
    after = max(model.rows) if follows and model.rows else None
    more = {"bot": "patient", "method": "sendMessage", "payload": {}, "kind": "k"}
    id_ = await db.transact(
        lambda tx: outbox.put(tx, chat_id=place + chat, lane=lane, due_at=due_at, expires_at=expires_at, after_id=after, **more)
    )
    model.rows[id_] = Row(id_, chat, lane, due_at or AT_ONCE, expires_at, after)


async def claim(db, clock, model, place, limit):
    del place
    rows = await db.transact(lambda tx: outbox.claim(tx, "patient", limit=limit, lease=300))
    assert [row.id for row in rows] == model.claim(clock.now, limit)


async def settle(db, clock, model, place, number, how):
    del place
    out = [row for row in model.rows.values() if row.state == "sending"]
    if not out:
        return
    row = out[number % len(out)]
    at = clock.now + timedelta(seconds=10)
    works = {
        "sent": lambda tx: outbox.sent(tx, row.id, 1),
        "failed": lambda tx: outbox.failed(tx, row.id, "Rejected"),
        "retry": lambda tx: outbox.retry(tx, row.id, at, "Lost"),
        "hold": lambda tx: outbox.retry(tx, row.id, at, "RetryLater", hold_chat=True),
        "lost": lambda tx: releasing.release(tx, "patient"),
    }
    assert await db.transact(works[how])
    if how == "lost":
        for lost in out:
            lost.state = "waiting"
    elif how in {"sent", "failed"}:
        row.state = how
    else:
        row.state, row.next_try, row.holds = "waiting", at, how == "hold"


async def move_clock(db, clock, model, place, seconds):
    del db, model, place
    clock.move(seconds=seconds)


PLAY = {"put": put, "claim": claim, "settle": settle, "clock": move_clock}
