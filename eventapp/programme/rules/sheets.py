"""A programme on a spreadsheet: what its columns mean, and what each line says; pure.

A line with the number of a session is an edit of it, a line without one something new; a line that
is missing changes nothing.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from eventapp.kernel import text, zones
from eventapp.kernel.refusal import N_
from eventapp.kernel.tables import Row, Table
from eventapp.kernel.zones import BadTime
from eventapp.programme.rules import cells, topics
from eventapp.programme.rules.cells import (
    LANGUAGES,
    Cells,
    Fault,
    Name,
    Wrong,
    date_in,
    name_in,
    time_in,
)
from eventapp.programme.rules.planned import SPEAKERS, Planned
from eventapp.programme.rules.refusals import ProgrammeRefusal
from eventapp.programme.rules.seats import overbooked
from eventapp.programme.rules.topics import Topic

MOST_SEATS = 100_000
DAY_MINUTES = 24 * 60
BREAK = "break"


class Column(StrEnum):
    """What a column of a programme can say, in the order of an export."""

    ID = "id"
    DATE = "date"
    START = "start"
    END = "end"
    MINUTES = "minutes"
    TITLE_PL = "title-pl"
    TITLE_EN = "title-en"
    KIND = "kind"
    ROOM = "room"
    SPEAKERS = "speakers"
    PLACES = "places"
    SIGN_UP = "sign-up"
    WAITING_LIST = "waiting-list"
    ABSTRACT_PL = "abstract-pl"
    ABSTRACT_EN = "abstract-en"
    LANGUAGE = "language"
    CERTIFICATE = "certificate"
    TOPICS = "topics"


# What people call the columns, in both languages; compared as searches are.
NAMES: Mapping[Column, Sequence[str]] = {
    Column.ID: ("id", "nr sesji", "session number"),
    Column.DATE: ("data", "dzień", "date", "day"),
    Column.START: ("początek", "od", "godzina", "godzina od", "rozpoczęcie", "start", "from",
                   "begin", "starts"),
    Column.END: ("koniec", "do", "godzina do", "zakończenie", "end", "to", "ends"),
    Column.MINUTES: ("minuty", "czas trwania", "minuty trwania", "czas trwania w minutach",
                     "minutes", "minutes it takes", "duration"),
    Column.TITLE_PL: ("tytuł", "tytuł pl", "tytuł po polsku", "nazwa", "temat", "zajęcia", "title",
                      "title pl", "title in polish", "session"),
    Column.TITLE_EN: ("tytuł en", "tytuł po angielsku", "title en", "title in english"),
    Column.KIND: ("rodzaj", "typ", "forma", "kind", "type"),
    Column.ROOM: ("sala", "miejsce", "room"),
    Column.SPEAKERS: ("prowadzący", "prowadząca", "prowadzący a", "prowadzą", "prowadzenie",
                      "prelegent", "prelegenci", "trener", "wykładowca", "speakers", "speaker",
                      "led by", "trainer"),
    Column.PLACES: ("miejsca", "liczba miejsc", "limit", "limit miejsc", "places", "capacity"),
    Column.SIGN_UP: ("zapisy", "zapis", "sign up", "sign ups"),
    Column.WAITING_LIST: ("lista rezerwowa", "waiting list"),
    Column.ABSTRACT_PL: ("opis", "opis pl", "opis po polsku", "description", "abstract",
                         "description in polish", "description pl"),
    Column.ABSTRACT_EN: ("opis en", "opis po angielsku", "description en",
                         "description in english"),
    Column.LANGUAGE: ("język", "language"),
    Column.CERTIFICATE: ("zaświadczenie", "liczy się do zaświadczenia",
                         "liczą się do zaświadczenia", "certificate", "counts for the certificate"),
    Column.TOPICS: ("tematy", "tagi", "słowa kluczowe", "topics", "tags", "keywords"),
}  # fmt: skip

YES = frozenset({"tak", "yes", "1", "x", "true", "prawda"})
NO = frozenset({"nie", "no", "0", "", "false", "falsz", "-"})
SIGN_UPS = {
    "none": frozenset({"none", "nie", "no", "brak", "bez zapisow", "", "-"}),
    "optional": frozenset({"optional", "dobrowolne", "opcjonalne", "mozliwe", "by choice"}),
    "required": frozenset({"required", "tak", "yes", "wymagane", "obowiazkowe"}),
}


def title_key(title: Mapping[str, str]) -> str:
    """Return what two spellings of one title have in common."""
    return text.search_key(title.get("pl") or title.get("en") or "")


def guess(head: Sequence[str]) -> dict[Column, int]:
    """Return which column of a table is which, by their names; the first of two counts."""
    return cells.guess(head, NAMES)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What lines are read against.

    `kinds` maps what kinds are called (as search keys) to their codes, `rooms` and `speakers` names
    to ids; `topics` are those in use, `known` the sessions of the draft. With `new_rooms` a room
    that is not there yet is one to add, else a fault. `pauses` are the breaks there are already:
    start and name.
    """

    zone: str
    days: Collection[date]
    kinds: Mapping[str, str]
    rooms: Mapping[str, int] = field(default_factory=dict)
    speakers: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    known: Mapping[int, Planned] = field(default_factory=dict)
    pauses: Collection[tuple[datetime, str]] = frozenset()
    new_rooms: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one line says; `values` are names of `planned.EDITABLE`, only those it has columns for.

    Rooms and people that are not there yet stand beside: `room`, `people` (all who lead, in order).
    """

    number: int
    session_id: int | None
    values: Mapping[str, Any]
    room: str | None = None
    people: Sequence[Name] | None = None

    @property
    def is_break(self) -> bool:
        """Tell whether the line is a break, which is no session."""
        return self.values.get("kind") == BREAK


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a table says: lines to take over, and what is wrong."""

    lines: Sequence[Line]
    faults: Sequence[Fault]
    new_rooms: Sequence[str]
    new_people: Sequence[Name]


