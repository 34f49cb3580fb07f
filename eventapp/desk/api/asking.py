"""The registration form for programs: what an event asks, and how an answer looks."""

from flask import Response, g

from eventapp.desk.api.frame import bp
from eventapp.events.access import Permission
from eventapp.kernel import rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Shown
from eventapp.registrations import queries
from eventapp.registrations.models import Question
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.enquiry import Ask, Kind


class ShownChoice(Shown):
    """One of the answers to choose from."""

    code: str
    name: dict[str, str]


class ShownQuestion(Shown):
    """One of the event's own questions; `code` names it among answers.

    Asked only of `categories` (none: of everybody), and only where the question `depends_on` has
    the answer `depends_answer`.
    """

    code: str
    kind: Kind
    label: dict[str, str]
    help: dict[str, str]
    choices: list[ShownChoice]
    required: bool
    categories: list[str]
    depends_on: str | None
    depends_answer: str | None
    version: int


class ShownForm(Shown):
    """What an event asks: its standard fields, its lists, its own questions in their order."""

    fields: dict[str, Ask]
    lists: dict[str, list[ShownChoice]]
    questions: list[ShownQuestion]


@bp.get("/events/<slug:event>/form")
@requires(Permission.READ_EVENT)
@operation(
    N_("Read the questions of an event's registration form"),
    about=N_("Registrations"),
    answers={200: ShownForm},
)
def form(event: str) -> Response:
    """Show what the registration form asks."""
    kept = queries.form_of(g.event.id)
    return rest.answered(
        ShownForm(
            fields={name: enquiry.ask_of(kept, name) for name in enquiry.FIELDS},
            lists={name: _choices(enquiry.choices_of(kept, name)) for name in enquiry.LISTS},
            questions=[_shown(row) for row in queries.questions(g.event.id)],
        )
    )


def _choices(rows: enquiry.Choices) -> list[ShownChoice]:
    return [ShownChoice(code=one["code"], name={"pl": one["pl"], "en": one["en"]}) for one in rows]


def _shown(row: Question) -> ShownQuestion:
    return ShownQuestion(
        code=row.code,
        kind=row.kind,
        label=row.label,
        help=row.help,
        choices=_choices(row.choices),
        required=row.required,
        categories=row.categories,
        depends_on=row.depends_on or None,
        depends_answer=row.depends_answer or None,
        version=row.version,
    )
