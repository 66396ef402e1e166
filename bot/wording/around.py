"""Everything around the questions: the greeting, languages, status, help, privacy, stopping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Button, Message
from bot.wording import controls, copying, values
from bot.wording.controls import button, column, rows
from bot.wording.markup import bold, lines, paragraphs, plain
from flows.inputs import Control

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.catalogues import Catalogue, Catalogues
    from flows.page import Page

COMMANDS = (
    "start",
    "status",
    "answers",
    "documents",
    "upload",
    "faq",
    "about",
    "human",
    "language",
    "help",
    "privacy",
    "stop",
    "delete",
)


def greeting(catalogues: Catalogues, words: Catalogue, languages: Sequence[str], title: str = "") -> Message:
    """The first message, in the language that was guessed; the guess is the first button."""
    choose = words.gettext("In which language shall we go on?")
    return Message(text=paragraphs(welcome(words, title), bold(choose)), rows=_languages(catalogues, languages, words.language))


def welcome(words: Catalogue, title: str) -> str:
    """Who speaks, and about what. `title`: of a form that is not ours."""
    if title:
        form = words.gettext("Hello. I am Careline, an assistant that asks the questions of “{title}” here in the chat.")
        return plain(form.format(title=words.isolate(words.worded("title", title))))
    return plain(
        words.gettext(
            "Hello. I am Careline, an assistant that helps people with a cancer that came back to prepare for a talk with a hospital "
            "about off-the-shelf CAR-T therapy."
        )
    )


def languages(catalogues: Catalogues, words: Catalogue, known: Sequence[str]) -> Message:
    text = words.gettext("Choose a language. Your place and your answers stay.")
    return Message(text=plain(text), rows=_languages(catalogues, known, words.language))


def _languages(catalogues: Catalogues, known: Sequence[str], first: str) -> tuple[tuple[Button, ...], ...]:
    ordered = sorted(range(len(known)), key=lambda number: known[number] != first)
    return column(*(button(catalogues[known[number]].own_name, Control.LANGUAGE, number) for number in ordered))


def language_chosen(words: Catalogue) -> str:
    return words.gettext("We go on in {language}.").format(language=words.own_name)


def ended(words: Catalogue, page: Page, *, kept: bool) -> Message:
    """The consent to keep answers was refused. `kept`: the coordinators have words that were meant for them all the same."""
    text = paragraphs(
        "" if kept else plain(words.gettext("That is fine. I have kept nothing.")),
        plain(words.gettext("Without keeping your answers I cannot prepare anything for a coordinator.")),
        plain(_ways_on(words, page)),
    )
    begin = button(words.gettext("Begin again"), Control.CONTINUE)
    read = button(words.gettext("Read about this therapy"), Control.TOPIC) if page.topics else None
    return Message(text=text, rows=rows(read, begin))


def _ways_on(words: Catalogue, page: Page) -> str:
    if page.topics:
        return words.gettext("You can read the general information, or begin again whenever you like.")
    return words.gettext("You can begin again whenever you like.")


def resumed(words: Catalogue) -> str:
    return plain(words.gettext("Welcome back. Everything you told me is saved. We go on where we stopped."))


def renewed(words: Catalogue) -> str:
    return plain(words.gettext("A question has changed since you answered it. Please look at it once more; thank you."))


def outdated(words: Catalogue) -> str:
    """A toast, not a message: at most 200 characters."""
    return words.gettext("This button belongs to an earlier question. Nothing was changed.")


def not_yours(words: Catalogue) -> str:
    return words.gettext("This button does not work here. Nothing was changed.")


def too_fast(words: Catalogue) -> str:
    """To somebody whose messages come faster than anybody can write; escaped."""
    return plain(
        words.gettext(
            "Your messages come faster than I can read. The last ones are not kept. Please wait a little, then write again what is important."
        )
    )


def thanked(words: Catalogue, *, questions_open: bool) -> Message:
    """To a thank-you that nobody has to answer."""
    text = words.gettext("Thank you for your kind words. If you want to write to a person again, tap the button below.")
    go_on = controls.go_on(words) if questions_open else None
    return Message(text=plain(text), rows=rows(go_on, controls.ask_person(words)))


def not_understood(words: Catalogue, kind: str, *, stored: bool) -> str:
    """What arrived, and what can be used instead; escaped."""
    return plain(_not_understood(words, kind, stored=stored))


def _not_understood(words: Catalogue, kind: str, *, stored: bool) -> str:
    if kind == "voice" and stored:
        return words.gettext(
            "Thank you, your voice message is saved for a person to hear. I cannot take an answer from it myself."
        )
    sentences = {
        "hello": words.gettext("Hello. Here is the open question."),
        "thanks": words.gettext("Thank you too. When you are ready, here is the open question."),
        "sticker": words.gettext("Thank you. I cannot read an answer from a sticker."),
        "voice": words.gettext("I cannot listen to voice messages yet. Please write it, or ask for a person."),
        "video_note": words.gettext("I cannot watch video messages. Please write it, or send a photo of the report."),
        "location": words.gettext("I do not need your location. A city name is enough where I ask for it."),
        "contact": words.gettext("I do not need a contact card here."),
        "poll": words.gettext("I cannot use a poll as an answer."),
        "card": words.gettext("I have not taken your words as an answer. Please tap one of the buttons here first."),
        "aside": words.gettext(
            "I am not sure which question you mean, so I have saved nothing. Here is the open question again."
        ),
        "unread": words.gettext(
            "Thank you for writing. First please read this and tap the button below it. After that I ask one thing at a time."
        ),
        "edited": words.gettext("I saw that you changed an earlier message. To change an answer, send /answers."),
    }
    other = words.gettext("I cannot use this kind of message. Words, buttons, photos and files work here.")
    return sentences.get(kind, other)


def help_(words: Catalogue, page: Page, *, questions_open: bool) -> Message:
    empty = _empty(page)
    about = {
        "status": words.gettext("where things stand"),
        "answers": words.gettext("see and change your answers"),
        "documents": words.gettext("the list of records"),
        "tasks": words.gettext("what you can do now"),
        "faq": words.gettext("questions and answers; add a word to search"),
        "about": words.gettext("read about this therapy"),
        "human": words.gettext("write to a person"),
        "language": words.gettext("change the language"),
        "privacy": words.gettext("what is kept, and your rights"),
        "stop": words.gettext("stop messages"),
    }
    listed = "\n".join(f"{words.isolate(f'/{name}')} – {plain(text)}" for name, text in about.items() if name not in empty)
    urgent = words.gettext(
        "I am not an emergency line. If someone is very unwell now, call your emergency number or the treating team."
    )
    go_on = controls.go_on(words) if questions_open else None
    return Message(
        text=paragraphs(bold(words.gettext("What I can do")), listed, bold(urgent)),
        rows=rows(go_on, controls.ask_person(words)),
    )


def _empty(page: Page) -> frozenset[str]:
    """The commands under which there is nothing to read: a form of somebody else's brings no page along."""
    return frozenset(name for name, content in (("faq", page.faqs), ("about", page.topics)) if not content)


