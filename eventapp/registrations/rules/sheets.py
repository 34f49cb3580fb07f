"""People on a spreadsheet: what its columns mean, and what each line says; pure.

A line with a reference number is that registration; else whoever is registered with the same name
and e-mail; else somebody new. An empty cell changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from eventapp.kernel import identifiers, text
from eventapp.kernel.refusal import N_
from eventapp.kernel.tables import Row, Table
from eventapp.kernel.text import BadText
from eventapp.programme.rules import cells
from eventapp.programme.rules.cells import Cells, Fault, Name, Wrong, date_in, name_in
from eventapp.registrations.rules import NUMBER_LENGTH, State, typed_number


class Column(StrEnum):
    """What a column of people can say, in the order of an export."""

    NUMBER = "number"
    TITLE = "title"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    CATEGORY = "category"
    ORGANISATION = "organisation"
    NIP = "nip"
    JOB = "job"
    POSTCODE = "postcode"
    GMINA = "gmina"
    DIET = "diet"
    NEEDS = "needs"
    STATE = "state"
    RECEIVED = "received"
    CLAUSE = "clause"
    PHOTO = "photo"
    NEWSLETTER = "newsletter"
    LANGUAGE = "language"


# What people call the columns, in both languages; compared as searches are.
NAMES: Mapping[Column, Sequence[str]] = {
    Column.NUMBER: ("numer zgłoszenia", "nr zgłoszenia", "numer", "reference number", "number"),
    Column.TITLE: ("tytuł", "tytuł przed nazwiskiem", "tytuł naukowy", "title",
                   "title before the name"),
    Column.FIRST_NAME: ("imię", "imiona", "first name", "given name"),
    Column.LAST_NAME: ("nazwisko", "last name", "surname", "family name"),
    Column.NAME: ("imię i nazwisko", "nazwisko i imię", "osoba", "uczestnik", "uczestniczka",
                  "uczestnik czka", "name", "full name", "participant", "first and last name"),
    Column.EMAIL: ("e mail", "email", "mail", "adres e mail", "poczta", "e mail address"),
    Column.PHONE: ("telefon", "tel", "nr telefonu", "numer telefonu", "telefon kontaktowy",
                   "komórka", "phone", "telephone", "phone number"),
    Column.CATEGORY: ("kategoria", "rodzaj podmiotu", "typ", "status uczestnika", "category"),
    Column.ORGANISATION: ("organizacja", "podmiot", "instytucja", "nazwa podmiotu", "firma",
                          "nazwa organizacji", "organisation", "organization", "company"),
    Column.NIP: ("nip", "nip organizacji", "nip podmiotu", "tax id", "tax number"),
    Column.JOB: ("stanowisko", "funkcja", "position", "job"),
    Column.POSTCODE: ("kod pocztowy", "kod", "postcode", "zip"),
    Column.GMINA: ("gmina", "miejscowość", "commune", "municipality"),
    Column.DIET: ("dieta", "wyżywienie", "diet"),
    Column.NEEDS: ("potrzeby", "szczególne potrzeby", "needs", "special needs"),
    Column.STATE: ("stan", "status", "status zgłoszenia", "state"),
    Column.RECEIVED: ("wpłynęło", "data wpływu", "data zgłoszenia", "received", "received on"),
    Column.CLAUSE: ("klauzula", "klauzula informacyjna", "rodo", "information clause", "clause"),
    Column.PHOTO: ("zgoda na zdjęcia", "wizerunek", "zgoda na wizerunek", "zdjęcia",
                   "photographs", "photo consent"),
    Column.NEWSLETTER: ("newsletter", "zgoda na newsletter", "news", "wiadomości o wydarzeniach"),
    Column.LANGUAGE: ("język", "język wiadomości", "language", "language of letters"),
}  # fmt: skip

YES = frozenset({"tak", "t", "yes", "y", "1", "x", "prawda", "true"})
NO = frozenset({"nie", "n", "no", "0", "falsz", "false", "brak"})
STATES: Mapping[State, frozenset[str]] = {
    State.PENDING: frozenset({"pending", "oczekuje", "oczekuje na decyzje", "awaits a decision",
                              "czeka na decyzje"}),
    State.QUALIFIED: frozenset({"qualified", "zakwalifikowany", "zakwalifikowana", "przyjety",
                                "przyjeta", "zakwalifikowane", "accepted",
                                "zakwalifikowano"}),
    State.WAITING: frozenset({"waiting", "lista rezerwowa", "na liscie rezerwowej",
                              "on the waiting list", "rezerwa", "reserve list"}),
    State.REJECTED: frozenset({"rejected", "odrzucone", "odrzucony", "niezakwalifikowany",
                               "nie zakwalifikowano", "not qualified",
                               "niezakwalifikowana", "odrzucona"}),
}  # fmt: skip
TITLE_LENGTH, JOB_LENGTH, PLACE_LENGTH, DIET_LENGTH, NEED_LENGTH = 60, 200, 120, 60, 200


def guess(head: Sequence[str]) -> dict[Column, int]:
    """Return which column of a table is which, by their names; the first of two counts."""
    return cells.guess(head, NAMES)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A registration as the event knows it, by the names of its columns."""

    id: int
    number: str
    values: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Return by what a line may mean this registration: e-mail and name."""
        return key_of(self.values)


def key_of(values: Mapping[str, Any]) -> tuple[str, str]:
    """Return by what two lines mean the same person."""
    return values.get("email") or "", _name_key(values["first_name"], values["last_name"])


@lru_cache(maxsize=1 << 15)  # a table is read twice: for its preview, and to be taken over
def _name_key(first_name: str, last_name: str) -> str:
    return text.search_key(first_name, last_name)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What lines are read against: the event's people, its categories and diets by their words."""

    known: Sequence[Known]
    categories: Mapping[str, str]
    diets: Mapping[str, str]
    today: date


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one line says; `values` has only what its cells say, by names of columns.

    `changed` names what is otherwise than known; of somebody new, everything. `namesake` tells of
    somebody new that another registration bears the name.
    """

    number: int
    registration_id: int | None
    values: Mapping[str, Any]
    changed: Sequence[str]
    namesake: bool


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a table says: lines to take over, and what is wrong."""

    lines: Sequence[Line]
    faults: Sequence[Fault]


