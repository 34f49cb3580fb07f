"""The controller's view: who is here now, some people by lot and their way, access that ends."""

from datetime import timedelta

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.accounts import commands as accounts
from eventapp.checkin import queries as doors
from eventapp.documents import queries
from eventapp.documents.forms import LetIn
from eventapp.documents.routes.certificates import because_of
from eventapp.documents.routes.frame import bp
from eventapp.events import commands as events
from eventapp.events.access import Permission
from eventapp.events.models import Role
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import SessionState
from eventapp.registrations import queries as people


@bp.get("/<slug:event>/desk/control")
@requires(Permission.SEE_PEOPLE)
def control(event: str) -> str:
    """Show what a controller asks for first: sessions of this moment, people by lot, documents."""
    return _page(LetIn(formdata=None, days=7))


def _page(form: LetIn) -> str:
    boundary.keep_private()
    now = clock.now()
    seed = boundary.read_id(request.args.get("lot")) or int(i18n.day_of(now).strftime("%y%m%d"))
    here = doors.inside_counts(g.event.id)
    points = {point.session_id: point.id for point in doors.checkpoints(g.event.id)}
    held = [
        (one, here.get(points.get(one.id, 0), 0))
        for one in programme.programme(g.event.id)
        if one.state is SessionState.SCHEDULED and one.starts_at <= now < one.ends_at
    ]
    return render_template(
        "documents/control.html",
        held=held,
        sample=queries.sample(g.event.id, seed),
        seed=seed,
        form=form,
        packs=queries.packs(g.event.id)[:1],
    )


@bp.post("/<slug:event>/desk/control")
@requires(Permission.MANAGE_TEAM)
def let_controller_in(event: str) -> Response | str:
    """Let somebody read everything for some days, by a link in a letter."""
    form = LetIn()
    if not form.validate():
        return _page(form)
    now = clock.now()
    until = now + timedelta(days=form.days.data or 1)
    try:
        account = accounts.keep_account(form.email.data, form.name.data, now)
        events.join_team(g.event.id, account.id, Role.READER, now, expires_at=until)
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".control", event=event)
    accounts.send_link(account.email, now)
    flash(
        _("%(name)s may read everything until %(when)s; a sign-in link is on its way.",
          name=account.name, when=i18n.when(until)),
        "ok",
    )  # fmt: skip
    return see_other(".control", event=event)


@bp.get("/<slug:event>/desk/control/people/<id:registration_id>")
@requires(Permission.SEE_PEOPLE)
def trail(event: str, registration_id: int) -> str:
    """Show the way of one person from the form to the certificate."""
    boundary.keep_private()
    row = people.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return render_template(
        "documents/trail.html",
        trail=queries.trail(row),
        why=because_of,
        rule=queries.rule_of(g.event),
    )
