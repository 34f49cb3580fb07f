"""Setting up, ranking, running and announcing, on both databases."""

import json
from datetime import timedelta

import icalendar
import pytest

from eventapp.allocation import commands, queries, rules
from eventapp.allocation.models import State
from eventapp.allocation.rules import Phase, RankingRefusal, RoundRefusal
from eventapp.allocation.rules.problem import read_document
from eventapp.allocation.rules.solving import solve
from eventapp.directory import queries as diary
from eventapp.events import commands as events
from eventapp.invites import queries as invited
from eventapp.kernel import facts
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations.models import State as Standing
from eventapp.signups import commands as signups
from eventapp.signups import queries as seats
from eventapp.signups.models import State as Seat
from eventapp.signups.rules import SignUpRefusal
from tests.allocation.town import AFTER, DEADLINE, make_town
from tests.factories import NOW, fresh, make_registration, make_session

pytestmark = pytest.mark.usefixtures("db_session")


def refused(act):
    with pytest.raises(Refused) as found:
        act()
    return found.value.reason


def held(registration):
    return {row.session_id: row.state for row in seats.own(registration.id)}


def announce(town):
    commands.begin_announcing(town.id, AFTER)
    commands.write_places(town.id, AFTER)


def test_while_people_rank_nobody_signs_up_by_themselves():
    town = make_town()
    person = make_registration(town.event)
    session = town.sessions["A"]

    why = refused(lambda: signups.sign_up(session.id, person.id, NOW))
    assert why is SignUpRefusal.BY_PREFERENCE
    assert signups.enter(session.id, person.id, NOW).state is Seat.CONFIRMED  # staff pass windows

    commands.withdraw(town.id, NOW)
    other = make_registration(town.event)
    assert signups.sign_up(town.sessions["C"].id, other.id, NOW).state is Seat.CONFIRMED


def test_the_deadline_is_inclusive_and_wishes_are_replaced():
    town = make_town()
    person = town.person("A")
    ids = [town.sessions[name].id for name in "BA"]

    commands.rank(town.id, person.id, ids, DEADLINE, flexible=True)

    row = queries.ranking(town.id, person.id)
    assert (row.choices, row.flexible) == (ids, True)
    late = DEADLINE + timedelta(seconds=1)
    why = refused(lambda: commands.rank(town.id, person.id, [], late, flexible=False))
    assert why is RankingRefusal.CLOSED
    assert queries.ranked_count(town.id) == 1


def test_what_cannot_be_ranked():
    town = make_town(choices=1)
    person = make_registration(town.event)
    elsewhere = make_session(town.event)
    a, b = town.sessions["A"].id, town.sessions["B"].id

    def rank(*ids):
        return refused(lambda: commands.rank(town.id, person.id, ids, NOW, flexible=False))

    assert rank(elsewhere.id) is RankingRefusal.UNKNOWN_SESSION
    assert rank(a, a) is RankingRefusal.NAMED_TWICE
    assert rank(a, b) is RankingRefusal.TOO_MANY


def test_a_run_changes_nothing_and_can_be_repeated():
    town = make_town()
    people = [town.person("A B C"), town.person("A B C"), town.person("A D")]

    first = commands.run(town.id, "ziarno", AFTER)
    second = commands.run(town.id, "ziarno", AFTER)

    assert (first.input_hash, first.figures) == (second.input_hash, second.figures)
    assert [one.number for one in queries.runs(town.id)] == [2, 1]
    assert rules.phase(queries.allocation(town.id), AFTER) is Phase.RUN
    assert all(held(person) == {} for person in people)
    assert seats.counter_faults() == []
    given = [row for row in queries.outcomes(second.id) if row.session_id is not None]
    assert len(given) == 4  # A, B, C and D


def test_the_file_gives_the_same_outcome_again():
    town = make_town()
    for wishes in ("A B C", "A B D", "B A C"):
        town.person(wishes)
    run = commands.run(town.id, "ziarno", AFTER)

    problem, seed, input_hash = read_document(queries.published(run.id))

    assert (seed, input_hash) == ("ziarno", run.input_hash)
    again = {(one.person, one.block): one.session for one in solve(problem, seed).outcomes}
    known = queries.problem(queries.allocation(town.id), AFTER).registrations
    stored = {(row.registration_id, row.block): row.session_id for row in queries.outcomes(run.id)}
    assert {
        (known[person], block): session and int(session)
        for (person, block), session in again.items()
    } == stored
    assert "Nowak" not in json.dumps(json.loads(queries.published(run.id)))


