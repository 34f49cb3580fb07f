"""An event's settings by form: kept, refused with a reason, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.events import commands
from eventapp.events.rules import EventRefusal
from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from tests.factories import NOW, at, fresh, make_event

pytestmark = pytest.mark.usefixtures("db_session")
WEEK = timedelta(days=7)


def last_edit(event: Any) -> int:
    query = select(FactRow.id).where(FactRow.event_id == event.id, FactRow.kind == "edited")
    return db.session.scalars(query.order_by(FactRow.id.desc())).first() or 0


def test_settings_are_replaced_and_taken_back() -> None:
    event = make_event(capacity=80)
    revision = event.revision
    commands.edit_settings(
        event.id, NOW, title={"pl": "Nowa nazwa"}, capacity=90, registration_opens_at=NOW
    )
    seen = fresh(event)
    assert (seen.title, seen.capacity) == ({"pl": "Nowa nazwa"}, 90)
    assert seen.registration_opens_at == NOW
    assert seen.revision > revision

    journal.undo(event.id, last_edit(event), NOW)

    back = fresh(event)
    assert (back.title["pl"], back.capacity, back.registration_opens_at) == ("Seminarium", 80, None)


def test_nothing_changed_is_no_edit() -> None:
    event = make_event(capacity=80)
    before = last_edit(event)

    commands.edit_settings(event.id, NOW, capacity=80)

    assert last_edit(event) == before


def test_the_later_of_two_editors_is_told() -> None:
    event = make_event()
    seen = commands.mark(event)
    commands.edit_settings(event.id, NOW, seen=seen, capacity=10)

    with pytest.raises(Refused) as refused:
        commands.edit_settings(event.id, NOW, seen=seen, capacity=20)

    assert refused.value.reason is EventRefusal.SETTINGS_CHANGED
    assert fresh(event).capacity == 10


def test_what_the_programme_changes_is_no_change_of_settings() -> None:
    event = make_event()
    seen = commands.mark(event)
    commands.touch(event.id)

    commands.edit_settings(event.id, NOW, seen=seen, capacity=20)

    assert fresh(event).capacity == 20


@pytest.mark.parametrize("closes", [at("9:00"), at("9:00") - WEEK])
def test_registration_closes_after_it_opens(closes: Any) -> None:
    event = make_event()
    commands.edit_settings(event.id, NOW, registration_opens_at=at("9:00"))

    with pytest.raises(Refused) as refused:
        commands.edit_settings(event.id, NOW, registration_closes_at=closes)

    assert refused.value.reason is EventRefusal.CLOSES_BEFORE_OPENING
