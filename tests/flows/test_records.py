"""The checklist: what is asked for in this case, and what is there."""

from __future__ import annotations

from typing import Any

from flows import records
from flows.records import Mark
from tests.flows.answering import SUITED, answered, definition


def checklist(marks: dict[str, Mark] | None = None, **changes: Any) -> dict[str, str]:
    answers = SUITED | {link_id.replace("_", "-"): said for link_id, said in changes.items()}
    states = records.checklist(definition(), answered(answers), marks or {})
    return {one.record.id: one.state for one in states}


def test_everything_is_missing_at_first() -> None:
    assert set(checklist().values()) == {"missing"}


def test_a_record_is_on_the_list_by_the_answers() -> None:
    assert "marrow" in checklist()
    assert "marrow" not in checklist(diagnosis="solid-tumour")
    assert "marrow" not in {one.record.id for one in records.checklist(definition(), answered({}), {})}


def test_what_came_stays_on_the_list() -> None:
    assert checklist({"marrow": "received"}, diagnosis="solid-tumour")["marrow"] == "received"


def test_marks() -> None:
    states = checklist({"pathology": "received", "imaging": "later", "virology": "none"})
    assert (states["pathology"], states["imaging"], states["virology"]) == ("received", "later", "none")


def test_a_file_given_as_an_answer_is_the_record() -> None:
    assert checklist(marker_report=["document-1"])["marker-report"] == "received"
    assert definition().record_of("marker-report") == "marker-report"
    assert definition().record_of("cns") is None


def test_each_state_says_which_criteria_it_helps() -> None:
    for one in records.checklist(definition(), answered(SUITED), {}):
        assert one.covers == one.record.criteria


def test_records_and_criteria_name_each_other() -> None:
    criteria = {one.id: one for one in definition().criteria.criteria}
    for record in definition().records:
        assert all(record.id in criteria[id_].records for id_ in record.criteria)
        assert definition().record(record.id) is record
    assert definition().record("voice") is None
    assert definition().record(None) is None
