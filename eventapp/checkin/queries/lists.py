"""What devices are told, so that they can give a verdict without a network."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from eventapp.checkin import rules
from eventapp.checkin.models import ListedBadge, Presence, Scan
from eventapp.checkin.queries.reading import Door
from eventapp.checkin.rules import Candidate, ScanCode
from eventapp.directory.models import Organisation
from eventapp.kernel import text
from eventapp.kernel.db import db
from eventapp.registrations.models import Registration, RetiredBadge
from eventapp.signups.models import SignUp

_KNOWN: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...] = (
    Registration.id,
    Registration.event_id,
    Registration.state,
    Registration.title,
    Registration.first_name,
    Registration.last_name,
    Registration.needs,
    Registration.badge_hash,
    Registration.badge_generation,
    Organisation.name.label("organisation"),
    SignUp.state.label("sign_up"),
    SignUp.changed_at.label("sign_up_at"),
    SignUp.given_away,
    Presence.inside,
    Presence.changed_at,
    Presence.first_at,
    Presence.first_station,
    literal(None).label("retired_id"),
)


def _people(door: Door, *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    signed = and_(SignUp.registration_id == Registration.id, SignUp.session_id == door.session_id)
    there = and_(Presence.registration_id == Registration.id, Presence.checkpoint_id == door.id)
    query = (
        select(*_KNOWN)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .outerjoin(SignUp, signed)
        .outerjoin(Presence, there)
        .where(*where)
    )
    return db.session.execute(query).all()


@dataclass(frozen=True)
class Known:
    """What the door knows of many badges and people, read in a few statements."""

    by_badge: Mapping[str, Row[Any]]
    by_id: Mapping[int, Row[Any]]
    retired: Collection[str]


def known(door: Door, badges: Collection[str], ids: Collection[int]) -> Known:
    """Read what a batch of scans needs: *badges* are hashes, *ids* registrations of the event."""
    old = select(RetiredBadge.badge_hash, RetiredBadge.registration_id)
    rows = db.session.execute(old.where(RetiredBadge.badge_hash.in_(badges)))
    retired: dict[str, int] = {row[0]: row[1] for row in rows}
    wanted = or_(
        Registration.badge_hash.in_(badges),
        Registration.id.in_(retired.values()),
        and_(Registration.id.in_(ids), Registration.event_id == door.event_id),
    )
    people = {row.id: row for row in _people(door, wanted)}
    by_badge = {row.badge_hash: row for row in people.values() if row.badge_hash in badges}
    replaced = {badge: people[number] for badge, number in retired.items()}
    named = {number: people[number] for number in ids if number in people}
    own = {number: row for number, row in named.items() if row.event_id == door.event_id}
    return Known(replaced | by_badge, own, retired.keys() - by_badge.keys())


def stored_scans(scan_ids: Collection[str]) -> dict[str, Scan]:
    """Return those of the scans that have come before, by their own ids."""
    query = select(Scan).where(Scan.scan_id.in_(scan_ids))
    return {row.scan_id: row for row in db.session.scalars(query)}


# --- the list -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One badge of a list: what it opens, who is in with it, and the card under its code.

    `made_of` are the registration and the generation of which only this installation can make
    the badge's code again.
    """

    badge_hash: str
    verdict: ScanCode
    made_of: tuple[int, int] | None = None
    card: Mapping[str, Any] | None = None
    inside: bool = False
    first_at: datetime | None = None
    changed_at: datetime | None = None
    station: str = ""


_REVOKED = "revoked"


def digests(door: Door) -> dict[str, str]:
    """Return for each badge of the event what changes with anything that the list says of it."""
    # The rows as they are read, past entries and cards: devices ask for news all the time.
    rows = _people(door, *_of_event(door))
    found = {
        row.badge_hash: hashlib.blake2b(
            repr((door.needs_sign_up, door.full, *row)).encode(), digest_size=16
        ).hexdigest()
        for row in rows
    }
    return dict.fromkeys(db.session.scalars(_retired(door)), _REVOKED) | found


def _of_event(door: Door) -> tuple[ColumnElement[bool], ...]:
    return (Registration.event_id == door.event_id, Registration.badge_hash.is_not(None))


def _retired(door: Door) -> Select[str]:
    query = select(RetiredBadge.badge_hash).join(
        Registration, Registration.id == RetiredBadge.registration_id
    )
    return query.where(Registration.event_id == door.event_id)


def entries(door: Door, badges: Collection[str] | None = None) -> list[Entry]:
    """List the badges of the event as the door would judge them now; some of them by *badges*."""
    own, old = list(_of_event(door)), _retired(door)
    if badges is not None:
        own.append(Registration.badge_hash.in_(badges))
        old = old.where(RetiredBadge.badge_hash.in_(badges))
    valid = [_entry(door, row) for row in _people(door, *own)]
    named = {entry.badge_hash for entry in valid}
    retired = [hash_ for hash_ in db.session.scalars(old) if hash_ not in named]
    return [*valid, *(Entry(badge_hash=one, verdict=ScanCode.REVOKED) for one in retired)]


def _entry(door: Door, row: Row[Any]) -> Entry:
    there = bool(row.inside)
    return Entry(
        badge_hash=row.badge_hash,
        verdict=rules.refuse_person(candidate_of(door, row)) or ScanCode.OK,
        made_of=(row.id, row.badge_generation),
        card=card_of(row),
        inside=there,
        first_at=row.first_at,
        changed_at=row.changed_at,
        station=row.first_station or "",
    )


def candidate_of(
    door: Door, row: Row[Any], *, retired: bool = False, expired: bool = False
) -> Candidate:
    """Return somebody as the rules see them apart from hours and from who is inside."""
    sign_up = row.sign_up.value if row.sign_up is not None else None
    return Candidate(
        event_id=row.event_id,
        state=row.state.value,
        retired=retired,
        expired=expired,
        sign_up=sign_up,
        needs_sign_up=door.needs_sign_up,
        full=door.full,
        released=sign_up == "cancelled" and row.given_away,
    )


def card_of(row: Row[Any]) -> dict[str, Any]:
    """Return what the door shows of a person."""
    return {
        "id": row.id,
        "name": text.full_name(row.title, row.first_name, row.last_name),
        "organisation": row.organisation,
        "flags": list(row.needs or []),
    }


def listed(checkpoint_id: int) -> dict[str, tuple[str, bool]]:
    """Return the digests of a list as devices were last told, and which badges are gone."""
    query = select(ListedBadge.badge_hash, ListedBadge.digest, ListedBadge.gone)
    rows = db.session.execute(query.where(ListedBadge.checkpoint_id == checkpoint_id))
    return {row[0]: (row[1], row[2]) for row in rows}


def revision(checkpoint_id: int) -> int:
    """Return the newest revision of a checkpoint's list; 0 before anybody asked for it."""
    query = select(func.max(ListedBadge.revision))
    return db.session.scalar(query.where(ListedBadge.checkpoint_id == checkpoint_id)) or 0


def changed_since(checkpoint_id: int, revision: int) -> dict[str, bool]:
    """Return the badges of a list that changed behind *revision*, each with whether it is gone."""
    query = select(ListedBadge.badge_hash, ListedBadge.gone).where(
        ListedBadge.checkpoint_id == checkpoint_id, ListedBadge.revision > revision
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
