"""Effects around the questions: language, consent, status, help, stopping, erasing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.effects import closing
from bot.messages import Message
from bot.wording import around, questions
from bot.wording.markup import bold, plain
from bot.wording.reply import who
from flows import engine
from flows import moment as at
from flows.events import (
    Asked,
    ConsentRecorded,
    Erased,
    ErasureAsked,
    HelpShown,
    IntakeEnded,
    LanguageAsked,
    LanguageChosen,
    NotUnderstood,
    PrivacyShown,
    RemindersSet,
    Renewed,
    Restarted,
    Resumed,
    SilenceAsked,
    Snoozed,
    StatusShown,
    StopAsked,
    Stopped,
    Thanked,
    Welcomed,
    ZoneChosen,
)
from storage import cases, chats, consents, coordinators, reminders, responses
from storage.records import held

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene
    from storage.rows import Case


def language_asked(scene: Scene, _event: LanguageAsked) -> None:
    catalogues, known = scene.house.catalogues, scene.house.definition.languages
    if scene.chat.language is None:
        scene.say_prefaces()
        hint = scene.arrival.hint if scene.arrival else None
        scene.say(around.greeting(catalogues, catalogues[catalogues.nearest(hint)], known, _title(scene)), kind="greeting")
    else:
        scene.ask(around.languages(catalogues, scene.words, known), kind="languages")


def welcomed(scene: Scene, _event: Welcomed) -> None:
    """A message of its own: the first question is rewritten once it is answered."""
    scene.say(Message(text=around.welcome(scene.words, _title(scene))), kind="greeting")


def _title(scene: Scene) -> str:
    """The name of a form that is not the one of this house, whose page says what it is about."""
    definition = scene.house.definition
    return "" if definition.page.topics else definition.form.title or definition.name


def language_chosen(scene: Scene, _event: LanguageChosen) -> None:
    chosen = around.language_chosen(scene.words)
    scene.toast(chosen)
    scene.rewrite_text(plain(chosen), kind="language_chosen")
    if scene.chat.zone is None:
        zone = scene.house.definition.zone_of_language(scene.words.language)
        chats.update(scene.tx, scene.chat.id, zone=zone)


def consent_recorded(scene: Scene, event: ConsentRecorded) -> None:
    """The proof of a consent: which text, in which version and language, when, yes or no."""
    questionnaire = scene.house.definition.questionnaire
    item = questionnaire.by_link_id[event.consent]
    _keep_proof(scene, item.consent or event.consent, scene.words.worded(item.context, item.text), given=event.given)
    if item.consent == at.KEEP and event.given:
        held.release(scene.tx, scene.chat.id)
    if item.consent == "reminders":
        chats.update(scene.tx, scene.chat.id, reminders_on=event.given)


def _keep_proof(scene: Scene, consent: str, shown: str, *, given: bool) -> None:
    consents.add(
        scene.tx,
        scene.chat.id,
        consent,
        given=given,
        text_version=scene.house.definition.questionnaire.version,
        text_hash=hashlib.sha256(shown.encode()).hexdigest(),
        language=scene.words.language,
    )


def intake_ended(scene: Scene, _event: IntakeEnded) -> None:
    responses.delete(scene.tx, scene.chat.id)
    held.drop(scene.tx, scene.chat.id)
    chats.update(scene.tx, scene.chat.id, asked_message=None)
    scene.say(around.ended(scene.words, scene.house.definition.page, kept=scene.case is not None), kind="intake_ended")


def zone_chosen(scene: Scene, event: ZoneChosen) -> None:
    chats.update(scene.tx, scene.chat.id, zone=event.zone)


def renewed(scene: Scene, _event: Renewed) -> None:
    scene.preface(around.renewed(scene.words))


def resumed(scene: Scene, _event: Resumed) -> None:
    if scene.intake.response is not None:
        scene.preface(around.resumed(scene.words))


def not_understood(scene: Scene, event: NotUnderstood) -> None:
    scene.preface(around.not_understood(scene.words, event.kind, stored=event.stored))


def thanked(scene: Scene, _event: Thanked) -> None:
    scene.say(around.thanked(scene.words, questions_open=scene.questions_open), kind="thanked")


def status_shown(scene: Scene, _event: StatusShown) -> None:
    case = scene.case or next(reversed(cases.of_chat(scene.tx, scene.chat.id)), None)
    holder = coordinators.get(scene.tx, case.holder) if case and case.holder else None
    where, next_step = _stage(scene, case) if case else _place(scene)
    message = around.status(
        scene.words,
        where=where,
        next_step=next_step,
        number=case.number if case else None,
        holder=who(scene.words, holder.name) if holder else None,
        next_message=reminders.next_due(scene.tx, scene.chat.id),
        zone=scene.chat.zone,
        questions_open=scene.questions_open,
        disclaimer=closing.disclaimer(scene),
    )
    scene.say(message, kind="status")


def _stage(scene: Scene, case: Case) -> tuple[str, str]:
    stage, worded = scene.house.definition.stage(case.stage), scene.words.worded
    return bold(stage.label.worded(worded)), stage.patient.worded(worded)


def _place(scene: Scene) -> tuple[str, str]:
    """No coordinator has a case yet: where the questions stand, and nothing about what anybody reads."""
    response = scene.intake.response
    shown = engine.present(scene.house.definition.questionnaire, response) if response else None
    at_question = questions.place(scene.words, shown.prompt) if isinstance(shown, Asked) else ""
    return at_question, around.waiting(scene.words, scene.house.definition.page, begun=response is not None)


def help_shown(scene: Scene, _event: HelpShown) -> None:
    scene.say(around.help_(scene.words, scene.house.definition.page, questions_open=scene.questions_open), kind="help")


def privacy_shown(scene: Scene, _event: PrivacyShown) -> None:
    scene.say(around.privacy(scene.words), kind="privacy")


def stop_asked(scene: Scene, _event: StopAsked) -> None:
    scene.ask(around.stop_asked(scene.words, reminders_on=scene.intake.reminders_on), kind="stop_asked")


def silence_asked(scene: Scene, _event: SilenceAsked) -> None:
    scene.ask(around.silence_asked(scene.words), kind="silence_asked")


def reminders_set(scene: Scene, event: RemindersSet) -> None:
    """The button is a consent of its own: reminders that were refused before are wanted from now on, and the other way round."""
    chats.update(scene.tx, scene.chat.id, reminders_on=event.on, snoozed_until=None)
    told = around.reminders_set(scene.words, on=event.on)
    _keep_proof(scene, "reminders", told, given=event.on)
    scene.preface(told)


def snoozed(scene: Scene, event: Snoozed) -> None:
    chats.update(scene.tx, scene.chat.id, snoozed_until=scene.tx.now + timedelta(days=event.days))
    scene.preface(around.snoozed(scene.words, event.days))


def stopped(scene: Scene, event: Stopped) -> None:
    """Nothing more is sent: what waits is dropped, the desk is told. The last words are the confirmation."""
    reminders.drop_all(scene.tx, scene.chat.id)
    scene.drop_scheduled()
    closing.patient_stopped(scene, in_memory=event.in_memory)
    scene.say(around.stopped(scene.words, in_memory=event.in_memory), kind="stopped")


def restarted(scene: Scene, _event: Restarted) -> None:
    scene.preface(around.restarted(scene.words))


def erasure_asked(scene: Scene, _event: ErasureAsked) -> None:
    scene.ask(around.erasure_asked(scene.words), kind="erasure_asked")


def erased(scene: Scene, _event: Erased) -> None:
    closing.erase(scene)
    scene.say(around.erased(scene.words), kind="erased")


EFFECTS: dict[type, Effect] = {
    LanguageAsked: language_asked,
    LanguageChosen: language_chosen,
    ConsentRecorded: consent_recorded,
    IntakeEnded: intake_ended,
    ZoneChosen: zone_chosen,
    Resumed: resumed,
    Renewed: renewed,
    Welcomed: welcomed,
    NotUnderstood: not_understood,
    Thanked: thanked,
    StatusShown: status_shown,
    HelpShown: help_shown,
    PrivacyShown: privacy_shown,
    StopAsked: stop_asked,
    SilenceAsked: silence_asked,
    RemindersSet: reminders_set,
    Snoozed: snoozed,
    Stopped: stopped,
    Restarted: restarted,
    ErasureAsked: erasure_asked,
    Erased: erased,
}
