from datetime import timedelta

import pytest

from eventapp.directory import commands as directory
from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.invites import commands as invitations
from eventapp.invites import queries as invited
from eventapp.invites.models import Status
from eventapp.kernel import facts, i18n, jobs, pages
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme import queries as planned
from eventapp.programme.models import SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import Details
from eventapp.registrations.models import State as Standing
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import LeaveRefusal, SignUpRefusal
from tests.factories import at, fresh, make_event, make_registration, make_room, make_session

pytestmark = pytest.mark.usefixtures("db_session")


def signed(session, *people, now):
    return [commands.sign_up(session.id, person.id, now) for person in people]


def counters(session):
    row = fresh(session)
    return (row.confirmed, row.waiting, row.tickets)


@pytest.mark.parametrize(("taken", "expected"), [(0, State.CONFIRMED), (1, State.WAITING)])
def test_sign_up_takes_the_last_seat_then_queues(taken, expected, now):
    event = make_event()
    session = make_session(event, capacity=1)
    signed(session, *(make_registration(event) for _ in range(taken)), now=now)

    assert commands.sign_up(session.id, make_registration(event).id, now).state is expected
    assert queries.counter_faults() == []


def test_queue_ranks_by_ticket_without_gaps(now):
    event = make_event()
    session = make_session(event, capacity=1)
    people = [make_registration(event) for _ in range(4)]

    rows = signed(session, *people, now=now)

    assert [row.ticket for row in rows] == [1, 2, 3, 4]
    assert [queries.position(row) for row in rows] == [None, 1, 2, 3]
    assert queries.positions(people[2].id) == {session.id: 2}
    assert list(queries.positions_in(session.id).values()) == [1, 2, 3]
    assert counters(session) == (1, 3, 4)


def test_without_a_limit_everybody_has_a_seat(now):
    event = make_event()
    session = make_session(event, capacity=None)

    rows = signed(session, *(make_registration(event) for _ in range(3)), now=now)

    assert {row.state for row in rows} == {State.CONFIRMED}


def test_the_room_limits_a_session_that_names_no_limit(now):
    event = make_event()
    session = make_session(event, room_id=make_room(event, capacity=1).id)

    rows = signed(session, make_registration(event), make_registration(event), now=now)

    assert [row.state for row in rows] == [State.CONFIRMED, State.WAITING]


def test_full_session_without_a_queue_refuses(now):
    event = make_event()
    session = make_session(event, capacity=1, waiting_list=False)
    signed(session, make_registration(event), now=now)

    with pytest.raises(Refused) as refused:
        commands.sign_up(session.id, make_registration(event).id, now)

    assert refused.value.reason is SignUpRefusal.FULL_NO_QUEUE
    assert counters(session) == (1, 0, 1)


def test_a_seat_keeps_the_person_busy_and_invites(now):
    event = make_event()
    session = make_session(event, title="Budżet", room_id=make_room(event).id)
    person = make_registration(event)

    row = commands.sign_up(session.id, person.id, now)

    (busy,) = diary.commitments(person.person_id, event.id)
    assert (busy.kind, busy.source, busy.label["pl"]) == (
        CommitmentKind.SIGN_UP,
        f"session:{session.id}",
        "Budżet",
    )
    invite = invited.of(session.id, person.id)
    assert (invite.status, invite.sequence, invite.email) == (Status.REQUESTED, 0, person.email)
    assert [fact.kind for fact in facts.history(subject=f"sign-up:{row.id}")] == [
        "sign-up-confirmed"
    ]


def test_waiting_neither_blocks_nor_invites(now):
    event = make_event()
    session = make_session(event, capacity=0)
    person = make_registration(event)

    commands.sign_up(session.id, person.id, now)

    assert diary.commitments(person.person_id, event.id) == []
    assert invited.of(session.id, person.id) is None


def test_overlap_names_what_stands_in_the_way(now):
    event = make_event()
    first = make_session(event, starts_at=at("9:00"), minutes=90, title="Fundraising")
    second = make_session(event, starts_at=at("10:29"))
    person = make_registration(event)
    commands.sign_up(first.id, person.id, now)

    with pytest.raises(Refused) as refused:
        commands.sign_up(second.id, person.id, now)

    assert refused.value.reason is SignUpRefusal.OVERLAPS
    assert refused.value.details["title"]["pl"] == "Fundraising"
    assert refused.value.details["state"] == "confirmed seat"
    assert [item["source"] for item in refused.value.details["items"]] == [f"session:{first.id}"]
    assert counters(second) == (0, 0, 0)


