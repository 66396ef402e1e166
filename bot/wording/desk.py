"""Every sentence that the staff group reads, apart from the card. In the desk's language; escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_timedelta

from bot.messages import Message
from bot.wording import keys, values
from bot.wording.markup import bold, lines, paragraphs, plain, quote
from bot.wording.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from bot.catalogues import Catalogue
    from storage.rows import Case

REASON = 300  # characters shown of why a case changed hands

# ---- alerts in the General topic: numbers and coded words only, never what the patient said


def alert(words: Catalogue, case: Case, language: str, why: str, holder: str | None, *, alarmed: bool) -> Message:
    """News of a case for everybody. `language`: the patient's, by its own name; `why`: the alert rule's text."""
    head = words.gettext("RED FLAG: case {number}") if alarmed else words.gettext("Case {number}")
    facts = lines(
        plain(why),
        plain(words.gettext("Urgency: {urgency}").format(urgency=urgencies(words)[case.urgency])),
        plain(words.gettext("Language: {language}").format(language=words.isolate(language))),
        plain(words.gettext("Held by: {name}").format(name=words.isolate(holder))) if holder else "",
    )
    sign = "🚩 " if alarmed else ""
    text = paragraphs(sign + bold(head.format(number=words.isolate(case.number))), facts)
    return Message(text=text, rows=keys.alert(words, case.id, alarmed=alarmed, held=holder is not None))


def alert_settled(words: Catalogue, case: Case, holder: str, *, alarmed: bool) -> Message:
    """What the alert says once somebody holds the case."""
    text = words.gettext("Case {number}: claimed by {name}").format(
        number=words.isolate(case.number), name=words.isolate(holder)
    )
    rows = ((keys.acknowledge(words, case.id),),) if alarmed else ()
    return Message(text=plain(text), rows=rows)


def alert_closed(words: Catalogue, case: Case) -> Message:
    return Message(text=plain(words.gettext("Case {number} is closed").format(number=words.isolate(case.number))))


def urgencies(words: Catalogue) -> dict[str, str]:
    return {
        "urgent": words.pgettext("urgency", "urgent"),
        "soon": words.pgettext("urgency", "soon"),
        "routine": words.pgettext("urgency", "routine"),
    }


# ---- lines in the topic of a case


def claimed(words: Catalogue, name: str, before: str | None, why: str) -> str:
    """`why`: for what reason it changed hands, in words."""
    if before is None:
        return plain(words.gettext("{name} holds this case.").format(name=words.isolate(name)))
    text = words.gettext("{name} holds this case now. Before: {before}.")
    reason = words.gettext("Why: {reason}").format(reason=one_line(why, REASON)) if why else ""
    return lines(plain(text.format(name=words.isolate(name), before=words.isolate(before))), plain(reason))


def released(words: Catalogue, case: int, name: str) -> Message:
    text = words.gettext("{name} released this case. Nobody holds it now.").format(name=words.isolate(name))
    return Message(text=plain(text), rows=((keys.claim(words, case),),))


def moved(words: Catalogue, name: str, before: str, after: str) -> str:
    text = words.gettext("{name} moved this case from “{before}” to “{after}”.")
    return plain(text.format(name=words.isolate(name), before=before, after=after))


def closed(words: Catalogue, name: str, reason: str) -> str:
    return plain(words.gettext("{name} closed this case: {reason}.").format(name=words.isolate(name), reason=reason))


def flagged(words: Catalogue, case: int, told: str) -> Message:
    """A red flag in words, inside the topic; `told` is the alert rule's text."""
    return Message(
        text=paragraphs(bold("🚩 " + words.gettext("RED FLAG")), plain(told)), rows=((keys.acknowledge(words, case),),)
    )


def red_flag(words: Catalogue, flags: str) -> str:
    """What a red flag says where no alert rule words it; plain."""
    return words.gettext("Red flag: {flags}").format(flags=flags)


def acknowledged(words: Catalogue, name: str) -> str:
    return plain(words.gettext("{name} has seen the red flag and takes care of it.").format(name=words.isolate(name)))


def day_zero(words: Catalogue, name: str, day: str, protocol: str | None) -> str:
    """`protocol`: the one that has check-ins of its own."""
    text = words.gettext("{name} set the day of the infusion (day zero): {day}.")
    own = words.gettext("The check-ins are those of {protocol}.").format(protocol=words.isolate(protocol)) if protocol else ""
    return lines(plain(text.format(name=words.isolate(name), day=words.isolate(day))), plain(own))


