"""What of a registration form another event can begin with."""

from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.db import db
from eventapp.kernel.refusal import N_
from eventapp.registrations import queries
from eventapp.registrations.commands.asking import SETTINGS
from eventapp.registrations.models import Clause, GroupTerms, Question, RegistrationForm


def _form(copying: Copying) -> int:
    source = db.session.get(RegistrationForm, copying.source_id)
    if source is not None:
        columns = {name: getattr(source, name) for name in SETTINGS}
        columns["edits_until"] = copying.maybe(source.edits_until)
        db.session.add(RegistrationForm(event_id=copying.target_id, version=1, **columns))
    questions = queries.questions(copying.source_id)
    for one in questions:
        db.session.add(
            Question(
                event_id=copying.target_id,
                code=one.code,
                position=one.position,
                version=1,
                **queries.content_of(one),
            )
        )
    clause = queries.present_clause(copying.source_id, copying.now)
    if clause is not None:
        db.session.add(
            Clause(event_id=copying.target_id, number=2, text=dict(clause.text), since=copying.now)
        )
    db.session.flush()
    return len(questions)


def _group_terms(copying: Copying) -> int:
    """Allow organisations as much; the last day of exchanges moves with the days."""
    source = queries.terms(copying.source_id)
    if source is None:
        return 0
    db.session.add(
        GroupTerms(
            event_id=copying.target_id,
            organisation_cap=source.organisation_cap,
            substitute_until=copying.maybe(source.substitute_until),
            choose_sessions=source.choose_sessions,
        )
    )
    db.session.flush()
    return 1


PARTS = (
    Part("form", N_("registration form, its questions and the clause"), _form),
    Part("organisations", N_("what organisations may do"), _group_terms),
)
