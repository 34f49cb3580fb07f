"""Whatever is edited, undoing it all in reverse leaves nothing of it."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.journal import Edited, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, queries
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.programme.rules.planned import REMOVED, planned, planned_break, values_of
from tests.factories import FIRST_DAY, NOW, at, fresh, make_event, make_room, make_session

pytestmark = pytest.mark.usefixtures("db_session")


def state(event_id: int) -> dict[str, Any]:
    """Return all that edits can change, read anew."""
    db.session.rollback()
    db.session.expire_all()
    rooms = [[getattr(row, name) for name in ("id", "name", "capacity", "parallel", "venue_id")]
             for row in frame.rooms(event_id)]  # fmt: skip
    return {
        "plan": {row.id: values_of(planned(row)) for row in queries.plan(event_id)},
        "pauses": {row.id: values_of(planned_break(row))
                   for row in queries.planned_breaks(event_id)},
        "rooms": rooms,
        "days": [(row.id, row.date, row.label) for row in frame.days(event_id)],
        "span": [(row.starts_on, row.ends_on) for row in [frame.event(event_id)] if row],
        "venues": [(row.id, row.name, row.city) for row in frame.venues(event_id)],
    }  # fmt: skip


def edits(event_id: int) -> Sequence[int]:
    query = select(FactRow.id).where(FactRow.event_id == event_id, FactRow.kind == Edited.kind)
    return db.session.scalars(query.order_by(FactRow.id)).all()


class Planner:
    """Somebody who edits at random, as a form would let them."""

    def __init__(self, event_id: int, seed: int) -> None:
        self.event_id = event_id
        self.chance = random.Random(seed)

    def act(self) -> None:
        """Do one thing; what is refused is no edit."""
        act: Callable[[], Any] = self.chance.choice(
            [self.plan, self.edit, self.edit, self.edit, self.move, self.drop, self.bring_back,
             self.pause, self.edit_pause, self.edit_pause, self.drop_pause, self.keep_pause,
             self.topic, self.room, self.drop_room,
             self.day, self.name_day, self.drop_day]
        )  # fmt: skip
        try:
            act()
        except Refused:
            db.session.rollback()

    def when(self) -> datetime:
        return at("8:00", self.chance.randint(1, 5)) + timedelta(
            minutes=15 * self.chance.randint(0, 40)
        )

    def place(self) -> int | None:
        return self.chance.choice([None, *(room.id for room in frame.rooms(self.event_id))])

    def session(self) -> int:
        return self.chance.choice([row.id for row in queries.plan(self.event_id)])

    def plan(self) -> None:
        begin = self.when()
        commands.draft_session(
            self.event_id, NOW, title={"pl": f"Z {self.chance.random()}"}, starts_at=begin,
            ends_at=begin + timedelta(hours=1), room_id=self.place(),
        )  # fmt: skip

    def edit(self) -> None:
        values = {
            "title": {"pl": f"T {self.chance.randint(1, 9)}", "en": "T"},
            "abstract": {"pl": "Zażółć"},
            "capacity": self.chance.choice([None, 5, 20]),
            "room_id": self.place(),
            "waiting_list": self.chance.random() < 0.5,
            "kind": self.chance.choice(["panel", "workshop"]),
        }
        names = self.chance.sample(sorted(values), self.chance.randint(1, 3))
        commands.edit_draft(self.session(), NOW, **{name: values[name] for name in names})

    def move(self) -> None:
        commands.shift_draft(self.session(), NOW, starts_at=self.when(), room_id=self.place())

    def drop(self) -> None:
        commands.drop_session(self.session(), NOW)

    def bring_back(self) -> None:
        commands.bring_back(self.session(), NOW)

    def pause(self) -> None:
        begin = self.when()
        commands.draft_break(
            self.event_id, NOW, starts_at=begin, ends_at=begin + timedelta(minutes=20),
            title={"pl": "Kawa"}, room_id=self.place(),
        )  # fmt: skip

    def some_pause(self) -> int:
        return self.chance.choice([row.id for row in queries.planned_breaks(self.event_id)])

    def edit_pause(self) -> None:
        begin = self.when()
        values = {
            "title": {"pl": f"P {self.chance.randint(1, 9)}"},
            "room_id": self.place(),
            "starts_at": begin,
            "ends_at": begin + timedelta(minutes=30),
        }
        names = self.chance.choice([["title"], ["room_id"], ["starts_at", "ends_at"]])
        commands.edit_break(self.some_pause(), NOW, **{name: values[name] for name in names})

    def drop_pause(self) -> None:
        commands.drop_break(self.some_pause(), NOW)

    def keep_pause(self) -> None:
        commands.keep_break(self.some_pause(), NOW)

    def topic(self) -> None:
        about = ({"pl": f"Temat {self.chance.randint(1, 3)}"},)
        commands.edit_draft(self.session(), NOW, topics=about)

    def room(self) -> None:
        venue = frame.venues(self.event_id)[0]
        events.add_room(venue.id, {"pl": f"Sala {self.chance.randint(1, 99)}"}, 10)

    def day(self) -> None:
        on = FIRST_DAY + timedelta(days=self.chance.randint(-2, 6))
        events.put_day(self.event_id, NOW, on, {"pl": f"D {self.chance.randint(1, 9)}"})

    def name_day(self) -> None:
        day = self.chance.choice(frame.days(self.event_id))
        events.rename_day(day.id, NOW, {"pl": f"N {self.chance.randint(1, 9)}"})

    def drop_day(self) -> None:
        day = self.chance.choice(frame.days(self.event_id))
        commands.remove_day(day.id, NOW)

    def drop_room(self) -> None:
        room = self.chance.choice(frame.rooms(self.event_id))
        commands.remove_room(room.id, NOW)


def undo_everything(seed: int, count: int) -> None:
    event = make_event()
    room = make_room(event)
    for hour in (9, 11, 13):
        make_session(event, starts_at=at(f"{hour}:00"), room_id=room.id)
        commands.add_break(
            event.id, NOW, starts_at=at(f"{hour}:30"), ends_at=at(f"{hour}:45"),
            title={"pl": "Przerwa"}, room_id=room.id,
        )  # fmt: skip
    before, known = state(event.id), set(edits(event.id))
    planner = Planner(event.id, seed)
    for _ in range(count):
        planner.act()
    made = [fact_id for fact_id in edits(event.id) if fact_id not in known]
    assert len(made) > count // 2
    assert state(event.id) != before

    for fact_id in reversed(made):
        journal.undo(event.id, fact_id, NOW)

    assert state(event.id) == before
    assert queries.differences(event.id) == []


def test_edits_undone_in_reverse_leave_the_start() -> None:
    undo_everything(1, 60)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [7, 11, 2027])
def test_a_thousand_edits_undone_in_reverse_leave_the_start(seed: int) -> None:
    undo_everything(seed, 1000)


def test_what_is_out_of_the_plan_remembers_a_room_that_goes_and_comes() -> None:
    event = make_event()
    room = make_room(event)
    row = commands.draft_session(
        event.id, NOW, title={"pl": "Debata"}, starts_at=at("9:00"), ends_at=at("10:00")
    )
    commands.edit_draft(row.id, NOW, room_id=room.id)
    chosen = edits(event.id)[-1]
    commands.drop_session(row.id, NOW)
    dropped = edits(event.id)[-1]
    commands.remove_room(room.id, NOW)
    removed = edits(event.id)[-1]

    for fact_id in (removed, dropped):
        journal.undo(event.id, fact_id, NOW)

    (back,) = queries.draft(event.id)
    assert back.session.room_id == room.id
    journal.undo(event.id, chosen, NOW)
    assert queries.draft(event.id)[0].session.room_id is None


def test_who_comes_back_to_a_room_that_is_gone_has_none() -> None:
    event = make_event()
    room = make_room(event)
    row = commands.draft_session(
        event.id, NOW, title={"pl": "Debata"}, starts_at=at("9:00"), ends_at=at("10:00"),
        room_id=room.id,
    )  # fmt: skip
    commands.drop_session(row.id, NOW)
    commands.remove_room(room.id, NOW)

    commands.bring_back(row.id, NOW)

    assert queries.draft(event.id)[0].session.room_id is None
    journal.undo(event.id, edits(event.id)[-1], NOW)
    assert list(queries.draft(event.id)) == []


def test_a_room_in_which_something_is_held_stays() -> None:
    event = make_event()
    room = make_room(event)
    row = make_session(event, title="Debata")
    commands.edit_draft(row.id, NOW, room_id=room.id)

    with pytest.raises(Refused) as refused:
        commands.remove_room(room.id, NOW)

    assert refused.value.reason is ProgrammeRefusal.ROOM_IN_USE
    assert refused.value.details["title"]["pl"] == "Debata"


def test_a_room_comes_back_with_its_number() -> None:
    event = make_event()
    room = make_room(event, capacity=12)
    number = room.id
    commands.remove_room(number, NOW)
    assert frame.rooms(event.id) == []

    journal.undo(event.id, edits(event.id)[-1], NOW)

    (back,) = frame.rooms(event.id)
    assert (back.id, back.capacity) == (number, 12)


def test_a_venue_comes_back_as_the_loaded_file_knew_it() -> None:
    event = make_event()
    row = events.add_venue(event.id, {"pl": "Dom"}, {"pl": "D"}, ref="V9", teryt="2464011")
    events.remove_venue(row.id, NOW)

    journal.undo(event.id, edits(event.id)[-1], NOW)

    (back,) = [venue for venue in frame.venues(event.id) if venue.name["pl"] == "Dom"]
    assert (back.ref, back.teryt) == ("V9", "2464011")


def test_a_room_that_is_used_by_now_is_not_unmade() -> None:
    event = make_event()
    room = make_room(event)
    added = edits(event.id)[-1]
    row = make_session(event)
    commands.edit_draft(row.id, NOW, room_id=room.id)

    with pytest.raises(Refused) as refused:
        journal.undo(event.id, added, NOW)

    assert refused.value.reason is UndoRefusal.BUILT_UPON
    assert len(frame.rooms(event.id)) == 1


def test_a_removed_session_lets_its_room_go() -> None:
    event = make_event()
    room = make_room(event)
    row = commands.draft_session(
        event.id, NOW, title={"pl": "X"}, starts_at=at("9:00"), ends_at=at("10:00"),
        room_id=room.id,
    )  # fmt: skip
    commands.drop_session(row.id, NOW)
    dropped = edits(event.id)[-1]

    commands.remove_room(room.id, NOW)
    journal.undo(event.id, dropped, NOW)

    assert fresh(row).state.value != REMOVED
    assert planned(queries.any_session(row.id)).room_id is None


def test_a_venue_with_rooms_stays() -> None:
    event = make_event()
    room = make_room(event)

    with pytest.raises(Refused, match="venue-has-rooms"):
        events.remove_venue(room.venue_id, NOW)
