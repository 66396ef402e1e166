"""A response as rows for a spreadsheet: one row for each answer, from the same resource that is exported as FHIR."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flows.fhir.responses import ABSENT

COLUMNS = ("group", "link_id", "question", "answer", "unit", "code", "system", "absent", "language")
FORMULA = re.compile(r"\s*[=+\-@\t\r|%＝＋－＠]")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
BOM = "\ufeff"  # tells spreadsheets that this is UTF-8


def flat(resource: Mapping[str, Any]) -> str:
    """The CSV text of a QuestionnaireResponse resource. Every cell is quoted, and none is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for row in _rows(resource, ()):
        writer.writerow([harmless(row.get(name, "")) for name in COLUMNS])
    return BOM + out.getvalue()


def harmless(cell: str) -> str:
    """A cell that would be run as a formula begins with an apostrophe instead, as OWASP advises; plain numbers stay numbers."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def _rows(parent: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[dict[str, str]]:
    counted: dict[str, int] = {}
    for item in parent.get("item", ()):
        link_id, text = item["linkId"], item.get("text", "")
        counted[link_id] = counted.get(link_id, 0) + 1
        about = {"group": " / ".join(above), "link_id": link_id, "question": text}
        reason = next((one["valueCode"] for one in item.get("extension", ()) if one["url"] == ABSENT), None)
        if reason:
            yield {**about, "absent": reason}
        for answer in item.get("answer", ()):
            yield {**about, **_cells(answer)}
            yield from _rows(answer, (*above, text or link_id))
        repeated = counted[link_id] > 1 or sum(one["linkId"] == link_id for one in parent["item"]) > 1
        named = f"{text or link_id} {counted[link_id]}" if repeated else text or link_id
        yield from _rows(item, (*above, named))


def _cells(answer: Mapping[str, Any]) -> dict[str, str]:
    name = next(one for one in answer if one.startswith("value"))
    value = answer[name]
    tags = answer.get(f"_{name}", {}).get("extension", ())
    language = next((tag["valueCode"] for tag in tags if "valueCode" in tag), "")
    if name == "valueCoding":
        return {
            "answer": value.get("display") or value["code"],
            "code": value.get("code", ""),
            "system": value.get("system", ""),
        }
    if name == "valueQuantity":
        units = {"unit": value.get("unit", ""), "code": value.get("code", ""), "system": value.get("system", "")}
        return {"answer": _plain(value["value"]), **units}
    if isinstance(value, dict):  # a file or a reference
        return {"answer": str(value.get("url") or value.get("display", ""))}
    return {"answer": _plain(value), "language": language}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