def test_announcing_writes_seats_exactly_and_opens_what_is_left(mailbox, run_jobs):
    town = make_town("A1 B1 C2 D1")
    first, second, third = (town.person("A B C") for _ in range(3))
    run = commands.run(town.id, "ziarno", AFTER)
    run_jobs()

    announce(town)

    assert fresh(queries.allocation(town.id)).state is State.ANNOUNCED
    everybody = [held(person) for person in (first, second, third)]
    confirmed = [
        session for own in everybody for session, state in own.items() if state is Seat.CONFIRMED
    ]
    ids = {name: one.id for name, one in town.sessions.items()}
    assert sorted(confirmed) == sorted([ids["A"], ids["B"], ids["C"], ids["C"]])
    assert seats.counter_faults() == []
    for person in (first, second, third):
        own = [s for s, state in held(person).items() if state is Seat.CONFIRMED]
        busy = {one.source for one in diary.commitments(person.person_id, town.event.id)}
        assert busy == {f"session:{one}" for one in own}
        assert all(invited.of(one, person.id) is not None for one in own)
    # Whoever has nothing at nine waits for both, and had better luck at eleven, where one waits.
    waiting = [len([1 for s in own.values() if s is Seat.WAITING]) for own in everybody]
    assert sorted(waiting) == [0, 1, 2]
    late = make_registration(town.event)
    assert signups.sign_up(ids["D"], late.id, AFTER).state is Seat.CONFIRMED
    run_jobs()
    told = "Przydzielone miejsca: Warsztaty"
    for person in (first, second, third):
        letters = mailbox.to(person.email)
        (outcome,) = [number for number, one in enumerate(letters) if one["Subject"] == told]
        assert calendars_in(letters[outcome]) == []
        # A calendar reads one invite of a message: each place has a letter of its own.
        own = [s for s, state in held(person).items() if state is Seat.CONFIRMED]
        uids = [calendars_in(one) for one in letters[outcome + 1 :]]
        assert sorted(uids) == sorted([invited.of(one, person.id).uid] for one in own)
    (fact,) = [
        row for row in facts.history(event_id=town.event.id) if row.kind == "allocation-announced"
    ]
    assert fact.data["input_hash"] == run.input_hash


def calendars_in(letter):
    """List the UIDs of a letter's invites."""
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    found = [icalendar.Calendar.from_ical(part.get_payload(decode=True)) for part in parts]
    return [str(one["UID"]) for calendar in found for one in calendar.walk("VEVENT")]


def test_announcing_twice_is_refused_and_writing_twice_does_no_harm():
    town = make_town()
    person = town.person("A C")
    commands.run(town.id, "ziarno", AFTER)
    announce(town)
    before = held(person)

    assert refused(lambda: commands.begin_announcing(town.id, AFTER)) is RoundRefusal.ANNOUNCED
    commands.write_places(town.id, AFTER)

    assert held(person) == before
    assert seats.counter_faults() == []


def test_writing_goes_on_where_it_was_cut_short():
    town = make_town("A5 B5 C5 D5")
    people = [town.person("A C"), town.person("A D"), town.person("B C")]
    run = commands.run(town.id, "ziarno", AFTER)
    commands.begin_announcing(town.id, AFTER)
    commands.place(run.id, people[0].id, AFTER)
    assert queries.written_counts(run.id) == (1, 3)

    commands.write_places(town.id, AFTER)

    assert [len(held(person)) for person in people] == [2, 2, 2]
    assert seats.counter_faults() == []


@pytest.mark.parametrize("what", ["place", "registration", "wish"])
def test_a_run_of_something_else_is_not_announced(what):
    town = make_town("A2 B2 C2 D2")
    person, other = town.person("A C"), town.person("A D")
    commands.run(town.id, "ziarno", AFTER)
    if what == "place":
        signups.enter(town.sessions["A"].id, make_registration(town.event).id, AFTER)
    elif what == "registration":
        registrations.strike_off(person.id, AFTER)
    else:
        commands.move_deadline(town.id, AFTER + timedelta(hours=1), AFTER)
        commands.rank(town.id, other.id, [], AFTER, flexible=False)
        later = AFTER + timedelta(hours=2)
        assert refused(lambda: commands.begin_announcing(town.id, later)) is RoundRefusal.NOT_RUN
        return

    why = refused(lambda: commands.begin_announcing(town.id, AFTER))

    assert why is RoundRefusal.INPUT_CHANGED
    assert rules.phase(fresh(queries.allocation(town.id)), AFTER) is Phase.RUN


def test_a_seat_taken_by_staff_meanwhile_gives_a_place_in_the_queue():
    town = make_town()
    person = town.person("A")
    commands.run(town.id, "ziarno", AFTER)
    commands.begin_announcing(town.id, AFTER)
    signups.enter(town.sessions["A"].id, make_registration(town.event).id, AFTER)

    commands.write_places(town.id, AFTER)

    assert held(person) == {town.sessions["A"].id: Seat.WAITING}
    (row,) = queries.told(queries.allocation(town.id), person.id)
    assert row.result == "waiting"
    assert seats.counter_faults() == []