def test_touching_sessions_do_not_overlap(now):
    event = make_event()
    first = make_session(event, starts_at=at("9:00"), minutes=90)
    second = make_session(event, starts_at=at("10:30"))
    person = make_registration(event)

    for session in (first, second):
        assert commands.sign_up(session.id, person.id, now).state is State.CONFIRMED


def test_speaking_elsewhere_blocks(now):
    event = make_event()
    person = make_registration(event)
    speaker = programme.add_speaker(event.id, person.person_id)
    lecture = make_session(event, speaker_ids=[speaker.id], title="Wykład")
    workshop = make_session(event)

    with pytest.raises(Refused) as refused:
        commands.enter(workshop.id, person.id, now)

    assert refused.value.details["title"]["pl"] == "Wykład"
    assert refused.value.details["state"] == "speaking there"
    assert lecture.id != workshop.id


def test_places_in_queues_may_overlap_and_a_seat_ends_them(now):
    event = make_event()
    full = [make_session(event, capacity=0) for _ in range(2)]
    person = make_registration(event)
    waits = [commands.sign_up(session.id, person.id, now) for session in full]
    open_ = make_session(event)

    commands.sign_up(open_.id, person.id, now)

    assert [fresh(row).state for row in waits] == [State.CANCELLED, State.CANCELLED]
    assert [counters(session)[1] for session in full] == [0, 0]
    told = facts.history(subject=f"sign-up:{waits[0].id}")[0]
    assert (told.kind, told.data["reason"]) == ("sign-up-left", "took-another")
    assert queries.counter_faults() == []


def test_one_session_of_an_activity_is_enough(now):
    event = make_event()
    first = make_session(event, starts_at=at("9:00"))
    again = make_session(event, starts_at=at("9:00", day=2), activity_id=first.activity_id)
    person = make_registration(event)
    commands.sign_up(first.id, person.id, now)

    with pytest.raises(Refused) as refused:
        commands.sign_up(again.id, person.id, now)

    assert refused.value.reason is SignUpRefusal.OTHER_SESSION_TAKEN


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"sign_up": SignUpRule.NONE}, SignUpRefusal.NO_SIGN_UP),
        ({"starts_at": at("9:00"), "sign_up_opens_at": at("8:00")}, SignUpRefusal.NOT_OPEN_YET),
    ],
)
def test_a_closed_window_refuses_participants(columns, reason, now):
    event = make_event()
    session = make_session(event, **columns)

    with pytest.raises(Refused) as refused:
        commands.sign_up(session.id, make_registration(event).id, now)

    assert refused.value.reason is reason


def test_staff_pass_the_window_and_the_approval(now):
    event = make_event()
    session = make_session(event, sign_up_opens_at=at("8:00"))
    pending = make_registration(event, state=Standing.PENDING)

    with pytest.raises(Refused) as refused:
        commands.sign_up(session.id, pending.id, now)
    assert refused.value.reason is SignUpRefusal.NOT_APPROVED

    assert commands.enter(session.id, pending.id, now).state is State.CONFIRMED


def test_a_registration_of_another_event_is_none_here(now):
    session = make_session(make_event())
    stranger = make_registration(make_event())

    with pytest.raises(Refused) as refused:
        commands.sign_up(session.id, stranger.id, now)

    assert refused.value.reason is SignUpRefusal.NOT_REGISTERED


def test_signing_up_twice_is_refused(now):
    event = make_event()
    session = make_session(event)
    person = make_registration(event)
    commands.sign_up(session.id, person.id, now)

    with pytest.raises(Refused) as refused:
        commands.sign_up(session.id, person.id, now)

    assert refused.value.reason is SignUpRefusal.ALREADY_SIGNED_UP