def command_descriptions(words: Catalogue, page: Page) -> dict[str, str]:
    """For Telegram's command menu."""
    empty = _empty(page)
    described = {
        "start": words.gettext("Begin or go on"),
        "status": words.gettext("Where things stand"),
        "answers": words.gettext("See and change your answers"),
        "documents": words.gettext("The list of records"),
        "upload": words.gettext("Send a large file or a CD"),
        "tasks": words.gettext("What you can do now"),
        "faq": words.gettext("Questions and answers"),
        "about": words.gettext("Read about this therapy"),
        "human": words.gettext("Write to a person"),
        "language": words.gettext("Change the language"),
        "help": words.gettext("What I can do"),
        "privacy": words.gettext("What is kept, and your rights"),
        "stop": words.gettext("Stop messages"),
        "delete": words.gettext("Delete everything"),
    }
    return {name: text for name, text in described.items() if name not in empty}


def privacy(words: Catalogue) -> Message:
    text = paragraphs(
        bold(words.gettext("What is kept, and your rights")),
        plain(
            words.gettext(
                "I keep your answers and files so that a coordinator can prepare your case. They are encrypted on our side."
            )
        ),
        plain(words.gettext("Telegram also sees what is written here: chats with a bot are not end-to-end encrypted.")),
        plain(
            words.gettext("Only the coordinators of this team read your case. A hospital sees it only if you said yes to that.")
        ),
        plain(
            words.gettext(
                "You can change each yes or no in /answers, stop messages with /stop, and delete everything with /delete."
            )
        ),
    )
    delete = button(words.gettext("Delete everything"), Control.ERASE, 0)
    return Message(text=text, rows=rows(copying.offer(words), delete, controls.go_on(words)))


