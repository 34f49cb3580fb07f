"""Pure decisions about awards, as tables."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from eventapp.awards.rules import ballots, counting, jury, nominations, results
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import (
    Cell,
    ConsentState,
    FormalResult,
    JurorRole,
    NominationState,
    RoundState,
)
from tests.awards.seminar import moment

NOON = moment("2027-05-20T12:00:00+02:00")
EARLIER, LATER = moment("2027-05-20T11:59:59+02:00"), moment("2027-05-20T12:00:01+02:00")
CRITERIA = [
    {"id": "c1", "weight": 30, "min": 0, "max": 10, "required": True},
    {"id": "c2", "weight": "70", "min": 0, "max": 10, "required": True},
]
OPTIONAL = [*CRITERIA, {"id": "c3", "weight": 50, "min": 1, "max": 5, "required": False}]


def thing(**columns):
    return SimpleNamespace(**columns)


def a_ballot(**columns):
    return thing(**{"voided_at": None, "complete": True, "scores": {}} | columns)


# --- cards --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("voting", "state", "absent", "expected"),
    [
        (True, RoundState.OPEN, [], None),
        (False, RoundState.OPEN, [], AwardRefusal.NO_VOTE),
        (True, RoundState.PREPARED, [], AwardRefusal.ROUND_NOT_OPEN),
        (True, RoundState.CLOSED, [], AwardRefusal.CLOSED),
        (True, RoundState.COUNTED, [], AwardRefusal.CLOSED),
        (True, RoundState.OPEN, [1], AwardRefusal.ABSENT),
        (True, RoundState.OPEN, [2], None),
    ],
)
def test_who_may_cast_now(voting, state, absent, expected):
    juror = thing(id=1, voting=voting)

    assert ballots.refuse_casting(thing(state=state), juror, absent) is expected


@pytest.mark.parametrize(
    ("entry", "recused", "before", "expected"),
    [
        (5, [], None, None),
        (5, [6], a_ballot(), None),
        (7, [], None, AwardRefusal.UNKNOWN_NOMINATION),
        (5, [5], None, AwardRefusal.RECUSED),
        (5, [], a_ballot(voided_at=NOON), AwardRefusal.VOIDED),
    ],
)
def test_which_card_may_be_cast(entry, recused, before, expected):
    assert ballots.refuse_card(entry, [5, 6], recused, before) is expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, None),
        ({"c1": 0, "c2": 10}, None),
        ({"c9": 1}, AwardRefusal.UNKNOWN_CRITERION),
        ({"c1": 11}, AwardRefusal.OUT_OF_RANGE),
        ({"c1": -1}, AwardRefusal.OUT_OF_RANGE),
        ({"c1": True}, AwardRefusal.OUT_OF_RANGE),
        ({"c1": 7.0}, AwardRefusal.OUT_OF_RANGE),
        ({"c1": "7"}, AwardRefusal.OUT_OF_RANGE),
        ({"c1": None}, AwardRefusal.OUT_OF_RANGE),
    ],
)
def test_what_a_card_may_say(scores, expected):
    found = ballots.refuse_scores(scores, CRITERIA)

    assert (found and found[0]) is expected


@pytest.mark.parametrize(
    ("scores", "criteria", "expected"),
    [
        ({"c1": 9, "c2": 8}, CRITERIA, Fraction(83)),
        ({"c1": 0, "c2": 0}, CRITERIA, Fraction(0)),
        ({"c1": 10, "c2": 10}, CRITERIA, Fraction(100)),
        ({"c1": 9}, CRITERIA, None),
        ({}, CRITERIA, None),
        ({"c1": 10, "c2": 10, "c3": 1}, OPTIONAL, Fraction(200, 3)),
        ({"c1": 10, "c2": 10}, OPTIONAL, Fraction(100)),
    ],
)
def test_the_total_of_a_card(scores, criteria, expected):
    assert ballots.card_total(scores, criteria) == expected


# --- the jury -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ballot", "recused", "absent", "expected"),
    [
        (None, False, False, Cell.MISSING),
        (a_ballot(complete=False), False, False, Cell.STARTED),
        (a_ballot(), False, False, Cell.CAST),
        (None, True, False, Cell.RECUSED),
        (a_ballot(voided_at=NOON), True, False, Cell.VOID),
        (None, False, True, Cell.ABSENT),
        (a_ballot(complete=False), False, True, Cell.ABSENT),
        (None, True, True, Cell.RECUSED),
    ],
)
def test_a_cell_of_the_coverage(ballot, recused, absent, expected):
    held, away = (thing() if recused else None), (thing() if absent else None)

    assert jury.cell_state(ballot, held, away) is expected


def nine_jurors():
    roles = [JurorRole.CHAIR, JurorRole.DEPUTY, *[JurorRole.MEMBER] * 7]
    return [thing(id=n, role=role, voting=True) for n, role in enumerate(roles, start=1)]


@pytest.mark.parametrize(
    ("rule", "absent", "recused", "cards", "body", "met"),
    [
        ({"share": "2/3"}, {}, [], 0, True, True),
        ({"share": "2/3"}, {1, 2, 3}, [], 0, True, True),
        ({"share": "2/3"}, {1, 2, 3, 4}, [], 0, False, False),
        ({"share": "2/3", "chair": True}, {1}, [], 0, True, True),
        ({"share": "1/2", "chair": True}, {1, 2}, [], 0, False, False),
        ({"absolute": 9}, {}, [], 0, True, True),
        ({"absolute": 9}, {}, [(3, 5)], 0, True, False),
        ({"share": "2/3"}, {1, 2, 3}, [(4, 5)], 0, True, False),
        ({"cards": 3}, {}, [], 2, True, False),
        ({"cards": 3}, {}, [], 3, True, True),
        ({}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, [], 0, True, True),
    ],
)
def test_the_quorum(rule, absent, recused, cards, body, met):
    found = jury.round_quorum({"quorum": rule}, nine_jurors(), absent, recused, {5: cards})

    assert (found.body_met, found.met) == (body, met)


def test_a_secretary_and_others_without_a_vote_are_not_the_body():
    secretary = thing(id=10, role=JurorRole.SECRETARY, voting=False)
    found = jury.round_quorum({"quorum": {"share": "2/3"}}, [*nine_jurors(), secretary], (), (), {})

    assert (found.appointed, found.present, found.needed) == (9, 9, 6)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Akademia Jurajska Stosowana", "akademia jurajska stosowana", True),
        ("Spółdzielnia „Żuraw i Łopata” – laureatka 2019", "Spółdzielnia „Żuraw i Łopata”", True),
        ("Fundacja – gospodarz inauguracji", "Fundacja „Nić i Żagiel”", False),
        ("Fundacja", "Fundacja „Nić i Żagiel”", False),
        ("Urząd Miasta", "Urząd Miasta w Próbnicach", True),
        ("", "", False),
    ],
)
def test_when_two_names_mean_one_institution(one, other, same):
    assert jury.same_institution(one, other) is same


def candidate(**columns):
    usual = {
        "id": 5,
        "nominee": "Fundacja „Kuźnia Etatów”",
        "nominator": "Biblioteka Publiczna",
        "nominator_email": None,
        "organisation_id": 40,
        "merged_into_id": None,
    }
    return thing(**usual | columns)


@pytest.mark.parametrize(
    ("nomination", "comes_from", "kind"),
    [
        (candidate(), {}, None),
        (candidate(nominator="Anna Jurorska"), {}, "nominator-person"),
        (candidate(nominator_email="anna@example.org"), {}, "nominator-person"),
        (candidate(), {9: {40}}, "registered-from"),
        (candidate(), {9: {41}, 8: {40}}, None),
        (candidate(nominee="Izba Rzemiosł Zmyślonych"), {}, "nominee-institution"),
        (candidate(nominator="Izba Rzemiosł Zmyślonych"), {}, "nominator-institution"),
        (candidate(id=6, merged_into_id=5), {9: {40}}, "registered-from"),
    ],
)
def test_conflicts_that_the_data_show(nomination, comes_from, kind):
    person = thing(first_name="Anna", last_name="Jurorska", email="anna@example.org")
    juror = thing(id=1, person_id=9, person=person, institution="Izba Rzemiosł Zmyślonych")

    found = jury.conflicts([juror], [nomination], comes_from, settled=())

    assert [each.kind for each in found] == ([kind] if kind else [])
    assert jury.conflicts([juror], [nomination], comes_from, settled={(1, 5)}) == []


# --- nominations --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (None, None, None),
        (NOON, None, None),
        (LATER, None, AwardRefusal.CALL_NOT_OPEN),
        (None, NOON, None),
        (None, EARLIER, AwardRefusal.CALL_CLOSED),
    ],
)
def test_the_window_of_the_call(opens, closes, expected):
    assert nominations.refuse_call(thing(opens_at=opens, closes_at=closes), NOON) is expected


def a_draft(**columns):
    usual = {
        "state": NominationState.DRAFT,
        "nominee": "Fundacja",
        "nominator": "Ktoś",
        "nominator_email": "ktos@example.org",
        "justification": "Bo tak.",
        "is_self": True,
        "nominee_email": None,
        "nominee_category": "",
        "complete_until": None,
    }
    return thing(**usual | columns)


@pytest.mark.parametrize(
    ("draft", "mine", "expected"),
    [
        (a_draft(), 0, None),
        (a_draft(state=NominationState.SUBMITTED), 0, AwardRefusal.NOT_A_DRAFT),
        (a_draft(justification=""), 0, AwardRefusal.INCOMPLETE),
        (a_draft(nominator_email=None), 0, AwardRefusal.INCOMPLETE),
        (a_draft(is_self=False), 0, AwardRefusal.INCOMPLETE),
        (a_draft(is_self=False, nominee_email="x@example.org"), 0, None),
        (a_draft(nominee_category="wtz"), 0, AwardRefusal.INELIGIBLE),
        (a_draft(nominee_category="fundacja"), 0, None),
        (a_draft(), 1, AwardRefusal.ONE_PER_NOMINATOR),
    ],
)
def test_what_a_draft_needs_to_be_submitted(draft, mine, expected):
    rules = {"nominations_per_nominator_per_category": 1}
    call = thing(opens_at=None, closes_at=None, rules=rules)
    award = thing(eligible_types=["fundacja"])

    assert nominations.refuse_submission(call, award, draft, mine, NOON) is expected


@pytest.mark.parametrize(
    ("state", "result", "reason", "expected"),
    [
        (NominationState.SUBMITTED, FormalResult.POSITIVE, None, None),
        (NominationState.SUBMITTED, FormalResult.NEGATIVE, " ", AwardRefusal.REASON_MISSING),
        (NominationState.SUBMITTED, FormalResult.NEGATIVE, "spoza obszaru", None),
        (NominationState.TO_COMPLETE, FormalResult.COMPLETED, "zgoda", None),
        (NominationState.TO_COMPLETE, FormalResult.TO_COMPLETE, "x", AwardRefusal.ALREADY_DECIDED),
        (NominationState.ACCEPTED, FormalResult.NEGATIVE, "x", AwardRefusal.ALREADY_DECIDED),
        (NominationState.DRAFT, FormalResult.POSITIVE, None, AwardRefusal.NOT_SUBMITTED),
        (NominationState.WITHDRAWN, FormalResult.POSITIVE, None, AwardRefusal.WITHDRAWN),
    ],
)
def test_the_formal_check(state, result, reason, expected):
    assert nominations.refuse_check(thing(state=state), result, reason) is expected


@pytest.mark.parametrize(
    ("from_", "days", "expected"),
    [
        ("2027-05-05T10:00:00+02:00", 5, "2027-05-12T23:59:59+02:00"),
        ("2027-05-07T23:30:00+02:00", 1, "2027-05-10T23:59:59+02:00"),
        ("2027-05-08T00:30:00+02:00", 1, "2027-05-10T23:59:59+02:00"),
    ],
)
def test_a_completion_has_working_days(from_, days, expected):
    found = nominations.completion_deadline(moment(from_), days, "Europe/Warsaw")

    assert found == moment(expected)


@pytest.mark.parametrize(
    ("until", "expected"), [(NOON, None), (EARLIER, AwardRefusal.COMPLETION_LATE), (None, None)]
)
def test_completing_ends_at_its_deadline(until, expected):
    row = a_draft(state=NominationState.TO_COMPLETE, complete_until=until)

    assert nominations.refuse_completion(row, NOON) is expected


@pytest.mark.parametrize(
    ("size", "held", "expected"),
    [
        (20_000_000, [], None),
        (1, [20_000_000], AwardRefusal.TOO_LARGE),
        (1, [1] * 9, None),
        (1, [1] * 10, AwardRefusal.TOO_MANY),
    ],
)
def test_how_much_may_be_attached(size, held, expected):
    assert nominations.refuse_attachment(size, held) is expected


@pytest.mark.parametrize(
    ("consent", "state", "expected"),
    [
        (ConsentState.ASKED, NominationState.SUBMITTED, None),
        (ConsentState.NOT_NEEDED, NominationState.SUBMITTED, AwardRefusal.NO_CONSENT_ASKED),
        (ConsentState.ASKED, NominationState.WITHDRAWN, AwardRefusal.WITHDRAWN),
    ],
)
def test_who_has_to_consent(consent, state, expected):
    assert nominations.refuse_consent(thing(consent=consent, state=state)) is expected


def test_a_number_says_call_award_and_serial():
    assert nominations.number_of("KES/2027", "K3", 9) == "KES/2027/K3/09"
    assert nominations.number_of("", "K3", 121) == "K3/121"


# --- counting -----------------------------------------------------------------------------

BOOK = {"method": "weighted-scores", "criteria": CRITERIA, "ties": ["chair"], "min_score": "60"}


def votes(cards, **more):
    """Return votes of jurors 1 (chair), 2 (deputy), 3 on nominations 5, 6, 7."""
    roles = (JurorRole.CHAIR, JurorRole.DEPUTY, JurorRole.MEMBER)
    jurors = [thing(id=n, role=role, voting=True) for n, role in enumerate(roles, start=1)]
    rows = [
        a_ballot(juror_id=juror, nomination_id=entry, scores={"c1": points, "c2": points})
        for (juror, entry), points in cards.items()
    ]
    return counting.Votes(entries=[5, 6, 7], jurors=jurors, ballots=rows, **more)


TIE = {(1, 5): 8, (2, 5): 7, (1, 6): 7, (2, 6): 8, (1, 7): 6, (2, 7): 6}


def test_a_tie_is_open_until_the_chair_decides_exactly_that_tie():
    document, result = counting.settle(BOOK, votes(TIE))
    decided = counting.decision(document, result)
    assert (decided.status, decided.winners, decided.open_tie) == ("tied", (), (5, 6))

    act = thing(tied=[6, 5], choice=6, basis="§ 12")
    document, result = counting.settle(BOOK, votes(TIE, decisions=[act]))
    decided = counting.decision(document, result)
    assert (decided.winners, decided.tied, decided.step) == ((6,), (5, 6), "chair")

    other = thing(tied=[5, 6, 7], choice=7, basis="§ 12")
    document, result = counting.settle(BOOK, votes(TIE, decisions=[other]))
    assert counting.decision(document, result).open_tie == (5, 6)
    assert "chair_choice" not in document["rulebook"]


def test_a_voided_card_and_a_withdrawn_entry_never_count():
    cast = votes(TIE | {(3, 5): 0})
    void = cast.ballots[-1]
    void.voided_at = NOON
    stray = a_ballot(juror_id=1, nomination_id=99, scores={"c1": 10, "c2": 10})
    cast.ballots.append(stray)

    document = counting.tally_document(BOOK, cast)

    assert len(document["ballots"]) == 6
    assert document["entries"] == ["5", "6", "7"]


def test_means_are_exact_and_places_are_1_1_3():
    document, _result = counting.settle(BOOK, votes(TIE))

    rows = counting.ranking(document)

    assert [(r.nomination_id, r.mean, r.place, r.spread) for r in rows] == [
        (5, Fraction(75), 1, Fraction(10)),
        (6, Fraction(75), 1, Fraction(10)),
        (7, Fraction(60), 3, Fraction(0)),
    ]


def test_robustness_names_the_juror_who_makes_the_winner():
    firm = {(j, e): 9 - abs(e - 5) for j in (1, 2, 3) for e in (5, 6, 7)}
    swing = {(1, 5): 10, (2, 5): 6, (3, 5): 6, (1, 6): 6, (2, 6): 7, (3, 6): 7}

    firm_document, _ = counting.settle(BOOK, votes(firm))
    swing_document, _ = counting.settle(BOOK, votes(swing))

    assert counting.robustness(firm_document, [5]) == {}
    assert counting.robustness(swing_document, [5]) == {1: (6,)}


@pytest.mark.parametrize(
    ("absent", "recused", "expected"),
    [((), (), [1]), ((1,), (), [2]), ((), {(1, 5)}, [2]), ((1, 2), (), []), ((), {(1, 7)}, [1])],
)
def test_the_deputy_decides_where_the_chair_may_not(absent, recused, expected):
    assert counting.leaders(votes({}, absent=absent, recused=recused), [5, 6]) == expected


@pytest.mark.parametrize(
    ("tied", "choice", "basis", "expected"),
    [
        ([5, 6], 5, "§ 12", None),
        ([6, 5], 6, "§ 12", None),
        ([5, 7], 5, "§ 12", AwardRefusal.ANOTHER_TIE),
        ([5, 6], 7, "§ 12", AwardRefusal.CHOICE_NOT_TIED),
        ([5, 6], 5, "  ", AwardRefusal.REASON_MISSING),
    ],
)
def test_an_act_on_a_tie(tied, choice, basis, expected):
    document, result = counting.settle(BOOK, votes(TIE))

    assert counting.refuse_tie_decision(document, result, tied, choice, basis) is expected


def test_without_a_tie_there_is_nothing_to_decide():
    document, result = counting.settle(BOOK, votes(TIE | {(3, 5): 10}))
    refused = counting.refuse_tie_decision(document, result, [5, 6], 5, "§ 12")
    assert refused is AwardRefusal.NOT_TIED

    no_chair = BOOK | {"ties": []}
    document, result = counting.settle(no_chair, votes(TIE))
    refused = counting.refuse_tie_decision(document, result, [5, 6], 5, "§ 12")
    assert refused is AwardRefusal.NOT_BY_CHAIR


def test_floats_of_a_file_become_exact_before_they_are_frozen():
    book = counting.frozen_rulebook(
        {"min_score": 60.5, "quorum": {"absolute": 4.0}},
        [{"id": 1, "name": "x", "weight": 12.5}],
    )

    assert (book["min_score"], book["quorum"]["absolute"]) == ("60.5", 4)
    assert book["criteria"][0] == {
        "id": "1",
        "name": "x",
        "weight": "12.5",
        "min": 0,
        "max": 10,
        "required": True,
    }


def test_a_rulebook_nobody_can_count_by_is_told_in_words():
    assert counting.rulebook_fault(BOOK) is None
    assert "pets" in counting.rulebook_fault(BOOK | {"pets": 1})


# --- results ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("embargo", "published", "expected"),
    [
        (NOON, EARLIER, None),
        (LATER, EARLIER, AwardRefusal.EMBARGO),
        (NOON, None, AwardRefusal.NOT_PUBLISHED),
        (LATER, None, AwardRefusal.EMBARGO),
    ],
)
def test_results_open_at_the_embargos_second(embargo, published, expected):
    call = thing(embargo_until=embargo, published_at=published)

    assert results.refuse_results(call, NOON) is expected


@pytest.mark.parametrize(
    ("states", "ties", "embargo", "published", "expected"),
    [
        (["counted"], [], NOON, None, None),
        ([], [], NOON, None, AwardRefusal.NOT_COUNTED),
        (["counted", "closed"], [], NOON, None, AwardRefusal.NOT_COUNTED),
        (["counted"], [1], NOON, None, AwardRefusal.UNDECIDED),
        (["counted"], [], None, None, AwardRefusal.NO_EMBARGO),
        (["counted"], [], NOON, EARLIER, AwardRefusal.ALREADY_PUBLISHED),
    ],
)
def test_what_publishing_needs(states, ties, embargo, published, expected):
    call = thing(embargo_until=embargo, published_at=published)
    rounds = [thing(state=RoundState(state)) for state in states]

    assert results.refuse_publication(call, rounds, ties) is expected