def test_leaving_promotes_the_first_in_the_queue(now):
    event = make_event()
    session = make_session(event, capacity=1)
    people = [make_registration(event) for _ in range(3)]
    rows = signed(session, *people, now=now)

    commands.leave_and_promote(rows[0].id, now)

    assert [fresh(row).state for row in rows] == [State.CANCELLED, State.CONFIRMED, State.WAITING]
    assert queries.position(fresh(rows[2])) == 1
    assert counters(session) == (1, 1, 3)
    assert diary.commitments(people[0].person_id, event.id) == []
    assert invited.of(session.id, people[0].id).status is Status.CANCELLED
    assert invited.of(session.id, people[1].id).status is Status.REQUESTED


def test_coming_back_means_a_new_ticket_and_a_higher_sequence(now):
    event = make_event()
    session = make_session(event, capacity=5)
    person = make_registration(event)
    first = commands.sign_up(session.id, person.id, now)
    uid = invited.of(session.id, person.id).uid
    commands.leave(first.id, now)

    again = commands.sign_up(session.id, person.id, now)

    assert (again.id, again.ticket, again.state) == (first.id, 2, State.CONFIRMED)
    invite = invited.of(session.id, person.id)
    assert (invite.uid, invite.sequence, invite.status) == (uid, 2, Status.REQUESTED)


def test_nobody_leaves_twice_or_after_the_start(now, hands):
    event = make_event()
    session = make_session(event)
    left, late = signed(session, make_registration(event), make_registration(event), now=now)
    commands.leave(left.id, now)

    with pytest.raises(Refused) as refused:
        commands.leave(left.id, now)
    assert refused.value.reason is LeaveRefusal.NOT_SIGNED_UP

    with pytest.raises(Refused) as refused:
        commands.leave(late.id, at("9:00"))
    assert refused.value.reason is LeaveRefusal.STARTED
    assert commands.release(late.id, at("9:00")).state is State.CANCELLED


def test_promotion_fills_every_seat_in_the_order_of_tickets_once(now):
    event = make_event()
    session = make_session(event, capacity=0)
    rows = signed(session, *(make_registration(event) for _ in range(4)), now=now)
    programme.change_session(session.id, now, capacity=3)

    assert [row.ticket for row in commands.promote(session.id, now)] == [1, 2, 3]
    assert commands.promote(session.id, now) == []
    assert fresh(rows[3]).state is State.WAITING


def test_promotion_stops_when_the_session_starts(now):
    event = make_event()
    session = make_session(event, capacity=0)
    signed(session, make_registration(event), now=now)
    programme.change_session(session.id, now, capacity=1)

    assert commands.promote(session.id, at("9:00")) == []


def test_who_is_busy_by_now_leaves_the_queue_instead_of_blocking_it(now):
    event = make_event()
    session = make_session(event, capacity=0)
    busy, free = make_registration(event), make_registration(event)
    rows = signed(session, busy, free, now=now)
    directory.commit(
        busy.person_id,
        event.id,
        CommitmentKind.JURY,
        "award:1",
        {"pl": "Posiedzenie"},
        at("9:30"),
        at("12:00"),
    )
    programme.change_session(session.id, now, capacity=1)

    promoted = commands.promote(session.id, now)

    assert [row.registration_id for row in promoted] == [free.id]
    assert [fresh(row).state for row in rows] == [State.CANCELLED, State.CONFIRMED]
    assert facts.history(subject=f"sign-up:{rows[0].id}")[0].data["reason"] == "busy"


def test_promotion_ends_other_queues_of_that_hour(now):
    event = make_event()
    wanted, other = make_session(event, capacity=0), make_session(event, capacity=0)
    person = make_registration(event)
    commands.sign_up(wanted.id, person.id, now)
    waits = commands.sign_up(other.id, person.id, now)
    programme.change_session(wanted.id, now, capacity=1)

    commands.promote(wanted.id, now)

    assert fresh(waits).state is State.CANCELLED
    assert counters(other) == (0, 0, 1)


def test_cancelling_a_registration_frees_everything(now):
    event = make_event()
    full, open_ = make_session(event, capacity=1), make_session(event, starts_at=at("14:00"))
    person, next_ = make_registration(event), make_registration(event)
    commands.sign_up(full.id, person.id, now)
    commands.sign_up(open_.id, person.id, now)
    waits = commands.sign_up(full.id, next_.id, now)

    registrations.cancel(person.id, now)
    commands.fill_seats(event.id, now)

    assert queries.own(person.id) == []
    assert fresh(waits).state is State.CONFIRMED
    assert diary.commitments(person.person_id, event.id) == []
    assert queries.counter_faults() == []


