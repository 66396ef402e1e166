"""What leaves the desk for a hospital: the dossier and the packet, ordered here and made when they are sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from babel import Locale

from bot.casework.named import named
from bot.dossier.making import Order
from bot.dossier.sending import DOSSIER, PACKET
from bot.effects.group import Group
from bot.effects.scene import Lane
from bot.messages import Message
from bot.wording import counter, handing, keys
from bot.wording.keys import Verb
from bot.wording.markup import plain
from storage import consents

if TYPE_CHECKING:
    from bot.effects.act import DeskScene

GUARDED = "passport"  # the word that lets what is kept apart go along
VERBS = {DOSSIER: Verb.DOSSIER, PACKET: Verb.PACKET}


def languages(scene: DeskScene) -> list[tuple[int, str]]:
    """Every language that a dossier can be made in, in the order in which a button counts them."""
    return [
        (number, handing.language(scene.act.words, one))
        for number, one in enumerate(scene.house.catalogues.for_dossiers.languages)
    ]


def ask(scene: DeskScene, what: str, said: str) -> None:
    """`/dossier Chinese`, `/packet ru passport`: without a language the choice is offered."""
    words = said.split()
    guarded = bool(words) and words[-1].casefold() == GUARDED
    language = _meant(scene, " ".join(words[:-1] if guarded else words))
    if not _may(scene):
        return
    if language is None:
        rows = keys.choices(scene.act.words, VERBS[what], scene.own_case.id, languages(scene))
        scene.act.answer(Message(text=plain(handing.choose(scene.act.words)), rows=rows[:-1]))
    else:
        order(scene, what, language, guarded=guarded)


def chosen(scene: DeskScene, what: str, number: int) -> None:
    if _may(scene):
        order(scene, what, scene.house.catalogues.for_dossiers.languages[number])


def order(scene: DeskScene, what: str, language: str, *, guarded: bool = False) -> None:
    """Into the topic, wherever it was asked."""
    wanted = Order(case_id=scene.own_case.id, language=language, by=scene.act.coordinator.telegram_id, guarded=guarded)
    params = {what: asdict(wanted)}
    Group(tx=scene.tx, house=scene.house).call(
        "sendDocument", params, kind=f"{what}_sent", lane=Lane.SCHEDULED, thread_case_id=scene.own_case.id
    )
    if not scene.at_home:
        scene.act.tell(handing.being_made(scene.act.words))


def _may(scene: DeskScene) -> bool:
    """Only after the yes to showing the case to hospitals, and not before there is something to show."""
    if not consents.shares(scene.tx, scene.chat.id):
        scene.act.tell(counter.not_shared(scene.act.words))
    elif scene.intake.response is None:
        scene.act.tell(handing.no_answers(scene.act.words))
    else:
        return True
    return False


def _meant(scene: DeskScene, said: str) -> str | None:
    """A language by its id, or by its name in English, in itself or at the desk."""
    known = scene.house.catalogues.for_dossiers
    names = [(one, _names(scene, one)) for one in known.languages]
    return named(said, names)


def _names(scene: DeskScene, language: str) -> tuple[str, ...]:
    own = Locale.parse(language)
    found = (own.get_display_name(one) for one in (scene.house.desk_language, "en", language))
    short = own.get_language_name("en")
    return tuple(name for name in (*found, short) if name)
