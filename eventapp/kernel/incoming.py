"""Pages and hooks of mail that comes in: for relays, and for administrators."""

from base64 import b64decode
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response, abort, current_app, flash, jsonify, render_template, request
from flask_babel import gettext as _

from eventapp.kernel import (
    arrived,
    bounces,
    boundary,
    clock,
    envelope,
    imap,
    inbound,
    limits,
    strictjson,
    tokens,
)
from eventapp.kernel.bounces import Bounce, Kind
from eventapp.kernel.envelope import Forged, Purpose
from eventapp.kernel.guard import bearer, public, requires
from eventapp.kernel.inbound import Fate
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.post import Mail
from eventapp.kernel.refusal import Refused

__all__ = ["bp", "imap"]

bp = Blueprint("incoming", __name__)

ADMINISTER = "administer"
MOST_BOUNCES = 500


class ToldBounce(msgspec.Struct, forbid_unknown_fields=True):
    """A letter that a relay could not deliver, by its return path or its Message-ID."""

    kind: Kind
    message_id: str = ""
    return_path: str = ""
    status: str = ""
    reason: str = ""


class ToldBounces(msgspec.Struct, forbid_unknown_fields=True):
    """What a relay tells at once; more are refused whole, so that none is lost unseen."""

    bounces: Annotated[list[ToldBounce], msgspec.Meta(max_length=MOST_BOUNCES)]


# --- hooks --------------------------------------------------------------------------------


def _let_in() -> None:
    secret = str(current_app.config["INBOUND_SECRET"])
    if not secret:
        abort(404)
    if not tokens.same(bearer() or _password(), secret):
        limits.hit("token-probes", limits.address())
        abort(401)


def _password() -> str:
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    if kind != "Basic" or len(given) > 1000:
        return ""
    try:
        return b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


@bp.post("/api/hooks/mail")
@public
@boundary.accepts_upload(arrived.LARGEST)
def take_mail() -> Response:
    """Take one message as it is (RFC 822); the same one again changes nothing."""
    _let_in()
    row = inbound.take(request.get_data(), "hook")
    return jsonify(id=str(row.id), fate=row.fate.value, reason=row.reason)


@bp.post("/api/hooks/bounces")
@public
def take_bounces() -> Response:
    """Note the letters that a relay could not deliver."""
    _let_in()
    try:
        told = msgspec.convert(strictjson.read_json(request.get_data()), ToldBounces)
    except (strictjson.BadJson, msgspec.ValidationError):
        abort(422)
    counted = {"noted": 0, "known": 0, "unknown": 0}
    for one in told.bounces:
        counted[_noted(one)] += 1
    return jsonify(counted)


def _noted(one: ToldBounce) -> str:
    letter = _letter(one)
    if letter is None:
        return "unknown"
    found = Bounce(one.kind, arrived.plain(one.status)[:20], arrived.plain(one.reason)[:400])
    return "noted" if bounces.come_back(letter.id, found, clock.now()) else "known"


def _letter(one: ToldBounce) -> Mail | None:
    try:
        number = envelope.number_of(Purpose.BOUNCE, [one.return_path.strip("<> ")])
    except Forged:
        return None
    return bounces.letter_of_job(number) if number else bounces.letter_called(one.message_id)


# --- pages --------------------------------------------------------------------------------


@bp.get("/incoming")
@requires(ADMINISTER)
def messages() -> str:
    """List what came in, what became of it, and why."""
    return render_template("kernel/incoming.html", **shown(None))


def shown(event_id: int | None) -> dict[str, Any]:
    """Return what the list of messages shows, of one event or of all."""
    held = inbound.messages(event_id, fate=Fate.QUARANTINED)
    rows = [row for row in inbound.messages(event_id) if row.fate is not Fate.QUARANTINED]
    return {
        "held": held,
        "rows": rows,
        "why": {row.id: _(said) for row in [*held, *rows] if (said := inbound.sentence(row))},
        "releasable": {row.id for row in held if inbound.can_be_released(row)},
        "fates": fates(),
        "set_up": envelope.is_set_up(),
    }


def fates() -> dict[str, str]:
    """Return what became of messages, in words."""
    return {
        Fate.DONE: _("dealt with"),
        Fate.IGNORED: _("passed over"),
        Fate.QUARANTINED: _("in quarantine"),
        Fate.RELEASED: _("released"),
        Fate.DISCARDED: _("discarded"),
    }


@bp.post("/incoming/<id:mail_id>/release")
@requires(ADMINISTER)
def release(mail_id: int) -> Response:
    """Deal with a message for whose sender the administrator vouches."""
    settle(mail_id, None, Fate.RELEASED)
    return see_other(".messages")


@bp.post("/incoming/<id:mail_id>/discard")
@requires(ADMINISTER)
def discard(mail_id: int) -> Response:
    """Put a message aside for good."""
    settle(mail_id, None, Fate.DISCARDED)
    return see_other(".messages")


def settle(mail_id: int, event_id: int | None, fate: Fate) -> None:
    """Release or discard a message of an event, or of any; 404 where there is none."""
    row = inbound.message(mail_id)
    if row is None or (event_id is not None and row.event_id != event_id):
        abort(404)
    try:
        if fate is Fate.RELEASED:
            inbound.release(mail_id, clock.now())
        else:
            inbound.discard(mail_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(
            _("The message is released.")
            if fate is Fate.RELEASED
            else _("The message is discarded."),
            "ok",
        )
