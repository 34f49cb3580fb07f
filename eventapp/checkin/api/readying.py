"""How ready a device is for the day, judged from what it measured about itself."""

from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from msgspec import structs

from eventapp.checkin import commands
from eventapp.checkin.api.frame import DOOR, bp, event_of_door, hand, own_door
from eventapp.checkin.api.shapes import OwnMeasures, ShownReadiness
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Check, CheckState, Measured
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_

# What each check is called, and what to do where it is not well.
CHECKS = {
    Check.SECURE: (N_("Secure address"), N_("Open the https address that the desk shows.")),
    Check.CAMERA: (
        N_("Camera"),
        N_("Allow the camera for this page in the browser’s settings, or take a USB scanner."),
    ),
    Check.SOUND: (N_("Sound"), N_("Turn the volume up and silent mode off, then check again.")),
    Check.STORAGE: (
        N_("Scans are kept on this device"),
        N_("Do not use a private window; put the page on the home screen."),
    ),
    Check.LIST: (
        N_("List of badges"),
        N_("Open the scanner for a minute with a connection; it loads the list by itself."),
    ),
    Check.QUEUE: (
        N_("Scans that wait to be sent"),
        N_("Open the scanner with a connection until nothing waits."),
    ),
    Check.BATTERY: (
        N_("Battery"),
        N_("Charge it over night and bring a charger; where it cannot be read here, look at it."),
    ),
    Check.CLOCK: (N_("Clock"), N_("Let the device set its date and time by itself.")),
    Check.SPACE: (N_("Free space"), N_("Delete pictures or programs until 200 MB are free.")),
    Check.CONNECTION: (
        N_("Connection"),
        N_("Join the door’s network, or stand closer to its transmitter."),
    ),
}


@bp.post("/checkpoints/<id:checkpoint_id>/readiness")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Say how ready a device is for the day"),
    about=DOOR,
    body=OwnMeasures,
    answers={200: ShownReadiness},
    repeats=True,
)
def check_readiness(checkpoint_id: int, body: OwnMeasures) -> Response:
    """Judge what the device measured, and keep it for the lead."""
    door, measured = own_door(checkpoint_id), Measured(**structs.asdict(body))
    kept = rest.once(lambda: _kept(door, measured))
    states = {Check(name): CheckState(state) for name, state in kept["states"].items()}
    shown = [_shown(check, state, kept["measured"]) for check, state in states.items()]
    return jsonify({"overall": kept["overall"], "checks": shown})


def _kept(door: Door, measured: Measured) -> dict[str, Any]:
    row = commands.check_readiness(door, measured, clock.now(), hand(), real=clock.real())
    return {"overall": row.overall.value, "states": row.states, "measured": row.measured}


def _shown(check: Check, state: CheckState, measured: dict[str, Any]) -> dict[str, Any]:
    name, advice = CHECKS[check]
    return {
        "check": check,
        "state": state,
        "name": _(name),
        "value": _value(check, measured),
        "advice": _(advice) if state is not CheckState.OK else "",
    }


def _value(check: Check, measured: dict[str, Any]) -> str:
    """Return the figure that was measured, where there is one."""
    unknown = "–"
    found: dict[Check, tuple[Any, str]] = {
        Check.QUEUE: (measured["waiting"], ""),
        Check.BATTERY: (measured["battery"], "%"),
        Check.CLOCK: (measured["skew_s"], "s"),
        Check.SPACE: (measured["free_mb"], "MB"),
        Check.CONNECTION: (measured["latency_ms"], "ms"),
    }
    if check not in found:
        return ""
    figure, unit = found[check]
    return unknown if figure is None else f"{figure}{i18n.NBSP if unit else ''}{unit}"
