"""My programme: what a participant attends, the badge, leaving."""

from datetime import datetime
from typing import Any

from flask import flash, g, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.forms import SendPlace
from eventapp.desk.routes.frame import bp, labelled
from eventapp.desk.routes.groups import place_url
from eventapp.desk.routes.words import answer_name
from eventapp.documents import queries as paper
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Organiser
from eventapp.invites import queries as invited
from eventapp.invites import rules as invites
from eventapp.kernel import bundled, clock, i18n
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.mails import feed_url
from eventapp.registrations.models import RegistrationGroup
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.enquiry import Standing
from eventapp.signups import commands as signups
from eventapp.signups import queries as places


@bp.get("/<slug:event>/my")
@requires(Permission.SIGN_UP)
def mine(event: str) -> str:
    """Show a participant's own programme, badge and what they may still change."""
    now = clock.now()
    days = labelled(queries.plan(g.event, g.registration, now, mine=True))
    cards = [one for day in days for one in day.cards]
    own = places.own(g.registration.id)
    return render_template(
        "desk/mine.html",
        registration=g.registration,
        days=days,
        offered=[one for one in cards if one.mine == "offered"],
        own=own,
        answers=invited.answers_of(g.registration.id),
        answer_name=answer_name,
        materials=queries.handed_out(cards, queries.readers(cards, g.registration), now),
        code=people_of.badge_code(g.registration),
        printed_code=people_of.printed_code(g.registration, g.event),
        feed=(feed := feed_url(g.registration)),
        webcal=invites.webcal(feed),
        cancel_refusal=taking_part.refuse_cancel(g.registration, g.event, now),
        inviter=_inviter(),
        progress=_progress(),
        certificate=paper.own_certificate(g.registration.id),
        over=i18n.day_of(now) >= g.event.ends_on,
        passing=_passing(now),
        colleague=_colleague(),
        waiting_position=people_of.waiting_position(g.registration),
    )


def _progress() -> tuple[int, int]:
    """Return how much of what the event asks the participant has given, and how much there is."""
    row, event_id = g.registration, g.event.id
    at = Standing(row.category.code if row.category else None, people_of.answers(row.id))
    return enquiry.progress(people_of.form_of(event_id), people_of.questions(event_id), row, at)


def _passing(now: datetime) -> dict[str, Any]:
    """Return how one's place can be passed on: the link there is, or why there can be none."""
    terms, held = people_of.terms(g.event.id), people_of.offered(g.registration.id)
    return {
        "link": place_url(held) if held is not None else None,
        "email": held.email if held is not None else None,
        "refusal": taking_part.refuse_offer(g.registration, g.event, terms, now),
        "until": taking_part.substitute_deadline(g.event, terms),
        "form": SendPlace(formdata=None),
    }


def _colleague() -> RegistrationGroup | None:
    """Return who registered the participant, until they have given their own data."""
    row = g.registration
    if row.group_id is None or people_of.acknowledged([row.id]):
        return None
    return people_of.group(row.group_id)


def _inviter() -> Organiser | None:
    """Return the institution whose guest the participant is."""
    organiser_id = g.registration.organiser_id
    return frame.organiser(organiser_id) if organiser_id is not None else None


@bp.get("/<slug:event>/my/badge")
@requires(Permission.SIGN_UP)
def badge(event: str) -> str:
    """Show the badge large, for the scanner at the door."""
    return render_template(
        "desk/badge.html",
        registration=g.registration,
        code=people_of.badge_code(g.registration),
        printed_code=people_of.printed_code(g.registration, g.event),
    )


@bp.get("/<slug:event>/my/worker.js")
@public
def my_worker(event: str) -> Response:
    """Give the script by which a phone keeps its owner's programme and badge."""
    script = (bundled.folder("static") / "js" / "my_worker.js").read_bytes()
    answer = Response(script, mimetype="text/javascript")
    # Its own folder is not enough: My programme lies right above it.
    answer.headers["Service-Worker-Allowed"] = url_for(".mine", event=event)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.post("/<slug:event>/my/cancel")
@requires(Permission.SIGN_UP)
def cancel(event: str) -> Response:
    """Cancel taking part; every seat goes to the next in its queue before this is answered."""
    now = clock.now()
    try:
        registrations.cancel(g.registration.id, now)
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".mine", event=event)
    signups.fill_seats(g.event.id, now)
    session.get("places", {}).pop(str(g.event.id), None)
    session.modified = True
    flash(_("Your registration is cancelled. Thank you for making room."), "ok")
    return see_other(".home", event=event)
