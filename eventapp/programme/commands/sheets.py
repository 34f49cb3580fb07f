"""A whole spreadsheet into the draft at once: all of it or nothing, and taken back as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eventapp.events import commands as events
from eventapp.kernel import journal, text
from eventapp.kernel.db import atomic
from eventapp.programme import queries
from eventapp.programme.commands.breaks import draft_break
from eventapp.programme.commands.planning import (
    draft_again,
    draft_session,
    drop_session,
    edit_draft,
)
from eventapp.programme.commands.speakers import name_speaker
from eventapp.programme.rules.cells import Name
from eventapp.programme.rules.planned import SPEAKERS, WORDS, Planned, planned
from eventapp.programme.rules.sheets import Line, changes, title_key
from eventapp.programme.rules.topics import Topic, distinct

IMPORT = "import"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of a table: how many of each, and the act's fact (None where nothing changed)."""

    added: int
    changed: int
    pauses: int
    fact_id: int | None


@atomic
def import_sheet(
    event_id: int, now: datetime, lines: Sequence[Line], *, venue_id: int | None = None
) -> Imported:
    """Let the draft say what the lines of a table say.

    Rooms that are not there yet are added to the building *venue_id*, people to the speakers.
    Raises `Refused` where one line cannot be taken, and then nothing of the table is.
    """
    with journal.together(event_id, IMPORT) as act:
        counts = _Importer(event_id, now, venue_id).take(lines)
    return Imported(**counts, fact_id=act.fact_id)


class _Importer:
    """What is known while lines are taken over one by one."""

    def __init__(self, event_id: int, now: datetime, venue_id: int | None) -> None:
        self.event_id = event_id
        self.now = now
        self.venue_id = venue_id
        self.rooms: dict[str, int] = {}
        self.people = queries.speaker_ids_by_name(event_id)
        self.known = {row.id: planned(row) for row in queries.plan(event_id)}
        self.activities = {
            (title_key(one.title), one.kind): one.activity_id for one in self.known.values()
        }

    def take(self, lines: Sequence[Line]) -> dict[str, int]:
        """Take all lines; return how many were added, changed, and breaks."""
        counts = {"added": 0, "changed": 0, "pauses": 0}
        for line in lines:
            values = self._values(line)
            if line.is_break:
                self._add_break(values)
                counts["pauses"] += 1
            elif line.session_id is None:
                self._add(values)
                counts["added"] += 1
            elif changes(line, self.known[line.session_id]):
                edit_draft(line.session_id, self.now, **values)
                counts["changed"] += 1
        return counts

    def _values(self, line: Line) -> dict[str, Any]:
        values = dict(line.values)
        if line.room is not None:
            values["room_id"] = self._room(line.room)
        if line.people is not None and not line.is_break:
            values[SPEAKERS] = tuple(self._person(name) for name in line.people)
        return values

    def _room(self, name: str) -> int:
        key = text.search_key(name)
        if key not in self.rooms:
            if self.venue_id is None:
                raise LookupError(f"no building for the room {name!r}")
            self.rooms[key] = events.add_room(self.venue_id, {"pl": name}, None).id
        return self.rooms[key]

    def _person(self, name: Name) -> int:
        if name.key not in self.people:
            row = name_speaker(
                self.event_id,
                self.now,
                title=name.title,
                first_name=name.first_name,
                last_name=name.last_name,
                email=None,
            )
            self.people[name.key] = row.id
        return self.people[name.key]

    def _add(self, values: Mapping[str, Any]) -> None:
        known = (title_key(values["title"]), values.get("kind", "other"))
        if known in self.activities:
            own = {name: value for name, value in values.items() if name not in WORDS}
            draft_again(self.activities[known], self.now, **own)
            return
        row = draft_session(self.event_id, self.now, **values)
        self.activities[known] = row.activity_id

    def _add_break(self, values: Mapping[str, Any]) -> None:
        draft_break(
            self.event_id,
            self.now,
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            title=values["title"],
            room_id=values.get("room_id"),
        )


# --- several sessions at once -----------------------------------------------------------------

BULK = "bulk"


@atomic
def edit_many(
    event_id: int,
    session_ids: Sequence[int],
    now: datetime,
    *,
    later: timedelta = timedelta(0),
    about: Sequence[Topic] = (),
    **values: Any,
) -> int | None:
    """Let the draft say the same of several sessions; return the act's fact, if anything changed.

    *values* are names of `planned.EDITABLE`; each session begins and ends *later* by a span, and
    is *about* further topics.
    Refused where one of them cannot be edited so, and then none is. Raises LookupError for a
    session that is not in the event's draft.
    """
    known = _known(event_id, session_ids)
    with journal.together(event_id, BULK) as act:
        for one in known:
            edit_draft(one.id, now, **_shifted(one, later), **_about(one, about), **values)
    return act.fact_id


def _shifted(session: Planned, later: timedelta) -> dict[str, Any]:
    if not later:
        return {}
    return {"starts_at": session.starts_at + later, "ends_at": session.ends_at + later}


def _about(session: Planned, about: Sequence[Topic]) -> dict[str, Any]:
    return {"topics": distinct([*session.topics, *about])} if about else {}


@atomic
def drop_many(event_id: int, session_ids: Sequence[int], now: datetime) -> int | None:
    """Take several sessions out of the draft; refused, and raises, as `edit_many`."""
    known = _known(event_id, session_ids)
    with journal.together(event_id, BULK) as act:
        for one in known:
            drop_session(one.id, now)
    return act.fact_id


def _known(event_id: int, session_ids: Sequence[int]) -> list[Planned]:
    known = {row.id: planned(row) for row in queries.plan(event_id)}
    if not set(session_ids) <= known.keys():
        raise LookupError("a session that is not in the draft")
    return [known[session_id] for session_id in dict.fromkeys(session_ids)]
