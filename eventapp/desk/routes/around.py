"""Finding one's way on the day: what is on now, who speaks, what a room holds."""

from collections import defaultdict
from datetime import date
from typing import Any

from flask import abort, g, render_template

from eventapp.desk import queries, rules
from eventapp.desk.queries import Card, DayPlan
from eventapp.desk.routes.frame import bp, shared, shown
from eventapp.events import queries as frame
from eventapp.kernel import clock, i18n, qr
from eventapp.kernel.guard import public
from eventapp.programme import queries as programme

SIGNS_OF_LIFE = 30  # seconds after which an open page asks what is on by then


@bp.get("/<slug:event>/now")
@public
def now_page(event: str) -> Any:
    """Show what is on in each room at this minute, and what comes next there."""
    return shared("now", _minute(), render=lambda: _now("desk/now_page.html"))


@bp.get("/<slug:event>/board")
@public
def board(event: str) -> Any:
    """Show the same in large type, for a screen in the foyer."""
    return shared("board", _minute(), render=lambda: _now("desk/board.html"))


def _minute() -> str:
    return i18n.iso(clock.now())


def _now(template: str) -> str:
    now = clock.now()
    days = queries.plan(g.event, None, now)
    today = next((day for day in days if day.date == i18n.day_of(now)), None)
    cards = [shown(one) for one in today.cards] if today else []
    rooms = {room.id: room for room in frame.rooms(g.event.id)}
    places = rules.in_rooms(cards, [*rooms, None], now)
    return render_template(
        template,
        today=today,
        places=places,
        rooms=rooms,
        several=len({rooms[one.room_id].venue_id for one in places if one.room_id}) > 1,
        pauses=[
            one for one in (today.pauses if today else ()) if one.starts_at <= now < one.ends_at
        ],
        ahead=_ahead(days, i18n.day_of(now)),
        code=qr.of_page("desk.programme", event=g.event.slug),
        seconds=SIGNS_OF_LIFE,
    )


def _ahead(days: list[DayPlan], today: date) -> DayPlan | None:
    """Return the first day after *today* on which something is held."""
    return next((day for day in days if day.date > today and day.cards), None)


@bp.get("/<slug:event>/rooms/<id:room_id>")
@public
def room_page(event: str, room_id: int) -> Any:
    """Show what is held in one room: what the sign on its door leads to."""
    row = frame.room(room_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return shared("room", room_id, i18n.day_of(clock.now()), render=lambda: _room_page(room_id))


def _room_page(room_id: int) -> str:
    days = queries.plan(g.event, None, clock.now())
    return render_template(
        "desk/room_page.html",
        room=frame.room(room_id),
        venues={venue.id: venue for venue in frame.venues(g.event.id)},
        days=[(day, held) for day in days if (held := _in_room(day, room_id))],
    )


def _in_room(day: DayPlan, room_id: int) -> list[Card]:
    return [shown(one) for one in day.cards if one.room_id == room_id]


@bp.get("/<slug:event>/speakers")
@public
def speakers(event: str) -> Any:
    """Introduce everybody who speaks, trains or moderates, with their sessions."""
    return shared("speakers", render=_speakers)


def _speakers() -> str:
    led: dict[int, list[Card]] = defaultdict(list)
    for session in programme.programme(g.event.id):
        for named in session.speakers:
            led[named.speaker_id].append(shown(queries.card(session)))
    people = [row for row in programme.speakers(g.event.id) if led[row.id]]
    return render_template("desk/speakers.html", speakers=people, led=led)
