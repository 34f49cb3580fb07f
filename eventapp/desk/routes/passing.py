"""A place passed on: by the person's own link, and afterwards by the staff."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk.forms import SendPlace, Substitute
from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.groups import offer, ticked_sessions
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, submissions
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.models import Registration
from eventapp.signups import commands as signups
from eventapp.signups import queries as places


@bp.post("/<slug:event>/my/pass-on")
@requires(Permission.SIGN_UP)
def pass_on(event: str) -> Response:
    """Offer one's place to somebody else by a link."""
    offer(g.registration, SendPlace(), clock.now())
    return see_other(".mine", event=event)


@bp.post("/<slug:event>/my/keep-place")
@requires(Permission.SIGN_UP)
def keep_place(event: str) -> Response:
    """Take the link back by which somebody else could have had one's place."""
    held = people_of.offered(g.registration.id)
    if held is not None:
        try:
            registrations.give_back_place(held.id, clock.now())
        except Refused as refused:
            flash_refusal(refused)
            return see_other(".mine", event=event)
    flash(_("The link is taken back; you keep your place."), "ok")
    return see_other(".mine", event=event)


# --- by the staff -----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/people/<id:registration_id>/substitute")
@requires(Permission.MANAGE_PEOPLE)
def substitution(event: str, registration_id: int) -> str:
    """Ask who comes instead of somebody, and which places pass on."""
    row = _own(registration_id)
    ticked = {held.session_id for held in places.own(row.id)}
    return _substitution_page(row, Substitute(formdata=None), ticked)


def _own(registration_id: int) -> Registration:
    row = people_of.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


def _substitution_page(row: Registration, form: Substitute, ticked: set[int]) -> str:
    boundary.keep_private()
    return render_template(
        "desk/substitution.html",
        row=row,
        form=form,
        own=places.own(row.id),
        ticked=ticked,
        refusal=taking_part.refuse_move(row, taking_part.State.REPLACED),
    )


@bp.post("/<slug:event>/desk/people/<id:registration_id>/substitute")
@requires(Permission.MANAGE_PEOPLE)
def substitute(event: str, registration_id: int) -> Response | str:
    """Let somebody take part instead, at any time; freed places go to the queues at once."""
    row, form = _own(registration_id), Substitute()
    ticked = ticked_sessions()
    if not form.validate():
        return _substitution_page(row, form, ticked)
    details, now, state = form.details(row.locale), clock.now(), row.state
    session_ids = sorted(ticked & {held.session_id for held in places.own(row.id)})
    try:
        made = submissions.once(
            f"substitute:{row.id}",
            form.key_of((details, session_ids)),
            lambda: {
                "id": registrations.substitute(
                    registration_id, details, now, session_ids=session_ids, state=state
                ).id
            },
        )
    except Refused as refused:
        flash_refusal(refused)
        return _substitution_page(_own(registration_id), form, ticked)
    signups.fill_seats(g.event.id, now)
    flash(_("The place is passed on. The old badge opens nothing any more."), "ok")
    return see_other(".person", event=event, registration_id=made["id"])
