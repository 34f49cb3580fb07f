"""The way of a nomination: drafted, submitted, consented to, checked, completed, withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from eventapp.awards import mails, queries, rules
from eventapp.awards.commands.acts import (
    AttachmentAdded,
    AttachmentRemoved,
    ConsentAnswered,
    NominationChecked,
    NominationCompleted,
    NominationCorrected,
    NominationMerged,
    NominationSubmitted,
    NominationWithdrawn,
    tell,
)
from eventapp.awards.commands.rounds import annul_counts, recuse
from eventapp.awards.models import Attachment, Award, Call, Nomination
from eventapp.awards.rules.states import ConsentState, FormalResult, NominationState
from eventapp.events.models import Event
from eventapp.kernel import jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload


@dataclass(frozen=True, kw_only=True)
class Candidacy:
    """Everything a nominator says: who is nominated, by whom, and why."""

    nominee: str
    nominator: str
    justification: str
    is_self: bool = False
    nominee_category: str = ""
    nominee_email: str | None = None
    nominator_email: str | None = None
    organisation_id: int | None = None
    summary: Mapping[str, str] = field(default_factory=dict)
    locale: str = "pl"

    def columns(self) -> dict[str, Any]:
        """Return the columns of a nomination that this fills."""
        return {**self.__dict__, "summary": dict(self.summary)}


# --- coming in ----------------------------------------------------------------------------


@atomic
def draft_nomination(award_id: int, candidacy: Candidacy, now: datetime) -> Nomination:
    """Keep a nominator's draft, and send the link under which it can be continued."""
    award = _award(award_id)
    if refusal := rules.nominations.refuse_call(award.call, now):
        raise Refused(refusal)
    row = _new(award, candidacy, now)
    _write_to(mails.drafted, row.nominator_email, row)
    return row


@atomic
def change_draft(nomination_id: int, candidacy: Candidacy, now: datetime) -> Nomination:
    """Replace what a draft says; a nomination called back for completion likewise."""
    row = _locked(nomination_id)
    if refusal := rules.nominations.refuse_edit(row, now):
        raise Refused(refusal)
    for column, value in candidacy.columns().items():
        if column != "organisation_id":
            setattr(row, column, value)
    row.version += 1
    db.session.flush()
    return row


@atomic
def submit_draft(nomination_id: int, now: datetime) -> Nomination:
    """Hand a draft in: it gets its number, the nominator a receipt, the nominee a question."""
    row = _locked(nomination_id)
    award = _award(row.award_id)
    mine = queries.submitted_by(award.id, row.nominator, row.nominator_email)
    if refusal := rules.nominations.refuse_submission(award.call, award, row, mine, now):
        missing = ", ".join(rules.nominations.missing(row))
        raise Refused(refusal, missing=missing)
    row.consent = ConsentState.NOT_NEEDED if row.is_self else ConsentState.ASKED
    row.consented_at = now if row.is_self else None
    _submit(row, award, now, number=None)
    _write_to(mails.received, row.nominator_email, row)
    if not row.is_self:
        _write_to(mails.consent_asked, row.nominee_email, row)
    return row


@atomic
def submit_nomination(
    award_id: int,
    candidacy: Candidacy,
    now: datetime,
    *,
    consent: ConsentState = ConsentState.NOT_NEEDED,
    ref: str | None = None,
    number: str | None = None,
) -> Nomination:
    """Take a nomination that came on paper, by the API or from a file, in one step.

    No window and no limit: those who enter it answer for that. *consent* is what the
    nominee has said already; `ASKED` with an address sends them the question.
    """
    award = _award(award_id)
    row = _new(award, candidacy, now, ref=ref)
    row.consent = consent
    answered = consent in {ConsentState.NOT_NEEDED, ConsentState.GIVEN}
    row.consented_at = now if answered else None
    _submit(row, award, now, number=number)
    _write_to(mails.received, row.nominator_email, row)
    if consent is ConsentState.ASKED:
        _write_to(mails.consent_asked, row.nominee_email, row)
    return row