# What a line may change of somebody who is known: neither the state nor an answer given.
EDITABLE = (
    "title", "first_name", "last_name", "email", "phone", "category", "organisation", "job",
    "postcode", "gmina", "diet", "needs", "locale",
)  # fmt: skip


def read(table: Table, columns: Mapping[Column, int], frame: Frame) -> Reading:
    """Read all lines of a table; *columns* says in which column what stands."""
    lines: list[Line] = []
    faults: list[Fault] = []
    people = _People(frame.known)
    seen: Counter[Any] = Counter()
    for row in table.rows:
        line, wrong = _Reader(row, columns, people, frame).person()
        faults += cells.faults_of(row.number, wrong)
        if line is None:
            continue
        who = line.registration_id or _told_apart(line.values)
        if who is not None:
            seen[who] += 1
            if seen[who] > 1:
                faults.append(Fault(number=row.number, column=None, sentence=_TWICE))
        lines.append(line)
    return Reading(lines=lines, faults=faults)


def _told_apart(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return by what two lines would mean the same new person."""
    mailbox, name = key_of(values)
    by = mailbox or values.get("phone")
    return (by, name) if by else None


_TWICE = N_("This person stands in the table twice.")
_UNKNOWN_NUMBER = N_("The event has no registration with this number.")
_NO_NAME = N_("A name is missing.")
_NO_CATEGORY = N_("The event has no category “%(value)s”.")
_NO_STATE = N_("This is no state: “%(value)s”. Write accepted, reserve list, rejected or pending.")
_NO_ANSWER = N_("Write yes or no: “%(value)s”.")
_NO_LANGUAGE = N_("Write pl or en: “%(value)s”.")
_FUTURE = N_("This day has not come yet.")
_NIP_ALONE = N_("Write the name of the organisation beside its NIP.")


class _People:
    """Finds out whom a line means."""

    def __init__(self, known: Sequence[Known]) -> None:
        self.by_number = {one.number: one for one in known}
        self.by_key = {one.key: one for one in known if one.values.get("email")}
        self.names = {one.key[1] for one in known}
        # Without a mailbox the telephone tells people of one name apart.
        phones = Counter((one.values.get("phone"), one.key[1]) for one in known)
        self.by_phone = {
            pair: one
            for one in known
            if phones[pair := (one.values.get("phone"), one.key[1])] == 1 and pair[0]
        }

    def find(self, values: Mapping[str, Any]) -> Known | None:
        """Return who is meant by a name with an e-mail, else with a telephone number."""
        key = key_of(values)
        if key[0]:
            return self.by_key.get(key)
        return self.by_phone.get((values.get("phone"), key[1]))


class _Reader(Cells[Column]):
    """Reads one line about a person."""

    def __init__(
        self, row: Row, columns: Mapping[Column, int], people: _People, frame: Frame
    ) -> None:
        super().__init__(row, columns)
        self.people = people
        self.frame = frame

    def person(self) -> tuple[Line | None, list[Wrong]]:
        """Return what the line says, or all that is wrong with it."""
        numbered = self.attempt(self._numbered)
        if self.wrong:  # of what is unknown nothing else can be said
            return None, self.wrong
        values: dict[str, Any] = {}
        name = self.attempt(lambda: self._name(numbered))
        for column, (target, reads) in _PARTS.items():
            if self.has(column) and self.cell(column):
                values[target] = self.attempt(partial(reads, self))
        if self.cell(Column.NIP) and not self.cell(Column.ORGANISATION):
            self.wrong.append(Wrong(Column.NIP, _NIP_ALONE))
        if name is None or self.wrong:
            return None, self.wrong
        values = {"first_name": name.first_name, "last_name": name.last_name, **values}
        if name.title:
            values["title"] = name.title
        known = numbered or self.people.find(values)
        return self._line(known, values), []

    def _line(self, known: Known | None, values: dict[str, Any]) -> Line:
        return Line(
            number=self.row.number,
            registration_id=known.id if known is not None else None,
            values=values,
            changed=changes(known, values),
            namesake=known is None and key_of(values)[1] in self.people.names,
        )

    def _numbered(self) -> Known | None:
        value = self.cell(Column.NUMBER)
        if not value:
            return None
        number = typed_number(value)
        known = self.people.by_number.get(number) if len(number) == NUMBER_LENGTH else None
        if known is None:
            raise Wrong(Column.NUMBER, _UNKNOWN_NUMBER)
        return known

    def _name(self, known: Known | None) -> Name:
        first = self.line(Column.FIRST_NAME, text.NAME)
        last = self.line(Column.LAST_NAME, text.NAME)
        title = self.line(Column.TITLE, TITLE_LENGTH)
        if not first and not last and self.cell(Column.NAME):
            whole = name_in(Column.NAME, self.line(Column.NAME, text.LINE))
            return Name(
                title=title or whole.title[:TITLE_LENGTH],
                first_name=whole.first_name,
                last_name=whole.last_name,
            )
        if known is not None:
            first, last = first or known.values["first_name"], last or known.values["last_name"]
        if not first or not last:
            raise Wrong(Column.LAST_NAME if first else Column.FIRST_NAME, _NO_NAME)
        return Name(title=title, first_name=first, last_name=last)

    def normal(self, column: Column, reads: Callable[[str], str]) -> str:
        """Return a cell in its normal form."""
        try:
            return reads(self.cell(column))
        except BadText as error:
            raise Wrong(column, error.sentence, **error.details) from None

    def category(self) -> str:
        """Return the code of a category by any of its names."""
        code = self.frame.categories.get(self.key(Column.CATEGORY))
        if code is None:
            raise Wrong(Column.CATEGORY, _NO_CATEGORY, value=self.cell(Column.CATEGORY))
        return code

    def organisation(self) -> tuple[str, str | None]:
        """Return the name of an organisation and its tax number, if that is known."""
        nip = self.cell(Column.NIP)
        return (
            self.line(Column.ORGANISATION, text.LINE),
            self.normal(Column.NIP, identifiers.normal_nip) if nip else None,
        )

    def diet(self) -> str:
        """Return the diet as the caterer's counts call it."""
        said = self.line(Column.DIET, DIET_LENGTH)
        return self.frame.diets.get(self.key(Column.DIET), said)

    def needs(self) -> list[str]:
        """Return needs, which a line break or a semicolon parts."""
        parts = self.cell(Column.NEEDS).replace("\n", ";").split(";")
        return [
            cells.cleaned(Column.NEEDS, " ".join(part.split()), NEED_LENGTH)
            for part in parts
            if part.strip()
        ]

    def state(self) -> State:
        """Return how the person stands."""
        key = self.key(Column.STATE)
        for state, words in STATES.items():
            if key in words:
                return state
        raise Wrong(Column.STATE, _NO_STATE, value=self.cell(Column.STATE))

    def day(self, column: Column) -> date:
        """Return a day that has come."""
        found = date_in(column, self.cell(column))
        if found > self.frame.today:
            raise Wrong(column, _FUTURE)
        return found

    def answer(self, column: Column) -> bool:
        """Return yes or no."""
        key = self.key(column)
        if key not in YES | NO:
            raise Wrong(column, _NO_ANSWER, value=self.cell(column))
        return key in YES

    def clause(self) -> date | bool:
        """Return the day on which the clause was acknowledged, or whether it was."""
        key = self.key(Column.CLAUSE)
        return self.answer(Column.CLAUSE) if key in YES | NO else self.day(Column.CLAUSE)

    def language(self) -> str:
        """Return the language of letters."""
        code = cells.code_in(_LANGUAGES, self.key(Column.LANGUAGE))
        if code is None:
            raise Wrong(Column.LANGUAGE, _NO_LANGUAGE, value=self.cell(Column.LANGUAGE))
        return code


_LANGUAGES = {code: cells.LANGUAGES[code] for code in ("pl", "en")}


def _postcode(value: str) -> str:
    return identifiers.normal_postcode(identifiers.with_dash(value))


_PARTS: Mapping[Column, tuple[str, Callable[[_Reader], Any]]] = {
    Column.EMAIL: ("email", lambda one: one.normal(Column.EMAIL, text.normal_email)),
    Column.PHONE: ("phone", lambda one: one.normal(Column.PHONE, text.normal_phone)),
    Column.CATEGORY: ("category", _Reader.category),
    Column.ORGANISATION: ("organisation", _Reader.organisation),
    Column.JOB: ("job", lambda one: one.line(Column.JOB, JOB_LENGTH)),
    Column.POSTCODE: ("postcode", lambda one: one.normal(Column.POSTCODE, _postcode)),
    Column.GMINA: ("gmina", lambda one: one.line(Column.GMINA, PLACE_LENGTH)),
    Column.DIET: ("diet", _Reader.diet),
    Column.NEEDS: ("needs", _Reader.needs),
    Column.STATE: ("state", _Reader.state),
    Column.RECEIVED: ("received_on", lambda one: one.day(Column.RECEIVED)),
    Column.CLAUSE: ("clause", _Reader.clause),
    Column.PHOTO: ("photo", lambda one: one.answer(Column.PHOTO)),
    Column.NEWSLETTER: ("newsletter", lambda one: one.answer(Column.NEWSLETTER)),
    Column.LANGUAGE: ("locale", _Reader.language),
}


def changes(known: Known | None, values: Mapping[str, Any]) -> list[str]:
    """Return what is otherwise than known; of somebody new, everything that is said."""
    if known is None:
        return list(values)
    return [
        name
        for name in EDITABLE
        if name in values and not _same(name, known.values.get(name), values[name])
    ]


def _same(name: str, known: Any, said: Any) -> bool:
    if name != "organisation" or not known:
        return bool(known == said)
    # An organisation is the same by its number, or by its name where no number is told.
    return bool(known[1] == said[1]) if said[1] and known[1] else _same_name(known[0], said[0])


def _same_name(one: str, other: str) -> bool:
    return text.search_key(one) == text.search_key(other)
