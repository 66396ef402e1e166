"""Small forms for the tests of the engine, in FHIR R4 JSON."""

from __future__ import annotations

from typing import Any

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
OWN = "https://careline.example/fhir/StructureDefinition/"
UCUM = "http://unitsofmeasure.org"
CODES = "https://careline.example/fhir/CodeSystem/test"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

Json = dict[str, Any]


def form(*items: Json, **fields: Any) -> Json:
    return {
        "resourceType": "Questionnaire",
        "url": "https://careline.example/fhir/Questionnaire/test",
        "version": "1",
        "status": "draft",
        "item": list(items),
        **fields,
    }


def item(link_id: str, kind: str = "string", *extensions: Json, **fields: Any) -> Json:
    made = {"linkId": link_id, "type": kind, "text": f"{link_id}?", **fields}
    if "items" in made:
        made["item"] = made.pop("items")
    return {**made, "extension": list(extensions)} if extensions else made


def ext(url: str, **value: Any) -> Json:
    return {"url": url, **value}


def absent(reason: str) -> Json:
    return ext(f"{OWN}absent", valueCode=reason)


def control(code: str) -> Json:
    return ext(f"{HL7}questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": code}]})


def options(*displays: str, **extras: Json) -> list[Json]:
    """Coded options; the code is the display in small letters. `extras` adds fields to the option of a code."""
    return [coded(display, **extras.get(display.lower(), {})) for display in displays]


def coded(display: str, system: str = CODES, code: str = "", **fields: Any) -> Json:
    return {"valueCoding": {"system": system, "code": code or display.lower(), "display": display}, **fields}


UNKNOWN = coded("I don't know", ABSENT, "asked-unknown")
EXCLUSIVE = {"extension": [ext(f"{HL7}questionnaire-optionExclusive", valueBoolean=True)]}


def when(question: str, operator: str = "=", **answer: Any) -> Json:
    return {"question": question, "operator": operator, **answer}


def constraint(text: str, human: str, severity: str = "error") -> Json:
    parts = [ext("key", valueId="c"), ext("severity", valueCode=severity), ext("expression", valueString=text)]
    return {"url": f"{HL7}questionnaire-constraint", "extension": [*parts, ext("human", valueString=human)]}


def unit(code: str, display: str = "") -> Json:
    return ext(f"{HL7}questionnaire-unitOption", valueCoding={"system": UCUM, "code": code, "display": display or code})


def unit_limits(code: str, low: float, high: float) -> Json:
    parts = [
        ext("unit", valueCoding={"system": UCUM, "code": code}),
        ext("low", valueDecimal=low),
        ext("high", valueDecimal=high),
    ]
    return {"url": f"{OWN}unit-limits", "extension": parts}


def minimum(number: float) -> Json:
    return ext(f"{HL7}minValue", valueDecimal=number)


def maximum(number: float) -> Json:
    return ext(f"{HL7}maxValue", valueDecimal=number)


# Everything that the engine knows, in one form.
EVERYTHING = form(
    item("card", "display", ext(f"{OWN}card", valueBoolean=True)),
    item(
        "about",
        "group",
        items=[
            item("note", "display"),
            item("name", maxLength=40, required=True),
            item("sure", "boolean", absent("asked-unknown"), absent("asked-declined")),
            item("why-sure", "text", enableWhen=[when("sure", answerBoolean=True)]),
            item("kind", "choice", answerOption=[*options("Lymphoma", "Leukaemia", "Myeloma"), UNKNOWN], required=True),
            item(
                "daily",
                "choice",
                ext(f"{OWN}confirm", valueBoolean=True),
                answerOption=options("I work", "I rest"),
                items=[item("daily-why", "display", control("flyover")), item("daily-help", "display", control("help"))],
            ),
        ],
    ),
    item(
        "tests",
        "group",
        items=[
            item("count", "integer", minimum(0), maximum(20)),
            item("score", "decimal"),
            item("day", "date", ext(f"{OWN}past", valueBoolean=True)),
            item("at", "time"),
            item("blood", "quantity", unit("g/L"), unit("g/dL"), unit_limits("g/L", 30, 250), unit_limits("g/dL", 3, 25)),
            item("file", "attachment", ext(f"{HL7}mimeType", valueCode="application/pdf"), repeats=True),
            item("markers", "choice", repeats=True, answerOption=[*options("CD19", "CD20", "None", none=EXCLUSIVE), UNKNOWN]),
            item("city", "open-choice", answerOption=options(*(f"City {letter}" for letter in "ABCDEFGHIJKLMNOPQRST"))),
            item("secret", hidden=True, initial=[{"valueString": "kept"}]),
        ],
    ),
    item(
        "lines",
        "group",
        repeats=True,
        items=[
            item("drug", required=True),
            item("worked", "boolean"),
            item("until", "date", enableWhen=[when("worked", answerBoolean=True)]),
        ],
    ),
    item("parent", "choice", answerOption=options("Yes", "No"), items=[item("child", "string"), item("grandchild", "boolean")]),
    item("notes", "string", repeats=True),
    item("thanks", "display"),
)
EVERYTHING["item"][2]["item"][8] = item(
    "secret", "string", ext(f"{HL7}questionnaire-hidden", valueBoolean=True), initial=[{"valueString": "kept"}]
)
