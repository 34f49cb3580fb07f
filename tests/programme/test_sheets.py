"""A programme on a spreadsheet: what lines say, all of them or none, and taking it back."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.events import queries as events_of
from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.journal import UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.kernel.tables import Row, Table
from eventapp.programme import commands, queries
from eventapp.programme.models import SessionState
from eventapp.programme.rules import ProgrammeRefusal, sheets
from eventapp.programme.rules.planned import planned
from eventapp.programme.rules.sheets import Column, Frame, Reading
from eventapp.signups import commands as signups
from tests.factories import NOW, at, make_event, make_registration, make_room, make_session

DAYS = [date(2027, 6, 16), date(2027, 6, 17), date(2027, 6, 18)]
HEAD = ("Data", "Od", "Do", "Tytuł", "Rodzaj", "Sala", "Prowadzący", "Miejsca", "Zapisy", "Język")
FRAME = Frame(
    zone="Europe/Warsaw",
    days=DAYS,
    kinds={"warsztat": "workshop", "przerwa": "break"},
    rooms={"aula": 7},
    speakers={"celina zak": 3},
)


def table(*lines: Sequence[str], head: Sequence[str] = HEAD) -> Table:
    rows = tuple(Row(number, tuple(line)) for number, line in enumerate(lines, start=2))
    return Table(tuple(head), rows)


def read(*lines: Sequence[str], head: Sequence[str] = HEAD, frame: Frame = FRAME) -> Reading:
    made = table(*lines, head=head)
    return sheets.read(made, sheets.guess(made.head), frame)


def test_columns_are_known_by_many_names() -> None:
    head = ["Dzień", "godzina od", "KONIEC", "Temat", "coś", "Prowadzący/-a", "Sign-up", "Dzień"]

    assert sheets.guess(head) == {
        Column.DATE: 0, Column.START: 1, Column.END: 2, Column.TITLE_PL: 3, Column.SPEAKERS: 5,
        Column.SIGN_UP: 6,
    }  # fmt: skip


def test_a_line_says_what_its_columns_say_and_no_more() -> None:
    reading = read(
        ("16.06.2027", "9.00", "10:30", " Próg  rentowności ", "Warsztat", "AULA",
         "dr Celina Żak; mgr inż. Jan Nowak-Kowalski", "1 2", "tak", "polski"),
        ("2027-06-17", "9:00", "09:45:00", "Wykład"),
    )  # fmt: skip

    assert reading.faults == []
    first, second = reading.lines
    assert first.values == {
        "starts_at": at("9:00"), "ends_at": at("10:30"), "title": {"pl": "Próg rentowności"},
        "kind": "workshop", "room_id": 7, "speaker_ids": (3,), "capacity": 12,
        "sign_up": "required", "language": "pl",
    }  # fmt: skip
    assert [(one.title, one.first_name, one.last_name) for one in first.people or ()] == [
        ("dr", "Celina", "Żak"),
        ("mgr inż.", "Jan", "Nowak-Kowalski"),
    ]
    assert [one.last_name for one in reading.new_people] == ["Nowak-Kowalski"]
    assert second.values["ends_at"] == at("9:45", day=2)
    assert (second.values["kind"], second.values["capacity"]) == ("other", None)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (0, "", "This is missing."),
        (0, "31.06.2027", "This is not a date"),
        (0, "jutro", "This is not a date"),
        (0, "19.06.2027", "The event has no such day"),
        (1, "", "This is missing."),
        (1, "24:00", "This is not a time"),
        (1, "rano", "This is not a time"),
        (2, "", "This is missing."),
        (2, "9:00", "A session must end after it starts."),
        (3, "", "A title is missing."),
        (3, "x" * 251, "This is longer than"),
        (4, "tańce", "There is no such kind"),
        (5, "Sala XYZ", "The event has no such room"),
        (6, "Celina", "Write first name and surname"),
        (7, "dużo", "This is not a whole number"),
        (7, "-1", "This is not a whole number"),
        (7, "100001", "This is not a whole number"),
        (8, "może", "Write none, optional or required"),
        (9, "klingoński", "Write pl, en or uk"),
    ],
)
def test_each_fault_is_named_with_its_line(column: int, value: str, sentence: str) -> None:
    cells = ["16.06.2027", "9:00", "10:00", "Wykład", "", "", "", "", "", ""]
    cells[column] = value

    reading = read(("16.06.2027", "8:00", "8:30", "Dobry"), cells)

    [fault] = reading.faults
    assert fault.number == 3
    assert fault.sentence.startswith(sentence)
    assert [line.number for line in reading.lines] == [2]


@pytest.mark.parametrize(
    ("day", "clock", "sentence"),
    [
        (date(2027, 3, 28), "2:30", "On that night clocks skip this time."),
        (date(2026, 10, 25), "2:30", "On that night this time comes twice; say which one."),
    ],
)
def test_times_that_are_no_moment_are_faults(day: date, clock: str, sentence: str) -> None:
    frame = Frame(zone="Europe/Warsaw", days=[day], kinds={})

    reading = read((day.isoformat(), clock, "5:00", "Noc"), frame=frame)

    assert [fault.sentence for fault in reading.faults] == [sentence]


def test_a_session_across_midnight_needs_the_day_of_its_end() -> None:
    reading = read(
        ("16.06.2027", "22:00", "1:00", "Gala"), ("16.06.2027", "22:00", "17.06.2027 1:00", "Gala")
    )

    assert [fault.number for fault in reading.faults] == [2]
    assert reading.lines[0].values["ends_at"] == at("1:00", day=2)


def test_minutes_do_for_an_end() -> None:
    reading = read(("2027-06-16 9:00", "45", "Wykład"), head=("Początek", "Minuty", "Tytuł"))

    assert reading.faults == []
    assert reading.lines[0].values["ends_at"] == at("9:45")


# --- into the draft ---------------------------------------------------------------------------

database = pytest.mark.usefixtures("db_session")


def frame_of(event: Any, **more: Any) -> Frame:
    """Return the frame against which the pages read."""
    bench = queries.workbench(event.id)
    return Frame(
        zone=event.timezone,
        days=DAYS,
        kinds=FRAME.kinds,
        rooms={room.name["pl"].lower(): room.id for room in bench.rooms},
        speakers=queries.speaker_ids_by_name(event.id),
        known={row.id: planned(row) for row in bench.sessions},
        pauses={
            (row.starts_at, sheets.title_key(row.title)) for row in queries.planned_breaks(event.id)
        },
        **more,
    )


def put(event: Any, *lines: Sequence[str], head: Sequence[str] = HEAD, **more: Any) -> Any:
    reading = read(*lines, head=head, frame=frame_of(event, new_rooms=bool(more)))
    assert reading.faults == []
    return commands.import_sheet(event.id, NOW, reading.lines, **more)


def titles(event: Any) -> list[str]:
    return [one.session.title["pl"] for one in queries.draft(event.id) if one.session.is_held]


def kinds_of_facts(event: Any) -> list[str]:
    query = select(FactRow.kind).where(FactRow.event_id == event.id).order_by(FactRow.id)
    return [kind for kind in db.session.scalars(query) if kind.startswith("edited")]


PROGRAMME = [
    ("16.06.2027", "9:00", "10:00", "Otwarcie", "", "", "dr Celina Żak"),
    ("16.06.2027", "10:00", "10:30", "Kawa", "przerwa"),
    ("16.06.2027", "10:30", "12:00", "Próg", "warsztat", "", "Jan Nowak; Celina Żak", "12", "tak"),
    ("17.06.2027", "10:30", "12:00", "PRÓG", "warsztat", "", "Jan Nowak", "12", "tak"),
]


@database
def test_a_table_becomes_a_draft_in_one_act() -> None:
    event = make_event()

    done = put(event, *PROGRAMME)

    assert (done.added, done.changed, done.pauses) == (3, 0, 1)
    assert titles(event) == ["Otwarcie", "Próg", "Próg"]
    held = [one.session for one in queries.draft(event.id)]
    assert held[1].activity_id == held[2].activity_id, "a workshop held twice"
    assert [one.speakers for one in queries.draft(event.id)] == [
        ["dr Celina Żak"], ["Jan Nowak", "dr Celina Żak"], ["Jan Nowak"],
    ]  # fmt: skip
    assert [row.title["pl"] for row in queries.planned_breaks(event.id)] == ["Kawa"]
    assert {row.state for row in queries.plan(event.id)} == {SessionState.DRAFT}
    assert kinds_of_facts(event) == ["edited-part"] * 4 + ["edited-together"]


@database
def test_the_same_table_twice_changes_nothing() -> None:
    event = make_event()
    put(event, *PROGRAMME)

    again = put(event, *PROGRAMME)

    assert (again.added, again.changed, again.pauses, again.fact_id) == (0, 0, 0, None)
    assert len(titles(event)) == 3


@database
def test_an_import_is_taken_back_as_one_and_made_again() -> None:
    event = make_event()
    make_session(event, title="Stare")
    room = make_room(event)
    done = put(
        event,
        *PROGRAMME,
        ("18.06.2027", "9:00", "10:00", "W nowej sali", "", "Dziupla"),
        venue_id=room.venue_id,
    )
    assert done.fact_id is not None

    undone = journal.undo(event.id, done.fact_id, NOW)

    assert titles(event) == ["Stare"]
    assert list(queries.planned_breaks(event.id)) == []
    assert [row.id for row in events_of.rooms(event.id)] == [room.id]
    journal.undo(event.id, undone, NOW)
    assert sorted(titles(event)) == ["Otwarcie", "Próg", "Próg", "Stare", "W nowej sali"]
    assert [row.name["pl"] for row in events_of.rooms(event.id)][1:] == ["Dziupla"]
    assert [row.title["pl"] for row in queries.planned_breaks(event.id)] == ["Kawa"]


@database
def test_what_was_edited_since_holds_the_whole_import() -> None:
    event = make_event()
    one, two = make_session(event, title="Jeden"), make_session(event, title="Dwa")
    lines = [(str(one.id), "Pierwszy"), (str(two.id), "Drugi")]
    done = put(event, *lines, head=("ID", "Tytuł"))
    commands.edit_draft(one.id, NOW, title={"pl": "Jeszcze inny"})

    with pytest.raises(Refused) as refused:
        journal.undo(event.id, done.fact_id, NOW)

    assert refused.value.reason is UndoRefusal.CHANGED_SINCE
    assert titles(event) == ["Jeszcze inny", "Drugi"]


@database
def test_a_line_with_a_number_edits_that_session_alone() -> None:
    event = make_event()
    kept, edited = make_session(event, title="Zostaje"), make_session(event, title="Stary tytuł")

    done = put(event, (str(edited.id), "Nowy tytuł", "30"), head=("ID", "Tytuł", "Miejsca"))

    assert (done.added, done.changed) == (0, 1)
    draft = {one.session.id: one.session for one in queries.draft(event.id)}
    assert draft[edited.id].title == {"pl": "Nowy tytuł", "en": "Stary tytuł"}
    assert draft[edited.id].capacity == 30
    assert draft[edited.id].starts_at == edited.starts_at
    assert draft[kept.id].title["pl"] == "Zostaje"


@database
@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1", "The capacity cannot be lower than the seats already taken: %(confirmed)s."),
        ("999999999", "This is not a whole number: “%(value)s”."),
    ],
)
def test_fewer_places_than_are_taken_are_a_fault_beforehand(value: str, sentence: str) -> None:
    event = make_event()
    session = make_session(event, capacity=5)
    for _ in range(2):
        signups.sign_up(session.id, make_registration(event).id, NOW)
    db.session.expire_all()

    reading = read((str(session.id), value), head=("ID", "Miejsca"), frame=frame_of(event))

    assert [fault.sentence for fault in reading.faults] == [sentence]


@database
def test_numbers_of_elsewhere_or_twice_are_faults() -> None:
    event, other = make_event(), make_event()
    own, foreign = make_session(event), make_session(other)
    rows = [(str(own.id), "A"), (str(own.id), "B"), (str(foreign.id), "C"), ("x1", "D")]

    reading = read(*rows, head=("ID", "Tytuł"), frame=frame_of(event))

    assert [(fault.number, fault.column) for fault in reading.faults] == [
        (3, Column.ID), (4, Column.ID), (5, Column.ID),
    ]  # fmt: skip


@database
def test_all_of_a_table_or_nothing() -> None:
    event = make_event()
    session = make_session(event, title="Odwołane", capacity=5)
    lines = read(
        ("", "16.06.2027", "9:00", "10:00", "Pierwsze"),
        (str(session.id), "16.06.2027", "12:00", "13:00", "Drugie"),
        head=("ID", "Data", "Od", "Do", "Tytuł"),
        frame=frame_of(event),
    ).lines
    commands.cancel_session(session.id, NOW)  # after the preview

    with pytest.raises(Refused) as refused:
        commands.import_sheet(event.id, NOW, lines)

    assert refused.value.reason is ProgrammeRefusal.CANCELLED
    assert titles(event) == []
    assert kinds_of_facts(event) == []


def test_five_faults_among_five_thousand_lines_are_found() -> None:
    rows = [
        ("16.06.2027", f"{8 + n % 10}:{n // 10 % 60:02d}", "21:00", f"Zajęcia {n}")
        for n in range(5000)
    ]
    for n in (7, 1200, 1201, 3333, 4999):
        rows[n] = ("16.06.2027", "9:00", "8:00", "Wstecz")

    reading = read(*rows)

    assert [fault.number for fault in reading.faults] == [9, 1202, 1203, 3335, 5001]
    assert len(reading.lines) == 4995


# --- several at once --------------------------------------------------------------------------


@database
def test_several_sessions_change_in_one_act() -> None:
    event = make_event()
    one, two, three = (make_session(event, starts_at=at(f"{hour}:00")) for hour in (9, 11, 13))
    later = timedelta(minutes=15)

    fact_id = commands.edit_many(event.id, [one.id, three.id], NOW, later=later, capacity=9)

    draft = {row.session.id: row.session for row in queries.draft(event.id)}
    assert [draft[row.id].starts_at for row in (one, two, three)] == [
        at("9:15"), at("11:00"), at("13:15"),
    ]  # fmt: skip
    assert [draft[row.id].capacity for row in (one, two, three)] == [9, None, 9]
    assert fact_id is not None
    journal.undo(event.id, fact_id, NOW)
    assert queries.differences(event.id) == []


@database
def test_one_that_cannot_change_holds_all() -> None:
    event = make_event()
    early = make_session(event, starts_at=at("9:00"))
    last = make_session(event, starts_at=at("20:00", day=3))

    with pytest.raises(Refused) as refused:
        commands.edit_many(event.id, [early.id, last.id], NOW, later=timedelta(hours=8))

    assert refused.value.reason is ProgrammeRefusal.OUTSIDE_EVENT
    assert queries.differences(event.id) == []
    other = make_session(make_event())
    with pytest.raises(LookupError):
        commands.edit_many(event.id, [early.id, other.id], NOW, capacity=3)


@database
def test_several_are_taken_out_and_come_back() -> None:
    event = make_event()
    known = make_session(event, title="Znane")
    draft = commands.draft_session(
        event.id, NOW, title={"pl": "Szkic"}, starts_at=at("15:00"), ends_at=at("16:00")
    )

    fact_id = commands.drop_many(event.id, [known.id, draft.id], NOW)

    assert titles(event) == []
    assert fact_id is not None
    journal.undo(event.id, fact_id, NOW)
    assert titles(event) == ["Znane", "Szkic"]


def test_moments_are_kept_in_utc() -> None:
    [line] = read(("16.06.2027", "9:00", "10:00", "Wykład")).lines

    assert line.values["starts_at"] == datetime(2027, 6, 16, 7, 0, tzinfo=UTC)


@database
def test_what_was_never_wanted_does_not_wait_for_a_time() -> None:
    event = make_event()
    done = put(event, *PROGRAMME)
    journal.undo(event.id, done.fact_id, NOW)
    kept = commands.draft_session(
        event.id, NOW, title={"pl": "Wyjęte"}, starts_at=at("15:00"), ends_at=at("16:00")
    )

    commands.drop_session(kept.id, NOW)

    assert [one.title["pl"] for one in queries.unplanned(event.id)] == ["Wyjęte"]


def test_topics_are_read_as_they_are_spelt_already() -> None:
    frame = Frame(
        zone="Europe/Warsaw", days=DAYS, kinds={}, topics={"prawo": {"pl": "Prawo", "en": "Law"}}
    )
    head = ("Data", "Od", "Do", "Tytuł", "Tematy")

    reading = read(("16.06.2027", "9:00", "10:00", "A", "PRAWO; Żywność"), head=head, frame=frame)
    wrong = read(("16.06.2027", "9:00", "10:00", "B", "x" * 61), head=head, frame=frame)

    assert [line.values["topics"] for line in reading.lines] == [
        ({"pl": "Prawo", "en": "Law"}, {"pl": "Żywność"})
    ]
    assert [(one.column, one.details) for one in wrong.faults] == [
        (Column.TOPICS, {"most": 12, "max": 60})
    ]