def next_planned(words: Catalogue, name: str, what: str, day: str) -> str:
    head = words.gettext("{name} planned what is next:").format(name=words.isolate(name))
    return lines(plain(head), quote(one_line(what, 500)), plain(words.gettext("By {day}").format(day=day)) if day else "")


def next_done(words: Catalogue, name: str) -> str:
    return plain(words.gettext("{name}: what was planned is done.").format(name=words.isolate(name)))


def news(words: Catalogue, number: str, text: str) -> str:
    """A line outside the topic, so with the number."""
    return plain(f"{words.isolate(number)}: {text}")


def of_case(words: Catalogue, number: str, told: str) -> Message:
    """A line of a topic, for somebody who reads it elsewhere."""
    return Message(text=lines(bold(words.isolate(number)), told))


def patient_erased(words: Catalogue, number: str) -> Message:
    text = words.gettext(
        "Case {number}: the person had everything deleted. What was shown here is no longer kept; please delete copies."
    )
    return Message(text=plain(text.format(number=words.isolate(number))))


def topic_recreated(words: Catalogue) -> str:
    return plain(words.gettext("The old topic of this case was deleted. This one goes on; the last messages follow."))


def topic_at_last(words: Catalogue) -> str:
    """In a new topic, of a case that stood in General so far."""
    return plain(
        words.gettext(
            "This case has a topic now. What was said before stands in General; a reply to it there still goes to the family."
        )
    )


# ---- the relay


def from_patient(words: Catalogue, quoted: str, *, noted: bool, edited: bool, hidden: int, forwarded: bool = False) -> str:
    """Words of the patient; `quoted` is escaped already and stands in a block of its own."""
    if edited:
        head = words.gettext("The patient’s side changed this message. It now says:")
    elif noted:
        head = words.gettext("Said by the patient’s side during the questions:")
    else:
        head = words.gettext("From the patient’s side:")
    warning = words.ngettext("{n} hidden character was removed.", "{n} hidden characters were removed.", hidden).format(
        n=hidden
    )
    passed = words.gettext("They forwarded this; somebody else wrote it first.") if forwarded else ""
    return lines(bold(head), quoted, plain(warning) if hidden else "", plain(passed))


def document(words: Catalogue, record: str | None, caption: str) -> str:
    """What stands under a document of the patient; the caption is theirs."""
    if record:
        head = words.gettext("From the patient’s side: {record}").format(record=record)
    else:
        head = words.gettext("From the patient’s side")
    return lines(bold(head), caption)


def guarded(words: Catalogue, record: str, case: int, document: int) -> Message:
    """A record that is never shown in the group, such as a passport; whoever needs it asks for it by name, and that is written down."""
    text = words.gettext("Received: {record}. It is kept safely and is not shown in this group.").format(record=record)
    return Message(text=plain(text), rows=keys.guarded(words, case, document))


def perhaps_guarded(words: Catalogue, case: int, document: int) -> Message:
    """A file that may be such a record, before anybody has said what it is."""
    text = words.gettext(
        "A file came that may be a passport. It is kept safely and is not shown in this group until the family says what it is."
    )
    return Message(text=plain(text), rows=keys.guarded(words, case, document))


def guarded_sent(words: Catalogue, name: str, record: str) -> str:
    text = words.gettext("{name} had this sent to their private chat: {record}.")
    return plain(text.format(name=words.isolate(name), record=record))


def unnamed(words: Catalogue) -> str:
    return words.gettext("a file that nobody has named yet")


def guarded_where(words: Catalogue) -> str:
    return words.gettext("Write a word to me in private first, then press again. It is sent there and nowhere else.")


def looked(words: Catalogue, *, flags: Sequence[str], unreadable: bool) -> str:
    """What an inspection of a document found that somebody should know before opening it; escaped."""
    inside = {
        "javascript": words.gettext("a script"),
        "action": words.gettext("something that starts by itself"),
        "attachment": words.gettext("another file"),
        "form": words.gettext("a form that acts"),
        "program": words.gettext("a program"),
    }
    found = values.listed(words, [inside[flag] for flag in flags if flag in inside])
    careful = words.gettext("Careful: inside is {what}. Do not run it.").format(what=found) if found else ""
    closed = words.gettext("It does not open.") if unreadable else ""
    unscanned = (
        words.gettext("The virus scanner did not answer: it has not looked at this yet.") if "unscanned" in flags else ""
    )
    partly = (
        words.gettext("The virus scanner has looked at its beginning only: it takes no more.")
        if "scanned-partly" in flags
        else ""
    )
    return lines(plain(careful), plain(unscanned), plain(partly), plain(closed))


