"""A staff group that gets another id: what was known by a number in the old one is forgotten, on both databases."""

from __future__ import annotations

from storage import cases, chats, outbox, relay
from storage.desk import moving

OLD, NEW = -1001, -1002
SAID, ON_A_PAGE = 7, -7


def _reply(tx, case_id, said_at):
    key = f"reply/{case_id}/{said_at}/0"
    row = outbox.put(tx, bot="patient", chat_id=5, method="sendMessage", payload={}, kind="reply", unique_key=key)
    relay.add(tx, case_id, direction="out", author=1, body="Hello", desk_message_id=said_at, patient_outbox_id=row)
    return row


async def test_numbers_of_the_old_group_are_free_again(db):
    def before(tx):
        case = cases.open_case(tx, chats.lock(tx, 5).id, urgency="soon", reason="human", stage="inquiry")
        return case, _reply(tx, case.id, SAID), _reply(tx, case.id, ON_A_PAGE)

    case, said, on_a_page = await db.transact(before)
    assert await db.transact(lambda tx: moving.move(tx, OLD, NEW, kinds=("reply",)))
    assert await db.read(lambda tx: relay.case_of(tx, SAID)) is None
    again = await db.transact(lambda tx: _reply(tx, case.id, SAID))
    assert again != said, "another message, another reply"
    assert await db.read(lambda tx: relay.by_desk_message(tx, case.id, ON_A_PAGE))
    assert await db.transact(lambda tx: _reply(tx, case.id, ON_A_PAGE)) == on_a_page

    assert not await db.transact(lambda tx: moving.move(tx, OLD, NEW, kinds=("reply",))), "heard of a second time"
    assert await db.read(lambda tx: relay.case_of(tx, SAID)) == case.id
