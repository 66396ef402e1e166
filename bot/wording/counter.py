"""What a coordinator is answered: help, lists, refusals in words. In the desk's language; escaped here, except toasts, which are plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_timedelta

from bot.messages import Message
from bot.wording import desk, keys
from bot.wording.markup import bold, lines, paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.catalogues import Catalogue
    from storage.rows import Case

LISTED = 40  # cases in one list


# ---- help


def descriptions(words: Catalogue) -> dict[str, str]:
    """The commands of the desk, for Telegram's menu and for /help."""
    return {
        "cases": words.gettext("open cases, the most urgent first"),
        "case": words.gettext("one case: /case NUMBER"),
        "web": words.gettext("the pages of the desk, in a private chat: /web, /web NUMBER"),
        "claim": words.gettext("take a case"),
        "release": words.gettext("let go of a case"),
        "handover": words.gettext("give a case to a colleague: /handover NAME, and why"),
        "stage": words.gettext("move a case: /stage NAME"),
        "close": words.gettext("close a case: /close REASON"),
        "r": words.gettext("write to the patient: /r TEXT"),
        "canned": words.gettext("replies that are ready: /canned, /canned NAME"),
        "shift": words.gettext("when you work: /shift Mon-Fri 09:00-18:00 Asia/Almaty, /shift end"),
        "away": words.gettext("not here for so many days: /away 3, /away 0"),
        "me": words.gettext("languages that you answer in, and what you see to: /me ru ar human"),
        "undo": words.gettext("take a reply back: /undo as a reply to your message"),
        "answer": words.gettext(
            "file a message of the patient as an answer: reply /answer to it, or /answer with words of the question"
        ),
        "note": words.gettext("keep a note for the desk: /note TEXT"),
        "followup": words.gettext("plan a message: /followup in 3 days 10:00 TEXT"),
        "next": words.gettext("what is to be done next: /next 2026-12-05 TEXT, and /next done"),
        "appointment": words.gettext("set an appointment, on both clocks: /appointment 2026-12-05 10:30 Beijing TEXT"),
        "dayzero": words.gettext("set the day of the infusion, and the protocol: /dayzero 2026-12-01 NCT05679687"),
        "protocols": words.gettext("protocols beside the answers of a case: /protocols, /protocols NUMBER"),
        "export": words.gettext("the case as a file for a hospital: /export fhir or /export csv"),
        "submit": words.gettext("write down that the case was sent: /submit HOSPITAL NUMBER 2026-11-20"),
        "submission": words.gettext("what hospitals answered: /submission, /submission 1 questions 2026-11-22 WORDS"),
        "path": words.gettext("why a way closed, and whether we may write to the family again: /path, /path no-place"),
        "task": words.gettext("ask the family for something, or change a task: /task 2026-12-05 TEXT, /task 12 done"),
        "tasks": words.gettext("the tasks of a case, its papers for the journey, the parts of the cost"),
        "evidence": words.gettext("raise the evidence of a criterion: /evidence 7 checked"),
        "ratings": words.gettext("how families found it, in numbers"),
        "roster": words.gettext("who works here, and as what"),
        "hospitals": words.gettext("which hospitals can read their cases: /hospitals, /hospitals revoke 3"),
        "dated": words.gettext("the day of a document, as a reply to it: /dated 2026-11-02"),
        "lab": words.gettext("a value from a report: /lab anc 0.4 10^9/L 2026-11-20, best as a reply to the report"),
        "dossier": words.gettext("the case as a PDF for a hospital: /dossier LANGUAGE"),
        "packet": words.gettext("the PDF with all records in one zip: /packet LANGUAGE, and passport if it may go along"),
        "help": words.gettext("this help"),
    }


def help_(words: Catalogue) -> Message:
    listed = "\n".join(f"{words.isolate(f'/{name}')} – {plain(text)}" for name, text in descriptions(words).items())
    relay = words.gettext(
        "In the topic of a case, a reply to a message of the patient’s side, or /r TEXT, goes to the patient. "
        "Everything else you write there stays a note for the desk."
    )
    marks = words.gettext("👌 on your message: it was delivered. ✍: it was kept as a note and not sent.")
    numbers = words.gettext("Outside a topic, put the case number first: /claim CL-7KQ4M")
    return Message(text=paragraphs(bold(words.gettext("Working at the desk")), listed, *map(plain, (relay, marks, numbers))))


