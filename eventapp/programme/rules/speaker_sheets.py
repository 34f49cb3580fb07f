"""Speakers on a spreadsheet: what its columns mean, and what each line says; pure.

A line with the number of a speaker is that one; else who has the same e-mail, else who is called
so where no other e-mail speaks against it; else somebody new. An empty cell changes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from eventapp.kernel import text, zones
from eventapp.kernel.refusal import N_
from eventapp.kernel.tables import Row, Table
from eventapp.kernel.text import BadText
from eventapp.kernel.zones import BadTime
from eventapp.programme.rules import cells
from eventapp.programme.rules.cells import (
    Cells,
    Fault,
    Name,
    Wrong,
    cleaned,
    date_in,
    name_in,
    time_in,
)


class Column(StrEnum):
    """What a column of speakers can say, in the order of an export."""

    ID = "id"
    TITLE = "title"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    NAME = "name"
    EMAIL = "email"
    BIO_PL = "bio-pl"
    BIO_EN = "bio-en"
    COMES = "comes"
    GOES = "goes"
    LANGUAGE = "language"


# What people call the columns, in both languages; compared as searches are.
NAMES: Mapping[Column, Sequence[str]] = {
    Column.ID: ("id", "nr osoby", "speaker number"),
    Column.TITLE: ("tytuł", "tytuł przed nazwiskiem", "tytuł naukowy", "title",
                   "title before the name"),
    Column.FIRST_NAME: ("imię", "imiona", "first name", "given name"),
    Column.LAST_NAME: ("nazwisko", "last name", "surname", "family name"),
    Column.NAME: ("imię i nazwisko", "nazwisko i imię", "osoba", "prowadzący", "prowadząca",
                  "prowadzący a", "prelegent", "prelegentka", "trener", "trenerka", "wykładowca",
                  "name", "full name", "speaker", "trainer", "first and last name"),
    Column.EMAIL: ("e mail", "email", "mail", "adres e mail", "poczta", "e mail address"),
    Column.BIO_PL: ("opis", "bio", "biogram", "notka", "opis pl", "bio pl", "kilka słów po polsku",
                    "a few words in polish", "description"),
    Column.BIO_EN: ("opis en", "bio en", "kilka słów po angielsku", "a few words in english",
                    "description en"),
    Column.COMES: ("może być od", "od", "przyjazd", "dostępny od", "dostępna od", "can come from",
                   "from", "comes"),
    Column.GOES: ("musi wyjść o", "do", "wyjazd", "dostępny do", "dostępna do", "has to go at",
                  "to", "until", "goes"),
    Column.LANGUAGE: ("język", "język wiadomości", "language", "language of letters"),
}  # fmt: skip

LANGUAGES = {code: cells.LANGUAGES[code] for code in ("pl", "en")}
TITLE_LENGTH = 60


def guess(head: Sequence[str]) -> dict[Column, int]:
    """Return which column of a table is which, by their names; the first of two counts."""
    return cells.guess(head, NAMES)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A speaker as the event knows them; `span` is when they can come, from when until when."""

    id: int
    title: str
    first_name: str
    last_name: str
    email: str | None
    bio: Mapping[str, str]
    span: tuple[datetime, datetime] | None
    locale: str

    @property
    def key(self) -> str:
        """Return what two spellings of the name have in common."""
        return text.search_key(self.first_name, self.last_name)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one line says; `values` has only what its cells say, by the names of `Known`.

    `changed` names what is otherwise than known; of somebody new, everything. `namesake` tells of
    somebody new that another speaker is called so.
    """

    number: int
    speaker_id: int | None
    name: Name
    values: Mapping[str, Any]
    changed: Sequence[str]
    namesake: bool


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a table says: lines to take over, and what is wrong."""

    lines: Sequence[Line]
    faults: Sequence[Fault]


def read(table: Table, columns: Mapping[Column, int], known: Sequence[Known], zone: str) -> Reading:
    """Read all lines of a table; *columns* says in which column what stands."""
    lines: list[Line] = []
    faults: list[Fault] = []
    people = _People(known, table, columns)
    seen: Counter[Any] = Counter()
    for row in table.rows:
        line, wrong = _Reader(row, columns, people, zone).person()
        faults += cells.faults_of(row.number, wrong)
        if line is None:
            continue
        who = line.speaker_id or (line.name.key, line.values.get("email"))
        seen[who] += 1
        if seen[who] > 1:
            faults.append(Fault(number=row.number, column=None, sentence=_TWICE))
        lines.append(line)
    return Reading(lines=lines, faults=faults)


_TWICE = N_("This person stands in the table twice.")
_UNKNOWN_ID = N_("The event has no speaker with this number.")
_SEVERAL = N_("Several speakers are called so: write the number or the e-mail.")
_NO_NAME = N_("A name is missing.")
_NO_MOMENT = N_("Write day and time: “%(value)s” is not like 2027-06-16 12:00.")
_HALF = N_("Enter both times, or neither.")
_BACKWARDS = N_("This lies before the time of coming.")
_NO_LANGUAGE = N_("Write pl or en: “%(value)s”.")


