"""Certificates: who is due one, what a number looks like, what may be done with one."""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from eventapp.documents.rules.earning import Completion, Outcome
from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.documents.models import Certificate

MOST_SIGNATORIES = 3
TEACHING_HOUR = 45  # minutes
FORMAT = "ZAS/{rok}/{lp:04d}"
_PLACES = re.compile(r"\{(?:rok|lp(?::0[1-9]d)?)\}")


class CertificateState(StrEnum):
    """Where a numbered certificate stands: it holds, another one took its place, it was revoked."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Standing(StrEnum):
    """Where a person stands: a certificate is due, holds, says something outdated, is not due."""

    DUE = "due"
    ISSUED = "issued"
    OUTDATED = "outdated"
    NO_LONGER = "no-longer"
    NOT_DUE = "not-due"


class Purpose(StrEnum):
    """What a run does: give numbers to those who are due one, or replace what is outdated."""

    ISSUE = "issue"
    REISSUE = "reissue"


STANDING_OF = {Purpose.ISSUE: Standing.DUE, Purpose.REISSUE: Standing.OUTDATED}


class CertificateRefusal(Refusal):
    """Why a certificate is not issued, replaced or revoked."""

    NOBODY = "certificates-nobody", N_("Nobody is waiting for a certificate at the moment.")
    RUNNING = (
        "certificates-running",
        N_("Certificates are being issued already; wait until that is done."),
    )
    NO_SESSIONS = (
        "certificates-no-sessions",
        N_("No session counts for the certificate yet, so there is nothing to attend."),
    )
    REASON_MISSING = "certificate-reason-missing", N_("Say why; the reason stays in the register.")
    NOT_VALID = "certificate-not-valid", N_("This certificate does not hold any more.")
    BAD_FORMAT = (
        "certificate-bad-format",
        N_("The number needs {lp} once, for the running number; {rok} is the year."),
    )
    CHANGED = (
        "certificate-setting-changed",
        N_("Somebody has changed this since you opened it. Look at it and save again."),
    )


def refuse_format(pattern: str) -> CertificateRefusal | None:
    """Return why numbers cannot look like *pattern*; two numbers must never be the same."""
    plain = _PLACES.sub("", pattern)
    if "{" in plain or "}" in plain or len(re.findall(r"\{lp", pattern)) != 1:
        return CertificateRefusal.BAD_FORMAT
    return None


def number(pattern: str, serial: int, year: int) -> str:
    """Return the number of the certificate with this place in the register."""
    shape = pattern if refuse_format(pattern) is None else FORMAT
    return shape.format(rok=year, lp=serial)


def standing(
    outcome: Outcome, certificate: "Certificate | None", essence: Mapping[str, Any]
) -> Standing:
    """Return where somebody stands; *essence* is what a certificate would say of them now."""
    entitled = outcome.completion is Completion.COMPLETED
    if certificate is None:
        return Standing.DUE if entitled else Standing.NOT_DUE
    if not entitled:
        return Standing.NO_LONGER
    same = certificate.content["essence"] == essence
    return Standing.ISSUED if same else Standing.OUTDATED


def teaching_hours(minutes: int) -> float:
    """Return minutes as teaching hours of 45 minutes, to two places."""
    return round(minutes / TEACHING_HOUR, 2)


def signatories(names: Sequence[str], functions: Sequence[str]) -> list[dict[str, str]]:
    """Return who signs, in order; a line without a name is none."""
    pairs = zip(names, functions, strict=True)
    return [{"name": name, "function": function} for name, function in pairs if name]


def refuse_run(
    waiting: Collection[int], *, running: bool, sessions: int
) -> CertificateRefusal | None:
    """Return why no certificates can be issued now."""
    if running:
        return CertificateRefusal.RUNNING
    if not sessions:
        return CertificateRefusal.NO_SESSIONS
    return None if waiting else CertificateRefusal.NOBODY


def initials(first_name: str, last_name: str) -> str:
    """Return what a stranger is told of a name, who may have only the number: "A. K.-N."."""
    first = ".".join(part[0] for part in first_name.split()[:1])
    last = ".-".join(part[0] for part in last_name.split("-") if part)
    return f"{first}. {last}.".strip()
