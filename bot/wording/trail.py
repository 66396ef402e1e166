"""The audit log in words: what a code says, for the page of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.catalogues import Catalogue

SAME = {"handover": "hand-over", "followup": "follow-up"}  # a command and the button that does the same


def action(words: Catalogue, code: str) -> str:
    """A code in words; a button or a command that has none by its own name."""
    known = _cases(words) | _others(words)
    if code in known:
        return known[code]
    head, _, rest = code.partition(".")
    if head != "case":
        return _kinds(words).get(head, code)
    place, _, deed = rest.partition(".")
    if place == "api":
        return words.gettext("read it by another program")
    name = deed if place == "web" else rest
    name = SAME.get(name, name)
    return known.get(f"case.{name}") or words.gettext("used “{name}”").format(name=words.isolate(name.replace("-", " ")))


def _cases(words: Catalogue) -> dict[str, str]:
    """What is done to a case: by a button, by a command or on its page."""
    return {
        "case.web": words.gettext("looked at the page"),
        "case.read": words.gettext("looked at the card"),
        "case.claim": words.gettext("claimed"),
        "case.take-over": words.gettext("took over"),
        "case.hand-over": words.gettext("handed over"),
        "case.hand-over-why": words.gettext("handed over"),
        "case.release": words.gettext("released"),
        "case.close": words.gettext("closed the case"),
        "case.stage": words.gettext("moved to another stage"),
        "case.note": words.gettext("wrote a note"),
        "case.reply": words.gettext("replied"),
        "case.undo": words.gettext("took a reply back"),
        "case.acknowledge": words.gettext("acknowledged the red flag"),
        "case.write": words.gettext("wrote in the topic"),
        "case.timeline": words.gettext("looked at the timeline"),
        "case.denied": words.gettext("was refused"),
        "case.dossier": words.gettext("asked for the dossier"),
        "case.packet": words.gettext("asked for the packet"),
        "case.export": words.gettext("asked for the case as a file"),
        "case.opened-again": words.gettext("opened a new case for the family"),
        "case.rated": words.gettext("said how it was to be looked after"),
        "case.lab": words.gettext("wrote down a value from a report"),
        "case.submit": words.gettext("chose a hospital"),
        "case.task": words.gettext("worked on a task"),
        "case.preview": words.gettext("looked into a document"),
    }


def _others(words: Catalogue) -> dict[str, str]:
    return {
        "hospital.known": words.gettext("said that the family knows of the hospital"),
        "hospital.read": words.gettext("read by the hospital’s system"),
        "hospital.search": words.gettext("found by the hospital’s system"),
        "hospital.failed": words.gettext("asked for by the hospital’s system; a file could not be read"),
        "dossier.made": words.gettext("dossier made"),
        "packet.made": words.gettext("packet made"),
        "document.web": words.gettext("opened a document"),
        "document.previewed": words.gettext("looked into a document"),
        "document.refused": words.gettext("asked for a document and did not get it"),
        "document.judged": words.gettext("said what a document is worth"),
        "value.taken-back": words.gettext("took a value back"),
        "holder.claimed": words.gettext("claimed"),
        "holder.released": words.gettext("released"),
        "answer.filed": words.gettext("filed words as an answer"),
        "costs.asked": words.gettext("asked what it will cost"),
        "path.closed": words.gettext("noted that a way is closed"),
        "path.changed": words.gettext("a way that was closed may be open again"),
        "submission.sent": words.gettext("sent the case to a hospital"),
        "task.given": words.gettext("asked the family for something"),
    }


def _kinds(words: Catalogue) -> dict[str, str]:
    """Codes of which only the first part says what was done."""
    return {
        "stage": words.gettext("moved to another stage"),
        "submission": words.gettext("noted what the hospital said"),
        "task": words.gettext("changed a task"),
        "value": words.gettext("wrote down a value from a report"),
        "evidence": words.gettext("raised the evidence of a criterion"),
    }
