"""Places kept for whoever opens their link, and own data of those whom a colleague registered."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, limits, submissions
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.forms import Register, colleague_form
from eventapp.registrations.forms.asked import asked_consents, conditions, consent_name
from eventapp.registrations.models import HeldPlace
from eventapp.registrations.routes.frame import asking_of_event, bp
from eventapp.registrations.routes.public import details_in, place_refusal, remember, welcome


@bp.get("/<slug:event>/place/<token>")
@public
def place(event: str, token: str) -> str:
    """Show who keeps which place, and ask for the person's own data."""
    held = _held(event, token)
    return _place_page(held, token, _form_of(held))


def _held(event: str, token: str) -> HeldPlace:
    """Return the place that this link is for; whoever has no valid one learns where to ask."""
    held = queries.place_by_link(token)
    if held is None or held.event_id != g.event.id or held.state not in rules.OPEN:
        limits.hit("token-probes", limits.address())
        flash(_("This place has been taken already, or the link was taken back."), "stop")
        abort(see_other(".lost_link", event=event))
    boundary.keep_private()
    return held


def _form_of(held: HeldPlace) -> Register:
    """Return the form of a person who takes a place: the organisation is that of the place."""
    form = colleague_form(asking_of_event())
    if held.group is not None and held.group.category is not None and not held.replaces_id:
        form.category.data = held.group.category.code
    return form


def _place_page(
    held: HeldPlace, token: str, form: Register, refusal: list[str] | None = None
) -> str:
    replaced = queries.registration(held.replaces_id) if held.replaces_id else None
    organisation = held.group.organisation if held.group else replaced and replaced.organisation
    return render_template(
        "registrations/place.html",
        extra=refusal or [],
        held=held,
        token=token,
        replaced=replaced,
        organisation=organisation,
        sessions=[one for one in map(programme.session, held.session_ids) if one is not None],
        **_shown(form),
    )


def _shown(form: Register) -> dict[str, object]:
    form.clause_read.data = queries.clause_number(g.event.id, clock.now())
    return {
        "form": form,
        "consents": [form[consent_name(kind)] for kind in asked_consents(form.asked.form)],
        "conditions": conditions,
    }


@bp.post("/<slug:event>/place/<token>")
@public
def take_place(event: str, token: str) -> Response | str:
    """Take the place, and go on to one's own programme."""
    held = _held(event, token)
    form = _form_of(held)
    if not form.validate():
        return _place_page(held, token, form)
    limits.hit("registrations", limits.address())
    held_id, now, details = held.id, clock.now(), details_in(form)
    try:
        registration_id = submissions.once(
            f"take-place:{held_id}",
            form.key_of(details),
            lambda: {"id": commands.take_place(held_id, details, now).id},
        )["id"]
    except Refused as refused:
        return _place_page(_held(event, token), token, form, place_refusal(form, refused))
    return welcome(registration_id)


# --- own data of somebody whom a colleague registered -----------------------------------------


@bp.get("/<slug:event>/my/complete")
@requires(Permission.SIGN_UP)
def own_data(event: str) -> str:
    """Ask somebody whom a colleague registered for their own data and acknowledgements."""
    return _own_data_page(colleague_form(asking_of_event(), g.registration))


def _own_data_page(form: Register, refusal: list[str] | None = None) -> str:
    boundary.keep_private()
    group = queries.group(g.registration.group_id) if g.registration.group_id else None
    return render_template(
        "registrations/own_data.html", group=group, extra=refusal or [], **_shown(form)
    )


@bp.post("/<slug:event>/my/complete")
@requires(Permission.SIGN_UP)
def complete(event: str) -> Response | str:
    """Keep what somebody says of themselves, and what they agree to."""
    form = colleague_form(asking_of_event())
    if not form.validate():
        return _own_data_page(form)
    try:
        commands.complete(
            g.registration.id, details_in(form), clock.now(), asked=list(form.columns())
        )
    except Refused as refused:
        return _own_data_page(form, place_refusal(form, refused))
    row = queries.registration(g.registration.id)
    if row is not None:
        remember(row)  # another address has another link
    flash(_("Thank you, your data are saved."), "ok")
    return see_other("desk.mine", event=event)
