"""Places that nobody came for: who waits for them, giving them away and back."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.attendance import commands, queries
from eventapp.attendance.forms import ReleaseAfter
from eventapp.attendance.routes.frame import bp, own_session
from eventapp.attendance.rules import releasing
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SignUpRule


@bp.get("/<slug:event>/door/places")
@requires(Permission.LEAD_DOOR)
def places(event: str) -> str:
    """Show today's sessions with their unused places and those who wait at their doors."""
    return _page(None, None)


def _page(form: ReleaseAfter | None, faulty_id: int | None) -> str:
    boundary.keep_private()
    now = clock.now()
    held = [
        one
        for one in programme.programme(g.event.id)
        if one.sign_up is SignUpRule.REQUIRED
        and one.appointment_minutes is None
        and one.capacity is not None
        and i18n.day_of(one.starts_at) == i18n.day_of(now)
    ]
    rows = queries.release_rules(g.event.id)
    found = queries.door_lists(held)
    return render_template(
        "attendance/places.html",
        found=found,
        releases=queries.releases(g.event.id, [one.id for one in held]),
        titles={one.id: i18n.local(one.activity.title) for one in held},
        refusals={one.session.id: releasing.refuse_release(one.session, now) for one in found},
        event_form=_form(rows.get(None), form if faulty_id is None else None),
        forms={
            one.id: _form(rows.get(one.id), form if faulty_id == one.id else None) for one in held
        },
        own=set(rows),
        event_minutes=rows[None].minutes if None in rows else None,
    )


def _form(row: object, faulty: ReleaseAfter | None) -> ReleaseAfter:
    return faulty or ReleaseAfter(formdata=None, minutes=getattr(row, "minutes", None))


@bp.post("/<slug:event>/door/places")
@requires(Permission.LEAD_DOOR)
def set_event_release(event: str) -> Response | str:
    """Say for the whole event when unused places go to those at the door."""
    return _set(None)


@bp.post("/<slug:event>/door/places/<id:session_id>")
@requires(Permission.LEAD_DOOR)
def set_session_release(event: str, session_id: int) -> Response | str:
    """Say the same for one session, whatever the event says."""
    return _set(own_session(session_id))


def _set(session: Session | None) -> Response | str:
    form = ReleaseAfter()
    session_id = session.id if session is not None else None
    if not form.validate():
        return _page(form, session_id)
    commands.set_release(g.event.id, session_id, form.minutes.data)
    flash(_("It is saved."), "ok")
    return see_other(".places", event=g.event.slug)


@bp.post("/<slug:event>/door/places/<id:session_id>/release")
@requires(Permission.LEAD_DOOR)
def release(event: str, session_id: int) -> Response:
    """Give the unused places of a session to those who wait at its door."""
    row = own_session(session_id)
    try:
        given = commands.release_places(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(
            ngettext(
                "%(num)d place is given away; call the person and scan the badge.",
                "%(num)d places are given away; call the people and scan their badges.",
                given,
            ),
            "ok",
        )
    return see_other(".places", event=event)


@bp.post("/<slug:event>/door/releases/<id:release_id>/return")
@requires(Permission.LEAD_DOOR)
def return_place(event: str, release_id: int) -> Response:
    """Give a place back to whom it was taken from."""
    row = queries.release(release_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    try:
        commands.return_place(release_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The place is its holder's again."), "ok")
    return see_other(".places", event=event)
