"""The frame: a call, its awards, its jury."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from eventapp.accounts import commands as accounts
from eventapp.awards import mails, queries, rules
from eventapp.awards.commands.acts import (
    CallChanged,
    CallOpened,
    DeclarationSigned,
    JurorAppointed,
    JurorDismissed,
    JurorsReminded,
    tell,
)
from eventapp.awards.models import (
    Absence,
    Award,
    Call,
    DismissedConflict,
    Juror,
    Nomination,
    Recusal,
)
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import JurorRole
from eventapp.directory import commands as directory
from eventapp.directory.models import CommitmentKind, Person
from eventapp.events import commands as events
from eventapp.events import queries as events_of
from eventapp.events.models import Event, Role
from eventapp.kernel import i18n, jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused

MEETING = timedelta(hours=3)  # how long a jury's meeting keeps its members busy
# What a juror's calendar calls them.
MEETS = {"pl": "Posiedzenie kapituły", "en": "Meeting of the jury"}
SCORES = {"pl": "Koniec oceniania", "en": "Scoring closes"}
TEAM_ROLES: Mapping[JurorRole, tuple[Role, ...]] = {
    JurorRole.CHAIR: (Role.JUROR, Role.CHAIR),
    JurorRole.DEPUTY: (Role.JUROR,),
    JurorRole.MEMBER: (Role.JUROR,),
    JurorRole.SUBSTITUTE: (Role.JUROR,),
    JurorRole.SECRETARY: (Role.SECRETARY,),
}
RULES = frozenset({"rulebook", "rules", "regulations"})  # what freezing freezes


@dataclass(frozen=True, kw_only=True)
class NewJuror:
    """Who joins the jury: name and the address of the account."""

    first_name: str
    last_name: str
    email: str
    title: str = ""


@atomic
def open_call(
    event_id: int, *, name: Mapping[str, str], rulebook: Mapping[str, Any], **columns: Any
) -> Call:
    """Set up an event's call for nominations.

    *columns* are those of `Call`: the schedule, the number's prefix, the rules in words.
    """
    row = Call(
        event_id=event_id, name=dict(name), rulebook=rules.counting.exact(rulebook), **columns
    )
    db.session.add(row)
    db.session.flush()
    tell(CallOpened(event_id=event_id, subject=f"call:{row.id}"))
    return row


@atomic
def change_call(call_id: int, **columns: Any) -> Call:
    """Replace a call's schedule or words; its rules only until scoring opens."""
    row = db.session.get_one(Call, call_id, with_for_update=True)
    if row.rulebook_sha256 is not None and not RULES.isdisjoint(columns):
        raise Refused(AwardRefusal.RULEBOOK_FROZEN)
    before = row.meets_at, row.scoring_closes_at, row.name
    for column, value in columns.items():
        setattr(row, column, value)
    if before != (row.meets_at, row.scoring_closes_at, row.name):
        for juror in queries.jurors(call_id):
            _free_of_call(juror)
            _keep_free_for_meeting(row, juror)
            _remind_of_scoring(row, juror)
    tell(CallChanged(event_id=row.event_id, subject=f"call:{call_id}"))
    return row


@atomic
def add_award(
    call_id: int,
    *,
    name: Mapping[str, str],
    criteria: Sequence[Mapping[str, Any]],
    eligible_types: Sequence[str] = (),
    ref: str | None = None,
) -> Award:
    """Add a prize to a call; its rules must be such that ballots can be counted by them."""
    call = db.session.get_one(Call, call_id)
    normal = rules.counting.normal_criteria(criteria)
    fault = rules.counting.rulebook_fault(rules.counting.frozen_rulebook(call.rulebook, normal))
    if fault is not None:
        raise Refused(AwardRefusal.BAD_RULEBOOK, fault=fault)
    position = db.session.scalar(select(func.count()).where(Award.call_id == call_id)) or 0
    row = Award(
        call_id=call_id,
        event_id=call.event_id,
        name=dict(name),
        criteria=normal,
        eligible_types=list(eligible_types),
        ref=ref,
        position=position,
    )
    db.session.add(row)
    db.session.flush()
    return row


@atomic
def appoint_juror(
    call_id: int,
    person_id: int,
    role: JurorRole,
    *,
    institution: str = "",
    account_id: int | None = None,
    voting: bool | None = None,
    ref: str | None = None,
) -> Juror:
    """Let a person join the jury; a secretary has no vote unless *voting* says so."""
    call = db.session.get_one(Call, call_id)
    if any(each.person_id == person_id for each in queries.jurors(call_id)):
        raise Refused(AwardRefusal.ALREADY_JUROR)
    row = Juror(
        call_id=call_id,
        event_id=call.event_id,
        person_id=person_id,
        account_id=account_id,
        ref=ref,
        role=JurorRole(role),
        voting=role != JurorRole.SECRETARY if voting is None else voting,
        institution=institution,
    )
    db.session.add(row)
    db.session.flush()
    _keep_free_for_meeting(call, row)
    _remind_of_scoring(call, row)
    tell(JurorAppointed(event_id=call.event_id, subject=f"juror:{row.id}", role=row.role))
    return row


