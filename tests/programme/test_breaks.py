"""Breaks in the draft: nobody but planners sees them before a release, and each step is undone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.events.rules import EventRefusal
from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.journal import Edited, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, queries
from eventapp.programme.models import Break
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.programme.rules.diagnostics import Fault
from eventapp.programme.rules.planned import planned_break
from tests.factories import NOW, at, fresh, make_event, make_room, make_session
from tests.harness import markup, world

database = pytest.mark.usefixtures("db_session")


def seen(event_id: int) -> list[tuple[str, str]]:
    """Return what everybody sees of the breaks: name and start in UTC."""
    db.session.expire_all()
    return [(row.title["pl"], f"{row.starts_at:%H:%M}") for row in queries.breaks(event_id)]


def drafted(event_id: int) -> list[tuple[str, str, str]]:
    """Return the same as the draft has it, and how it differs from what everybody sees."""
    db.session.expire_all()
    rows = queries.pauses_of(queries.workbench(event_id))
    return [
        (row.pause.title["pl"], f"{row.pause.starts_at:%H:%M}",
         row.change.change.value if row.change else "")
        for row in rows
    ]  # fmt: skip


def last_edit(event_id: int) -> int:
    query = select(FactRow.id).where(FactRow.event_id == event_id, FactRow.kind == Edited.kind)
    return db.session.scalars(query.order_by(FactRow.id.desc()).limit(1)).one()


def lunch(event_id: int, **more: Any) -> Break:
    return commands.draft_break(
        event_id, NOW, starts_at=at("13:00"), ends_at=at("14:00"), title={"pl": "Obiad"}, **more
    )


def known_lunch() -> tuple[int, Break]:
    event = make_event()
    row = lunch(event.id)
    commands.release(event.id, NOW)
    return event.id, row


@database
def test_a_break_is_planned_moved_and_taken_away_by_releases() -> None:
    event = make_event()
    before = fresh(event).revision
    row = lunch(event.id)
    assert seen(event.id) == []
    assert drafted(event.id) == [("Obiad", "11:00", "new")]
    assert fresh(event).revision == before, "what nobody sees makes no page anew"

    commands.release(event.id, NOW)
    assert seen(event.id) == [("Obiad", "11:00")]
    assert drafted(event.id) == [("Obiad", "11:00", "")]

    commands.edit_break(row.id, NOW, starts_at=at("13:30"), ends_at=at("14:30"))
    assert seen(event.id) == [("Obiad", "11:00")]
    assert drafted(event.id) == [("Obiad", "11:30", "moved")]
    commands.release(event.id, NOW)
    assert seen(event.id) == [("Obiad", "11:30")]

    commands.edit_break(row.id, NOW, title={"pl": "Lunch"})
    assert drafted(event.id) == [("Lunch", "11:30", "changed")]
    commands.drop_break(row.id, NOW)
    assert drafted(event.id) == [("Lunch", "11:30", "cancelled")]
    assert seen(event.id) == [("Obiad", "11:30")]
    commands.release(event.id, NOW)
    assert (seen(event.id), drafted(event.id)) == ([], [])
    kinds = [row.kind for row in db.session.scalars(select(FactRow).order_by(FactRow.id))]
    assert [kind for kind in kinds if kind.startswith("break-")] == [
        "break-added", "break-changed", "break-cancelled",
    ]  # fmt: skip


@database
def test_a_release_keeps_breaks_and_tells_what_became_of_them() -> None:
    event_id, row = known_lunch()
    room = make_room(frame.event(event_id), name={"pl": "Foyer", "en": "Foyer"})
    commands.edit_break(row.id, NOW, room_id=room.id)

    made = commands.release(event_id, NOW)

    assert made.differences == [
        {
            "change": "moved", "session_id": None, "break_id": row.id, "title": {"pl": "Obiad"},
            "before": {"room": None}, "after": {"room": {"pl": "Foyer", "en": "Foyer"}},
        }
    ]  # fmt: skip
    assert [(one["kind"], one["title"], one["speakers"]) for one in made.content] == [
        ("break", {"pl": "Obiad"}, [])
    ]


@database
def test_what_was_not_released_is_discarded() -> None:
    event_id, row = known_lunch()
    commands.edit_break(row.id, NOW, title={"pl": "Lunch"}, ends_at=at("15:00"))
    commands.draft_break(
        event_id, NOW, starts_at=at("10:00"), ends_at=at("10:15"), title={"pl": "Kawa"}
    )

    assert commands.discard_draft(event_id, NOW) == 2

    assert drafted(event_id) == [("Obiad", "11:00", "")]
    assert queries.differences(event_id) == []
    assert commands.discard_draft(event_id, NOW) == 0


@database
def test_each_edit_is_undone_unless_everybody_has_seen_it() -> None:
    event_id, row = known_lunch()
    added = last_edit(event_id)
    commands.edit_break(row.id, NOW, title={"pl": "Lunch"})
    commands.drop_break(row.id, NOW)
    journal.undo(event_id, last_edit(event_id), NOW)
    assert drafted(event_id) == [("Lunch", "11:00", "changed")]

    with pytest.raises(Refused) as refused:
        journal.undo(event_id, added, NOW)
    assert refused.value.reason is UndoRefusal.BUILT_UPON
    commands.drop_break(row.id, NOW)
    dropped = last_edit(event_id)
    commands.release(event_id, NOW)
    with pytest.raises(Refused) as refused:
        journal.undo(event_id, dropped, NOW)
    assert refused.value.reason is UndoRefusal.BUILT_UPON
    with pytest.raises(Refused) as refused:
        commands.edit_break(row.id, NOW, title={"pl": "Znowu"})
    assert refused.value.reason is ProgrammeRefusal.BREAK_REMOVED


@database
def test_a_break_is_refused_where_it_could_not_be() -> None:
    event, other = make_event(), make_event()
    foreign = make_room(other)
    row = lunch(event.id)
    refused: Sequence[tuple[dict[str, Any], ProgrammeRefusal]] = [
        ({"ends_at": at("13:00")}, ProgrammeRefusal.ENDS_BEFORE_START),
        ({"starts_at": at("13:00", day=40), "ends_at": at("14:00", day=40)},
         ProgrammeRefusal.OUTSIDE_EVENT),
        ({"room_id": foreign.id}, ProgrammeRefusal.UNKNOWN_ROOM),
        ({"expected": 7}, ProgrammeRefusal.BREAK_STALE),
    ]  # fmt: skip

    for values, reason in refused:
        with pytest.raises(Refused) as error:
            commands.edit_break(row.id, NOW, **values)
        assert error.value.reason is reason
        db.session.rollback()
    with pytest.raises(Refused) as error:
        lunch(event.id, room_id=foreign.id)
    assert error.value.reason is ProgrammeRefusal.UNKNOWN_ROOM


@database
def test_rooms_and_days_of_breaks_stay_until_those_are_gone_for_all() -> None:
    event_id, row = known_lunch()
    room = make_room(frame.event(event_id))
    day = frame.days(event_id)[1]
    begin = at("13:00") + timedelta(days=1)
    commands.edit_break(
        row.id, NOW, room_id=room.id, starts_at=begin, ends_at=begin + timedelta(hours=1)
    )

    with pytest.raises(Refused) as refused:
        commands.remove_room(room.id, NOW)
    assert refused.value.reason is ProgrammeRefusal.ROOM_IN_USE
    with pytest.raises(Refused) as refused:
        commands.remove_day(day.id, NOW)
    assert refused.value.reason is EventRefusal.DAY_IN_USE
    commands.release(event_id, NOW)
    commands.drop_break(row.id, NOW)
    commands.release(event_id, NOW)
    commands.remove_room(room.id, NOW)
    commands.remove_day(day.id, NOW)
    assert drafted(event_id) == []


@database
def test_sessions_are_measured_against_the_meals_of_the_draft() -> None:
    event_id, row = known_lunch()
    make_session(frame.event(event_id), starts_at=at("12:30"), minutes=60)

    def over_meal() -> int:
        event = frame.event(event_id)
        assert event is not None
        found = [one.finding.fault for one in queries.findings(event)]
        return found.count(Fault.OVER_MEAL)

    assert over_meal() == 1
    commands.edit_break(row.id, NOW, starts_at=at("14:00"), ends_at=at("15:00"))
    assert over_meal() == 0
    commands.edit_break(row.id, NOW, starts_at=at("13:00"), ends_at=at("14:00"))
    commands.drop_break(row.id, NOW)
    assert over_meal() == 0


# --- pages ------------------------------------------------------------------------------------

TEA = {"title_pl": "Herbata", "starts_at": "2027-06-16T10:00", "ends_at": "2027-06-16T10:20",
       "room": ""}  # fmt: skip


class Planner:
    """An organiser's browser."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            event = make_event()
            self.event_id, self.slug = event.id, event.slug
        self.client = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def post(self, path: str, **data: str) -> TestResponse:
        sent = {"csrf_token": self.token, **data}
        return self.client.post(f"/{self.slug}{path}", data=sent, follow_redirects=True)

    def words(self, path: str) -> str:
        return markup.words_of(self.client.get(f"/{self.slug}{path}").text)


