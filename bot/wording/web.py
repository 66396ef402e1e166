"""The words of the desk's web pages, by the names that the templates use. In the coordinator's language; the templates escape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.wording import hospitals, timeline

if TYPE_CHECKING:
    from bot.catalogues import Catalogue


def clock(words: Catalogue, zone: str) -> str:
    """By which zone (its IANA name) a page tells its times."""
    return words.gettext("Times are those of {zone}.").format(zone=words.isolate(zone))


def texts(words: Catalogue) -> Mapping[str, str]:
    """Headings, labels and sentences of every page."""
    return (
        _lists(words)
        | _case(words)
        | _papers(words)
        | _done(words)
        | _door(words)
        | hospitals.page(words)
        | timeline.page(words)
    )


def states(words: Catalogue) -> Mapping[str, str]:
    """How a record of the checklist stands."""
    return {
        "received": words.pgettext("record", "received"),
        "missing": words.pgettext("record", "missing"),
        "later": words.pgettext("record", "to be sent later"),
        "none": words.pgettext("record", "not there"),
        "unreadable": words.pgettext("record", "cannot be read"),
        "outdated": words.pgettext("record", "too old"),
    }


def actors(words: Catalogue) -> Mapping[str, str]:
    """Who acts in the audit log without being a person of the desk."""
    return {
        "patient": words.gettext("Patient’s side"),
        "system": words.gettext("the program"),
        "operator": words.gettext("the operator"),
        "nobody": words.gettext("nobody known"),
    }


def reminder(words: Catalogue, kind: str) -> str:
    """What a message is about that the rules planned."""
    known = {
        "question": words.gettext("Reminder of an open question"),
        "record": words.gettext("Reminder of a missing record"),
        "follow-up": words.gettext("Check-in"),
    }
    return known.get(kind, words.gettext("Reminder"))


def _lists(words: Catalogue) -> dict[str, str]:
    return {
        "cases": words.gettext("Cases"),
        "open": words.gettext("Open"),
        "closed": words.gettext("Closed"),
        "mine": words.gettext("Mine"),
        "unclaimed": words.gettext("Not claimed"),
        "flagged": words.gettext("Red flags"),
        "number": words.gettext("Case number"),
        "search": words.gettext("Search"),
        "stage": words.gettext("Stage"),
        "urgency": words.gettext("Urgency"),
        "holder": words.gettext("Held by"),
        "language": words.gettext("Language"),
        "waiting": words.gettext("Waiting"),
        "anybody": words.gettext("anybody"),
        "any": words.gettext("any"),
        "nobody": words.gettext("nobody yet"),
        "none": words.gettext("There is no case here."),
        "more": words.gettext("More cases"),
        "show": words.gettext("Show"),
        "case": words.gettext("Case"),
        "sort": words.gettext("Order"),
        "by_urgency": words.gettext("the most urgent first"),
        "by_newest": words.gettext("the newest first"),
        "saved": words.gettext("Saved views"),
        "save": words.gettext("Save this view"),
        "view_name": words.gettext("Name of the view"),
        "drop_view": words.gettext("Delete the view"),
        "change": words.gettext("Change"),
        "figures": words.gettext("Figures"),
        "days": words.gettext("Days:"),
        "counted": words.gettext("Counts only, of all intakes and cases that began in these days."),
        "waits": words.gettext("Waiting for us"),
        "next_act": words.gettext("Next step"),
        "promise_over": words.gettext("longer than promised"),
        "choose": words.gettext("Choose"),
        "with_chosen": words.gettext("With the chosen cases:"),
        "keyboard": words.gettext("Keys: / searches, j and k move through the list, Enter opens, x chooses."),
    }


def _case(words: Catalogue) -> dict[str, str]:
    return {
        "summary": words.gettext("Summary"),
        "criteria": words.gettext("Criteria and how well each is shown"),
        "criterion": words.gettext("Criterion"),
        "status": words.gettext("Status"),
        "why": words.gettext("Why"),
        "evidence": words.gettext("Evidence"),
        "protocols": words.gettext("Protocols"),
        "protocol": words.gettext("Protocol"),
        "signs": words.gettext("+ met, - not met, ? unknown, . not verified in this protocol, * older than 90 days"),
        "desk_only": words.gettext("For the desk only. The hospital decides; a patient never reads this."),
        "records": words.gettext("Records"),
        "record": words.gettext("Record"),
        "conversation": words.gettext("Conversation and notes"),
        "documents": words.gettext("Documents"),
        "patient": words.gettext("Patient’s side"),
        "note": words.gettext("Note"),
        "file": words.gettext("File"),
        "unnamed": words.gettext("not named yet"),
        "files": words.gettext("Files"),
        "received": words.gettext("Received"),
        "hidden": words.gettext("Invisible characters were taken out of this text:"),
        "tasks": words.gettext("Tasks of this case"),
        "submissions": words.gettext("Submissions"),
        "planned": words.gettext("Planned messages and appointments"),
        "when": words.gettext("When"),
        "what": words.gettext("What"),
        "trail": words.gettext("Who looked and what was done"),
        "who": words.gettext("Who"),
        "nothing": words.gettext("Nothing here yet."),
        "back": words.gettext("All cases"),
        "skip": words.gettext("Go to the content"),
        "red_flag": words.gettext("RED FLAG, not acknowledged yet"),
    }


def _papers(words: Catalogue) -> dict[str, str]:
    return {
        "look": words.gettext("Look into it"),
        "download": words.gettext("Download"),
        "guarded": words.gettext("Kept apart: only whoever holds the case, or a lead, can download it."),
        "refused_file": words.gettext("not stored"),
        "hospital": words.gettext("For the hospital"),
        "dossier": words.gettext("Dossier (PDF)"),
        "packet": words.gettext("Packet with all records (zip)"),
        "fhir": words.gettext("FHIR Bundle"),
        "csv": words.gettext("Answers (CSV)"),
    }


def _done(words: Catalogue) -> dict[str, str]:
    return {
        "act": words.gettext("Act on this case"),
        "claim": words.gettext("Claim"),
        "take_over": words.gettext("Take over"),
        "release": words.gettext("Release"),
        "acknowledge": words.gettext("Acknowledge the red flag"),
        "move": words.gettext("Move"),
        "give_to": words.gettext("Hand over to"),
        "give": words.gettext("Hand over"),
        "give_why": words.gettext("Why"),
        "close": words.gettext("Close the case…"),
        "close_why": words.gettext("Why it is closed"),
        "close_now": words.gettext("Close the case"),
        "next_case": words.gettext("Next case"),
        "canned": words.gettext("Replies that are ready"),
        "put_in": words.gettext("Put it into the reply"),
        "write_note": words.gettext("Note for the desk; the patient never sees it"),
        "keep_note": words.gettext("Keep the note"),
        "write_reply": words.gettext("Reply to the patient’s side of {number}, in {language}"),
        "reply_key": words.gettext("Keys: r goes to the reply, n to the next case."),
        "send_reply": words.gettext("Send the reply"),
        "reply_held": words.gettext("{name} holds this case. Take it over to reply."),
        "reply_silent": words.gettext("No message goes out in this case now."),
        "undo": words.gettext("Undo"),
        "no_line": words.gettext("Nothing was sent: there is no connection. Your words are still here. Please try again."),
        "too_old": words.gettext(
            "This page was open for too long, so nothing was sent. Your words are still here: look at them and send them again."
        ),
        "reads_only": words.gettext("Your role reads only."),
        "go_back": words.gettext("Back to the case"),
        "measured": words.gettext("Values read in reports"),
        "read_value": words.gettext("Write down a value from a report"),
        "test": words.gettext("Test"),
        "amount": words.gettext("Number and unit"),
        "day": words.gettext("Day of the test"),
        "in_document": words.gettext("Where it stands"),
        "keep_value": words.gettext("Keep the value"),
        "take_back": words.gettext("Take this value back"),
    }


def _door(words: Catalogue) -> dict[str, str]:
    return {
        "desk": words.gettext("Careline desk"),
        "opening": words.gettext("Opening the desk…"),
        "closed_door": words.gettext("Open this page from the menu of the desk bot in Telegram."),
        "left": words.gettext("This page is for people on the roster of the desk. Ask an administrator."),
        "missing": words.gettext("There is no such page."),
    }
