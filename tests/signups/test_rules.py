from datetime import timedelta

import pytest

from eventapp.directory.models import Commitment, CommitmentKind
from eventapp.programme.models import Activity, Session, SessionState, SignUpRule
from eventapp.registrations.models import Registration
from eventapp.registrations.models import State as Standing
from eventapp.signups import rules
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import Case, LeaveRefusal, Place, SignUpRefusal
from tests.factories import NOW, at

MINUTE = timedelta(minutes=1)


def session(id_=1, activity_id=1, **columns):
    given = {
        "starts_at": at("9:00"),
        "ends_at": at("10:30"),
        "state": SessionState.SCHEDULED,
        "sign_up": SignUpRule.REQUIRED,
    }
    activity = Activity(id=activity_id, title={"pl": f"Zajęcia {activity_id}"})
    return Session(id=id_, activity_id=activity_id, activity=activity, **{**given, **columns})


def own(state=State.CONFIRMED, registration_id=1, **columns):
    shown = session(**columns)
    return Place(
        id=10 * shown.id + registration_id,
        session_id=shown.id,
        registration_id=registration_id,
        state=state,
        activity_id=shown.activity_id,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
    )


def busy(kind=CommitmentKind.JURY, source="award:1"):
    return Commitment(
        kind=kind,
        source=source,
        label={"pl": "Posiedzenie"},
        starts_at=at("9:00"),
        ends_at=at("12:00"),
    )


def case(*, standing=Standing.QUALIFIED, signed=(), clashing=(), now=NOW, **columns):
    shown = session(**columns)
    return Case(
        session=shown,
        title=shown.activity.title,
        registration=Registration(id=1, state=standing),
        signed=signed,
        busy=clashing,
        now=now,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"sign_up": SignUpRule.OPTIONAL}, None),
        ({"sign_up": SignUpRule.NONE}, SignUpRefusal.NO_SIGN_UP),
        ({"state": SessionState.CANCELLED}, SignUpRefusal.CANCELLED_SESSION),
        ({"standing": Standing.CANCELLED}, SignUpRefusal.NOT_REGISTERED),
        ({"standing": Standing.REPLACED}, SignUpRefusal.NOT_REGISTERED),
        ({"standing": Standing.REJECTED}, SignUpRefusal.NOT_REGISTERED),
        ({"standing": Standing.PENDING}, SignUpRefusal.NOT_APPROVED),
        ({"standing": Standing.WAITING}, SignUpRefusal.NOT_APPROVED),
        ({"now": at("9:00") - MINUTE}, None),
        ({"now": at("9:00")}, SignUpRefusal.STARTED),
        ({"sign_up_opens_at": NOW}, None),
        ({"sign_up_opens_at": NOW + MINUTE}, SignUpRefusal.NOT_OPEN_YET),
        ({"sign_up_closes_at": NOW}, None),
        ({"sign_up_closes_at": NOW - MINUTE}, SignUpRefusal.CLOSED),
        ({"signed": [own()]}, SignUpRefusal.ALREADY_SIGNED_UP),
        ({"signed": [own(State.WAITING)]}, SignUpRefusal.ALREADY_SIGNED_UP),
        ({"signed": [own(State.CANCELLED)]}, None),
        ({"signed": [own(id_=2)]}, SignUpRefusal.OTHER_SESSION_TAKEN),
        ({"signed": [own(id_=2, activity_id=2)]}, None),
        ({"clashing": [busy()]}, SignUpRefusal.OVERLAPS),
    ],
)
def test_why_a_participant_may_not_sign_up(given, expected):
    assert rules.refuse_sign_up(case(**given)) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"standing": Standing.PENDING}, None),
        ({"standing": Standing.WAITING}, None),
        ({"now": at("9:30")}, None),
        ({"sign_up_opens_at": NOW + MINUTE}, None),
        ({"sign_up_closes_at": NOW - MINUTE}, None),
        ({"standing": Standing.CANCELLED}, SignUpRefusal.NOT_REGISTERED),
        ({"sign_up": SignUpRule.NONE}, SignUpRefusal.NO_SIGN_UP),
        ({"state": SessionState.CANCELLED}, SignUpRefusal.CANCELLED_SESSION),
        ({"clashing": [busy()]}, SignUpRefusal.OVERLAPS),
    ],
)
def test_staff_pass_windows_and_approval_and_nothing_else(given, expected):
    assert rules.refuse_entry(case(**given)) is expected


def test_a_refusal_names_what_the_reader_needs():
    opens = case(sign_up_opens_at=NOW + MINUTE)
    closed = case(sign_up_closes_at=NOW - MINUTE)
    clash = case(clashing=[busy(), busy(CommitmentKind.SPEAKING, "session:9")])
    again = case(signed=[own(id_=2)])

    assert rules.explain(SignUpRefusal.NOT_OPEN_YET, opens) == {"opens_at": NOW + MINUTE}
    assert rules.explain(SignUpRefusal.CLOSED, closed) == {"closes_at": NOW - MINUTE}
    assert rules.explain(SignUpRefusal.OTHER_SESSION_TAKEN, again) == {"title": {"pl": "Zajęcia 1"}}
    named = rules.explain(SignUpRefusal.OVERLAPS, clash)
    assert (named["title"], named["state"]) == ({"pl": "Posiedzenie"}, "jury duty")
    assert [item["source"] for item in named["items"]] == ["award:1", "session:9"]
    assert rules.explain(SignUpRefusal.FULL_NO_QUEUE, case()) == {}


@pytest.mark.parametrize("kind", CommitmentKind)
def test_whatever_keeps_busy_has_a_word(kind):
    assert rules.BUSY_WITH[kind]


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (State.CONFIRMED, at("9:00") - MINUTE, None),
        (State.WAITING, at("9:00") - MINUTE, None),
        (State.CANCELLED, NOW, LeaveRefusal.NOT_SIGNED_UP),
        (State.CONFIRMED, at("9:00"), LeaveRefusal.STARTED),
    ],
)
def test_why_a_place_cannot_be_given_back(state, now, expected):
    assert rules.refuse_leave(SignUp(session=session(), state=state), now) is expected


@pytest.mark.parametrize(
    ("row", "given_up"),
    [
        (own(State.WAITING, id_=2), True),
        (own(State.CONFIRMED, id_=2), False),
        (own(State.CANCELLED, id_=2), False),
        (own(State.WAITING, id_=1), False),
        (own(State.WAITING, id_=2, starts_at=at("10:30"), ends_at=at("11:00")), False),
        (own(State.WAITING, id_=2, starts_at=at("8:00"), ends_at=at("9:00")), False),
        (own(State.WAITING, id_=2, starts_at=at("8:00"), ends_at=at("9:01")), True),
    ],
)
def test_a_seat_ends_queues_of_that_hour(row, given_up):
    assert rules.displaced(case(signed=[row])) == ([row] if given_up else [])


def test_only_the_same_registration_gets_its_old_row_back():
    mine, others = own(State.CANCELLED), own(State.CANCELLED, registration_id=7)

    assert rules.earlier(case(signed=[others, mine])) is mine
    assert rules.earlier(case(signed=[others])) is None
