"""Several people of one organisation: registered in one go, and looked after by their contact."""

from datetime import datetime
from typing import Any

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.forms import AddToGroup, RegisterGroup, SendPlace
from eventapp.desk.routes.frame import bp
from eventapp.events import queries as frame
from eventapp.kernel import boundary, clock, facts, i18n, limits, pages, submissions
from eventapp.kernel.guard import public
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.models import HeldPlace, Registration, RegistrationGroup
from eventapp.signups import commands as signups
from eventapp.signups import queries as places

MORE = "more"  # the button that adds a row


# --- registering ------------------------------------------------------------------------------


@bp.get("/<slug:event>/register-several")
@public
def register_several(event: str) -> str:
    """Ask a colleague whom they register for their organisation."""
    return _several_page(_several())


def _several() -> RegisterGroup:
    return RegisterGroup(list(frame.categories(g.event.id)))


def _several_page(form: RegisterGroup) -> str:
    terms = people_of.terms(g.event.id)
    return render_template(
        "desk/register_several.html",
        form=form,
        closed=taking_part.refuse_window(g.event, clock.now()),
        cap=terms.organisation_cap if terms else None,
    )


@bp.post("/<slug:event>/register-several")
@public
def submit_several(event: str) -> Response | str:
    """Register all of them, or add a row to the form and lose nothing."""
    form = _several()
    if request.form.get(MORE):
        form.add_row()
        return _several_page(form)
    if not form.validate():
        return _several_page(form)
    limits.hit("registrations", limits.address())
    event_id, now, details = g.event.id, clock.now(), form.details(i18n.current())
    try:
        group_id = submissions.once(
            f"register-group:{event_id}",
            form.key_of(details),
            lambda: {"id": registrations.register_group(event_id, details, now).id},
        )["id"]
    except Refused as refused:
        flash_refusal(refused)
        return _several_page(form)
    row = people_of.group(group_id)
    if row is None:
        abort(404)
    flash(_("Everybody is registered. The link to this page is in your mail."), "ok")
    return see_other(".group", event=event, token=people_of.group_token(row))


# --- the contact's page -----------------------------------------------------------------------


@bp.get("/<slug:event>/group/<token>")
@public
def group(event: str, token: str) -> str:
    """Show a contact everybody of the organisation, and what is still missing."""
    return _group_page(_whose(event, token), token, AddToGroup(formdata=None))


def _whose(event: str, token: str) -> RegistrationGroup:
    """Return the group whose contact has this link; whoever has none is sent to ask for it."""
    row = people_of.group_by_link(token)
    if row is None or row.event_id != g.event.id:
        limits.hit("token-probes", limits.address())
        flash(_("This personal link is not valid any more. Ask for the present one here."), "stop")
        abort(see_other("registrations.lost_link", event=event))
    boundary.keep_private()
    i18n.prefer(row.locale)
    facts.act_as(f"registration-group:{row.id}")
    return row


def _group_page(row: RegistrationGroup, token: str, form: AddToGroup) -> str:
    now, terms = clock.now(), people_of.terms(g.event.id)
    return render_template(
        "desk/group.html",
        group=row,
        token=token,
        form=form,
        send=SendPlace(formdata=None),
        people=queries.colleagues(row.id),
        unnamed=[(held, place_url(held)) for held in people_of.unnamed(row.id)],
        place_url=place_url,
        closed=taking_part.refuse_window(g.event, now),
        cap=terms.organisation_cap if terms else None,
        taken=people_of.organisation_taken(g.event.id, row.organisation_id),
        choose=terms is None or terms.choose_sessions,
        deadline=taking_part.substitute_deadline(g.event, terms),
        exchangeable=now <= taking_part.substitute_deadline(g.event, terms),
    )


def place_url(held: HeldPlace) -> str:
    """Return the address where somebody takes a held place."""
    return boundary.absolute(
        "registrations.place", event=g.event.slug, token=people_of.place_token(held)
    )


@bp.get("/<slug:event>/group/<token>/sheet")
@public
def group_sheet(event: str, token: str) -> str:
    """Show the same list on paper."""
    row = _whose(event, token)
    return render_template(
        "desk/group_sheet.html",
        group=row,
        token=token,
        people=queries.colleagues(row.id),
        unnamed=people_of.unnamed(row.id),
    )


@bp.post("/<slug:event>/group/<token>/add")
@public
def add_to_group(event: str, token: str) -> Response | str:
    """Register one colleague more, or keep a place for one who is still to be named."""
    row, form = _whose(event, token), AddToGroup()
    if not form.validate():
        return _group_page(row, token, form)
    limits.hit("registrations", limits.address())
    now, members, unnamed = clock.now(), form.members(), form.unnamed()
    group_id = row.id

    def act() -> dict[str, Any]:
        registrations.add_to_group(group_id, now, members=members, unnamed=unnamed)
        return {}

    try:
        submissions.once(f"add-to-group:{row.id}", form.key_of((members, unnamed)), act)
    except Refused as refused:
        flash_refusal(refused)
        return _group_page(_whose(event, token), token, form)
    flash(_("One more is registered."), "ok")
    return _back(event, token)


def _back(event: str, token: str) -> Response:
    return see_other(".group", event=event, token=token)


@bp.post("/<slug:event>/group/<token>/people/<id:registration_id>/cancel")
@public
def cancel_colleague(event: str, token: str, registration_id: int) -> Response:
    """Cancel a colleague's taking part, until the event's deadline."""
    row, now = _colleague(_whose(event, token), registration_id), clock.now()
    try:
        registrations.cancel(row.id, now)
    except Refused as refused:
        flash_refusal(refused)
        return _back(event, token)
    signups.fill_seats(g.event.id, now)
    flash(_("The registration is cancelled; places go to those who wait for them."), "ok")
    return _back(event, token)


