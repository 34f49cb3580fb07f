"""The registration form on paper, empty or filled in; letters for those who have no e-mail."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from eventapp.documents.routes.frame import bp
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, qr
from eventapp.kernel.guard import requires
from eventapp.registrations import mails
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.registrations.queries import Filter
from eventapp.registrations.rules.paper import Given, questions
from eventapp.signups import queries as places
from eventapp.signups.models import SignUp


@bp.get("/<slug:event>/desk/people/paper-form")
@requires(Permission.SEE_DESK)
def blank_form(event: str) -> str:
    """Show the registration form to be filled in by hand, ready to be printed."""
    return _form(None)


@bp.get("/<slug:event>/desk/people/<id:registration_id>/paper-form")
@requires(Permission.SEE_PEOPLE)
def filled_form(event: str, registration_id: int) -> str:
    """Show the form as somebody filled it in, to be signed and kept."""
    boundary.keep_private()
    return _form(_own(registration_id))


def _form(row: Registration | None) -> str:
    given = Given()
    if row is not None:
        given = Given(row=row, answers=people.answers(row.id), consents=people.consents(row.id))
    event_id = g.event.id
    back = url_for("desk.people", event=g.event.slug)
    return render_template(
        "documents/paper_form.html",
        row=row,
        questions=questions(
            people.form_of(event_id), people.questions(event_id), frame.categories(event_id), given
        ),
        back={"text": _("Back to the list"), "url": back},
    )


def _own(registration_id: int) -> Registration:
    row = people.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.get("/<slug:event>/desk/people/letters")
@requires(Permission.SEE_PEOPLE)
def letters(event: str) -> str:
    """Show letters to those who have no e-mail, or to one person: number, programme, QR code."""
    boundary.keep_private()
    asked = boundary.read_id(request.args.get("person"))
    if asked is not None:
        rows: Sequence[Registration] = [_own(asked)]
    else:
        narrowed = Filter(states=[State.QUALIFIED, State.WAITING], without_email=True)
        rows = people.people(g.event.id, narrowed)
    held = _held([row.id for row in rows])
    return render_template(
        "documents/letters.html",
        letters=[_letter(row, held) for row in rows],
        back={"text": _("Back to the list"), "url": url_for("desk.people", event=event)},
    )


def _letter(row: Registration, held: Mapping[int, Sequence[SignUp]]) -> dict[str, Any]:
    url = mails.link_url(g.event, row)
    return {
        "row": row,
        "held": held.get(row.id, ()),
        "code": people.badge_code(row) if row.badge_hash is not None else None,
        "qr": people.printed_code(row, g.event),
        "page": qr.svg(url, _("My programme")),
        "url": url,
    }


def _held(registration_ids: Sequence[int]) -> Mapping[int, Sequence[SignUp]]:
    found: dict[int, list[SignUp]] = defaultdict(list)
    for one in places.held_by(registration_ids):
        found[one.registration_id].append(one)
    return found
