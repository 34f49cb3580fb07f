"""Badges to print: chosen at the desk, one at the door, one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from eventapp.documents import commands, queries, rules
from eventapp.documents.queries import Badge, Whom
from eventapp.documents.routes import cards
from eventapp.documents.routes.frame import bp
from eventapp.documents.rules import BadgeRole, Layout
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, limits, pdf, qr, tokens
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import as_attachment
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.registrations.rules import BadgeReason

PRINTED_STATES = (State.QUALIFIED, State.WAITING, State.PENDING)
SHOWN = 200  # rows of the list; more are printed all the same


@dataclass(frozen=True)
class Order:
    """What somebody wants from the printer: whose badges, on what paper, with what on them."""

    whom: Whom
    layout: Layout
    backs: bool
    photos: bool
    query: dict[str, Any]

    def badges(self) -> list[Badge]:
        """List the badges to print."""
        return queries.badges(g.event.id, self.whom)


KEPT = ("state", "role", "due", "layout", "backs", "photos", "of")


def _order(asked: "MultiDict[str, str]") -> Order:
    """Read an address or a form; what is nonsense is left out."""
    states = [State(one) for one in asked.getlist("state") if one in set(PRINTED_STATES)]
    ids = [number for one in asked.getlist("id") if (number := boundary.read_id(one)) is not None]
    return Order(
        whom=Whom(
            states=states or (State.QUALIFIED,),
            role=BadgeRole(asked["role"]) if asked.get("role") in set(BadgeRole) else None,
            due=bool(asked.get("due")),
            only=ids or rules.unpacked(asked.get("of", "")) or None,
        ),
        layout=Layout(asked["layout"]) if asked.get("layout") in set(Layout) else Layout.SHEET,
        backs=bool(asked.get("backs")),
        photos=bool(asked.get("photos")),
        query={key: asked.getlist(key) for key in KEPT if asked.get(key)},
    )


# --- the desk -----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/badges")
@requires(Permission.SEE_PEOPLE)
def badges(event: str) -> str:
    """Choose whose badges to print and on what paper, and see which lie ready."""
    boundary.keep_private()
    order = _order(request.args)
    return render_template(
        "documents/badges.html",
        order=order,
        badges=order.badges(),
        most=SHOWN,
        states=PRINTED_STATES,
        roles={one.value: cards.role_name(one) for one in BadgeRole},
        layouts={one.value: cards.layout_name(one) for one in Layout},
        makes_pdf=pdf.is_available(),
        role_name=cards.role_name,
    )


@bp.get("/<slug:event>/desk/badges/sheet")
@requires(Permission.SEE_PEOPLE)
def badge_sheet(event: str) -> str:
    """Show badges ready to be printed from the browser."""
    boundary.keep_private()
    order = _order(request.args)
    back = {"text": _("Back to the list"), "url": url_for(".badges", event=event, **order.query)}
    return _sheet(order.badges(), order, back=back)


@bp.post("/<slug:event>/desk/badges/sheet")
@requires(Permission.SEE_PEOPLE)
def choose_sheet(event: str) -> Response:
    """Go on to the page that is printed from the browser, with the ticked badges alone."""
    order = _order(request.form)
    query = dict(order.query)
    if order.whom.only is not None:
        query["of"] = rules.packed(order.whom.only)
    return redirect(url_for(".badge_sheet", event=event, **query), code=303)


@bp.post("/<slug:event>/desk/badges/pdf")
@requires(Permission.SEE_PEOPLE)
def badge_file(event: str) -> Response:
    """Give badges as PDF, and note that they were printed as they look by now."""
    order = _order(request.form)
    made = order.badges()
    if not made:
        flash(_("Nobody matches: there is no badge to print."), "warn")
        return redirect(url_for(".badges", event=event, **order.query), code=303)
    try:
        content = cards.document(made, order.layout, backs=order.backs, photos=order.photos)
    except Refused as refused:
        flash_refusal(refused)
        return redirect(url_for(".badges", event=event, **order.query), code=303)
    commands.note_printed(g.event.id, made, order.layout, clock.now())
    return as_attachment(content, _file_name(made), pdf.MEDIA_TYPE)


@bp.post("/<slug:event>/desk/badges/printed")
@requires(Permission.SEE_PEOPLE)
def note_printed(event: str) -> Response:
    """Note that badges were printed from the browser."""
    order = _order(request.form)
    made = order.badges()
    commands.note_printed(g.event.id, made, order.layout, clock.now())
    said = ngettext("%(num)s badge is noted as printed.", "%(num)s badges are noted as printed.",
                    len(made))  # fmt: skip
    flash(said, "ok")
    return redirect(url_for(".badges", event=event, **order.query), code=303)


def _file_name(made: Sequence[Badge]) -> str:
    one, several = _("badge"), _("badges")
    return f"{one}-{made[0].name}.pdf" if len(made) == 1 else f"{several}-{g.event.slug}.pdf"


def _sheet(made: Sequence[Badge], order: Order, **context: Any) -> str:
    return render_template(
        "documents/badge_sheet.html",
        badges=made,
        layout=order.layout.value,
        pages=rules.sides(len(made), order.layout, backs=order.backs),
        photos=order.photos,
        role_name=cards.role_name,
        **context,
    )


# --- one badge ----------------------------------------------------------------------------


@bp.get("/<slug:event>/door/badges/<id:registration_id>")
@requires(Permission.CHECK_IN)
def badge(event: str, registration_id: int) -> str:
    """Show one badge, ready to be printed; the same code as before."""
    boundary.keep_private()
    made = _own(registration_id)
    return _sheet(
        [made],
        _order(request.args),
        back=_back_to_door(),
        one=made,
        reasons=_reasons(),
        door=boundary.read_id(request.args.get("door")),
    )


@bp.post("/<slug:event>/door/badges/<id:registration_id>/pdf")
@requires(Permission.CHECK_IN)
def one_badge_file(event: str, registration_id: int) -> Response:
    """Give one badge as PDF; the same code as before."""
    made, order = _own(registration_id), _order(request.form)
    try:
        content = cards.document([made], order.layout, backs=order.backs, photos=order.photos)
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".badge", event=event, registration_id=registration_id)
    commands.note_printed(g.event.id, [made], order.layout, clock.now())
    return as_attachment(content, _file_name([made]), pdf.MEDIA_TYPE)


@bp.post("/<slug:event>/door/badges/<id:registration_id>/reissue")
@requires(Permission.LEAD_DOOR)
def reissue(event: str, registration_id: int) -> Response:
    """Give a lost badge a new code; the old one opens nothing any more."""
    row = _own(registration_id).row
    reason, door = request.form.get("reason", ""), boundary.read_id(request.form.get("door"))
    if reason not in set(BadgeReason):
        flash(_("Say why the badge gets a new code."), "warn")
        return see_other(".badge", event=event, registration_id=row.id, door=door)
    try:
        registrations.reissue_badge(row.id, clock.now(), reason=BadgeReason(reason))
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The badge has a new code; print it. The old one opens nothing any more."), "ok")
    return see_other(".badge", event=event, registration_id=row.id, door=door)


def _reasons() -> dict[str, str]:
    return {
        BadgeReason.LOST.value: _("lost"),
        BadgeReason.WRONG_HANDS.value: _("in somebody else's hands"),
        BadgeReason.OTHER.value: _("another reason"),
    }


def _own(registration_id: int) -> Badge:
    row = people.registration(registration_id)
    if row is None or row.event_id != g.event.id or row.badge_hash is None:
        abort(404)
    return queries.badge(row)


def _back_to_door() -> dict[str, str]:
    """Lead a steward who printed a badge back to the scanner it was printed from."""
    door = boundary.read_id(request.args.get("door"))
    if door is None:
        return {"text": _("Back to the door"), "url": url_for("checkin.door", event=g.event.slug)}
    url = url_for("checkin.scanner", event=g.event.slug, checkpoint_id=door)
    return {"text": _("Back to the scanner"), "url": url}


# --- one's own ----------------------------------------------------------------------------


@bp.get("/<slug:event>/my/badge.pdf")
@requires(Permission.SIGN_UP)
def my_badge(event: str) -> Response:
    """Give a participant their own badge as PDF, to be printed at home."""
    row: Registration = g.registration
    limits.hit("own-documents", str(row.id))
    made = queries.badge(row)
    try:
        content = cards.document([made], Layout.A6, backs=True, photos=False)
    except Refused as refused:
        flash_refusal(refused)
        return see_other("desk.mine", event=event)
    return as_attachment(content, _file_name([made]), pdf.MEDIA_TYPE)


@bp.get("/<slug:event>/my/badge.png")
@requires(Permission.SIGN_UP)
def my_code(event: str) -> Response:
    """Give a participant the code of their badge as a picture."""
    row: Registration = g.registration
    if row.badge_hash is None:
        abort(404)
    code = tokens.badge_url(boundary.base_url(), people.printed_code(row, g.event))
    return as_attachment(qr.png(code), "badge.png", "image/png")
