"""Guests of an institution: its own places, exactly so many, and nobody else's business."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventapp.events import commands as events
from eventapp.events.models import Event, Organiser
from eventapp.events.rules import EventRefusal
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refusal, Refused
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details
from eventapp.registrations.models import Registration, Source, State
from eventapp.registrations.rules import RegistrationRefusal
from tests.factories import NOW, at, fresh, make_event, make_registration
from tests.harness.mailbox import text_of

pytestmark = pytest.mark.usefixtures("db_session")

GAJA = Details(first_name="Gaja", last_name="Źdźbłowska", email="gaja@example.org")


def city(event: Event, quota: int | None = 2) -> Organiser:
    name = {"pl": "Urząd Miasta", "en": "City Hall"}
    return events.add_organiser(event.id, name, {"pl": "partner"}, guest_quota=quota)


def named(last_name: str, **columns: Any) -> Details:
    return Details(first_name="Anna", last_name=last_name, **columns)


def refusal_of(act: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.reason


def counted(organiser: Organiser) -> int:
    """Count the guests who hold a place, by their rows."""
    query = select(func.count()).select_from(Registration)
    held = Registration.state.in_(rules.OPEN)
    return db.session.scalar(query.where(Registration.organiser_id == organiser.id, held)) or 0


def guests(organiser: Organiser) -> int:
    """Return how many places of the quota are taken, which the rows must bear out."""
    taken = int(fresh(organiser).guests)
    assert taken == counted(organiser)
    return taken


# --- inviting -----------------------------------------------------------------------------


def test_a_guest_is_qualified_at_once_whatever_window_and_approval_say() -> None:
    event = make_event(requires_approval=True, registration_opens_at=NOW + timedelta(days=1))
    institution = city(event)

    row = commands.invite_guest(institution.id, GAJA, NOW)

    found = fresh(row)
    assert (found.state, found.source) == (State.QUALIFIED, Source.INVITED)
    assert (found.organiser_id, found.badge_hash is not None) == (institution.id, True)
    assert guests(institution) == 1
    told = facts.history(subject=f"registration:{row.id}")
    assert [one.kind for one in told] == ["guest-invited", "registration-submitted"]
    assert told[0].data == {"registration_id": row.id, "organiser_id": institution.id}
    assert not {"Gaja", "gaja@example.org"} & set(str([one.data for one in told]).split("'"))


@pytest.mark.parametrize(
    ("quota", "reason"), [(None, EventRefusal.NO_QUOTA), (0, EventRefusal.NO_QUOTA)]
)
def test_without_places_nobody_is_invited(quota: int | None, reason: EventRefusal) -> None:
    institution = city(make_event(), quota)

    assert refusal_of(commands.invite_guest, institution.id, GAJA, NOW) is reason
    assert guests(institution) == 0


def test_beyond_the_quota_the_number_is_named_and_nothing_is_kept() -> None:
    event = make_event()
    institution, other = city(event), city(event)
    for name in ("Pierwsza", "Druga"):
        commands.invite_guest(institution.id, named(name), NOW)

    with pytest.raises(Refused) as refused:
        commands.invite_guest(institution.id, named("Trzecia"), NOW)

    assert refused.value.reason is EventRefusal.QUOTA_USED
    assert refused.value.details == {"quota": 2}
    assert guests(institution) == queries.people_count(event.id) == 2
    commands.invite_guest(other.id, named("Trzecia"), NOW)
    assert (guests(institution), guests(other)) == (2, 1)


def test_a_full_event_has_no_room_for_guests_either() -> None:
    event = make_event(capacity=1)
    institution = city(event)
    make_registration(event)

    reason = refusal_of(commands.invite_guest, institution.id, GAJA, NOW)

    assert reason is RegistrationRefusal.EVENT_FULL
    assert guests(institution) == 0, "the place of the quota is not lost"


def test_a_guest_takes_one_of_the_places_that_others_wait_for() -> None:
    event = make_event(capacity=1)
    commands.invite_guest(city(event).id, GAJA, NOW)

    row = commands.register(event.id, named("Późna", consents={"information-clause": True}), NOW)

    assert row.state is State.WAITING


@pytest.mark.parametrize(
    ("moment", "reason"),
    [(at("23:59", day=3), None), (at("0:00", day=4), RegistrationRefusal.EVENT_OVER)],
)
def test_guests_come_until_the_last_day(moment: datetime, reason: Refusal | None) -> None:
    institution = city(make_event(registration_closes_at=NOW))

    if reason is None:
        assert commands.invite_guest(institution.id, GAJA, moment).state is State.QUALIFIED
    else:
        assert refusal_of(commands.invite_guest, institution.id, GAJA, moment) is reason


def test_an_archived_event_takes_nobody() -> None:
    event = make_event()
    institution = city(event)
    events.archive_event(event.id, NOW)

    reason = refusal_of(commands.invite_guest, institution.id, GAJA, NOW)

    assert reason is RegistrationRefusal.EVENT_CLOSED


def test_namesakes_are_two_people_and_may_share_a_mailbox() -> None:
    institution = city(make_event(), 9)

    twins = [commands.invite_guest(institution.id, named("Nowak"), NOW) for _ in "ab"]
    office = [
        commands.invite_guest(institution.id, named(name, email="biuro@example.org"), NOW)
        for name in ("Kowal", "Kowalik")
    ]

    assert len({row.person_id for row in [*twins, *office]}) == 4
    same = named("Kowal", email="biuro@example.org")
    reason = refusal_of(commands.invite_guest, institution.id, same, NOW)
    assert reason is RegistrationRefusal.ALREADY_REGISTERED
    assert guests(institution) == 4


# --- the place follows the guest -----------------------------------------------------------


def test_every_way_out_gives_the_place_back() -> None:
    institution = city(make_event(), 4)
    rows = [commands.invite_guest(institution.id, named(name), NOW) for name in "ABCD"]

    commands.cancel_guest(rows[0].id, NOW)
    commands.cancel(rows[1].id, NOW)
    commands.strike_off(rows[2].id, NOW)
    commands.decide(rows[3].id, State.REJECTED, NOW)

    assert guests(institution) == 0


def test_who_waits_or_is_undecided_keeps_the_place() -> None:
    institution = city(make_event(), 1)
    row = commands.invite_guest(institution.id, GAJA, NOW)

    for state in (State.WAITING, State.PENDING, State.QUALIFIED):
        commands.decide(row.id, state, NOW)
        assert guests(institution) == 1


def test_who_comes_back_needs_a_place() -> None:
    institution = city(make_event(), 1)
    first = commands.invite_guest(institution.id, named("Pierwsza"), NOW)
    commands.decide(first.id, State.REJECTED, NOW)
    second = commands.invite_guest(institution.id, named("Druga"), NOW)

    reason = refusal_of(commands.decide, first.id, State.QUALIFIED, NOW)

    assert reason is EventRefusal.QUOTA_USED
    assert fresh(first).state is State.REJECTED
    commands.cancel_guest(second.id, NOW)
    commands.decide(first.id, State.QUALIFIED, NOW)
    assert guests(institution) == 1


def test_a_substitute_is_a_guest_of_the_same_institution() -> None:
    institution = city(make_event(), 1)
    row = commands.invite_guest(institution.id, GAJA, NOW)

    other = commands.substitute(row.id, named("Zastępcza"), NOW)

    assert (fresh(other).organiser_id, guests(institution)) == (institution.id, 1)


# --- correcting and cancelling --------------------------------------------------------------


def test_a_guest_is_corrected_until_the_event_begins(now: datetime) -> None:
    event = make_event()
    row = commands.invite_guest(city(event).id, GAJA, now)
    better = {"first_name": "Gaja", "last_name": "Źdźbło", "email": "g@example.org"}

    commands.correct_guest(row.id, at("23:59", day=0), **better)

    assert (fresh(row).last_name, row.email, row.link_generation) == ("Źdźbło", "g@example.org", 2)
    for act in (lambda moment: commands.correct_guest(row.id, moment, **better),
                lambda moment: commands.cancel_guest(row.id, moment)):  # fmt: skip
        assert refusal_of(act, at("0:00")) is RegistrationRefusal.GUESTS_FIXED
    assert fresh(row).state is State.QUALIFIED


def test_who_has_cancelled_stays_as_they_were() -> None:
    row = commands.invite_guest(city(make_event()).id, GAJA, NOW)
    commands.cancel_guest(row.id, NOW)

    reason = refusal_of(commands.cancel_guest, row.id, NOW)

    assert reason is RegistrationRefusal.WRONG_STATE


# --- letters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "subject", "source"),
    [
        ("pl", "Zaproszenie: Seminarium", "podała instytucja zapraszająca: Urząd Miasta"),
        ("en", "Invitation: Seminar", "Your name and address come from City Hall"),
    ],
)
def test_the_letter_says_from_whom_the_address_comes(
    locale: str, subject: str, source: str, run_jobs: Any, mailbox: Any
) -> None:
    event = make_event()
    guest = Details(first_name="Gaja", last_name="Ż", email="gaja@example.org", locale=locale)

    row = commands.invite_guest(city(event).id, guest, NOW)

    run_jobs()
    letter = mailbox.last("gaja@example.org")
    words = " ".join(text_of(letter).split())
    assert str(letter["Subject"]) == subject
    assert source in words
    assert f"http://localhost/{event.slug}/privacy" in words
    assert queries.link_token(row) in words


def test_others_hear_nothing_of_institutions(run_jobs: Any, mailbox: Any) -> None:
    event = make_event()
    city(event)
    make_registration(event, email="sam@example.org")

    run_jobs()

    assert "Urząd Miasta" not in text_of(mailbox.last("sam@example.org"))


# --- what must never be false ---------------------------------------------------------------


@atomic
def write(row: Any) -> None:
    db.session.add(row)
    db.session.flush()


@atomic
def overfill(organiser_id: int, guests: int) -> None:
    db.session.get_one(Organiser, organiser_id).guests = guests
    db.session.flush()


@pytest.mark.parametrize("guests", [3, -1])
def test_the_database_keeps_the_quota_too(guests: int) -> None:
    institution = city(make_event(), 2)

    with pytest.raises(IntegrityError):
        overfill(institution.id, guests)


def test_the_database_knows_no_guest_of_another_event() -> None:
    row, foreign = make_registration(make_event()), city(make_event())

    with pytest.raises(IntegrityError):
        adopt(row.id, foreign.id)


@atomic
def adopt(registration_id: int, organiser_id: int) -> None:
    db.session.get_one(Registration, registration_id).organiser_id = organiser_id
    db.session.flush()
