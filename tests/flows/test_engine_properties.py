"""What holds for every conversation: it never fails, loses nothing, ends, and detours make no difference."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.dialogue.prompt import Expects, Prompt
from flows.events import Answered, Asked, Drafted, Outdated, Reviewed
from flows.fhir.responses import dumps, from_fhir, to_fhir
from flows.inputs import Announced, Attachment, Command, Control, Edited, Input, Press, Sent, Unsupported, Words
from flows.questionnaire import Questionnaire
from tests.examples import examples
from tests.flows.forms import EVERYTHING, Json, absent, form, item, options, when
from tests.flows.talking import Talk, plain

EVERY_KIND = Questionnaire.from_json(EVERYTHING)
NUMBERS = st.none() | st.integers(-3, 30) | st.sampled_from([2024, 10**9, -(10**9)])
HOSTILE = st.sampled_from(
    ["", " ", "\x00", "\ud800", "9" * 500, "1e309", "½", "{0}%s", "<b>", "\u202e", "03.05.2024", "👍", "1.5 g/L"]
)
WORDS = (
    st.text(max_size=30)
    | HOSTILE
    | st.sampled_from(["yes", "no", "3", "back", "skip", "done", "keep", "other", "add", "ok", "CD19", "2024", "yesterday"])
)
FILES = st.builds(
    Attachment, document_id=st.sampled_from(["one", "two"]), content_type=st.sampled_from(["application/pdf", "image/png"])
)


@st.composite
def inputs(draw: st.DrawFn) -> tuple[str, Any]:
    """Something that a person does; presses choose their revision when they happen."""
    kind = draw(st.sampled_from(["words", "press", "press", "press", "sent", "else"]))
    if kind == "words":
        return kind, draw(WORDS)
    if kind == "sent":
        return kind, draw(FILES)
    if kind == "else":
        other = [Command(name="x"), Unsupported(kind="sticker"), Edited(text="x"), Announced(kind="photo", size=1)]
        return kind, draw(st.sampled_from(other))
    return kind, (draw(st.sampled_from(list(Control))), draw(NUMBERS), draw(st.sampled_from([0, 0, 0, 0, -1, 1, None])))


def said(talk: Talk, kind: str, what: Any) -> Input:
    if kind == "words":
        return Words(text=what)
    if kind == "sent":
        return Sent(attachment=what)
    if kind == "else":
        return what  # type: ignore[no-any-return]
    control, number, age = what
    return Press(control=control, number=number, revision=None if age is None else talk.response.revision + age)


@examples(150)
@given(st.lists(inputs(), max_size=40))
def test_no_input_makes_it_fail_and_nothing_is_lost(done: list[tuple[str, Any]]) -> None:
    talk = Talk(whole=EVERY_KIND)
    for kind, what in done:
        before = talk.response
        talk.does(said(talk, kind, what))
        changed = {event.key for event in talk.events if isinstance(event, Answered)}
        for key, values in before.answers.items():
            under_changed = any(key.startswith(f"{parent}#") for parent in changed)
            assert key in changed or under_changed or talk.response.answers[key] == values
        assert all(talk.response.answers[event.key] == event.values for event in talk.events if isinstance(event, Answered))


def fitting(prompt: Prompt, draw: Callable[[Any], Any]) -> Input:
    """An answer that the open question takes."""
    match prompt.expects:
        case Expects.OK:
            return Press(control=Control.OK)
        case Expects.YES_NO:
            return Press(control=draw(st.sampled_from([Control.YES, Control.NO])))
        case Expects.CONFIRM_ANSWER:
            return Press(control=Control.YES)
        case Expects.MORE:
            return Press(control=draw(st.sampled_from([Control.ADD, Control.DONE, Control.DONE])))
        case Expects.OPTION:
            return Press(control=Control.OPTION, number=draw(st.sampled_from(prompt.choices)).index)
        case Expects.OPTIONS:
            number = draw(st.sampled_from(prompt.choices)).index
            return Press(control=Control.DONE) if prompt.draft else Press(control=Control.OPTION, number=number)
        case Expects.FILE | Expects.TEXT if prompt.draft:
            return Press(control=Control.DONE)
        case Expects.FILE:
            return Sent(attachment=Attachment(document_id="a", content_type="application/pdf"))
        case Expects.QUANTITY:
            return Words(text="120 g/L")
        case Expects.TIME if prompt.pending and draw(st.booleans()):
            return Press(control=Control.DONE)
        case Expects.TIME:
            return Words(text=draw(st.sampled_from(["14:30", "9 am"])))
        case Expects.DATE:
            return Words(text=draw(st.sampled_from(["2024", "3 May 2020", "yesterday"])))
        case _:
            return Words(text=draw(st.sampled_from(["3", "12", "19"])))


def answered_to_the_end(talk: Talk, draw: Callable[[Any], Any], detour: Callable[[Talk], None] | None = None) -> list[Input]:
    """Answer whatever is asked until everything is; what was answered, in order."""
    given_answers: list[Input] = []
    for _ in range(400):
        if detour:
            detour(talk)
        shown = talk.events[-1]
        if isinstance(shown, Reviewed):
            talk.taps(Control.CONFIRM)
            return given_answers
        given_answers.append(fitting(talk.prompt, draw))
        talk.does(given_answers[-1])
    raise AssertionError("the conversation does not end")


LINK_IDS = [f"q{number}" for number in range(9)]


@st.composite
def random_forms(draw: st.DrawFn) -> Json:
    """Forms of up to nine items of many kinds, with conditions on each other, groups and repeats."""
    count = draw(st.integers(1, 9))
    return form(*(draw(_random_item(LINK_IDS[number], LINK_IDS[:number])) for number in range(count)))


@st.composite
def _random_item(draw: st.DrawFn, link_id: str, before: list[str]) -> Json:
    kind = draw(
        st.sampled_from(["boolean", "string", "integer", "choice", "open-choice", "date", "decimal", "group", "display"])
    )
    fields: dict[str, Any] = {"required": draw(st.booleans())}
    if kind in {"choice", "open-choice"}:
        fields |= {"answerOption": options("Yes", "No", "Other one"), "repeats": draw(st.booleans())}
    if kind == "group":
        fields |= {"repeats": draw(st.booleans()), "items": [item(f"{link_id}-a", "boolean"), item(f"{link_id}-b")]}
    if kind == "boolean" and draw(st.booleans()):
        fields["items"] = [item(f"{link_id}-c", "integer", absent("asked-unknown"))]
    if before and draw(st.booleans()):
        fields["enableWhen"] = [when(draw(st.sampled_from(before)), "exists", answerBoolean=draw(st.booleans()))]
    return item(link_id, kind, **({name: value for name, value in fields.items() if kind != "display" or name == "enableWhen"}))


@examples(80)
@given(random_forms(), st.data())
def test_detours_make_no_difference(whole: Json, data: st.DataObject) -> None:
    """Going back and keeping, asking why, looking at the review, old buttons and another language: the same answers in the end."""
    questionnaire = Questionnaire.from_json(whole)
    straight = Talk(whole=questionnaire)
    script = answered_to_the_end(straight, data.draw)
    winding = Talk(whole=questionnaire)
    for one in script:
        _detour(winding, data.draw)
        winding.does(one)
    winding.taps(Control.CONFIRM)
    assert winding.response.answers == straight.response.answers
    assert _exported(winding) == _exported(straight)


def _detour(talk: Talk, draw: Callable[[Any], Any]) -> None:
    key, draft = talk.prompt.key, talk.prompt.draft
    way = draw(st.sampled_from(["none", "none", "why", "review", "back", "old", "language", "nonsense"]))
    if way == "why":
        talk.taps(Control.WHY).taps(Control.HELP)
    elif way == "language":
        talk.language = draw(st.sampled_from(["en", "ru", "ar"]))
    elif way == "old" and talk.response.revision:
        talk.taps(Control.YES, revision=-1)
    elif way == "nonsense" and talk.prompt.expects in {Expects.YES_NO, Expects.DATE}:
        talk.says("\u202enonsense")
    elif way == "review" and not draft:
        talk.taps(Control.REVIEW).taps(Control.BACK)
    elif way == "back" and not draft and Control.BACK in talk.prompt.controls:
        _back_and_keep(talk)
    assert talk.prompt.key == key


def _back_and_keep(talk: Talk) -> None:
    talk.taps(Control.BACK)
    if talk.prompt.expects is Expects.OK:
        talk.taps(Control.OK)
    elif talk.prompt.expects is Expects.MORE:
        talk.taps(Control.DONE)
    elif Control.KEEP in talk.prompt.controls:
        talk.taps(Control.KEEP)


def _exported(talk: Talk) -> Any:
    return to_fhir(talk.questionnaire, talk.response)


@examples(60)
@given(random_forms(), st.data())
def test_conversations_end_and_their_export_can_be_read_back(whole: Json, data: st.DataObject) -> None:
    talk = Talk(whole=Questionnaire.from_json(whole))
    answered_to_the_end(talk, data.draw)
    assert talk.response.status == "completed"
    resource = _exported(talk)
    again = from_fhir(talk.questionnaire, json.loads(dumps(resource)), now=talk.response.authored)
    assert [one["linkId"] for one in to_fhir(talk.questionnaire, again).get("item", [])] == [
        one["linkId"] for one in resource.get("item", [])
    ]


@examples(60)
@given(st.data())
def test_changing_an_answer_and_changing_it_back_changes_nothing(data: st.DataObject) -> None:
    talk = Talk(whole=EVERY_KIND)
    answered_to_the_end(talk, data.draw)
    before = _exported(talk)["item"]
    talk.taps(Control.CHANGE, 1).is_asked("sure")
    old = talk.response.answers["sure"]
    other = Control.NO if plain(old) == (True,) else Control.YES
    talk.taps(other)
    while isinstance(talk.events[-1], Asked | Drafted):
        talk.does(fitting(talk.prompt, data.draw))
    talk.taps(Control.CHANGE, 1).taps(Control.YES if other is Control.NO else Control.NO)
    while isinstance(talk.events[-1], Asked | Drafted):
        talk.taps(Control.KEEP)
    assert _exported(talk)["item"] == before


def test_an_old_press_never_changes_anything() -> None:
    talk = Talk(whole=EVERY_KIND).taps(Control.OK).says("Ann")
    for control in Control:
        before = talk.response
        talk.does(Press(control=control, number=0, revision=before.revision - 1))
        assert talk.response == before
        assert talk.events == (Outdated(),)
