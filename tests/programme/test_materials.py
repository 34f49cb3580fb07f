"""Materials of an activity: who may fetch them when, adding, replacing, removing, a way back."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.events.rules import EventRefusal
from eventapp.kernel import uploads
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.programme import commands, queries
from eventapp.programme.models import Audience, Material, Opening
from eventapp.programme.rules import ProgrammeRefusal, materials
from eventapp.programme.rules.materials import Reader, may_fetch
from tests import factories
from tests.factories import NOW, at
from tests.harness import files

ENDS_AT = at("10:30")
BEFORE, AFTER = ENDS_AT - timedelta(seconds=1), ENDS_AT
EVERYBODY, PARTICIPANTS = Audience.EVERYBODY, Audience.PARTICIPANTS
AT_ONCE, AFTERWARDS = Opening.AT_ONCE, Opening.AFTERWARDS


@pytest.mark.parametrize(
    ("audience", "opening", "reader", "now", "expected"),
    [
        (EVERYBODY, AT_ONCE, Reader.ANYBODY, BEFORE, True),
        (EVERYBODY, AFTERWARDS, Reader.ANYBODY, BEFORE, False),
        (EVERYBODY, AFTERWARDS, Reader.ANYBODY, AFTER, True),
        (EVERYBODY, AFTERWARDS, Reader.PARTICIPANT, BEFORE, False),
        (PARTICIPANTS, AT_ONCE, Reader.ANYBODY, BEFORE, False),
        (PARTICIPANTS, AT_ONCE, Reader.ANYBODY, AFTER, False),
        (PARTICIPANTS, AT_ONCE, Reader.PARTICIPANT, BEFORE, True),
        (PARTICIPANTS, AFTERWARDS, Reader.PARTICIPANT, BEFORE, False),
        (PARTICIPANTS, AFTERWARDS, Reader.PARTICIPANT, AFTER, True),
        (PARTICIPANTS, AFTERWARDS, Reader.INSIDER, BEFORE, True),
    ],
)
def test_who_may_fetch_what_when(
    audience: Audience, opening: Opening, reader: Reader, now: datetime, expected: bool
) -> None:
    material = Material(audience=audience, opening=opening)

    assert may_fetch(material, ENDS_AT, reader, now) is expected


def checked(content: bytes, name: str = "slajdy.pdf") -> Upload:
    return uploads.check_upload(io.BytesIO(content), name, materials.KINDS)


def add(activity_id: int, content: bytes = files.PDF, **given: Any) -> Material:
    said = {"title": {}, "audience": PARTICIPANTS, "opening": AT_ONCE, **given}
    return commands.add_material(activity_id, checked(content), said.pop("now", NOW), **said)


def told() -> list[str]:
    """List the kinds of what happened to materials, oldest first."""
    query = select(FactRow.kind).where(FactRow.kind.like("material-%")).order_by(FactRow.id)
    return list(db.session.scalars(query))


def names(activity_id: int) -> list[str]:
    return [row.file_name for row in queries.materials(activity_id)]


@pytest.fixture
def event(db_session: Any) -> Event:
    return factories.make_event()


@pytest.fixture
def activity_id(event: Event) -> int:
    return factories.make_session(event).activity_id


def test_the_same_file_twice_is_kept_once(activity_id: int) -> None:
    first, second = add(activity_id), add(activity_id)

    assert first.id == second.id
    assert told() == ["material-added"]


def test_a_replaced_file_keeps_its_words_and_can_come_back(activity_id: int) -> None:
    old = add(activity_id, title={"pl": "Slajdy"}, audience=EVERYBODY, opening=AFTERWARDS)
    add(activity_id, files.office("docx"), now=NOW + timedelta(minutes=1))

    new = commands.replace_material(old.id, checked(files.office("pptx"), "nowe.pptx"), NOW)

    assert (new.title, new.audience, new.opening) == ({"pl": "Slajdy"}, EVERYBODY, AFTERWARDS)
    assert names(activity_id) == ["nowe.pptx", "slajdy.docx"], "it stands where the old one stood"
    assert queries.material_file(new.id) == files.office("pptx")

    commands.bring_back_material(old.id, NOW)
    commands.bring_back_material(old.id, NOW)

    assert names(activity_id) == ["slajdy.pdf", "slajdy.docx"]
    assert told() == ["material-added"] * 2 + ["material-replaced", "material-returned"]


def test_replacing_by_the_same_bytes_changes_nothing(activity_id: int) -> None:
    row = add(activity_id)

    assert commands.replace_material(row.id, checked(files.PDF), NOW).id == row.id
    assert told() == ["material-added"]


def test_what_was_removed_comes_back_for_a_month(activity_id: int) -> None:
    row = add(activity_id)
    commands.remove_material(row.id, NOW)
    assert queries.materials(activity_id) == []
    with pytest.raises(Refused) as twice:
        commands.remove_material(row.id, NOW)
    assert twice.value.reason is ProgrammeRefusal.MATERIAL_GONE

    assert commands.clear_materials(NOW) == 0
    commands.bring_back_material(row.id, NOW)
    assert names(activity_id) == ["slajdy.pdf"]

    new = commands.replace_material(row.id, checked(files.office("odp")), NOW)
    assert commands.clear_materials(NOW + timedelta(seconds=1)) == 1
    assert [one.id for one in queries.materials(activity_id)] == [new.id]
    with pytest.raises(Refused):
        commands.bring_back_material(row.id, NOW)


def test_other_people_may_fetch_it_from_now_on(activity_id: int) -> None:
    row = add(activity_id)

    commands.change_material(row.id, NOW, audience=EVERYBODY, opening=AT_ONCE)
    commands.change_material(row.id, NOW, audience=EVERYBODY)

    assert row.audience is EVERYBODY
    assert told() == ["material-added", "material-changed"]


def test_there_is_a_limit(activity_id: int) -> None:
    rows = [add(activity_id, files.PDF + bytes([number + 65])) for number in range(12)]

    with pytest.raises(Refused) as full:
        add(activity_id, files.PDF + b"one more")
    assert full.value.reason is ProgrammeRefusal.MATERIALS_FULL
    commands.replace_material(rows[0].id, checked(files.PDF + b"instead"), NOW)
    commands.remove_material(rows[1].id, NOW)
    add(activity_id, files.PDF + b"one more")
    with pytest.raises(Refused):
        commands.bring_back_material(rows[1].id, NOW)


def test_a_session_that_is_called_off_gets_nothing_more(event: Event) -> None:
    session = factories.make_session(event)
    row = add(session.activity_id)
    again = commands.add_session(
        session.activity_id, NOW, starts_at=at("14:00"), ends_at=at("15:00")
    )
    commands.cancel_session(session.id, NOW)
    add(session.activity_id, files.office("docx"))

    commands.cancel_session(again.id, NOW)

    with pytest.raises(Refused) as refused:
        add(session.activity_id, files.office("odt"))
    assert refused.value.reason is ProgrammeRefusal.NOT_HELD
    commands.remove_material(row.id, NOW)


def test_an_archived_event_is_only_read(event: Event, activity_id: int) -> None:
    row = add(activity_id)
    gone = add(activity_id, files.office("docx"))
    commands.remove_material(gone.id, NOW)
    events.archive_event(event.id, NOW)

    for act in (
        lambda: add(activity_id, files.office("odt")),
        lambda: commands.change_material(row.id, NOW, audience=EVERYBODY),
        lambda: commands.replace_material(row.id, checked(files.office("odt")), NOW),
        lambda: commands.remove_material(row.id, NOW),
        lambda: commands.bring_back_material(gone.id, NOW),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is EventRefusal.ARCHIVED
    assert names(activity_id) == ["slajdy.pdf"]


def test_facts_hold_no_name_of_a_file(activity_id: int) -> None:
    row = commands.add_material(
        activity_id, checked(files.PDF, "Anna Nowak.pdf"), NOW,
        title={"pl": "Anna Nowak"}, audience=EVERYBODY, opening=AT_ONCE,
    )  # fmt: skip
    commands.change_material(row.id, NOW, title={"pl": "A. Nowak"})

    assert "Nowak" not in str([fact.data for fact in db.session.scalars(select(FactRow))])