def _colleague(group_row: RegistrationGroup, registration_id: int) -> Registration:
    """Return one of the group's own people; others are none of the contact's business."""
    row = people_of.registration(registration_id)
    if row is None or row.group_id != group_row.id or row.state not in taking_part.OPEN:
        abort(404)
    return row


@bp.post("/<slug:event>/group/<token>/places/<id:held_id>/send")
@public
def send_place(event: str, token: str, held_id: int) -> Response:
    """Send the link of a place that is still to be named to whoever shall have it."""
    held, form = _held(_whose(event, token), held_id), SendPlace()
    if not form.validate():
        flash(" ".join(form.email.errors), "stop")
        return _back(event, token)
    limits.hit("links", f"{g.event.id}:{form.email.data}")
    try:
        registrations.send_place(held.id, form.email.data, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The link is on its way to %(email)s.", email=form.email.data), "ok")
    return _back(event, token)


def _held(group_row: RegistrationGroup, held_id: int) -> HeldPlace:
    held = people_of.held_place(held_id)
    if held is None or held.group_id != group_row.id:
        abort(404)
    return held


@bp.post("/<slug:event>/group/<token>/places/<id:held_id>/give-back")
@public
def give_back_place(event: str, token: str, held_id: int) -> Response:
    """Hold a place for nobody any longer."""
    held = _held(_whose(event, token), held_id)
    try:
        registrations.give_back_place(held.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The link is taken back."), "ok")
    return _back(event, token)


# --- a colleague's workshops, and whoever comes instead ------------------------------------------


@bp.get("/<slug:event>/group/<token>/people/<id:registration_id>")
@public
def colleague(event: str, token: str, registration_id: int) -> str:
    """Show which sessions a colleague may have, and let somebody else come instead."""
    group_row = _whose(event, token)
    row, now = _colleague(group_row, registration_id), clock.now()
    terms = people_of.terms(g.event.id)
    choose = terms is None or terms.choose_sessions
    sessions = [one for one in programme.programme(g.event.id) if one.sign_up != "none"]
    held = people_of.offered(row.id)
    refusal = taking_part.refuse_offer(row, g.event, terms, now)
    return render_template(
        "desk/colleague.html",
        group=group_row,
        token=token,
        row=row,
        sessions=sessions,
        choices=places.choices(sessions, row, now) if choose else {},
        said=pages.said,
        choose=choose,
        own=places.own(row.id),
        offered=held,
        offered_url=place_url(held) if held else None,
        form=SendPlace(formdata=None),
        refusal=refusal,
        deadline=taking_part.substitute_deadline(g.event, terms),
    )


@bp.post("/<slug:event>/group/<token>/people/<id:registration_id>/sign-up/<id:session_id>")
@public
def sign_colleague_up(event: str, token: str, registration_id: int, session_id: int) -> Response:
    """Take a place for a colleague, as the colleague could."""
    row = _colleague(_choosing(event, token), registration_id)
    limits.hit("sign-ups", f"registration:{row.id}")
    try:
        taken = signups.sign_up(session_id, row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        waits = taken.state == "waiting"
        said = _("The colleague is on the waiting list.") if waits else _("The place is taken.")
        flash(said, "warn" if waits else "ok")
    return _to_colleague(event, token, registration_id)


def _choosing(event: str, token: str) -> RegistrationGroup:
    row = _whose(event, token)
    terms = people_of.terms(g.event.id)
    if terms is not None and not terms.choose_sessions:
        flash_refusal(Refused(taking_part.RegistrationRefusal.CHOICE_OF_OTHERS))
        abort(_back(event, token))
    return row


def _to_colleague(event: str, token: str, registration_id: int) -> Response:
    return see_other(".colleague", event=event, token=token, registration_id=registration_id)


@bp.post("/<slug:event>/group/<token>/people/<id:registration_id>/leave/<id:session_id>")
@public
def give_up_for_colleague(
    event: str, token: str, registration_id: int, session_id: int
) -> Response:
    """Give a colleague's place back; the next in the queue moves up at once."""
    row = _colleague(_choosing(event, token), registration_id)
    held = places.of(session_id, row.id)
    if held is None:
        abort(404)
    try:
        signups.leave_and_promote(held.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The place is given back."), "ok")
    return _to_colleague(event, token, registration_id)


@bp.post("/<slug:event>/group/<token>/people/<id:registration_id>/substitute")
@public
def substitute_colleague(event: str, token: str, registration_id: int) -> Response:
    """Offer a colleague's place to somebody else by a link."""
    row = _colleague(_whose(event, token), registration_id)
    offer(row, SendPlace(), clock.now())
    return _to_colleague(event, token, registration_id)


def offer(row: Registration, form: SendPlace, now: datetime) -> None:
    """Offer a person's place by a link, with the sessions that were ticked; say what came of it."""
    if not form.validate():
        flash(" ".join(form.email.errors), "stop")
        return
    own = {held.session_id for held in places.own(row.id)}
    try:
        registrations.offer_place(
            row.id,
            now,
            session_ids=sorted(own & ticked_sessions()),
            email=form.email.data,
        )
    except Refused as refused:
        flash_refusal(refused)
        return
    if form.email.data:
        flash(_("The link is on its way to %(email)s.", email=form.email.data), "ok")
    else:
        flash(_("The link is made: hand it on to whoever comes instead."), "ok")


def ticked_sessions() -> set[int]:
    """Return the sessions whose places shall pass on."""
    given = (boundary.read_id(one) for one in request.form.getlist("session_id"))
    return {number for number in given if number is not None}
