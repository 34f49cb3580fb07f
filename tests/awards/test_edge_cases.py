"""The edge cases that awards must hold, each with the test that holds it: nothing may be lost."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CASES = {
    "no ballots": ("awards/tally/test_scores.py", "test_without_ballots_nothing_is_ranked"),
    "one juror and one entry": ("awards/tally/test_scores.py", "test_one_juror_and_one_entry"),
    "one entry alone": ("awards/tally/test_rounds.py", "test_one_entry_alone_wins"),
    "all recused on an entry": (
        "awards/tally/test_scores.py",
        "test_an_entry_from_which_all_are_recused_stays_unranked",
    ),
    "panel below the floor": ("awards/tally/test_quorum.py", "test_an_entry_needs_enough_jurors"),
    "z-scores below the floor": (
        "awards/tally/test_scores.py",
        "test_zscores_below_the_floor_are_refused",
    ),
    "standard deviation 0": (
        "awards/tally/test_scores.py",
        "test_a_juror_who_marks_all_alike_is_neutral_in_zscores",
    ),
    "disconnected panels": (
        "awards/tally/test_scores.py",
        "test_additive_effects_of_groups_without_a_common_juror_are_refused_by_name",
    ),
    "identical ballots": (
        "awards/tally/test_scores.py",
        "test_identical_cards_are_a_tie_under_every_normalisation",
    ),
    "exact threshold": ("awards/tally/test_verdict.py", "test_no_prize_below_the_lowest_value"),
    "quorum exactly met": ("awards/tally/test_quorum.py", "test_the_body_needs_the_greater_of"),
    "substitute and principal both vote": (
        "awards/tally/test_refusals.py",
        "test_a_principal_and_their_substitute_have_one_vote",
    ),
    "juror removed mid-round": (
        "awards/test_routes.py",
        "test_who_is_at_work_is_not_removed",
    ),
    "recusal after the card": (
        "awards/test_commands.py",
        "test_a_late_recusal_voids_the_card_and_nothing_brings_it_back",
    ),
    "entry withdrawn after ballots": (
        "awards/tally/test_scores.py",
        "test_a_withdrawn_entry_changes_the_zscores_of_the_others",
    ),
    "nominee or nominator is a juror": (
        "awards/test_rules.py",
        "test_conflicts_that_the_data_show",
    ),
    "late ballot at the closing second": (
        "races/test_ballot_close.py",
        "test_a_card_is_counted_if_and_only_if_it_was_committed_before_the_close",
    ),
    "double submit from two tabs": (
        "awards/test_commands.py",
        "test_of_two_windows_the_last_wins_and_is_told",
    ),
    "three-way circle": (
        "awards/tally/test_ties.py",
        "test_head_to_head_in_a_circle_decides_nothing",
    ),
    "all exhausted": (
        "awards/tally/test_rounds.py",
        "test_a_box_in_which_nobody_is_named_gives_no_award",
    ),
    "weights that are not 100": (
        "awards/tally/test_properties.py",
        "test_scaling_all_weights_changes_nothing_but_the_rulebooks_hash",
    ),
    "criterion with min = max": ("awards/tally/test_refusals.py", "test_a_faulty_rulebook"),
    "over the budget": ("awards/tally/test_simple.py", "test_faulty_points"),
    "over the budget, when casting": (
        "awards/test_changes.py",
        "test_a_jury_with_a_budget_cannot_spend_more",
    ),
    "unknown or repeated ids": ("awards/tally/test_ranked.py", "test_orders_are_never_repaired"),
    "NaN, true, binary floats": ("awards/tally/test_numbers.py", "test_anything_else_is_refused"),
    "rules changed after opening": (
        "awards/test_changes.py",
        "test_nothing_changes_before_the_second_person",
    ),
    "a vote of the audience late by a second": (
        "awards/test_audience.py",
        "test_voting_is_open_from_its_first_second_to_its_last",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_edge_case_has_its_test(case):
    path, name = CASES[case]

    assert f"def {name}" in (ROOT / path).read_text()
