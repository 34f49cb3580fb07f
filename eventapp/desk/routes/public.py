"""Pages for everybody: events, programme, sessions, practical matters."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, abort, g, render_template, request, url_for

from eventapp.desk import queries
from eventapp.desk.queries import DayPlan
from eventapp.desk.routes import sharing
from eventapp.desk.routes.frame import bp, labelled, participant, shared, shown
from eventapp.desk.routes.materials import fetched
from eventapp.desk.routes.stencil import Stencil
from eventapp.desk.routes.words import kind_name
from eventapp.events import queries as frame
from eventapp.events.models import Room
from eventapp.invites import queries as invited
from eventapp.invites import rules as invites
from eventapp.kernel import cached, clock, i18n, reader
from eventapp.kernel.guard import public
from eventapp.kernel.i18n import day_of, local
from eventapp.kernel.pages import sentence
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme_of
from eventapp.programme.rules import topics
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.models import Registration
from eventapp.signups import queries as places
from eventapp.signups.rules import SignUpRefusal


@bp.get("/")
@public
def index() -> str:
    """List the events that everybody may see."""
    return render_template("desk/index.html", events=frame.public_events())


@bp.get("/<slug:event>/")
@public
def home(event: str) -> Any:
    """Introduce an event: what, when, where, and the way in."""
    window = taking_part.refuse_window(g.event, clock.now())
    return shared("home", window, render=_home)


def _home() -> str:
    days = queries.plan(g.event, None, clock.now())
    return render_template(
        "desk/home.html",
        days=days,
        venues=frame.venues(g.event.id),
        organisers=frame.organisers(g.event.id),
        window=taking_part.refuse_window(g.event, clock.now()),
        registration=participant(),
        speakers=programme_of.speakers(g.event.id),
        data=sharing.event_data(g.event),
    )


@bp.get("/<slug:event>/programme")
@public
def programme(event: str) -> Any:
    """Show the programme, a day at a time, with seats and the one right action."""
    if not cached.may_be_shared():
        return _programme()
    return _everybodys_programme()


def _programme() -> str:
    person = participant()
    mine = person is not None and request.args.get("view") == "mine"
    if person is None:
        shown = _asked_day(days := _everybodys_days())
        shown = queries.with_seats(shown, _taken(shown)) if shown else None
    else:
        days = labelled(queries.plan(g.event, person, clock.now(), mine=mine))
        shown = _asked_day(days)
    return _programme_page(days, shown, person, mine=mine)


def _everybodys_programme() -> Response:
    """Fill the seats of this moment into the page, which is rendered once for each release."""
    days = _everybodys_days()
    shown = _asked_day(days)
    taken = _taken(shown)
    asked = (_asks_for(shown), _asked_kind(shown))
    key = (*_key("programme"), shown and shown.date.isoformat(), *asked)

    def fill() -> bytes:
        made = cached.part(key, lambda: Stencil.cut(lambda: _programme_page(days, shown)))
        return made.filled(taken)

    return cached.page((*key, sorted(taken.items())), fill)


def _taken(shown: DayPlan | None) -> Mapping[int, tuple[int, int]]:
    """Return the seats of one day as they are now."""
    begins = {one.starts_at for one in shown.cards} if shown else ()
    return programme_of.taken(g.event.id, begins)


def _programme_page(
    days: list[DayPlan],
    shown: DayPlan | None,
    person: Registration | None = None,
    *,
    mine: bool = False,
) -> str:
    kind = _asked_kind(shown)
    reader.come_back_to(
        url_for(
            "desk.programme",
            event=g.event.slug,
            day=shown.date.isoformat() if shown and _asks_for(shown) else None,
            kind=kind or None,
            view="mine" if mine else None,
        )
    )
    return render_template(
        "desk/programme.html",
        days=days,
        shown=_of_kind(shown, kind) if shown and kind else shown,
        kind=kind,
        kinds=sorted(_kinds(shown), key=kind_name),
        mine=mine,
        registration=person,
        rooms=cached.part(_key("rooms"), _rooms),
    )


def _asks_for(day: DayPlan | None) -> bool:
    """Tell whether the reader named the day, which else is that of today."""
    return day is not None and request.args.get("day", "") == day.date.isoformat()


def _asked_kind(shown: DayPlan | None) -> str:
    """Return the kind of sessions that the reader asks for, if the day has such."""
    kind = request.args.get("kind", "")
    return kind if kind in _kinds(shown) else ""


def _kinds(shown: DayPlan | None) -> set[str]:
    return {one.kind for one in shown.cards} if shown else set()


def _everybodys_days() -> list[DayPlan]:
    """Return the programme as everybody sees it; its seats may be those of a moment ago."""
    return cached.part(_key("days"), lambda: labelled(queries.plan(g.event, None, clock.now())))


def _key(what: str) -> tuple[Any, ...]:
    return (what, g.event.id, g.event.revision, i18n.current())


def _rooms() -> list[dict[str, Any]]:
    return [{"id": room.id, "name": local(room.name)} for room in frame.rooms(g.event.id)]


def _asked_day(days: list[DayPlan]) -> DayPlan | None:
    """Return the day that the reader asks for, else today's, else the first."""
    asked = request.args.get("day", "")
    today = day_of(clock.now())
    for wanted in (asked, today.isoformat()):
        for day in days:
            if day.date.isoformat() == wanted:
                return day
    return days[0] if days else None


