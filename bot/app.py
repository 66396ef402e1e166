"""The composition root: the only place that constructs and wires. bot/program/running.py gives it life."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot import definitions, stores
from bot.address import Address
from bot.buttons import Buttons
from bot.casework import Casework
from bot.catalogues import Catalogues
from bot.channel import Channel
from bot.clock import Clock
from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.delivery.ahead import Ahead
from bot.delivery.attachments import Attachments
from bot.delivery.copies import Copies
from bot.delivery.doubt import Doubt
from bot.delivery.lists import Lists
from bot.delivery.pace import TELEGRAM, Pace
from bot.desk import feed as desk_feed
from bot.desk.channel import DeskChannel
from bot.dossier.making import Making
from bot.dossier.sending import Sending
from bot.duties import Duty
from bot.effects import fates
from bot.effects.copying import COPY
from bot.effects.flood import LISTED
from bot.effects.scene import House
from bot.haste import Haste
from bot.inspection import Inspector
from bot.inspection.scanning import Scanner
from bot.patient import feed as patient_feed
from bot.patient.channel import PatientChannel
from bot.patient.mini_app import signed
from bot.previews import PREVIEW, Previews
from bot.probe import probe
from bot.receiving import First, Handle, Read, Receiving
from bot.roster import Presence
from bot.rounds.followups import Followups
from bot.rounds.housekeeping import Housekeeping
from bot.rounds.morning import MORNING, Mornings
from bot.rounds.tallying import Tallying
from bot.rounds.watch import Watch
from bot.settings import Settings
from bot.settings import Side as SideName
from bot.uploads import Uploads
from bot.uploads.page import Uploading
from bot.uploads.rescanning import Rescanning
from bot.web.desk.door import Door
from bot.wire import Wire
from flows.foreseen import named_apart
from flows.library import Definition
from storage import facts
from storage.database import Database
from storage.keeping.ledger import Ledger
from storage.sealed.keyring import Keyring
from storage.sending.answers import Answers
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One bot: its connection, what comes in, what goes out, and whose turn it is to do that."""

    name: SideName
    allowed: tuple[str, ...]
    channel: Channel
    receiving: Receiving
    delivery: Delivery
    hearing: Duty
    sending: Duty


@dataclass(frozen=True, kw_only=True, slots=True)
class Careline:
    """Everything that was built."""

    settings: Settings
    database: Database
    patient: Side
    desk: Side
    patient_feed: patient_feed.PatientFeed
    desk_feed: desk_feed.DeskFeed
    uploads: Uploads
    uploading: Uploading
    followups: Followups
    housekeeping: Housekeeping
    rescanning: Rescanning
    watch: Watch
    tidying: Duty
    house: House
    casework: Casework
    making: Making
    previews: Previews
    door: Door
    wake: Callable[[], None]
    address: Address

    @property
    def sides(self) -> tuple[Side, Side]:
        return (self.patient, self.desk)

    async def healthy(self) -> bool:
        """Whether the database answers."""
        try:
            return await self.database.read(probe)
        except Exception:  # noqa: BLE001 - whatever it is, the answer is no
            return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wakers:
    """Tells everybody who sends or fetches that rows were written."""

    sleepers: list[Callable[[], None]] = field(default_factory=list)

    def __call__(self) -> None:
        for wake in self.sleepers:
            wake()


async def build(settings: Settings, clock: Clock, definition: Definition | None = None) -> Careline:
    """Opens the store, brings its tables up to date and wires every part. `definition`: read already. Nothing is sent or asked yet."""
    keys = Keyring.open(settings.key_file)
    database = Database.open(settings.database, keys=keys, clock=clock.now)
    await asyncio.to_thread(database.migrate)
    ledger = Ledger(path=settings.ledger_file, keys=keys)
    group = await database.read(lambda tx: facts.group_now(tx, settings.desk_chat_id or 0))
    settings = settings.model_copy(update={"desk_chat_id": group or None})  # it may have moved since the setting was written
    channel = DeskChannel(settings.token("desk"), settings.api_url)
    sure = Presence(database=database, channel=channel, group=settings.desk_chat_id).sure
    door = Door(database=database, keys=keys, signed=partial(signed, settings.token("desk")), now=clock.now, sure=sure)
    return _wired(
        settings,
        definition or definitions.read(settings),
        database,
        stores.vault(settings, keys),
        Buttons(keys.sign),
        ledger,
        door,
        channel,
    )