def scanned(words: Catalogue, record: str, number: int, verdict: str) -> str:
    """What the scanner said later; escaped. `record` may be empty, then the document has its number in this case."""
    what = record or words.gettext("document {number}").format(number=words.isolate(str(number)))
    if verdict == "infected":
        text = words.gettext(
            "The virus scanner found something in “{document}”. It is taken away; please ask for it in another way."
        )
    elif verdict == "partly":
        text = words.gettext(
            "The virus scanner has looked at the beginning of “{document}” and found nothing. It takes no more of it."
        )
    else:
        text = words.gettext("The virus scanner has looked at “{document}” now and found nothing.")
    return plain(text.format(document=what))


def too_large(words: Catalogue, what: str, size: str, facts: str) -> str:
    """A document that Telegram does not carry; escaped."""
    head = words.gettext("Too large to show here: {what}, {size}.").format(what=what, size=words.isolate(size))
    return lines(plain(head), plain(words.isolate(facts)) if facts else "")


def filed(words: Catalogue, record: str) -> str:
    return plain(words.gettext("The patient’s side says this document is: {record}").format(record=record))


def shown_before(words: Catalogue) -> str:
    return plain(words.gettext("Said before this case was opened:"))


def reply_waits(words: Catalogue, language: str, seconds: float) -> str:
    """Under a reply that can still be taken back. `language`: the patient's, by its own name."""
    text = words.gettext("Goes to the patient ({language}) in {n} seconds, word for word.")
    return plain(text.format(language=words.isolate(language), n=round(seconds)))


def wrote_too(words: Catalogue, name: str, ago: timedelta) -> str:
    """Somebody else answered the same family just now."""
    text = words.gettext("⚠ {name} wrote to this patient too, {time} ago. Take your message back if it says the same.")
    return plain(text.format(name=words.isolate(name), time=format_timedelta(ago, locale=words.language)))


def told_patient(words: Catalogue, name: str, quoted: str) -> str:
    """An earlier reply, posted again in a topic that was made anew."""
    return lines(bold(words.gettext("{name} to the patient:").format(name=words.isolate(name))), quoted)


def noted(words: Catalogue, name: str, quoted: str) -> str:
    return lines(bold(words.gettext("Note by {name}:").format(name=words.isolate(name))), quoted)


def unreachable(words: Catalogue) -> str:
    return plain(words.gettext("The patient cannot be reached: the bot is blocked."))


def undelivered(words: Catalogue, reason: str) -> str:
    """reason: blocked | deactivated | gone | refused."""
    sentences = {
        "blocked": words.gettext("Not delivered: the patient blocked the bot."),
        "deactivated": words.gettext("Not delivered: the patient’s Telegram account no longer exists."),
        "gone": words.gettext("Not delivered: the chat with the patient no longer exists."),
    }
    return plain(sentences.get(reason, words.gettext("Not delivered: Telegram refused this message.")))


def file_refused(words: Catalogue, reason: str) -> str:
    """A file of a coordinator that could not be kept, so it was not sent."""
    sentences = {
        "too-large": words.gettext("Not sent: the file is larger than 20 MB, and Telegram does not let me fetch it."),
        "empty": words.gettext("Not sent: the file is empty."),
        "active": words.gettext("Not sent: this kind of file can run programs. A PDF or a photo works."),
    }
    return plain(sentences.get(reason, words.gettext("Not sent: I could not use this file. A PDF or a photo works.")))


# ---- follow-ups


def follow_up_planned(
    words: Catalogue, case: int, follow_up: int, *, name: str, at: datetime, zone: str, desk_zone: str, quoted: str
) -> Message:
    """The date in words in both time zones, so that a slip is seen, and a way back."""
    theirs = words.gettext("For the patient: {when} ({zone})").format(
        when=values.moment(words, at, zone), zone=words.isolate(zone)
    )
    ours = words.gettext("For the desk: {when} ({zone})").format(
        when=values.moment(words, at, desk_zone), zone=words.isolate(desk_zone)
    )
    head = words.gettext("{name} planned a message to the patient.").format(name=words.isolate(name))
    text = paragraphs(bold(head), lines(plain(theirs), plain(ours)), quoted)
    return Message(text=text, rows=keys.cancel(words, case, follow_up))


def follow_up_cancelled(words: Catalogue, name: str) -> str:
    return plain(words.gettext("{name} cancelled this follow-up. Nothing will be sent.").format(name=words.isolate(name)))


def follow_up_gone(words: Catalogue) -> str:
    return words.gettext("This follow-up was sent or cancelled before.")
