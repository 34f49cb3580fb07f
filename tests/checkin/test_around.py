"""Around the door: rehearsals of which nothing stays, devices, shifts, groups."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from eventapp.checkin import commands, queries, rules
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.checkin.models import Presence, Scan, Shift
from eventapp.checkin.rules import (
    Check,
    CheckinRefusal,
    CheckState,
    Direction,
    Measured,
    Mode,
    ScanCode,
    ScanStatus,
)
from eventapp.events.access import Role
from eventapp.kernel import tokens
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import GroupDetails, Member, OrganisationDetails
from eventapp.registrations.models import State
from tests import factories
from tests.checkin.test_commands import LEAD, STEWARD, a_door, scan
from tests.factories import NOW
from tests.harness import world

pytestmark = pytest.mark.usefixtures("db_session")

EVENING = datetime(2027, 6, 15, 20, tzinfo=UTC)
KEY = "0" * 31 + "1"
READY = {
    "secure": True,
    "camera": True,
    "sound": True,
    "keeps": True,
    "list_at": EVENING - timedelta(minutes=1),
    "waiting": 0,
    "battery": 90,
    "charging": False,
    "clock_at": EVENING,
    "free_mb": 4000,
    "latency_ms": 40,
}


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


# --- rehearsals ---------------------------------------------------------------------------


def item(code, **more):
    given = {"scan_id": str(uuid.uuid4()), "scanned_at": NOW, "code": code}
    return ScanItem(**given | more)


@pytest.mark.parametrize("code", [code for code in ScanCode if code is not ScanCode.OUT])
def test_each_verdict_has_a_test_badge(app, code):
    door = a_door(factories.make_event())
    found = commands.practise(door, item(rules.practice_code(code).lower() + " "), NOW, STEWARD)

    assert found.staged
    assert (found.verdict.code, found.verdict.status) == (code, rules.status_of(code))
    assert (found.verdict.registration is not None) is rules.knows_person(code)
    assert (count(Scan), count(Presence)) == (0, 0)


def test_a_test_badge_goes_out_too(app):
    door = a_door(factories.make_event())
    leaving = item(rules.practice_code(ScanCode.OK), direction=Direction.EXIT)

    assert commands.practise(door, leaving, NOW, STEWARD).verdict.code is ScanCode.OUT


def test_a_real_badge_is_judged_and_nothing_of_it_stays(app):
    event = factories.make_event()
    row = factories.make_registration(event, "Łucja", "Żółć")
    door = a_door(event)
    badge = tokens.badge_url("http://127.0.0.1:8000", people.badge_code(row))
    facts = count(FactRow)

    for _turn in range(2):
        found = commands.practise(door, item(badge), NOW, STEWARD)
        # It would be let in, each time; yet nobody should take that for an entry.
        assert (found.staged, found.verdict.code) == (False, ScanCode.OK)
        assert found.verdict.status is ScanStatus.WARN
        assert found.verdict.registration["name"] == "Łucja Żółć"

    assert (count(Scan), count(Presence), count(FactRow)) == (0, 0, facts)
    assert scan(door, row).code is ScanCode.OK


def test_a_test_badge_opens_no_real_door(app):
    event = factories.make_event()
    row = factories.make_registration(event)
    verdict = scan(a_door(event), row, code=rules.practice_code(ScanCode.OK))

    assert verdict.code is ScanCode.INVALID_CODE


# --- readiness ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measured", "check", "state"),
    [
        ({}, Check.SECURE, CheckState.OK),
        ({"secure": False}, Check.SECURE, CheckState.BAD),
        ({"camera": False}, Check.CAMERA, CheckState.WARN),
        ({"sound": False}, Check.SOUND, CheckState.WARN),
        ({"keeps": False}, Check.STORAGE, CheckState.BAD),
        ({"list_at": None}, Check.LIST, CheckState.BAD),
        ({"list_at": EVENING - timedelta(minutes=31)}, Check.LIST, CheckState.WARN),
        ({"waiting": 1}, Check.QUEUE, CheckState.BAD),
        ({"battery": 80}, Check.BATTERY, CheckState.OK),
        ({"battery": 79}, Check.BATTERY, CheckState.WARN),
        ({"battery": 29}, Check.BATTERY, CheckState.BAD),
        ({"battery": 3, "charging": True}, Check.BATTERY, CheckState.OK),
        ({"battery": None}, Check.BATTERY, CheckState.WARN),
        ({"clock_at": EVENING + timedelta(minutes=2)}, Check.CLOCK, CheckState.OK),
        ({"clock_at": EVENING - timedelta(minutes=3)}, Check.CLOCK, CheckState.WARN),
        ({"clock_at": EVENING + timedelta(hours=3)}, Check.CLOCK, CheckState.BAD),
        ({"free_mb": 49}, Check.SPACE, CheckState.BAD),
        ({"free_mb": None}, Check.SPACE, CheckState.WARN),
        ({"latency_ms": 500}, Check.CONNECTION, CheckState.OK),
        ({"latency_ms": 1500}, Check.CONNECTION, CheckState.WARN),
        ({"latency_ms": 1501}, Check.CONNECTION, CheckState.BAD),
    ],
)
def test_what_a_device_measured_is_judged(measured, check, state):
    found = rules.readiness(Measured(**READY | measured), EVENING)

    assert found[check] is state
    assert set(found) == set(Check)
    assert [one for one in found.values() if one is not CheckState.OK] == (
        [] if state is CheckState.OK else [state]
    )


@pytest.mark.parametrize(
    ("states", "worst"),
    [("", "bad"), ("ok", "ok"), ("ok warn", "warn"), ("bad ok warn", "bad")],
)
def test_the_worst_counts(states, worst):
    assert rules.overall(CheckState(one) for one in states.split()) is CheckState(worst)


def test_the_lead_sees_the_last_check_of_each_device_the_least_ready_first(app):
    event = factories.make_event()
    door = a_door(event)
    good, poor = Measured(**READY), Measured(**READY | {"waiting": 3})
    for measured, hand in ((poor, STEWARD), (good, STEWARD), (poor, LEAD)):
        commands.check_readiness(door, measured, NOW, hand, real=EVENING)

    seen = [(row.station, row.overall) for row, _door in queries.checks_of_devices(event.id)]
    assert seen == [("Otylia", CheckState.BAD), ("Jeremi", CheckState.OK)]


# --- shifts -------------------------------------------------------------------------------


def test_a_shift_ends_when_the_next_begins_and_leaves_its_note(app):
    event = factories.make_event()
    door = a_door(event)
    commands.hand_over(door, " Ania ", "", NOW, STEWARD)
    later = NOW + timedelta(hours=4)
    commands.hand_over(door, "Bartek", "Pani Nowak czeka na nowy identyfikator.", later, STEWARD)

    [note] = queries.open_notes(door.id)
    assert (note.name, note.until) == ("Ania", later)
    current = queries.open_shift(door.id)
    assert (current.name, current.since) == ("Bartek", later)
    commands.settle_note(note.id, later)
    assert queries.open_notes(door.id) == []
    with pytest.raises(Refused) as refused:
        commands.settle_note(note.id, later)
    assert refused.value.reason is CheckinRefusal.NOTE_SETTLED


def test_a_shift_has_a_name(app):
    door = a_door(factories.make_event())
    with pytest.raises(Refused) as refused:
        commands.hand_over(door, "  ", "x", NOW, STEWARD)

    assert refused.value.reason is CheckinRefusal.NAME_MISSING
    assert count(Shift) == 0


def test_a_shift_sees_whom_it_refused(app):
    event = factories.make_event()
    door = a_door(event)
    waiting = factories.make_registration(event, "Ewa", "Czekająca", state=State.WAITING)
    scan(door, waiting)
    scan(door, waiting, NOW + timedelta(hours=1))

    assert len(queries.refused_since(door.id, NOW)) == 2
    [late] = queries.refused_since(door.id, NOW + timedelta(minutes=30))
    assert (late.registration.last_name, late.code) == ("Czekająca", ScanCode.WAITING)


def test_a_shift_hears_what_waits_for_a_decision(app):
    event = factories.make_event()
    door = a_door(event)
    row = factories.make_registration(event, "Ewa", "Podwójna")
    for name in ("telefon 1", "telefon 2"):
        device, _token = commands.pair_device(door.id, name, NOW)
        hand = Hand(actor=f"device:{device.id}", station=name, device_id=device.id)
        scan(door, row, hand=hand, mode=Mode.OFFLINE)

    page = f"/{event.slug}/door/{door.id}/shift"
    [dispute] = queries.disputes(event.id)
    mark = f"#conflict-{dispute.conflict.id}"
    lead = world.member(app, event.id, Role.LEAD)
    db.session.expunge_all()  # the page reads for itself
    shown = lead.get(page).text

    assert "Do rozstrzygnięcia przez osobę kierującą recepcją" in shown
    assert mark in shown


# --- groups -------------------------------------------------------------------------------


def a_coach(event, size=8):
    given = GroupDetails(
        contact_name="Łucja Ściborska",
        contact_email="autokar@example.org",
        organisation=OrganisationDetails(name="Spółdzielnia Źródło"),
        members=[Member(first_name="Jan", last_name=f"Podróżny{n}") for n in range(size)],
        unnamed=0,
    )
    group = registrations.register_group(event.id, given, NOW)
    rows = people.members(group.id)
    for row in rows:
        put(row, State.QUALIFIED)
    return rows


@atomic
def put(row, state):
    row.state = state


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("zrodlo", 8),
        ("SPÓŁDZIELNIA źródło", 8),
        ("sciborska", 8),
        ("autokar@example", 8),
        ("podrozny", 0),
        ("%", 0),
        ("", 0),
    ],
)
def test_a_coach_is_found_by_its_house_or_its_contact(app, asked, found):
    event = factories.make_event()
    a_coach(event)
    factories.make_registration(event, "Adam", "Samotny")
    other = factories.make_event(slug="inne")
    a_coach(other, 2)

    assert len(queries.people_together(a_door(event), asked)) == found


def test_eight_are_let_in_at_once_and_who_is_refused_is_named(app):
    event = factories.make_event()
    rows = a_coach(event)
    door = a_door(event)
    scan(door, rows[0])
    put(rows[7], State.CANCELLED)
    ids = [row.id for row in rows]

    members = commands.let_in_several(door, ids, KEY, NOW + timedelta(minutes=1), STEWARD)

    codes = [member.verdict.code for member in members]
    assert codes == [ScanCode.ALREADY_IN, *[ScanCode.OK] * 6, ScanCode.CANCELLED]
    assert members[7].verdict.registration["name"] == "Jan Podróżny7"
    assert queries.inside_count(door.id) == 7
    assert count(Scan) == 9

    again = commands.let_in_several(door, ids, KEY, NOW + timedelta(minutes=2), STEWARD)
    assert [member.verdict.code for member in again] == codes
    assert all(member.verdict.replayed for member in again)
    assert count(Scan) == 9


def test_a_group_is_taken_back_at_once(app):
    event = factories.make_event()
    rows = a_coach(event, 3)
    door = a_door(event)
    scan(door, rows[0])
    at = NOW + timedelta(minutes=1)
    commands.let_in_several(door, [row.id for row in rows], KEY, at, STEWARD)

    assert commands.undo_several(door, KEY, at, STEWARD) == 2
    # Who was in before stays in.
    assert queries.inside_count(door.id) == 1
    with pytest.raises(Refused) as refused:
        commands.undo_several(door, KEY, at, STEWARD)
    assert refused.value.reason is CheckinRefusal.ALREADY_UNDONE


@pytest.mark.parametrize("key", ["", "x", "%" * 32, "0" * 31, "0" * 33])
def test_a_key_of_nothing_takes_nothing_back(app, key):
    event = factories.make_event()
    rows = a_coach(event, 1)
    door = a_door(event)
    commands.let_in_several(door, [rows[0].id], KEY, NOW, STEWARD)

    for act in (
        lambda: commands.undo_several(door, key, NOW, STEWARD),
        lambda: commands.let_in_several(door, [rows[0].id], key, NOW, STEWARD),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is CheckinRefusal.SCAN_UNKNOWN
    assert queries.inside_count(door.id) == 1


def test_nobody_chosen_and_nobody_of_another_event(app):
    event, other = factories.make_event(), factories.make_event(slug="inne")
    door = a_door(event)
    with pytest.raises(Refused) as refused:
        commands.let_in_several(door, [], KEY, NOW, STEWARD)
    assert refused.value.reason is CheckinRefusal.NOBODY_CHOSEN

    stranger = factories.make_registration(other)
    [member] = commands.let_in_several(door, [stranger.id], KEY, NOW, STEWARD)
    assert (member.verdict.code, member.verdict.registration) == (ScanCode.INVALID_CODE, None)
