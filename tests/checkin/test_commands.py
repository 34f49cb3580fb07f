"""Scans on real databases: kept whatever the verdict, repeated safely, mended openly."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand, ScanItem, Verdict
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import CheckinRefusal, Direction, ScanCode
from eventapp.events.models import Event
from eventapp.kernel import tokens
from eventapp.kernel.refusal import Refused
from eventapp.programme.models import SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import BadgeReason
from eventapp.signups import commands as signups
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("db_session")

STEWARD = Hand(actor="account:1", station="Jeremi", device_id=None)
LEAD = Hand(actor="account:2", station="Otylia", is_lead=True)


def a_door(event: Event, **columns: Any) -> Door:
    point = commands.add_checkpoint(event.id, {"pl": "Wejście", "en": "Entrance"}, **columns)
    door = queries.door(point.id)
    assert door is not None
    return door


def scan(
    door: Door, row: Registration, now: datetime = NOW, *, hand: Hand = STEWARD, **item: Any
) -> Verdict:
    given = {"scan_id": str(uuid.uuid4()), "scanned_at": now, "age": timedelta(0)}
    if "code" not in item:
        given["code"] = tokens.badge_url("http://127.0.0.1:8000", people.badge_code(row))
    return commands.record_scan(door, ScanItem(**given | item), now, hand)


def test_a_badge_enters_once_and_says_who_let_it_in(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event, "Łucja", "Żółć")
    door = a_door(event)

    first = scan(door, row)
    again = scan(door, row, NOW + timedelta(minutes=1))

    assert (first.code, first.presence) == (ScanCode.OK, "present")
    assert first.registration is not None
    assert first.registration["name"] == "Łucja Żółć"
    assert again.code is ScanCode.ALREADY_IN
    assert again.first is not None
    assert again.first["device"] == "Jeremi"
    assert datetime.fromisoformat(again.first["at"]) == NOW


def test_a_retry_hears_the_stored_verdict_and_another_body_is_refused(app: Flask) -> None:
    event = factories.make_event()
    row, other = factories.make_registration(event), factories.make_registration(event)
    door = a_door(event)
    scan_id = str(uuid.uuid4())

    first = scan(door, row, scan_id=scan_id)
    retry = scan(door, row, scan_id=scan_id)
    with pytest.raises(Refused) as refused:
        scan(door, other, scan_id=scan_id)

    assert (first.code, first.replayed) == (ScanCode.OK, False)
    assert (retry.code, retry.replayed) == (ScanCode.OK, True)
    assert refused.value.reason is CheckinRefusal.IDEMPOTENCY_CONFLICT
    assert len(queries.last_scans(event.id)) == 1


@pytest.mark.parametrize(
    "code", ["", "x" * 500, "00000000000000000000000000", "<img onerror>", "😀"]
)
def test_nonsense_is_an_unknown_code_and_is_kept(code: str, app: Flask) -> None:
    event = factories.make_event()
    door = a_door(event)

    verdict = scan(door, factories.make_registration(event), code=code)

    assert verdict.code is ScanCode.INVALID_CODE
    assert verdict.registration is None
    assert [kept.code for kept in queries.last_scans(event.id)] == [ScanCode.INVALID_CODE]


def test_a_badge_of_another_event_shows_nobody(app: Flask) -> None:
    door = a_door(factories.make_event())
    verdict = scan(door, factories.make_registration(factories.make_event()))
    assert (verdict.code, verdict.registration) == (ScanCode.WRONG_EVENT, None)


def test_a_replaced_badge_is_called_revoked(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    old = people.badge_code(row)
    door = a_door(event)

    new = registrations.reissue_badge(row.id, NOW, reason=BadgeReason.LOST)

    assert scan(door, row, code=old).code is ScanCode.REVOKED
    assert scan(door, row, code=new).code is ScanCode.OK


def test_a_session_with_a_list_admits_its_list(app: Flask) -> None:
    event = factories.make_event()
    session = factories.make_session(
        event, capacity=1, waiting_list=True, sign_up=SignUpRule.REQUIRED
    )
    seated, queued, stranger = (factories.make_registration(event) for _ in range(3))
    signups.sign_up(session.id, seated.id, NOW)
    signups.sign_up(session.id, queued.id, NOW)
    door = a_door(event, session_id=session.id)

    assert scan(door, seated).code is ScanCode.OK
    assert scan(door, queued).code is ScanCode.WAITING
    assert scan(door, stranger).code is ScanCode.SESSION_FULL


def test_a_session_is_full_when_its_last_extra_seat_is_taken(app: Flask) -> None:
    event = factories.make_event()
    session = factories.make_session(
        event, capacity=1, overbooking_percent=100, sign_up=SignUpRule.REQUIRED
    )
    first, second, stranger, other = (factories.make_registration(event) for _ in range(4))
    signups.sign_up(session.id, first.id, NOW)
    assert scan(a_door(event, session_id=session.id), stranger).code is ScanCode.NOT_ELIGIBLE

    signups.sign_up(session.id, second.id, NOW)

    assert scan(a_door(event, session_id=session.id), other).code is ScanCode.SESSION_FULL


def test_the_lead_admits_with_a_reason_and_everything_stays(app: Flask) -> None:
    event = factories.make_event()
    session = factories.make_session(event, sign_up=SignUpRule.REQUIRED)
    row = factories.make_registration(event)
    door = a_door(event, session_id=session.id)
    refused = scan(door, row)

    with pytest.raises(Refused) as silent:
        commands.admit_anyway(refused.scan_id, "  ", NOW, LEAD)
    admitted = commands.admit_anyway(refused.scan_id, "zgoda trenerki", NOW, LEAD)

    assert silent.value.reason is CheckinRefusal.REASON_MISSING
    assert admitted.code is ScanCode.OK
    kept = {each.code: each for each in queries.last_scans(event.id)}
    assert kept[ScanCode.OK].reason == "zgoda trenerki"
    assert kept[ScanCode.OK].admitted_scan_id == kept[ScanCode.NOT_ELIGIBLE].id
    assert queries.inside_count(door.id) == 1
    with pytest.raises(Refused) as twice:
        commands.admit_anyway(admitted.scan_id, "jeszcze raz", NOW, LEAD)
    assert twice.value.reason is CheckinRefusal.NOT_REFUSED


def test_undo_takes_presence_back_to_what_stands(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    entry = scan(door, row)
    leaving = scan(door, row, NOW + timedelta(minutes=5), direction=Direction.EXIT)
    assert queries.inside_count(door.id) == 0

    commands.undo_scan(leaving.scan_id, NOW + timedelta(minutes=6), STEWARD)
    assert queries.inside_count(door.id) == 1
    commands.undo_scan(entry.scan_id, NOW + timedelta(minutes=7), STEWARD)
    assert queries.inside_count(door.id) == 0
    assert queries.presence(door.id, row.id) is None

    with pytest.raises(Refused) as again:
        commands.undo_scan(entry.scan_id, NOW + timedelta(minutes=7), STEWARD)
    assert again.value.reason is CheckinRefusal.ALREADY_UNDONE


def test_a_steward_undoes_for_a_quarter_of_an_hour_the_lead_later(app: Flask) -> None:
    event = factories.make_event()
    door = a_door(event)
    entry = scan(door, factories.make_registration(event))
    late = NOW + timedelta(minutes=16)

    with pytest.raises(Refused) as refused:
        commands.undo_scan(entry.scan_id, late, STEWARD)
    commands.undo_scan(entry.scan_id, late, LEAD)

    assert refused.value.reason is CheckinRefusal.UNDO_TOO_LATE
    assert queries.inside_count(door.id) == 0


def test_one_bad_item_holds_no_batch_up(app: Flask) -> None:
    event = factories.make_event()
    row, other = factories.make_registration(event), factories.make_registration(event)
    door = a_door(event)
    known = scan(door, row)
    items = [
        ScanItem(scan_id=known.scan_id, scanned_at=NOW, code="something else"),
        ScanItem(
            scan_id=str(uuid.uuid4()),
            scanned_at=NOW,
            code=people.badge_code(other),
            age=timedelta(0),
        ),
    ]

    answers = commands.record_scans(door, items, NOW, STEWARD)

    assert isinstance(answers[0], Refused)
    assert isinstance(answers[1], Verdict)
    assert answers[1].code is ScanCode.OK


@pytest.mark.parametrize(
    ("asked", "found"),
    [("zolc", ["Żółć"]), ("lucja ZOL", ["Żółć"]), ("nowak", ["Nowak"]), ("%", []), ("  ", [])],
)
def test_people_are_found_without_polish_letters(asked: str, found: list[str], app: Flask) -> None:
    event = factories.make_event()
    factories.make_registration(event, "Łucja", "Żółć")
    factories.make_registration(event, "Jan", "Nowak")
    door = a_door(event)
    assert [row.last_name for row, _inside in queries.found(door, asked)] == found