def _of_kind(day: DayPlan, kind: str) -> DayPlan:
    return replace(day, cards=[one for one in day.cards if one.kind == kind], pauses=[])


@bp.get("/<slug:event>/sessions/<id:session_id>")
@public
def session_page(event: str, session_id: int) -> str:
    """Show one session with its seats, and how to take one."""
    found = programme_of.session(session_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    person = participant()
    choice = None
    if person is not None:
        choice = places.choices([found], person, clock.now())[found.id]
    card = queries.card(found, choice, with_place=True)
    return render_template(
        "desk/session_page.html",
        session=found,
        data=sharing.session_data(g.event, found),
        card=shown(card),
        materials=fetched(card, person),
        registration=person,
        refusal=_why_not(choice),
        advising=places.advising(found, person, clock.now()) if found.appointment_minutes else [],
        steps_ahead=_steps_ahead(person, found.room),
        calendar_links=invites.add_links(invited.session_entry(found, g.event, i18n.current())),
        topics=[_topic(topic) for topic in topics.distinct(found.activity.topics)],
    )


def _topic(topic: topics.Topic) -> dict[str, Any]:
    url = url_for("desk.topic_page", event=g.event.slug, topic=topics.key_of(topic))
    return {"text": local(topic), "url": url}


def _steps_ahead(person: Registration | None, room: Room | None) -> bool:
    """Tell whether somebody in a wheelchair would meet steps on the way to a room."""
    unreachable = room is not None and room.wheelchair is False
    return person is not None and unreachable and taking_part.moves_in_wheelchair(person.needs)


def _why_not(choice: Any) -> str | None:
    """Return in words why a place cannot be taken, if it cannot."""
    if choice is None or choice.refusal is None:
        return None
    if choice.refusal is SignUpRefusal.ALREADY_SIGNED_UP:
        return None
    return sentence(Refused(choice.refusal, **choice.details))


@bp.get("/<slug:event>/practical")
@public
def practical(event: str) -> str:
    """Say how to get there, what is accessible, whom to ask."""
    return render_template(
        "desk/practical.html", venues=frame.venues(g.event.id), rooms=frame.rooms(g.event.id)
    )


@bp.get("/<slug:event>/privacy")
@public
def privacy(event: str) -> str:
    """Say what happens with personal data: the information clause."""
    return render_template(
        "desk/privacy.html",
        organisers=frame.organisers(g.event.id),
        clause=people_of.present_clause(g.event.id, clock.now()),
    )


@bp.get("/<slug:event>/accessibility")
@public
def accessibility(event: str) -> str:
    """Declare how accessible these pages and the venues are."""
    return render_template(
        "desk/accessibility.html",
        venues=frame.venues(g.event.id),
        organisers=frame.organisers(g.event.id),
    )


@bp.get("/B/<code>")
@bp.get("/b/<code>", endpoint="badge_page_lower")
@public
def badge_page(code: str) -> str:
    """Answer whoever opens a badge's address: nothing personal, valid or not."""
    return render_template("desk/badge_page.html")
