"""Freed seats that are offered: held for an answer, passed on without one."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.kernel import facts
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import Details
from eventapp.signups import commands, queries
from eventapp.signups.models import OfferState, State
from eventapp.signups.rules import OfferRefusal, Overlap, Policy, Promotion, SignUpRefusal, offers
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.harness.mailbox import text_of

WARSAW = ZoneInfo("Europe/Warsaw")
OFFERS = Policy(promotion=Promotion.OFFER)

# --- how long -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "now", "until"),
    [
        # A long way off: the event's length, and on to the morning if nobody works then.
        (at("9:00", 2), at("8:00") - timedelta(days=7), at("20:00") - timedelta(days=7)),
        (at("9:00", 2), at("9:00") - timedelta(days=7), at("8:00") - timedelta(days=6)),
        # Friday evening is Monday morning.
        (at("9:00") + timedelta(days=14), at("12:00", 3), at("8:00", 6)),
        # Near the start half of the time left, so that others have a turn.
        (at("14:00"), at("9:00"), at("11:00")),
        # Never after the last call.
        (at("9:00", 2), at("18:00"), at("8:00", 2)),
        (at("14:00"), at("12:40"), at("12:55")),
    ],
)
def test_how_long_a_seat_is_held(starts, now, until):
    assert offers.expires_at(OFFERS, starts, now, WARSAW) == until


@pytest.mark.parametrize(
    ("promotion", "now", "called"),
    [
        ("offer", at("7:00"), False),
        ("offer", at("7:46"), True),
        ("offer", at("8:59"), True),
        ("offer", at("9:00"), False),
        ("auto", at("8:30"), False),
    ],
)
def test_when_everybody_is_called(promotion, now, called):
    assert offers.calls_all(Policy(promotion=promotion), at("9:00"), now) is called


def test_short_offers_are_not_reminded_of():
    assert offers.remind_at(OFFERS, NOW + timedelta(hours=2), NOW) is None
    assert offers.remind_at(OFFERS, NOW + timedelta(hours=6), NOW) == NOW + timedelta(hours=4)


# --- the story ----------------------------------------------------------------------------


@pytest.fixture
def event(db_session):
    made = make_event()
    commands.set_policy(made.id, NOW, promotion=Promotion.OFFER)
    return made


@pytest.fixture
def people(event):
    return [make_registration(event) for _ in range(4)]


@pytest.fixture
def session(event):
    return make_session(event, starts_at=at("14:00", 2), capacity=1)


@pytest.fixture
def rows(session, people):
    """A seat, and a queue of three behind it."""
    return [commands.sign_up(session.id, person.id, NOW) for person in people]


def states(rows):
    return [fresh(row).state.value for row in rows]


def counters(session):
    row = fresh(session)
    assert queries.counter_faults() == []
    return (row.confirmed, row.offered, row.waiting)


def test_fifteen_hours_before_the_first_is_asked_and_then_the_next(session, rows, people, hands):
    now = hands.move_to(at("23:00"))  # the session begins at 14:00 on the next day
    commands.leave_and_promote(rows[0].id, now)

    assert states(rows) == ["cancelled", "offered", "waiting", "waiting"]
    assert counters(session) == (0, 1, 2)
    first = queries.pending_offer(rows[1].id)
    assert first.expires_at == at("8:00", 2)  # half of the time left ends in the night

    now = hands.move_to(first.expires_at + timedelta(minutes=1))
    commands.fill_seats(None, now)

    assert states(rows) == ["cancelled", "waiting", "offered", "waiting"]
    assert queries.last_offer(rows[1].id).state is OfferState.EXPIRED
    assert queries.position(fresh(rows[1])) == 2  # behind everybody else
    assert diary.commitments(people[1].person_id, session.event_id) == []

    commands.claim(rows[2].id, now)

    assert states(rows) == ["cancelled", "waiting", "confirmed", "waiting"]
    assert counters(session) == (1, 0, 2)
    (busy,) = diary.commitments(people[2].person_id, session.event_id)
    assert busy.kind is CommitmentKind.SIGN_UP
    kinds = [fact.kind for fact in facts.history(subject=f"sign-up:{rows[2].id}")]
    assert kinds == ["offer-claimed", "sign-up-offered", "sign-up-queued"]


def test_an_offer_is_good_at_its_last_moment_and_not_after(session, rows):
    commands.leave_and_promote(rows[0].id, NOW)
    until = queries.pending_offer(rows[1].id).expires_at

    with pytest.raises(Refused) as refused:
        commands.claim(rows[1].id, until + timedelta(microseconds=1))
    assert refused.value.reason is OfferRefusal.OFFER_EXPIRED
    assert refused.value.details["expires_at"] == until

    assert commands.claim(rows[1].id, until).state is State.CONFIRMED
    with pytest.raises(Refused) as refused:
        commands.claim(rows[1].id, until)
    assert refused.value.reason is OfferRefusal.NO_OFFER


def test_a_declined_offer_leaves_the_queue_and_the_next_is_asked(session, rows):
    commands.leave_and_promote(rows[0].id, NOW)
    commands.decline_and_promote(rows[1].id, NOW)

    assert states(rows) == ["cancelled", "cancelled", "offered", "waiting"]
    assert queries.last_offer(rows[1].id).state is OfferState.DECLINED
    assert counters(session) == (0, 1, 1)


def test_a_held_seat_is_nobody_elses_and_runs_out_by_the_clock_alone(event, session, rows):
    commands.leave_and_promote(rows[0].id, NOW)
    until = queries.pending_offer(rows[1].id).expires_at
    newcomer = commands.sign_up(session.id, make_registration(event).id, until)
    assert newcomer.state is State.WAITING

    # Nobody has swept: who comes now finds the offer run out, and stands behind its holder.
    late = commands.sign_up(session.id, make_registration(event).id, until + timedelta(minutes=1))

    assert states(rows) == ["cancelled", "waiting", "waiting", "waiting"]
    assert [queries.position(fresh(one)) for one in (rows[2], newcomer, rows[1], late)] == [
        1, 3, 4, 5,
    ]  # fmt: skip
    assert counters(session) == (0, 0, 5)


def test_with_seats_free_besides_the_held_ones_nobody_queues(event, session, rows):
    programme.change_session(session.id, NOW, capacity=4)
    commands.fill_seats(None, NOW)
    assert counters(session) == (1, 3, 0)
    programme.change_session(session.id, NOW, capacity=5)

    newcomer = commands.sign_up(session.id, make_registration(event).id, NOW)

    assert newcomer.state is State.CONFIRMED


def test_an_offered_seat_blocks_until_it_runs_out(event, session, rows, people):
    other = make_session(event, starts_at=at("14:30", 2))
    commands.leave_and_promote(rows[0].id, NOW)
    until = queries.pending_offer(rows[1].id).expires_at

    with pytest.raises(Refused) as refused:
        commands.sign_up(other.id, people[1].id, NOW)
    assert refused.value.reason is SignUpRefusal.OVERLAPS
    assert refused.value.details["state"] == "seat held for an answer"

    late = until + timedelta(seconds=1)
    assert commands.sign_up(other.id, people[1].id, late).state is State.CONFIRMED


def test_who_answers_elsewhere_is_passed_over_and_keeps_the_place(event, session, rows, people):
    rival = make_session(event, starts_at=at("14:30", 2), capacity=0)
    waits = [commands.sign_up(rival.id, people[number].id, NOW) for number in (1, 2)]
    commands.leave_and_promote(rows[0].id, NOW)

    programme.change_session(rival.id, NOW, capacity=1)
    commands.fill_seats(None, NOW)

    assert states(waits) == ["waiting", "offered"]


def test_fewer_seats_take_the_newest_offer_back(session, rows):
    programme.change_session(session.id, NOW, capacity=3)
    commands.fill_seats(None, NOW)
    assert states(rows) == ["confirmed", "offered", "offered", "waiting"]

    programme.change_session(session.id, NOW, capacity=2)

    assert states(rows) == ["confirmed", "offered", "waiting", "waiting"]
    assert queries.last_offer(rows[2].id).state is OfferState.REVOKED
    assert queries.position(fresh(rows[2])) == 1
    assert counters(session) == (1, 1, 2)


def test_calling_the_session_off_ends_its_offers(session, rows, people):
    commands.leave_and_promote(rows[0].id, NOW)
    programme.cancel_session(session.id, NOW)

    assert set(states(rows)) == {"cancelled"}
    assert queries.last_offer(rows[1].id).state is OfferState.REVOKED
    assert diary.commitments(people[1].person_id, session.event_id) == []
    assert counters(session) == (0, 0, 0)
    with pytest.raises(Refused) as refused:
        commands.claim(rows[1].id, NOW)
    assert refused.value.reason is SignUpRefusal.CANCELLED_SESSION


def test_an_offer_moves_with_its_session_and_ends_before_it(session, rows, people):
    commands.leave_and_promote(rows[0].id, at("9:00"))
    assert queries.pending_offer(rows[1].id).expires_at == at("8:00", 2)

    programme.move_session(
        session.id, at("9:00"), starts_at=at("15:00"), ends_at=at("16:00"), room_id=None
    )

    offer = queries.pending_offer(rows[1].id)
    assert offer.expires_at == at("14:00")
    (busy,) = diary.commitments(people[1].person_id, session.event_id)
    assert (busy.starts_at, busy.lapses_at) == (at("15:00"), at("14:00"))
    assert fresh(session).offers_until == at("14:00")


def test_a_substitute_has_the_offer(event, session, rows, people):
    commands.leave_and_promote(rows[0].id, NOW)
    token = queries.offer_token(queries.sign_up(rows[1].id))

    substitute = registrations.substitute(
        people[1].id,
        Details(first_name="Ewa", last_name="Zastępcza", email="ewa@example.org"),
        NOW,
        session_ids=[session.id],
    )

    assert queries.by_token(token) is None
    assert queries.pending_offers(substitute.id, NOW).keys() == {session.id}
    assert diary.commitments(people[1].person_id, event.id) == []
    assert commands.claim(rows[1].id, NOW).registration_id == substitute.id


def test_cancelling_a_registration_passes_the_offer_on(event, session, rows, people):
    commands.leave_and_promote(rows[0].id, NOW)
    registrations.cancel(people[1].id, NOW)
    commands.fill_seats(event.id, NOW)

    assert states(rows) == ["cancelled", "cancelled", "offered", "waiting"]
    assert queries.last_offer(rows[1].id).state is OfferState.REVOKED


def test_near_the_start_all_are_called_and_the_first_has_it(
    session, rows, mailbox, run_jobs, hands
):
    now = hands.move_to(at("13:20", 2))
    commands.leave_and_promote(rows[0].id, now)
    commands.fill_seats(None, now)  # nobody is called twice
    run_jobs()

    assert states(rows) == ["cancelled", "waiting", "waiting", "waiting"]
    called = [one for one in mailbox.all() if "decyduje kolejność" in str(one["Subject"])]
    assert len(called) == 3
    assert commands.claim(rows[3].id, now).state is State.CONFIRMED
    with pytest.raises(Refused) as refused:
        commands.claim(rows[1].id, now)
    assert refused.value.reason is OfferRefusal.SEATS_TAKEN
    assert counters(session) == (1, 0, 2)


def test_back_to_giving_seats_at_once(event, session, rows):
    commands.set_policy(event.id, NOW, promotion=Promotion.AUTO)
    commands.leave_and_promote(rows[0].id, NOW)

    assert states(rows) == ["cancelled", "confirmed", "waiting", "waiting"]


def test_whom_overlaps_do_not_stop_may_have_both(event, session, rows, people):
    commands.set_policy(event.id, NOW, overlap=Overlap.OFF)
    other = make_session(event, starts_at=at("14:30", 2))
    commands.leave_and_promote(rows[0].id, NOW)

    assert commands.sign_up(other.id, people[1].id, NOW).state is State.CONFIRMED
    assert commands.claim(rows[1].id, NOW).state is State.CONFIRMED


# --- letters ------------------------------------------------------------------------------


def test_letters_of_an_offer(event, session, rows, people, mailbox, run_jobs, hands):
    now = hands.move_to(at("8:00") - timedelta(days=2))
    commands.leave_and_promote(rows[0].id, now)
    until = queries.pending_offer(rows[1].id).expires_at
    run_jobs()
    letter = mailbox.last(people[1].email)
    assert letter["Subject"].startswith("Propozycja miejsca: ")
    assert f"/{event.slug}/offers/" in text_of(letter)

    hands.move_to(until - timedelta(hours=2))
    run_jobs()
    assert mailbox.last(people[1].email)["Subject"].startswith("Propozycja miejsca nadal czeka")

    hands.move_to(until + timedelta(seconds=2))
    run_jobs()
    assert mailbox.last(people[1].email)["Subject"].startswith("Propozycja miejsca wygasła")
    assert mailbox.last(people[2].email)["Subject"].startswith("Propozycja miejsca: ")
