"""Badges for programs: what stands on them, a new code, and that they were printed."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Response, abort, g
from msgspec import Meta

from eventapp.desk.api.frame import bp
from eventapp.documents import commands as documents
from eventapp.documents import queries as badges_of
from eventapp.documents.queries import Badge, Whom
from eventapp.documents.rules import BadgeRole, Layout, Printed
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, rest, tokens
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, IdText, Shown
from eventapp.registrations import commands, queries
from eventapp.registrations.rules import BadgeReason, RegistrationRefusal

BADGES = N_("Badges")
MOST = 500

Ids = Annotated[list[IdText], Meta(min_length=1, max_length=MOST)]


class ShownBadge(Shown):
    """What stands on somebody's badge.

    `code` is what a person types, `qr` the address in the QR code, upper case for its compact mode;
    `printed` tells whether the badge lies ready as it looks by now.
    """

    registration: str
    first_name: str
    last_name: str
    organisation: str
    role: BadgeRole
    no_photo: bool
    sessions: list[str]
    code: str
    qr: str
    printed: Printed


class NewCode(Body):
    """Why a badge gets another code."""

    reason: Literal["lost", "wrong-hands", "other"]


class PrintedBadges(Body):
    """Whose badges came out of a printer, and how."""

    registrations: Ids
    layout: Layout = Layout.CARD


class NotedBadges(Shown):
    """How many badges are noted as printed."""

    noted: int


@bp.get("/events/<slug:event>/badges")
@requires(Permission.SEE_PEOPLE)
@operation(
    N_("List what stands on the badges of those who take part"),
    about=BADGES,
    answers={200: list[ShownBadge]},
    lists=True,
)
def badges(event: str) -> Response:
    """List the badges in the order in which their people registered."""
    asked = rest.window()
    rows = sorted(badges_of.badges(g.event.id, Whom()), key=lambda one: one.row.id)
    behind = [one for one in rows if one.row.id > asked.after_id][: asked.limit + 1]
    return rest.listed(behind, asked, _shown, key=lambda one: one.row.id)


@bp.get("/registrations/<id:registration_id>/badge")
@requires(Permission.SEE_PEOPLE, queries.event_of_registration)
@operation(N_("Read what stands on somebody's badge"), about=BADGES, answers={200: ShownBadge})
def badge(registration_id: int) -> Response:
    """Show one badge; printing it again gives the same code."""
    return rest.answered(_badge(registration_id))


@bp.post("/registrations/<id:registration_id>/badge")
@requires(Permission.LEAD_DOOR, queries.event_of_registration)
@operation(
    N_("Give a badge a new code; the old one opens nothing any more"),
    about=BADGES,
    body=NewCode,
    answers={201: ShownBadge},
    refuses=(RegistrationRefusal,),
    repeats=True,
)
def reissue_badge(registration_id: int, body: NewCode) -> Response:
    """Issue a new code for a badge that is lost or in wrong hands."""
    reason, now = BadgeReason(body.reason), clock.now()
    rest.once(lambda: {"code": commands.reissue_badge(registration_id, now, reason=reason)})
    return rest.answered(_badge(registration_id), 201)


@bp.post("/events/<slug:event>/badges/printed")
@requires(Permission.SEE_PEOPLE)
@operation(
    N_("Note that badges were printed as they look by now"),
    about=BADGES,
    body=PrintedBadges,
    answers={200: NotedBadges},
    repeats=True,
)
def note_printed(event: str, body: PrintedBadges) -> Response:
    """Note what a program has printed; people of another event are passed over."""
    whom = Whom(only=[int(one) for one in body.registrations])
    event_id, now = g.event.id, clock.now()
    noted = rest.once(lambda: _noted(event_id, whom, body.layout, now))
    return rest.answered(NotedBadges(**noted))


def _noted(event_id: int, whom: Whom, layout: Layout, now: datetime) -> dict[str, int]:
    made = badges_of.badges(event_id, whom)
    documents.note_printed(event_id, made, layout, now)
    return {"noted": len(made)}


def _badge(registration_id: int) -> ShownBadge:
    look_again()
    row = queries.registration(registration_id)
    if row is None or row.badge_hash is None:
        abort(404)
    return _shown(badges_of.badge(row))


def _shown(one: Badge) -> ShownBadge:
    return ShownBadge(
        registration=str(one.row.id),
        first_name=one.row.first_name,
        last_name=one.row.last_name,
        organisation=one.organisation,
        role=one.role,
        no_photo=one.no_photo,
        sessions=[str(session.id) for session in one.sessions],
        code=one.code,
        qr=tokens.badge_url(boundary.base_url(), one.qr),
        printed=one.printed,
    )
