"""Launch: what a form is told about the people of the chat, as SDC's launchContext, from what this house knows itself.

A name is that of who writes: what they want to be called, else what their account bears. It is the patient's only where somebody said
that the patient writes: a daughter's name is never offered as her mother's. Sex and date of birth of the patient are known where they
were answered before, in a form whose questions carry the LOINC codes for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from flows.values import Coding, PartialDate, Value

if TYPE_CHECKING:
    from flows.questionnaire import Questionnaire

LOINC = "http://loinc.org"
SEX, BIRTH_DATE = frozenset({"76689-9", "46098-0"}), frozenset({"21112-8"})  # LOINC codes of questions about the patient
GENDERS = frozenset({"male", "female", "other", "unknown"})
SPACE = UUID("6f2f5c1e-0a53-4c55-9f1b-1c7e1a6b2d90")
PATIENT, USER = "patient", "user"
WRITER, CALLED = "writer", "call-you"  # linkIds of the form of this house: who is writing, what we may call them


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Who writes, as their account on the channel says: "" where it says nothing. `language` is that of the interview."""

    given: str = ""
    family: str = ""
    language: str = ""


NOBODY = Writer()


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What was answered before. `patient`: fields of FHIR's Patient; `writes`: whether the patient is who writes; `called`: their name for us."""

    patient: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False
    called: str = ""


NOTHING = Known()


def launch(form: Questionnaire, response_id: str, writer: Writer, known: Known = NOTHING) -> dict[str, dict[str, Any]]:
    """FHIR resources by name, those that the form declares and no others."""
    wanted = set(form.rules.launched.values())
    patient = {"resourceType": "Patient", "id": id_in(response_id, PATIENT), **known.patient}
    themselves = {**_named(writer, known.called), **_speaking(writer)}
    other = {"resourceType": "RelatedPerson", "id": id_in(response_id, USER)}
    people = (
        {PATIENT: patient | themselves, USER: patient | themselves}
        if known.writes
        else {PATIENT: patient, USER: other | themselves}
    )
    return {name: person for name, person in people.items() if name in wanted}


def known_before(house: Questionnaire, value: Callable[[str], Value | None]) -> Known:
    """What the form of this house was told; `value` is the answer to a linkId."""
    writer, called = value(WRITER), value(CALLED)
    return Known(
        patient=known_of_patient(house, value),
        writes=isinstance(writer, Coding) and writer.code == PATIENT,
        called=called if isinstance(called, str) and isinstance(writer, Coding) else "",
    )


def known_of_patient(form: Questionnaire, value: Callable[[str], Value | None]) -> dict[str, str]:
    """Fields of FHIR's Patient that answers give; `value` is the answer to a linkId."""
    known: dict[str, str] = {}
    for item in form.by_link_id.values():
        codes = {code.code for code in item.code if code.system == LOINC}
        answer = value(item.link_id) if codes & (SEX | BIRTH_DATE) else None
        if codes & SEX and isinstance(answer, Coding) and answer.code in GENDERS:
            known["gender"] = answer.code
        elif codes & BIRTH_DATE and isinstance(answer, PartialDate):
            known["birthDate"] = answer.text
    return known


def id_in(response_id: str, key: str) -> str:
    """The id of a resource that goes with a response: the same whenever it is made."""
    return str(uuid5(SPACE, f"{response_id}/{key}"))


def _named(writer: Writer, called: str) -> dict[str, Any]:
    if called:
        return {"name": [{"use": "usual", "text": called, "given": [called]}]}
    text = " ".join(part for part in (writer.given, writer.family) if part)
    parts = {**({"family": writer.family} if writer.family else {}), **({"given": [writer.given]} if writer.given else {})}
    return {"name": [{"use": "usual", "text": text, **parts}]} if text else {}


def _speaking(writer: Writer) -> dict[str, Any]:
    coding = {"system": "urn:ietf:bcp:47", "code": writer.language}
    return {"communication": [{"language": {"coding": [coding]}, "preferred": True}]} if writer.language else {}
