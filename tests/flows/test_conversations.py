"""Conversations with the engine: one question at a time, every kind of question."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flows.dialogue.prompt import Expects
from flows.events import Answered, Asked, Completed, Drafted, Explained, Outdated, Parked, Reviewed
from flows.inputs import Attachment, Command, Control, Unsupported
from flows.questionnaire import Questionnaire
from flows.values import Absent, Coding, PartialDate, Quantity, TimeOfDay
from tests.flows.forms import (
    EVERYTHING,
    EXCLUSIVE,
    HL7,
    OWN,
    UNKNOWN,
    absent,
    control,
    ext,
    form,
    item,
    maximum,
    minimum,
    options,
    unit,
    when,
)
from tests.flows.talking import Talk, plain

C = Control


def test_a_short_form_from_the_first_question_to_the_end() -> None:
    talk = Talk(item("name", required=True), item("fever", "boolean"))
    talk.is_asked("name", Expects.TEXT).says("Ann").is_asked("fever", Expects.YES_NO)
    assert talk.event(Answered).values == ("Ann",)
    assert talk.taps(C.YES).is_reviewed() == [("name", ("Ann",)), ("fever", (True,))]
    talk.taps(C.CONFIRM)
    assert talk.events == (Completed(amended=False),)
    assert talk.response.status == "completed"


def test_required_questions_cannot_be_skipped_others_can() -> None:
    talk = Talk(item("name", required=True), item("fever", "boolean"))
    assert C.SKIP not in talk.prompt.controls
    talk.taps(C.SKIP).is_refused("required")
    talk.says("Ann").taps(C.SKIP)
    assert talk.answer("fever") == ("skipped",)


def test_not_known_and_not_said_where_the_form_allows_it() -> None:
    talk = Talk(
        item("hiv", "boolean", absent("asked-unknown"), absent("asked-declined"), required=True), item("end", required=True)
    )
    assert talk.prompt.controls == {C.UNKNOWN, C.DECLINE}
    assert talk.taps(C.DECLINE).answer("hiv") == ("asked-declined",)
    assert talk.response.value("hiv") is None
    talk.taps(C.BACK).says("I don't know")
    assert talk.answer("hiv") == ("asked-unknown",)


@pytest.mark.parametrize("words", ["I don't know", "не знаю", "لا أعرف", "dunno"])
def test_i_dont_know_chooses_the_option_that_says_so(words: str) -> None:
    talk = Talk(item("kind", "choice", answerOption=[*options("A", "B"), UNKNOWN], required=True))
    assert talk.says(words).answer("kind") == ("asked-unknown",)
    assert talk.response.value("kind") is None


def test_i_dont_know_to_an_optional_question_that_has_no_such_answer_skips_it() -> None:
    assert Talk(item("age", "integer")).says("I don't know").answer("age") == ("skipped",)
    Talk(item("age", "integer", required=True)).says("I don't know").is_refused("required")


def test_free_text_takes_i_dont_know_as_text_unless_the_form_knows_it() -> None:
    assert Talk(item("name", required=True)).says("I don't know").answer("name") == ("I don't know",)
    assert Talk(item("name", "string", absent("asked-unknown"))).says("I don't know").answer("name") == ("asked-unknown",)


@pytest.mark.parametrize(
    ("words", "language", "value"),
    [
        ("yes", "en", True),
        ("Nope!", "en", False),
        ("Да", "ru", True),
        ("нет", "ru", False),
        ("نعم", "ar", True),
        ("لا", "ar", False),
    ],
)
def test_yes_and_no_in_words(words: str, language: str, *, value: bool) -> None:
    assert Talk(item("fever", "boolean", required=True), language=language).says(words).answer("fever") == (value,)


def test_other_words_are_no_yes() -> None:
    Talk(item("fever", "boolean", required=True)).says("yes and no").is_refused("not-yes-or-no")


def test_why_and_help_explain_and_keep_the_question() -> None:
    children = [item("w", "display", control("flyover"), text="Because."), item("h", "display", control("help"), text="There.")]
    talk = Talk(item("age", "integer", items=children))
    assert {C.WHY, C.HELP} <= talk.prompt.controls
    assert talk.taps(C.WHY).events[0] == Explained(key="age", what="why")
    assert isinstance(talk.events[1], Asked)
    assert talk.events[1].again
    assert talk.prompt.item.why is not None
    assert (talk.prompt.item.why.text, talk.prompt.item.why.context) == ("Because.", "w")
    assert talk.taps(C.HELP).events[0] == Explained(key="age", what="help")


def test_texts_and_headings_come_with_the_next_question() -> None:
    talk = Talk(item("g", "group", items=[item("intro", "display"), item("a"), item("b")]), item("bye", "display"))
    assert [lead.item.link_id for lead in talk.prompt.leads] == ["g", "intro"]
    assert talk.says("x").prompt.leads == ()
    talk.says("y")
    assert [lead.link_id for lead in talk.event(Reviewed).page.leads] == ["bye"]


def test_a_heading_counts_the_occurrences_of_its_group() -> None:
    talk = Talk(item("line", "group", repeats=True, items=[item("drug")]))
    assert [(lead.item.link_id, lead.occurrence) for lead in talk.prompt.leads] == [("line", 0)]
    talk.says("x").taps(C.ADD)
    assert [(lead.item.link_id, lead.occurrence) for lead in talk.prompt.leads] == [("line", 1)]


def test_a_card_is_read_and_confirmed() -> None:
    talk = Talk(item("card", "display", ext(f"{OWN}card", valueBoolean=True)), item("a"))
    talk.is_asked("card", Expects.OK).says("what?").is_asked("card").says("ok").is_asked("a")
    assert talk.response.value("card") is True
    talk.taps(C.BACK).is_asked("card").taps(C.OK).is_asked("a")


def test_progress_counts_parts_and_questions() -> None:
    talk = Talk(
        item("hello", "group", items=[item("card", "display", ext(f"{OWN}card", valueBoolean=True))]),
        item("one", "group", items=[item("a"), item("b")]),
        item("two", "group", items=[item("c")]),
    )
    talk.taps(C.OK).says("x")
    at = talk.prompt.progress
    assert (at.part, at.parts, at.number, at.count) == (1, 2, 2, 2)
    assert at.part_item is not None
    assert at.part_item.link_id == "one"


# ---- choices


def test_an_option_by_button_by_words_and_by_number() -> None:
    kinds = item(
        "kind", "choice", answerOption=options("Mantle cell lymphoma", "Follicular lymphoma", "Myeloma"), required=True
    )
    assert Talk(kinds).chooses("Myeloma").answer("kind") == ("myeloma",)
    assert Talk(kinds).says("follicular").answer("kind") == ("follicular lymphoma",)
    assert Talk(kinds).says("2").answer("kind") == ("follicular lymphoma",)
    refused = Talk(kinds).says("lymphoma").is_refused("ambiguous-option")
    assert refused.candidates == ("0", "1")
    near = Talk(kinds).says("folicular lymfoma").is_asked("kind", Expects.CONFIRM_ANSWER)
    assert near.taps(Control.YES).answer("kind") == ("follicular lymphoma",)
    Talk(kinds).says("folicular lymfoma").taps(Control.NO).is_asked("kind", Expects.OPTION)
    Talk(kinds).says("something with my blood").is_refused("not-an-option")


def test_an_option_in_the_patients_language() -> None:
    russian = {"Lymphoma": "Лимфома", "Myeloma": "Миелома"}
    talk = Talk(
        item("kind", "choice", answerOption=options("Lymphoma", "Myeloma")),
        language="ru",
        translate=lambda _context, english: russian.get(english, english),
    )
    assert talk.says("миелома").answer("kind") == ("myeloma",)


def test_yep_means_the_option_yes() -> None:
    talk = Talk(item("biopsy", "choice", answerOption=options("Yes", "No", "Not tested")))
    assert talk.says("yep").answer("biopsy") == ("yes",)
    assert Talk(item("biopsy", "choice", answerOption=options("Yes", "No", "Not tested"))).says("no").answer("biopsy") == (
        "no",
    )


def test_a_small_word_is_no_part_of_a_label() -> None:
    Talk(item("test", "choice", answerOption=options("Not tested", "Positive"), required=True)).says("no").is_refused(
        "not-an-option"
    )


def test_long_lists_have_pages_and_narrow_to_what_is_typed() -> None:
    talk = Talk(
        item("city", "choice", answerOption=options(*(f"{letter} town" for letter in "ABCDEFGHIJKLMNOPQRST"), "Upper B"))
    )
    assert (talk.prompt.page, talk.prompt.pages, len(talk.prompt.choices)) == (0, 3, 8)
    talk.taps(C.PAGE, 2)
    assert isinstance(talk.events[-1], Drafted)
    assert [choice.index for choice in talk.prompt.choices] == [16, 17, 18, 19, 20]
    assert talk.taps(C.PAGE, 9).events == (Outdated(),)
    talk.says("town")
    assert (talk.prompt.pages, talk.prompt.pending) == (3, "town")
    assert talk.says("upper").answer("city") == ("upper b",)


def test_narrowing_is_taken_back_by_back() -> None:
    names = [f"Red {number}" for number in range(5)] + [f"Blue {number}" for number in range(5)]
    talk = Talk(item("colour", "choice", answerOption=options(*names)), item("b")).says("blue")
    assert [choice.option.display for choice in talk.prompt.choices] == names[5:]
    assert len(talk.taps(C.BACK).prompt.choices) == 8


def test_several_options_with_quick_taps_and_done() -> None:
    talk = Talk(item("markers", "choice", repeats=True, answerOption=options("CD19", "CD20", "CD22")), item("b"))
    revision = talk.response.revision
    talk.taps(C.OPTION, 2, revision=revision).taps(C.OPTION, 0, revision=revision)
    assert [choice.selected for choice in talk.prompt.choices] == [True, False, True]
    talk.taps(C.DONE, revision=revision).is_asked("b")
    assert talk.answer("markers") == ("cd19", "cd22")
    assert talk.taps(C.OPTION, 1, revision=revision).events == (Outdated(),)


def test_several_options_in_words_are_shown_before_they_count() -> None:
    talk = Talk(item("markers", "choice", repeats=True, answerOption=options("CD19", "CD20", "CD22"))).says("CD22 and cd19")
    assert isinstance(talk.events[-1], Asked)
    assert [choice.selected for choice in talk.prompt.choices] == [True, False, True]
    assert talk.says("done").answer("markers") == ("cd19", "cd22")


def test_what_excludes_the_others_does_so() -> None:
    offered = [*options("CD19", "CD20", "None", none=EXCLUSIVE), UNKNOWN]
    talk = Talk(item("markers", "choice", repeats=True, answerOption=offered)).chooses("CD19").chooses("CD20")
    assert plain(talk.chooses("None").prompt.draft) == ("none",)
    assert plain(talk.chooses("I don't know").prompt.draft) == ("asked-unknown",)
    assert plain(talk.chooses("CD20").prompt.draft) == ("cd20",)
    assert talk.taps(C.UNKNOWN).answer("markers") == ("asked-unknown",)


def test_too_few_and_too_many() -> None:
    limits = (ext(f"{HL7}questionnaire-minOccurs", valueInteger=2), ext(f"{HL7}questionnaire-maxOccurs", valueInteger=2))
    talk = Talk(item("markers", "choice", *limits, repeats=True, required=True, answerOption=options("A", "B", "C")))
    assert talk.taps(C.DONE).is_refused("too-few").limit == "2"
    assert talk.chooses("A").chooses("B").chooses("C").is_refused("too-many").limit == "2"
    assert talk.taps(C.DONE).answer("markers") == ("a", "b")


def also(words: str) -> dict[str, object]:
    return {"extension": [ext(f"{OWN}also-said", valueString=words)]}


def test_what_people_also_say_for_an_option() -> None:
    writers = options("The patient", "A relative", **{"a relative": also("son; daughter"), "the patient": also("myself")})
    writer = item("writer", "choice", answerOption=writers)
    assert Talk(writer).says("daughter").answer("writer") == ("a relative",)
    assert Talk(writer).says("I am his daughter.").taps(Control.YES).answer("writer") == ("a relative",)
    Talk(writer).says("my son wrote to myself").is_refused("ambiguous-option")
    Talk(writer).says("stepdaughterly").is_refused("not-an-option")
    german = {"son; daughter": "Sohn; Tochter"}
    talk = Talk(writer, language="de", translate=lambda _context, english: german.get(english, english))
    assert talk.says("tochter").answer("writer") == ("a relative",)


def test_own_words_that_are_no_option_are_shown_back() -> None:
    kind = item("kind", "open-choice", answerOption=options("A town", "B town"))
    shown = Talk(kind).says("Manchester").is_asked("kind", Expects.CONFIRM_ANSWER)
    assert shown.says("yes").answer("kind") == ("Manchester",)
    assert "kind" not in Talk(kind).says("Manchester").taps(Control.NO).response.answers
    for words in ("What is this for?", "yes", "نعم"):
        Talk(kind).says(words).is_refused("not-an-option")


def test_something_else_in_own_words() -> None:
    talk = Talk(item("kind", "open-choice", answerOption=options("A", "B")), item("b"))
    talk.taps(C.OTHER).is_asked("kind", Expects.OTHER).taps(C.BACK).is_asked("kind", Expects.OPTION)
    talk.says("something else").is_asked("kind", Expects.OTHER)
    assert talk.says("a rare one").answer("kind") == ("a rare one",)


def test_something_else_beside_other_options_can_be_taken_back() -> None:
    talk = Talk(item("kinds", "open-choice", repeats=True, answerOption=options("A", "B")))
    talk.chooses("B").taps(C.OTHER).taps(C.BACK)
    assert plain(talk.prompt.draft) == ("b",)
    talk.taps(C.OTHER).says("C")
    assert [(choice.option.display, choice.selected) for choice in talk.prompt.choices] == [
        ("A", False),
        ("B", True),
        ("C", True),
    ]
    assert plain(talk.chooses("C").prompt.draft) == ("b",)
    assert talk.taps(C.OTHER).says("D").taps(C.DONE).answer("kinds") == ("b", "D")


def test_an_answer_is_shown_back_before_it_counts() -> None:
    talk = Talk(
        item("daily", "choice", ext(f"{OWN}confirm", valueBoolean=True), answerOption=options("I work", "I rest")), item("b")
    )
    talk.chooses("I rest").is_asked("daily", Expects.CONFIRM_ANSWER)
    assert plain(talk.prompt.kept) == ("i rest",)
    assert "daily" not in talk.response.answers
    talk.taps(C.NO).is_asked("daily", Expects.OPTION)
    assert talk.chooses("I work").says("yes").is_asked("b").answer("daily") == ("i work",)


# ---- numbers, dates, times, quantities


def test_whole_numbers_within_limits() -> None:
    talk = Talk(item("lines", "integer", minimum(0), maximum(20), required=True))
    talk.says("a few").is_refused("not-a-number")
    for unclear in ("3 or 4", "55-60", "more than 60", ">60"):
        talk.says(unclear).is_refused("one-number")
    talk.says("2.5").is_refused("not-whole")
    assert talk.says("25").is_refused("too-large").limit == "20"
    assert talk.says("-1").is_refused("too-small").limit == "0"
    assert talk.says("about ٣").answer("lines") == (3,)


@pytest.mark.parametrize(
    ("asked", "said", "meant"),
    [
        ("How many weeks could you stay?", "3 weeks", 3),
        ("How many weeks could you stay?", "3 months", None),
        ("How old is the patient, in years?", "6 years old", 6),
        ("How old is the patient, in years?", "6 лет", 6),
        ("How old is the patient, in years?", "18 months", None),
        ("How old is the patient, in years?", "18 месяцев", None),
        ("How many treatments?", "2 treatments", 2),
        ("How many treatments?", "2 years", None),
        ("How many treatments?", "2 cycles", None),
    ],
)
def test_a_number_of_something_else_is_no_answer(asked: str, said: str, meant: int | None) -> None:
    talk = Talk(item("n", "integer", text=asked)).says(said)
    if meant is None:
        talk.is_refused("one-number")
    else:
        assert talk.answer("n") == (meant,)


def test_decimals_keep_their_digits() -> None:
    assert str(Talk(item("ldh", "decimal")).says("1,50").response.value("ldh")) == "1.50"


@pytest.mark.parametrize(
    "hostile", ["9" * 5000, "1e309", "10²", "½", "٩" * 400, "--5", "NaN", "Infinity", "0x10", "1/2", "5..5"]
)
def test_strange_numbers_are_refused_kindly(hostile: str) -> None:
    for kind in ("integer", "decimal", "quantity"):
        assert Talk(item("n", kind, required=True)).says(hostile).events[0].reason in {
            "not-a-number",
            "one-number",
            "too-large",
        }


def test_a_number_and_its_unit_in_two_steps_or_one() -> None:
    blood = item("hb", "quantity", unit("g/L"), unit("g/dL"), required=True)
    talk = Talk(blood).is_asked("hb", Expects.QUANTITY).says("82").is_asked("hb", Expects.UNIT)
    assert talk.prompt.pending == "82"
    grams = Quantity(value=Decimal(82), unit="g/L", code="g/L", system="http://unitsofmeasure.org")
    assert talk.taps(C.UNIT, 0).answer("hb") == (grams,)
    assert Talk(blood).says("82 g/l").answer("hb") == (grams,)
    assert Talk(blood, language="ru").says("82 г/л").answer("hb") == (grams,)
    assert Talk(blood).says("82 mmHg").is_refused("unit-needed")
    assert Talk(blood).says("82").says("g/L").answer("hb") == (grams,)


@pytest.mark.parametrize("words", ["I don't know", "skip"])
def test_whoever_does_not_know_the_unit_leaves_out_the_number(words: str) -> None:
    talk = Talk(item("hb", "quantity", unit("g/L"), unit("g/dL"), absent("asked-unknown")), item("b"))
    talk.says("82").is_asked("hb", Expects.UNIT).says(words).is_asked("b")
    assert talk.answer("hb")[0] in {"asked-unknown", "skipped"}


def test_the_one_unit_of_a_question_needs_no_words() -> None:
    talk = Talk(item("lvef", "quantity", unit("%"), required=True)).says("55")
    assert talk.response.value("lvef") == Quantity(value=Decimal(55), unit="%", code="%", system="http://unitsofmeasure.org")


def test_a_number_that_fits_another_unit_is_asked_about() -> None:
    whole = EVERYTHING["item"][2]["item"][4]
    talk = Talk(whole, item("b")).says("8.2 g/L")
    assert talk.is_refused("implausible-unit").candidates == ("1",)
    talk.is_asked("blood", Expects.UNIT).taps(C.UNIT, 0)
    assert talk.is_refused("too-small").limit == "30 g/L"
    talk.is_asked("blood", Expects.QUANTITY).says("8.2 g/L").taps(C.UNIT, 1).is_asked("b")
    assert talk.response.value("blood") == Quantity(
        value=Decimal("8.2"), unit="g/dL", code="g/dL", system="http://unitsofmeasure.org"
    )


def test_a_date_by_buttons_as_far_as_it_is_known() -> None:
    past = item("day", "date", ext(f"{OWN}past", valueBoolean=True))
    talk = Talk(past, item("b")).taps(C.PICK, 0)
    assert talk.prompt.picker is not None
    assert talk.prompt.picker.numbers[0] == 2026
    assert talk.prompt.pages > 1
    talk.taps(C.PICK, 2026)
    assert talk.prompt.picker is not None
    assert talk.prompt.picker.numbers == tuple(range(1, 12))  # no month that is still to come
    talk.taps(C.PICK, 11)
    assert talk.prompt.picker is not None
    assert talk.prompt.picker.numbers[-1] == 22
    talk.taps(C.BACK).taps(C.PICK, 5).taps(C.DONE).is_asked("b")
    assert talk.response.value("day") == PartialDate(text="2026-05")


def test_a_month_tapped_twice_is_no_day() -> None:
    talk = Talk(item("day", "date")).taps(C.PICK, 0).taps(C.PICK, 2024)
    revision = talk.response.revision
    assert talk.taps(C.PICK, 5).taps(C.PICK, 5, revision=revision).events == (Outdated(),)


def test_today_and_yesterday() -> None:
    assert Talk(item("day", "date")).taps(C.YESTERDAY).response.value("day") == PartialDate(text="2026-11-21")
    assert Talk(item("day", "date"), language="ru").says("вчера").response.value("day") == PartialDate(text="2026-11-21")


def test_an_unclear_date_is_asked_about() -> None:
    talk = Talk(item("day", "date", required=True)).says("03.05.2024")
    assert talk.is_refused("ambiguous-date").candidates == ("2024-05-03", "2024-03-05")
    assert [choice.option.display for choice in talk.prompt.choices] == ["2024-05-03", "2024-03-05"]
    assert talk.taps(C.OPTION, 1).response.value("day") == PartialDate(text="2024-03-05")


def test_a_day_that_is_still_to_come() -> None:
    talk = Talk(item("day", "date", ext(f"{OWN}past", valueBoolean=True), required=True)).says("3 May 2030")
    talk.is_refused("future-date")


def test_a_time_of_day() -> None:
    talk = Talk(item("at", "time", required=True)).says("soon")
    talk.is_refused("pattern")
    assert talk.says("2.30 pm").response.value("at") == TimeOfDay(text="14:30:00")


def test_several_quantities_each_with_its_unit() -> None:
    weights = item("w", "quantity", unit("kg"), unit("[lb_av]", "lb"), repeats=True)
    talk = (
        Talk(weights, item("b")).says("60").taps(C.UNIT, 0).says("61 kg").says("140").taps(C.BACK).says("140 lb").says("done")
    )
    assert [(quantity.value, quantity.code) for quantity in talk.is_asked("b").answer("w")] == [
        (Decimal(60), "kg"),
        (Decimal(61), "kg"),
        (Decimal(140), "[lb_av]"),
    ]


def test_several_dates() -> None:
    talk = Talk(item("days", "date", repeats=True), item("b")).says("2024").says("03.05.2024")
    talk.is_refused("ambiguous-date")
    talk.taps(C.PICK, 0).taps(C.PICK, 2023).taps(C.DONE).taps(C.DONE).is_asked("b")
    assert talk.answer("days") == (PartialDate(text="2024"), PartialDate(text="2023"))


# ---- text and files


def test_text_is_kept_as_it_was_typed() -> None:
    text = "<b>O'Hara</b> & \u202eevil\u202c 👩‍👩‍👧\n{0} %s"
    assert Talk(item("name", "text")).says(text).answer("name") == (text,)
    assert Talk(item("name")).says("a\x00b\ud800c").answer("name") == ("ab\ufffdc",)
    Talk(item("name", maxLength=5)).says("123456").is_refused("too-long")
    Talk(item("name")).says("x" * 4001).is_refused("too-long")
    Talk(item("name")).says(" \n\t ").is_refused("empty")
    Talk(item("name", "string", ext(f"{HL7}minLength", valueInteger=3))).says("ab").is_refused("too-short")


def test_text_that_has_to_look_like_something() -> None:
    code = item(
        "code", "string", ext(f"{HL7}regex", valueString="[A-Z]{2}\\d{3}"), ext(f"{HL7}entryFormat", valueString="AB123")
    )
    assert Talk(code).says("abc").is_refused("pattern").candidates == ("AB123",)
    assert Talk(code).says("XY987").answer("code") == ("XY987",)
    Talk(item("site", "url")).says("my page").is_refused("pattern")


def test_several_texts_one_message_each() -> None:
    talk = Talk(item("drugs", "string", repeats=True), item("b")).says("aspirin", "ibuprofen")
    assert talk.prompt.draft == ("aspirin", "ibuprofen")
    assert talk.answer("drugs") == ("aspirin", "ibuprofen")
    talk.says("done").is_asked("b")


def test_files_one_after_the_other() -> None:
    pdf = ext(f"{HL7}mimeType", valueCode="application/pdf")
    talk = Talk(item("report", "attachment", pdf, repeats=True), item("b"))
    talk.is_asked("report", Expects.FILE).says("here it is").is_refused("file-needed")
    talk.sends("image/png").is_refused("wrong-file-type")
    talk.sends(name="one").sends(name="two").taps(C.DONE).is_asked("b")
    assert [file.document_id for file in talk.answer("report")] == ["one", "two"]
    talk.taps(C.BACK).sends(name="three")
    assert [file.document_id for file in talk.answer("report")] == ["one", "two", "three"]


def test_a_file_is_not_larger_than_the_form_takes() -> None:
    talk = Talk(item("scan", "attachment", ext(f"{HL7}maxSize", valueDecimal=1.5)), item("b"))
    talk.sends(size=1_500_001).is_refused("file-too-large")
    talk.sends(size=1_500_000).is_asked("b")


def test_one_file_is_enough_where_one_is_asked_for() -> None:
    assert Talk(item("photo", "attachment"), item("b")).sends(name="x").is_asked("b").answer("photo") == (
        Attachment(document_id="x", content_type="application/pdf"),
    )


def test_no_is_an_answer_to_do_you_have_it() -> None:
    assert Talk(item("scan", "attachment")).says("no").answer("scan") == ("skipped",)
    Talk(item("scan", "attachment", required=True)).says("no").is_refused("file-needed")


def test_a_file_where_words_are_needed() -> None:
    Talk(item("name")).sends().is_refused("words-needed")


@pytest.mark.parametrize(
    ("question", "said", "given"),
    [
        ("How old are you?", "54 years", 54),
        ("Patient age", "54 years old", 54),
        ("Age", "8 months", None),
        ("How long have you had it?", "3 years", None),
        ("How many weeks?", "3 years", None),
        ("How many weeks?", "3 weeks", 3),
    ],
)
def test_a_unit_of_time_has_to_fit_what_is_asked(question: str, said: str, given: int | None) -> None:
    talk = Talk(item("a", "integer", text=question)).says(said)
    assert talk.response.answers.get("a", (None,))[0] == given


def test_the_part_of_a_question_never_goes_back() -> None:
    talk = Talk(item("a"), item("g", "group", items=[item("b")]), item("c"), item("h", "group", items=[item("d")]), item("e"))
    shown = []
    for _ in range(5):
        shown.append((talk.prompt.progress.part, talk.prompt.progress.parts, talk.prompt.progress.number))
        talk.says("x")
    assert shown == [(1, 5, 1), (2, 5, 1), (3, 5, 1), (4, 5, 1), (5, 5, 1)]


@pytest.mark.parametrize(("language", "words"), [("en", "Skip"), ("ru", "пропустить"), ("ar", "تخطي"), ("ru", "skip")])
def test_skip_is_no_answer_where_any_words_are(language: str, words: str) -> None:
    assert Talk(item("name"), item("b"), language=language).says(words).is_asked("b").answer("name") == ("skipped",)
    assert Talk(item("when"), language=language).says("later").answer("when") == ("later",)
    Talk(item("name", required=True), language=language).says(words).is_refused("required")
    needed = item("name", "string", absent("asked-unknown"), required=True)
    assert Talk(needed, item("b"), language=language).says(words).is_asked("b").answer("name") == ("asked-unknown",)


def test_things_that_cannot_be_an_answer_change_nothing() -> None:
    talk = Talk(item("name"))
    for said in (Command(name="help"), Unsupported(kind="sticker")):
        before = talk.response
        assert talk.does(said).response == before
        talk.is_asked("name")


# ---- back, change, keep, review


def test_back_shows_the_answer_and_keep_keeps_it() -> None:
    talk = Talk(item("a"), item("b"), item("c")).says("1", "2").taps(C.BACK).taps(C.BACK).is_asked("a")
    assert talk.prompt.kept == ("1",)
    assert C.KEEP in talk.prompt.controls
    assert C.BACK not in talk.prompt.controls
    assert talk.taps(C.BACK).is_asked("a").events[-1].again
    talk.taps(C.KEEP).is_asked("c")
    assert talk.taps(C.BACK).says("two").is_asked("c").answer("b") == ("two",)
    assert talk.answer("a") == ("1",)


def test_an_initial_value_is_offered() -> None:
    talk = Talk(item("country", initial=[{"valueString": "Ghana"}]), item("b"))
    assert talk.prompt.kept == ("Ghana",)
    assert talk.taps(C.KEEP).is_asked("b").answer("country") == ("Ghana",)


def test_hidden_values_are_kept_and_never_shown() -> None:
    hidden = ext(f"{HL7}questionnaire-hidden", valueBoolean=True)
    talk = Talk(
        item("source", "string", hidden, initial=[{"valueString": "web"}]),
        item("a", enableWhen=[when("source", answerString="web")]),
        item("fixed", readOnly=True, initial=[{"valueString": "x"}]),
        item("b"),
    )
    talk.is_asked("a").says("1")
    assert [(lead.item.link_id, lead.values) for lead in talk.prompt.leads] == [("fixed", ("x",))]
    assert talk.response.value("source") == "web"


def test_changing_one_answer_from_the_review() -> None:
    talk = Talk(item("a"), item("b"), item("c")).says("1", "2", "3")
    talk.taps(C.CHANGE, 1).is_asked("b").says("two")
    assert talk.event(Answered) == Answered(key="b", link_id="b", values=("two",), before=("2",))
    assert [values for _, values in talk.is_reviewed()] == [("1",), ("two",), ("3",)]
    talk.taps(C.CHANGE, 0).taps(C.BACK)
    assert talk.is_reviewed()
    talk.taps(C.BACK).is_asked("c")


def test_the_review_has_pages_with_stable_numbers() -> None:
    talk = Talk(*(item(f"q{number:02d}") for number in range(25))).says(*map(str, range(25)))
    assert talk.event(Reviewed).page.pages == 3
    page = talk.taps(C.REVIEW, 2).event(Reviewed).page
    assert [entry.index for entry in page.entries] == [20, 21, 22, 23, 24]
    talk.taps(C.CHANGE, 23).is_asked("q23")


def test_the_review_in_the_middle_and_back() -> None:
    talk = Talk(item("a"), item("b")).says("1").taps(C.REVIEW)
    assert talk.is_reviewed() == [("a", ("1",))]
    talk.taps(C.CONFIRM).is_asked("b")
    talk.taps(C.REVIEW).taps(C.BACK).is_asked("b")


def test_a_completed_response_can_be_amended() -> None:
    talk = Talk(item("a"), item("b")).says("1", "2").taps(C.CONFIRM)
    assert talk.says("hello?").events == ()
    talk.taps(C.CHANGE, 0).is_asked("a").says("one")
    assert talk.event(Answered).amended
    assert talk.response.status == "completed"
    assert talk.taps(C.CONFIRM).events == (Completed(amended=True),)
    assert talk.response.status == "amended"


def test_old_buttons_change_nothing() -> None:
    talk = Talk(item("a", "boolean"), item("b", "boolean"))
    revision = talk.response.revision
    talk.taps(C.YES)
    assert talk.taps(C.YES, revision=revision).events == (Outdated(),)
    talk.is_asked("b")
    assert talk.taps(C.OPTION, 3).events == (Outdated(),)
    assert talk.taps(C.UNIT).events == (Outdated(),)
    assert talk.taps(C.YES, revision=99).events == (Outdated(),)
    talk.taps(C.YES).taps(C.CONFIRM)
    assert talk.taps(C.CONFIRM, revision=talk.response.revision - 1).events == (Outdated(),)


def test_buttons_in_words() -> None:
    talk = Talk(item("a", "boolean"), item("b", "boolean")).says("skip").is_asked("b").says("back").is_asked("a")
    talk.says("keep").is_asked("b")
    assert talk.answer("a") == ("skipped",)


# ---- what depends on other answers


def test_a_question_that_is_switched_off_is_parked_and_comes_back() -> None:
    talk = Talk(item("ill", "boolean"), item("since", enableWhen=[when("ill", answerBoolean=True)]), item("b"))
    talk.taps(C.YES).says("May").is_asked("b").taps(C.BACK).taps(C.BACK).taps(C.NO)
    assert talk.event(Parked).keys == ("since",)
    assert talk.response.value("since") is None
    assert talk.response.answers["since"] == ("May",)
    talk.is_asked("b").taps(C.BACK).taps(C.YES).is_asked("since")
    assert talk.prompt.kept == ("May",)
    talk.taps(C.KEEP).is_asked("b")
    assert talk.response.value("since") == "May"


def test_a_repeating_group_is_asked_until_there_are_no_more() -> None:
    lines = item("lines", "group", repeats=True, items=[item("drug", required=True), item("worked", "boolean")])
    talk = Talk(lines, item("b"))
    talk.is_asked("lines#0/drug").says("R-CHOP").taps(C.YES).is_asked("lines", Expects.MORE)
    assert talk.prompt.controls == {C.ADD, C.DONE, C.BACK}
    talk.taps(C.ADD).is_asked("lines#1/drug").says("R-ICE").taps(C.SKIP).says("no").is_asked("b")
    assert talk.response.occurrences("lines") == 2
    assert talk.response.values("drug") == ("R-CHOP", "R-ICE")
    assert talk.prompt.occurrence is None
    talk.says("x")
    assert ("lines", (2,)) in talk.is_reviewed()
    index = [key for key, _ in talk.is_reviewed()].index("lines")
    talk.taps(C.CHANGE, index).is_asked("lines", Expects.MORE).taps(C.ADD).is_asked("lines#2/drug")


def test_a_group_that_is_full_asks_for_no_more() -> None:
    most = ext(f"{HL7}questionnaire-maxOccurs", valueInteger=2)
    talk = Talk(item("lines", "group", most, repeats=True, items=[item("drug")]), item("b"))
    talk.says("one").taps(C.ADD).says("two").is_asked("b")


def test_conditions_look_at_their_own_occurrence() -> None:
    worked = item("until", enableWhen=[when("worked", answerBoolean=True)])
    lines = item("lines", "group", repeats=True, items=[item("worked", "boolean"), worked])
    talk = Talk(lines, item("b")).taps(C.YES).is_asked("lines#0/until").says("May").taps(C.ADD)
    talk.taps(C.NO).is_asked("lines", Expects.MORE)


def test_questions_under_an_answer() -> None:
    parent = item("ill", "choice", answerOption=options("Yes", "No"), items=[item("since"), item("how")])
    talk = Talk(parent, item("b")).chooses("Yes").is_asked("ill#0/since").says("May", "bad").is_asked("b")
    assert talk.response.value("since") == "May"
    assert Talk(parent, item("b")).taps(C.SKIP).is_asked("b")


def test_questions_under_each_of_several_answers_stay_with_their_answer() -> None:
    drugs = item("drugs", "choice", repeats=True, answerOption=options("A", "B", "C"), items=[item("dose")])
    talk = Talk(drugs, item("b")).chooses("B").chooses("C").taps(C.DONE)
    talk.is_asked("drugs#0/dose").says("for B").is_asked("drugs#1/dose").says("for C").is_asked("b")
    talk.taps(C.REVIEW).taps(C.CHANGE, 0).chooses("B").chooses("A").taps(C.DONE).is_asked("drugs#0/dose")
    assert talk.answer("drugs#1/dose") == ("for C",)


# ---- a new version of the form


def test_a_new_version_meets_a_running_conversation() -> None:
    talk = Talk(item("a"), item("b"), item("c")).says("1", "2")
    newer = form(item("new"), item("b"), item("c"), version="2")
    talk.questionnaire = Questionnaire.from_json(newer)
    talk.is_asked("new").says("x").is_asked("c")
    assert talk.response.answers["a"] == ("1",)
    assert "a" in talk.response.parked


def test_everything_in_one_form() -> None:
    talk = Talk(whole=EVERYTHING).taps(C.OK).says("Ann").taps(C.YES).says("because").says("myeloma")
    talk.chooses("I work").taps(C.YES).says("3", "1.5", "May 2024", "9 am", "120 g/L").sends().says("done")
    talk.says("CD19 and CD20").says("done").says("City K").says("R-CHOP").taps(C.YES).says("2023").says("no")
    talk.chooses("Yes").says("child").taps(C.NO).says("a note").taps(C.DONE)
    assert [key for key, _ in talk.is_reviewed()][:3] == ["name", "sure", "why-sure"]
    assert talk.response.value("secret") == "kept"
    assert talk.response.value("kind") == Coding(
        system="https://careline.example/fhir/CodeSystem/test", code="myeloma", display="Myeloma"
    )
    assert talk.taps(C.CONFIRM).events == (Completed(amended=False),)


def test_absent_values_are_said_to_be_so() -> None:
    assert Absent(reason="skipped") in Talk(item("a")).taps(C.SKIP).response.answers["a"]


@pytest.mark.parametrize(
    ("language", "words", "truth"),
    [
        ("en", "Yes, it was done in spring", True),
        ("en", "no - we never had one", False),
        ("ru", "да, биопсию делали в 2023-м", True),
        ("ru", "Нет, не знает. Мы ей не говорили", False),
        ("ar", "نعم، عملناها في الربيع", True),
        ("ar", "لا، لم نعملها", False),
        ("en", "yes we did that", True),
        ("ar", "نعم أنا أبوه", True),
    ],
)
def test_a_yes_or_no_may_be_explained(language: str, words: str, truth: bool) -> None:
    assert Talk(item("done", "boolean"), item("b"), language=language).says(words).is_asked("b").answer("done") == (truth,)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "yes, but not to China"),
        ("en", "Yes, if he agrees"),
        ("en", "yes, no idea"),
        ("en", "no, yes"),
        ("en", "Yes, is that needed?"),
        ("ru", "да, только не ночью"),
        ("ru", "да, нет"),
        ("ar", "نعم، لكن ليس الآن"),
        ("ru", "да как сказать"),
        ("en", "yes but not now"),
    ],
)
def test_a_yes_with_a_condition_is_asked_again(language: str, words: str) -> None:
    Talk(item("done", "boolean"), item("b"), language=language).says(words).is_refused("not-yes-or-no")