def test_rejecting_frees_and_qualifying_does_not(now):
    event = make_event()
    session = make_session(event)
    person = make_registration(event, state=Standing.PENDING)
    row = commands.enter(session.id, person.id, now)

    registrations.decide(person.id, Standing.QUALIFIED, now)
    assert fresh(row).state is State.CONFIRMED
    registrations.decide(person.id, Standing.REJECTED, now)
    assert fresh(row).state is State.CANCELLED


def test_a_substitute_stands_exactly_where_the_first_person_stood(now):
    event = make_event()
    seat, rank, given_up = (
        make_session(event, starts_at=at("9:00"), capacity=1),
        make_session(event, starts_at=at("11:00"), capacity=0),
        make_session(event, starts_at=at("14:00"), capacity=1),
    )
    first, other = make_registration(event), make_registration(event)
    rows = [commands.sign_up(each.id, first.id, now) for each in (seat, rank, given_up)]
    behind = [commands.sign_up(each.id, other.id, now) for each in (rank, given_up)]

    substitute = registrations.substitute(
        first.id,
        Details(first_name="Ewa", last_name="Zastępcza", email="ewa@example.org"),
        now,
        session_ids=[seat.id, rank.id],
    )
    commands.fill_seats(event.id, now)

    assert queries.own(first.id) == []
    own = {row.session_id: (row.state, row.ticket) for row in queries.own(substitute.id)}
    assert own == {
        seat.id: (State.CONFIRMED, rows[0].ticket),
        rank.id: (State.WAITING, rows[1].ticket),
    }
    assert queries.positions(substitute.id) == {rank.id: 1}
    assert fresh(behind[1]).state is State.CONFIRMED
    assert invited.of(seat.id, first.id).status is Status.CANCELLED
    assert invited.of(seat.id, substitute.id).status is Status.REQUESTED
    assert invited.of(seat.id, substitute.id).uid != invited.of(seat.id, first.id).uid
    assert queries.counter_faults() == []


def test_a_busy_substitute_is_refused_and_nothing_happens(now):
    event = make_event()
    session = make_session(event)
    first = make_registration(event)
    row = commands.sign_up(session.id, first.id, now)
    substitute = {"first_name": "Ewa", "last_name": "Zajęta", "email": "ewa@example.org"}
    person = directory.keep_person(event.host_id, title="", **substitute)
    speaker = programme.add_speaker(event.id, person.id)
    make_session(event, speaker_ids=[speaker.id], title="Wykład")

    with pytest.raises(Refused) as refused:
        registrations.substitute(first.id, Details(**substitute), now, session_ids=[session.id])

    assert refused.value.reason is SignUpRefusal.OVERLAPS
    assert fresh(first).state is Standing.QUALIFIED
    assert fresh(row).registration_id == first.id


def test_a_cancelled_session_lets_everybody_go(now):
    event = make_event()
    session = make_session(event, capacity=1)
    people = [make_registration(event) for _ in range(2)]
    rows = signed(session, *people, now=now)

    programme.cancel_session(session.id, now)

    assert [fresh(row).state for row in rows] == [State.CANCELLED, State.CANCELLED]
    assert counters(session) == (0, 0, 2)
    assert invited.of(session.id, people[0].id).status is Status.CANCELLED
    assert diary.commitments(people[0].person_id, event.id) == []
    with pytest.raises(Refused) as refused:
        commands.sign_up(session.id, make_registration(event).id, now)
    assert refused.value.reason is SignUpRefusal.CANCELLED_SESSION


def test_a_moved_session_raises_the_invites_and_shifts_the_diary(now):
    event = make_event()
    session = make_session(event)
    person = make_registration(event)
    commands.sign_up(session.id, person.id, now)

    programme.move_session(
        session.id, now, starts_at=at("12:00"), ends_at=at("13:30"), room_id=None
    )

    invite = invited.of(session.id, person.id)
    assert (invite.sequence, invite.partstat) == (1, "accepted")
    invitations.announce_to(session.id, now + timedelta(minutes=10))
    assert invited.of(session.id, person.id).partstat == "needs-action"
    (busy,) = diary.commitments(person.person_id, event.id)
    assert (busy.starts_at, busy.ends_at) == (at("12:00"), at("13:30"))


