"""Speakers on a spreadsheet: whom a line means, what it says, all of them or none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.kernel.tables import Row, Table
from eventapp.programme import commands, queries
from eventapp.programme.rules import ProgrammeRefusal, speaker_sheets
from eventapp.programme.rules.speaker_sheets import Column, Known, Reading
from tests.factories import NOW, make_event

HEAD = ("Nr osoby", "Tytuł", "Imię", "Nazwisko", "E-mail", "Biogram", "Bio EN", "Przyjazd",
        "Wyjazd", "Język")  # fmt: skip


def known(number: int, first: str, last: str, email: str | None = None, **more: Any) -> Known:
    given = {"title": "", "bio": {}, "span": None, "locale": "pl", **more}
    return Known(id=number, first_name=first, last_name=last, email=email, **given)


CELINA = known(1, "Celina", "Żak", "celina@example.org", bio={"pl": "Ekonomistka"}, title="dr")
PEOPLE = [CELINA, known(2, "Jan", "Nowak"), known(3, "Jan", "Cichy", "biuro@example.org")]


def read(
    *lines: Sequence[str], head: Sequence[str] = HEAD, people: Sequence[Known] = PEOPLE
) -> Reading:
    rows = tuple(Row(number, tuple(line)) for number, line in enumerate(lines, start=2))
    table = Table(tuple(head), rows)
    return speaker_sheets.read(table, speaker_sheets.guess(head), people, "Europe/Warsaw")


def test_columns_are_known_by_many_names() -> None:
    head = ["Prowadzący/-a", "E-MAIL", "Last name", "Język", "coś", "Może być od", "do", "Imię"]

    assert speaker_sheets.guess(head) == {
        Column.NAME: 0, Column.EMAIL: 1, Column.LAST_NAME: 2, Column.LANGUAGE: 3, Column.COMES: 5,
        Column.GOES: 6, Column.FIRST_NAME: 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "speaker_id", "changed"),
    [
        pytest.param(("1", "", "", "", ""), 1, [], id="the number alone"),
        pytest.param(("1", "", "Anna", "Inna", "a@example.org"), 1,
                     ["first_name", "last_name", "email"], id="the number, and all else new"),
        pytest.param(("", "", "celina", "zak", "CELINA@example.org"), 1,
                     ["first_name", "last_name"], id="name and e-mail"),
        pytest.param(("", "", "Celina", "Żak-Nowa", "celina@example.org"), 1, ["last_name"],
                     id="the e-mail, another name"),
        pytest.param(("", "dr", "Celina", "Żak", ""), 1, [], id="the name, no e-mail"),
        pytest.param(("", "", "Jan", "Nowak", "jan@example.org"), 2, ["email"],
                     id="the name of somebody without an e-mail"),
        pytest.param(("", "", "Jan", "Cichy", "jan@example.org"), None, None,
                     id="a namesake with another e-mail"),
        pytest.param(("", "", "Ewa", "Nowa", ""), None, None, id="somebody new"),
    ],
)  # fmt: skip
def test_whom_a_line_means(
    line: Sequence[str], speaker_id: int | None, changed: list[str] | None
) -> None:
    reading = read(line)

    assert reading.faults == []
    (found,) = reading.lines
    assert found.speaker_id == speaker_id
    if changed is not None:
        assert found.changed == changed


def test_two_people_may_share_a_mailbox() -> None:
    reading = read(
        ("", "", "Jan", "Cichy", "biuro@example.org"),
        ("", "", "Ewa", "Nowa", "biuro@example.org"),
    )

    assert reading.faults == []
    assert [line.speaker_id for line in reading.lines] == [3, None]


def test_a_line_says_what_its_cells_say_and_no_more() -> None:
    reading = read(
        ("", "", "Celina", "Żak", "celina@example.org", "", "Economist", "16.06.2027 9:30",
         "2027-06-17", "angielski"),
        ("", "prof. dr hab.", "Ewa", "Nowa", "", "Uczy\nliczyć", "", "", "", ""),
    )  # fmt: skip

    assert reading.faults == []
    first, second = reading.lines
    assert first.values == {
        "title": "dr", "first_name": "Celina", "last_name": "Żak", "email": "celina@example.org",
        "bio": {"pl": "Ekonomistka", "en": "Economist"}, "locale": "en",
        "span": (datetime(2027, 6, 16, 7, 30, tzinfo=UTC), datetime(2027, 6, 17, 22, tzinfo=UTC)),
    }  # fmt: skip
    assert first.changed == ["span", "locale", "bio"]
    assert second.values == {
        "title": "prof. dr hab.", "first_name": "Ewa", "last_name": "Nowa",
        "bio": {"pl": "Uczy\nliczyć"},
    }  # fmt: skip


def test_a_name_may_stand_in_one_column() -> None:
    reading = read(
        ("mgr inż. Ewa Maria Nowa-Stara", "e@example.org"), head=("Imię i nazwisko", "mail")
    )

    (line,) = reading.lines
    assert (line.name.title, line.name.first_name, line.name.last_name) == (
        "mgr inż.", "Ewa Maria", "Nowa-Stara",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        (("9",), Column.ID, "no speaker with this number"),
        (("x",), Column.ID, "no speaker with this number"),
        (("", "", "Ewa"), Column.LAST_NAME, "A name is missing."),
        (("", "", "", "Nowa"), Column.FIRST_NAME, "A name is missing."),
        (("", "", "", "", "e@example.org"), Column.FIRST_NAME, "A name is missing."),
        (("", "x" * 61, "Ewa", "Nowa"), Column.TITLE, "longer than"),
        (("", "", "x" * 121, "Nowa"), Column.FIRST_NAME, "longer than"),
        (("", "", "Ewa", "Nowa", "ewa@"), Column.EMAIL, "This is not an e-mail address."),
        (("", "", "Ewa", "Nowa", "", "x" * 20_001), Column.BIO_PL, "longer than"),
        (("", "", "Ewa", "Nowa", "", "", "", "2027-06-16 12:00"), Column.GOES, "both times"),
        (("", "", "Ewa", "Nowa", "", "", "", "", "2027-06-16 9:00"), Column.COMES, "both times"),
        (("", "", "Ewa", "Nowa", "", "", "", "rano", "wieczór"), Column.COMES, "Write day and"),
        (("", "", "Ewa", "Nowa", "", "", "", "2027-06-17", "2027-06-16"), Column.GOES, "before"),
        (("", "", "Ewa", "Nowa", "", "", "", "", "", "uk"), Column.LANGUAGE, "Write pl or en"),
    ],
)
def test_a_fault_says_where_it_is(line: Sequence[str], column: Column, sentence: str) -> None:
    reading = read(line)

    (fault,) = reading.faults
    assert (fault.number, fault.column) == (2, column)
    assert sentence in fault.sentence
    assert reading.lines == []


def test_all_faults_are_found_at_once() -> None:
    reading = read(
        ("", "", "Ewa", "", "ewa@", "", "", "rano", "wieczór", "de"), ("9",),
        ("1",), ("", "", "Celina", "Żak"), ("", "", "Ewa", "Nowa"), ("", "", "ewa", "nowa"),
    )  # fmt: skip

    assert [(one.number, one.column) for one in reading.faults] == [
        (2, Column.LAST_NAME), (2, Column.EMAIL), (2, Column.COMES), (2, Column.LANGUAGE),
        (3, Column.ID), (5, None), (7, None),
    ]  # fmt: skip


def test_who_of_several_namesakes_is_asked() -> None:
    twins = [known(5, "Jan", "Nowak"), known(6, "Jan", "Nowak")]

    assert [one.sentence for one in read(("", "", "Jan", "Nowak"), people=twins).faults] == [
        "Several speakers are called so: write the number or the e-mail."
    ]
    assert read(("6", "", "Jan", "Nowak"), people=twins).faults == []


# --- into the event ---------------------------------------------------------------------------


@pytest.mark.usefixtures("db_session")
def test_a_table_adds_people_and_changes_what_is_known() -> None:
    event = make_event()
    celina = commands.name_speaker(
        event.id, NOW, title="", first_name="Celina", last_name="Żak", email="celina@example.org"
    )
    lines = [
        ("", "dr", "Celina", "Żak", "celina@example.org", "", "", "", "", "en"),
        ("", "", "Ewa", "Nowa", "", "Uczy", "", "2027-06-16 9:00", "2027-06-16 15:00", ""),
    ]

    def take() -> commands.ImportedSpeakers:
        reading = read(*lines, people=queries.known_speakers(event.id))
        return commands.import_speakers(event.id, NOW, reading.lines)

    done = take()

    assert (done.added, done.changed) == (1, 1)
    ewa, known_celina = queries.speakers(event.id)
    assert known_celina.id == celina.id
    assert (known_celina.person.title, known_celina.locale) == ("dr", "en")
    assert ewa.availability == [["2027-06-16T07:00:00+00:00", "2027-06-16T13:00:00+00:00"]]
    assert ewa.bio == {"pl": "Uczy"}
    assert "Nowa" not in str([row.data for row in db.session.scalars(select(FactRow))])
    again = take()
    assert (again.added, again.changed) == (0, 0)


@pytest.mark.usefixtures("db_session")
def test_nothing_is_taken_where_one_line_cannot_be() -> None:
    event = make_event()
    lines = read(("", "", "Ewa", "Nowa", "e@example.org"), people=[]).lines

    with pytest.raises(Refused) as refused:
        commands.import_speakers(event.id, NOW, [*lines, *lines])

    assert refused.value.reason is ProgrammeRefusal.SPEAKER_KNOWN
    assert queries.speakers(event.id) == []
