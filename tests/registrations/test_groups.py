"""Several people of one organisation: together, each by themselves, never too many."""

from datetime import timedelta
from typing import Any

import pytest

from eventapp.directory.models import Organisation
from eventapp.events.models import Event
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refusal, Refused
from eventapp.programme.models import Session
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details, GroupDetails, Member, OrganisationDetails
from eventapp.registrations.models import ConsentKind, Registration, Source, State
from eventapp.registrations.rules import RegistrationRefusal
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from eventapp.signups.rules import SignUpRefusal
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.harness.mailbox import text_of

PAIR = (Member(first_name="Anna", last_name="Żuk"), Member(first_name="Jan", last_name="Ćma"))
NIP = "5260250274"


def details(*members: Member, name: str = "Spółdzielnia Źródło", **given: Any) -> GroupDetails:
    return GroupDetails(
        contact_name="Ewa Biurowa",
        contact_email="biuro@example.org",
        organisation=OrganisationDetails(name=name, nip=given.pop("nip", None)),
        members=members,
        **given,
    )


def own(last_name: str, **given: Any) -> Details:
    return Details(
        first_name="Ola",
        last_name=last_name,
        email=f"{last_name.casefold()}@example.org",
        consents={ConsentKind.INFORMATION_CLAUSE: True},
        **given,
    )


def allow(event: Event, cap: int | None = None, **given: Any) -> None:
    terms = {"substitute_until": None, "choose_sessions": True, **given}
    commands.set_terms(event.id, NOW, organisation_cap=cap, **terms)


def refusal_of(act: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.reason


def standing(group_id: int) -> list[State]:
    named = [row.state for row in queries.members(group_id)]
    return named + [row.state for row in queries.unnamed(group_id)]


# --- rules, without a database ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("capacity", "taken", "people", "together", "qualified"),
    [
        (None, 90, 3, False, 3),
        (10, 8, 2, True, 2),
        (10, 9, 2, False, 1),
        (10, 9, 2, True, 0),
        (10, 12, 2, False, 0),
    ],
)
def test_those_who_belong_together_find_room_together(
    capacity: int | None, taken: int, people: int, together: bool, qualified: int
) -> None:
    event = Event(capacity=capacity, overbooking_percent=0, requires_approval=False)

    states = rules.group_states(event, taken, people, together=together)

    assert states == [State.QUALIFIED] * qualified + [State.WAITING] * (people - qualified)


def test_approval_lets_everybody_of_a_group_wait_for_the_decision() -> None:
    event = Event(capacity=1, overbooking_percent=0, requires_approval=True)

    assert rules.group_states(event, 9, 2, together=True) == [State.PENDING] * 2


@pytest.mark.parametrize(
    ("cap", "taken", "asked", "over"),
    [(None, 99, 9, False), (3, 2, 1, False), (3, 3, 1, True), (3, 0, 4, True), (0, 0, 1, True)],
)
def test_a_cap_counts_who_is_there_and_who_is_asked_for(
    cap: int | None, taken: int, asked: int, over: bool
) -> None:
    assert rules.over_cap(cap, taken, asked) is over


# --- registering --------------------------------------------------------------------------------


@pytest.fixture
def event(db_session: Any) -> Event:
    return make_event()


def test_a_group_has_people_with_own_links_and_places_still_to_be_named(event: Event) -> None:
    group = commands.register_group(event.id, details(*PAIR, unnamed=2), NOW)

    people = queries.members(group.id)
    assert [(row.last_name, row.source) for row in people] == [
        ("Ćma", Source.ORGANISATION),
        ("Żuk", Source.ORGANISATION),
    ]
    assert {row.organisation and row.organisation.name for row in people} == {"Spółdzielnia Źródło"}
    assert len({queries.link_token(row) for row in people}) == 2
    unnamed = queries.unnamed(group.id)
    assert len({queries.place_token(row) for row in unnamed}) == 2
    assert standing(group.id) == [State.QUALIFIED] * 4
    assert queries.places_taken(event.id) == 4, "places still to be named are taken, too"
    assert queries.group_by_link(queries.group_token(group)) is not None
    commands.renew_group_link(group.id, NOW)
    assert queries.group_by_link(queries.group_token(group)) is not None
    assert queries.group_by_link("group_1-NONSENSE") is None