@pytest.mark.parametrize(
    ("columns", "sequence"),
    [({"capacity": 9}, 0), ({"activity": {"title": {"pl": "Nowy tytuł"}}}, 1)],
)
def test_only_what_a_calendar_shows_raises_the_invites(columns, sequence, now):
    event = make_event()
    session = make_session(event)
    person = make_registration(event)
    commands.sign_up(session.id, person.id, now)

    programme.change_session(session.id, now, **columns)

    assert invited.of(session.id, person.id).sequence == sequence


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("pl", "Kolizja terminów: w tym czasie jest już „Fundraising” (potwierdzone miejsce)."),
        ("en", "At that time there is “Fundraising” already (confirmed seat)."),
    ],
)
def test_a_refusal_is_a_whole_sentence_in_the_readers_language(locale, words, now, app):
    event = make_event()
    first = make_session(event, title="Fundraising")
    second = make_session(event)
    person = make_registration(event)
    commands.sign_up(first.id, person.id, now)

    with pytest.raises(Refused) as refused:
        commands.sign_up(second.id, person.id, now)

    with app.test_request_context(), i18n.use_locale(locale):
        assert pages.sentence(refused.value) == words


def test_a_new_address_takes_the_calendar_along(now):
    event = make_event()
    session = make_session(event)
    person = make_registration(event)
    commands.sign_up(session.id, person.id, now)
    old = invited.of(session.id, person.id)

    registrations.change(person.id, now, email="nowy@example.org")

    (standing,) = invited.requested(session.id, person.id)
    assert standing.email == "nowy@example.org"
    assert standing.uid != old.uid
    assert fresh(old).status is Status.CANCELLED


@pytest.mark.parametrize("capacity", [5, 0])
def test_a_sign_up_asks_nine_statements(capacity, now, recorded):
    event = make_event()
    session = make_session(event, capacity=capacity, room_id=make_room(event).id)
    person = make_registration(event)

    with recorded() as asked:
        commands.sign_up(session.id, person.id, now)

    assert len(asked) == (9 if capacity else 7)


def test_choices_ask_the_same_for_one_and_for_many_sessions(now, recorded):
    event = make_event()
    person = make_registration(event)
    for number in range(12):
        make_session(event, starts_at=at("9:00", day=1 + number % 3))
    counted = []
    listed = planned.programme(event.id)
    for some in (listed[:1], listed):
        with recorded() as asked:
            queries.choices(some, person, now)
        counted.append(len(asked))

    assert counted == [5, 5]


def test_choices_say_what_the_command_would_say(now):
    event = make_event()
    person = make_registration(event)
    mine, clash, full, open_ = (
        make_session(event, starts_at=at("9:00")),
        make_session(event, starts_at=at("9:00"), title="Kolizja"),
        make_session(event, starts_at=at("12:00"), capacity=0, waiting_list=False),
        make_session(event, starts_at=at("15:00"), capacity=2),
    )
    commands.sign_up(mine.id, person.id, now)
    shown = queries.choices(planned.programme(event.id), person, now)

    assert shown[mine.id].sign_up.state is State.CONFIRMED
    assert shown[mine.id].refusal is SignUpRefusal.ALREADY_SIGNED_UP
    assert shown[clash.id].refusal is SignUpRefusal.OVERLAPS
    assert shown[full.id].refusal is SignUpRefusal.FULL_NO_QUEUE
    assert (shown[open_.id].refusal, shown[open_.id].seats_left) == (None, 2)
    for session in (clash, full):
        with pytest.raises(Refused) as refused:
            commands.sign_up(session.id, person.id, now)
        assert refused.value.reason is shown[session.id].refusal


def test_history_is_loaded_in_silence(now, mailbox, run_jobs):
    event = make_event()
    session = make_session(event, capacity=1)
    with jobs.silent():
        person = make_registration(event)
        row = commands.enter(session.id, person.id, now)
        commands.leave_and_promote(row.id, now)
    run_jobs()

    assert len(mailbox) == 0
