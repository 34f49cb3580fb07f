"""Feeds: how long a calendar of 400 sessions takes, made for the first time and unchanged."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.people import Office
from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.invites import commands as invites
from eventapp.invites.rules.calendar import _standing
from eventapp.kernel.db import atomic, db
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Details
from eventapp.registrations.models import Source, State

SESSIONS = 400
NOW = datetime(2027, 5, 20, 8, 0, tzinfo=UTC)


@atomic
def fill(event_id: int) -> str:
    """Plan the sessions and invite one person to all; return the token of that person's feed."""
    day = db.session.get_one(Event, event_id).starts_on
    events.add_day(event_id, day, {"pl": "Dzień", "en": "Day"})
    events.publish_event(event_id, NOW)
    first = datetime(day.year, day.month, day.day, 6, 0, tzinfo=UTC)
    given = Details(first_name="Anna", last_name="Nowak", email="anna@example.org")
    person = registrations.enter(event_id, given, NOW, source=Source.API, state=State.QUALIFIED)
    for number in range(SESSIONS):
        title = {"pl": f"Warsztat {number}: zażółć gęślą jaźń", "en": f"Workshop {number}"}
        activity = programme.add_activity(event_id, title=title, kind=Kind.WORKSHOP)
        begins = first + timedelta(minutes=number)
        session = programme.add_session(
            activity.id,
            NOW,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=45),
            sign_up=SignUpRule.REQUIRED,
        )
        invites.request(session, person, NOW)
    return people.feed_token(person)


def took(act: Callable[[], int], expected: int) -> float:
    """Return the milliseconds that a request takes."""
    begun = time.perf_counter()
    status = act()
    spent = (time.perf_counter() - begun) * 1000
    if status != expected:
        raise AssertionError(f"{status} instead of {expected}")
    return spent


def measured(stand: Office, path: str) -> tuple[float, float]:
    """Return the milliseconds of the whole feed, and of the answer that it is unchanged."""
    etag = stand.client.get(path).headers["ETag"]
    told = {"If-None-Match": etag}
    whole, same = [], []
    for _ in range(9):
        for extension in [name for name in stand.app.extensions if "cached-pages" in name]:
            stand.app.extensions[extension]._made.clear()
        _standing.cache_clear()
        whole.append(took(lambda: stand.client.get(path).status_code, 200))
        same.append(took(lambda: stand.client.get(path, headers=told).status_code, 304))
        with stand.app.app_context():
            db.session.remove()
    return statistics.median(whole), statistics.median(same)
