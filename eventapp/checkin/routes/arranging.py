"""What is arranged around the door: phones, readiness, shifts, the card for volunteers."""

from collections.abc import Mapping

from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from eventapp.checkin import commands, queries, rules
from eventapp.checkin.routes.frame import bp, hand, own_door, verdict_words
from eventapp.checkin.rules import Check, CheckState, ScanCode, ScanStatus
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, lan, qr
from eventapp.kernel.guard import requires
from eventapp.kernel.i18n import day_start
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused

LONGEST_NAME, LONGEST_NOTE = 120, 1000


@bp.get("/<slug:event>/desk/phones")
@requires(Permission.LEAD_DOOR)
def phones(event: str) -> str:
    """Show how phones reach the door, and which devices are ready for the day."""
    boundary.keep_private()
    address = boundary.absolute("checkin.door", event=event)
    found = lan.served()
    return render_template(
        "checkin/phones.html",
        address=address,
        code=qr.svg(address, address),
        secure=address.startswith("https://"),
        lan=found,
        checks=queries.checks_of_devices(g.event.id),
        points=queries.checkpoints(g.event.id),
        shifts=queries.open_shifts(g.event.id),
        names_of_checks=_names_of_checks,
    )


def _names_of_checks(states: Mapping[str, str]) -> str:
    """Return what is not in order on a device, in the reader's language."""
    names = {
        Check.SECURE: _("Secure address"),
        Check.CAMERA: _("Camera"),
        Check.SOUND: _("Sound"),
        Check.STORAGE: _("Scans are kept on this device"),
        Check.LIST: _("List of badges"),
        Check.QUEUE: _("Scans that wait to be sent"),
        Check.BATTERY: _("Battery"),
        Check.CLOCK: _("Clock"),
        Check.SPACE: _("Free space"),
        Check.CONNECTION: _("Connection"),
    }
    return ", ".join(name for check, name in names.items() if states.get(check) != CheckState.OK)


@bp.get("/<slug:event>/door/<id:checkpoint_id>/readiness")
@requires(Permission.CHECK_IN)
def readiness(event: str, checkpoint_id: int) -> str:
    """Let a device look at itself, the evening before."""
    door = own_door(checkpoint_id)
    return render_template(
        "checkin/readiness.html",
        door=door,
        check_url=url_for("checkin_api.check_readiness", checkpoint_id=door.id),
        ping_url=url_for(".counters", event=event, checkpoint_id=door.id),
        scanner_url=url_for(".scanner", event=event, checkpoint_id=door.id),
    )


# --- shifts -------------------------------------------------------------------------------


@bp.get("/<slug:event>/door/<id:checkpoint_id>/shift")
@requires(Permission.CHECK_IN)
def shift(event: str, checkpoint_id: int) -> str:
    """Show who stands here, and what earlier shifts left to those who come."""
    door = own_door(checkpoint_id)
    current = queries.open_shift(door.id)
    since = current.since if current is not None else day_start(clock.now())
    return render_template(
        "checkin/shift.html",
        door=door,
        current=current,
        notes=queries.open_notes(door.id),
        refused=queries.refused_since(door.id, since),
        disputes=[one for one in queries.disputes(g.event.id) if one.checkpoint.id == door.id],
        words=verdict_words(),
        name=hand().station,
        longest=(LONGEST_NAME, LONGEST_NOTE),
    )


@bp.post("/<slug:event>/door/<id:checkpoint_id>/shift")
@requires(Permission.CHECK_IN)
def hand_over(event: str, checkpoint_id: int) -> Answer:
    """Note who stands here from now on, and what the last shift leaves to them."""
    door = own_door(checkpoint_id)
    name, note = request.form.get("name", ""), request.form.get("note", "")
    try:
        row = commands.hand_over(
            door, name[:LONGEST_NAME], note[:LONGEST_NOTE], clock.now(), hand()
        )
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("%(name)s stands here now.", name=row.name), "ok")
    return see_other(".shift", event=event, checkpoint_id=door.id)


@bp.post("/<slug:event>/door/notes/<id:shift_id>")
@requires(Permission.CHECK_IN)
def settle_note(event: str, shift_id: int) -> Answer:
    """Say that what a shift left to be done is done."""
    found = queries.event_of_shift(shift_id)
    if found is None or found[0] != g.event.id:
        abort(404)
    try:
        commands.settle_note(shift_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The note is settled."), "ok")
    return see_other(".shift", event=event, checkpoint_id=found[1])


# --- the card -----------------------------------------------------------------------------


@bp.get("/<slug:event>/door/<id:checkpoint_id>/card")
@requires(Permission.CHECK_IN)
def card(event: str, checkpoint_id: int) -> str:
    """Show one page to print for volunteers: how to scan, and what each verdict asks for."""
    door = own_door(checkpoint_id)
    address = boundary.absolute("checkin.scanner", event=event, checkpoint_id=door.id)
    words = verdict_words()
    tones = (ScanStatus.OK, ScanStatus.WARN, ScanStatus.ERROR)
    return render_template(
        "checkin/card.html",
        door=door,
        address=address,
        code=qr.svg(address, address),
        groups=[
            (tone, [words[code] for code in ScanCode if rules.status_of(code) is tone])
            for tone in tones
        ],
        back={"text": _("Door"), "url": url_for(".door", event=event)},
    )
