"""Organisations at an event, and what the host remembers of them and of people."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from eventapp.desk import commands, queries
from eventapp.desk.forms import ContactForm, GroupTermsForm, NumbersForm
from eventapp.desk.routes import carrying
from eventapp.desk.routes.frame import bp
from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.directory.models import Organisation
from eventapp.events import queries as frame
from eventapp.events.access import Permission, Standing, permits
from eventapp.events.models import Event
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import can, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.models import RegistrationGroup, State


@bp.get("/<slug:event>/desk/organisations")
@requires(Permission.SEE_PEOPLE)
def organisations(event: str) -> str:
    """List the organisations of the event with their places, and what they are allowed."""
    terms = people_of.terms(g.event.id)
    shown = {
        "organisation_cap": terms.organisation_cap if terms else None,
        "substitute_until": terms.substitute_until if terms else None,
        "choose_sessions": terms.choose_sessions if terms else True,
    }
    return _list_page(GroupTermsForm(formdata=None, **shown))


def _list_page(form: GroupTermsForm) -> str:
    boundary.keep_private()
    asked, terms = request.args.get("q", "")[:200], people_of.terms(g.event.id)
    return render_template(
        "desk/organisations.html",
        rows=queries.represented(g.event.id, asked),
        asked=asked,
        cap=terms.organisation_cap if terms else None,
        deadline=taking_part.substitute_deadline(g.event, terms),
        suggestions=queries.alike(g.event),
        form=form,
    )


@bp.post("/<slug:event>/desk/organisations")
@requires(Permission.MANAGE_PEOPLE)
def save_terms(event: str) -> Answer | str:
    """Say how many people one organisation may send, and how long they may be exchanged."""
    form = GroupTermsForm()
    if not form.validate():
        return _list_page(form)
    registrations.set_terms(g.event.id, clock.now(), **form.values())
    flash(_("The terms for organisations are saved."), "ok")
    return see_other(".organisations", event=event)


@bp.get("/<slug:event>/desk/organisations/export")
@requires(Permission.SEE_PEOPLE)
def export_organisations(event: str) -> Response:
    """Give the list as a spreadsheet."""
    boundary.keep_private()
    head = [
        _("Organisation"),
        _("NIP"),
        _("Place"),
        _("Registered"),
        _("Qualified"),
        _("Still to be named"),
    ]
    rows = [
        [
            row.organisation.name,
            row.organisation.nip or "",
            row.organisation.city,
            row.named,
            row.qualified,
            row.unnamed,
        ]
        for row in people_of.represented(g.event.id)
    ]
    return carrying.given(f"{event}-organizacje", _("Organisations"), head, rows)


# --- one organisation ---------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/organisations/<id:organisation_id>")
@requires(Permission.SEE_PEOPLE)
def organisation(event: str, organisation_id: int) -> str:
    """Show one organisation: who comes now, and what the host remembers of earlier events."""
    row = _of_event(organisation_id)
    return _page(row, NumbersForm(formdata=None, **NumbersForm.shown(row)))


def _of_event(organisation_id: int) -> Organisation:
    """Return an organisation that sent somebody; what others did is not this event's business."""
    row = _of_host(organisation_id)
    if not people_of.is_represented(g.event.id, organisation_id):
        abort(404)
    return row


def _of_host(organisation_id: int) -> Organisation:
    row = known.organisation(organisation_id)
    if row is None or row.host_id != g.event.host_id:
        abort(404)
    return row


def _page(row: Organisation, form: NumbersForm, contact: ContactForm | None = None) -> str:
    boundary.keep_private()
    now, events = clock.now(), _events_seen()
    groups = people_of.groups(g.event.id, organisation_id=row.id)
    return render_template(
        "desk/organisation.html",
        row=row,
        form=form,
        contact=contact or ContactForm(formdata=None),
        ungrouped=people_of.ungrouped(g.event.id, row.id),
        memory=queries.memory_of_organisation(row.id, events, now),
        groups=[(one, len(people_of.unnamed(one.id))) for one in groups],
        taken=people_of.organisation_taken(g.event.id, row.id),
        others=queries.alike_to(row) if can(Permission.MANAGE_PEOPLE) else [],
        decisions=[State.QUALIFIED, State.WAITING, State.REJECTED],
        asked=request.args.get("q", "")[:200],
        found=queries.found_organisations(row, request.args.get("q", "")[:200]),
    )


def _events_seen() -> list[Event]:
    """List the host's events whose people the reader may see, newest first."""
    host = g.event.host_id
    if Standing.ADMINISTRATOR in g.roles:
        return list(queries.events_of_host(host))
    if g.get("account") is None:  # a program holds the token of one event
        return [g.event]
    seen = {
        one.id: one
        for one, role in frame.events_of(g.account.id, clock.now())
        if one.host_id == host and permits(Permission.SEE_PEOPLE, frozenset({role}))
    }
    return list(seen.values())