def welcome(words: Catalogue, name: str) -> str:
    text = words.gettext("Hello {name}. Red flags of your cases, and of cases that nobody holds, now also reach you here.")
    return text.format(name=words.isolate(name))


# ---- lists


def listed(words: Catalogue, cases: Sequence[tuple[Case, str, str | None, timedelta | None]]) -> Message:
    """Case, its stage in words, who holds it, for how long it has waited for an answer (None: it does not wait)."""
    if not cases:
        return Message(text=plain(words.gettext("There is no open case.")))
    rows = [line(words, *each) for each in cases[:LISTED]]
    rest = len(cases) - LISTED
    more = words.ngettext("and {n} more case", "and {n} more cases", rest).format(n=rest) if rest > 0 else ""
    return Message(text=paragraphs(bold(words.gettext("Open cases")), lines(*rows, plain(more))))


def line(words: Catalogue, case: Case, stage: str, holder: str | None, waiting: timedelta | None) -> str:
    """One case in one line: coded words only."""
    held = words.gettext("held by {name}").format(name=words.isolate(holder)) if holder else words.gettext("nobody holds it")
    waits = (
        words.gettext("waits for an answer: {time}").format(time=format_timedelta(waiting, locale=words.language))
        if waiting is not None
        else words.gettext("nothing waits")
    )
    sign = "🚩 " if case.red_flag_at and not case.red_flag_ack_at else ""
    parts = (desk.urgencies(words)[case.urgency], stage, held, waits)
    return f"{sign}{bold(words.isolate(case.number))}: {plain('; '.join(parts))}"


def card_in_topic(words: Catalogue) -> str:
    return words.gettext("The card is in the topic of the case. Only its holder can read it here.")


def page_here(words: Catalogue, number: str | None) -> str:
    """Over the button that opens the pages, at one case or at the list."""
    return words.gettext("Case {number}").format(number=words.isolate(number)) if number else words.gettext("All cases")


def page_sent(words: Catalogue) -> str:
    return words.gettext("I have sent you the button in our private chat.")


def page_in_private(words: Catalogue) -> str:
    return words.gettext("Open a private chat with me and press Start. The pages of the desk open from there.")


def no_page(words: Catalogue) -> str:
    return words.gettext("This program has no public address, so its pages cannot be opened from Telegram.")


# ---- refusals


def unsure(words: Catalogue) -> str:
    return words.gettext(
        "Telegram does not say right now whether you are still in the staff group. Please try again in a minute."
    )


def not_on_roster(words: Catalogue) -> str:
    return words.gettext("Only coordinators on the roster can do this. Nothing was sent or changed.")


def not_a_person(words: Catalogue) -> str:
    return words.gettext(
        "I cannot tell who wrote this, so nothing was sent. Please write under your own name, not as the group or a channel."
    )


def stranger(words: Catalogue) -> str:
    """To somebody in a private chat who is not on the roster: nothing about cases."""
    return words.gettext("This bot is for the staff of Careline. If you are looking for help, please write to our patient bot.")


def gone(words: Catalogue) -> str:
    """To somebody in a private chat who was on the roster."""
    return words.gettext("You are not on the roster of this desk any more. An administrator can add you again with /roster.")


def bad_button(words: Catalogue) -> str:
    return words.gettext("This button does not work any more. Nothing was changed.")


def held_by(words: Catalogue, name: str) -> str:
    return words.gettext("{name} holds this case.").format(name=words.isolate(name))


def not_sent_held(words: Catalogue, case: int, name: str) -> Message:
    text = words.gettext("{name} holds this case. Your message was not sent; it is kept as a note.")
    return Message(text=plain(text.format(name=words.isolate(name))), rows=((keys.take_over(words, case),),))


def not_sent_silent(words: Catalogue, state: str) -> str:
    sentences = {
        "stopped": words.gettext(
            "Not sent: the person stopped all messages. They have to write first. Your words are kept as a note."
        ),
        "in_memory": words.gettext("Not sent: the patient has died, and no message goes out. Your words are kept as a note."),
    }
    return sentences.get(state, words.gettext("Not sent: the person had everything deleted."))


def yours_already(words: Catalogue) -> str:
    return words.gettext("You hold this case already.")


