"""Rows to test with, made by the product's own commands; every function names what matters."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from eventapp.events import commands as events
from eventapp.events.models import Event, Room
from eventapp.kernel.db import atomic, db
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, Session, SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import Details
from eventapp.registrations.models import Registration, Source, State
from eventapp.signups.models import SignUp
from eventapp.signups.rules import Taken

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2027, 5, 20, 10, 0, tzinfo=WARSAW)
FIRST_DAY = date(2027, 6, 16)
DAYS = 3

_numbers = count(1)


def at(clock: str, day: int = 1) -> datetime:
    """Return a moment of the event: `at("9:30", day=2)`."""
    hour, minute = (int(part) for part in clock.split(":"))
    on = FIRST_DAY + timedelta(days=day - 1)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=WARSAW)


@atomic
def make_event(**columns: Any) -> Event:
    """Make a published three-day event in June 2027, without approval or capacity."""
    number = next(_numbers)
    host = events.keep_host("osrodek", "Ośrodek wsparcia")
    given = {
        "slug": f"seminarium-{number}",
        "title": {"pl": "Seminarium", "en": "Seminar"},
        "starts_on": FIRST_DAY,
        "ends_on": FIRST_DAY + timedelta(days=DAYS - 1),
        "contact_email": "biuro@example.org",
    }
    event = events.create_event(host.id, NOW, **{**given, **columns})
    for day in range(DAYS):
        on = FIRST_DAY + timedelta(days=day)
        events.add_day(event.id, on, {"pl": f"Dzień {day + 1}.", "en": f"Day {day + 1}"})
    events.add_category(event.id, "fundacja", {"pl": "fundacja", "en": "foundation"}, "PES")
    events.publish_event(event.id, NOW)
    return event


@atomic
def make_room(event: Event, capacity: int | None = 40, **columns: Any) -> Room:
    """Make a room of its own venue."""
    number = next(_numbers)
    venue = events.add_venue(
        event.id,
        {"pl": f"Dom {number}", "en": f"House {number}"},
        {"pl": f"D{number}", "en": f"H{number}"},
        street="ul. Focha 19/21",
        postcode="42-200",
        city="Częstochowa",
    )
    name = columns.pop("name", {"pl": f"Sala {number}", "en": f"Room {number}"})
    return events.add_room(venue.id, name, capacity, **columns)


@atomic
def make_session(
    event: Event,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    minutes: int = 90,
    title: str = "",
    activity_id: int | None = None,
    room_id: int | None = None,
    **columns: Any,
) -> Session:
    """Plan a workshop with sign-up required: 16 June, 9:00, and no limit unless one is given."""
    starts_at = starts_at or at("9:00")
    name = title or f"Warsztat {next(_numbers)}"
    if activity_id is None:
        activity = programme.add_activity(
            event.id, title={"pl": name, "en": name}, kind=Kind.WORKSHOP
        )
        activity_id = activity.id
    given = {"sign_up": SignUpRule.REQUIRED, "waiting_list": True}
    return programme.add_session(
        activity_id,
        NOW,
        starts_at=starts_at,
        ends_at=ends_at or starts_at + timedelta(minutes=minutes),
        room_id=room_id,
        **{**given, **columns},
    )


@atomic
def make_registration(
    event: Event,
    first_name: str = "",
    last_name: str = "",
    *,
    state: State = State.QUALIFIED,
    source: Source = Source.API,
    ref: str | None = None,
    now: datetime = NOW,
    **details: Any,
) -> Registration:
    """Register somebody with an e-mail of their own, qualified unless told otherwise."""
    number = next(_numbers)
    first, last = first_name or "Anna", last_name or f"Nowak {number}"
    details.setdefault("email", f"osoba{number}@example.org")
    given = Details(first_name=first, last_name=last, **details)
    return registrations.enter(event.id, given, now, source=source, state=state, ref=ref)


def fresh(row: Any) -> Any:
    """Read a row anew, as another process would see it; what was taken is a sign-up."""
    db.session.rollback()
    model = SignUp if isinstance(row, Taken) else type(row)
    return db.session.get_one(model, row.id, populate_existing=True)
