"""Letters that come back: which one it was, whether it is for good, and why.

Reports come as mail to the return path of a letter (RFC 3464), or from a relay as JSON. A letter
is known by the tag of its return path, else by its Message-ID, which nobody can guess.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import select

from eventapp.kernel import envelope, inbound, unreachable
from eventapp.kernel.arrived import Arrived, Report
from eventapp.kernel.db import atomic, db
from eventapp.kernel.envelope import Forged, Purpose
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.inbound import Outcome
from eventapp.kernel.post import Mail, MailState
from eventapp.kernel.refusal import N_, Refusal

# Permanent by their number, and mended by the recipient all the same: a full mailbox, a message
# too large, a policy or content that was not liked (RFC 3463).
MENDED = re.compile(r"5\.(2\.[123]|3\.4|7\.[0-9]+|6\.[0-9]+)")
STATUS = re.compile(r"\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")


class Kind(StrEnum):
    """Whether the next letter would come back as well."""

    HARD = "hard"
    SOFT = "soft"


class BounceRefusal(Refusal):
    """Why a report of a letter that came back changes nothing."""

    FORGED = "forged-bounce", N_("The tag of the return path is not one of ours.")
    UNKNOWN = "unknown-letter", N_("It is about no letter that was sent from here.")
    UNREADABLE = "unreadable-report", N_("It says that a letter came back, but not which or why.")
    DELAYED = "delayed", N_("The letter is late; the relay still tries.")
    KNOWN = "known-bounce", N_("It is known already that this letter came back.")


@dataclass(frozen=True, kw_only=True)
class LetterBounced(Fact):
    """A letter came back; the address is not written here."""

    kind: ClassVar[str] = "letter-bounced"
    mail_id: int
    bounce: str
    status: str


@dataclass(frozen=True)
class Bounce:
    """A letter that came back: for good or not, the status code of RFC 3463, the reason."""

    kind: Kind
    status: str
    reason: str


def judged(report: Report) -> Bounce | None:
    """Return what a report of a failure means; None for one that tells of no failure."""
    if report.action != "failed":
        return None
    found = STATUS.search(report.diagnostic)
    status = report.status or (found.group(1) if found else "")
    # A relay that writes a general code often passes the precise one on in words.
    if status in {"5.0.0", "4.0.0"} and found is not None:
        status = found.group(1)
    return Bounce(kind_of(status), status, report.diagnostic or status or "failed")


def kind_of(status: str) -> Kind:
    """Return whether a failure of this status is for good."""
    return Kind.HARD if status.startswith("5.") and not MENDED.fullmatch(status) else Kind.SOFT


def wants(message: Arrived) -> bool:
    """Tell whether a message is, or pretends to be, a report about a letter of ours."""
    if message.is_report:
        return True
    return message.is_null_sender and (_is_tagged(message) or bool(message.bounced_from))


def _is_tagged(message: Arrived) -> bool:
    try:
        return envelope.number_of(Purpose.BOUNCE, message.recipients) is not None
    except Forged:
        return True


def read(message: Arrived, now: datetime) -> Outcome:
    """Note what a report says of a letter."""
    try:
        letter = _letter(message)
    except Forged:
        return Outcome(reason=BounceRefusal.FORGED)
    if letter is None:
        return Outcome(reason=BounceRefusal.UNKNOWN)
    event_id, about = letter.event_id, letter.about
    if not message.reports:
        return Outcome(event_id=event_id, about=about, reason=BounceRefusal.UNREADABLE)
    found = next(filter(None, map(judged, message.reports)), None)
    if found is None:
        return Outcome(event_id=event_id, about=about, reason=BounceRefusal.DELAYED, ignored=True)
    if not come_back(letter.id, found, now):
        return Outcome(event_id=event_id, about=about, reason=BounceRefusal.KNOWN, ignored=True)
    return Outcome(event_id=event_id, about=about)


def _letter(message: Arrived) -> Mail | None:
    job_id = envelope.number_of(Purpose.BOUNCE, message.recipients)
    if job_id is not None:
        return letter_of_job(job_id)
    return letter_called(message.bounced_from)


def letter_of_job(job_id: int) -> Mail | None:
    """Return the letter that a job sent."""
    return db.session.scalars(select(Mail).where(Mail.job_id == job_id)).first()


def letter_called(message_id: str) -> Mail | None:
    """Return the letter with a Message-ID, with or without its angle brackets."""
    bare = message_id.strip().strip("<>")
    if not bare or len(bare) > 190:
        return None
    number = bare.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    row = letter_of_job(int(number))
    return row if row is not None and row.message_id == f"<{bare}>" else None


@atomic
def come_back(mail_id: int, found: Bounce, now: datetime) -> bool:
    """Note that a letter came back; False where that is known already."""
    row = db.session.get_one(Mail, mail_id, with_for_update=True, populate_existing=True)
    if row.state is MailState.BOUNCED:
        return False
    row.state, row.error = MailState.BOUNCED, f"{found.status} {found.reason}".strip()[:500]
    unreachable.note(
        row.recipient,
        now,
        hard=found.kind is Kind.HARD,
        status=found.status,
        reason=found.reason,
    )
    record(
        LetterBounced(
            event_id=row.event_id,
            subject=row.about,
            mail_id=row.id,
            bounce=found.kind.value,
            status=found.status,
        )
    )
    return True


inbound.reader(inbound.Reader("bounces", wants=wants, read=read, reasons=BounceRefusal, rank=10))
