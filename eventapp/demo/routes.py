"""The demonstration's own pages: moments, roles, test badges. Mounted in a demonstration only."""

from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from eventapp.accounts import commands as accounts
from eventapp.accounts import rules as signing_in
from eventapp.demo.moments import BY_NAME, MOMENTS
from eventapp.demo.serving import COOKIE
from eventapp.events.models import Event, EventState, Role, TeamMember
from eventapp.kernel import clock, visits
from eventapp.kernel.db import db
from eventapp.kernel.guard import public
from eventapp.kernel.refusal import N_
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place

bp = Blueprint("demo", __name__, url_prefix="/demo")

# Who one can be: the role's name, its title, the moment that shows it best, its first page.
ROLES = {
    "organiser": (N_("Organiser"), "sign-ups", "desk.overview", Role.ORGANISER),
    "co-organiser": (
        N_("Co-organiser"),
        "sign-ups",
        "desk.co_organiser",
        Role.CO_ORGANISER,
    ),
    "participant": (N_("Participant"), "sign-ups", "desk.mine", None),
    "contact": (N_("Contact of an organisation"), "sign-ups", "desk.group", None),
    "door": (N_("Reception"), "door", "checkin.door", Role.DOOR),
    "juror": (N_("Juror"), "scoring", "awards.jury", Role.JUROR),
    "chair": (N_("Chair of the jury"), "meeting", "awards.jury", Role.CHAIR),
}


def install(app: Flask) -> None:
    """Show the demonstration's bar on every page."""

    @app.context_processor
    def bar() -> dict[str, Any]:
        here = current_app.config.get("DEMO_MOMENT")
        return {
            "demo": {
                "moments": [
                    {
                        "text": _(moment.title),
                        "url": f"/demo/{moment.name}/open",
                        "current": moment.name == here,
                    }
                    for moment in MOMENTS
                ],
                "roles": [
                    {"text": _(title), "url": f"/demo/{here}/as/{role}", "current": False}
                    for role, (title, *_rest) in ROLES.items()
                ],
                "mail_url": "/mailbox/",
                "badges_url": f"/demo/{here}/badges",
                "anew_url": f"/demo/{here}/anew",
            }
        }


@bp.post("/<moment>/open")
@public
def open_moment(moment: str) -> Response:
    """Go on in another moment."""
    return _into(moment, redirect("/", code=303))


@bp.post("/<moment>/anew")
@public
def anew(moment: str) -> Response:
    """Begin this moment anew."""
    db.session.remove()
    db.engine.dispose()
    current_app.extensions["eventapp-anew"]()
    return _into(moment, redirect("/", code=303))


@bp.route("/<moment>/as/<role>", methods=["GET", "POST"])
@public
def enter(moment: str, role: str) -> Response:
    """Be somebody at a moment; the printed links come here, so a GET acts as well."""
    if role not in ROLES:
        abort(404)
    _title, _moment, endpoint, team_role = ROLES[role]
    event = _event()
    if team_role is None:
        target = _as_contact(event) if role == "contact" else _as_participant(event)
        return _into(moment, redirect(target, code=303))
    account_id = _account(event, team_role)
    entry = accounts.enter_for_demonstration(account_id, visits.device(), clock.now())
    lasts = int(signing_in.LONGEST.total_seconds())
    return _into(moment, visits.give(entry.token, url_for(endpoint, event=event.slug), lasts))


@bp.get("/<moment>/badges")
@public
def badges(moment: str) -> str:
    """Show badges to scan from a second screen."""
    event = _event()
    g.event = event
    query = select(Registration).where(
        Registration.event_id == event.id, Registration.badge_hash.is_not(None)
    )
    rows = db.session.scalars(query.order_by(Registration.id).limit(12)).all()
    codes = [(row, people.badge_code(row), people.printed_code(row, event)) for row in rows]
    return render_template("demo/badges.html", codes=codes)


def _into(moment: str, answer: Response) -> Response:
    if moment not in BY_NAME:
        abort(404)
    answer.set_cookie(COOKIE, moment, samesite="Lax", httponly=True)
    return answer


def _event() -> Event:
    query = select(Event).where(Event.state == EventState.PUBLISHED)
    return db.session.scalars(query.order_by(Event.starts_on.desc())).first() or abort(404)


def _account(event: Event, role: Role) -> int:
    query = select(TeamMember.account_id).where(
        TeamMember.event_id == event.id, TeamMember.role == role
    )
    found = db.session.scalars(query.order_by(TeamMember.id)).all()
    if not found:
        abort(404)
    # The chair is a juror too; the plain juror is somebody else.
    return found[-1] if role is Role.JUROR else found[0]


def _as_participant(event: Event) -> str:
    """Return somebody's personal link; before anybody registered, the public page."""
    row = _participant(event)
    if row is None:
        return url_for("desk.home", event=event.slug)
    return url_for("registrations.enter", event=event.slug, token=people.link_token(row))


def _as_contact(event: Event) -> str:
    """Return the link of an organisation's contact; before there is one, the public page."""
    for row in people.groups(event.id):
        if len(people.members(row.id, states=(State.QUALIFIED,))) > 1:
            return url_for("desk.group", event=event.slug, token=people.group_token(row))
    return url_for("desk.home", event=event.slug)


def _participant(event: Event) -> Registration | None:
    """Return somebody with an address and seats in sessions."""
    query = (
        select(Registration)
        .join(SignUp, SignUp.registration_id == Registration.id)
        .where(
            Registration.event_id == event.id,
            Registration.state == State.QUALIFIED,
            Registration.email.is_not(None),
            SignUp.state == Place.CONFIRMED,
        )
    )
    return db.session.scalars(query.order_by(Registration.id)).first()
