"""Coordinators at work: who holds a case, who hears what, and what never leaves the desk."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from flows.inputs import Control, Press, Words
from storage import audit, cases, chats, coordinators, facts, outbox, relay, reminders
from tests.bot.desk_world import CATALOGUES, DEFINITION, GROUP, Person, World, store

SECRET = "our secret between us 7731"


async def test_a_case_is_alerted_claimed_and_everybody_is_told(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient(language="ru")
    await patient.asks_for_a_person()
    case = await world.case()
    assert case.number in carla.sees
    assert "Somebody asks for a person" in carla.sees
    assert f"Language: {CATALOGUES['ru'].own_name}" in carla.sees
    assert world.topics[case.topic_id].startswith(case.number)
    assert await carla.presses("Claim") == ""
    assert f"Case {case.number}: claimed by Carla" in carla.sees
    topic = await carla.at()
    assert "Carla holds this case" in topic.sees
    assert "Held by: Carla" in topic.sees
    assert "Carla" in patient.sees
    assert case.number in patient.sees
    assert not any("Claim" in one.buttons for one in world.messages if one.thread is None)


async def test_the_second_of_two_learns_who_was_first(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    alert = world.find("Case CL-")
    data = alert.buttons["Claim"]
    await asyncio.gather(*(who.presses_data(data, alert.id, update=900 + n) for n, who in enumerate((carla, mei))))
    await world.deliver()
    case = await world.case()
    assert case.holder in {7101, 7102}
    loser = mei if case.holder == 7101 else carla
    winner = "Carla" if case.holder == 7101 else "Mei"
    assert patient.sees.count("has taken your case") == 1
    assert await loser.presses_data(data, alert.id) == f"{winner} holds this case."


async def test_the_same_press_delivered_twice_counts_once(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    alert = world.find("Case CL-")
    data = alert.buttons["Claim"]
    for _ in range(3):
        await carla.presses_data(data, alert.id, update=4711)
    assert patient.sees.count("has taken your case") == 1
    assert await carla.presses_data(data, alert.id) == "You hold this case already."


async def test_words_go_both_ways_and_a_delivery_is_ticked(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await patient.says("What happens <b>next</b>?")
    assert "What happens <b>next</b>?" in topic.sees
    message = await topic.says("I read your papers tonight.", reply_to="What happens")
    assert "Carla from the team:\nI read your papers tonight." in patient.sees
    ticks = [params for method, _, params in world.calls if method == "setMessageReaction" and params["message_id"] == message]
    assert ticks[-1]["reaction"] == [{"type": "emoji", "emoji": "👌"}]
    await topic.says("/r And tomorrow I write again.")
    assert "And tomorrow I write again." in patient.sees


async def test_a_note_never_leaks(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await patient.says("Hello?")
    said = await topic.says(SECRET)
    for text, reply_to in ((SECRET, said), (SECRET, "Held by"), (SECRET, "Carla holds"), (f"/note {SECRET}", None)):
        await topic.says(text, reply_to=reply_to)
    await topic.says(f"/r {SECRET}", forwarded=True)
    await topic.says(SECRET, reply_to="Hello?", forwarded=True)
    await topic.edits(said, f"/r {SECRET}")
    assert SECRET not in patient.sees
    assert not any(SECRET in str(params) for _, chat, params in world.calls if chat != GROUP)
    case = await world.case()
    kept = await world.database.read(lambda tx: relay.history(tx, case.id))
    assert [line.direction for line in kept].count("note") == 7
    assert "out" not in [line.direction for line in kept]


async def test_only_the_holder_may_write(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.says("Hello?")
    topic = await mei.at()
    await topic.says("Hello from Mei", reply_to="Hello?")
    assert "Hello from Mei" not in patient.sees
    assert "Carla holds this case. Your message was not sent" in topic.sees
    await topic.presses("Take over")
    await topic.presses("It cannot wait")
    assert "Mei holds this case now. Before: Carla.\nWhy: It cannot wait" in topic.sees
    await topic.says("Hello from Mei", reply_to="Hello?")
    assert "Mei from the team:\nHello from Mei" in patient.sees


async def test_a_reply_goes_to_the_patient_of_its_topic_only(world: World, carla: Person) -> None:
    anna, boris = world.patient(501), world.patient(502)
    for patient in (anna, boris):
        await patient.asks_for_a_person()
    await anna.says("I am Anna")
    await boris.says("I am Boris")
    at_anna, at_boris = await carla.at(501), await carla.at(502)
    foreign = world.find("I am Boris", thread=at_boris.thread)
    await at_anna.says(SECRET, reply_to=foreign.id)  # a message of another topic: no reply, a note
    await at_anna.says("For Anna", reply_to="I am Anna")
    await at_boris.says("/r For Boris")
    assert SECRET not in anna.sees + boris.sees
    assert "For Anna" in anna.sees
    assert "For Anna" not in boris.sees
    assert "For Boris" in boris.sees
    assert "For Boris" not in anna.sees
    await carla.says("/r To whom?")
    await carla.in_private().says("/r To whom?")
    assert "To whom?" not in anna.sees + boris.sees


async def test_strangers_change_nothing_and_learn_nothing(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("Hello?")
    stranger, anonymous = Person(world, 666, "Carla"), Person(world, None, "")
    for who in (stranger, anonymous):
        topic = await who.at()
        assert "Only coordinators on the roster" in await who.presses("Claim")
        await topic.says(SECRET, reply_to="Hello?")
        await topic.says(f"/r {SECRET}")
        await topic.says("/claim")
        await topic.says("what a nice group")
    await stranger.in_private().says("/cases")
    await stranger.in_private().says("/start")
    case = await world.case()
    assert case.holder is None
    assert SECRET not in patient.sees
    private = world.read(666)
    assert "for the staff" in private
    assert case.number not in private
    lines = await world.database.read(lambda tx: relay.history(tx, case.id))
    assert [line.direction for line in lines] == ["in"]
    denied = [line for line in await world.database.read(audit.lines) if line.action == "case.denied"]
    assert len(denied) == 8


async def test_who_leaves_the_roster_can_do_nothing_from_then_on(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await world.database.transact(lambda tx: coordinators.put(tx, 7101, name="Carla", language="en", active=False))
    await (await carla.at()).says("/r hello")
    assert "hello" not in patient.sees


async def test_who_worked_here_is_told_in_private_how_to_come_back(world: World, carla: Person) -> None:
    here = carla.in_private()
    await here.says("/start")
    await world.database.transact(lambda tx: coordinators.put(tx, 7101, name="Carla", language="en", active=False))
    await here.says("/cases")
    assert "not on the roster of this desk any more" in here.sees


async def test_other_groups_are_left_and_hear_nothing(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    alert = world.find("Case CL-")
    fake = carla._arrival(chat_id=-666, present=True, sender=None)
    await world.casework.added(fake)
    assert "button does not work" in await carla.presses_data(alert.buttons["Claim"], alert.id, chat=-666)
    await world.casework.commanded(carla._arrival(chat_id=-666, command="cases"))
    await world.deliver()
    assert {method for method, chat, _ in world.calls if chat == -666} == {"leaveChat", "answerCallbackQuery"}
    assert (await world.case()).holder is None


async def test_administrators_hear_that_the_bot_was_removed_or_demoted_once(world: World, carla: Person, mei: Person) -> None:
    await world.database.transact(lambda tx: coordinators.save(tx, replace(coordinators.get(tx, 7102), role="administrator")))
    for who in (carla, mei):
        await who.in_private().says("/start")
    told = mei.in_private()
    for _ in range(2):
        await world.casework.added(carla._arrival(present=False, sender=7101))
    await world.deliver()
    assert told.sees.count("taken out of the staff group") == 1
    assert "taken out" not in carla.in_private().sees
    patient = world.patient()
    await patient.asks_for_a_person()
    assert "Write what you want to say" in patient.sees
    await world.casework.added(carla._arrival(present=True, sender=7101))
    await world.casework.added(carla._arrival(present=True, able=True, sender=7101))
    await world.deliver()
    assert told.sees.count("may not manage topics") == 1
    assert told.sees.count("can work in the staff group again") == 1


async def test_forged_and_foreign_buttons_are_answered_and_do_nothing(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    alert = world.find("Case CL-")
    data = alert.buttons["Claim"]
    for forged in ("", "c.1", "t" + data[1:], data[:-1], data + "x", "c.zz." + data[4:], "Ω" * 40):
        assert "button does not work" in await carla.presses_data(forged, alert.id)
    assert (await world.case()).holder is None


async def test_release_ends_the_talk_and_the_case_waits_again(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await (await carla.at()).says("/r Hello")
    await (await carla.at()).presses("Release")
    case = await world.case()
    assert case.holder is None
    assert "Carla has finished for now" in patient.sees
    chat = await world.database.read(lambda tx: chats.of_telegram(tx, 501))
    assert not chat.talking
    assert any("Claim" in one.buttons for one in world.messages if one.thread is None)
    assert "The case is free again." in carla.sees


async def test_hand_over_by_button_and_by_name(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await mei.says("/help")  # her name is learnt
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.presses("Hand over")
    await topic.presses("Mei")
    assert "Why do you hand this case over?" in topic.sees
    assert (await world.case()).holder == 7101
    await topic.presses("My shift ends")
    assert (await world.case()).holder == 7102
    assert "Why: My shift ends" in topic.sees
    assert "From now on Mei from the team looks after your case" in patient.sees
    await (await mei.at()).says("/handover carl")
    assert (await world.case()).holder == 7101
    await topic.says("/handover nobody")
    assert "To whom?" in topic.sees


async def test_stages_move_along_the_table(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.presses("Stage…")
    await topic.presses("Collecting records")
    case = await world.case()
    assert case.stage == "records"
    assert "Collecting records" in world.topics[case.topic_id]
    await topic.says("/stage planning")
    assert "cannot go from “Collecting records” to “Planning the trip”" in topic.sees
    await topic.presses("Stage…")
    await topic.presses("Back")
    assert "Stage…" in world.find("Held by", thread=topic.thread).buttons


async def test_closing_tells_the_patient_and_a_new_wish_is_a_new_case(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    first = await world.case()
    await topic.presses("Close…")
    await topic.presses("The patient has other care")
    closed = await world.case()
    assert (closed.stage, closed.close_reason) == ("closed", "other-care")
    assert "is closed at our desk" in patient.sees
    assert f"Case {first.number} is closed" in carla.sees
    await topic.says("/r hello again")
    assert "hello again" not in patient.sees
    assert "This case is closed" in topic.sees
    await patient.asks_for_a_person()
    assert (await world.case()).number != first.number


@pytest.mark.parametrize("how", ["/close died", "/stage died"])
async def test_after_a_death_nothing_goes_out(world: World, carla: Person, how: str) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/followup in 3 days 10:00 How are you?")
    before = patient.sees
    await topic.says(how)
    await topic.says("/r So sorry")
    assert patient.sees == before
    chat = await world.database.read(lambda tx: chats.of_telegram(tx, 501))
    assert chat.state == "in_memory"
    planned = await world.database.read(lambda tx: reminders.for_chat(tx, chat.id))
    assert {one.state for one in planned} == {"dropped"}


async def test_follow_ups_are_in_the_patients_time_and_can_be_cancelled(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/followup in 3 days 10:00 Did you get the report?")
    assert "25 November 2026, 10:00 (Asia/Almaty)" in topic.sees
    assert "25 November 2026, 13:00 (Asia/Shanghai)" in topic.sees
    await topic.says("/followup 05/06/2027 hello")
    assert "can mean two days" in topic.sees
    await topic.says("/followup hello")
    assert "I did not find a date" in topic.sees
    chat = await world.database.read(lambda tx: chats.of_telegram(tx, 501))
    planned = await world.database.read(lambda tx: reminders.for_chat(tx, chat.id))
    assert [(one.text, one.author) for one in planned] == [("Did you get the report?", 7101)]
    await topic.presses("Cancel this follow-up")
    assert "Carla cancelled this follow-up" in topic.sees
    await topic.presses("Follow-up…")
    await topic.presses("In 7 days, 10:00")
    assert "Follow-up…" in world.find("Held by", thread=topic.thread).buttons
    planned = await world.database.read(lambda tx: reminders.for_chat(tx, chat.id))
    assert [one.state for one in planned] == ["dropped", "planned"]


async def test_a_follow_up_that_went_out_stands_in_the_topic(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/followup in 3 days 10:00 Did you get the report?")
    assert "Did you get the report?" not in patient.sees
    world.later(days=3)
    for due in await world.database.transact(lambda tx: reminders.due(tx, 10)):
        await world.conversation.remind(due)
    await world.deliver()
    assert "Did you get the report?" in patient.sees
    assert "Carla to the patient:\nDid you get the report?" in topic.sees


async def test_words_said_before_a_case_was_open_are_shown_and_can_be_answered(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.says("We have been to four hospitals and nobody could tell us whether the marker was ever tested. " * 4)
    assert "saved your words for the coordinator" in patient.sees
    await patient.asks_for_a_person()
    topic = await carla.at()
    assert "Said before this case was opened" in topic.sees
    assert "four hospitals" in topic.sees
    await topic.says("Which hospitals?", reply_to="four hospitals")
    assert "Which hospitals?" in patient.sees


async def test_files_of_a_coordinator_go_through_our_store(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.says("Hello?")
    topic = await carla.at()
    await topic.sends(caption="The invitation", reply_to="Hello?")
    assert "The invitation" not in patient.sees
    await store(world)
    assert "Carla from the team:\nThe invitation" in patient.sees
    await topic.sends(caption="/r Two pages", album="a1")
    await topic.sends(album="a1")
    await topic.sends(caption="not for the patient")
    await store(world)
    assert [one.method for one in world.messages if one.chat == 501].count("sendPhoto") == 3
    assert "not for the patient" not in patient.sees
    await topic.sends(caption="/r A program")
    await store(world, refused="active")
    assert "can run programs" in topic.sees
    await topic.sends(caption="/r Huge", size=21 * 1024 * 1024)
    assert "larger than 20 MB" in topic.sees


async def test_a_changed_reply_changes_at_the_patients_side(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("Hello?")
    topic = await carla.at()
    message = await topic.says("On Tusday", reply_to="Hello?")
    await topic.edits(message, "On Tuesday")
    assert "On Tuesday" in patient.sees
    assert "Tusday" not in patient.sees


async def test_a_changed_message_of_the_patient_is_shown_under_the_first(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    message = await patient.says("Hb is 82")
    topic = await carla.at()
    first = world.find("Hb is 82", thread=topic.thread)
    await patient.edits(message, "Hb is 92")
    assert world.find("Hb is 92", thread=topic.thread).reply_to == first.id
    assert "changed this message" in topic.sees


async def test_who_is_blocked_is_told_at_the_desk(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    world.blocked.add(501)
    topic = await carla.at()
    message = await topic.says("/r Are you there?")
    told = world.find("the patient blocked the bot", thread=topic.thread)
    assert told.reply_to == message
    assert topic.sees.count("the patient blocked the bot") == 1
    assert "The patient cannot be reached" in topic.sees


async def test_a_deleted_topic_is_made_again_with_its_messages(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.says("First words")
    old = (await world.case()).topic_id
    world.delete_topic(old)
    await patient.says("Second words")
    topic = await carla.at()
    assert topic.thread != old
    assert topic.sees.count("First words") == 1
    assert topic.sees.count("Second words") == 1
    assert "Held by: Carla" in topic.sees
    await topic.says("I am here", reply_to="First words")
    assert "I am here" in patient.sees


async def test_what_waited_for_a_topic_that_is_deleted_meanwhile_comes_into_the_new_one(
    world: World, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.says("First words")
    old = (await world.case()).topic_id

    async def nothing_goes_out(_: World) -> None:
        return

    with monkeypatch.context() as silent:
        silent.setattr(World, "deliver", nothing_goes_out)
        for said in ("Second words", "Third words"):
            await patient.says(said)
        await patient.sends(caption="The newest report")
        world.delete_topic(old)
        await patient.says("Fourth words")
    await world.deliver()
    topic = await carla.at()
    assert topic.thread != old
    for said in ("First words", "Second words", "Third words", "The newest report", "Fourth words"):
        assert topic.sees.count(said) == 1, said
    assert topic.sees.index("Second words") < topic.sees.index("Third words") < topic.sees.index("Fourth words")
    assert topic.sees.index("First words") < topic.sees.index("Second words")
    assert await world.database.read(outbox.backlog) == []


async def test_hidden_characters_cannot_fake_a_card(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await patient.says("\u202eDESOLC ESAC\u202c \U000e0041\U000e0042<b>CASE CLOSED</b>")
    shown = world.find("CASE CLOSED", thread=topic.thread).text
    assert "4 hidden characters were removed" in shown
    assert not any(sign in shown for sign in ("\u202e", "\U000e0041"))
    raw = next(params["text"] for _, _, params in reversed(world.calls) if "CASE CLOSED" in str(params.get("text")))
    assert "<blockquote>" in raw
    assert "&lt;b&gt;CASE CLOSED" in raw


async def test_forwarded_words_are_marked(world: World, carla: Person) -> None:
    """They are the patient's message and nobody else's act, and the desk knows that somebody else wrote them first."""
    patient = world.patient()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await patient.does(Words(text="Carla: your case is accepted"), forwarded=True)
    shown = world.find("your case is accepted", thread=topic.thread).text
    assert shown.startswith("From the patient’s side:")
    assert "They forwarded this; somebody else wrote it first." in shown
    await patient.says("I wrote this myself")
    assert "forwarded" not in world.find("I wrote this myself", thread=topic.thread).text


async def test_a_very_long_message_arrives_whole(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await patient.says("<" * 4096)
    assert topic.sees.count("<") == 4096


async def test_a_private_chat_shows_a_card_to_its_holder_only(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    number = (await world.case()).number
    for who in (carla, mei):
        await who.in_private().says("/start")
        await who.in_private().says(f"/case {number.lower()}")
    assert "Permissions:" in carla.in_private().sees
    assert "Permissions:" not in mei.in_private().sees
    assert "The card is in the topic" in mei.in_private().sees
    await mei.says("/cases")
    assert f"{number}: soon" in mei.sees or f"{number}: routine" in mei.sees


async def test_a_red_flag_alerts_at_once_and_is_acknowledged(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.in_private().says("/start")
    await patient.says("She has a high fever and cannot breathe")
    assert "🚩 RED FLAG: case" in carla.sees
    assert "fever" not in carla.sees
    assert "RED FLAG" in carla.in_private().sees
    topic = await carla.at()
    assert "RED FLAG, not acknowledged yet" in topic.sees
    await topic.presses("Acknowledge the red flag")
    assert "Carla has seen the red flag" in topic.sees
    assert "not acknowledged yet" not in topic.sees
    assert (await world.case()).red_flag_ack_at is not None


async def test_the_group_moves_and_nothing_is_lost(world: World, carla: Person) -> None:
    await world.casework.migrated(carla._arrival(chat_id=-666, moved_to=-999))
    await world.casework.migrated(carla._arrival(moved_to=-2002))
    patient = world.patient()
    await patient.asks_for_a_person()
    alert = world.find("Case CL-")
    assert await carla.presses_data(alert.buttons["Claim"], alert.id, chat=-2002) == ""
    assert (await world.case()).holder == 7101
    assert await world.database.read(lambda tx: facts.group_now(tx, world.house.desk_chat)) == -2002


async def test_the_day_of_the_infusion(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/dayzero 2026-12-01")
    assert "Day zero: 1 December 2026" in topic.sees
    await topic.says("/dayzero 01.12.2026")
    assert "can mean two days" in topic.sees
    assert str((await world.case()).day_zero) == "2026-12-01"


async def test_documents_come_into_the_topic_under_names_of_ours(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    await patient.sends(caption="My report & more")
    topic = await carla.at()
    shown = world.find("My report & more", thread=topic.thread)
    assert shown.method == "sendDocument"
    names = [params["file_name"] for method, _, params in world.calls if method == "sendDocument"]
    assert names == ["document-1"]
    await topic.says("Thank you", reply_to="My report")
    assert "Thank you" in patient.sees
    await patient.does(Press(control=Control.RECORD_IS, number=_record("pathology"), revision=1))
    assert "says this document is: The pathology report" in topic.sees
    assert "Received: The pathology report" in topic.sees


async def test_a_passport_is_named_and_never_shown(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    await patient.does(Press(control=Control.CONTINUE))
    await patient.sends()
    await patient.does(Press(control=Control.RECORD_IS, number=_record("passport"), revision=1))
    topic = await carla.at()
    assert "is kept safely and is not shown in this group" in topic.sees
    assert not any(method == "sendDocument" for method, _, _ in world.calls)


async def test_erasure_empties_the_desk(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.says(SECRET)
    topic = await carla.at()
    number = (await world.case()).number
    await patient.does(Press(control=Control.ERASE, number=1))
    assert topic.thread not in world.topics
    assert SECRET not in str(world.messages)
    assert f"Case {number}: the person had everything deleted" in carla.sees
    assert not any(one.buttons for one in world.messages if one.chat == GROUP)


async def test_the_patients_silence_is_told_and_kept(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.does(Press(control=Control.STOP, number=1))
    topic = await carla.at()
    assert "The person stopped all messages." in topic.sees
    before = patient.sees
    await topic.says("/r One more thing")
    assert "Not sent: the person stopped all messages" in topic.sees
    assert patient.sees == before


async def test_every_look_at_a_case_is_in_the_audit_log(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    await carla.presses("Claim")
    await (await carla.at()).says("a note")
    lines = await world.database.read(audit.lines)
    assert {"case.claim", "case.write"} <= {line.action for line in lines if line.actor == "7101"}
    assert await world.database.read(audit.verify) is None
    assert await world.database.read(cases.listing) != []


def _record(id_: str) -> int:
    return [record.id for record in DEFINITION.records].index(id_)


async def test_the_card_names_the_cases_that_the_family_had_before(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    first = await world.case()
    assert "Earlier cases" not in (await carla.claims()).sees
    await (await carla.at()).says("/close other-care")
    await patient.asks_for_a_person()
    topic = await carla.claims()
    assert f"Earlier cases of this family: {first.number} (The patient has other care)" in topic.sees


async def test_who_lost_and_who_got_a_case_reads_it_in_private(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await mei.in_private().says("/start")
    await carla.in_private().says("/start")
    await carla.presses("Claim")
    await (await carla.at()).says("/handover Mei she speaks Chinese")
    number = (await world.case()).number
    assert f"{number}\nMei holds this case now. Before: Carla.\nWhy: she speaks Chinese" in mei.in_private().sees
    assert "Mei holds this case now" not in carla.in_private().sees  # she did it herself
