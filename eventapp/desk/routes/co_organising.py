"""For institutions that co-organise: the event in numbers, and guests of their own."""

from datetime import datetime

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.forms import CorrectGuest, InviteGuest
from eventapp.desk.queries import Totals
from eventapp.desk.routes.frame import bp, shown
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Organiser
from eventapp.kernel import boundary, clock, i18n, limits, submissions
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.models import Registration, State
from eventapp.signups import commands as signups


@bp.get("/<slug:event>/co-organiser")
@requires(Permission.SEE_TOTALS)
def co_organiser(event: str) -> str:
    """Show a co-organiser the event in numbers and the own guests."""
    return _totals_page("desk/co_organiser.html")


@bp.get("/<slug:event>/co-organiser/sheet")
@requires(Permission.SEE_TOTALS)
def co_organiser_sheet(event: str) -> str:
    """Show the same on paper."""
    return _totals_page("desk/co_organiser_sheet.html")


def _totals_page(template: str) -> str:
    boundary.keep_private()
    now, institution = clock.now(), _institution()
    found = queries.totals(g.event, now)
    return render_template(
        template,
        institution=institution,
        found=found,
        sessions=[shown(one) for one in found.sessions],
        guests=queries.guests(institution),
        in_short=_in_short(found, institution, now),
        begun=i18n.day_of(now) >= g.event.starts_on,
        refusal=taking_part.refuse_guest(g.event, i18n.day_of(now)),
    )


def _institution() -> Organiser:
    """Return the institution for which the signed-in account works here."""
    found = frame.organiser_of(g.account.id, g.event.id, clock.now())
    if found is None:
        abort(403)
    return found


def _in_short(found: Totals, institution: Organiser, now: datetime) -> str:
    """Return the numbers of the day as one line to put into a letter."""
    numbers = [
        ngettext("%(num)d registration", "%(num)d registrations", found.registered),
        ngettext(
            "%(num)d person accepted", "%(num)d people accepted", found.people[State.QUALIFIED]
        ),
        _("waiting list: %(num)s", num=found.people[State.WAITING]),
        ngettext("%(num)d cancellation", "%(num)d cancellations", found.people[State.CANCELLED]),
    ]
    present = dict(found.present).get(i18n.day_of(now))
    if present is not None:
        numbers.append(
            ngettext("%(num)d person present today", "%(num)d people present today", present)
        )
    if institution.guest_quota:
        used, quota = institution.guests, institution.guest_quota
        numbers.append(_("our guests: %(used)s of %(quota)s", used=used, quota=quota))
    title, when = i18n.local(g.event.title), i18n.when(now)
    return _(
        "%(title)s, %(when)s: %(numbers)s.", title=title, when=when, numbers=", ".join(numbers)
    )


# --- own guests -------------------------------------------------------------------------------


@bp.get("/<slug:event>/co-organiser/guests")
@requires(Permission.INVITE_GUESTS)
def new_guest(event: str) -> str:
    """Ask whom to invite."""
    return _new_guest_page(_invitation(formdata=None))


def _invitation(**given: None) -> InviteGuest:
    return InviteGuest(frame.categories(g.event.id), **given)


def _new_guest_page(form: InviteGuest) -> str:
    boundary.keep_private()
    return render_template("desk/new_guest.html", form=form, institution=_institution())


@bp.post("/<slug:event>/co-organiser/guests")
@requires(Permission.INVITE_GUESTS)
def invite_guest(event: str) -> Response | str:
    """Invite a guest to one of the institution's places; two clicks invite one."""
    institution, form = _institution(), _invitation()
    if not form.validate():
        return _new_guest_page(form)
    limits.hit("registrations", limits.address())
    organiser_id, now, details = institution.id, clock.now(), form.details()
    try:
        submissions.once(
            f"guest:{organiser_id}",
            form.key_of(details),
            lambda: {"id": registrations.invite_guest(organiser_id, details, now).id},
        )
    except Refused as refused:
        flash_refusal(refused)
        return _new_guest_page(form)
    flash(_invited(details.first_name, details.last_name, details.email), "ok")
    return see_other(".co_organiser", event=event)


def _invited(first_name: str, last_name: str, email: str | None) -> str:
    name = f"{first_name} {last_name}"
    if email:
        return _("%(name)s is invited; the invitation is on its way.", name=name)
    return _(
        "%(name)s has a place. No invitation was sent; the name is enough at the entrance.",
        name=name,
    )


@bp.get("/<slug:event>/co-organiser/guests/<id:guest_id>")
@requires(Permission.INVITE_GUESTS)
def guest(event: str, guest_id: int) -> str:
    """Show one of the own guests, to be corrected or cancelled."""
    row = _own_guest(guest_id)
    named = {name: getattr(row, name) for name in ("first_name", "last_name", "email")}
    return _guest_page(CorrectGuest(formdata=None, **named), row)


def _guest_page(form: CorrectGuest, row: Registration) -> str:
    boundary.keep_private()
    refusal = taking_part.refuse_guest_change(row, g.event, i18n.day_of(clock.now()))
    return render_template("desk/guest.html", form=form, row=row, refusal=refusal)


@bp.post("/<slug:event>/co-organiser/guests/<id:guest_id>")
@requires(Permission.INVITE_GUESTS)
def correct_guest(event: str, guest_id: int) -> Response | str:
    """Correct a guest's name and address."""
    row, form = _own_guest(guest_id), CorrectGuest()
    if not form.validate():
        return _guest_page(form, row)
    try:
        registrations.correct_guest(guest_id, clock.now(), **form.named())
    except Refused as refused:
        flash_refusal(refused)
        return _guest_page(form, _own_guest(guest_id))
    flash(_("The guest’s data are saved."), "ok")
    return see_other(".co_organiser", event=event)


@bp.post("/<slug:event>/co-organiser/guests/<id:guest_id>/cancel")
@requires(Permission.INVITE_GUESTS)
def cancel_guest(event: str, guest_id: int) -> Response:
    """Cancel a guest; the place goes back to the quota, seats in sessions to their queues."""
    _own_guest(guest_id)
    now = clock.now()
    try:
        registrations.cancel_guest(guest_id, now)
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".guest", event=event, guest_id=guest_id)
    signups.fill_seats(g.event.id, now)
    flash(_("The guest is cancelled; the place is yours to give again."), "ok")
    return see_other(".co_organiser", event=event)


def _own_guest(guest_id: int) -> Registration:
    """Return one of the institution's own guests; others are none of its business."""
    row = people_of.registration(guest_id)
    if row is None or row.organiser_id != _institution().id or row.state is State.REPLACED:
        abort(404)
    return row
