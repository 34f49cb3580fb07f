"""Forms on paper and calls on the telephone: staff register somebody for them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, submissions, text
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details, Paper
from eventapp.registrations.forms.asked import asked_consents, conditions, consent_name, needing
from eventapp.registrations.forms.entering import Entered, entered_form
from eventapp.registrations.models import ConsentKind, Source, State
from eventapp.registrations.queries import Known
from eventapp.registrations.routes.frame import asking_of_event, bp
from eventapp.registrations.routes.public import organisation_in, place_refusal


@bp.get("/<slug:event>/desk/people/new")
@requires(Permission.MANAGE_PEOPLE)
def add_person(event: str) -> str:
    """Ask for all that a form on paper says, or that somebody says on the telephone."""
    return _entry_page(_entry(**_carried_on()), [])


def _carried_on() -> dict[str, Any]:
    """Return what stays the same from one form of a pile to the next."""
    asked, today = request.args, i18n.day_of(clock.now())
    return {
        "source": asked.get("source", Source.PAPER_FORM.value),
        "received_on": _day(asked.get("received_on")) or today,
        "clause_on": _day(asked.get("clause_on")),
        "clause": bool(asked.get("clause_on")),
        "category": asked.get("category"),
        "state": rules.entered_state(g.event).value,
    }


def _day(asked: str | None) -> date | None:
    try:
        return date.fromisoformat(asked or "")
    except ValueError:
        return None


def _entry(**given: Any) -> Entered:
    return entered_form(asking_of_event(), i18n.day_of(clock.now()), given)


def _entry_page(form: Entered, known: Sequence[Known], extra: Sequence[str] = ()) -> str:
    boundary.keep_private()
    consents = [form[consent_name(kind)] for kind in asked_consents(form.asked.form)]
    return render_template(
        "registrations/add_person.html",
        form=form,
        known=known,
        extra=extra,
        consents=consents,
        conditions=conditions,
        needing=needing(form.asked),
    )


@bp.post("/<slug:event>/desk/people/new")
@requires(Permission.MANAGE_PEOPLE)
def enter_person(event: str) -> Response | str:
    """Register somebody for them; whoever looks known is offered first, and never merged."""
    form = _entry()
    known = _recognise(form)
    form.offer([(one.person.id, _said_of(one)) for one in known])
    if not form.validate() or (known and not form.who.data):
        return _entry_page(form, known)
    event_id, now, details = g.event.id, clock.now(), _details(form)
    paper = Paper(
        received_on=form.received_on.data,
        clause_on=form.clause_on.data if form.clause.data else None,
    )
    who = boundary.read_id(form.who.data) if known else None
    how: dict[str, Any] = {
        "source": Source(form.source.data),
        "state": State(form.state.data),
        "paper": paper,
        "person_id": who,
    }
    try:
        registration_id = submissions.once(
            f"enter:{event_id}",
            form.key_of((details, how)),
            lambda: {"id": commands.enter(event_id, details, now, **how).id},
        )["id"]
    except Refused as refused:
        return _entry_page(form, known, place_refusal(form, refused))
    return _entered(event, registration_id, form)


def _entered(event: str, registration_id: int, form: Entered) -> Response:
    row = queries.registration(registration_id)
    if row is None:
        abort(404)
    number = rules.shown_number(row.number)
    name = f"{row.first_name} {row.last_name}"
    flash(_("Registered: %(name)s, number %(number)s.", name=name, number=number), "ok")
    if not request.form.get("next"):
        return see_other("desk.person", event=event, registration_id=row.id)
    kept = {name: form[name].data for name in ("source", "received_on", "clause_on", "category")}
    return see_other(".add_person", event=event, **{key: kept[key] for key in kept if kept[key]})


def _recognise(form: Entered) -> list[Known]:
    name = text.search_key(form.first_name.data or "", form.last_name.data or "")
    if not name:
        return []
    return queries.known_people(
        g.event.host_id, name=name, email=form.email.data, phone=form.columns().get("phone", "")
    )[:MOST_OFFERED]


MOST_OFFERED = 8


def _said_of(one: Known) -> str:
    """Return by what staff may recognise somebody: name, organisation, mailbox, telephone."""
    person, last = one.person, one.last
    here = last is not None and last.event_id == g.event.id and last.state in rules.OPEN
    parts = [
        text.full_name(person.title, person.first_name, person.last_name),
        last.organisation.name if last is not None and last.organisation is not None else "",
        person.email or "",
        text.shown_phone(last.phone) if last is not None and last.phone else "",
        _("registered for this event already") if here else "",
    ]
    return " · ".join(part for part in parts if part)


def _details(form: Entered) -> Details:
    return Details(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        email=form.email.data,
        category=form.category.data,
        organisation=organisation_in(form),
        consents={ConsentKind.INFORMATION_CLAUSE: form.clause.data, **form.consents()},
        answers=form.answers(),
        **form.columns(),
    )
