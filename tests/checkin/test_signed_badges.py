"""Signed badges at a real door: as good as short ones, worthless once replaced or run out."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand, ScanItem, Verdict
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import ConflictKind, Mode, ScanCode
from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.events.rules import EventRefusal
from eventapp.kernel import tokens
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import BadgeReason
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("db_session")


def a_door(event: Event) -> Door:
    point = commands.add_checkpoint(event.id, {"pl": "Wejście", "en": "Entrance"})
    door = queries.door(point.id)
    assert door is not None
    return door


def scan(door: Door, code: str, **more: Any) -> Verdict:
    given = {"scan_id": str(uuid.uuid4()), "scanned_at": NOW, "age": timedelta(0), "code": code}
    return commands.record_scan(door, ScanItem(**given | more), NOW, Hand(actor="account:1"))


def printed(row: Registration, event: Event) -> str:
    """Return the address in the QR code of a badge, as it is printed now."""
    return tokens.badge_url("http://localhost", people.printed_code(row, event))


def test_both_codes_open_one_door_once(app: Flask) -> None:
    event = factories.make_event(signs_badges=True)
    row = factories.make_registration(event, "Anna", "Nowa")
    door = a_door(event)

    first = scan(door, printed(row, event))
    again = scan(door, people.badge_code(row))

    assert len(people.printed_code(row, event)) == 146
    assert (first.code, first.registration and first.registration["name"]) == (
        ScanCode.OK,
        "Anna Nowa",
    )
    assert again.code is ScanCode.ALREADY_IN


def test_a_new_code_kills_the_signed_badge_too(app: Flask) -> None:
    event = factories.make_event(signs_badges=True)
    row = factories.make_registration(event)
    door, old = a_door(event), printed(row, event)

    registrations.reissue_badge(row.id, NOW, reason=BadgeReason.LOST)
    fresh = people.registration(row.id)
    assert fresh is not None

    assert scan(door, old).code is ScanCode.REVOKED
    assert scan(door, printed(fresh, event)).code is ScanCode.OK


def test_a_badge_of_another_event_says_so(app: Flask) -> None:
    event, other = factories.make_event(), factories.make_event(signs_badges=True)
    row = factories.make_registration(other)

    verdict = scan(a_door(event), printed(row, other))

    assert (verdict.code, verdict.registration) == (ScanCode.WRONG_EVENT, None)


def test_a_forged_badge_is_unknown(app: Flask) -> None:
    event = factories.make_event(signs_badges=True)
    row = factories.make_registration(event)
    code = people.printed_code(row, event)

    assert scan(a_door(event), code[:-1] + ("0" if code[-1] != "0" else "1")).code is (
        ScanCode.INVALID_CODE
    )


def test_a_signed_badge_runs_out_after_its_event(app: Flask) -> None:
    event = factories.make_event(
        signs_badges=True, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 3)
    )
    row = factories.make_registration(event)
    door = a_door(event)

    assert scan(door, printed(row, event)).code is ScanCode.EXPIRED
    # The server knows the event's days; the short code has none of its own.
    assert scan(door, people.badge_code(row)).code is ScanCode.OK


@pytest.mark.parametrize("kind", ["expired", "revoked"])
def test_what_a_device_let_in_against_the_rules_is_a_conflict(app: Flask, kind: str) -> None:
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 3)} if kind == "expired" else {}
    event = factories.make_event(signs_badges=True, **days)
    row = factories.make_registration(event)
    door, code = a_door(event), printed(row, event)
    if kind == "revoked":
        registrations.reissue_badge(row.id, NOW, reason=BadgeReason.LOST)

    verdict = scan(door, code, mode=Mode.OFFLINE, said=ScanCode.OK)

    assert verdict.code is ScanCode.OK
    assert verdict.conflict == {
        "kind": ConflictKind.NOT_ADMISSIBLE.value,
        "code": kind,
        "first": None,
    }


def test_a_device_is_told_the_keys_that_it_may_trust(app: Flask) -> None:
    event = factories.make_event()
    assert a_door(event).keys == ()
    events.edit_settings(event.id, NOW, signs_badges=True)
    row = factories.make_registration(event)
    old = printed(row, event)

    assert events.renew_badge_key(event.id) == 2
    assert printed(row, event) != old
    door = a_door(event)
    assert [one["key"] for one in commands.trusted_keys(door)] == [1, 2]
    events.withdraw_badge_keys(event.id)
    assert a_door(event).keys == (2,)
    # The code on the badge is known to the server all the same.
    assert scan(door, old).code is ScanCode.OK


def test_keys_come_to_an_end(app: Flask) -> None:
    event = factories.make_event(signs_badges=True, badge_key=255, badge_key_from=255)

    with pytest.raises(Refused) as full:
        events.renew_badge_key(event.id)
    with pytest.raises(Refused) as nothing:
        events.withdraw_badge_keys(event.id)

    assert full.value.reason is EventRefusal.BADGE_KEYS_USED_UP
    assert nothing.value.reason is EventRefusal.NO_OLDER_BADGE_KEY