def _keep_free_for_meeting(call: Call, juror: Juror) -> None:
    if call.meets_at is None:
        return
    directory.commit(
        juror.person_id,
        call.event_id,
        CommitmentKind.JURY,
        _meeting(call.id),
        {locale: f"{word}: {name}" for locale, word, name in _named(call, MEETS)},
        call.meets_at,
        call.meets_at + MEETING,
    )


def _remind_of_scoring(call: Call, juror: Juror) -> None:
    """Let a juror's calendar show until when cards are to be filled in, if the juror has a vote."""
    if call.scoring_closes_at is None or not juror.voting:
        directory.forget(juror.person_id, CommitmentKind.JURY, _scoring(call.id))
        return
    label = {locale: f"{word}: {name}" for locale, word, name in _named(call, SCORES)}
    directory.remind(
        juror.person_id,
        call.event_id,
        CommitmentKind.JURY,
        _scoring(call.id),
        label,
        call.scoring_closes_at,
    )


def _free_of_call(juror: Juror) -> None:
    directory.free(juror.person_id, CommitmentKind.JURY, _meeting(juror.call_id))


def _named(call: Call, words: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(locale, word, i18n.local(call.name, locale)) for locale, word in words.items()]


def _meeting(call_id: int) -> str:
    return f"call:{call_id}"


def _scoring(call_id: int) -> str:
    return f"scoring:{call_id}"


@atomic
def remove_award(award_id: int) -> None:
    """Take back a prize for which nobody has been nominated."""
    award = db.session.get_one(Award, award_id, with_for_update=True)
    used = select(func.count()).where(Nomination.award_id == award_id)
    if db.session.scalar(used):
        raise Refused(AwardRefusal.AWARD_IN_USE)
    call = db.session.get_one(Call, award.call_id)
    db.session.delete(award)
    tell(CallChanged(event_id=call.event_id, subject=f"call:{call.id}"))


@atomic
def invite_juror(
    call_id: int, member: NewJuror, role: JurorRole, now: datetime, *, institution: str = ""
) -> Juror:
    """Appoint somebody by name and e-mail: with an account, and the roles the work needs."""
    call = db.session.get_one(Call, call_id)
    if role is JurorRole.CHAIR and queries.chair_of(call_id) is not None:
        raise Refused(AwardRefusal.CHAIR_TAKEN)
    host_id = db.session.get_one(Event, call.event_id).host_id
    person = directory.keep_person(
        host_id,
        title=member.title,
        first_name=member.first_name,
        last_name=member.last_name,
        email=member.email,
    )
    name = f"{member.first_name} {member.last_name}"
    account = accounts.keep_account(member.email, name, now)
    juror = appoint_juror(call_id, person.id, role, institution=institution, account_id=account.id)
    held = {each.role for each in events_of.roles_of(account.id, call.event_id)}
    for team_role in TEAM_ROLES[role]:
        if team_role not in held:
            events.join_team(call.event_id, account.id, team_role, now)
    return juror


@atomic
def dismiss_juror(juror_id: int) -> None:
    """Take somebody off the jury who has cast no card yet; the account keeps its roles."""
    juror = db.session.get_one(Juror, juror_id, with_for_update=True)
    if queries.ballots_of(juror_id):
        raise Refused(AwardRefusal.JUROR_IN_USE)
    for table in (Recusal, DismissedConflict, Absence):
        db.session.execute(delete(table).where(table.juror_id == juror_id))
    _free_of_call(juror)
    directory.forget(juror.person_id, CommitmentKind.JURY, _scoring(juror.call_id))
    event_id = juror.event_id
    db.session.delete(juror)
    tell(JurorDismissed(event_id=event_id, subject=f"juror:{juror_id}"))


@atomic
def link_account(juror_id: int, account_id: int) -> None:
    """Let an account act as this juror."""
    db.session.get_one(Juror, juror_id).account_id = account_id
    db.session.flush()


@atomic
def sign_declaration(juror_id: int, now: datetime, *, words: str = "") -> Juror:
    """Note that the juror declared impartiality and confidentiality, in these *words*.

    Signing again changes nothing: the first signature stands.
    """
    row = db.session.get_one(Juror, juror_id, with_for_update=True)
    if row.declaration_signed_at is not None:
        return row
    row.declaration_signed_at = now
    row.declaration_sha256 = hashlib.sha256(words.encode()).hexdigest() if words else None
    tell(DeclarationSigned(event_id=row.event_id, subject=f"juror:{juror_id}"))
    return row


@atomic
def remind_jurors(call_id: int, now: datetime) -> int:
    """Write to every juror who owes cards in an open round; return how many were written to."""
    call = db.session.get_one(Call, call_id)
    written = 0
    for juror, _owed in queries.debtors(call_id):
        person = db.session.get_one(Person, juror.person_id)
        if person.email is None:
            continue
        jobs.enqueue(mails.reminded, lane=person.email, event_id=call.event_id, juror_id=juror.id)
        juror.reminded_at = now
        written += 1
    tell(JurorsReminded(event_id=call.event_id, subject=f"call:{call_id}"))
    return written
