"""Institutions named on an event: kept by form, in order, and who works for them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventapp.accounts import commands as accounts
from eventapp.events import commands, queries
from eventapp.events.models import Event, Organiser, Role, TeamMember
from eventapp.events.rules import EventRefusal, refuse_quota
from eventapp.kernel import journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.journal import UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import Details
from tests.factories import NOW, fresh, make_event

pytestmark = pytest.mark.usefixtures("db_session")

PARTNER = {"pl": "partner", "en": "partner"}


def put(event: Event, name: str, quota: int | None = None) -> Organiser:
    return commands.put_organiser(event.id, NOW, {"pl": name}, PARTNER, guest_quota=quota)


def names(event: Event) -> list[str]:
    db.session.rollback()
    return [row.name["pl"] for row in queries.organisers(event.id)]


def invite(institution: Organiser, name: str = "Nowak") -> int:
    guest = Details(first_name="Anna", last_name=name)
    return registrations.invite_guest(institution.id, guest, NOW).id


def last_edit(event: Event) -> int:
    query = select(FactRow.id).where(
        FactRow.event_id == event.id, FactRow.kind.in_(journal.UNDOABLE)
    )
    return db.session.scalars(query.order_by(FactRow.id.desc())).first() or 0


def account(name: str = "Salomea") -> int:
    return accounts.keep_account(f"{name.casefold()}@example.org", name, NOW).id


# --- the list -----------------------------------------------------------------------------


def test_an_institution_is_added_changed_and_removed_and_each_is_taken_back() -> None:
    event = make_event()
    revision = event.revision
    row = put(event, "Urząd")
    commands.edit_organiser(row.id, NOW, name={"pl": "Urząd Miasta"}, guest_quota=5)
    assert fresh(event).revision > revision, "public pages name it"

    commands.remove_organiser(row.id, NOW)
    assert names(event) == []

    journal.undo(event.id, last_edit(event), NOW)
    back = queries.organisers(event.id)[0]
    assert (back.id, back.name, back.guest_quota) == (row.id, {"pl": "Urząd Miasta"}, 5)
    assert (back.role, back.guests) == (PARTNER, 0)


@pytest.mark.parametrize(
    ("which", "places", "expected"),
    [(1, -1, "BAC"), (1, 1, "ACB"), (0, -1, "ABC"), (2, 1, "ABC"), (2, -9, "CAB")],
)
def test_institutions_change_places(which: int, places: int, expected: str) -> None:
    event = make_event()
    rows = [put(event, name) for name in "ABC"]

    moved = commands.move_organiser(rows[which].id, NOW, places)

    assert "".join(names(event)) == expected
    assert (moved is not None) == (expected != "ABC")
    if moved is not None:
        journal.undo(event.id, moved, NOW)
        assert names(event) == ["A", "B", "C"]


def test_after_a_removal_the_order_still_holds() -> None:
    event = make_event()
    rows = [put(event, name) for name in "ABC"]
    commands.remove_organiser(rows[0].id, NOW)
    put(event, "D")

    commands.move_organiser(rows[2].id, NOW, -1)

    assert names(event) == ["C", "B", "D"]


# --- the quota ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guests", "quota", "refused"),
    [(0, None, False), (0, 0, False), (3, 3, False), (3, 2, True), (1, None, True)],
)
def test_a_quota_is_as_large_as_the_guests_need(
    guests: int, quota: int | None, refused: bool
) -> None:
    assert (refuse_quota(guests, quota) is EventRefusal.QUOTA_BELOW_GUESTS) is refused


def test_a_quota_below_its_guests_is_refused_with_their_number() -> None:
    event = make_event()
    row = put(event, "Urząd", 3)
    for name in ("Nowak", "Kowal"):
        invite(row, name)

    for quota in (1, None):
        with pytest.raises(Refused) as refused:
            commands.edit_organiser(row.id, NOW, guest_quota=quota)
        assert refused.value.reason is EventRefusal.QUOTA_BELOW_GUESTS
        assert refused.value.details == {"guests": 2}
    commands.edit_organiser(row.id, NOW, guest_quota=2)
    assert (fresh(row).guest_quota, row.guests) == (2, 2)


def test_a_larger_quota_is_not_taken_back_from_under_its_guests() -> None:
    event = make_event()
    row = put(event, "Urząd", 1)
    commands.edit_organiser(row.id, NOW, guest_quota=2)
    larger = last_edit(event)
    guest_ids = [invite(row, name) for name in ("Nowak", "Kowal")]

    with pytest.raises(Refused) as refused:
        journal.undo(event.id, larger, NOW)

    assert refused.value.reason is UndoRefusal.BUILT_UPON
    registrations.cancel_guest(guest_ids[0], NOW)
    journal.undo(event.id, larger, NOW)
    assert fresh(row).guest_quota == 1


def test_an_institution_in_use_stays() -> None:
    event = make_event()
    put(event, "Fundacja")
    with_guest, with_people = put(event, "Urząd", 3), put(event, "Agencja")
    registrations.cancel_guest(invite(with_guest), NOW)  # who cancelled is in the records still
    commands.join_team(event.id, account(), Role.CO_ORGANISER, NOW, organiser_id=with_people.id)

    for row in (with_guest, with_people):
        with pytest.raises(Refused) as refused:
            commands.remove_organiser(row.id, NOW)
        assert refused.value.reason is EventRefusal.INSTITUTION_IN_USE
    commands.remove_organiser(queries.organisers(event.id)[0].id, NOW)
    assert names(event) == ["Urząd", "Agencja"]


# --- who works for it ---------------------------------------------------------------------


def test_a_co_organiser_works_for_an_institution_of_the_event() -> None:
    event, foreign = make_event(), put(make_event(), "Obca")

    for organiser_id in (None, foreign.id, 999999):
        with pytest.raises(Refused) as refused:
            commands.join_team(
                event.id, account(), Role.CO_ORGANISER, NOW, organiser_id=organiser_id
            )
        assert refused.value.reason is EventRefusal.INSTITUTION_MISSING


def test_a_role_ends_with_its_term() -> None:
    event = make_event()
    row, who = put(event, "Urząd", 1), account()
    commands.join_team(event.id, who, Role.CO_ORGANISER, NOW, organiser_id=row.id, expires_at=NOW)

    assert queries.organiser_of(who, event.id, NOW.replace(year=2026)) is not None
    assert queries.organiser_of(who, event.id, NOW) is None
    assert queries.events_of(who, NOW) == []


@pytest.mark.parametrize("foreign", [False, True])
def test_the_database_keeps_people_and_institutions_together(foreign: bool) -> None:
    event, other = make_event(), put(make_event(), "Obca")
    columns = {"organiser_id": other.id} if foreign else {}

    with pytest.raises(IntegrityError):
        write(
            TeamMember(
                event_id=event.id,
                account_id=account(),
                role=Role.CO_ORGANISER,
                added_at=NOW,
                **columns,
            )
        )


@atomic
def write(row: Any) -> None:
    db.session.add(row)
    db.session.flush()