def test_a_known_nip_joins_the_organisation_that_is_known(event: Event) -> None:
    first = commands.register_group(event.id, details(PAIR[0], nip=NIP), NOW)
    second = commands.register_group(event.id, details(PAIR[1], nip=NIP, name="Zrodlo"), NOW)

    assert first.organisation_id == second.organisation_id
    assert db.session.get_one(Organisation, first.organisation_id).name == "Spółdzielnia Źródło"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, RegistrationRefusal.GROUP_EMPTY),
        ({"unnamed": rules.MOST_MEMBERS + 1}, RegistrationRefusal.GROUP_TOO_LARGE),
    ],
)
def test_nobody_and_too_many_are_refused(event: Event, given: Any, reason: Refusal) -> None:
    assert refusal_of(commands.register_group, event.id, details(**given), NOW) is reason


def test_all_are_registered_or_nobody(event: Event) -> None:
    commands.register_group(event.id, details(PAIR[1]), NOW)

    with pytest.raises(Refused) as refused:
        commands.register_group(event.id, details(*PAIR), NOW)

    assert refused.value.reason is RegistrationRefusal.MEMBER_REGISTERED
    assert refused.value.details == {"name": "Jan Ćma"}
    assert queries.people_count(event.id) == 1


def test_outside_the_window_no_group_registers(db_session: Any) -> None:
    event = make_event(registration_closes_at=NOW - timedelta(days=1))

    reason = refusal_of(commands.register_group, event.id, details(*PAIR), NOW)

    assert reason is RegistrationRefusal.CLOSED


# --- the cap ------------------------------------------------------------------------------------


def test_an_organisation_has_no_more_places_than_the_cap(event: Event) -> None:
    allow(event, cap=3)
    group = commands.register_group(event.id, details(PAIR[0], unnamed=1), NOW)

    with pytest.raises(Refused) as refused:
        commands.add_to_group(group.id, NOW, unnamed=2)

    assert refused.value.reason is RegistrationRefusal.ORGANISATION_FULL
    told = {"organisation": "Spółdzielnia Źródło", "cap": 3, "taken": 2, "asked": 2}
    assert refused.value.details == told
    commands.add_to_group(group.id, NOW, unnamed=1)
    alone = own("Sama", organisation=OrganisationDetails(name="spółdzielnia źródło"))
    assert refusal_of(commands.register, event.id, alone, NOW) is (
        RegistrationRefusal.ORGANISATION_FULL
    )
    other = own("Inna", organisation=OrganisationDetails(name="Inna organizacja"))
    assert commands.register(event.id, other, NOW).state is State.QUALIFIED


def test_who_leaves_or_takes_a_held_place_changes_the_count_rightly(event: Event) -> None:
    allow(event, cap=2)
    group = commands.register_group(event.id, details(PAIR[0], unnamed=1), NOW)
    held = queries.unnamed(group.id)[0]

    row = commands.take_place(held.id, own("Nowa"), NOW)
    assert queries.organisation_taken(event.id, group.organisation_id) == 2
    commands.cancel(row.id, NOW)
    assert queries.organisation_taken(event.id, group.organisation_id) == 1
    commands.add_to_group(group.id, NOW, unnamed=1)
    commands.give_back_place(queries.unnamed(group.id)[0].id, NOW)
    assert queries.organisation_taken(event.id, group.organisation_id) == 1


# --- together -----------------------------------------------------------------------------------


def test_a_pair_is_decided_together(db_session: Any) -> None:
    event = make_event(capacity=1)
    group = commands.register_group(event.id, details(*PAIR, unnamed=1, together=True), NOW)
    assert standing(group.id) == [State.WAITING] * 3

    commands.decide(queries.members(group.id)[0].id, State.QUALIFIED, NOW)
    assert standing(group.id) == [State.QUALIFIED] * 3
    commands.decide(queries.members(group.id)[1].id, State.WAITING, NOW)
    assert standing(group.id) == [State.WAITING] * 3
    commands.decide(queries.members(group.id)[1].id, State.REJECTED, NOW)
    assert standing(group.id) == [State.WAITING, State.REJECTED, State.WAITING]


def test_others_are_decided_one_by_one_or_at_once(db_session: Any) -> None:
    event = make_event(requires_approval=True)
    group = commands.register_group(event.id, details(*PAIR, unnamed=1), NOW)

    commands.decide(queries.members(group.id)[0].id, State.QUALIFIED, NOW)
    assert standing(group.id) == [State.QUALIFIED, State.PENDING, State.PENDING]
    commands.decide_group(group.id, State.QUALIFIED, NOW)
    assert standing(group.id) == [State.QUALIFIED] * 3