def read(table: Table, columns: Mapping[Column, int], frame: Frame) -> Reading:
    """Read all lines of a table; *columns* says in which column what stands."""
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: set[int] = set()
    for row in table.rows:
        line, wrong = _Reader(row, columns, frame).session()
        if line is not None and line.is_break and _is_there(line, frame):
            continue
        faults += cells.faults_of(row.number, wrong)
        if line is None:
            continue
        if line.session_id in seen:
            faults.append(Fault(number=row.number, column=Column.ID, sentence=_TWICE))
        if line.session_id is not None:
            seen.add(line.session_id)
        lines.append(line)
    rooms = dict.fromkeys(line.room for line in lines if line.room is not None)
    people = {
        name.key: name
        for line in lines
        for name in line.people or ()
        if name.key not in frame.speakers
    }
    return Reading(
        lines=lines, faults=faults, new_rooms=list(rooms), new_people=list(people.values())
    )


def _is_there(line: Line, frame: Frame) -> bool:
    return (line.values["starts_at"], title_key(line.values["title"])) in frame.pauses


_TWICE = N_("This session stands in the table twice.")
_UNKNOWN_ID = N_("The event has no session with this number.")
_NO_TITLE = N_("A title is missing.")
_NO_DAY = N_("The event has no such day: %(value)s.")
_MISSING = N_("This is missing.")
_NO_NUMBER = N_("This is not a whole number: “%(value)s”.")
_NO_KIND = N_("There is no such kind of session: “%(value)s”.")
_NO_ROOM = N_("The event has no such room: “%(value)s”.")
_NO_CHOICE = N_("Write yes or no: “%(value)s”.")
_NO_SIGN_UP = N_("Write none, optional or required: “%(value)s”.")
_NO_LANGUAGE = N_("Write pl, en or uk: “%(value)s”.")