def _new(award: Award, candidacy: Candidacy, now: datetime, ref: str | None = None) -> Nomination:
    row = Nomination(
        event_id=award.event_id,
        award_id=award.id,
        ref=ref,
        state=NominationState.DRAFT,
        created_at=now,
        **candidacy.columns(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _submit(row: Nomination, award: Award, now: datetime, number: str | None) -> None:
    # One guarded statement: two submissions at once never get one number.
    serial = db.session.scalar(
        update(Call)
        .where(Call.id == award.call_id)
        .values(serial=Call.serial + 1)
        .returning(Call.serial)
    )
    code = award.ref or f"K{award.position + 1}"
    if number and not award.call.number_prefix:
        # Numbers that were given elsewhere go on in their own style.
        award.call.number_prefix = rules.nominations.prefix_of(number, code)[:30]
    row.number = number or rules.nominations.number_of(award.call.number_prefix, code, serial or 1)
    row.state = NominationState.SUBMITTED
    row.submitted_at = now
    tell(
        NominationSubmitted(
            event_id=row.event_id,
            subject=f"nomination:{row.id}",
            award_id=award.id,
            number=row.number,
        )
    )


# --- documents ----------------------------------------------------------------------------


@atomic
def attach(nomination_id: int, upload: Upload, now: datetime) -> Attachment:
    """Add a checked file to a nomination; the same bytes twice are kept once."""
    row = _locked(nomination_id)
    held = queries.attachments(nomination_id)
    same = next((each for each in held if each.sha256 == upload.sha256), None)
    if same is not None:
        return same
    sizes = [each.size for each in held]
    if refusal := rules.nominations.refuse_attachment(len(upload.content), sizes):
        raise Refused(refusal, most=rules.nominations.MOST_FILES)
    attachment = Attachment(
        nomination_id=nomination_id,
        file_name=upload.name,
        media_type=upload.media_type,
        size=len(upload.content),
        sha256=upload.sha256,
        content=upload.content,
        added_at=now,
    )
    db.session.add(attachment)
    db.session.flush()
    tell(
        AttachmentAdded(
            event_id=row.event_id, subject=f"nomination:{nomination_id}", sha256=upload.sha256
        )
    )
    return attachment


@atomic
def detach(attachment_id: int, now: datetime) -> None:
    """Take a document from a nomination that may still be changed."""
    attachment = db.session.get_one(Attachment, attachment_id)
    row = _locked(attachment.nomination_id)
    if refusal := rules.nominations.refuse_edit(row, now):
        raise Refused(refusal)
    db.session.delete(attachment)
    tell(
        AttachmentRemoved(
            event_id=row.event_id, subject=f"nomination:{row.id}", sha256=attachment.sha256
        )
    )


# --- the nominee --------------------------------------------------------------------------


@atomic
def give_consent(nomination_id: int, now: datetime) -> Nomination:
    """Note that the nominee agrees to be nominated."""
    return _answer(nomination_id, ConsentState.GIVEN, now)


@atomic
def decline_consent(nomination_id: int, now: datetime) -> Nomination:
    """Note that the nominee does not agree; the nomination is withdrawn by that."""
    row = _answer(nomination_id, ConsentState.DECLINED, now)
    return withdraw_nomination(row.id, now, reason="")


def _answer(nomination_id: int, answer: ConsentState, now: datetime) -> Nomination:
    row = _locked(nomination_id)
    if refusal := rules.nominations.refuse_consent(row):
        raise Refused(refusal)
    if row.consent is answer:
        return row
    row.consent = answer
    row.consented_at = now if answer is ConsentState.GIVEN else None
    tell(ConsentAnswered(event_id=row.event_id, subject=f"nomination:{row.id}"))
    _write_to(mails.consent_answered, row.nominator_email, row)
    return row


@atomic
def correct_nomination(
    nomination_id: int, nominee: str, statement: str, now: datetime
) -> Nomination:
    """Let the nominee correct the own name and add a statement; the nominator's words stay."""
    row = _locked(nomination_id)
    if refusal := rules.nominations.refuse_correction(_award(row.award_id).call, row):
        raise Refused(refusal)
    row.nominee, row.statement = nominee.strip(), statement.strip()
    row.corrected_at = now
    tell(NominationCorrected(event_id=row.event_id, subject=f"nomination:{nomination_id}"))
    return row


# --- several nominations of one nominee ---------------------------------------------------


@atomic
def merge_nominations(nomination_id: int, into_id: int, now: datetime) -> Nomination:
    """Let one nomination join another of the same nominee: one candidacy, and all are thanked.

    Its story and documents stay beside the other's. Who consented there consents here, and
    who is excluded from judging it is excluded from the whole.
    """
    one, into = (_locked(each) for each in sorted((nomination_id, into_id)))
    if one.id != nomination_id:
        one, into = into, one
    if refusal := rules.nominations.refuse_merger(one, into, queries.cards_for(one.id)):
        raise Refused(refusal)
    one.state, one.merged_into_id = NominationState.MERGED, into.id
    for each in queries.merged_into(one.id):
        each.merged_into_id = into.id
    answered = {ConsentState.GIVEN, ConsentState.NOT_NEEDED}
    if into.consent not in answered and one.consent in answered:
        into.consent, into.consented_at = ConsentState.GIVEN, one.consented_at or now
    _exclude_from_both(one, into)
    _changes_entries(into)
    tell(
        NominationMerged(event_id=one.event_id, subject=f"nomination:{nomination_id}", into=into_id)
    )
    _write_to(mails.merged, one.nominator_email, one)
    return into


def _exclude_from_both(one: Nomination, into: Nomination) -> None:
    for held in queries.recusals_from(one.id):
        if queries.recusal(held.juror_id, into.id) is None:
            recuse(held.juror_id, into.id, held.reason, held.declared_at)


# --- the formal check ---------------------------------------------------------------------


@atomic
def check_formally(
    nomination_id: int,
    result: FormalResult,
    reason: str | None,
    now: datetime,
    *,
    checklist: Mapping[str, str] | None = None,
) -> Nomination:
    """Close the formal check of a nomination, or call for its completion.

    Every result but a plain positive one needs its reason. *checklist* maps codes of
    `rules.nominations.CHECKLIST` to ``yes``, ``no`` or ``n/a``.
    """
    row = _locked(nomination_id)
    result = FormalResult(result)
    if refusal := rules.nominations.refuse_check(row, result, reason):
        raise Refused(refusal)
    award = _award(row.award_id)
    row.state = rules.nominations.next_state(row.state, result)
    row.formal_result = result
    row.formal_reason = (reason or "").strip() or None
    row.checklist = dict(checklist) if checklist is not None else row.checklist
    row.checked_at = now
    if row.state is NominationState.TO_COMPLETE:
        zone = db.session.get_one(Event, row.event_id).timezone
        days = award.call.completion_days
        row.complete_until = rules.nominations.completion_deadline(now, days, zone)
    _changes_entries(row)
    tell(
        NominationChecked(
            event_id=row.event_id, subject=f"nomination:{nomination_id}", result=result
        )
    )
    _write_to(mails.checked, row.nominator_email, row)
    return row


@atomic
def complete_nomination(nomination_id: int, now: datetime) -> Nomination:
    """Send a nomination back to the formal check, completed by its nominator."""
    row = _locked(nomination_id)
    if refusal := rules.nominations.refuse_completion(row, now):
        raise Refused(refusal)
    row.state = NominationState.SUBMITTED
    row.completed_at = now
    tell(NominationCompleted(event_id=row.event_id, subject=f"nomination:{nomination_id}"))
    return row


@atomic
def withdraw_nomination(nomination_id: int, now: datetime, *, reason: str = "") -> Nomination:
    """Take a nomination back; cards cast for it no longer count."""
    row = _locked(nomination_id)
    award = _award(row.award_id)
    if refusal := rules.nominations.refuse_withdrawal(award.call, row):
        raise Refused(refusal)
    row.state = NominationState.WITHDRAWN
    row.withdrawn_at = now
    row.withdrawn_reason = reason.strip()
    _changes_entries(row)
    tell(NominationWithdrawn(event_id=row.event_id, subject=f"nomination:{nomination_id}"))
    return row


@atomic
def summarise(nomination_id: int, summary: Mapping[str, str]) -> Nomination:
    """Replace the short text that jurors and the public read."""
    row = _locked(nomination_id)
    row.summary = dict(summary)
    db.session.flush()
    return row


@atomic
def record_public_vote(nomination_id: int, votes: int) -> None:
    """Note how many votes the audience gave a nomination."""
    _locked(nomination_id).public_votes = votes
    db.session.flush()


# --- common steps -------------------------------------------------------------------------


def _award(award_id: int) -> Award:
    found = queries.award(award_id)
    if found is None:
        raise LookupError(f"no award {award_id}")
    return found


def _locked(nomination_id: int) -> Nomination:
    return db.session.get_one(Nomination, nomination_id, with_for_update=True)


def _changes_entries(row: Nomination) -> None:
    db.session.flush()
    annul_counts(row.award_id)


def _write_to(message: Any, address: str | None, row: Nomination) -> None:
    if address:
        jobs.enqueue(message, lane=address, event_id=row.event_id, nomination_id=row.id)


@atomic
def move_organisation(old_id: int, new_id: int) -> None:
    """Let the nominations of one organisation be those of another: the two are the same."""
    rows = update(Nomination).where(Nomination.organisation_id == old_id)
    db.session.execute(rows.values(organisation_id=new_id))
