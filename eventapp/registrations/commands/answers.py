"""Answers to the event's own questions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventapp.kernel.db import db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import BadText
from eventapp.registrations import queries
from eventapp.registrations.commands.facts import AnswersChanged
from eventapp.registrations.commands.steps import touch
from eventapp.registrations.models import Answer, Question, Registration
from eventapp.registrations.rules import RegistrationRefusal, enquiry
from eventapp.registrations.rules.enquiry import Standing


def normal_answers(event_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers by the code of their question as they are kept; raises `Refused`."""
    by_code = {one.code: one for one in queries.questions(event_id)}
    found = {}
    for code, value in given.items():
        if code not in by_code:
            raise Refused(RegistrationRefusal.UNKNOWN_QUESTION, question=code)
        found[code] = _normal(by_code[code], value)
    return found


def _normal(question: Question, value: Any) -> Any:
    try:
        return enquiry.answer_of(question, value)
    except BadText:
        raise Refused(RegistrationRefusal.BAD_ANSWER, question=question.label) from None


def check_first_step(event_id: int, category: str | None, given: Mapping[str, Any]) -> None:
    """Raise `Refused` unless everything is answered without which nobody registers."""
    questions = enquiry.first_step(queries.questions(event_id))
    for one in enquiry.missing(questions, Standing(category, given)):
        raise Refused(RegistrationRefusal.ANSWER_REQUIRED, question=one.label)


def answered(row: Registration, now: datetime, given: Mapping[str, Any]) -> None:
    """Write somebody's answers down and record that they changed."""
    changed = keep_answers(row.id, row.event_id, given, now)
    if changed:
        touch(row)
        record(
            AnswersChanged(
                event_id=row.event_id,
                subject=f"registration:{row.id}",
                registration_id=row.id,
                codes=changed,
            )
        )


def keep_answers(
    registration_id: int, event_id: int, given: Mapping[str, Any], now: datetime
) -> list[str]:
    """Write answers down, None for none any more; return the codes of those that differ.

    An answer that stays the same stays one to the words that were read then.
    """
    if not given:
        return []
    normal = normal_answers(event_id, given)
    changed = [
        one.code
        for one in queries.questions(event_id)
        if one.code in normal and _kept(registration_id, one, normal[one.code], now)
    ]
    db.session.flush()
    return changed


def _kept(registration_id: int, question: Question, value: Any, now: datetime) -> bool:
    row = db.session.get(Answer, (registration_id, question.id))
    if value is None:
        if row is not None:
            db.session.delete(row)
        return row is not None
    if row is not None and row.value["value"] == value:
        return False
    if row is None:
        row = Answer(registration_id=registration_id, question_id=question.id)
        db.session.add(row)
    row.version, row.value, row.answered_at = question.version, {"value": value}, now
    return True
