"""One-to-one advice: who has which appointment, on both databases."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from eventapp.directory import queries as diary
from eventapp.events.models import Event
from eventapp.invites import queries as invited
from eventapp.kernel import facts
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import ProgrammeRefusal, appointments
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import AppointmentRefusal, LeaveRefusal, SignUpRefusal
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session

pytestmark = pytest.mark.usefixtures("db_session")


@dataclass
class Advice:
    """An afternoon of advice: two advisers, four appointments of 20 minutes each."""

    event: Event
    session: Session
    law: int
    books: int


@pytest.fixture
def advice():
    event = make_event()
    law, books = (
        programme.name_speaker(
            event.id, NOW, title="", first_name="Radca", last_name=name, email=None
        ).id
        for name in ("Prawny", "Księgowy")
    )
    session = make_session(
        event,
        title="Konsultacje",
        starts_at=at("15:30"),
        minutes=90,
        appointment_minutes=20,
        speaker_ids=[law, books],
    )
    return Advice(event, session, law, books)


def have(advice):
    """Return who has which appointment: time on the clock and adviser, by registration."""
    return {
        row.registration_id: (
            f"{queries.slot_of(row).starts_at.astimezone():%H:%M}",
            row.adviser_id,
        )
        for row in queries.standing(advice.session.id)
        if row.slot is not None
    }


def clock(at_):
    return f"{at_.astimezone():%H:%M}"


@pytest.mark.parametrize(
    ("minutes", "length", "advisers", "expected"),
    [
        (90, 20, 3, 12),
        (90, 30, 1, 3),
        (90, 91, 4, 0),
        (90, 90, 2, 2),
        (59, 20, 1, 2),
        (90, 20, 0, 0),
    ],
)
def test_there_are_as_many_places_as_whole_appointments(minutes, length, advisers, expected):
    begin = at("15:30")

    assert (
        appointments.count(begin, begin + timedelta(minutes=minutes), length, advisers) == expected
    )


def test_the_session_has_a_place_for_each_appointment(advice):
    assert fresh(advice.session).capacity == 8


def test_a_person_has_the_appointment_that_was_picked_and_is_busy_only_then(advice, now):
    person = make_registration(advice.event)
    lecture = make_session(advice.event, starts_at=at("15:30"), minutes=40)
    commands.sign_up(lecture.id, person.id, now)

    commands.book(advice.session.id, person.id, advice.books, 2, now)

    assert have(advice) == {person.id: (clock(at("16:10")), advice.books)}
    busy = diary.commitments(person.person_id, advice.event.id)
    assert [(clock(row.starts_at), clock(row.ends_at)) for row in busy] == [
        (clock(at("15:30")), clock(at("16:10"))),
        (clock(at("16:10")), clock(at("16:30"))),
    ]
    entry = next(
        row
        for row in invited.agenda(person, advice.event, now).entries()
        if row.summary == "Konsultacje"
    )
    assert (entry.starts_at, entry.ends_at) == (at("16:10"), at("16:30"))
    assert entry.description.splitlines()[0] == "Radca Księgowy"


def test_a_time_at_which_the_person_is_elsewhere_is_refused_by_name(advice, now):
    person = make_registration(advice.event)
    lecture = make_session(advice.event, title="Wykład", starts_at=at("15:30"), minutes=40)
    commands.sign_up(lecture.id, person.id, now)

    with pytest.raises(Refused) as refused:
        commands.book(advice.session.id, person.id, advice.law, 1, now)

    assert refused.value.reason is SignUpRefusal.OVERLAPS
    assert refused.value.details["title"]["pl"] == "Wykład"


@pytest.mark.parametrize("key", [("law", 4), ("law", -1), ("nobody", 0)])
def test_what_is_no_appointment_is_refused(advice, now, key):
    adviser = {"law": advice.law, "nobody": 999_999}[key[0]]

    with pytest.raises(Refused) as refused:
        commands.book(advice.session.id, make_registration(advice.event).id, adviser, key[1], now)

    assert refused.value.reason is SignUpRefusal.NO_SUCH_APPOINTMENT


def test_an_appointment_is_had_by_one_person(advice, now):
    commands.book(advice.session.id, make_registration(advice.event).id, advice.law, 0, now)

    with pytest.raises(Refused) as refused:
        commands.book(advice.session.id, make_registration(advice.event).id, advice.law, 0, now)

    assert refused.value.reason is SignUpRefusal.APPOINTMENT_TAKEN
    assert fresh(advice.session).confirmed == 1
    assert queries.counter_faults() == []


def test_whoever_picks_none_has_the_first_that_fits(advice, now):
    person = make_registration(advice.event)
    lecture = make_session(advice.event, starts_at=at("15:30"), minutes=30)
    commands.sign_up(lecture.id, person.id, now)

    commands.sign_up(advice.session.id, person.id, now)
    commands.sign_up(advice.session.id, (other := make_registration(advice.event)).id, now)

    assert have(advice) == {
        person.id: (clock(at("16:10")), advice.law),
        other.id: (clock(at("15:30")), advice.law),
    }


def test_a_full_afternoon_queues_and_a_freed_appointment_goes_to_whoever_can_come(advice, now):
    seated = [make_registration(advice.event) for _ in range(8)]
    for person in seated:
        commands.sign_up(advice.session.id, person.id, now)
    busy, idle = make_registration(advice.event), make_registration(advice.event)
    lecture = make_session(advice.event, starts_at=at("15:30"), minutes=30)
    commands.sign_up(lecture.id, busy.id, now)
    waiting = [commands.sign_up(advice.session.id, person.id, now) for person in (busy, idle)]
    assert [(row.state, row.position) for row in waiting] == [
        (State.WAITING, 1),
        (State.WAITING, 2),
    ]

    first = queries.of(advice.session.id, seated[0].id)
    commands.leave_and_promote(first.id, now)

    # The first in the queue listens to a lecture then; the second has it, the first waits on.
    assert have(advice)[idle.id] == (clock(at("15:30")), advice.law)
    row = fresh(advice.session)
    assert (row.confirmed, row.waiting) == (8, 1)
    late = queries.of(advice.session.id, seated[7].id)
    commands.leave_and_promote(late.id, now)
    assert have(advice)[busy.id] == (clock(at("16:30")), advice.books)
    assert queries.counter_faults() == []


def test_another_free_appointment_can_be_had_instead(advice, now):
    person = make_registration(advice.event)
    taken = commands.book(advice.session.id, person.id, advice.law, 0, now)

    commands.rebook(taken.id, advice.books, 3, now)

    assert have(advice) == {person.id: (clock(at("16:30")), advice.books)}
    invite = invited.of(advice.session.id, person.id)
    assert (invite.sequence, invite.slot, invite.adviser_id) == (1, 3, advice.books)
    assert [row.kind for row in facts.history(subject=f"sign-up:{taken.id}")] == [
        "appointment-changed", "sign-up-confirmed",
    ]  # fmt: skip
    commands.rebook(taken.id, advice.books, 3, now)
    assert invited.of(advice.session.id, person.id).sequence == 1


def test_one_cannot_change_for_what_somebody_has_or_after_the_start(advice, now):
    person, other = make_registration(advice.event), make_registration(advice.event)
    taken = commands.book(advice.session.id, person.id, advice.law, 0, now)
    commands.book(advice.session.id, other.id, advice.law, 1, now)

    with pytest.raises(Refused) as gone:
        commands.rebook(taken.id, advice.law, 1, now)
    with pytest.raises(Refused) as late:
        commands.rebook(taken.id, advice.law, 2, at("15:30"))

    assert gone.value.reason is SignUpRefusal.APPOINTMENT_TAKEN
    assert late.value.reason is LeaveRefusal.STARTED
    assert have(advice)[person.id] == (clock(at("15:30")), advice.law)


def test_a_moved_afternoon_moves_every_appointment(advice, now):
    person = make_registration(advice.event)
    commands.book(advice.session.id, person.id, advice.law, 1, now)

    programme.move_session(
        advice.session.id, now, starts_at=at("12:00"), ends_at=at("13:30"), room_id=None
    )

    assert have(advice) == {person.id: (clock(at("12:20")), advice.law)}
    busy = diary.commitments(person.person_id, advice.event.id)
    assert [(row.starts_at, row.ends_at) for row in busy] == [(at("12:20"), at("12:40"))]
    assert invited.of(advice.session.id, person.id).sequence == 1


def test_a_shorter_afternoon_finds_other_appointments_or_is_refused(advice, now):
    people = [make_registration(advice.event) for _ in range(3)]
    for number, person in enumerate(people):
        commands.book(advice.session.id, person.id, advice.law, number + 1, now)

    programme.move_session(
        advice.session.id, now, starts_at=at("15:30"), ends_at=at("16:10"), room_id=None
    )

    assert have(advice) == {
        people[0].id: (clock(at("15:50")), advice.law),
        people[1].id: (clock(at("15:30")), advice.law),
        people[2].id: (clock(at("15:30")), advice.books),
    }
    with pytest.raises(Refused) as refused:
        programme.move_session(
            advice.session.id, now, starts_at=at("15:30"), ends_at=at("15:50"), room_id=None
        )
    assert refused.value.reason is ProgrammeRefusal.CAPACITY_BELOW_CONFIRMED


def test_whose_day_leaves_no_other_appointment_stands_in_the_way(advice, now):
    person = make_registration(advice.event)
    lecture = make_session(advice.event, starts_at=at("15:30"), minutes=40)
    commands.sign_up(lecture.id, person.id, now)
    commands.book(advice.session.id, person.id, advice.law, 2, now)

    with pytest.raises(Refused) as refused:
        programme.move_session(
            advice.session.id, now, starts_at=at("15:30"), ends_at=at("16:10"), room_id=None
        )

    assert refused.value.reason is AppointmentRefusal.NO_APPOINTMENT_LEFT
    assert refused.value.details["count"] == 1
    assert have(advice) == {person.id: (clock(at("16:10")), advice.law)}


def test_whoever_advises_instead_has_the_appointments(advice, now):
    person, other = make_registration(advice.event), make_registration(advice.event)
    commands.book(advice.session.id, person.id, advice.law, 2, now)
    commands.book(advice.session.id, other.id, advice.books, 2, now)
    deputy = programme.name_speaker(
        advice.event.id, NOW, title="", first_name="Zastępca", last_name="Prawny", email=None
    )

    programme.change_speakers(advice.session.id, [deputy.id, advice.books], now)

    assert have(advice) == {
        person.id: (clock(at("16:10")), deputy.id),
        other.id: (clock(at("16:10")), advice.books),
    }
    assert invited.of(advice.session.id, person.id).adviser_id == deputy.id


def test_a_substitute_has_the_same_appointment(advice, now):
    person, other = make_registration(advice.event), make_registration(advice.event)
    commands.book(advice.session.id, person.id, advice.books, 1, now)

    commands.pass_on(person.id, other.id, now, session_ids=[advice.session.id])

    assert have(advice) == {other.id: (clock(at("15:50")), advice.books)}
    busy = diary.commitments(other.person_id, advice.event.id)
    assert [(row.starts_at, row.ends_at) for row in busy] == [(at("15:50"), at("16:10"))]


def test_the_draft_plans_advice_and_counts_its_places(advice, now):
    made = programme.draft_session(
        advice.event.id,
        now,
        title={"pl": "Porady"},
        starts_at=at("9:00", day=2),
        ends_at=at("10:00", day=2),
        appointment_minutes=15,
        speaker_ids=(advice.law,),
    )
    assert (fresh(made).capacity, fresh(made).sign_up.value) == (4, "required")

    programme.edit_draft(made.id, now, speaker_ids=(advice.law, advice.books))
    assert fresh(made).capacity == 8
    programme.edit_draft(made.id, now, ends_at=at("10:30", day=2))
    assert fresh(made).capacity == 12
    programme.release(advice.event.id, now)
    assert fresh(made).capacity == 12
