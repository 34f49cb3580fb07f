"""The working draft: edits nobody else sees, one release for all of them, and undo."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from eventapp.desk import queries as desk
from eventapp.directory import queries as directory
from eventapp.documents import queries as documents
from eventapp.invites import queries as invites
from eventapp.kernel import facts, journal
from eventapp.kernel.journal import UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, queries, rules
from eventapp.programme.models import Kind, Session, SessionState, SignUpRule
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.programme.rules.planned import planned, values_of
from eventapp.programme.rules.releases import Change
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from tests.factories import at, fresh, make_event, make_registration, make_room, make_session

pytestmark = pytest.mark.usefixtures("db_session")


def draft(event: Any, **values: Any) -> Session:
    """Plan a lecture at ten on the first day, unless told otherwise."""
    given = {
        "title": {"pl": "Wykład", "en": "Lecture"},
        "starts_at": at("10:00"),
        "ends_at": at("11:00"),
    }
    return commands.draft_session(event.id, at("8:00"), **{**given, **values})


def last_edit(event: Any) -> int:
    """Return the fact of the latest edit of an event."""
    rows = facts.history(event_id=event.id)
    return next(row.id for row in rows if row.kind == "edited")


def test_a_draft_is_seen_by_planners_alone(now: datetime) -> None:
    event = make_event()
    row = draft(event)

    assert [one.id for one in queries.plan(event.id)] == [row.id]
    assert queries.programme(event.id) == []
    assert queries.session(row.id) is None
    assert queries.listed(event.id) == []
    assert queries.event_of_session(row.id) is None
    assert [day.cards for day in desk.plan(event, None, now)] == [[], [], []]
    assert invites.programme_entries(event, "pl") == []


def test_a_draft_takes_no_sign_ups(now: datetime) -> None:
    event = make_event()
    row = draft(event, sign_up=SignUpRule.REQUIRED)
    person = make_registration(event)

    with pytest.raises(Refused):
        signups.sign_up(row.id, person.id, now)

    assert fresh(row).confirmed == 0


def test_an_edit_of_a_released_session_waits_for_the_release(now: datetime) -> None:
    event = make_event()
    room = make_room(event)
    row = make_session(event, starts_at=at("9:00"), title="Próg rentowności")

    commands.edit_draft(row.id, now, starts_at=at("12:00"), ends_at=at("13:00"), room_id=room.id)

    seen = fresh(row)
    assert (seen.starts_at, seen.room_id) == (at("9:00"), None)
    (one,) = queries.differences(event.id)
    assert one.change is Change.MOVED
    assert one.columns == ["starts_at", "ends_at", "room_id"]
    assert (one.after.starts_at, one.after.room_id) == (at("12:00"), room.id)


def test_a_release_shows_the_draft_to_everybody(now: datetime) -> None:
    event = make_event()
    room = make_room(event)
    moved = make_session(event, starts_at=at("9:00"), title="Moved")
    dropped = make_session(event, starts_at=at("14:00"), title="Dropped")
    commands.edit_draft(moved.id, now, room_id=room.id, title={"pl": "Nowy tytuł"})
    commands.drop_session(dropped.id, now)
    added = draft(event, room_id=room.id, starts_at=at("12:00"), ends_at=at("13:00"))

    released = commands.release(event.id, now)

    assert released.number == 1
    assert {one["session_id"]: one["change"] for one in released.differences} == {
        moved.id: "moved",
        dropped.id: "cancelled",
        added.id: "new",
    }
    assert queries.differences(event.id) == []
    shown = {row.id: row for row in queries.programme(event.id)}
    assert shown[moved.id].room_id == room.id
    assert shown[moved.id].activity.title == {"pl": "Nowy tytuł"}
    assert shown[dropped.id].state is SessionState.CANCELLED
    assert shown[added.id].state is SessionState.SCHEDULED
    assert shown[added.id].support_minutes == 60
    assert [one["title"]["pl"] for one in released.content] == ["Nowy tytuł", "Wykład", "Dropped"]


def test_two_sessions_swap_their_rooms_in_one_release(now: datetime) -> None:
    event = make_event()
    first, second = make_room(event), make_room(event)
    one = make_session(event, room_id=first.id)
    other = make_session(event, room_id=second.id)
    commands.edit_draft(one.id, now, room_id=second.id)
    commands.edit_draft(other.id, now, room_id=first.id)

    commands.release(event.id, now)

    assert (fresh(one).room_id, fresh(other).room_id) == (second.id, first.id)


def test_a_release_tells_calendars_and_lets_people_go(now: datetime) -> None:
    event = make_event()
    moved, dropped = make_session(event), make_session(event, starts_at=at("14:00"))
    person = make_registration(event)
    signups.sign_up(moved.id, person.id, now)
    signups.sign_up(dropped.id, person.id, now)
    commands.edit_draft(moved.id, now, starts_at=at("16:00"), ends_at=at("17:00"))
    commands.drop_session(dropped.id, now)

    commands.release(event.id, now)

    (invite,) = invites.requested(moved.id, person.id)
    assert invite.sequence == 1
    assert invites.requested(dropped.id, person.id) == []
    assert [row.session_id for row in places.own(person.id)] == [moved.id]
    busy = directory.commitments(person.person_id, event.id)
    assert [(row.starts_at, row.ends_at) for row in busy] == [(at("16:00"), at("17:00"))]


def test_nothing_new_is_no_release(now: datetime) -> None:
    event = make_event()
    make_session(event)

    with pytest.raises(Refused, match="nothing-to-release"):
        commands.release(event.id, now)


def test_nobody_releases_what_they_have_not_seen(now: datetime) -> None:
    event = make_event()
    row = draft(event)
    seen = rules.releases.digest(queries.differences(event.id))
    commands.edit_draft(row.id, now, title={"pl": "Inny"})

    with pytest.raises(Refused, match="draft-changed"):
        commands.release(event.id, now, seen=seen)

    again = rules.releases.digest(queries.differences(event.id))
    assert commands.release(event.id, now, seen=again).number == 1


def test_the_later_of_two_editors_is_told(now: datetime) -> None:
    event = make_event()
    row = make_session(event)
    read = row.plan_version
    commands.edit_draft(row.id, now, expected=read, capacity=10)

    with pytest.raises(Refused, match="session-stale"):
        commands.edit_draft(row.id, now, expected=read, capacity=20)

    assert planned(queries.any_session(row.id)).capacity == 10


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"ends_at": at("9:00")}, ProgrammeRefusal.ENDS_BEFORE_START),
        ({"starts_at": at("9:00", 4), "ends_at": at("10:00", 4)}, ProgrammeRefusal.OUTSIDE_EVENT),
        ({"room_id": 4711}, ProgrammeRefusal.UNKNOWN_ROOM),
        ({"speaker_ids": (4711,)}, ProgrammeRefusal.UNKNOWN_SPEAKER),
        ({"capacity": 0}, ProgrammeRefusal.CAPACITY_BELOW_CONFIRMED),
        ({"sign_up": SignUpRule.NONE}, ProgrammeRefusal.IN_USE),
    ],
)
def test_what_could_never_be_released_is_refused_at_once(
    values: dict[str, Any], refusal: ProgrammeRefusal, now: datetime
) -> None:
    event = make_event()
    row = make_session(event)
    signups.sign_up(row.id, make_registration(event).id, now)

    with pytest.raises(Refused) as refused:
        commands.edit_draft(row.id, now, **values)

    assert refused.value.reason is refusal
    assert queries.differences(event.id) == []


def test_an_edit_is_undone_and_done_again(now: datetime) -> None:
    event = make_event()
    row = make_session(event, capacity=12)
    commands.edit_draft(row.id, now, capacity=20, title={"pl": "Nowy"})

    undone = journal.undo(event.id, last_edit(event), now)

    assert queries.differences(event.id) == []
    journal.undo(event.id, undone, now)
    (one,) = queries.differences(event.id)
    assert (one.after.capacity, one.after.title) == (20, {"pl": "Nowy"})


def test_an_earlier_edit_is_not_undone_behind_a_later_one(now: datetime) -> None:
    event = make_event()
    row = make_session(event)
    commands.edit_draft(row.id, now, capacity=20)
    earlier = last_edit(event)
    commands.edit_draft(row.id, now, capacity=30)

    with pytest.raises(Refused) as refused:
        journal.undo(event.id, earlier, now)

    assert refused.value.reason is UndoRefusal.CHANGED_SINCE
    assert planned(queries.any_session(row.id)).capacity == 30


def test_what_was_released_is_not_unmade(now: datetime) -> None:
    event = make_event()
    draft(event)
    added = last_edit(event)
    row = make_session(event)
    commands.drop_session(row.id, now)
    dropped = last_edit(event)
    commands.release(event.id, now)

    for edit in (added, dropped):
        with pytest.raises(Refused) as refused:
            journal.undo(event.id, edit, now)
        assert refused.value.reason is UndoRefusal.BUILT_UPON


def test_an_old_edit_stays(now: datetime) -> None:
    event = make_event()
    row = draft(event)
    commands.edit_draft(row.id, now, capacity=5)

    with pytest.raises(Refused) as refused:
        journal.undo(event.id, last_edit(event), now + timedelta(days=31))

    assert refused.value.reason is UndoRefusal.TOO_OLD


def test_nobody_undoes_what_another_event_edited(now: datetime) -> None:
    event, other = make_event(), make_event()
    draft(event)

    with pytest.raises(LookupError):
        journal.undo(other.id, last_edit(event), now)


def test_discarding_the_draft_leaves_the_release(now: datetime) -> None:
    event = make_event()
    row = make_session(event, capacity=12)
    before = values_of(planned(queries.any_session(row.id)))
    commands.edit_draft(row.id, now, capacity=20)
    draft(event)

    assert commands.discard_draft(event.id, now) == 2

    assert queries.differences(event.id) == []
    assert values_of(planned(queries.any_session(row.id))) == before
    assert [one.id for one in queries.plan(event.id)] == [row.id]


def test_evidence_knows_no_draft() -> None:
    event = make_event()
    draft(event)

    assert documents.material(event.id, {}).sessions == []


# --- what is to be held some time -------------------------------------------------------------


def note(event: Any, title: str = "Warsztat") -> Any:
    return commands.note_down(event.id, at("8:00"), title={"pl": title}, kind=Kind.WORKSHOP)


def titles(event: Any) -> list[str]:
    return [one.title["pl"] for one in queries.unplanned(event.id)]


def test_what_was_noted_down_waits_beside_the_plan(now: datetime) -> None:
    event = make_event()
    note(event, "Pierwszy")
    second = note(event, "Drugi")
    note(make_event(), "Gdzie indziej")
    assert titles(event) == ["Drugi", "Pierwszy"]
    assert [one.minutes for one in queries.unplanned(event.id)] == [None, None]

    row = commands.put_in(second.id, now, starts_at=at("10:00"), minutes=45, room_id=None)

    assert titles(event) == ["Pierwszy"]
    made = planned(queries.any_session(row.id))
    assert (made.state, made.kind, made.ends_at) == ("draft", "workshop", at("10:45"))


def test_what_was_taken_out_comes_back_as_it_was(now: datetime) -> None:
    event = make_event()
    room = make_room(event)
    row = draft(event, capacity=17, room_id=room.id)
    commands.drop_session(row.id, now)
    (waiting,) = queries.unplanned(event.id)
    assert waiting.minutes == 60

    again = commands.put_in(waiting.id, now, starts_at=at("12:00"), minutes=60, room_id=None)

    assert again.id == row.id
    back = planned(queries.any_session(row.id))
    assert (back.capacity, back.starts_at, back.room_id) == (17, at("12:00"), None)
    journal.undo(event.id, last_edit(event), now)
    assert titles(event) == ["Wykład"]


def test_what_is_in_the_plan_is_neither_put_in_again_nor_forgotten(now: datetime) -> None:
    event = make_event()
    row = draft(event)
    place = {"starts_at": at("12:00"), "minutes": 60, "room_id": None}

    for act in (
        lambda: commands.put_in(row.activity_id, now, **place),
        lambda: commands.forget(row.activity_id, now),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is ProgrammeRefusal.IN_THE_PLAN

    assert [one.id for one in queries.plan(event.id)] == [row.id]


def test_what_was_forgotten_is_not_brought_back(now: datetime) -> None:
    event = make_event()
    row = draft(event)
    activity_id = row.activity_id
    commands.drop_session(row.id, now)
    dropped = last_edit(event)

    commands.forget(activity_id, now)

    assert titles(event) == []
    with pytest.raises(Refused) as refused:
        journal.undo(event.id, dropped, now)
    assert refused.value.reason is UndoRefusal.BUILT_UPON
    with pytest.raises(LookupError):
        commands.forget(activity_id, now)
    told = [fact.kind for fact in facts.history(event_id=event.id)]
    assert "activity-forgotten" in told


def test_a_move_may_change_the_length_too(now: datetime) -> None:
    event = make_event()
    row = draft(event)

    commands.shift_draft(row.id, now, starts_at=at("12:00"), room_id=None, minutes=25)
    assert planned(queries.any_session(row.id)).ends_at == at("12:25")
    commands.shift_draft(row.id, now, starts_at=at("13:00"), room_id=None)
    assert planned(queries.any_session(row.id)).ends_at == at("13:25")
