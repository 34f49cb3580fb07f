"""The plan of the door: shifts that keep people busy and stand in their calendars."""

from datetime import timedelta

import pytest

from eventapp.checkin import commands, queries
from eventapp.checkin.rules import CheckinRefusal
from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.events.access import Role
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.signups import commands as signups
from eventapp.signups.rules import SignUpRefusal
from tests.checkin.test_commands import a_door
from tests.factories import NOW, at, make_event, make_registration, make_session
from tests.harness import world

JAN = ("Jan Maria Kos", "jan@example.org")


def plan(door, starts_at, ends_at, who=JAN):
    return commands.plan_shift(door.id, *who, NOW, starts_at=starts_at, ends_at=ends_at)


def test_a_shift_keeps_its_person_busy_until_it_is_taken_back(db_session):
    event = make_event()
    row = plan(a_door(event), at("8:00"), at("12:00"))
    person = known.person(row.person_id)
    (busy,) = known.clashes(person.id, at("11:00"), at("13:00"))

    assert (person.first_name, person.last_name, person.email) == ("Jan Maria", "Kos", JAN[1])
    assert (busy.kind, busy.label["pl"], busy.label["en"]) == (
        "shift", "Dyżur: Wejście", "Door shift: Entrance"
    )  # fmt: skip
    commands.drop_shift(row.id, NOW)
    assert known.clashes(person.id, at("11:00"), at("13:00")) == []
    (note,) = known.notes(person.id, NOW - timedelta(days=14))
    assert (note.label["pl"], note.called_off_at is not None) == ("Dyżur: Wejście", True)
    assert queries.planned_shifts(event.id) == []


def test_who_is_known_to_the_host_is_the_same_person(db_session):
    event = make_event()
    person = directory.keep_person(
        event.host_id, title="dr", first_name="Jan", last_name="Kos", email="JAN@example.org"
    )

    assert plan(a_door(event), at("8:00"), at("12:00")).person_id == person.id


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "reason"),
    [
        (at("9:00"), at("9:00"), CheckinRefusal.SHIFT_ENDS_BEFORE_START),
        (at("9:00"), at("9:01", day=2), CheckinRefusal.SHIFT_TOO_LONG),
        (at("10:00"), at("11:00"), CheckinRefusal.SHIFT_CLASHES),
    ],
)
def test_nobody_stands_in_two_places_or_for_days(db_session, starts_at, ends_at, reason):
    event = make_event()
    door = a_door(event)
    person = directory.keep_member(event.host_id, *JAN)
    speaker = programme.add_speaker(event.id, person.id)
    make_session(event, starts_at=at("9:30"), speaker_ids=[speaker.id])

    with pytest.raises(Refused) as refused:
        plan(door, starts_at, ends_at)

    assert refused.value.reason is reason


def test_who_stands_at_the_door_takes_no_seat_meanwhile(db_session):
    event = make_event()
    person = make_registration(event, email=JAN[1])
    plan(a_door(event), at("8:00"), at("12:00"))
    session = make_session(event, starts_at=at("9:00"))

    with pytest.raises(Refused) as refused:
        signups.sign_up(session.id, person.id, NOW)

    assert refused.value.reason is SignUpRefusal.OVERLAPS


def test_the_lead_plans_on_a_page(app):
    with app.app_context():
        event = make_event()
        door_id, slug, event_id = a_door(event).id, event.slug, event.id
    organiser = world.member(app, event_id, Role.ORGANISER)
    page = f"/{slug}/desk/shifts"
    empty = organiser.get(page).text
    member = empty.partition('<option value="')[2].partition('"')[0]
    given = {
        "csrf_token": world.csrf_token(organiser), "member": member, "checkpoint": str(door_id),
        "starts_at": "2027-06-16T08:00", "ends_at": "2027-06-16T12:00",
    }  # fmt: skip

    assert "Nie zaplanowano jeszcze żadnego dyżuru." in empty
    assert "data-errors" in organiser.post(page, data={**given, "ends_at": ""}).text
    backwards = organiser.post(page, data={**given, "ends_at": "2027-06-16T07:00"}).text
    assert "Dyżur kończy się, zanim się zaczyna." in backwards
    assert organiser.post(page, data=given).status_code == 303
    assert "8:00" in organiser.get(page).text
    assert "/calendar/tasks-pl_" in organiser.get("/account").text
    with app.app_context():
        (row,) = queries.planned_shifts(event_id)
        shift_id = row.id
    token = {"csrf_token": given["csrf_token"]}
    assert organiser.post(f"{page}/{shift_id}/removal", data=token).status_code == 303
    assert organiser.post(f"{page}/{shift_id}/removal", data=token).status_code == 404
    steward = world.member(app, event_id, Role.DOOR)
    assert steward.get(page).status_code == 403
