"""What the registration form asks: fields, lists, conditions of categories, own questions.

A question that somebody has answered gets a new version when it changes, so that the answer keeps
the words to which it was given.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.kernel import journal, text
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries
from eventapp.registrations.models import Question, QuestionVersion, RegistrationForm
from eventapp.registrations.rules import RegistrationRefusal, enquiry
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy, Kind

ORDER = "question-order"
SETTINGS = (
    "fields", "lists", "categories", "consents", "monitoring", "area_policy", "area_basis",
    "edits_until",
)  # fmt: skip


# --- the form --------------------------------------------------------------------------------


@atomic
def edit_form(
    event_id: int, now: datetime, *, seen: int | None = None, **values: Any
) -> RegistrationForm:
    """Replace what an event's form asks; *values* are names of `SETTINGS`.

    *seen* is the version that the editor has read: refused when somebody else has changed it,
    unless it says the same already, as after a double click.
    """
    row = _own_form(event_id)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    if seen is not None and seen != row.version:
        raise Refused(RegistrationRefusal.FORM_CHANGED)
    before = _settings(row)
    _set(row, changed)
    journal.note(event_id, f"registration-form:{event_id}", before, _settings(row))
    return row


@atomic
def set_eligibility(event_id: int, now: datetime, code: str, asked: Mapping[str, Any]) -> None:
    """Replace what a category asks of people who register by themselves."""
    row = _own_form(event_id)
    kept = {name: value for name, value in asked.items() if value not in (False, None)}
    others = {name: value for name, value in row.categories.items() if name != code}
    edit_form(event_id, now, categories={**others, **({code: kept} if kept else {})})


def _own_form(event_id: int) -> RegistrationForm:
    """Return the event's form behind the event's lock, written down if it was the usual one."""
    _lock(event_id)
    row = db.session.get(RegistrationForm, event_id, populate_existing=True)
    if row is None:
        row = queries.usual_form(event_id)
        db.session.add(row)
        db.session.flush()
    return row


def _lock(event_id: int) -> None:
    db.session.flush()
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))


def _set(row: RegistrationForm, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    db.session.flush()


def _settings(row: RegistrationForm) -> dict[str, Any]:
    until = row.edits_until
    return {name: getattr(row, name) for name in SETTINGS} | {
        "area_policy": row.area_policy.value,
        "area_basis": row.area_basis.value,
        "edits_until": until.astimezone(UTC).isoformat() if until else None,
    }


# --- own questions ---------------------------------------------------------------------------


@atomic
def add_question(
    event_id: int, now: datetime, *, kind: Kind, label: Mapping[str, str], **content: Any
) -> Question:
    """Ask one more question, after the others; its code comes from its words."""
    _lock(event_id)
    held = queries.questions(event_id)
    if len(held) >= enquiry.MOST_QUESTIONS:
        raise Refused(RegistrationRefusal.TOO_MANY_QUESTIONS, most=enquiry.MOST_QUESTIONS)
    row = Question(
        event_id=event_id,
        code=_code(event_id, label),
        kind=kind,
        label=dict(label),
        help={},
        choices=[],
        required=False,
        categories=[],
        depends_on="",
        depends_answer="",
        position=max((one.position for one in held), default=0) + 1,
        version=1,
    )
    _write(row, content)
    _check(row)
    db.session.add(row)
    db.session.flush()
    journal.note(event_id, _subject(row), None, _values_of(row))
    return row


@atomic
def edit_question(
    question_id: int, now: datetime, *, seen: int | None = None, **content: Any
) -> Question:
    """Ask a question in other words; where it was answered, that is its next version."""
    row = _taken(question_id)
    if seen is not None and seen != row.version and _differs(row, content):
        raise Refused(RegistrationRefusal.FORM_CHANGED)
    before = _values_of(row)
    _reword(row, content, now)
    _check(row)
    journal.note(row.event_id, _subject(row), before, _values_of(row))
    return row


@atomic
def move_question_up(question_id: int, now: datetime) -> int | None:
    """Let a question stand before the one above it; return the fact of the move."""
    row = _taken(question_id)
    return _swapped(row, _beside(row, lambda other: other.position < row.position, -1))


@atomic
def move_question_down(question_id: int, now: datetime) -> int | None:
    """Let a question stand after the one below it; return the fact of the move."""
    row = _taken(question_id)
    return _swapped(row, _beside(row, lambda other: other.position > row.position, 0))


@atomic
def remove_question(question_id: int, now: datetime) -> None:
    """Ask a question no longer; answers to it stay. One that another waits for stays too."""
    row = _taken(question_id)
    _refuse_awaited(row)
    journal.note(row.event_id, _subject(row), _values_of(row), None)
    row.removed_at = now
    db.session.flush()


def _beside(row: Question, stands: Callable[[Question], bool], place: int) -> Question | None:
    found = [other for other in queries.questions(row.event_id) if stands(other)]
    return found[place] if found else None


def _swapped(row: Question, other: Question | None) -> int | None:
    if other is None:
        return None
    places = {row: other.position, other: row.position}
    with journal.together(row.event_id, ORDER) as act:
        for each, position in places.items():
            before = _values_of(each)
            each.position = position
            journal.note(row.event_id, _subject(each), before, _values_of(each))
    db.session.flush()
    return act.fact_id


def _taken(question_id: int) -> Question:
    """Return a question, with its event locked against a second hand."""
    _lock(db.session.get_one(Question, question_id).event_id)
    return db.session.get_one(Question, question_id, populate_existing=True)


def _code(event_id: int, label: Mapping[str, str]) -> str:
    taken = set(queries.question_codes(event_id))
    words = text.search_key(label.get("pl") or label.get("en") or "").split()
    plain = "-".join(words)[:40].strip("-")
    plain = plain if plain.isascii() and plain else "pytanie"
    code, number = plain, 2
    while code in taken:
        code, number = f"{plain}-{number}", number + 1
    return code


def _write(row: Question, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        setattr(row, name, value)
    if row.kind not in enquiry.WITH_CHOICES:
        row.choices = []
    if not row.depends_on:
        row.depends_answer = ""


def _differs(row: Question, content: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in content.items())


def _reword(row: Question, content: Mapping[str, Any], now: datetime) -> None:
    """Write other words down; those that somebody has answered are kept beside."""
    before = queries.content_of(row)
    _write(row, content)
    if queries.content_of(row) == before or not queries.has_answers(row.id, row.version):
        db.session.flush()
        return
    db.session.add(
        QuestionVersion(question_id=row.id, version=row.version, content=before, until=now)
    )
    row.version += 1
    db.session.flush()


def _check(row: Question) -> None:
    """Raise `Refused` unless a question can be asked as it stands."""
    if row.kind in enquiry.WITH_CHOICES and len(row.choices) < 2:
        raise Refused(RegistrationRefusal.CHOICES_MISSING)
    others = [one for one in queries.questions(row.event_id) if one is not row]
    if row.depends_on:
        awaited = next((one for one in others if one.code == row.depends_on), None)
        if awaited is None or row.depends_answer not in answers_to(awaited):
            raise Refused(RegistrationRefusal.CONDITION_ANSWER)
        waiting = {one.code: one.depends_on for one in others}
        if enquiry.waits_in_a_ring(row.code, row.depends_on, waiting):
            raise Refused(RegistrationRefusal.CONDITION_RING)
    lost = [
        one
        for one in others
        if one.depends_on == row.code and one.depends_answer not in answers_to(row)
    ]
    if lost:
        raise Refused(RegistrationRefusal.QUESTION_AWAITED, question=lost[0].label)


def answers_to(row: Question) -> list[str]:
    """List the answers to a question on which another can depend."""
    if row.kind is Kind.YES_NO:
        return [enquiry.YES, enquiry.NO]
    return [one["code"] for one in row.choices]


def _refuse_awaited(row: Question) -> None:
    for other in queries.questions(row.event_id):
        if other.depends_on == row.code:
            raise Refused(RegistrationRefusal.QUESTION_AWAITED, question=other.label)


def _subject(row: Question) -> str:
    return f"question:{row.id}"


def _values_of(row: Question) -> dict[str, Any]:
    content = queries.content_of(row)
    return content | {"kind": row.kind.value, "position": row.position}


# --- undo ------------------------------------------------------------------------------------


def _question_values(question_id: int) -> Mapping[str, Any] | None:
    row = db.session.get(Question, question_id, with_for_update=True, populate_existing=True)
    return None if row is None or row.removed_at is not None else _values_of(row)


def _restore_question(question_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    row = _taken(question_id)
    if values is None:
        _refuse_awaited(row)
        row.removed_at = now
        db.session.flush()
        return
    content = {name: value for name, value in values.items() if name != "position"}
    if "kind" in content:
        content["kind"] = Kind(content["kind"])
    row.removed_at = None
    row.position = values.get("position", row.position)
    _reword(row, content, now)
    _check(row)


def _form_values(event_id: int) -> Mapping[str, Any]:
    return _settings(_own_form(event_id))


def _restore_form(event_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    decoded = dict(values or {})
    if decoded.get("edits_until"):
        decoded["edits_until"] = datetime.fromisoformat(decoded["edits_until"])
    if "area_policy" in decoded:
        decoded["area_policy"] = AreaPolicy(decoded["area_policy"])
    if "area_basis" in decoded:
        decoded["area_basis"] = AreaBasis(decoded["area_basis"])
    _set(_own_form(event_id), decoded)


FORM_KEEPERS = {
    "question": Keeper(values=_question_values, restore=_restore_question),
    "registration-form": Keeper(values=_form_values, restore=_restore_form),
}