def erasure_asked(words: Catalogue) -> Message:
    text = paragraphs(
        bold(words.gettext("Delete everything?")),
        plain(
            words.gettext("Your answers, files and messages here are deleted for good. A coordinator can no longer see them.")
        ),
        plain(words.gettext("Messages in this chat stay on your phone until you delete them in Telegram.")),
    )
    yes = button(words.gettext("Yes, delete everything"), Control.ERASE, 1)
    return Message(text=text, rows=column(yes, button(words.gettext("No, keep it"), Control.CONTINUE)))


def erased(words: Catalogue) -> Message:
    text = words.gettext("Everything is deleted. No more messages will come. If you ever want to begin again, send /start.")
    return Message(text=plain(text))


def stop_asked(words: Catalogue, *, reminders_on: bool) -> Message:
    remind = (
        button(words.gettext("Stop reminders only"), Control.REMINDERS_OFF)
        if reminders_on
        else button(words.gettext("Turn reminders on again"), Control.REMINDERS_ON)
    )
    return Message(
        text=bold(words.gettext("What would you like to stop?")),
        rows=column(
            remind,
            button(words.gettext("Stop all messages"), Control.STOP, 1),
            button(words.gettext("The patient has died"), Control.REMEMBER, 0),
            button(words.gettext("Delete everything"), Control.ERASE, 0),
            button(words.gettext("Nothing, go on"), Control.CONTINUE),
        ),
    )


def silence_asked(words: Catalogue) -> Message:
    text = paragraphs(
        plain(words.gettext("We are very sorry.")),
        plain(
            words.gettext(
                "If you say yes, no message will come from us any more. The coordinator is told, so that nobody calls you."
            )
        ),
    )
    yes = button(words.gettext("Yes, please stop everything"), Control.REMEMBER, 1)
    return Message(text=text, rows=column(yes, button(words.gettext("Go back"), Control.CONTINUE)))


def stopped(words: Catalogue, *, in_memory: bool) -> Message:
    if in_memory:
        text = words.gettext(
            "We are sorry for your loss. No more messages will come from us. If you need anything, you can always write here."
        )
    else:
        text = words.gettext(
            "All messages are stopped. What you told me stays saved. Write anything here when you want to go on."
        )
    return Message(text=plain(text))


def restarted(words: Catalogue) -> str:
    return plain(words.gettext("It is good to hear from you. Messages are on again. /stop turns them off."))


def reminders_set(words: Catalogue, *, on: bool) -> str:
    if on:
        return plain(words.gettext("Reminders are on."))
    return plain(words.gettext("Reminders are off. You can still write here at any time."))


def snoozed(words: Catalogue, days: int) -> str:
    said = words.ngettext("I will remind you again in {n} day.", "I will remind you again in {n} days.", days)
    return plain(said.format(n=days))


def waiting(words: Catalogue, page: Page, *, begun: bool) -> str:
    """What happens next while no coordinator has a case: nothing, until the person goes on."""
    if begun:
        return words.gettext("The questions wait until you want to go on.")
    return _ways_on(words, page)


def status(
    words: Catalogue,
    *,
    where: str,
    next_step: str,
    number: str | None,
    holder: str | None,
    next_message: datetime | None,
    zone: str | None,
    questions_open: bool,
    disclaimer: str,
) -> Message:
    """Where things stand. `where`: the stage of the case, or the place in the questions, escaped. Both are translated already."""
    numbered = words.gettext("Your case number: {number}").format(number=words.isolate(number)) if number else ""
    with_whom = words.gettext("Your coordinator: {name}").format(name=holder) if holder else ""
    reminder = (
        words.gettext("Next message from us: {when}").format(when=values.moment(words, next_message, zone))
        if next_message
        else ""
    )
    text = paragraphs(where, plain(next_step), plain(lines(numbered, with_whom, reminder)), plain(disclaimer))
    go_on = controls.go_on(words) if questions_open else None
    records = button(words.gettext("Records"), Control.RECORDS) if number else None
    return Message(text=text, rows=rows(go_on, records, controls.ask_person(words)))
