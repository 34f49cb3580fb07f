"""The list by which devices give verdicts without a network, and how it is told."""

import os
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import bindparam, insert, update

from eventapp.checkin import queries
from eventapp.checkin.models import Checkpoint, ListedBadge
from eventapp.checkin.queries import Door, Entry
from eventapp.checkin.rules import ScanCode
from eventapp.kernel import signed, tokens
from eventapp.kernel.db import atomic, db, table_of

CARD_KEY = b"eventapp-door-card"
_NONCE = 12  # bytes, as AES-GCM wants them


def bring_up_to_date(door: Door) -> int:
    """Let a checkpoint's list say what the door would say now; return its revision.

    What devices were told is compared with what there is: whichever part of the house has
    changed something, no part need think of the list.
    """
    if _changes(door) == ({}, []):
        return queries.revision(door.id)
    return _revise(door)


@atomic
def _revise(door: Door) -> int:
    # One at a time: two would give one revision to two states of the list.
    db.session.get_one(Checkpoint, door.id, with_for_update=True)
    changed, gone = _changes(door)
    revision = queries.revision(door.id)
    if not changed and not gone:
        return revision
    known = queries.listed(door.id)
    told = [
        {
            "checkpoint_id": door.id,
            "badge_hash": badge,
            "digest": digest,
            "revision": revision + 1,
            "gone": False,
        }
        for badge, digest in changed.items()
    ]
    table = table_of(ListedBadge)
    fresh = [row for row in told if row["badge_hash"] not in known]
    if fresh:
        db.session.execute(insert(table), fresh)
    again = [
        {"of_badge": row["badge_hash"], "new_digest": row["digest"]}
        for row in told
        if row["badge_hash"] in known
    ]
    if again:
        own = (table.c.checkpoint_id == door.id, table.c.badge_hash == bindparam("of_badge"))
        values = {"digest": bindparam("new_digest"), "gone": False, "revision": revision + 1}
        db.session.execute(update(table).where(*own).values(values), again)
    if gone:
        own = (table.c.checkpoint_id == door.id, table.c.badge_hash.in_(gone))
        values = {"gone": True, "digest": "", "revision": revision + 1}
        db.session.execute(update(table).where(*own).values(values))
    return revision + 1


def _changes(door: Door) -> tuple[dict[str, str], list[str]]:
    """Return the digests that devices were told otherwise, and the badges that are gone."""
    known, now = queries.listed(door.id), queries.digests(door)
    changed = {badge: one for badge, one in now.items() if known.get(badge) != (one, False)}
    gone = [badge for badge, (_, over) in known.items() if not over and badge not in now]
    return changed, gone


def told_since(door: Door, since: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what a device that knows revision *since* must be told: badges, and those gone.

    A device that knows nothing (0) is told everything there is, and of nothing that is gone.
    """
    if since == 0:
        return [told(entry) for entry in queries.entries(door)], []
    changed = queries.changed_since(door.id, since)
    gone = sorted(badge for badge, over in changed.items() if over)
    wanted = [badge for badge, over in changed.items() if not over]
    found = queries.entries(door, wanted) if wanted else []
    return [told(entry) for entry in found], [short(badge) for badge in gone]


def told(entry: Entry) -> dict[str, Any]:
    """Return an entry as devices are told of it: nothing of it is readable without the badge."""
    said: dict[str, Any] = {"hash": short(entry.badge_hash)}
    if entry.verdict is not ScanCode.OK:
        said["verdict"] = entry.verdict.value
    if entry.made_of is not None:
        said["card"] = seal_card(tokens.badge_code(*entry.made_of), entry.card)
    if entry.first_at is not None and entry.changed_at is not None:
        said |= {
            "inside": entry.inside,
            "first_at": _millis(entry.first_at),
            "changed_at": _millis(entry.changed_at),
            "station": entry.station,
        }
    return said


def trusted_keys(door: Door) -> list[dict[str, Any]]:
    """Return the keys with which devices check signed badges, by number."""
    return [
        {"key": one, "public": _b64(signed.public_key(door.event_id, one))} for one in door.keys
    ]


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def short(badge_hash: str) -> str:
    """Return a hash in fewer letters than its hexadecimal digits."""
    return _b64(bytes.fromhex(badge_hash))


def seal_card(code: str, card: Any) -> str:
    """Return a card that only the badge with this *code* opens: its key is made of the code."""
    key = HKDF(hashes.SHA256(), 32, salt=None, info=CARD_KEY).derive(code.encode())
    nonce = os.urandom(_NONCE)
    return _b64(nonce + AESGCM(key).encrypt(nonce, msgspec.json.encode(card), None))


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
