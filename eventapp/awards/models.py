"""Calls for nominations, awards, the jury, its ballots and what was counted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.awards.rules.states import (
    CardsFate,
    ConsentState,
    FormalResult,
    JurorRole,
    NominationState,
    PublicVote,
    RoundState,
)
from eventapp.directory.models import Organisation, Person
from eventapp.kernel.db import Model, choice


class Call(Model):
    """An event's call for nominations: its schedule, rulebook and embargo.

    `rulebook` is the machine-readable document that counting uses (method, scale, quorum,
    ties, distinctions, display …); `rulebook_sha256` freezes it when scoring opens. `rules`
    says in words what no machine carries out. `serial` counts submitted nominations for
    their numbers, which begin with `number_prefix`.
    """

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[dict[str, str]]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    formal_check_until: Mapped[datetime | None]
    completion_days: Mapped[int] = mapped_column(default=5)
    scoring_opens_at: Mapped[datetime | None]
    scoring_closes_at: Mapped[datetime | None]
    meets_at: Mapped[datetime | None]
    public_vote: Mapped[PublicVote] = mapped_column(choice(PublicVote), default=PublicVote.NONE)
    public_vote_opens_at: Mapped[datetime | None]
    public_vote_closes_at: Mapped[datetime | None]
    embargo_until: Mapped[datetime | None]
    rulebook: Mapped[dict[str, Any]]
    rulebook_sha256: Mapped[str | None] = mapped_column(String(64))
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    regulations: Mapped[dict[str, str]] = mapped_column(default=dict)
    number_prefix: Mapped[str] = mapped_column(String(30), default="")
    serial: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_call_event_id", "event_id"),)


class RuleChange(Model):
    """A change of frozen rules: proposed with its reason by one person, confirmed by another.

    `rulebook` is the whole new document, `before_sha256` the rules it replaces. `cards` says
    whether the cards cast so far stand; those that do not are kept in `set_aside` as they
    were, for the minutes, and never count. Neither confirmed nor dropped, it waits.
    """

    __tablename__ = "rule_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    rulebook: Mapped[dict[str, Any]]
    rulebook_sha256: Mapped[str] = mapped_column(String(64))
    before_sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(1000))
    cards: Mapped[CardsFate] = mapped_column(choice(CardsFate))
    set_aside: Mapped[list[Any]] = mapped_column(default=list)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_rule_change_call_id", "call_id"),)

    @property
    def is_waiting(self) -> bool:
        """Tell whether the second person has not answered yet."""
        return self.confirmed_at is None and self.dropped_at is None


class Award(Model):
    """One prize of a call (a category): who may be nominated, by which criteria.

    `criteria` is ``[{"id", "name": {"pl", "en"}, "weight", "min", "max"}]``.
    """

    __tablename__ = "award"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[dict[str, str]]
    eligible_types: Mapped[list[str]] = mapped_column(default=list)
    criteria: Mapped[list[Any]]
    position: Mapped[int] = mapped_column(default=0)

    call: Mapped[Call] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("event_id", "ref"), Index("ix_award_call_id", "call_id"))


class Juror(Model):
    """A member of a call's jury.

    `declaration_sha256` is the hash of the declaration's words as they were signed.
    """

    __tablename__ = "juror"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    role: Mapped[JurorRole] = mapped_column(choice(JurorRole))
    voting: Mapped[bool] = mapped_column(default=True)
    institution: Mapped[str] = mapped_column(String(300), default="")
    declaration_signed_at: Mapped[datetime | None]
    declaration_sha256: Mapped[str | None] = mapped_column(String(64))
    reminded_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("call_id", "person_id"), UniqueConstraint("event_id", "ref"))


class Nomination(Model):
    """One candidacy for one award, with its number and formal check.

    `justification` is the nominator's story, `summary` the secretary's short text for the
    public. `consent` is the nominee's answer where somebody else nominated. `checklist`
    maps a question's code to ``yes``, ``no`` or ``n/a``. `link_generation` numbers the
    nominator's personal link, `version` each saving of the draft. `statement` is what the
    nominee adds when consenting. One nominee's second nomination for the same award is
    `merged_into_id` the first, whose candidacy it supports.
    """

    __tablename__ = "nomination"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(60))
    nominee: Mapped[str] = mapped_column(String(300))
    nominee_category: Mapped[str] = mapped_column(String(60), default="")
    nominee_email: Mapped[str | None] = mapped_column(String(320))
    nominator: Mapped[str] = mapped_column(String(300))
    nominator_email: Mapped[str | None] = mapped_column(String(320))
    is_self: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(8), default="pl")
    consent: Mapped[ConsentState] = mapped_column(
        choice(ConsentState), default=ConsentState.NOT_NEEDED
    )
    consented_at: Mapped[datetime | None]
    justification: Mapped[str] = mapped_column(String(8000))
    summary: Mapped[dict[str, str]] = mapped_column(default=dict)
    state: Mapped[NominationState] = mapped_column(choice(NominationState))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    formal_result: Mapped[FormalResult | None] = mapped_column(choice(FormalResult))
    formal_reason: Mapped[str | None] = mapped_column(String(1000))
    checklist: Mapped[dict[str, str]] = mapped_column(default=dict)
    checked_at: Mapped[datetime | None]
    complete_until: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(1000), default="")
    public_votes: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"))
    statement: Mapped[str] = mapped_column(String(4000), default="")
    corrected_at: Mapped[datetime | None]
    link_generation: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    award: Mapped[Award] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("event_id", "ref"),
        UniqueConstraint("event_id", "number"),
        Index("ix_nomination_award_id", "award_id"),
    )


class Attachment(Model):
    """A document of a nomination, kept as it came and served as a download only."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]

    __table_args__ = (Index("ix_attachment_nomination_id", "nomination_id"),)