def acknowledged_before(words: Catalogue) -> str:
    return words.gettext("This red flag was acknowledged before.")


def nobody_holds(words: Catalogue) -> str:
    return words.gettext("Nobody holds this case.")


def is_closed(words: Catalogue) -> str:
    return words.gettext("This case is closed. When the patient’s side writes again, a new case is opened.")


def no_such_move(words: Catalogue, stage: str, wanted: str, allowed: Sequence[str]) -> str:
    text = words.gettext("A case cannot go from “{stage}” to “{wanted}”. From here it can go to: {allowed}.")
    return text.format(stage=stage, wanted=wanted, allowed=", ".join(allowed))


def silent_stage(words: Catalogue, stage: str) -> str:
    return words.gettext("No message goes out while the case is at “{stage}”.").format(stage=stage)


def no_such_case(words: Catalogue) -> str:
    return words.gettext(
        "There is no such case. In a topic the number is not needed; elsewhere put it first, like /claim CL-7KQ4M"
    )


def choose(words: Catalogue, what: str) -> str:
    """`what`: stage | reason | colleague | take-over | hand-over; the choices are the buttons below."""
    return {
        "stage": words.gettext("Which stage?"),
        "reason": words.gettext("For which reason?"),
        "colleague": words.gettext("To whom?"),
        "take-over": words.gettext("Why do you take this case over?"),
        "hand-over": words.gettext("Why do you hand this case over?"),
    }[what]


def nothing_written(words: Catalogue) -> str:
    return words.gettext(
        "There is nothing to send. Write the text after the command, or reply to a message of the patient’s side."
    )


def noted(words: Catalogue) -> str:
    return words.gettext("Kept as a note of the case. Nothing was sent.")


def sent_already(words: Catalogue) -> str:
    return words.gettext("This was sent already.")


def reply_to_family(words: Catalogue) -> str:
    """In a group without topics, where a reply to anything else of the bot's has no case."""
    return words.gettext("Nothing was sent. To answer a family, reply to a message of its own here.")


def only_in_topic(words: Catalogue) -> str:
    return words.gettext("I can send words to a patient only from the topic of their case. Nothing was sent.")


def unsendable(words: Catalogue) -> str:
    return words.gettext("This kind of message cannot be sent to the patient. Text, photos, files and voice messages can.")


def cannot_correct(words: Catalogue) -> str:
    return words.gettext(
        "The patient still reads the message as it was. A file or a very long text cannot be changed; please write again."
    )


def unknown_command(words: Catalogue) -> str:
    return words.gettext("I do not know this command. /help lists what I can do.")


def not_shared(words: Catalogue) -> str:
    return words.gettext(
        "The family has not said yes to showing this case to hospitals. Please ask them first: /answers lets them change it."
    )


def nothing_to_export(words: Catalogue) -> str:
    return words.gettext("There are no answers yet, so there is nothing to export.")


def formats(words: Catalogue, known: Sequence[str]) -> str:
    return words.gettext("I can export a case as: {formats}. Nothing was made.").format(formats=", ".join(known))


def taken_back(words: Catalogue) -> str:
    return words.gettext("Taken back. Your message is kept as a note; if the patient had it already, it was deleted there.")


def nothing_to_undo(words: Catalogue) -> str:
    return words.gettext("There is no reply to take back. Send /undo as a reply to your own message in the topic.")


def not_yours(words: Catalogue) -> str:
    return words.gettext("Only who holds the case can take a reply back.")


def how_next(words: Catalogue) -> str:
    return words.gettext(
        "Please write what is to be done, with or without a day: /next 2026-12-05 TEXT. When it is done: /next done"
    )


def how_day_zero(words: Catalogue) -> str:
    return words.gettext(
        "Please write the day of the infusion, and the protocol if you know it: /dayzero 2026-12-01 NCT05679687"
    )


def no_day(words: Catalogue, fault: str) -> str:
    """Why a date was not understood; fault: see bot/casework/when.py."""
    sentences = {
        "ambiguous": words.gettext("A date in numbers can mean two days. Please write it like 2026-12-01."),
        "past": words.gettext("That moment has passed."),
        "too-far": words.gettext("That is more than two years away."),
    }
    return sentences.get(
        fault, words.gettext("I did not find a date. Examples: in 3 days 10:00 TEXT, or 2026-12-01 10:00 TEXT")
    )