def test_hard_rules_are_those_of_the_sign_up():
    town = make_town("A5 B5 C5 D5")
    pending = town.person("A", state=Standing.PENDING)
    busy = town.person("A B")
    meeting = make_session(town.event, title="Debata")
    signups.enter(meeting.id, busy.id, NOW)
    again = make_session(
        town.event, activity_id=town.sessions["C"].activity_id, starts_at=meeting.ends_at
        + timedelta(hours=5),
    )  # fmt: skip
    had = town.person("C")
    signups.enter(again.id, had.id, NOW)

    run = commands.run(town.id, "ziarno", AFTER)

    found = {
        row.registration_id: (row.session_id, row.busy, [miss["why"] for miss in row.misses])
        for row in queries.outcomes(run.id)
    }
    assert found == {
        pending.id: (None, False, ["not-approved"]),
        busy.id: (None, True, ["overlaps", "overlaps"]),
        had.id: (None, False, ["other-session-taken"]),
    }


def test_the_reason_can_be_read():
    town = make_town("A1 B5 C5 D5")
    people = [town.person("A B") for _ in range(4)]
    commands.run(town.id, "ziarno", AFTER)

    told = {person.id: queries.told(queries.allocation(town.id), person.id) for person in people}

    lucky = [row for (row,) in told.values() if row.rank == 1]
    others = [row for (row,) in told.values() if row.rank == 2]
    assert (len(lucky), len(others)) == (1, 3)
    assert lucky[0].number == 1
    for row in others:
        (reason,) = row.reasons
        assert (reason.rank, reason.why) == (1, "full")
        assert {name: reason.figures[name] for name in ("wanted", "first", "places", "last")} == {
            "wanted": 4, "first": 4, "places": 1, "last": 1,
        }  # fmt: skip
        assert reason.figures["number"] == row.number > 1


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda town: commands.run(town.id, "s", NOW), RoundRefusal.STILL_OPEN),
        (lambda town: commands.run(town.id, "s", AFTER), RoundRefusal.NOBODY_RANKED),
        (lambda town: commands.open_round(town.id, NOW), RoundRefusal.ALREADY_OPEN),
        (lambda town: commands.begin_announcing(town.id, AFTER), RoundRefusal.NOT_RUN),
        (lambda town: commands.remove(town.id, NOW), RoundRefusal.ALREADY_OPEN),
        (lambda town: commands.move_deadline(town.id, NOW, NOW), RoundRefusal.IS_OVER),
        (
            lambda town: commands.move_deadline(town.id, town.sessions["A"].starts_at, NOW),
            RoundRefusal.CLOSES_TOO_LATE,
        ),
    ],
)
def test_what_an_open_allocation_refuses(act, expected):
    town = make_town()

    assert refused(lambda: act(town)) is expected


def test_what_cannot_be_opened():
    town = make_town(opened=False)
    session = town.sessions["A"]
    for _ in range(2):
        signups.enter(session.id, make_registration(town.event).id, NOW)

    assert refused(lambda: commands.open_round(town.id, NOW)) is RoundRefusal.HAS_QUEUE
    assert refused(lambda: commands.run(town.id, "s", AFTER)) is RoundRefusal.NOT_OPENED
    commands.remove(town.id, NOW)
    assert queries.allocations(town.event.id) == []


def test_a_session_is_in_one_allocation_at_a_time():
    town = make_town()
    other = commands.set_up(
        town.event.id, NOW, title={"pl": "Inny"}, session_ids=[town.sessions["A"].id],
        opens_at=NOW, closes_at=DEADLINE,
    )  # fmt: skip

    assert refused(lambda: commands.open_round(other.id, NOW)) is RoundRefusal.IN_ANOTHER


def test_those_who_are_silent_are_asked(mailbox, run_jobs):
    town = make_town()
    silent = make_registration(town.event)
    ranked = town.person("A")

    assert commands.remind(town.id, NOW) == 1
    run_jobs()

    asked = "Wybór zajęć w kolejności: Warsztaty"
    assert mailbox.last(silent.email)["Subject"] == asked
    assert asked not in [one["Subject"] for one in mailbox.to(ranked.email)]


def test_what_a_session_asks_is_asked_of_those_who_are_placed():
    town = make_town("A1 B1 C2 D1")
    workshop = town.sessions["C"]
    signups.set_terms(workshop.id, NOW, required_ids=[town.sessions["A"].activity_id])
    other = events.add_category(town.event.id, "ngo", {"pl": "NGO", "en": "NGO"}, "PES")
    signups.set_terms(town.sessions["D"].id, NOW, category_ids=[other.id])
    prepared, unprepared = town.person("A C"), town.person("B C")
    stranger = town.person("D")

    commands.run(town.id, "ziarno", AFTER)
    announce(town)

    seat = Seat.CONFIRMED
    assert held(prepared) == {town.sessions["A"].id: seat, workshop.id: seat}
    assert held(unprepared) == {town.sessions["B"].id: seat}
    assert held(stranger) == {}
