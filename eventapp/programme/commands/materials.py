"""Slides and hand-outs of activities, given by those who lead them or by the organiser.

What is taken away lies aside for some weeks, so that a slip can be mended; then it is cleared.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from eventapp.events.models import Event, EventState
from eventapp.events.rules import EventRefusal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.programme import queries, rules
from eventapp.programme.commands.facts import (
    MaterialAdded,
    MaterialChanged,
    MaterialRemoved,
    MaterialReplaced,
    MaterialReturned,
)
from eventapp.programme.models import Activity, Audience, Material, Opening, SessionState

HELD = frozenset({SessionState.DRAFT, SessionState.SCHEDULED})


@atomic
def add_material(
    activity_id: int,
    upload: Upload,
    now: datetime,
    *,
    title: Mapping[str, str],
    audience: Audience,
    opening: Opening,
) -> Material:
    """Add a checked file to an activity; the same bytes twice are kept once."""
    activity = _locked(activity_id)
    held = queries.materials(activity_id)
    same = next((row for row in held if row.sha256 == upload.sha256), None)
    if same is not None:
        return same
    _refuse_another(activity, len(held))
    row = _shelved(activity, upload, now, title=dict(title), audience=audience, opening=opening)
    record(MaterialAdded(**_told(row)))
    return row


@atomic
def change_material(material_id: int, now: datetime, **values: Any) -> Material:
    """Give a material another title, or let others fetch it."""
    row = _standing(material_id)
    columns = [name for name, value in values.items() if getattr(row, name) != value]
    for name in columns:
        setattr(row, name, values[name])
    if columns:
        record(MaterialChanged(**_told(row), columns=sorted(columns)))
    return row


@atomic
def replace_material(material_id: int, upload: Upload, now: datetime) -> Material:
    """Let another file take a material's place; title and audience stay."""
    old = _standing(material_id)
    if old.sha256 == upload.sha256:
        return old
    activity = old.activity
    _refuse_another(activity, 0)
    row = _shelved(
        activity, upload, old.added_at,
        title=old.title, audience=old.audience, opening=old.opening, replaces_id=old.id,
    )  # fmt: skip
    old.removed_at = now
    record(MaterialReplaced(**_told(row), old_id=old.id))
    return row


@atomic
def remove_material(material_id: int, now: datetime) -> None:
    """Take a material away; it can be brought back."""
    row = _standing(material_id)
    row.removed_at = now
    record(MaterialRemoved(**_told(row)))


@atomic
def bring_back_material(material_id: int, now: datetime) -> Material:
    """Give back what was taken away; a file that took its place goes in its turn."""
    activity = _locked(_activity_of(material_id))
    row = queries.any_material(material_id)
    if row is None:
        raise Refused(rules.ProgrammeRefusal.MATERIAL_GONE)
    if row.removed_at is None:
        return row
    held = queries.materials(activity.id)
    instead = [other for other in held if other.replaces_id == row.id]
    _refuse_another(activity, len(held) - len(instead))
    for other in instead:
        other.removed_at = now
    row.removed_at = None
    record(MaterialReturned(**_told(row)))
    return row


@atomic
def clear_materials(before: datetime) -> int:
    """Delete for good what was taken away before a moment; return how many."""
    gone = select(Material.id).where(Material.removed_at < before)
    ids = db.session.scalars(gone).all()
    db.session.execute(
        update(Material).where(Material.replaces_id.in_(ids)).values(replaces_id=None)
    )
    db.session.execute(delete(Material).where(Material.id.in_(ids)))
    return len(ids)


# --- steps ------------------------------------------------------------------------------------


def _locked(activity_id: int) -> Activity:
    """Take an activity for this transaction: two uploads at once must not overfill it."""
    row = db.session.get_one(Activity, activity_id, with_for_update=True)
    event = db.session.get_one(Event, row.event_id)
    if event.state is EventState.ARCHIVED:
        raise Refused(EventRefusal.ARCHIVED)
    return row


def _standing(material_id: int) -> Material:
    """Return a material that may still be changed, its activity taken."""
    _locked(_activity_of(material_id))
    row = queries.material(material_id)
    if row is None:
        raise Refused(rules.ProgrammeRefusal.MATERIAL_GONE)
    return row


def _activity_of(material_id: int) -> int:
    found = db.session.scalar(select(Material.activity_id).where(Material.id == material_id))
    if found is None:
        raise Refused(rules.ProgrammeRefusal.MATERIAL_GONE)
    return found


def _refuse_another(activity: Activity, count: int) -> None:
    is_held = not HELD.isdisjoint(queries.states_of(activity.id))
    if refusal := rules.materials.refuse_another(count, is_held=is_held):
        raise Refused(refusal, most=rules.materials.MOST_FILES)


def _shelved(activity: Activity, upload: Upload, at: datetime, **columns: Any) -> Material:
    row = Material(
        activity_id=activity.id,
        file_name=upload.name,
        media_type=upload.media_type,
        size=len(upload.content),
        sha256=upload.sha256,
        content=upload.content,
        added_at=at,
        **columns,
    )
    row.activity = activity
    db.session.add(row)
    db.session.flush()
    return row


def _told(row: Material) -> dict[str, Any]:
    return {
        "event_id": row.activity.event_id,
        "subject": f"activity:{row.activity_id}",
        "material_id": row.id,
        "sha256": row.sha256,
    }
