"""Threats at the desk and the tests that show what becomes of them. A test that is renamed or removed is missed here."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent

THREATS: dict[str, tuple[str, ...]] = {
    "somebody who is not on the roster, left, is anonymous or a channel acts as a coordinator": (
        "bot/test_casework.py::test_strangers_change_nothing_and_learn_nothing",
        "bot/test_casework.py::test_who_leaves_the_roster_can_do_nothing_from_then_on",
        "bot/test_desk_handlers.py::test_nobody_in_particular_is_nobody",
        "bot/test_roster.py::test_names_come_from_telegram_and_whoever_left_the_group_is_out",
        "bot/test_roster.py::test_who_leaves_unseen_is_out_within_five_seconds",
        "test_leaving.py::test_a_page_ends_although_the_update_was_lost",
        "bot/test_roster.py::test_nothing_is_shown_to_somebody_who_may_have_left",
        "bot/test_roles.py::test_who_only_reads_changes_nothing",
    ),
    "a group that only looks like the desk, or a forged move of the group": (
        "bot/test_casework.py::test_other_groups_are_left_and_hear_nothing",
        "bot/test_casework.py::test_the_group_moves_and_nothing_is_lost",
        "bot/test_delivery.py::test_no_other_group_is_ever_written_to",
    ),
    "a forwarded message is taken for an act or the words of somebody else": (
        "bot/test_casework.py::test_a_note_never_leaks",
        "bot/test_casework.py::test_forwarded_words_are_marked",
        "bot/test_desk_handlers.py::test_what_a_command_is",
    ),
    "the page is opened with forged, old or foreign proof of who somebody is": (
        "bot/test_desk_pages.py::test_nobody_else_comes_in",
        "bot/test_desk_pages.py::test_a_visit_ends_with_the_roster_and_after_an_idle_hour",
        "bot/test_desk_pages.py::test_a_cookie_of_somebody_else_or_changed_in_one_letter_is_nobodys",
    ),
    "a webhook is called by somebody who is not Telegram": (
        "bot/test_web.py::test_whoever_does_not_know_the_secret_is_not_heard",
        "bot/test_web.py::test_there_is_nothing_else",
    ),
    "a button is forged, changed, pressed by somebody else or somewhere else": (
        "bot/test_casework.py::test_forged_and_foreign_buttons_are_answered_and_do_nothing",
        "bot/test_casework.py::test_strangers_change_nothing_and_learn_nothing",
        "bot/test_review_desk.py::test_a_button_of_another_version_is_no_button",
    ),
    "a button is old, pressed twice, or its message cannot be seen any more": (
        "bot/test_casework.py::test_the_same_press_delivered_twice_counts_once",
        "bot/test_canned.py::test_two_taps_send_once",
        "bot/test_desk_handlers.py::test_edits_service_messages_and_strange_contents_harm_nothing",
    ),
    "an update comes again, late, or at the same moment": (
        "bot/test_receiving.py::test_a_repeated_update_has_one_effect",
        "bot/test_receiving.py::test_another_update_under_a_known_number_has_no_effect_and_is_logged_without_its_words",
        "bot/test_receiving.py::test_straight_from_telegram_the_same_update_twice_at_once",
        "storage/test_inbox.py::test_a_message_that_comes_back_under_another_update_id_is_known",
        "bot/test_interleavings.py::test_each_message_once_to_the_right_chat_in_order",
    ),
    "words carry markup, hidden signs or a false card": (
        "bot/test_casework.py::test_hidden_characters_cannot_fake_a_card",
        "bot/test_casework.py::test_words_go_both_ways_and_a_delivery_is_ticked",
        "bot/test_delivery.py::test_broken_markup_still_arrives",
        "bot/test_desk_pages.py::test_a_coordinator_opens_the_list_and_a_case",
        "bot/test_figures_page.py::test_no_cell_of_a_file_is_a_formula",
        "flows/test_flat.py::test_no_cell_begins_a_formula",
        "bot/test_inspection.py::test_a_dicom_image_tells_its_study_and_no_name",
        "bot/test_dossier.py::test_the_sheet_says_everything_in_both_languages_and_free_words_as_they_are",
        "test_hostile.py::test_every_call_of_ours_had_the_right_shape",
    ),
    "a link, a file or a case of somebody else is asked for": (
        "bot/test_upload_page.py::test_wrong_links_look_all_the_same",
        "bot/test_upload_page.py::test_an_erased_person_has_no_link",
        "bot/test_web_rights.py::test_every_kind_of_person_at_every_address",
        "bot/test_web_rights.py::test_open_pages_and_links_end_with_the_roster_and_with_the_group",
        "bot/test_hospitals.py::test_a_credential_ends_when_it_is_revoked_and_when_its_time_is_over",
        "bot/test_desk_pages.py::test_an_original_leaves_as_it_came_and_only_from_its_own_case",
        "bot/test_exports.py::test_a_stranger_gets_nothing",
    ),
    "a token stands where others can read it": (
        "bot/test_logs.py::test_tokens_are_hidden_where_words_may_stand",
        "bot/test_channel.py::test_nobody_there_means_later_and_no_error_shows_the_token",
        "test_privacy.py::test_logs_hold_no_word_no_name_and_no_token",
    ),
    "what a patient said reaches the wrong chat": (
        "bot/test_casework.py::test_a_red_flag_alerts_at_once_and_is_acknowledged",
        "bot/test_casework.py::test_a_reply_goes_to_the_patient_of_its_topic_only",
        "bot/test_delivery.py::test_no_other_group_is_ever_written_to",
        "bot/test_watch.py::test_a_red_flag_is_raised_again_until_it_is_seen_at_any_hour",
        "test_hostile.py::test_nothing_reaches_other_people",
        "test_privacy.py::test_buttons_and_other_chats_hold_nothing",
    ),
    "the bot is removed or demoted, the group moves, a topic is deleted": (
        "bot/test_casework.py::test_administrators_hear_that_the_bot_was_removed_or_demoted_once",
        "bot/test_casework.py::test_a_deleted_topic_is_made_again_with_its_messages",
        "bot/test_casework.py::test_the_group_moves_and_nothing_is_lost",
        "bot/test_delivery.py::test_removed_from_the_desk_group_keeps_the_queue",
        "bot/test_delivery.py::test_the_desk_group_is_never_given_up_and_followed_when_it_moves",
    ),
    "two devices answer at once, or patient and coordinator write at once": (
        "bot/test_interleavings.py::test_two_devices_answer_one_question_at_the_same_moment",
        "bot/test_interleavings.py::test_three_who_answer_at_the_same_moment",
        "bot/test_interleavings.py::test_each_message_once_to_the_right_chat_in_order",
    ),
}


@cache
def names_in(file: Path) -> frozenset[str]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("threat", THREATS)
def test_what_shows_it_is_there(threat: str) -> None:
    for shown in THREATS[threat]:
        file, _, name = shown.partition("::")
        assert name in names_in(HERE / file), shown
