"""The programme on paper, a day a page; the signs on the doors; the moderator's sheet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from eventapp.documents import rules
from eventapp.documents.routes.frame import bp
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Day, Room
from eventapp.kernel import boundary, clock, i18n, qr
from eventapp.kernel.guard import public, requires
from eventapp.programme import queries as programme_of
from eventapp.programme.models import Break, Session, SessionState
from eventapp.signups import queries as places


@dataclass(frozen=True, kw_only=True)
class DayOnPaper:
    """One day of the programme: sessions and breaks in time order."""

    day: Day
    entries: Sequence[Session | Break]
    venues: int


@bp.get("/<slug:event>/programme/paper")
@public
def programme(event: str) -> str:
    """Show the whole programme, or one day of it, ready to be printed."""
    days = _asked([row.date for row in frame.days(g.event.id)])
    return render_template(
        "documents/programme.html",
        days=[one for one in _days() if one.day.date in days and one.entries],
        back={"text": _("Programme"), "url": url_for("desk.programme", event=event)},
        code=qr.of_page("desk.programme", event=event),
        revision=programme_of.releases(g.event.id)[:1],
    )


def _asked(days: Sequence[date]) -> Sequence[date]:
    asked = request.args.get("day", "")
    return [day for day in days if day.isoformat() == asked] or days


def _days() -> list[DayOnPaper]:
    sessions = programme_of.programme(g.event.id)
    entries: list[Session | Break] = [*sessions, *programme_of.breaks(g.event.id)]
    entries.sort(key=lambda one: (one.starts_at, one.ends_at, isinstance(one, Break)))
    found = []
    for day in frame.days(g.event.id):
        todays = [one for one in entries if i18n.day_of(one.starts_at) == day.date]
        venues = {one.room.venue_id for one in todays if one.room is not None}
        found.append(DayOnPaper(day=day, entries=todays, venues=len(venues)))
    return found


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What hangs on one door on one day."""

    room: Room
    day: Day
    sessions: Sequence[Session]
    code: Any


@bp.get("/<slug:event>/desk/signs")
@requires(Permission.SEE_DESK)
def signs(event: str) -> str:
    """Show the signs of a day's doors, one a page, ready to be printed."""
    boundary.keep_private()
    days = frame.days(g.event.id)
    shown = i18n.asked_day(request.args.get("day", ""), [row.date for row in days], clock.now())
    if shown is None:
        abort(404)
    rooms = frame.rooms(g.event.id)
    asked = boundary.read_id(request.args.get("room"))
    return render_template(
        "documents/signs.html",
        signs=[one for one in _signs(shown, rooms) if asked in (None, one.room.id)],
        days=[row for row in days if row.date != shown],
        shown=shown,
        several=len({room.venue_id for room in rooms}) > 1,
        back={"text": _("Back to the desk"), "url": url_for("desk.overview", event=event)},
    )


def _signs(on: date, rooms: Sequence[Room]) -> list[Sign]:
    day = next(row for row in frame.days(g.event.id) if row.date == on)
    held = [
        one
        for one in programme_of.programme(g.event.id)
        if i18n.day_of(one.starts_at) == on and one.state is SessionState.SCHEDULED
    ]
    return [
        Sign(
            room=room,
            day=day,
            sessions=here,
            code=qr.of_page("desk.room_page", event=g.event.slug, room_id=room.id),
        )
        for room in rooms
        if (here := [one for one in held if one.room_id == room.id])
    ]


@bp.get("/<slug:event>/desk/sessions/<id:session_id>/sheet")
@requires(Permission.SEE_PEOPLE)
def session_sheet(event: str, session_id: int) -> str:
    """Show what a moderator holds in the hand: who speaks when, who comes, room for notes."""
    boundary.keep_private()
    row = programme_of.session(session_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    roster = places.roster(row.id)
    each = rules.minutes_each(row.starts_at, row.ends_at, len(row.speakers))
    return render_template(
        "documents/session_sheet.html",
        session=row,
        parts=[
            (row.starts_at + place * timedelta(minutes=each), named)
            for place, named in enumerate(row.speakers)
        ],
        each=each,
        roster=roster,
        needs=Counter(need for held in roster for need in held.registration.needs).most_common(),
        back={"text": _("Back to the session"), "url": url_for("desk.roster", event=event,
                                                              session_id=row.id)},
    )  # fmt: skip
