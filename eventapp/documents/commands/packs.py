"""Evidence packs: asked for, put together by the worker, and never changed afterwards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import func, select, update

from eventapp.documents import queries
from eventapp.documents.commands.figures import material
from eventapp.documents.models import EvidencePack, PackFile, Scope
from eventapp.documents.papers import packs as papers
from eventapp.documents.rules.packs import SUMS, PackRefusal, Part
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import clock, facts, i18n, jobs
from eventapp.kernel.db import append_all, atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme


@dataclass(frozen=True, kw_only=True)
class PackFact(Fact):
    """Base: something happened to an evidence pack."""

    kind: ClassVar[str] = "pack"
    pack_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PackAsked(PackFact):
    """Somebody asked for a pack."""

    kind: ClassVar[str] = "pack-asked"
    scope: str


@dataclass(frozen=True, kw_only=True)
class PackMade(PackFact):
    """A pack was put together; `sha256` is the sum of its list of sums."""

    kind: ClassVar[str] = "pack-made"
    sha256: str
    files: int


@dataclass(frozen=True, kw_only=True)
class PackTaken(PackFact):
    """Somebody downloaded a pack."""

    kind: ClassVar[str] = "pack-taken"


@atomic
def ask_for_pack(
    event_id: int,
    now: datetime,
    *,
    day_id: int | None = None,
    session_id: int | None = None,
    release: int | None = None,
) -> EvidencePack:
    """Let the worker put a pack together: of the event, of a day or of a session.

    *release* is the state of the programme that was approved; None is how it was first published.
    """
    query = select(Event).where(Event.id == event_id).with_for_update(key_share=True)
    event = db.session.scalars(query).one()
    if queries.open_pack(event_id) is not None:
        raise Refused(PackRefusal.RUNNING)
    if not programme.programme(event_id):
        raise Refused(PackRefusal.NOTHING)
    last = select(func.max(EvidencePack.number)).where(EvidencePack.event_id == event_id)
    pack = EvidencePack(
        event_id=event_id,
        number=(db.session.scalar(last) or 0) + 1,
        scope=Scope.SESSION if session_id else Scope.DAY if day_id else Scope.EVENT,
        day_id=day_id if session_id is None else None,
        session_id=session_id,
        release=release,
        title=_title(event, day_id, session_id),
        locale=i18n.current(),
        done=0,
        steps=papers.STEPS,
        asked_at=now,
        asked_by=facts.actor(),
    )
    db.session.add(pack)
    db.session.flush()
    record(PackAsked(**_about(pack), scope=pack.scope.value))
    jobs.enqueue(make_pack, event_id=event_id, pack_id=pack.id)
    return pack


def _title(event: Event, day_id: int | None, session_id: int | None) -> dict[str, str]:
    """Return what a pack is about, in every language, as it is called now."""
    if session_id is not None:
        session = programme.session(session_id)
        return dict(session.activity.title) if session is not None else {}
    day = next((one for one in frame.days(event.id) if one.id == day_id), None)
    return dict(day.label) if day is not None else dict(event.title)


def _about(pack: EvidencePack) -> dict[str, Any]:
    return {
        "event_id": pack.event_id,
        "subject": f"event:{pack.event_id}",
        "pack_id": pack.id,
        "number": pack.number,
    }


@jobs.job("documents.make-pack")
def make_pack(pack_id: int) -> None:
    """Put a pack together, all of it or nothing: a worker that takes over begins anew."""
    pack = db.session.get_one(EvidencePack, pack_id)
    if pack.made_at is not None or pack.failed_at is not None:
        return
    with facts.acting_as(pack.asked_by), i18n.use_locale(pack.locale):
        whole = material(pack.event_id)
        given = papers.contents(db.session.get_one(EvidencePack, pack_id), whole)
        # Read once and held: noting how far it has come must not read the evidence anew.
        db.session.expunge_all()
        made = []
        try:
            for one in papers.parts(given):
                made.append(one)
                step(pack_id, len(made))
        except Refused as refused:
            fail_pack(pack_id, clock.now())
            raise jobs.Permanent(refused.reason.value) from refused
        finish_pack(pack_id, made, clock.now())


@atomic
def step(pack_id: int, done: int) -> None:
    """Note how far a pack has come."""
    db.session.execute(update(EvidencePack).where(EvidencePack.id == pack_id).values(done=done))


@atomic
def fail_pack(pack_id: int, now: datetime) -> None:
    """Give a pack up that cannot be made here; its number stays in the list."""
    pack = db.session.get_one(EvidencePack, pack_id, populate_existing=True)
    pack.failed_at = now


@atomic
def finish_pack(pack_id: int, made: list[Part], now: datetime) -> None:
    """Keep the files of a pack, unless another worker has done so."""
    pack = db.session.get_one(EvidencePack, pack_id, with_for_update=True, populate_existing=True)
    if pack.made_at is not None:
        return
    append_all(
        PackFile,
        [
            {
                "pack_id": pack_id,
                "position": position,
                "path": one.path,
                "size": one.size,
                "sha256": one.sha256,
                "content": None if one.scan_id is not None else one.content,
                "scan_id": one.scan_id,
            }
            for position, one in enumerate(made, start=1)
        ],
    )
    pack.made_at = now
    pack.steps = pack.done = len(made)
    pack.sha256 = next(one.sha256 for one in made if one.path == SUMS)
    record(PackMade(**_about(pack), sha256=pack.sha256, files=len(made)))


@atomic
def note_taken(pack_id: int) -> None:
    """Note that somebody downloaded a pack: it names people."""
    pack = db.session.get_one(EvidencePack, pack_id)
    record(PackTaken(**_about(pack)))
