"""What Telegram answered before a kill is not sent again, although the store did not hear of it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storage import outbox
from storage.rows import OutboxRow
from storage.sending import answers
from storage.sending.answers import Answers
from tests.bot.office import Office
from tests.bot.stand_in import StandIn, chat_id

FOREIGN = st.binary(max_size=40).filter(lambda cut: b"[" not in cut)


async def claimed(office: Office, ana: str) -> OutboxRow:
    await office.put(chat_id(ana), "Hello")
    (row,) = await office.database.transact(lambda tx: outbox.claim(tx, "patient", limit=1, lease=60))
    return row


async def test_it_is_written_into_the_store_at_the_next_start(
    office: Office, stand_in: StandIn, ana: str, tmp_path: Path
) -> None:
    row = await claimed(office, ana)
    assert Answers(tmp_path / "noted").note(row, {"message_id": 77, "text": "how are you", "chat": {"id": 1}})
    assert "how are you" not in (tmp_path / "noted").read_text()
    office.delivery.answers = Answers(tmp_path / "noted")
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == []
    assert ((await office.row(row.id)).state, (await office.row(row.id)).sent_message_id) == ("sent", 77)
    assert office.fates == [("Hello", "sent")]
    assert Answers(tmp_path / "noted").read() == []


async def test_the_answer_to_an_earlier_try_says_nothing_about_this_one(
    office: Office, stand_in: StandIn, ana: str, tmp_path: Path
) -> None:
    row = await claimed(office, ana)
    Answers(tmp_path / "noted").note(row, {"message_id": 77})
    await office.database.transact(lambda tx: outbox.retry(tx, row.id, tx.now, "RetryLater"))
    assert await office.database.transact(lambda tx: outbox.claim(tx, "patient", limit=1, lease=60))
    office.delivery.answers = Answers(tmp_path / "noted")
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["Hello"]


async def test_one_that_cannot_be_written_keeps_nobody_waiting(
    office: Office, stand_in: StandIn, ana: str, tmp_path: Path
) -> None:
    row = await claimed(office, ana)
    Answers(tmp_path / "noted").note(row, {"message_id": 77})
    faults = [ValueError("ours"), ValueError("ours, when it is tried apart")]

    def after_sent(*_: object) -> None:
        if faults:
            raise faults.pop()

    office.delivery.after_sent = after_sent
    office.delivery.answers = Answers(tmp_path / "noted")
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["Hello"]


async def test_where_nothing_can_be_noted_messages_go_out_all_the_same(
    office: Office, stand_in: StandIn, ana: str, tmp_path: Path
) -> None:
    office.delivery.answers = Answers(tmp_path / "no such folder" / "noted")
    await office.put(chat_id(ana), "Hello")
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["Hello"]


async def test_the_file_stays_small(office: Office, stand_in: StandIn, ana: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(answers, "MOST", 3)
    office.delivery.answers = Answers(tmp_path / "noted")
    for number in range(10):
        await office.put(chat_id(ana), f"{number}")
    async with office.working():
        await office.done()
    assert len(await stand_in.said(ana)) == 10
    assert len(Answers(tmp_path / "noted").read()) < 4


@given(before=FOREIGN, after=FOREIGN, ids=st.lists(st.integers(1, 2**62), max_size=5))
def test_whatever_a_power_cut_left_in_the_file_the_whole_lines_are_read(
    tmp_path_factory, before: bytes, after: bytes, ids: list[int]
) -> None:
    path = tmp_path_factory.mktemp("noted") / "noted"
    path.write_bytes(before)
    kept = Answers(path)
    for row_id in ids:
        kept.note(row(row_id), {"message_id": row_id})
    kept.close()
    whole = path.read_bytes()
    path.write_bytes(whole + after)
    read = Answers(path).read()
    assert [one.row_id for one in read][: len(ids) - 1] == ids[: len(ids) - 1]
    path.write_bytes(whole)
    assert [(one.row_id, one.attempts, one.result) for one in Answers(path).read()] == [
        (row_id, 2, {"message_id": row_id}) for row_id in ids
    ]


def row(row_id: int) -> OutboxRow:
    blank = dict.fromkeys(OutboxRow.__dataclass_fields__)
    return OutboxRow(**blank | {"id": row_id, "attempts": 2})  # type: ignore[arg-type]
