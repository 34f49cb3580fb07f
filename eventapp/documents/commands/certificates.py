"""Certificates: what they take, numbers given one after another, one in place of another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, ClassVar

from sqlalchemy import select

from eventapp.documents import mails, queries
from eventapp.documents.models import (
    Certificate,
    CertificateRun,
    CertificateSetting,
    CertificateState,
    Purpose,
)
from eventapp.documents.queries import Earned, Material
from eventapp.documents.rules import certificates as rules
from eventapp.documents.rules.certificates import STANDING_OF, CertificateRefusal
from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.kernel import clock, facts, i18n, jobs, tokens
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused

BATCH = 25  # certificates numbered in one transaction


@dataclass(frozen=True, kw_only=True)
class CertificateSettingChanged(Fact):
    """What certificates take, or what stands on them, was changed."""

    kind: ClassVar[str] = "certificate-setting-changed"
    min_percent: int
    min_sessions: int | None


@dataclass(frozen=True, kw_only=True)
class CertificatesAsked(Fact):
    """Somebody let certificates be issued or replaced."""

    kind: ClassVar[str] = "certificates-asked"
    run_id: int
    purpose: str
    count: int


@dataclass(frozen=True, kw_only=True)
class CertificateFact(Fact):
    """Base: something happened to a numbered certificate."""

    kind: ClassVar[str] = "certificate"
    certificate_id: int
    serial: int


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(CertificateFact):
    """A certificate got its number, perhaps in place of another one."""

    kind: ClassVar[str] = "certificate-issued"
    replaces_id: int | None


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(CertificateFact):
    """A certificate does not hold any more and nothing took its place; the reason is beside it."""

    kind: ClassVar[str] = "certificate-revoked"


# --- what they take and say -------------------------------------------------------------------


@atomic
def set_certificates(
    event_id: int,
    now: datetime,
    *,
    min_percent: int,
    min_sessions: int | None,
    number_format: str,
    seen: int | None = None,
    **words: Any,
) -> CertificateSetting:
    """Say what a certificate takes, what its number looks like and what stands on it.

    *words* are columns of `CertificateSetting`; *seen* the version that the editor has read.
    """
    if refusal := rules.refuse_format(number_format):
        raise Refused(refusal)
    event = _locked(event_id)
    row = db.session.get(CertificateSetting, event_id)
    if seen is not None and seen != (row.version if row is not None else 0):
        raise Refused(CertificateRefusal.CHANGED)
    if row is None:
        row = queries.setting_of(event)
        db.session.add(row)
    own: dict[str, Any] = {
        "certificate_min_percent": min_percent,
        "certificate_number_format": number_format,
    }
    changed = {name: value for name, value in own.items() if getattr(event, name) != value}
    if changed:
        events.edit_settings(event_id, now, **changed)
    row.min_sessions = min_sessions
    for name, value in words.items():
        setattr(row, name, value)
    row.version += 1
    db.session.flush()
    record(
        CertificateSettingChanged(
            event_id=event_id,
            subject=f"event:{event_id}",
            min_percent=min_percent,
            min_sessions=min_sessions,
        )
    )
    return row


def _locked(event_id: int) -> Event:
    """Take the event for this transaction: its row is the lock of the register's numbers."""
    query = select(Event).where(Event.id == event_id).with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


# --- runs ---------------------------------------------------------------------------------


@atomic
def ask_for_certificates(
    event_id: int,
    now: datetime,
    *,
    purpose: Purpose,
    only: Collection[int] | None = None,
    reason: str = "",
    tells: bool = True,
) -> CertificateRun:
    """Let the worker issue certificates to all who are due one, or to *only* some of them.

    Numbers follow the Polish alphabet. With REISSUE those that are outdated are replaced, and the
    *reason* stays in the register.
    """
    _locked(event_id)
    found = queries.material(event_id, {})
    waiting = [
        one.row.id
        for one in queries.earned_of(found)
        if one.standing is STANDING_OF[purpose] and (only is None or one.row.id in only)
    ]
    counting = [one for one in queries.held(found) if one.compulsory or one.counts_for_certificate]
    refusal = rules.refuse_run(
        waiting, running=queries.open_run(event_id) is not None, sessions=len(counting)
    )
    if refusal:
        raise Refused(refusal)
    if purpose is Purpose.REISSUE and not reason.strip():
        raise Refused(CertificateRefusal.REASON_MISSING)
    run = CertificateRun(
        event_id=event_id,
        purpose=purpose,
        people=waiting,
        done=0,
        issued=0,
        reason=reason.strip(),
        tells=tells,
        asked_at=now,
        asked_by=facts.actor(),
    )
    db.session.add(run)
    db.session.flush()
    record(
        CertificatesAsked(
            event_id=event_id,
            subject=f"event:{event_id}",
            run_id=run.id,
            purpose=purpose.value,
            count=len(waiting),
        )
    )
    jobs.enqueue(issue_certificates, event_id=event_id, run_id=run.id)
    return run