class _People:
    """Finds out which speaker a line means."""

    def __init__(self, known: Sequence[Known], table: Table, columns: Mapping[Column, int]) -> None:
        self.known = known
        self.by_id = {one.id: one for one in known}
        # One mailbox may be that of several: who is named with it in a line of their own is not
        # meant by another line.
        exact = {(one.email, one.key): one.id for one in known if one.email}
        named = (_Reader(row, columns, self, "UTC").exactly() for row in table.rows)
        self.taken = {exact[pair] for pair in named if pair in exact}

    def are_called(self, name: Name) -> bool:
        """Tell whether any of them is called so."""
        return any(one.key == name.key for one in self.known)

    def find(self, name: Name, email: str | None) -> Known | None:
        """Return who is meant by name and e-mail; raises `Wrong` where that may be several."""
        same_mail = [one for one in self.known if email and one.email == email]
        for one in same_mail:
            if one.key == name.key:
                return one
        others = [one for one in same_mail if one.id not in self.taken]
        if len(others) == 1:
            return others[0]
        namesakes = [one for one in self.known if one.key == name.key and not (email and one.email)]
        if len(namesakes) > 1:
            raise Wrong(Column.LAST_NAME, _SEVERAL)
        return namesakes[0] if namesakes else None


class _Reader(Cells[Column]):
    """Reads one line about a speaker."""

    def __init__(self, row: Row, columns: Mapping[Column, int], people: _People, zone: str) -> None:
        super().__init__(row, columns)
        self.people = people
        self.zone = ZoneInfo(zone)

    def exactly(self) -> tuple[str | None, str | None]:
        """Return e-mail and name as they are compared, as far as they can be read."""
        try:
            name = self._name(None)
            return self._email(), name.key
        except Wrong:
            return None, None

    def person(self) -> tuple[Line | None, list[Wrong]]:
        """Return what the line says, or all that is wrong with it."""
        numbered = self.attempt(self._numbered)
        if self.wrong:  # of what is unknown nothing else can be said
            return None, self.wrong
        name = self.attempt(lambda: self._name(numbered))
        email = self.attempt(self._email)
        bio = self.attempt(self._bio) or {}
        span = self.attempt(self._span)
        locale = self.attempt(self._locale)
        if name is None or self.wrong:
            return None, self.wrong
        known = numbered or self.attempt(lambda: self.people.find(name, email))
        if self.wrong:
            return None, self.wrong
        values = self._values(known, name, {"email": email, "span": span, "locale": locale})
        if bio:
            values["bio"] = {**(known.bio if known else {}), **bio}
        return Line(
            number=self.row.number,
            speaker_id=known.id if known is not None else None,
            name=name,
            values=values,
            changed=_changed(known, values),
            namesake=known is None and self.people.are_called(name),
        ), []

    def _values(self, known: Known | None, name: Name, said: Mapping[str, Any]) -> dict[str, Any]:
        values = {"title": name.title, "first_name": name.first_name, "last_name": name.last_name}
        if known is not None and not name.title:
            values["title"] = known.title
        return values | {key: value for key, value in said.items() if value is not None}

    def _numbered(self) -> Known | None:
        value = self.cell(Column.ID)
        if not value:
            return None
        known = self.people.by_id.get(int(value)) if value.isascii() and value.isdigit() else None
        if known is None:
            raise Wrong(Column.ID, _UNKNOWN_ID)
        return known

    def _name(self, known: Known | None) -> Name:
        first, last = (
            self.line(column, text.NAME) for column in (Column.FIRST_NAME, Column.LAST_NAME)
        )
        title = self.line(Column.TITLE, TITLE_LENGTH)
        if not first and not last and self.cell(Column.NAME):
            whole = name_in(Column.NAME, self.line(Column.NAME, text.LINE))
            titled = cleaned(Column.NAME, title or whole.title, TITLE_LENGTH)
            return Name(title=titled, first_name=whole.first_name, last_name=whole.last_name)
        if known is not None:
            first, last = first or known.first_name, last or known.last_name
        if not first or not last:
            raise Wrong(Column.LAST_NAME if first else Column.FIRST_NAME, _NO_NAME)
        return Name(title=title, first_name=first, last_name=last)

    def _email(self) -> str | None:
        value = self.cell(Column.EMAIL)
        if not value:
            return None
        try:
            return text.normal_email(value)
        except BadText as error:
            raise Wrong(Column.EMAIL, error.sentence, **error.details) from None

    def _bio(self) -> dict[str, str]:
        told = {"pl": self.body(Column.BIO_PL), "en": self.body(Column.BIO_EN)}
        return {code: said for code, said in told.items() if said}

    def _span(self) -> tuple[datetime, datetime] | None:
        comes, goes = self.cell(Column.COMES), self.cell(Column.GOES)
        if not comes and not goes:
            return None
        if not comes or not goes:
            raise Wrong(Column.GOES if comes else Column.COMES, _HALF)
        # A day alone is the whole of it.
        comes_at = self._moment(Column.COMES, comes, timedelta(0))
        goes_at = self._moment(Column.GOES, goes, timedelta(days=1))
        if goes_at <= comes_at:
            raise Wrong(Column.GOES, _BACKWARDS)
        return comes_at, goes_at

    def _moment(self, column: Column, value: str, whole_day: timedelta) -> datetime:
        day, _, clock = value.replace("T", " ").rpartition(" ")
        try:
            if day:
                wall = datetime.combine(date_in(column, day.strip(" ,")), time_in(column, clock))
            else:
                wall = datetime.combine(date_in(column, clock), time()) + whole_day
            return zones.moment_of(wall, self.zone).astimezone(UTC)
        except BadTime as error:
            raise Wrong(column, error.sentence) from None
        except (Wrong, OverflowError):
            raise Wrong(column, _NO_MOMENT, value=value) from None

    def _locale(self) -> str | None:
        if not self.cell(Column.LANGUAGE):
            return None
        code = cells.code_in(LANGUAGES, self.key(Column.LANGUAGE))
        if code is None:
            raise Wrong(Column.LANGUAGE, _NO_LANGUAGE, value=self.cell(Column.LANGUAGE))
        return code


def _changed(known: Known | None, values: Mapping[str, Any]) -> list[str]:
    return [key for key, said in values.items() if known is None or getattr(known, key) != said]
