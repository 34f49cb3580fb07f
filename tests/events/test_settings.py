"""An event's settings by form: kept, refused with a reason, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.events import commands, queries
from eventapp.events.rules import EventRefusal
from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.programme import commands as programme
from eventapp.programme.models import SessionState
from tests.factories import NOW, at, fresh, make_event, make_session

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


# --- project and time zone --------------------------------------------------------------------


def test_only_what_is_named_of_the_grant_is_replaced() -> None:
    event = make_event(project={"title": "Ośrodek", "title_en": "Centre", "own": 1, "number": "A"})

    commands.edit_settings(event.id, NOW, project={"number": "B", "fund": {"pl": "EFS"}})

    assert fresh(event).project == {
        "title": "Ośrodek", "title_en": "Centre", "own": 1, "number": "B", "fund": {"pl": "EFS"},
    }  # fmt: skip
    journal.undo(event.id, last_edit(event), NOW)
    assert fresh(event).project["number"] == "A"


def test_another_zone_keeps_the_dates_on_the_clocks_and_is_taken_back() -> None:
    event = make_event(registration_opens_at=at("8:00"))

    commands.edit_settings(event.id, NOW, timezone="Europe/Kyiv", cancel_until=at("18:00"))

    seen = fresh(event)
    hour = timedelta(hours=1)
    assert seen.timezone == "Europe/Kyiv"
    assert seen.registration_opens_at == at("8:00") - hour, "8:00 in Kyiv is 7:00 in Warsaw"
    assert seen.cancel_until == at("18:00") - hour
    journal.undo(event.id, last_edit(event), NOW)
    back = fresh(event)
    assert (back.timezone, back.registration_opens_at) == ("Europe/Warsaw", at("8:00"))


@pytest.mark.parametrize("planned", ["session", "draft", "break"])
def test_what_is_planned_holds_the_zone(planned: str) -> None:
    event, other = make_event(), make_event()
    commands.edit_settings(other.id, NOW, timezone="Europe/Kyiv")
    moved = last_edit(other)
    for row in (event, other):
        if planned == "break":
            programme.add_break(
                row.id, NOW, starts_at=at("12:00"), ends_at=at("12:30"), title={"pl": "Obiad"}
            )
        else:
            make_session(row, **({"state": SessionState.DRAFT} if planned == "draft" else {}))

    with pytest.raises(Refused) as refused:
        commands.edit_settings(event.id, NOW, timezone="Europe/Kyiv")
    assert refused.value.reason is EventRefusal.TIMEZONE_IN_USE
    assert refused.value.details["timezone"] == "Europe/Warsaw"
    commands.edit_settings(event.id, NOW, timezone="Europe/Warsaw", capacity=10)
    with pytest.raises(Refused) as refused:
        journal.undo(other.id, moved, NOW)
    assert refused.value.reason is journal.UndoRefusal.BUILT_UPON
    assert fresh(other).timezone == "Europe/Kyiv"


def test_a_zone_that_there_is_not_is_refused() -> None:
    event = make_event()

    with pytest.raises(Refused) as refused:
        commands.edit_settings(event.id, NOW, timezone="Europe/Zamość")

    assert refused.value.reason is EventRefusal.UNKNOWN_TIMEZONE


# --- the strip of signs -----------------------------------------------------------------------


def strip(words: bytes) -> Upload:
    return Upload("png", b"\x89PNG " + words, "znaki.png", "x.png")


def test_a_strip_is_exchanged_described_anew_and_taken_back() -> None:
    event = make_event()
    commands.put_strip(event.id, strip(b"a"), NOW, alt={"pl": "Jedne"})
    first = fresh(event).sign_strip
    commands.put_strip(event.id, strip(b"b"), NOW, alt={"pl": "Drugie"})
    commands.describe_strip(event.id, NOW, alt={"pl": "Inne"})
    second = fresh(event).sign_strip
    assert second["alt"] == {"pl": "Inne"}
    assert second["strip_id"] != first["strip_id"]
    commands.put_strip(event.id, strip(b"a"), NOW, alt={"pl": "Jedne"})
    assert fresh(event).sign_strip == first, "the same bytes are kept once"

    journal.undo(event.id, last_edit(event), NOW)
    assert fresh(event).sign_strip == second
    commands.remove_strip(event.id, NOW)
    assert fresh(event).sign_strip == {}
    with pytest.raises(Refused) as refused:
        commands.describe_strip(event.id, NOW, alt={"pl": "x"})
    assert refused.value.reason is EventRefusal.NO_STRIP
    journal.undo(event.id, last_edit(event), NOW)
    held = queries.strip(event.id, fresh(event).sign_strip["strip_id"])
    assert held is not None
    assert held.content == b"\x89PNG b"
