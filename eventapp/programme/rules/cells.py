"""Cells of a spreadsheet as people fill them in, and what is wrong with one; pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any, Generic, TypeVar

from eventapp.kernel import text
from eventapp.kernel.refusal import N_
from eventapp.kernel.tables import Row
from eventapp.kernel.text import BadText

Column = TypeVar("Column", bound=StrEnum)
Value = TypeVar("Value")

LANGUAGES = {
    "pl": frozenset({"pl", "polski", "polish", "po polsku", "in polish"}),
    "en": frozenset({"en", "angielski", "english", "po angielsku", "in english"}),
    "uk": frozenset({"uk", "ua", "ukrainski", "ukrainian"}),
}
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00(?::00)?)?", re.ASCII)
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?: ?r\.?)?", re.ASCII)
_TITLES = frozenset({"dr", "prof", "mgr", "inż", "hab", "mec", "ks", "adw", "lek", "lic", "r.pr"})

NO_DATE = N_("This is not a date: “%(value)s”. Write 2027-06-16 or 16.06.2027.")
NO_TIME = N_("This is not a time: “%(value)s”. Write 9:30.")
NO_NAME = N_("Write first name and surname: “%(value)s”.")
TOO_LONG = N_("This is longer than %(max)d characters.")


class Wrong(Exception):
    """A cell that says nothing we understand."""

    def __init__(self, column: StrEnum | None, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.column = column
        self.sentence = sentence
        self.details = details


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong in a line: a marked sentence, and what its places stand for."""

    number: int
    column: Any
    sentence: str
    details: Mapping[str, Any] = field(default_factory=dict)


def faults_of(number: int, wrong: Iterable[Wrong]) -> list[Fault]:
    """Return what is wrong in the line of a number."""
    return [
        Fault(number=number, column=one.column, sentence=one.sentence, details=one.details)
        for one in wrong
    ]


def guess(head: Sequence[str], names: Mapping[Column, Sequence[str]]) -> dict[Column, int]:
    """Return which column of a table is which, by their *names*; the first of two counts."""
    known = {text.search_key(name): column for column, some in names.items() for name in some}
    found: dict[Column, int] = {}
    for place, name in enumerate(head):
        column = known.get(text.search_key(name))
        if column is not None:
            found.setdefault(column, place)
    return found


class Cells(Generic[Column]):
    """The cells of one line by what they mean; reading goes on after a fault to the next one."""

    def __init__(self, row: Row, columns: Mapping[Column, int]) -> None:
        self.row = row
        self.columns = columns
        self.wrong: list[Wrong] = []

    def attempt(self, read_part: Callable[[], Value]) -> Value | None:
        """Return what a part of the line says, or note what is wrong with it."""
        try:
            return read_part()
        except Wrong as wrong:
            self.wrong.append(wrong)
            return None

    def has(self, column: Column) -> bool:
        """Tell whether the table has such a column."""
        return column in self.columns

    def cell(self, column: Column) -> str:
        """Return what stands in a column; nothing where the table has none."""
        return self.row.cell(self.columns[column]).strip() if column in self.columns else ""

    def key(self, column: Column) -> str:
        """Return the same as it is compared."""
        return text.search_key(self.cell(column))

    def line(self, column: Column, most: int = text.LINE) -> str:
        """Return one line of text, without the spaces that tables break it with."""
        return cleaned(column, " ".join(self.cell(column).split()), most)

    def body(self, column: Column) -> str:
        """Return a longer text."""
        return cleaned(column, self.cell(column), text.BODY, multiline=True)


def cleaned(column: StrEnum, value: str, most: int, **how: Any) -> str:
    """Return a text as it is kept, or say that it cannot be."""
    if len(value) > most:
        raise Wrong(column, TOO_LONG, max=most)
    try:
        return text.clean(value, max_length=most, **how)
    except BadText as error:
        raise Wrong(column, error.sentence, **error.details) from None


def code_in(choices: Mapping[str, frozenset[str]], key: str) -> str | None:
    """Return the code of the choice that people call so."""
    return next((code for code, words in choices.items() if key in words), None)


def date_in(column: StrEnum, value: str) -> date:
    """Read 2027-06-16 or 16.06.2027."""
    iso, polish = _ISO_DATE.fullmatch(value), _DATE.fullmatch(value)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if polish is not None:
            return date(int(polish[3]), int(polish[2]), int(polish[1]))
    except ValueError:
        pass
    raise Wrong(column, NO_DATE, value=value)


def time_in(column: StrEnum, value: str) -> time:
    """Read 9:30, 9.30 or 09:30:00."""
    found = _TIME.fullmatch(value)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Wrong(column, NO_TIME, value=value)
    return time(int(found[1]), int(found[2]))


@dataclass(frozen=True, kw_only=True)
class Name:
    """A person as a cell names them."""

    title: str
    first_name: str
    last_name: str

    @property
    def key(self) -> str:
        """Return what two spellings of one name have in common."""
        return text.search_key(self.first_name, self.last_name)


def name_in(column: StrEnum, value: str) -> Name:
    """Read "dr hab. Anna Nowak-Kowalska": titles, first names, surname."""
    words = value.split()
    titles = []
    while words and (words[0].endswith(".") or words[0].lower() in _TITLES):
        titles.append(words.pop(0))
    if len(words) < 2:
        raise Wrong(column, NO_NAME, value=value)
    if len(value) > text.NAME:
        raise Wrong(column, TOO_LONG, max=text.NAME)
    return Name(title=" ".join(titles), first_name=" ".join(words[:-1]), last_name=words[-1])
