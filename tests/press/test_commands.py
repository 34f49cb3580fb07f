"""The press page and its kit: kept, told without names, files taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.kernel import clock, jobs, journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.press import commands, queries
from eventapp.press.models import PressFile
from eventapp.press.rules import PressRefusal
from tests.conftest import Clock
from tests.factories import NOW, fresh, make_event

pytestmark = pytest.mark.usefixtures("db_session")
WORDS = {"title": {"pl": "Plik"}, "caption": {}, "credit": ""}


def pdf(words: str) -> Upload:
    return Upload("pdf", f"%PDF-1.4 {words}".encode(), f"{words}.pdf", "x.pdf")


def add(event: Any, words: str) -> PressFile:
    return commands.add_file(event.id, pdf(words), NOW, **WORDS)


def names(event: Any) -> list[str]:
    return [row.file_name for row in queries.files(event.id)]


def facts(event: Any) -> list[FactRow]:
    query = select(FactRow).where(FactRow.event_id == event.id).order_by(FactRow.id)
    return list(db.session.scalars(query))


def undo_last(event: Any) -> None:
    last = [row.id for row in facts(event) if row.kind in journal.UNDOABLE][-1]
    journal.undo(event.id, last, clock.now())


def test_a_page_is_kept_and_told_without_its_words() -> None:
    event = make_event()
    revision = event.revision
    commands.edit_page(
        event.id, NOW, shown=True, about={"pl": "Trzy zdania."}, contact_name="Anna Żak"
    )

    row = queries.page(event.id)
    assert row is not None
    assert (row.about, row.contact_name, row.version) == ({"pl": "Trzy zdania."}, "Anna Żak", 1)
    seen = fresh(event)
    assert seen.press_shown
    assert seen.revision > revision, "pages kept in memory get the new foot"
    told = [row for row in facts(event) if row.kind == "press-changed"]
    assert [row.data["fields"] for row in told] == [["about", "contact_name", "shown"]]
    assert "Żak" not in str([row.data for row in told])


def test_nothing_changed_is_nothing_told() -> None:
    event = make_event()
    commands.edit_page(event.id, NOW, shown=True, about={"pl": "A"})
    before = len(facts(event))

    commands.edit_page(event.id, NOW, shown=True, about={"pl": "A"})

    assert len(facts(event)) == before


def test_the_later_of_two_editors_is_told() -> None:
    event = make_event()
    commands.edit_page(event.id, NOW, shown=False, seen=0, about={"pl": "A"})

    with pytest.raises(Refused) as refused:
        commands.edit_page(event.id, NOW, shown=False, seen=0, about={"pl": "B"})

    assert refused.value.reason is PressRefusal.PAGE_CHANGED
    again = commands.edit_page(event.id, NOW, shown=False, seen=0, about={"pl": "A"})
    assert again.version == 1, "a double click is no second editor"


def test_files_stand_in_their_order_and_the_same_one_once() -> None:
    event, other = make_event(), make_event()
    rows = [add(event, name) for name in ("a", "b", "c")]
    add(other, "a")
    assert add(event, "a").id == rows[0].id

    commands.move_up(rows[2].id, NOW)
    assert names(event) == ["a.pdf", "c.pdf", "b.pdf"]
    commands.move_down(rows[0].id, NOW)
    assert names(event) == ["c.pdf", "a.pdf", "b.pdf"]
    assert commands.move_up(rows[2].id, NOW) is None, "it is the first already"

    undo_last(event)
    assert names(event) == ["a.pdf", "c.pdf", "b.pdf"]
    assert names(other) == ["a.pdf"]


def test_a_removed_file_comes_back_within_its_month(hands: Clock) -> None:
    event = make_event()
    first, second = add(event, "a"), add(event, "b")

    commands.remove_file(first.id, clock.now())
    assert names(event) == ["b.pdf"]
    assert queries.file(event.id, first.id) is None
    undo_last(event)
    assert names(event) == ["a.pdf", "b.pdf"]

    hands.move_to(NOW + timedelta(days=20))
    commands.remove_file(first.id, clock.now())
    hands.move_to(NOW + timedelta(days=40))
    jobs.run_all()
    assert db.session.get(PressFile, first.id) is not None, "removed twice, the later one counts"
    hands.move_to(NOW + timedelta(days=60))
    jobs.run_all()
    db.session.expire_all()
    assert db.session.get(PressFile, first.id) is None
    with pytest.raises(Refused) as refused:
        undo_last(event)
    assert refused.value.reason is journal.UndoRefusal.TOO_OLD
    assert names(event) == ["b.pdf"]
    assert queries.file(event.id, second.id) is not None


def test_adding_a_file_can_be_undone_and_that_too() -> None:
    event = make_event()
    add(event, "a")

    undo_last(event)
    assert names(event) == []
    undo_last(event)
    assert names(event) == ["a.pdf"]


def test_words_about_a_picture_cannot_be_taken_from_it() -> None:
    event = make_event()
    picture = Upload("png", b"\x89PNG picture", "sala.png", "x.png")
    with pytest.raises(Refused) as refused:
        commands.add_file(event.id, picture, NOW, **WORDS)
    assert refused.value.reason is PressRefusal.NO_CAPTION
    said = {"title": {"pl": "Sala"}, "caption": {"pl": "Pusta"}, "credit": "fot. Jan Wilk"}
    row = commands.add_file(event.id, picture, NOW, **said)

    with pytest.raises(Refused):
        commands.edit_file(row.id, NOW, **said | {"credit": ""})
    commands.edit_file(row.id, NOW, **said | {"credit": "fot. Ewa Lis"})

    assert fresh(row).credit == "fot. Ewa Lis"
    assert [row.data["fields"] for row in facts(event) if row.kind == "press-changed"] == [
        ["credit"]
    ]
    assert "Lis" not in str([row.data for row in facts(event)])