def test_a_break_goes_its_way_by_pages(app: Flask, client: FlaskClient) -> None:
    planner = Planner(app)

    done = planner.post("/desk/breaks/new", **TEA)
    assert "Przerwa jest w wersji roboczej." in markup.words_of(done.text)
    assert "Herbata przerwa nowe" in planner.words("/desk/plan?day=2027-06-16")
    public = f"/{planner.slug}/programme.json"
    assert client.get(public).json["breaks"] == []
    assert "nowe Herbata przerwa" in planner.words("/desk/plan/release")
    with app.app_context():
        commands.release(planner.event_id, NOW)
        (row,) = queries.breaks(planner.event_id)
        address = f"/desk/breaks/{row.id}"
    assert [one["title"] for one in client.get(public).json["breaks"]] == [{"pl": "Herbata"}]
    assert "Herbata przerwa" in markup.words_of(client.get(f"/{planner.slug}/programme/1").text)

    stale = planner.post(address, **TEA | {"title_pl": "Kawa", "seen": "99"})
    assert "Ktoś inny zmienił" in markup.words_of(stale.text)
    assert 'value="Kawa"' in stale.text
    planner.post(f"{address}/removal")
    assert "Ta przerwa zniknie z programu" in planner.words(address)
    planner.post(f"{address}/keep")
    with app.app_context():
        assert queries.differences(planner.event_id) == []
    planner.post(f"{address}/removal")
    with app.app_context():
        commands.release(planner.event_id, NOW)
    assert "Tę przerwę usunięto" in planner.words(address)
    assert client.get(public).json["breaks"] == []
    assert "odwołane Herbata przerwa" in markup.words_of(
        client.get(f"/{planner.slug}/changes").text
    )


@pytest.mark.parametrize(
    "given",
    [{"title_pl": ""}, {"title_pl": "a\x00"}, {"title_pl": "x" * 200}, {"starts_at": "jutro"},
     {"ends_at": "2027-06-16T09:00"}, {"room": "4711"}, {"starts_at": "2028-01-01T10:00"}],
)  # fmt: skip
def test_a_break_that_cannot_be_is_shown_again(app: Flask, given: dict[str, str]) -> None:
    planner = Planner(app)

    planner.post("/desk/breaks/new", **TEA | given)

    with app.app_context():
        assert queries.planned_breaks(planner.event_id) == []


def test_a_planned_break_has_one_state_for_both_sides() -> None:
    row = Break(id=1, title={"pl": "A"}, starts_at=at("9:00"), ends_at=at("9:10"))
    row.state, row.staged = "scheduled", {"starts_at": "2027-06-16T06:30:00+00:00"}

    assert planned_break(row).starts_at == at("8:30")
    assert planned_break(row).is_held