# --- a held place -------------------------------------------------------------------------------


def test_whoever_opens_the_link_gives_own_data_and_stands_as_the_place_did(event: Event) -> None:
    group = commands.register_group(event.id, details(unnamed=1), NOW)
    held = queries.unnamed(group.id)[0]
    without = Details(first_name="Ola", last_name="Bez")
    assert refusal_of(commands.take_place, held.id, without, NOW) is (
        RegistrationRefusal.CLAUSE_REQUIRED
    )

    row = commands.take_place(held.id, own("Nowa", needs=["pętla indukcyjna"]), NOW)

    found = fresh(row)
    assert (found.group_id, found.organisation_id) == (group.id, group.organisation_id)
    assert (found.state, found.needs) == (State.QUALIFIED, ["pętla indukcyjna"])
    assert queries.acknowledged([row.id]) == {row.id}
    again = refusal_of(commands.take_place, held.id, own("Druga"), NOW)
    assert again is RegistrationRefusal.PLACE_TAKEN


def test_another_address_ends_the_link_sent_before(
    event: Event, run_jobs: Any, mailbox: Any
) -> None:
    group = commands.register_group(event.id, details(unnamed=1), NOW)
    held = queries.unnamed(group.id)[0]

    commands.send_place(held.id, "pierwsza@example.org", NOW)
    first = queries.place_token(fresh(held))
    commands.send_place(held.id, "druga@example.org", NOW)

    assert queries.place_by_link(first) is None
    run_jobs()
    letter = " ".join(text_of(mailbox.last("druga@example.org")).split())
    assert queries.place_token(fresh(held)) in letter
    assert "Ewa Biurowa" in letter
    assert "/privacy" in letter


# --- passing a place on -------------------------------------------------------------------------

CANARY = "KANAREK-7781"


def leaving(event: Event) -> Registration:
    """Somebody whose every own answer is recognisable."""
    return make_registration(
        event,
        "Halina",
        CANARY,
        phone="+48600100200",
        job=CANARY,
        gmina=CANARY,
        diet="wegańska",
        needs=[CANARY],
        accommodation=[CANARY],
        transport=[CANARY],
        organisation=OrganisationDetails(name="Spółdzielnia Źródło"),
        consents={ConsentKind.PHOTO: True},
        monitoring={"pesel": CANARY},
    )


def seat(session: Session, row: Registration) -> str:
    held = places.of(session.id, row.id)
    return held.state.value if held else "none"


def test_the_named_places_pass_on_and_nothing_of_the_person(event: Event) -> None:
    first, kept = make_session(event, capacity=1), make_session(event, starts_at=at("14:00"))
    row, waiting = leaving(event), make_registration(event)
    for session in (first, kept):
        signups.sign_up(session.id, row.id, NOW)
    signups.sign_up(first.id, waiting.id, NOW)
    old_badge = queries.badge_code(row)

    held = commands.offer_place(row.id, NOW, session_ids=[kept.id])
    assert fresh(row).state is State.QUALIFIED, "until the link is used the place is kept"
    new = commands.take_place(held.id, own("Zastępcza"), NOW)
    signups.fill_seats(event.id, NOW)

    assert fresh(row).state is State.REPLACED
    found = fresh(new)
    assert (found.state, found.replaces_id) == (State.QUALIFIED, row.id)
    assert found.organisation_id == row.organisation_id
    assert (seat(kept, new), seat(first, new)) == ("confirmed", "none")
    assert seat(first, waiting) == "confirmed", "what does not pass on goes to the queue"
    assert queries.badge_code(found) != old_badge
    assert queries.by_badge_hash(str(found.badge_hash)) is not None
    columns = {column.key: getattr(found, column.key) for column in Registration.__table__.columns}
    assert CANARY not in repr(columns)
    assert "kanarek" not in repr(columns).casefold()
    assert (found.phone, found.diet) == ("", "")
    assert queries.consents(new.id) == {ConsentKind.INFORMATION_CLAUSE: True}
    assert queries.sealed_monitoring(new.id) is None