@jobs.job("documents.issue-certificates")
def issue_certificates(run_id: int) -> None:
    """Do a run to its end; a worker that takes over goes on where the last one died."""
    while issue_some(run_id):
        continue


@atomic
def issue_some(run_id: int) -> bool:
    """Issue the next few certificates of a run; tell whether there is more to do.

    Whoever is not due one any more when their turn comes, or has one by now, is passed over.
    """
    run = db.session.get_one(CertificateRun, run_id)
    _locked(run.event_id)
    db.session.refresh(run)
    if run.finished_at is not None:
        return False
    now = clock.now()
    ids = run.people[run.done : run.done + BATCH]
    with facts.acting_as(run.asked_by):
        found = queries.material(run.event_id, {}, only=ids)
        due = [one for one in queries.earned_of(found) if one.standing is STANDING_OF[run.purpose]]
        issued = _issued(found, due, now, reason=run.reason, tells=run.tells)
    run.done += len(ids)
    run.issued += len(issued)
    if run.done >= len(run.people):
        run.finished_at = now
    return run.finished_at is None


def _issued(
    found: Material, due: Sequence[Earned], now: datetime, *, reason: str, tells: bool
) -> list[Certificate]:
    event = found.event
    setting = queries.setting_of(event)
    serial = queries.last_serial(event.id)
    year = i18n.day_of(now, event.timezone).year
    made = []
    for place, one in enumerate(due, start=1):
        replaced = one.certificate
        if replaced is not None:
            _end(replaced, CertificateState.SUPERSEDED, now, reason)
        row = Certificate(
            event_id=event.id,
            registration_id=one.row.id,
            registration=one.row,
            serial=serial + place,
            number=rules.number(event.certificate_number_format, serial + place, year),
            code=tokens.encode32(token_bytes(16)),
            locale=one.row.locale,
            content=queries.content(found, one, setting),
            state=CertificateState.VALID,
            issued_at=now,
            issued_by=facts.actor(),
            replaces_id=replaced.id if replaced is not None else None,
            reason="",
        )
        db.session.add(row)
        made.append(row)
    db.session.flush()
    for row in made:
        record(CertificateIssued(**_about(row), replaces_id=row.replaces_id))
        if tells:
            _tell(row)
    return made


def _tell(row: Certificate) -> None:
    email = row.registration.email
    if email:
        jobs.enqueue(
            mails.certificate_issued, lane=email, event_id=row.event_id, certificate_id=row.id
        )


def _end(row: Certificate, state: CertificateState, now: datetime, reason: str) -> None:
    """Let a certificate hold no more; only one of a person may hold, so this is written first."""
    row.state = state
    row.ended_at = now
    row.ended_by = facts.actor()
    row.reason = reason
    db.session.flush()


def _about(row: Certificate) -> Mapping[str, Any]:
    return {
        "event_id": row.event_id,
        "subject": f"registration:{row.registration_id}",
        "certificate_id": row.id,
        "serial": row.serial,
    }


@atomic
def revoke_certificate(certificate_id: int, now: datetime, *, reason: str) -> Certificate:
    """Let a certificate hold no more, with a reason that stays in the register."""
    row = db.session.get_one(Certificate, certificate_id)
    _locked(row.event_id)
    db.session.refresh(row)
    if row.state is not CertificateState.VALID:
        raise Refused(CertificateRefusal.NOT_VALID)
    if not reason.strip():
        raise Refused(CertificateRefusal.REASON_MISSING)
    _end(row, CertificateState.REVOKED, now, reason.strip())
    record(CertificateRevoked(**_about(row)))
    return row
