"""One-to-one advice: whom an adviser meets when, and what came of it, on a phone and on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk.forms import ServiceCardForm
from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.speaking import led_by_link
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, Speaker
from eventapp.programme.rules.appointments import Slot
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from eventapp.signups.queries import Advised


@dataclass(frozen=True, kw_only=True)
class DayCard:
    """One adviser's appointments in time order, each with who comes, if anybody does."""

    name: str
    appointments: Sequence[tuple[Slot, Advised | None]]


def day_cards(found: Session, adviser_id: int | None = None) -> list[DayCard]:
    """Return what each adviser, or one of them, holds in the hand."""
    advised = places.advised(found)
    slots = places.slots(found)
    return [
        DayCard(
            name=programme.name_of(named.speaker.person),
            appointments=[
                (one, advised.get(one)) for one in slots if one.adviser_id == named.speaker_id
            ],
        )
        for named in found.speakers
        if adviser_id in {None, named.speaker_id}
    ]


# --- for the team -----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/sessions/<id:session_id>/day-cards")
@requires(Permission.SEE_PEOPLE)
def advisers_cards(event: str, session_id: int) -> str:
    """Show every adviser's day card, one a page."""
    found = _advice(session_id)
    return _day_cards(found, None, _roster(found))


@bp.get("/<slug:event>/desk/sessions/<id:session_id>/service-cards")
@requires(Permission.SEE_PEOPLE)
def service_cards(event: str, session_id: int) -> str:
    """Show the service cards of every appointment, one a page; what is not noted stays blank."""
    found = _advice(session_id)
    return _service_cards(found, None, _roster(found))


@bp.get("/<slug:event>/desk/sessions/<id:session_id>/appointments/<id:sign_up_id>")
@requires(Permission.MANAGE_PEOPLE)
def service_card_of(event: str, session_id: int, sign_up_id: int) -> str:
    """Show the service card of one appointment, to be typed in from an adviser's paper."""
    one, found = _appointment(session_id, sign_up_id)
    return _card_page(_as_noted(one, found), one, found, _day_cards_of(found))


@bp.post("/<slug:event>/desk/sessions/<id:session_id>/appointments/<id:sign_up_id>")
@requires(Permission.MANAGE_PEOPLE)
def save_service_card_of(event: str, session_id: int, sign_up_id: int) -> Response | str:
    """Note for an adviser what came of an appointment."""
    one, found = _appointment(session_id, sign_up_id)
    form = ServiceCardForm()
    if form.validate():
        if _noted(form, sign_up_id):
            return see_other(".advisers_cards", event=g.event.slug, session_id=session_id)
        one, found = _appointment(session_id, sign_up_id)
    return _card_page(form, one, found, _day_cards_of(found))


def _appointment(session_id: int, sign_up_id: int) -> tuple[Advised, Session]:
    found = _advice(session_id)
    one = _advised(found, sign_up_id)
    if one is None:
        abort(404)
    return one, found


def _day_cards_of(found: Session) -> dict[str, str]:
    url = url_for(".advisers_cards", event=g.event.slug, session_id=found.id)
    return {"text": _("Day cards"), "url": url}


def _advice(session_id: int) -> Session:
    found = programme.session(session_id)
    if found is None or found.event_id != g.event.id or found.appointment_minutes is None:
        abort(404)
    boundary.keep_private()
    return found


def _roster(found: Session) -> dict[str, str]:
    url = url_for("desk.roster", event=g.event.slug, session_id=found.id)
    return {"text": _("Back to the session"), "url": url}


def _day_cards(found: Session, adviser_id: int | None, back: Mapping[str, str], **more: Any) -> str:
    return render_template(
        "desk/day_cards.html", session=found, cards=day_cards(found, adviser_id), back=back, **more
    )


def _service_cards(found: Session, adviser_id: int | None, back: Mapping[str, str]) -> str:
    advised = [
        one for one in places.advised(found).values() if adviser_id in {None, one.slot.adviser_id}
    ]
    names = {row.speaker_id: programme.name_of(row.speaker.person) for row in found.speakers}
    return render_template(
        "desk/service_cards.html", session=found, advised=advised, names=names, back=back
    )


# --- for advisers, behind their personal link -------------------------------------------------


@bp.get("/speaking/<token>/sessions/<id:session_id>/day-card")
@public
def own_day_card(token: str, session_id: int) -> str:
    """Show an adviser whom to expect when, with what they need."""
    row, found = _own_advice(token, session_id)
    return _day_cards(found, row.id, _mine(token), token=token)


@bp.get("/speaking/<token>/sessions/<id:session_id>/service-cards")
@public
def own_service_cards(token: str, session_id: int) -> str:
    """Show an adviser's own service cards for paper."""
    row, found = _own_advice(token, session_id)
    return _service_cards(found, row.id, _own_day(token, session_id))


@bp.get("/speaking/<token>/sessions/<id:session_id>/appointments/<id:sign_up_id>")
@public
def service_card(token: str, session_id: int, sign_up_id: int) -> str:
    """Show the service card of one own appointment, to be filled in."""
    one, found = _own_appointment(token, session_id, sign_up_id)
    return _card_page(_as_noted(one, found), one, found, _own_day(token, session_id))


@bp.post("/speaking/<token>/sessions/<id:session_id>/appointments/<id:sign_up_id>")
@public
def save_service_card(token: str, session_id: int, sign_up_id: int) -> Response | str:
    """Note what came of an appointment."""
    one, found = _own_appointment(token, session_id, sign_up_id)
    form = ServiceCardForm()
    if form.validate():
        if _noted(form, sign_up_id):
            return see_other(".own_day_card", token=token, session_id=session_id)
        one, found = _own_appointment(token, session_id, sign_up_id)
    return _card_page(form, one, found, _own_day(token, session_id))


def _own_appointment(token: str, session_id: int, sign_up_id: int) -> tuple[Advised, Session]:
    row, found = _own_advice(token, session_id)
    one = _advised(found, sign_up_id)
    if one is None or one.slot.adviser_id != row.id:
        abort(404)
    return one, found


def _own_day(token: str, session_id: int) -> dict[str, str]:
    url = url_for(".own_day_card", token=token, session_id=session_id)
    return {"text": _("Day card"), "url": url}


def _own_advice(token: str, session_id: int) -> tuple[Speaker, Session]:
    row, found = led_by_link(token, session_id)
    if found.appointment_minutes is None:
        abort(404)
    return row, found


def _mine(token: str) -> dict[str, str]:
    return {"text": _("My sessions"), "url": url_for("programme.speaking", token=token)}


# --- the card itself --------------------------------------------------------------------------


def _advised(found: Session, sign_up_id: int) -> Advised | None:
    return {one.sign_up.id: one for one in places.advised(found).values()}.get(sign_up_id)


def _as_noted(one: Advised, found: Session) -> ServiceCardForm:
    return ServiceCardForm(formdata=None, **ServiceCardForm.shown(one.card, found))


def _noted(form: ServiceCardForm, sign_up_id: int) -> bool:
    """Note what the form says; after a refusal rows must be read anew, what was typed stays."""
    try:
        signups.write_service_card(sign_up_id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return False
    flash(_("The service card is saved."), "ok")
    return True


def _card_page(form: ServiceCardForm, one: Advised, found: Session, back: Mapping[str, str]) -> str:
    return render_template("desk/service_card.html", form=form, one=one, session=found, back=back)