@pytest.mark.parametrize("until", [None, at("12:00", day=0)])
def test_the_deadline_is_in_time_and_the_second_after_is_not(event: Event, until: Any) -> None:
    allow(event, substitute_until=until)
    last = until or at("0:00")
    row = make_registration(event)

    late = last + timedelta(seconds=1)
    reason = refusal_of(commands.offer_place, row.id, late)
    assert reason is RegistrationRefusal.SUBSTITUTE_TOO_LATE
    held = commands.offer_place(row.id, last)
    assert refusal_of(commands.offer_place, row.id, last) is RegistrationRefusal.ALREADY_OFFERED
    assert refusal_of(commands.take_place, held.id, own("Późna"), late) is (
        RegistrationRefusal.SUBSTITUTE_TOO_LATE
    )
    assert commands.substitute(row.id, own("Późna"), late).state is State.QUALIFIED


def test_the_new_persons_own_duties_and_registration_stand_in_the_way(event: Event) -> None:
    session, parallel = make_session(event), make_session(event)
    row = make_registration(event)
    signups.sign_up(session.id, row.id, NOW)
    held = commands.offer_place(row.id, NOW, session_ids=[session.id])
    busy = make_registration(make_event(), "Ola", "Zajęta", email="zajęta@example.org")
    assert refusal_of(commands.take_place, held.id, own("Tutaj", category="nie-ma"), NOW) is (
        RegistrationRefusal.UNKNOWN_CATEGORY
    )
    other = make_session(make_event(), starts_at=session.starts_at)
    elsewhere = make_registration(
        db.session.get_one(Event, other.event_id), "Ola", "Zajęta", email="zajęta@example.org"
    )
    signups.sign_up(other.id, elsewhere.id, NOW)

    reason = refusal_of(commands.take_place, held.id, own("Zajęta"), NOW)

    assert reason is SignUpRefusal.OVERLAPS
    assert fresh(row).state is State.QUALIFIED
    assert seat(session, row) == "confirmed"
    make_registration(event, "Ola", "Jest", email="jest@example.org")
    reason = refusal_of(commands.take_place, held.id, own("Jest"), NOW)
    assert reason is RegistrationRefusal.ALREADY_REGISTERED
    assert parallel.id != session.id
    assert busy.id != elsewhere.id


def test_who_has_cancelled_passes_nothing_on(event: Event) -> None:
    row = make_registration(event)
    held = commands.offer_place(row.id, NOW)
    commands.cancel(row.id, NOW)

    reason = refusal_of(commands.take_place, held.id, own("Nowa"), NOW)

    assert reason is RegistrationRefusal.WRONG_STATE


# --- letters ------------------------------------------------------------------------------------


def test_a_colleague_is_told_who_registered_them(event: Event, run_jobs: Any, mailbox: Any) -> None:
    member = Member(first_name="Anna", last_name="Żuk", email="anna@example.org")
    group = commands.register_group(event.id, details(member), NOW)

    run_jobs()

    words = " ".join(text_of(mailbox.last("anna@example.org")).split())
    assert "Ewa Biurowa" in words
    assert "Spółdzielnia Źródło" in words
    assert f"http://localhost/{event.slug}/privacy" in words
    assert queries.link_token(queries.members(group.id)[0]) in words
    contact = " ".join(text_of(mailbox.last("biuro@example.org")).split())
    assert queries.group_token(group) in contact
    assert "Anna Żuk" in contact


def test_a_lost_link_brings_everything_of_a_shared_mailbox(
    event: Event, run_jobs: Any, mailbox: Any
) -> None:
    group = commands.register_group(event.id, details(*PAIR), NOW)
    run_jobs()

    commands.send_links(event.id, "biuro@example.org", NOW)
    run_jobs()

    letter = text_of(mailbox.last("biuro@example.org"))
    assert queries.group_token(group) in letter
    for row in queries.members(group.id):
        assert queries.link_token(row) in letter
        assert f"{row.first_name} {row.last_name}" in letter


def test_own_data_are_given_by_the_person_alone(event: Event) -> None:
    group = commands.register_group(event.id, details(PAIR[0]), NOW)
    row = queries.members(group.id)[0]
    assert queries.acknowledged([row.id]) == set()

    said = own("Żuk", category="fundacja", diet="wegańska")
    commands.complete(row.id, said, NOW, asked=["diet"])

    found = fresh(row)
    assert (found.email, found.diet, found.link_generation) == ("żuk@example.org", "wegańska", 2)
    assert queries.acknowledged([row.id]) == {row.id}
