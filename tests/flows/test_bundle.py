"""The export of a case: what a hospital's system reads must be whole, in order, and about this patient only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from flows.fhir.bundle import bundle
from flows.fhir.case_file import Agreement, CaseFile, StoredDocument, StoredFile
from flows.fhir.nodes import OWN
from flows.fhir.observations import observations
from flows.fhir.resources import SHA_256
from flows.fhir.responses import dumps, to_fhir
from flows.inputs import Attachment
from flows.inputs import Control as C
from tests.benchmarks.bundles import made_case
from tests.flows.forms import SDC, coded, ext, item, options
from tests.flows.talking import Talk
from tests.loaded import DEFINITION

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
REQUIRED = {
    "Patient": {"identifier"},
    "QuestionnaireResponse": {"status", "questionnaire", "subject", "authored"},
    "DocumentReference": {"status", "content", "subject"},
    "Binary": {"contentType", "data"},
    "Observation": {"status", "code", "subject", "derivedFrom", "category"},
    "Consent": {"status", "scope", "category", "policyRule", "patient"},
    "Provenance": {"target", "recorded", "agent"},
}


def case_of(talk: Talk, **more: Any) -> CaseFile:
    response = replace(talk.response, id="8f5c3d7e-4f1b-4b61-9a43-0d7c7c1f6a01")
    return CaseFile(number="CL-7KQ4M", response=response, language=more.pop("language", "en"), now=NOW, **more)


def document(number: int = 1, *, data: str | None = None, files: int = 1) -> StoredDocument:
    made = tuple(StoredFile(content_type="application/pdf", size=3, sha256=f"{n:064x}", data=data) for n in range(files))
    record = DEFINITION.records[number]
    return StoredDocument(
        id=str(UUID(int=number, version=4)), title=record.text.english, code=record.code, received=NOW, files=made
    )


def agreement(consent: str, *, given: bool, withdrawn: bool = False) -> Agreement:
    return Agreement(
        consent=consent, given=given, withdrawn=withdrawn, text_version="1.0.0", text_hash="ab" * 32, language="pt_BR", at=NOW
    )


def of_kind(made: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def link_ids(items: list[dict[str, Any]]) -> Iterator[str]:
    for one in items:
        yield one["linkId"]
        yield from link_ids(one.get("item", []))
        for answer in one.get("answer", ()):
            yield from link_ids(answer.get("item", []))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("transaction", [False, True])
def test_bundles_of_random_intakes_are_whole(seed: int, transaction: bool) -> None:
    case = made_case(DEFINITION, DEFINITION.questionnaire, seed)
    made = json.loads(dumps(bundle(DEFINITION.questionnaire, case, transaction=transaction)), parse_float=Decimal)
    addresses = [entry["fullUrl"] for entry in made["entry"]]
    assert len(set(addresses)) == len(addresses)
    assert all(str(UUID(one.removeprefix("urn:uuid:"))) for one in addresses)
    assert set(references(made)) <= set(addresses)
    for entry in made["entry"]:
        resource = entry["resource"]
        assert resource.keys() >= REQUIRED[resource["resourceType"]]
        assert ("id" in resource) is not transaction and ("request" in entry) is transaction
        assert transaction or ID.fullmatch(resource["id"])
    order = list(DEFINITION.questionnaire.by_link_id)
    answered = list(link_ids(of_kind(made, "QuestionnaireResponse")[0]["item"]))
    plain = [one for one in answered if one not in {"therapies", "therapy", "therapy-date", "therapy-result"}]
    assert [order.index(one) for one in plain] == sorted(order.index(one) for one in plain)
    assert json.loads(dumps(bundle(DEFINITION.questionnaire, case, transaction=transaction)), parse_float=Decimal) == made


def test_the_patient_is_a_number_and_what_the_form_asked() -> None:
    gender = [coded("Female", "http://hl7.org/fhir/administrative-gender", "female")]
    sex = item("sex", "choice", answerOption=gender, code=[{"system": "http://loinc.org", "code": "76689-9"}])
    born = item("born", "date", code=[{"system": "http://loinc.org", "code": "21112-8"}])
    talk = Talk(sex, born).taps(C.OPTION, 0).says("1980")
    patient = of_kind(bundle(talk.questionnaire, case_of(talk)), "Patient")[0]
    assert patient["gender"] == "female"
    assert patient["birthDate"] == "1980"
    assert patient["identifier"][0]["value"] == "CL-7KQ4M"
    assert "name" not in patient


def test_what_does_not_count_is_not_sent() -> None:
    talk = Talk(item("ill", "boolean"), item("since", enableWhen=[{"question": "ill", "operator": "=", "answerBoolean": True}]))
    talk.taps(C.YES).says("May").taps(C.CHANGE, 0).taps(C.NO)
    assert "May" not in dumps(bundle(talk.questionnaire, case_of(talk)))


def test_own_words_bear_their_language_and_choices_do_not() -> None:
    talk = Talk(item("free"), item("chosen", "open-choice", answerOption=options("Yes", "No")))
    talk.says("с мая").taps(C.OPTION, 0)
    response = of_kind(bundle(talk.questionnaire, case_of(talk, language="pt_BR")), "QuestionnaireResponse")[0]
    free, chosen = response["item"]
    assert response["language"] == "pt-BR"
    assert free["answer"][0]["valueString"] == "с мая"
    assert free["answer"][0]["_valueString"]["extension"][0]["valueCode"] == "pt-BR"
    assert chosen["answer"] == [
        {"valueCoding": {"system": "https://careline.example/fhir/CodeSystem/test", "code": "yes", "display": "Yes"}}
    ]


LAB = {"system": "http://loinc.org", "code": "718-7"}


def lab(**fields: Any) -> dict[str, Any]:
    return item("hb", "decimal", ext(f"{OWN}observed-on", valueString="day"), code=[LAB], **fields)


def extracted(talk: Talk) -> list[dict[str, Any]]:
    return [one for _, one in observations(talk.questionnaire, to_fhir(talk.questionnaire, talk.response))]


def test_a_result_is_an_observation_of_its_own_day() -> None:
    marked = item(
        "g", "group", ext(f"{SDC}observationExtract", valueBoolean=True), items=[item("day", "date"), lab(), item("x")]
    )
    talk = Talk(marked).says("3 May 2026", "11.50", "no code")
    made = extracted(talk)
    assert len(made) == 1
    assert made[0]["code"]["coding"] == [LAB]
    assert made[0]["effectiveDateTime"] == "2026-05-03"
    assert str(made[0]["valueQuantity"]["value"]) == "11.50"
    assert made[0]["status"] == "preliminary"
    talk.taps(C.CONFIRM)
    assert extracted(talk)[0]["status"] == "final"


def test_a_day_that_is_not_known_is_not_made_up() -> None:
    marked = item("g", "group", ext(f"{SDC}observationExtract", valueBoolean=True), items=[item("day", "date"), lab()])
    talk = Talk(marked).taps(C.SKIP).says("11")
    assert "effectiveDateTime" not in extracted(talk)[0]


def test_unmarked_and_unmarked_again_give_no_observation() -> None:
    off = lab()
    off["extension"].append(ext(f"{SDC}observationExtract", valueBoolean=False))
    marked = item("g", "group", ext(f"{SDC}observationExtract", valueBoolean=True), items=[item("day", "date"), off])
    assert extracted(Talk(marked).says("2026", "11")) == []
    assert extracted(Talk(item("day", "date"), lab()).says("2026", "11")) == []


def test_documents_are_known_by_their_digest_and_go_along_when_wanted() -> None:
    talk = Talk(item("file", "attachment"))
    stored = document(1, files=2)
    talk.sends(name=stored.id)
    without = bundle(talk.questionnaire, case_of(talk, documents=(stored,)))
    assert of_kind(without, "Binary") == []
    assert "url" not in of_kind(without, "DocumentReference")[0]["content"][0]["attachment"]
    with_ = bundle(talk.questionnaire, case_of(talk, documents=(document(1, data="AAAA", files=2),)))
    addresses = {entry["fullUrl"]: entry["resource"] for entry in with_["entry"]}
    attachments = [one["attachment"] for one in of_kind(with_, "DocumentReference")[0]["content"]]
    assert [addresses[one["url"]]["resourceType"] for one in attachments] == ["Binary", "Binary"]
    answer = of_kind(with_, "QuestionnaireResponse")[0]["item"][0]["answer"][0]["valueAttachment"]
    assert addresses[answer["url"]]["resourceType"] == "DocumentReference"
    digests = [one["what"]["identifier"] for one in of_kind(with_, "Provenance")[0]["entity"]]
    assert digests == [{"system": SHA_256, "value": f"{n:064x}"} for n in range(2)]
    assert isinstance(talk.response.value("file"), Attachment)


def test_consents_say_yes_no_and_no_longer() -> None:
    talk = Talk(item("a"))
    lines = (agreement("keep", given=True), agreement("share", given=False), agreement("x", given=False, withdrawn=True))
    made = of_kind(bundle(talk.questionnaire, case_of(talk, agreements=lines)), "Consent")
    assert [one["status"] for one in made] == ["active", "rejected", "inactive"]
    assert [one["provision"]["type"] for one in made] == ["permit", "deny", "deny"]
    assert all("1.0.0" in one["policyRule"]["text"] and one["language"] == "pt-BR" for one in made)


def test_sending_twice_updates_what_has_an_identifier() -> None:
    made = bundle(
        DEFINITION.questionnaire, case_of(Talk(item("a")), agreements=(agreement("keep", given=True),)), transaction=True
    )
    requests = {entry["resource"]["resourceType"]: entry["request"] for entry in made["entry"]}
    assert requests["Patient"]["method"] == requests["Consent"]["method"] == "PUT"
    assert requests["Patient"]["url"].endswith("|CL-7KQ4M")
    assert "#" not in json.dumps(requests)
