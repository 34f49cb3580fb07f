"""Certificates: who is due one and why, what it would say, and the register of what was issued."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventapp.documents.models import (
    Certificate,
    CertificateRun,
    CertificateSetting,
    CertificateState,
)
from eventapp.documents.queries.figures import Material, material, outcomes
from eventapp.documents.rules import Outcome
from eventapp.documents.rules import certificates as rules
from eventapp.documents.rules.certificates import Standing
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel.db import db
from eventapp.kernel.tokens import CODE_LENGTH
from eventapp.programme.models import Kind, Session
from eventapp.registrations.models import Registration

_WHOLE = (joinedload(Certificate.registration).joinedload(Registration.organisation),)


@dataclass(frozen=True, kw_only=True)
class Earned:
    """One person, what their presence earns, the certificate that holds, and where they stand."""

    row: Registration
    outcome: Outcome
    certificate: Certificate | None
    standing: Standing
    essence: Mapping[str, Any]


def earned(event_id: int, *, only: Collection[int] | None = None) -> list[Earned]:
    """List everybody who takes part, in Polish alphabetical order, with where they stand."""
    found = material(event_id, {}, only=only)
    return earned_of(found)


def earned_of(found: Material) -> list[Earned]:
    """List the people of *found* with where they stand."""
    held = _valid(found.event.id)
    results = outcomes(found)
    listed = []
    for row in found.qualified:
        says = essence(found, row)
        certificate = held.get(row.id)
        listed.append(
            Earned(
                row=row,
                outcome=results[row.id],
                certificate=certificate,
                standing=rules.standing(results[row.id], certificate, says),
                essence=says,
            )
        )
    return listed


def _valid(event_id: int) -> Mapping[int, Certificate]:
    query = select(Certificate).where(
        Certificate.event_id == event_id, Certificate.state == CertificateState.VALID
    )
    return {row.registration_id: row for row in db.session.scalars(query)}


def essence(found: Material, row: Registration) -> dict[str, Any]:
    """Return what a certificate certifies of somebody: when it differs, it is outdated."""
    minutes = found.minutes.get(row.id, {})
    return {
        "title": row.title,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "form_of_address": row.form_of_address.value,
        "sessions": [
            [session.id, minutes[session.id]]
            for session in found.sessions
            if minutes.get(session.id) and session.activity.kind is not Kind.REGISTRATION
        ],
    }


def content(found: Material, one: Earned, setting: CertificateSetting) -> dict[str, Any]:
    """Return all that somebody's certificate says, in every language, to be kept as it is."""
    event, outcome = found.event, one.outcome
    attended = dict(one.essence["sessions"])
    return {
        "essence": one.essence,
        "event": {
            "title": dict(event.title),
            "starts_on": event.starts_on.isoformat(),
            "ends_on": event.ends_on.isoformat(),
            "timezone": event.timezone,
        },
        "host": host.name if (host := frame.host(event.host_id)) is not None else "",
        "organisers": [dict(each.name) for each in frame.organisers(event.id)],
        "project": {key: event.project.get(key) for key in ("title", "number", "funding_line")},
        "sign_strip": dict(event.sign_strip),
        "sessions": [
            _kept(session, attended[session.id])
            for session in found.sessions
            if session.id in attended
        ],
        "minutes": sum(attended.values()),
        "basis": {
            "percent": outcome.percent,
            "min_percent": found.rule.min_percent,
            "min_sessions": found.rule.min_sessions,
            "sessions": outcome.sessions,
            "counting_sessions": outcome.counting_sessions,
            "required_minutes": outcome.required_minutes,
            "attended_required_minutes": outcome.attended_required_minutes,
        },
        "words": {
            "heading": dict(setting.heading),
            "lead": dict(setting.lead),
            "note": dict(setting.note),
            "place": setting.place,
            "signatories": list(setting.signatories),
            "neutral": setting.neutral,
            "topics": setting.topics,
        },
    }


def _kept(session: Session, minutes: int) -> dict[str, Any]:
    return {
        "id": session.id,
        "title": dict(session.activity.title),
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "minutes": minutes,
        "support_minutes": session.support_minutes,
    }


def setting_of(event: Event) -> CertificateSetting:
    """Return what an event's certificates take and say; the usual where nobody said anything."""
    row = db.session.get(CertificateSetting, event.id)
    return row or CertificateSetting(
        event_id=event.id,
        min_sessions=None,
        heading={},
        lead={},
        note={},
        place="",
        signatories=[],
        neutral=False,
        topics=True,
        version=0,
    )


# --- the register ---------------------------------------------------------------------------


def register(event_id: int) -> Sequence[Certificate]:
    """List every certificate ever numbered, by its number."""
    query = select(Certificate).options(*_WHOLE).where(Certificate.event_id == event_id)
    return db.session.scalars(query.order_by(Certificate.serial)).all()


def valid(event_id: int, only: Collection[int] | None = None) -> Sequence[Certificate]:
    """List the certificates that hold, in Polish alphabetical order of their people."""
    query = (
        select(Certificate)
        .join(Certificate.registration)
        .options(*_WHOLE)
        .where(Certificate.event_id == event_id, Certificate.state == CertificateState.VALID)
        .order_by(Registration.sort_key, Registration.id)
    )
    if only is not None:
        query = query.where(Certificate.id.in_(only))
    return db.session.scalars(query).all()


def certificate(certificate_id: int) -> Certificate | None:
    """Return one certificate with its person."""
    query = select(Certificate).options(*_WHOLE).where(Certificate.id == certificate_id)
    return db.session.scalars(query).first()


def of_registration(registration_id: int) -> Sequence[Certificate]:
    """List all that somebody was ever given, the newest first."""
    query = select(Certificate).where(Certificate.registration_id == registration_id)
    return db.session.scalars(query.order_by(Certificate.serial.desc())).all()


def own_certificate(registration_id: int) -> Certificate | None:
    """Return the certificate of somebody that holds."""
    query = (
        select(Certificate)
        .options(*_WHOLE)
        .where(
            Certificate.registration_id == registration_id,
            Certificate.state == CertificateState.VALID,
        )
    )
    return db.session.scalars(query).first()


def by_code(event_id: int, code: str) -> Certificate | None:
    """Return the certificate that a code confirms; spaces, dashes and small letters do no harm."""
    plain = re.sub(r"[\s-]", "", code).upper()
    if len(plain) != CODE_LENGTH:
        return None
    query = (
        select(Certificate)
        .options(*_WHOLE)
        .where(Certificate.event_id == event_id, Certificate.code == plain)
    )
    return db.session.scalars(query).first()


def replacement_of(certificate_id: int) -> Certificate | None:
    """Return the certificate that took the place of another one."""
    query = select(Certificate).where(Certificate.replaces_id == certificate_id)
    return db.session.scalars(query).first()


def last_serial(event_id: int) -> int:
    """Return the last number of the register; 0 while it is empty."""
    query = select(func.max(Certificate.serial)).where(Certificate.event_id == event_id)
    return db.session.scalar(query) or 0


def open_run(event_id: int) -> CertificateRun | None:
    """Return the run that is under way."""
    query = select(CertificateRun).where(
        CertificateRun.event_id == event_id, CertificateRun.finished_at.is_(None)
    )
    return db.session.scalars(query).first()


def last_run(event_id: int) -> CertificateRun | None:
    """Return the run that was asked for last."""
    query = select(CertificateRun).where(CertificateRun.event_id == event_id)
    return db.session.scalars(query.order_by(CertificateRun.id.desc()).limit(1)).first()
