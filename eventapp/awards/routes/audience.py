"""The audience's vote: choose, read what cannot be taken back, give it."""

import secrets

from flask import flash, g, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.awards import commands, queries, rules
from eventapp.awards.forms import AudienceVote
from eventapp.awards.models import Call
from eventapp.awards.routes.frame import bp, the_call
from eventapp.awards.routes.setup import back_to_set_up, vote_form
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import NominationState, PublicVote
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, limits
from eventapp.kernel.guard import can, public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused

BROWSER = "audience"


def _registration_id() -> int | None:
    """Return the badge of the participant whose personal link this browser opened."""
    return g.registration.id if can(Permission.SIGN_UP) else None


def _refusal(call: Call) -> AwardRefusal | None:
    """Return why the reader cannot vote now, in the order in which one would ask."""
    if refusal := rules.audience.refuse_window(call, clock.now()):
        return refusal
    badge = _registration_id()
    came = badge is not None and queries.came(badge)
    return rules.audience.refuse_right(call, has_badge=badge is not None, came=came)


def _holder(call: Call) -> int | str | None:
    return _registration_id() if call.public_vote is PublicVote.BADGE else session.get(BROWSER)


@bp.get("/<slug:event>/awards/vote")
@public
def vote(event: str) -> str:
    """Show the nominations to choose from, or why there is nothing to choose."""
    return _page(the_call(), None)


def _page(call: Call, chosen: int | None) -> str:
    boundary.keep_private()
    refusal = _refusal(call)
    if refusal is None and call.public_vote is PublicVote.OPEN and BROWSER not in session:
        session[BROWSER] = secrets.token_hex(16)
    holder = _holder(call)
    rows = [] if refusal else queries.nominations(call.id, {NominationState.ACCEPTED})
    return render_template(
        "awards/vote.html",
        call=call,
        refusal=refusal,
        voted=holder is not None and queries.holder_voted(call.id, holder),
        awards=queries.awards(call.id),
        rows=rows,
        chosen=next((each for each in rows if each.id == chosen), None),
    )


@bp.post("/<slug:event>/awards/vote")
@public
def give_vote(event: str) -> Response | str:
    """Ask whether the choice is final; once it is, count the vote."""
    call = the_call()
    nomination_id = boundary.read_id(request.form.get("choice", "")) or 0
    if request.form.get("final") != "yes":
        # A choice in the address would stand in every server's log beside the caller's.
        return _page(call, nomination_id)
    try:
        _give(call, nomination_id)
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("Thank you. Your vote is counted."), "ok")
    return see_other(".vote", event=event)


def _give(call: Call, nomination_id: int) -> None:
    if call.public_vote is not PublicVote.BADGE:
        limits.hit("audience-votes", limits.address())
        if BROWSER not in session:
            raise Refused(AwardRefusal.NO_COOKIE)
        commands.vote_openly(call.id, session[BROWSER], nomination_id, clock.now())
        return
    badge = _registration_id()
    if badge is None:
        raise Refused(AwardRefusal.BADGE_NEEDED)
    commands.vote_by_badge(call.id, badge, nomination_id, clock.now())


@bp.post("/<slug:event>/desk/awards/audience")
@requires(Permission.MANAGE_AWARDS)
def keep_public_vote(event: str) -> Response | str:
    """Keep how and when the audience votes."""
    call = the_call()
    form = AudienceVote()
    if not form.validate():
        return vote_form(form)
    way = PublicVote(form.way.data)
    return back_to_set_up(
        lambda: commands.set_public_vote(
            call.id, way, form.vote_opens_at.data, form.vote_closes_at.data
        ),
        _("The audience’s vote is set."),
    )
