"""What of an event's frame another event can begin with."""

from eventapp.events import queries
from eventapp.events.commands.events import (
    add_area_unit,
    add_category,
    add_organiser,
    join_team,
)
from eventapp.events.commands.frame import add_room, add_venue
from eventapp.events.commands.settings import TIMES
from eventapp.events.models import Event, SignStrip, TeamMember
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.db import db
from eventapp.kernel.refusal import N_

SETTINGS = (
    "subtitle", "description", "capacity", "requires_approval", "tells_decisions",
    "asks_answers", "invites_waiting", "walk_ins", "signs_badges", "overbooking_percent",
    "mail_quiet_from", "mail_quiet_until", "mail_quiet_holds_all",
    "certificate_min_percent", "certificate_number_format",
    "grace_minutes", "contact_name", "contact_email", "contact_phone", "area_description",
    "area_county_codes", "project",
)  # fmt: skip
VENUE = ("street", "postcode", "city", "teryt", "accessibility")
ROOM = ("floor", "features", "wheelchair", "parallel")


def _settings(copying: Copying) -> int:
    source, target = (
        db.session.get_one(Event, event_id) for event_id in (copying.source_id, copying.target_id)
    )
    for name in SETTINGS:
        setattr(target, name, getattr(source, name))
    for name in TIMES:
        setattr(target, name, copying.maybe(getattr(source, name)))
    target.previous_slug = source.slug
    _strip(source, target, copying)
    return 1


def _strip(source: Event, target: Event, copying: Copying) -> None:
    """Give the new event a strip of its own with the same picture."""
    if not source.sign_strip:
        return
    held = queries.strip(source.id, source.sign_strip["strip_id"])
    if held is not None:
        row = SignStrip(
            event_id=target.id,
            media_type=held.media_type,
            sha256=held.sha256,
            content=held.content,
            added_at=copying.now,
        )
        db.session.add(row)
        db.session.flush()
        target.sign_strip = {**source.sign_strip, "strip_id": row.id}


def _places(copying: Copying) -> int:
    for venue in queries.venues(copying.source_id):
        columns = {name: getattr(venue, name) for name in VENUE}
        made = add_venue(copying.target_id, venue.name, venue.short, **columns)
        copying.stands_for("venue", venue.id, made.id)
    rooms = queries.rooms(copying.source_id)
    for room in rooms:
        venue_id = copying.ids["venue", room.venue_id]
        columns = {name: getattr(room, name) for name in ROOM}
        copied = add_room(venue_id, room.name, room.capacity, **columns)
        copying.stands_for("room", room.id, copied.id)
    return len(rooms)


def _lists(copying: Copying) -> int:
    categories = queries.categories(copying.source_id)
    for row in categories:
        add_category(copying.target_id, row.code, row.name, row.group)
    for unit in queries.area_units(copying.source_id):
        add_area_unit(
            copying.target_id, teryt6=unit.teryt6, type_digit=unit.type_digit,
            name=unit.name, county=unit.county,
        )  # fmt: skip
    for organiser in queries.organisers(copying.source_id):
        named = add_organiser(
            copying.target_id, organiser.name, organiser.role, guest_quota=organiser.guest_quota
        )
        copying.stands_for("organiser", organiser.id, named.id)
    return len(categories)


def _team(copying: Copying) -> int:
    there = {(row.account_id, row.role) for row, _account in queries.team(copying.target_id)}
    members = [row for row, _account in queries.team(copying.source_id)]
    new = [
        row
        for row in members
        if (row.account_id, row.role) not in there and _has_institution(copying, row)
    ]
    for row in new:
        join_team(
            copying.target_id,
            row.account_id,
            row.role,
            copying.now,
            function=row.function,
            organiser_id=copying.new("organiser", row.organiser_id),
        )
    return len(new)


def _has_institution(copying: Copying, row: TeamMember) -> bool:
    """Tell whether the institution for which somebody works, if any, came along."""
    return row.organiser_id is None or copying.new("organiser", row.organiser_id) is not None


PARTS = (
    Part("settings", N_("settings, with dates of registration moved along"), _settings),
    Part("places", N_("venues and rooms"), _places),
    Part("lists", N_("categories, area and organisers"), _lists),
    Part("team", N_("team and roles"), _team),
)
