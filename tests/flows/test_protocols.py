"""Protocols of trials: what is met, not met and unknown for one case, and that a row which must not be passed on is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import BadDefinitionError, Spot
from flows.spans import span
from flows.trials import protocols
from flows.trials import rules as protocol_rules
from flows.trials import table as protocol_table
from flows.trials.deciding import Decided, Known, decide
from flows.trials.protocols import COLUMNS
from flows.trials.table import NotToBeSent, Row, sendable, table
from tests.examples import examples
from tests.flows.answering import SUITED, answered, definition

TODAY = date(2026, 11, 15)
B_ALL, T_ALL, CD7_T = "NCT05679687", "NCT05895994", "NCT05995028"
AFTER_OWN_CART, IN_REMISSION, NEEDS_HIV, LUCAR, TWO_LINES = (
    "NCT05691153",
    "NCT06500273",
    "NCT05340829",
    "NCT06313957",
    "NCT07367685",
)
T_CELL = {"diagnosis": "9837/3", "markers-b-cell": None, "markers-t-cell": ["HGNC:1695"]}


def row(trial: str, **changes: Any) -> Row:
    answers = SUITED | {link_id.replace("_", "-"): said for link_id, said in changes.items()}
    response = answered({link_id: said for link_id, said in answers.items() if said is not None})
    (found,) = table(definition(), response, today=TODAY, ids=[trial])
    return found


def status(trial: str, criterion: str, **changes: Any) -> str:
    return row(trial, **changes).cell(criterion).status


def test_every_row_of_the_list_has_its_file_with_source_day_and_nobody_s_approval_yet() -> None:
    found = definition().protocols
    assert len(found) == 41
    for one in found:
        assert one.source and one.as_of == date(2026, 8, 22) and one.version == 1 and one.approved is None
        assert all(asked.source and asked.text for asked in one.requirements)


def test_what_nobody_verified_is_unknown_and_never_no_such_rule() -> None:
    for found in table(definition(), answered(SUITED), today=TODAY):
        for cell in found.cells:
            assert cell.verified or (cell.status == "unknown" and not cell.lacking and not cell.unsettled)
    unread = row("NCT05379647")
    assert {cell.criterion for cell in unread.cells if cell.verified} == {"age", "diagnosis"}


@pytest.mark.parametrize(
    ("trial", "criterion", "changes", "expected"),
    [
        (B_ALL, "diagnosis", {}, "met"),
        (B_ALL, "diagnosis", {"diagnosis": "9732/3"}, "not-met"),
        (B_ALL, "diagnosis", {"diagnosis": "something rare"}, "unknown"),
        (B_ALL, "age", {"age": 13}, "not-met"),
        (B_ALL, "age", {"age": 14}, "met"),
        (B_ALL, "age", {"age": 65}, "met"),
        (B_ALL, "age", {"age": 66}, "not-met"),
        (CD7_T, "age", {"age": 0}, "unknown"),  # from six months on: a baby in the first year may be old enough
        (CD7_T, "age", {"age": 1}, "met"),
        ("NCT07109518", "age", {"age": 70}, "not-met"),  # its text says under 70, the registry 70
        ("NCT07070219", "age", {"age": 9}, "unknown"),  # two sources disagree below 12
        ("NCT07070219", "age", {"age": 12}, "met"),
        # strict and inclusive limits
        (B_ALL, "kidney", {"clearance": (30, "mL/min")}, "not-met"),  # above 30
        (T_ALL, "kidney", {"clearance": (60, "mL/min")}, "met"),  # at least 60
        (B_ALL, "heart", {"lvef": (40, "%")}, "met"),
        (B_ALL, "oxygen", {"oxygen": (91, "%")}, "not-met"),
        (CD7_T, "blood", {"haemoglobin": ("8.0", "g/dL")}, "met"),
        (CD7_T, "blood", {"haemoglobin": ("7.9", "g/dL")}, "not-met"),
        # upper limits of normal: the laboratory's own, else only what every laboratory would say
        (B_ALL, "liver", {"alt": (149, "U/L")}, "met"),
        (B_ALL, "liver", {"alt": (170, "U/L")}, "unknown"),
        (B_ALL, "liver", {"alt": (170, "U/L"), "alt_upper": (33, "U/L")}, "not-met"),
        (B_ALL, "liver", {"alt": (170, "U/L"), "alt_upper": (41, "U/L")}, "met"),
        (B_ALL, "liver", {"alt": (400, "U/L")}, "not-met"),
        (B_ALL, "liver", {"bilirubin": ("1.6", "mg/dL"), "bilirubin_upper": ("1.0", "mg/dL")}, "met"),
        (
            B_ALL,
            "liver",
            {"bilirubin": (55, "umol/L"), "bilirubin_upper": (20, "umol/L")},
            "unknown",
        ),  # 3 x with Gilbert syndrome
        (B_ALL, "liver", {"bilirubin": (61, "umol/L"), "bilirubin_upper": (20, "umol/L")}, "not-met"),
        (T_ALL, "liver", {"bilirubin": ("1.5", "mg/dL"), "bilirubin_upper": ("0.9", "mg/dL")}, "met"),  # or at most 1.5 mg/dL
        (T_ALL, "liver", {"alt": (90, "U/L"), "alt_upper": (30, "U/L")}, "not-met"),  # under 3 x, not 3 x itself
        (TWO_LINES, "kidney", {"creatinine": ("1.3", "mg/dL")}, "met"),
        (TWO_LINES, "kidney", {"creatinine": ("1.5", "mg/dL")}, "unknown"),
        # scores
        (B_ALL, "performance", {"ecog": "LA9624-3"}, "not-met"),
        (CD7_T, "performance", {"ecog": "LA9622-7"}, "met"),
        (CD7_T, "performance", {"ecog": "LA9623-5"}, "unknown"),  # ECOG 1 is Karnofsky 70 to 90, asked is more than 80
        (CD7_T, "performance", {"ecog": "LA9624-3"}, "not-met"),
        (CD7_T, "performance", {"ecog": "LA9622-7", "age": 8}, "unknown"),  # a child needs a Lansky score
        (CD7_T, "performance", {"ecog": "LA9622-7", "age": None}, "unknown"),
        # markers and how they were shown
        (T_ALL, "antigen", T_CELL, "unknown"),  # and 5 % blasts, which nobody asks
        (CD7_T, "antigen", T_CELL, "met"),
        (CD7_T, "antigen", T_CELL | {"markers-t-cell": ["HGNC:1685"]}, "not-met"),
        (CD7_T, "antigen", T_CELL | {"marker-test": None}, "unknown"),
        ("NCT05092451", "antigen", {}, "unknown"),  # CD70 was not on offer for a B-cell cancer
        # own-cell CAR-T before: required, and what does not decide it
        (AFTER_OWN_CART, "prior-cart", {"own_cart": "failed"}, "met"),
        (AFTER_OWN_CART, "prior-cart", {"own_cart": "never"}, "not-met"),
        (AFTER_OWN_CART, "prior-cart", {"own_cart": "working"}, "unknown"),
        (LUCAR, "prior-cart", {"own_cart": "never"}, "unknown"),
        (LUCAR, "transplant", {"transplant": "donor"}, "not-met"),
        (LUCAR, "transplant", {"transplant": "own"}, "met"),
        # only in remission
        (IN_REMISSION, "disease-state", {"cancer_now": "relapse"}, "not-met"),
        (IN_REMISSION, "disease-state", {"cancer_now": "remission"}, "unknown"),
        (TWO_LINES, "disease-state", {"cancer_now": "remission"}, "not-met"),
        (TWO_LINES, "lines", {"lines": 1}, "not-met"),
        # infections
        (NEEDS_HIV, "infection", {"hiv": "10828004"}, "met"),
        (NEEDS_HIV, "infection", {"hiv": "260385009"}, "not-met"),
        (LUCAR, "infection", {"hiv": "10828004"}, "not-met"),
        (LUCAR, "infection", {"hepatitis_b": "10828004", "hepatitis_b_dna": "not-found"}, "met"),
        (LUCAR, "infection", {"hiv": "not-tested"}, "unknown"),
        (LUCAR, "dsa", {}, "unknown"),
    ],
)
def test_status(trial: str, criterion: str, changes: dict[str, Any], expected: str) -> None:
    assert status(trial, criterion, **{name.replace("-", "_"): said for name, said in changes.items()}) == expected


def test_unknown_says_which_question_or_record_would_decide() -> None:
    assert row(B_ALL, alt=(170, "U/L")).cell("liver").lacking == ("alt-upper",)
    assert row(B_ALL, lvef=None).cell("heart").lacking == ("lvef",)
    assert row(LUCAR).cell("dsa").records == ("hla-antibodies",)
    assert row(T_ALL, **{name.replace("-", "_"): said for name, said in T_CELL.items()}).cell("antigen").unsettled == (
        "blasts in the marrow: at least 5 %",
    )


def test_trials_that_take_patients_come_first_and_nothing_is_counted() -> None:
    rows = table(definition(), answered(SUITED), today=TODAY)
    assert len(rows) == 41
    flags = [found.protocol.registry.open for found in rows]
    assert flags == sorted(flags, reverse=True)
    assert all(tuple(cell.criterion for cell in found.cells) == COLUMNS for found in rows)


def test_a_row_is_stale_after_ninety_days_and_is_not_passed_on() -> None:
    response, day = answered(SUITED), definition().protocols[0].as_of
    fresh = table(definition(), response, today=day + timedelta(days=90))
    assert not any(one.stale for one in fresh)
    with pytest.raises(NotToBeSent) as refused:
        sendable(fresh)
    assert len(refused.value.unapproved) == 41 and not refused.value.stale
    approved = tuple(replace(one, protocol=replace(one.protocol, approved="Dr A")) for one in fresh)
    assert sendable(approved) == approved
    late = table(definition(), response, today=day + timedelta(days=91))
    assert all(one.stale for one in late)
    with pytest.raises(NotToBeSent, match="stale: NCT"):
        sendable([replace(late[0], protocol=replace(late[0].protocol, approved="Dr A"))])


def known(**values: Any) -> Known:
    bound = {name: (said,) for name, said in values.items()}
    return Known(values=bound, offered=frozenset(), factors={}, laboratory=definition().laboratory, today=TODAY)


@pytest.mark.parametrize(
    ("day", "rule", "truth"),
    [
        ("2026-08-07", {"at_least_days": 100}, True),
        ("2026-08-08", {"at_least_days": 100}, False),
        ("2026-08", {"at_least_days": 100}, None),  # somewhere in August
        ("2025", {"at_least_days": 100}, True),
        ("2025", {"at_most_days": 100}, False),
        ("2026-11", {"at_most_days": 28}, True),
        (None, {"at_least_days": 100}, None),
    ],
)
def test_a_time_window_counts_from_every_day_that_a_date_can_mean(
    day: str | None, rule: dict[str, int], truth: bool | None
) -> None:
    read = protocol_rules.read(Spot("x", "", {"since": "transplantDate", **rule}))
    assert decide(read, known(transplantDate=day) if day else known()).truth is truth


def test_dates_of_less_precision_span_their_days() -> None:
    assert span("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert span("2024") == (date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({}, "must have one of"),
        ({"value": "lvef"}, "exactly one of"),
        ({"value": "lvef", "at_least": 1, "below": 2}, "exactly one of"),
        ({"value": "lvef", "at_least": "x"}, "must be a number"),
        ({"code": "cns", "allowed": ["a"], "excluded": ["a"]}, "both allowed and excluded"),
        ({"all": []}, "is empty"),
        ({"truth": "hiv", "is": False, "was": 1}, "unknown field"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_its_reason(rule: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadDefinitionError, match=complaint):
        protocol_rules.read(Spot("NCT1.json", "", rule))


def test_every_rule_of_every_protocol_reads_what_the_intake_asks() -> None:
    """Answers that were never given leave each rule open; no rule turns nothing into a yes or a no."""
    nothing = table(definition(), answered({}), today=TODAY)
    assert {cell.status for found in nothing for cell in found.cells} == {"unknown"}
    for one in definition().protocols:
        assert list(protocols.names_read(one))


RULES = st.recursive(
    st.builds(
        lambda name, kind, number: {"value": name, kind: number},
        st.sampled_from("abc"),
        st.sampled_from(protocol_rules.LIMITS),
        st.integers(0, 3),
    ),
    lambda inner: st.builds(
        lambda kind, rules: {kind: rules}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


@given(
    rule=RULES,
    values=st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)),
    more=st.tuples(st.sampled_from("abc"), st.integers(0, 3)),
)
@examples(200)
def test_an_answer_more_never_turns_a_decision_round(
    rule: dict[str, Any], values: dict[str, int], more: tuple[str, int]
) -> None:
    read = protocol_rules.read(Spot("x", "", rule))
    before = decide(read, known(**values))
    after = decide(read, known(**({more[0]: more[1]} | values)))
    assert before.truth is None or after == Decided(before.truth)
    assert (before.truth is None) == bool(before.lacking)
    assert before.lacking.isdisjoint(values)


def test_the_evaluation_of_all_protocols_is_one_pass() -> None:
    """The variables are bound once for all rows, not once a row (the time itself is measured in tests/benchmarks)."""
    calls = []
    original = protocol_table.screening.values

    def counted(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        return original(*arguments, **named)

    protocol_table.screening.values = counted  # type: ignore[assignment]
    try:
        table(definition(), answered(SUITED), today=TODAY)
    finally:
        protocol_table.screening.values = original
    assert len(calls) == 1
    assert protocols.years("6 Months") == Decimal("0.5")
