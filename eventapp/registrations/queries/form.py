"""The form of an event: questions, answers, clauses, corrections that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.kernel.db import db
from eventapp.registrations.models import (
    Answer,
    Clause,
    ConsentKind,
    Proposal,
    ProposalState,
    Question,
    QuestionVersion,
    Registration,
    RegistrationForm,
    State,
)
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy


def form_of(event_id: int) -> RegistrationForm:
    """Return what an event's registration form asks; without a row of its own, the usual."""
    return db.session.get(RegistrationForm, event_id) or usual_form(event_id)


def usual_form(event_id: int) -> RegistrationForm:
    """Return the form of an event about which nobody has said anything; it is not written."""
    return RegistrationForm(
        event_id=event_id,
        fields={},
        lists={},
        categories={},
        consents=[ConsentKind.PHOTO.value, ConsentKind.NEWSLETTER.value],
        monitoring=[],
        area_policy=AreaPolicy.ALLOWED,
        area_basis=AreaBasis.RESIDENCE,
        edits_until=None,
        version=0,
    )


def questions(event_id: int) -> Sequence[Question]:
    """List an event's own questions in their order."""
    query = select(Question).where(Question.event_id == event_id, Question.removed_at.is_(None))
    return db.session.scalars(query.order_by(Question.position, Question.id)).all()


def question(question_id: int) -> Question | None:
    """Return one question, also a removed one."""
    return db.session.get(Question, question_id)


def question_codes(event_id: int) -> Sequence[str]:
    """List the codes that an event's questions have or had."""
    return db.session.scalars(select(Question.code).where(Question.event_id == event_id)).all()


def answer_counts(event_id: int) -> Mapping[int, int]:
    """Count the answers to each of an event's questions."""
    query = select(Answer.question_id, func.count()).join(Question)
    query = query.where(Question.event_id == event_id).group_by(Answer.question_id)
    return dict(db.session.execute(query).all())


def has_answers(question_id: int, version: int) -> bool:
    """Tell whether somebody has answered a question in this version."""
    query = select(func.count()).select_from(Answer)
    query = query.where(Answer.question_id == question_id, Answer.version == version)
    return bool(db.session.scalar(query))


def answers(registration_id: int) -> Mapping[str, Any]:
    """Return somebody's answers by the code of the question."""
    query = select(Question.code, Answer.value).join(Answer.question)
    query = query.where(Answer.registration_id == registration_id)
    return {code: value["value"] for code, value in db.session.execute(query)}


def answers_of(registration_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the answers of several people, by registration and code of the question."""
    query = select(Answer.registration_id, Question.code, Answer.value).join(Answer.question)
    query = query.where(Answer.registration_id.in_(registration_ids))
    found: dict[int, dict[str, Any]] = {}
    for registration_id, code, value in db.session.execute(query):
        found.setdefault(registration_id, {})[code] = value["value"]
    return found


@dataclass(frozen=True)
class Given:
    """An answer beside the question as it was put when it was given."""

    code: str
    content: Mapping[str, Any]
    value: Any
    version: int
    outdated: bool


def given(registration_id: int) -> Sequence[Given]:
    """List somebody's answers, each with the wording to which it answers."""
    query = select(Answer, QuestionVersion).join(Answer.question)
    query = query.outerjoin(
        QuestionVersion,
        (QuestionVersion.question_id == Answer.question_id)
        & (QuestionVersion.version == Answer.version),
    )
    query = query.where(Answer.registration_id == registration_id)
    query = query.options(contains_eager(Answer.question)).order_by(Question.position, Question.id)
    return [_given(row, past) for row, past in db.session.execute(query)]


def _given(row: Answer, past: QuestionVersion | None) -> Given:
    asked = row.question
    content = past.content if past is not None else content_of(asked)
    return Given(asked.code, content, row.value["value"], row.version, past is not None)


def content_of(row: Question) -> dict[str, Any]:
    """Return what a question says, without its place and its state."""
    return {name: getattr(row, name) for name in CONTENT}


CONTENT = (
    "kind", "label", "help", "choices", "required", "categories", "depends_on", "depends_answer",
)  # fmt: skip


def category_taken(category_id: int) -> int:
    """Count the places of a category that are given."""
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.category_id == category_id, Registration.state == State.QUALIFIED
    )
    return db.session.scalar(query) or 0


def clauses(event_id: int) -> Sequence[Clause]:
    """List the versions of an event's information clause, newest first."""
    query = select(Clause).where(Clause.event_id == event_id)
    return db.session.scalars(query.order_by(Clause.number.desc())).all()


def present_clause(event_id: int, now: datetime) -> Clause | None:
    """Return the clause that holds now; None while the built-in one does."""
    query = select(Clause).where(Clause.event_id == event_id, Clause.since <= now)
    return db.session.scalars(query.order_by(Clause.number.desc()).limit(1)).first()


def clause_number(event_id: int, now: datetime) -> str:
    """Return the number of the clause that holds now, as consents keep it."""
    row = present_clause(event_id, now)
    return str(row.number) if row is not None else BUILT_IN_CLAUSE


BUILT_IN_CLAUSE = "1"


def proposals(event_id: int) -> Sequence[Proposal]:
    """List the corrections that wait for the organiser, oldest first, with whose they are."""
    query = select(Proposal).join(Proposal.registration)
    query = query.where(Registration.event_id == event_id, Proposal.state == ProposalState.PENDING)
    query = query.options(contains_eager(Proposal.registration)).order_by(Proposal.id)
    return db.session.scalars(query).all()


def proposal_count(event_id: int) -> int:
    """Count the corrections that wait for the organiser."""
    query = select(func.count()).select_from(Proposal).join(Proposal.registration)
    query = query.where(Registration.event_id == event_id, Proposal.state == ProposalState.PENDING)
    return db.session.scalar(query) or 0


def proposal(proposal_id: int) -> Proposal | None:
    """Return one correction with whose it is."""
    query = select(Proposal).where(Proposal.id == proposal_id)
    return db.session.scalars(query.options(joinedload(Proposal.registration))).first()


def pending_proposal(registration_id: int) -> Proposal | None:
    """Return the correction of one person that waits for the organiser."""
    query = select(Proposal).where(
        Proposal.registration_id == registration_id, Proposal.state == ProposalState.PENDING
    )
    return db.session.scalars(query.order_by(Proposal.id.desc()).limit(1)).first()


def last_proposal(registration_id: int) -> Proposal | None:
    """Return the latest correction that somebody proposed."""
    query = select(Proposal).where(Proposal.registration_id == registration_id)
    return db.session.scalars(query.order_by(Proposal.id.desc()).limit(1)).first()
