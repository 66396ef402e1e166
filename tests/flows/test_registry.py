"""Snapshots of the registry: a diff, and files that are written only in somebody's name."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows import library
from flows.__main__ import main
from flows.authoring import commands

TODAY = date(2026, 11, 22)


def study(
    nct: str,
    *,
    status: str = "RECRUITING",
    updated: str = "2026-11-01",
    ages: tuple[str | None, str | None] = ("18 Years", None),
) -> dict[str, Any]:
    """As the API gives it, with parts that are not taken: an intervention that calls the product autologous."""
    eligibility = {name: age for name, age in zip(("minimumAge", "maximumAge"), ages, strict=True) if age}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": f"A study {nct}", "organization": {"fullName": "A hospital"}},
            "statusModule": {"overallStatus": status, "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"}},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1"], "enrollmentInfo": {"count": 30}},
            "armsInterventionsModule": {"interventions": [{"type": "BIOLOGICAL", "name": "Autologous CAR-T"}]},
            "eligibilityModule": {"eligibilityCriteria": "Inclusion…", "sex": "ALL", **eligibility},
        },
        "hasResults": False,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three of our files."""
    made = tmp_path / "protocols"
    made.mkdir()
    for nct in ("NCT05679687", "NCT05895994", "NCT06313957"):
        shutil.copy(commands.PROTOCOLS / f"{nct}.json", made)
    return made


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    made = tmp_path / "2026-11-20"
    made.mkdir()
    changed = study("NCT05895994", status="WITHDRAWN", ages=("12 Years", "65 Years"))
    same = study("NCT06313957", updated="2025-03-25")
    (made / "page-1.json").write_text(json.dumps({"studies": [changed, same], "nextPageToken": "x"}))
    (made / "page-2.json").write_text(json.dumps({"studies": [study("NCT09999999")]}))
    return made


def test_a_snapshot_is_compared_and_nothing_is_written(
    folder: Path, snapshot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert commands.import_snapshot(snapshot, as_of=None, approve=None, today=TODAY, folder=folder) == 0
    told = capsys.readouterr().out
    assert (
        "NCT05895994 WITHDRAWN: status: COMPLETED -> WITHDRAWN; last_update: 2026-02-03 -> 2026-11-01; min_age: 3 Years -> 12 Years"
        in told
    )
    assert "NCT09999999 new: A study NCT09999999" in told
    assert "NCT05679687 not in the snapshot" in told
    assert "1 unchanged" in told
    assert "nothing was written" in told
    assert before == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_with_a_name_the_files_are_renewed_and_only_what_the_registry_knows(folder: Path, snapshot: Path) -> None:
    before = {one.id: one for one in library.trial_protocols(folder)}
    assert commands.import_snapshot(snapshot, as_of=None, approve='Dr "A" Lee', today=TODAY, folder=folder) == 0
    after = {one.id: one for one in library.trial_protocols(folder)}
    renewed = after["NCT05895994"]
    assert (renewed.version, renewed.as_of, renewed.approved) == (2, date(2026, 11, 20), 'Dr "A" Lee')
    assert (renewed.registry.status, renewed.registry.min_age, renewed.registry.max_age) == (
        "WITHDRAWN",
        "12 Years",
        "65 Years",
    )
    assert renewed.cells == before["NCT05895994"].cells == "allo CAR-T"
    assert [one.rule for one in renewed.requirements[1:]] == [one.rule for one in before["NCT05895994"].requirements[1:]]
    assert after["NCT06313957"].version == 2  # looked at again, nothing changed: it is fresh from now on
    assert after["NCT05679687"] == before["NCT05679687"]
    assert set(after) == set(before)


def test_renewing_twice_counts_the_version_twice_and_keeps_every_other_line(folder: Path, snapshot: Path) -> None:
    file = folder / "NCT06313957.json"
    first = file.read_text()
    commands.import_snapshot(snapshot, as_of=date(2026, 11, 21), approve="A", today=TODAY, folder=folder)
    commands.import_snapshot(snapshot, as_of=date(2026, 11, 22), approve="B", today=TODAY, folder=folder)
    again = file.read_text()
    differing = [(one, other) for one, other in zip(first.splitlines(), again.splitlines(), strict=True) if one != other]
    assert [other.split(":")[0].strip() for _, other in differing] == ['"version"', '"as_of"', '"source"', '"approved"']
    assert '"version": 3,' in again


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ('{"studies": [{}]}', "protocolSection is missing"),
        (json.dumps(study("NCT1")), "must be a number like NCT01234567"),
        (json.dumps(study("NCT05895994", updated="soon")), "must be a date"),
        (json.dumps(study("NCT05895994", ages=("grown up", None))), "must be an age"),
        (json.dumps(study("NCT05895994", status='"}, "x": {"')), "is no status"),
    ],
)
def test_a_snapshot_that_cannot_be_read_is_refused_with_its_path(
    tmp_path: Path, content: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "2026-11-20.json"
    file.write_text(content)
    assert main(["protocols", "import", str(file)]) == 2
    assert complaint in capsys.readouterr().out


def test_a_snapshot_without_a_day_is_asked_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "studies.json"
    file.write_text(json.dumps([study("NCT05895994")]))
    assert main(["protocols", "import", str(file)]) == 2
    assert "give --as-of" in capsys.readouterr().out
    assert main(["protocols", "import", str(file), "--as-of", "2026-11-20"]) == 0
    assert "not in the snapshot" not in capsys.readouterr().out  # one file does not claim to hold every study


@pytest.mark.parametrize(
    ("approve", "as_of", "told"),
    [
        ("  ", date(2026, 11, 20), "needs the name of the person"),
        ("A", date(2026, 8, 21), "older than what stands in the files, of 2026-08-22"),
        ("A", date(2026, 11, 24), "has not come yet"),
    ],
)
def test_nothing_is_written_in_nobody_s_name_or_for_a_wrong_day(
    folder: Path, tmp_path: Path, approve: str, as_of: date, told: str
) -> None:
    snapshot = tmp_path / "studies.json"
    snapshot.write_text(json.dumps([study(file.stem) for file in sorted(folder.glob("NCT*.json"))]))
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(ValueError, match=told):
        commands.import_snapshot(snapshot, as_of=as_of, approve=approve, today=TODAY, folder=folder)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_snapshot_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["protocols", "import", str(tmp_path / "none")]) == 2
    assert "there is no such file or folder" in capsys.readouterr().out