class Recusal(Model):
    """A juror's exclusion from one nomination: no documents, no ballot, no data."""

    __tablename__ = "recusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    reason: Mapped[str] = mapped_column(String(1000))
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("juror_id", "nomination_id"),)


class DismissedConflict(Model):
    """A conflict that the data suggested and the chair found to be none, with the reason."""

    __tablename__ = "dismissed_conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    reason: Mapped[str] = mapped_column(String(1000))
    dismissed_by: Mapped[str] = mapped_column(String(64))
    dismissed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("juror_id", "nomination_id"),)


class Round(Model):
    """One round of scoring of one award.

    `rulebook` is the whole document that counts, criteria included, as it was when the
    round opened; `rulebook_sha256` is its hash, which every result repeats.
    `close_reason` is given where the round was closed without a quorum.
    """

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    state: Mapped[RoundState] = mapped_column(choice(RoundState), default=RoundState.PREPARED)
    rulebook: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rulebook_sha256: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(String(1000), default="")

    award: Mapped[Award] = relationship(lazy="raise")

    __table_args__ = (Index("ix_round_award_id", "award_id"),)


class Absence(Model):
    """A juror who took no part in a round's vote, with the reason for the minutes."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"))
    reason: Mapped[str] = mapped_column(String(1000))
    marked_by: Mapped[str] = mapped_column(String(64))
    marked_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("round_id", "juror_id"),)


class Ballot(Model):
    """One juror's card for one nomination: points per criterion and a comment.

    `version` rises with every saving, so that a page can tell that another one was saved
    meanwhile. A voided card stays for the minutes and never counts.
    """

    __tablename__ = "ballot"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    scores: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(String(4000), default="")
    complete: Mapped[bool] = mapped_column(default=False)
    cast_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(1000))
    voided_by: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("round_id", "juror_id", "nomination_id"),
        Index("ix_ballot_nomination_id", "nomination_id"),
    )


class ChairDecision(Model):
    """A recorded act of the chair that breaks a tie: who, between whom, on what ground."""

    __tablename__ = "chair_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    tied: Mapped[list[Any]]
    choice: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    basis: Mapped[str] = mapped_column(String(1000))
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]

    __table_args__ = (Index("ix_chair_decision_round_id", "round_id"),)


class Result(Model):
    """What a count found: the result with every intermediate table and its hashes.

    `input` is the whole document that was counted, so that anybody can count it again.
    The newest result of a round is the valid one; earlier ones stay as its history.
    """

    __tablename__ = "result"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    status: Mapped[str] = mapped_column(String(20))
    input: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    counted_at: Mapped[datetime]
    counted_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_result_round_id", "round_id"),)


class AudienceRight(Model):
    """A right to vote that was used; which vote it was stands nowhere.

    `key` is a keyed hash of the badge or the browser. The table has no number, no time and,
    in SQLite, no hidden row id: rows lie in the order of their keys, not of their coming.
    """

    __tablename__ = "audience_right"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)

    __table_args__ = ({"sqlite_with_rowid": False},)