@bp.post("/<slug:event>/desk/organisations/<id:organisation_id>/numbers")
@requires(Permission.MANAGE_PEOPLE)
def correct_numbers(event: str, organisation_id: int) -> Answer | str:
    """Correct the numbers under which registers know an organisation."""
    row, form = _of_event(organisation_id), NumbersForm()
    if not form.validate():
        return _page(row, form)
    try:
        directory.correct_numbers(row.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _page(_of_event(organisation_id), form)
    flash(_("The numbers are saved."), "ok")
    return see_other(".organisation", event=event, organisation_id=organisation_id)


@bp.get("/<slug:event>/desk/organisations/<id:organisation_id>/merge/<id:other_id>")
@requires(Permission.MANAGE_PEOPLE)
def merging(event: str, organisation_id: int, other_id: int) -> str:
    """Show what becomes of two organisations that are the same, before they are merged."""
    boundary.keep_private()
    row, other = _of_event(organisation_id), _of_host(other_id)
    return render_template(
        "desk/merging.html",
        row=row,
        other=other,
        moved=queries.moved_by_merging(other.id),
        both_here=people_of.is_represented(g.event.id, other.id),
    )


@bp.post("/<slug:event>/desk/organisations/<id:organisation_id>/merge/<id:other_id>")
@requires(Permission.MANAGE_PEOPLE)
def merge(event: str, organisation_id: int, other_id: int) -> Answer:
    """Let everything of the other organisation belong to this one, for good."""
    row, other = _of_event(organisation_id), _of_host(other_id)
    try:
        commands.merge_organisations(row.id, other.id, g.event.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".organisation", event=event, organisation_id=organisation_id)
    flash(_("The two organisations are one now."), "ok")
    return see_other(".organisation", event=event, organisation_id=organisation_id)


@bp.post("/<slug:event>/desk/organisations/<id:organisation_id>/contact")
@requires(Permission.MANAGE_PEOPLE)
def give_contact(event: str, organisation_id: int) -> Answer | str:
    """Let somebody look after the people of an organisation whom nobody looks after yet."""
    row, form = _of_event(organisation_id), ContactForm()
    if not form.validate():
        return _page(row, NumbersForm(formdata=None, **NumbersForm.shown(row)), form)
    now = clock.now()
    made = registrations.gather(
        g.event.id,
        row.id,
        now,
        contact_name=form.contact_name.data,
        contact_email=form.contact_email.data,
        registration_ids=[one.id for one in people_of.ungrouped(g.event.id, row.id)],
    )
    registrations.renew_group_link(made.id, now)
    flash(_("The contact gets the link to everybody of the organisation."), "ok")
    return see_other(".organisation", event=event, organisation_id=organisation_id)


@bp.post("/<slug:event>/desk/groups/<id:group_id>/decide")
@requires(Permission.MANAGE_PEOPLE)
def decide_group(event: str, group_id: int) -> Answer:
    """Let one decision stand for everybody of a group, named or not."""
    row, wanted = _own_group(group_id), request.form.get("state", "")
    if wanted not in taking_part.DECISIONS:
        abort(400)
    try:
        registrations.decide_group(row.id, State(wanted), clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The decision is noted and everybody is told."), "ok")
    return see_other(".organisation", event=event, organisation_id=row.organisation_id)


def _own_group(group_id: int) -> RegistrationGroup:
    row = people_of.group(group_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.post("/<slug:event>/desk/groups/<id:group_id>/renew-link")
@requires(Permission.MANAGE_PEOPLE)
def renew_group_link(event: str, group_id: int) -> Answer:
    """Send the contact a new link; the one before ends."""
    row = _own_group(group_id)
    registrations.renew_group_link(row.id, clock.now())
    flash(_("The contact gets a new link; the old one leads nowhere."), "ok")
    return see_other(".organisation", event=event, organisation_id=row.organisation_id)


# --- one person -----------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/people/<id:registration_id>/memory")
@requires(Permission.SEE_PEOPLE)
def memory(event: str, registration_id: int) -> str:
    """Show what the host remembers of a person: events, sessions, minutes, absences."""
    boundary.keep_private()
    row = people_of.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    found = queries.memory_of_person(row.person_id, _events_seen(), clock.now())
    return render_template("desk/memory.html", row=row, found=found, totals=_totals(found))


def _totals(found: list[queries.Remembered]) -> Mapping[str, Any]:
    return {
        "events": sum(one.came for one in found),
        "sessions": sum(len(one.attended) for one in found),
        "minutes": sum(one.minutes for one in found),
        "absences": sum(one.absent for one in found),
    }