def _wired(
    settings: Settings,
    definition: Definition,
    database: Database,
    vault: Vault,
    buttons: Buttons,
    ledger: Ledger,
    door: Door,
    desk_channel: DeskChannel,
) -> Careline:
    wake, address = Wakers(), Address(base=settings.public_url)
    house = _house(settings, definition, buttons, ledger, address)
    conversation = _conversation(house, database, vault, wake, out=lambda: patient.delivery)
    casework = Casework(
        database=database, house=house, wake=wake, moved=lambda to: desk.delivery.follow(house.desk_chat, to), sure=door.sure
    )
    patient_channel = PatientChannel(settings.token("patient"), settings.api_url)
    feed = desk_feed.DeskFeed(desk_channel, desk_feed.registering(casework, buttons))
    heard = patient_feed.PatientFeed(settings.token("patient"), conversation, buttons)
    making = Making(database=database, vault=vault, house=house, fonts=settings.fonts)
    plan = _plan(settings, making)
    patient = plan.side("patient", patient_channel, heard.handle, patient_feed.ALLOWED, read=heard.read, first=heard.first)
    desk = plan.side("desk", desk_channel, feed.handle, desk_feed.ALLOWED)
    scanner = Scanner.of(settings.clamd)
    uploads = _uploads(making, scanner, patient=(patient_channel, conversation), desk=(desk_channel, casework))
    uploading = Uploading(database=database, vault=vault, wake=wake, apart=partial(named_apart, house.definition.records))
    wake.sleepers.extend((patient.delivery.wake, desk.delivery.wake, uploads.wake))
    return Careline(
        settings=settings,
        database=database,
        patient=patient,
        desk=desk,
        patient_feed=heard,
        desk_feed=feed,
        uploads=uploads,
        uploading=uploading,
        followups=Followups(database=database, remind=conversation.remind),
        watch=Watch(database=database, house=house, wake=wake),
        housekeeping=_housekeeping(making, uploading),
        rescanning=Rescanning(database=database, vault=vault, scanner=scanner, found=casework.scanned),
        tidying=plan.duty("tidying"),
        house=house,
        casework=casework,
        making=making,
        previews=plan.previews,
        door=door,
        wake=wake,
        address=address,
    )


def _conversation(house: House, database: Database, vault: Vault, wake: Wakers, out: Callable[[], Delivery]) -> Conversation:
    return Conversation(database=database, house=house, wake=wake, forget=vault.delete, out=out, haste=Haste())


def _plan(settings: Settings, making: Making) -> _Plan:
    previews = Previews(database=making.database, vault=making.vault, house=making.house)
    return _Plan(
        settings=settings,
        database=making.database,
        house=making.house,
        previews=previews,
        attachments=_attachments(making, previews),
        doubt=Doubt(kept=settings.pace == "telegram"),
    )


def _housekeeping(making: Making, uploading: Uploading) -> Housekeeping:
    count = Tallying(database=making.database, house=making.house).run
    return Housekeeping(database=making.database, vault=making.vault, drop_stale=uploading.drop_stale, count=count)


def _uploads(
    making: Making, scanner: Scanner | None, *, patient: tuple[Channel, Conversation], desk: tuple[Channel, Casework]
) -> Uploads:
    """By which bot the files of each side are fetched, and who hears when a document is settled."""
    return Uploads(
        database=making.database,
        vault=making.vault,
        inspector=Inspector(),
        scanner=scanner,
        channels={"patient": patient[0], "coordinator": desk[0]},
        closed={"patient": patient[1].document_closed, "coordinator": desk[1].document_closed},
    )


def _attachments(making: Making, previews: Previews) -> Attachments:
    database, vault, house = making.database, making.vault, making.house
    makers = {
        **Sending(making=making).makers,
        COPY: Copies(database=database, definition=lambda: house.definition).send,
        PREVIEW: previews.send,
        MORNING: Mornings(database=database, house=house).send,
        LISTED: Lists(database=database, house=house).made,
    }
    return Attachments(database=database, vault=vault, definition=lambda: house.definition, makers=makers)


def _house(settings: Settings, definition: Definition, buttons: Buttons, ledger: Ledger, address: Address) -> House:
    return House(
        definition=definition,
        catalogues=Catalogues.load().speaking(definition),
        wire=Wire(buttons),
        desk_chat=settings.desk_chat_id or 0,
        desk_language=settings.desk_language,
        second_thoughts=timedelta(seconds=settings.undo_seconds),
        erased=ledger.add,
        upload_url=address.upload,
        desk_url=lambda: address.desk,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """What both sides have in common."""

    settings: Settings
    house: House
    database: Database
    previews: Previews
    attachments: Attachments
    doubt: Doubt

    def duty(self, name: str) -> Duty:
        return Duty(name=name, database=self.database, shared=self.settings.shared)

    def side(
        self,
        name: SideName,
        channel: Channel,
        handle: Handle,
        allowed: tuple[str, ...],
        read: Read = lambda _: None,
        first: First | None = None,
    ) -> Side:
        hearing, sending = self.duty(f"hearing:{name}"), self.duty(f"sending:{name}")
        delivery = Delivery(
            bot=name,
            channel=channel,
            database=self.database,
            pace=Pace(TELEGRAM if self.settings.pace == "telegram" else None),
            doubt=self.doubt,
            ahead=Ahead(attach=self.attachments.attach, slow=self.attachments.slow),
            after_sent=lambda tx, row, result: fates.after_sent(tx, self.house, row, result),
            after_failed=lambda tx, row, error: fates.after_failed(tx, self.house, row, error),
            after_moved=lambda tx, old, new: fates.after_moved(tx, self.house, old, new),
            keep=self.settings.desk_chat_id or 0,
            answers=Answers(self.settings.data_dir / f"answers-{name}.jsonl"),
            waits=sending.waits,
            duty=sending.held,
            fence=sending.fenced,
        )
        receiving = Receiving(
            bot=name,
            channel=channel,
            database=self.database,
            handle=handle,
            allowed=allowed,
            shared=self.settings.shared,
            read=read,
            first=first,
        )
        return Side(
            name=name,
            allowed=allowed,
            channel=channel,
            receiving=receiving,
            delivery=delivery,
            hearing=hearing,
            sending=sending,
        )
