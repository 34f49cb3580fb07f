"""The programme read otherwise than by day: by room, by topic; speakers have their own page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import abort, g, render_template, url_for
from flask_babel import gettext as _

from eventapp.desk import queries
from eventapp.desk.queries import Card
from eventapp.desk.routes.frame import bp, shared, shown
from eventapp.events import queries as frame
from eventapp.kernel import i18n, text
from eventapp.kernel.guard import public
from eventapp.kernel.i18n import local
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import topics


@dataclass(frozen=True, kw_only=True)
class Group:
    """Sessions that have something in common: a room, a topic."""

    name: str
    note: str
    url: str | None
    cards: Sequence[Card]


@bp.get("/<slug:event>/programme/rooms")
@public
def by_room(event: str) -> Any:
    """Show what is held in each room."""
    return shared("by-room", render=lambda: _page("room", _rooms()))


def _rooms() -> list[Group]:
    sessions = programme.programme(g.event.id)
    groups = [
        Group(
            name=local(room.name),
            note=local(room.venue.name),
            url=url_for("desk.room_page", event=g.event.slug, room_id=room.id),
            cards=_cards(row for row in sessions if row.room_id == room.id),
        )
        for room in frame.rooms(g.event.id)
    ]
    outside = _cards(row for row in sessions if row.room_id is None)
    return [*groups, Group(name=_("Elsewhere"), note="", url=None, cards=outside)]


@bp.get("/<slug:event>/programme/topics")
@public
def by_topic(event: str) -> Any:
    """Show what the sessions are about, and which are about it."""
    return shared("by-topic", render=lambda: _page("topic", _topics()))


def _topics() -> list[Group]:
    sessions = programme.programme(g.event.id)
    used = programme.released_topics(sessions)
    used.sort(key=lambda one: text.sort_key(local(one.topic)))
    groups = [
        Group(
            name=local(one.topic),
            note="",
            url=url_for("desk.topic_page", event=g.event.slug, topic=one.key),
            cards=_cards(programme.about(sessions, one.key)),
        )
        for one in used
    ]
    others = _cards(row for row in sessions if used and not topics.distinct(row.activity.topics))
    return [*groups, Group(name=_("Other sessions"), note="", url=None, cards=others)]


def _cards(rows: Iterable[Session]) -> list[Card]:
    return [shown(queries.card(row)) for row in rows]


def _page(way: str, groups: Sequence[Group]) -> str:
    return render_template(
        "desk/programme_by.html", way=way, groups=[one for one in groups if one.cards]
    )


@bp.get("/<slug:event>/programme/topics/<topic>")
@public
def topic_page(event: str, topic: str) -> Any:
    """Show the sessions about one topic."""
    return shared("topic", topic, render=lambda: _topic_page(topic))


def _topic_page(key: str) -> str:
    rows = programme.about(programme.programme(g.event.id), key)
    found = topics.used(row.activity.topics for row in rows)
    if not rows:
        abort(404)
    days = groupby(rows, key=lambda row: i18n.day_of(row.starts_at))
    return render_template(
        "desk/topic_page.html",
        topic=next(one.topic for one in found if one.key == key),
        days=[(day, _cards(held)) for day, held in days],
    )
