"""Changes of the press page and its kit.

What the page says may name people, so its edits are told and not taken back; which files there
are, and in what order, can be undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.kernel import jobs, journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.journal import Keeper
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.press import queries, rules
from eventapp.press.models import PressFile, PressPage
from eventapp.press.rules import PressRefusal

ORDER = "press-order"
KEPT = timedelta(days=journal.DAYS + 1)


@dataclass(frozen=True, kw_only=True)
class PressChanged(Fact):
    """What the media are told changed: names of the fields, never their words."""

    kind = "press-changed"
    fields: list[str]


# --- the page -----------------------------------------------------------------------------


@atomic
def edit_page(
    event_id: int, now: datetime, *, shown: bool, seen: int | None = None, **columns: Any
) -> PressPage:
    """Replace what the media are told, and whether everybody sees it.

    *seen* is the version that the editor has read: refused when somebody else has changed it,
    unless it already says the same, as after a double click.
    """
    event = _locked(event_id)
    row = queries.page(event_id) or PressPage(event_id=event_id, version=0)
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if shown == event.press_shown and not changed:
        return row
    if seen is not None and seen != row.version:
        raise Refused(PressRefusal.PAGE_CHANGED)
    for name in changed:
        setattr(row, name, columns[name])
    if shown != event.press_shown:
        event.press_shown = shown
        changed.append("shown")
    row.version += 1
    db.session.add(row)
    _tell(event_id, f"event:{event_id}", changed)
    return row


# --- the kit ------------------------------------------------------------------------------


@atomic
def add_file(
    event_id: int,
    upload: Upload,
    now: datetime,
    *,
    title: Mapping[str, str],
    caption: Mapping[str, str],
    credit: str,
) -> PressFile:
    """Add a checked file at the end of the kit; the same bytes twice are kept once."""
    _locked(event_id)
    held = queries.files(event_id)
    same = next((each for each in held if each.sha256 == upload.sha256), None)
    if same is not None:
        return same
    refusal = rules.refuse_words(upload.media_type, caption, credit) or rules.refuse_file(
        len(upload.content), [each.size for each in held]
    )
    if refusal:
        raise Refused(refusal, most=_most(refusal))
    row = PressFile(
        event_id=event_id,
        title=dict(title),
        caption=dict(caption),
        credit=credit,
        file_name=upload.name,
        media_type=upload.media_type,
        size=len(upload.content),
        sha256=upload.sha256,
        content=upload.content,
        position=max((each.position for each in held), default=0) + 1,
        added_at=now,
    )
    db.session.add(row)
    db.session.flush()
    journal.note(event_id, _subject(row), None, _values_of(row))
    events.touch(event_id)
    return row


def _most(refusal: PressRefusal) -> int:
    too_many = refusal is PressRefusal.TOO_MANY_FILES
    return rules.MOST_FILES if too_many else rules.MOST_BYTES // 10**6


@atomic
def edit_file(
    file_id: int,
    now: datetime,
    *,
    title: Mapping[str, str],
    caption: Mapping[str, str],
    credit: str,
) -> PressFile:
    """Replace what is said about a file."""
    row = _taken(file_id)
    if refusal := rules.refuse_words(row.media_type, caption, credit):
        raise Refused(refusal)
    said = {"title": dict(title), "caption": dict(caption), "credit": credit}
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    if changed:
        _tell(row.event_id, _subject(row), changed)
    return row


@atomic
def move_up(file_id: int, now: datetime) -> int | None:
    """Let a file stand before the one above it; return the fact of the move."""
    row = _taken(file_id)
    above = [each for each in queries.files(row.event_id) if each.position < row.position]
    return _swapped(row, above[-1]) if above else None


@atomic
def move_down(file_id: int, now: datetime) -> int | None:
    """Let a file stand after the one below it; return the fact of the move."""
    row = _taken(file_id)
    below = [each for each in queries.files(row.event_id) if each.position > row.position]
    return _swapped(row, below[0]) if below else None


def _swapped(row: PressFile, other: PressFile) -> int | None:
    places = {row: other.position, other: row.position}
    with journal.together(row.event_id, ORDER) as act:
        for each, place in places.items():
            before = _values_of(each)
            each.position = place
            journal.note(row.event_id, _subject(each), before, _values_of(each))
    events.touch(row.event_id)
    return act.fact_id


@atomic
def remove_file(file_id: int, now: datetime) -> None:
    """Take a file from the kit; its bytes go once that cannot be undone any more."""
    row = _taken(file_id)
    journal.note(row.event_id, _subject(row), _values_of(row), None)
    _put_aside(row, now)


@jobs.job("press.erase-file")
@atomic
def erase_file(file_id: int, removed_at: str) -> None:
    """Erase a file that was removed at that moment and not brought back since."""
    row = db.session.get(PressFile, file_id)
    removed = row.removed_at if row is not None else None
    if removed is not None and removed == datetime.fromisoformat(removed_at):
        db.session.delete(row)


# --- steps --------------------------------------------------------------------------------


def _locked(event_id: int) -> Event:
    return db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _taken(file_id: int) -> PressFile:
    """Return a file of the kit, with its event locked against a second hand."""
    row = db.session.get_one(PressFile, file_id)
    _locked(row.event_id)
    return db.session.get_one(PressFile, file_id, populate_existing=True)


def _put_aside(row: PressFile, now: datetime) -> None:
    row.removed_at = now
    jobs.enqueue(
        erase_file, run_at=now + KEPT, event_id=row.event_id,
        file_id=row.id, removed_at=now.isoformat(),
    )  # fmt: skip
    events.touch(row.event_id)


def _values_of(row: PressFile) -> dict[str, Any]:
    return {"position": row.position}


def _subject(row: PressFile) -> str:
    return f"press-file:{row.id}"


def _tell(event_id: int, subject: str, fields: list[str]) -> None:
    record(PressChanged(event_id=event_id, subject=subject, fields=fields))
    events.touch(event_id)


# --- undo ---------------------------------------------------------------------------------


def _values(file_id: int) -> Mapping[str, Any] | None:
    row = db.session.get(PressFile, file_id, with_for_update=True, populate_existing=True)
    return None if row is None or row.removed_at is not None else _values_of(row)


def _restore(file_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    row = db.session.get_one(PressFile, file_id)
    if values is None:
        _put_aside(row, now)
        return
    row.position, row.removed_at = values["position"], None
    events.touch(row.event_id)


KEEPERS = {"press-file": Keeper(values=_values, restore=_restore)}
