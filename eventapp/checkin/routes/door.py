"""Pages of the door: checkpoints, the scanner, walk-ins, who is inside, paired devices."""

import json
from datetime import timedelta
from typing import Any

from flask import (
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from eventapp.checkin import commands, queries
from eventapp.checkin.access import COOKIE, current_device, hand, may_stand
from eventapp.checkin.commands import ScanItem
from eventapp.checkin.forms import NewCheckpoint, NewDevice, WalkIn, policy_name
from eventapp.checkin.models import Checkpoint
from eventapp.checkin.queries import Door
from eventapp.checkin.routes.frame import bp, door_of_event, own_door
from eventapp.checkin.rules import Method
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, limits, qr, text
from eventapp.kernel.guard import can, public, requires
from eventapp.kernel.i18n import day_of, day_start, day_words, local, when_short
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.registrations import commands as registrations
from eventapp.registrations import rules as taking_part
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.models import ConsentKind

ICONS = (
    ("brand/touch-icon.png", "180x180", "image/png"),
    ("brand/favicon.svg", "any", "image/svg+xml"),
)

SCANNER_CSP = {
    "script": "'wasm-unsafe-eval'",
    "worker": "'self'",
    "manifest": "'self'",
    "media": "'self'",
}


@bp.get("/<slug:event>/door")
@requires(Permission.CHECK_IN)
def door(event: str) -> str:
    """Show the checkpoints of today first, each with its counters."""
    sessions = {session.id: session for session in programme.programme(g.event.id)}
    device = current_device()
    points = [
        point
        for point in queries.checkpoints(g.event.id)
        if device is None or may_stand(device, point.id)
    ]
    today = [point for point in points if _is_today(point, sessions)]
    may_lead = can(Permission.LEAD_DOOR)
    return render_template(
        "checkin/door.html",
        points=points,
        today=today,
        sessions=sessions,
        inside=queries.inside_counts(g.event.id),
        last=queries.last_scans(g.event.id) if device is None else [],
        conflicts=queries.disputes(g.event.id) if may_lead else [],
        settled=queries.disputes(g.event.id, settled=True) if may_lead else [],
        of_device=device is not None,
    )


def _is_today(point: Checkpoint, sessions: dict[int, Session]) -> bool:
    session = sessions.get(point.session_id or 0)
    return session is None or day_of(session.starts_at) == day_of(clock.now())


@bp.get("/<slug:event>/door/<id:checkpoint_id>")
@requires(Permission.CHECK_IN)
@boundary.csp(**SCANNER_CSP)
def scanner(event: str, checkpoint_id: int) -> str:
    """Show the scanner of one checkpoint."""
    return scanner_page(own_door(checkpoint_id))


def scanner_page(door: Door, **other: Any) -> str:
    """Return the scanner of a checkpoint; *other* replaces what the page is told."""
    slug, is_lead = g.event.slug, hand().is_lead
    told = {
        "event": g.event,
        "checkpoint": door,
        "scans_url": url_for("checkin_api.scan", checkpoint_id=door.id),
        "list_url": url_for("checkin_api.snapshot", checkpoint_id=door.id),
        "worker_url": url_for(".worker", event=slug),
        "manifest_url": url_for(".manifest", event=slug, checkpoint_id=door.id),
        "people_url": url_for(".people", event=slug, checkpoint_id=door.id),
        "counters_url": url_for(".counters", event=slug, checkpoint_id=door.id),
        "stations": _stations(door),
        "badge_url": url_for("documents.badge", event=slug, registration_id=0, door=door.id)
        if is_lead
        else "",
        "door_list_url": _door_list_url(door),
        "zone": door.timezone,
        "bare": json.dumps(_bare(door)),
        "inside": queries.inside_count(door.id),
        "expected": queries.expected_count(door),
        "is_lead": is_lead,
        "of_device": current_device() is not None,
        "conflicts": queries.open_conflict_count(door.event_id) if is_lead else 0,
        "back_url": url_for(".door", event=slug),
        "walk_in_url": _walk_in_url(door) if g.event.walk_ins and g.get("account") else None,
    }
    return render_template("checkin/scanner.html", **told | other)


def _bare(door: Door) -> dict[str, Any]:
    """Return by what a device checks signed badges before it has a list."""
    hours = {"opens_at": door.opens_at, "closes_at": door.closes_at}
    return {
        "event": door.event_id,
        "policy": door.policy.value,
        "closes_daily": door.session_id is None,
        "keys": commands.trusted_keys(door),
        **{name: at.isoformat() if at is not None else None for name, at in hours.items()},
    }


# People come to a session's door before it begins.
COMES_BEFORE = timedelta(minutes=30)


def _stations(door: Door) -> list[dict[str, Any]]:
    """List where this device may scan today, with when each is on: one gate serves several."""
    device, today = current_device(), day_of(clock.now())
    sessions = {session.id: session for session in programme.programme(door.event_id)}
    points = []
    for point in queries.checkpoints(door.event_id):
        session = sessions.get(point.session_id or 0)
        other_day = session is not None and day_of(session.starts_at) != today
        allowed = device is None or may_stand(device, point.id)
        if point.id != door.id and (other_day or not allowed):
            continue
        points.append(
            {
                "id": point.id,
                "name": local(point.name),
                "starts_at": session.starts_at - COMES_BEFORE if session is not None else None,
                "ends_at": session.ends_at if session is not None else None,
                "url": url_for(".scanner", event=g.event.slug, checkpoint_id=point.id),
            }
        )
    return points


def _door_list_url(door: Door) -> str:
    """Return where the scanner asks about places of a session, with 0 for the person."""
    if door.session_id is None or not door.needs_sign_up:
        return ""
    return url_for("attendance_api.prospect", checkpoint_id=door.id, registration_id=0)


def _walk_in_url(door: Door) -> str:
    return url_for(".walk_in", event=g.event.slug, checkpoint_id=door.id)


@bp.get("/<slug:event>/door/<id:checkpoint_id>/people")
@requires(Permission.CHECK_IN)
def people(event: str, checkpoint_id: int) -> Response:
    """Find people by name for the scanner, without diacritics."""
    door = own_door(checkpoint_id)
    found = queries.found(door, request.args.get("q", "")[:200])
    return jsonify(
        [
            {
                "registration": str(row.id),
                "name": text.full_name(row.title, row.first_name, row.last_name),
                "organisation": row.organisation.name if row.organisation else None,
                "state": row.state.value,
                "inside": inside,
                "flags": list(row.needs),
            }
            for row, inside in found
        ]
    )


@bp.get("/<slug:event>/door/<id:checkpoint_id>/counters")
@requires(Permission.CHECK_IN)
def counters(event: str, checkpoint_id: int) -> Response:
    """Tell the scanner how many are in and how many may come."""
    door = own_door(checkpoint_id)
    found: dict[str, Any] = {
        "inside": queries.inside_count(door.id),
        "expected": queries.expected_count(door),
        # A page that was kept on the device learns the hour from here.
        "now": clock.now().isoformat(),
    }
    if hand().is_lead:
        found["conflicts"] = queries.open_conflict_count(door.event_id)
    return jsonify(found)


@bp.get("/<slug:event>/door/inside")
@requires(Permission.SEE_PRESENCE)
def inside(event: str) -> str:
    """List who is in the building, for a head count; made to be printed."""
    now = clock.now()
    rows = queries.people_inside(g.event.id, now, day_start(now))
    return render_template("checkin/inside.html", rows=rows)


@bp.get("/<slug:event>/door/<id:checkpoint_id>/walk-in")
@requires(Permission.CHECK_IN)
def walk_in(event: str, checkpoint_id: int) -> str:
    """Ask for the least about somebody who came without a registration."""
    door = own_door(checkpoint_id)
    return render_template("checkin/walk_in.html", form=_walk_in_form(), door=door)


def _walk_in_form() -> WalkIn:
    return WalkIn(list(frame.categories(g.event.id)))


@bp.post("/<slug:event>/door/<id:checkpoint_id>/walk-in")
@requires(Permission.CHECK_IN)
def register_walk_in(event: str, checkpoint_id: int) -> Answer | str:
    """Register the person, let them in, and show the badge to print."""
    door = own_door(checkpoint_id)
    form = _walk_in_form()
    if not form.validate():
        return render_template("checkin/walk_in.html", form=form, door=door)
    now = clock.now()
    try:
        row = registrations.walk_in(g.event.id, _details(form), now)
    except Refused as refused:
        flash_refusal(refused)
        return render_template("checkin/walk_in.html", form=form, door=door)
    item = ScanItem(
        scan_id=form.key(), scanned_at=now, registration_id=row.id, method=Method.MANUAL
    )
    verdict = commands.record_scan(door, item, now, hand())
    flash(
        _(
            "%(name)s is registered. Number: %(number)s.",
            name=text.full_name(row.title, row.first_name, row.last_name),
            number=taking_part.shown_number(row.number),
        ),
        "ok",
    )
    if verdict.code.value != "ok":
        flash(_("Registered, but not on the list of this session."), "warn")
    return see_other("documents.badge", event=event, registration_id=row.id, door=door.id)


def _details(form: WalkIn) -> Details:
    return Details(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        email=form.email.data,
        category=form.category.data,
        organisation=(
            OrganisationDetails(name=form.organisation.data) if form.organisation.data else None
        ),
        consents={ConsentKind.INFORMATION_CLAUSE: True},
    )


# --- conflicts ----------------------------------------------------------------------------


@bp.post("/<slug:event>/door/conflicts/<id:conflict_id>")
@requires(Permission.LEAD_DOOR)
def settle_conflict(event: str, conflict_id: int) -> Answer:
    """Say with a reason whether a scan that cannot simply stand counts."""
    if queries.event_of_conflict(conflict_id) != g.event.id:
        abort(404)
    stands = request.form.get("outcome") == "stands"
    settling = commands.let_stand if stands else commands.take_conflict_back
    try:
        settling(conflict_id, request.form.get("reason", "")[:500], clock.now(), hand())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The conflict is settled; the reason is kept with it."), "ok")
    return see_other(".door", event=event)


# --- on a phone without a network ---------------------------------------------------------


@bp.get("/<slug:event>/door/worker.js")
@public
def worker(event: str) -> Answer:
    """Serve the script that keeps the scanner's page on the device, for the door's addresses."""
    static = current_app.view_functions["static"]
    answer = make_response(static(filename="js/scanner/shelf.js"))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/<slug:event>/door/<id:checkpoint_id>/manifest.webmanifest")
@public
def manifest(event: str, checkpoint_id: int) -> Answer:
    """Describe the scanner as something to install; browsers ask for it without their cookies."""
    door = door_of_event(checkpoint_id)
    here = url_for(".scanner", event=event, checkpoint_id=door.id)
    icons = [
        {"src": url_for("static", filename=name), "sizes": sizes, "type": kind, "purpose": "any"}
        for name, sizes, kind in ICONS
    ]
    body = {
        "id": here,
        "name": f"{local(door.name)} · {local(g.event.title)}",
        "short_name": local(door.name)[:30],
        "lang": str(get_locale() or "pl"),
        "start_url": here,
        "scope": url_for(".door", event=event) + "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#101418",
        "theme_color": "#101418",
        "icons": icons,
    }
    return Response(json.dumps(body), mimetype="application/manifest+json")


@bp.get("/<slug:event>/pair/<token>")
@public
def pairing(event: str, token: str) -> str:
    """Ask on the phone whether it shall be paired; a preview of the link uses no code up."""
    boundary.keep_private()
    return render_template("checkin/pairing.html", token=token)


@bp.post("/<slug:event>/pair/<token>")
@public
def pair_by_code(event: str, token: str) -> Answer | str:
    """Pair the phone that opened the code, and hand it its token, once."""
    boundary.keep_private()
    limits.hit("token-probes", limits.address())
    try:
        device, secret = commands.pair_by_code(g.event.id, token, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return render_template("checkin/pairing.html", token=None)
    own = queries.checkpoints_of_device(device)
    here = url_for(".door", event=event)
    if device.checkpoint_id is not None and len(own) == 1:
        here = url_for(".scanner", event=event, checkpoint_id=device.checkpoint_id)
    answer = make_response(
        render_template("checkin/paired.html", device=device, secret=secret, next_url=here)
    )
    # Pages of the door open with it; what changes anything asks for the token itself.
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=14 * 24 * 3600,
        path=url_for(".door", event=event),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


# --- devices ------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/devices")
@requires(Permission.LEAD_DOOR)
def devices(event: str) -> str:
    """Show the paired devices and pair another one."""
    return _devices_page(NewDevice(queries.checkpoints(g.event.id), formdata=None))


def _devices_page(form: NewDevice, new: NewCheckpoint | None = None) -> str:
    bounds = _bounds()
    devices = queries.devices(g.event.id)
    return render_template(
        "checkin/devices.html",
        form=form,
        new=new or NewCheckpoint(bounds, formdata=None),
        bound={point.id: bounds[_bound(point)] for point in queries.checkpoints(g.event.id)},
        policy_name=policy_name,
        points=queries.checkpoints(g.event.id),
        devices=devices,
        places={row.id: queries.checkpoints_of_device(row) for row in devices},
        seen=queries.last_seen(g.event.id),
    )


def _bounds() -> dict[str, str]:
    """Return what a checkpoint can be for, by its code: the event, a day, a session."""
    found = {"": _("everybody who takes part")}
    found |= {
        f"day:{day.id}": f"{day_words(day.date)}, {local(day.label)}".rstrip(", ")
        for day in frame.days(g.event.id)
    }
    found |= {
        f"session:{row.id}": f"{when_short(row.starts_at)} {local(row.activity.title)}"
        for row in programme.programme(g.event.id)
    }
    return found


def _bound(point: Checkpoint) -> str:
    if point.session_id is not None:
        return f"session:{point.session_id}"
    return f"day:{point.day_id}" if point.day_id is not None else ""


@bp.post("/<slug:event>/desk/checkpoints")
@requires(Permission.LEAD_DOOR)
def add_checkpoint(event: str) -> Answer | str:
    """Set up a place where badges are read."""
    form = NewCheckpoint(_bounds())
    if not form.validate():
        return _devices_page(NewDevice(queries.checkpoints(g.event.id), formdata=None), new=form)
    values = form.values()
    commands.add_checkpoint(g.event.id, values.pop("name"), **values)
    flash(_("The checkpoint is set up; it is on the door page now."), "ok")
    return see_other(".devices", event=event)


@bp.post("/<slug:event>/desk/checkpoints/<id:checkpoint_id>/removal")
@requires(Permission.LEAD_DOOR)
def remove_checkpoint(event: str, checkpoint_id: int) -> Answer:
    """Remove a checkpoint at which nobody was scanned."""
    own_door(checkpoint_id)
    try:
        commands.remove_checkpoint(checkpoint_id)
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The checkpoint is removed."), "ok")
    return see_other(".devices", event=event)


@bp.post("/<slug:event>/desk/devices")
@requires(Permission.LEAD_DOOR)
def announce(event: str) -> str:
    """Make a code that pairs a device; the page that answers is the only one that shows it."""
    points = queries.checkpoints(g.event.id)
    form = NewDevice(points)
    if not form.validate():
        return _devices_page(form)
    device, code = commands.announce_device(
        g.event.id,
        form.name.data,
        [int(number) for number in form.checkpoints.data],
        clock.now(),
        is_lead=form.is_lead.data,
    )
    boundary.keep_private()
    address = boundary.absolute("checkin.pairing", event=event, token=code)
    return render_template(
        "checkin/pair_device.html", device=device, address=address, picture=qr.svg(address)
    )


@bp.post("/<slug:event>/desk/devices/<id:device_id>/revoke")
@requires(Permission.LEAD_DOOR)
def revoke(event: str, device_id: int) -> Answer:
    """End a device's right to scan."""
    if all(device.id != device_id for device in queries.devices(g.event.id)):
        abort(404)
    commands.revoke_device(device_id, clock.now())
    flash(_("The device may scan no more."), "ok")
    return see_other(".devices", event=event)