class _Reader(Cells[Column]):
    """Reads one line of a programme."""

    def __init__(self, row: Row, columns: Mapping[Column, int], frame: Frame) -> None:
        super().__init__(row, columns)
        self.frame = frame

    def session(self) -> tuple[Line | None, list[Wrong]]:
        """Return what the line says, or all that is wrong with it."""
        known = self.attempt(self._known)
        if self.wrong:  # of what is unknown nothing else can be said
            return None, self.wrong
        values: dict[str, Any] = {}
        self.attempt(lambda: values.update(self._span(known)))
        self.attempt(lambda: values.update(self._words(known)))
        for column, name, read_cell in _PLAIN:
            if self.has(column):
                self.attempt(lambda c=column, n=name, r=read_cell: values.update({n: r(self, c)}))  # type: ignore[misc]
        room = self.attempt(lambda: self._room(values))
        people = self.attempt(self._people)
        if people is not None:
            ids = [self.frame.speakers.get(name.key) for name in people]
            values[SPEAKERS] = tuple(one for one in ids if one is not None)
        if known is not None:
            held = known
            self.attempt(lambda: _refuse_edit(held, values))
        if self.wrong:
            return None, self.wrong
        if known is None and (known := self._same(values)) is not None:
            # Found by its title, however that is spelt here.
            values["title"] = {**values["title"], **_present(known.title, "pl")}
        session_id = known.id if known is not None else None
        line = Line(number=self.row.number, session_id=session_id, values=values, room=room,
                    people=people)  # fmt: skip
        return line, []

    def _known(self) -> Planned | None:
        value = self.cell(Column.ID)
        if not value:
            return None
        known = self.frame.known.get(int(value)) if value.isascii() and value.isdigit() else None
        if known is None:
            raise Wrong(Column.ID, _UNKNOWN_ID)
        if not known.is_held:
            raise Wrong(Column.ID, ProgrammeRefusal.CANCELLED.sentence)
        return known

    def _same(self, values: Mapping[str, Any]) -> Planned | None:
        """Return the session that a line without a number means: that title at that time."""
        title = title_key(values["title"])
        for one in self.frame.known.values():
            if (
                one.is_held
                and one.starts_at == values["starts_at"]
                and title_key(one.title) == title
            ):
                return one
        return None

    # ---- when

    def _span(self, known: Planned | None) -> dict[str, Any]:
        timed = {Column.DATE, Column.START, Column.END, Column.MINUTES} & self.columns.keys()
        if known is not None and not any(self.cell(column) for column in timed):
            return {}
        zone = ZoneInfo(self.frame.zone)
        before = known.starts_at.astimezone(zone) if known is not None else None
        on, at = self._start(before)
        starts_at = self._moment(Column.START, on, at, zone)
        ends_at = self._end(known, on, starts_at, zone)
        if ends_at <= starts_at:
            raise Wrong(Column.END, ProgrammeRefusal.ENDS_BEFORE_START.sentence)
        return {"starts_at": starts_at, "ends_at": ends_at}

    def _start(self, before: datetime | None) -> tuple[date, time]:
        """Return day and time of the start; one cell may hold both."""
        value = self.cell(Column.START)
        day, _, clock = value.rpartition(" ")
        typed_day = self.cell(Column.DATE) or day
        if not typed_day and before is None:
            raise Wrong(Column.DATE, _MISSING)
        if not value and before is None:
            raise Wrong(Column.START, _MISSING)
        on = date_in(Column.DATE, typed_day) if typed_day else before.date()  # type: ignore[union-attr]
        if on not in self.frame.days:
            raise Wrong(Column.DATE, _NO_DAY, value=on.isoformat())
        at = time_in(Column.START, clock) if value else before.time()  # type: ignore[union-attr]
        return on, at

    def _end(
        self, known: Planned | None, on: date, starts_at: datetime, zone: ZoneInfo
    ) -> datetime:
        value = self.cell(Column.END)
        if value:
            day, _, clock = value.rpartition(" ")
            last = date_in(Column.END, day) if day else on
            return self._moment(Column.END, last, time_in(Column.END, clock), zone)
        if self.cell(Column.MINUTES):
            minutes = _number(self, Column.MINUTES)
            if minutes is None or not 0 < minutes <= DAY_MINUTES:
                raise Wrong(Column.MINUTES, _NO_NUMBER, value=self.cell(Column.MINUTES))
            return starts_at + timedelta(minutes=minutes)
        if known is not None:
            return starts_at + (known.ends_at - known.starts_at)
        raise Wrong(Column.END, _MISSING)

    def _moment(self, column: Column, on: date, at: time, zone: ZoneInfo) -> datetime:
        try:
            return zones.moment_of(datetime.combine(on, at), zone)
        except BadTime as error:
            raise Wrong(column, error.sentence) from None

    # ---- what

    def _words(self, known: Planned | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, pair in _WORDS.items():
            if not any(self.has(column) for column in pair.values()):
                continue
            before = dict(getattr(known, name)) if known is not None else {}
            told = {
                code: self._said(name, column) if self.has(column) else before.get(code, "")
                for code, column in pair.items()
            }
            found[name] = {code: said for code, said in told.items() if said}
        if not found.get("title", known):
            raise Wrong(Column.TITLE_PL, _NO_TITLE)
        return found

    def _said(self, name: str, column: Column) -> str:
        return self.line(column) if name == "title" else self.body(column)

    def _room(self, values: dict[str, Any]) -> str | None:
        if not self.has(Column.ROOM):
            return None
        name = self.cell(Column.ROOM)
        if not name:
            values["room_id"] = None
            return None
        room_id = self.frame.rooms.get(text.search_key(name))
        if room_id is None and not self.frame.new_rooms:
            raise Wrong(Column.ROOM, _NO_ROOM, value=name)
        values["room_id"] = room_id
        return name if room_id is None else None

    def _people(self) -> list[Name] | None:
        if not self.has(Column.SPEAKERS):
            return None
        parts = re.split(r"[;,\n]", self.cell(Column.SPEAKERS))
        names = [name_in(Column.SPEAKERS, part.strip()) for part in parts if part.strip()]
        return list({name.key: name for name in names}.values())


_WORDS: Mapping[str, Mapping[str, Column]] = {
    "title": {"pl": Column.TITLE_PL, "en": Column.TITLE_EN},
    "abstract": {"pl": Column.ABSTRACT_PL, "en": Column.ABSTRACT_EN},
}


def _present(words: Mapping[str, str], code: str) -> dict[str, str]:
    return {code: words[code]} if code in words else {}


def _kind(reader: _Reader, column: Column) -> str:
    code = reader.frame.kinds.get(reader.key(column)) if reader.cell(column) else "other"
    if code is None:
        raise Wrong(column, _NO_KIND, value=reader.cell(column))
    return code


def _places(reader: _Reader, column: Column) -> int | None:
    number = _number(reader, column)
    if number is not None and number > MOST_SEATS:
        raise Wrong(column, _NO_NUMBER, value=reader.cell(column))
    return number


def _number(reader: _Reader, column: Column) -> int | None:
    value = reader.cell(column).replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise Wrong(column, _NO_NUMBER, value=reader.cell(column))
    return int(value)


def _yes(reader: _Reader, column: Column) -> bool:
    key = reader.key(column)
    if key not in YES | NO:
        raise Wrong(column, _NO_CHOICE, value=reader.cell(column))
    return key in YES


def _topics(reader: _Reader, column: Column) -> tuple[Topic, ...]:
    found = topics.read(reader.cell(column), reader.frame.topics)
    if topics.exceeds(found):
        raise Wrong(column, topics.TOO_MANY, most=topics.MOST, max=topics.LONGEST)
    return found


def _one_of(choices: Mapping[str, frozenset[str]], sentence: str) -> Callable[..., str]:
    def choose(reader: _Reader, column: Column) -> str:
        key = reader.key(column) if reader.cell(column) != "-" else "-"
        code = cells.code_in(choices, key)
        if code is not None:
            return code
        if not key and choices is LANGUAGES:
            return "pl"
        raise Wrong(column, sentence, value=reader.cell(column))

    return choose


# Columns that are one value each: what the draft calls it, and how a cell is read.
_PLAIN: Sequence[tuple[Column, str, Callable[[_Reader, Column], Any]]] = (
    (Column.KIND, "kind", _kind),
    (Column.PLACES, "capacity", _places),
    (Column.SIGN_UP, "sign_up", _one_of(SIGN_UPS, _NO_SIGN_UP)),
    (Column.WAITING_LIST, "waiting_list", _yes),
    (Column.LANGUAGE, "language", _one_of(LANGUAGES, _NO_LANGUAGE)),
    (Column.CERTIFICATE, "counts_for_certificate", _yes),
    (Column.TOPICS, "topics", _topics),
)


def _refuse_edit(known: Planned, values: Mapping[str, Any]) -> None:
    capacity = values.get("capacity")
    over = known.overbooking_percent
    if capacity is not None and overbooked(capacity, over) < known.confirmed:
        refusal = ProgrammeRefusal.CAPACITY_BELOW_CONFIRMED
        raise Wrong(Column.PLACES, refusal.sentence, confirmed=known.confirmed)
    if values.get("sign_up") == "none" and known.confirmed + known.waiting:
        raise Wrong(Column.SIGN_UP, ProgrammeRefusal.IN_USE.sentence)
    if values.get("kind") == BREAK:
        raise Wrong(Column.KIND, _NO_KIND, value=BREAK)


def changes(line: Line, known: Planned) -> list[str]:
    """Name what a line says otherwise than the session as the draft has it."""
    found = [name for name, value in line.values.items() if getattr(known, name) != value]
    new_people = line.people is not None and len(line.people) != len(line.values[SPEAKERS])
    if line.room is not None and "room_id" not in found:
        found.append("room_id")
    if new_people and SPEAKERS not in found:
        found.append(SPEAKERS)
    return found
