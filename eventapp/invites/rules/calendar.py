"""iCalendar bytes: the same rows give the same bytes, today and tomorrow."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, vCalAddress, vDuration, vText
from icalendar import Event as CalendarEvent

from eventapp.invites.rules.lifecycle import PartStat
from eventapp.invites.rules.zones import vtimezone
from eventapp.programme.rules.appointments import Slot

if TYPE_CHECKING:
    from eventapp.events.models import Event
    from eventapp.programme.models import Session

PRODUCT = "-//eventapp//eventapp//PL"
REFRESH = timedelta(hours=1)
WAITING = {"pl": "[lista rezerwowa] ", "en": "[waiting list] "}
_END = b"END:VCALENDAR\r\n"
CALLED_OFF = {"pl": "ODWOŁANE: ", "en": "CANCELLED: "}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One calendar entry. Times are aware; `stamp` is when it last changed, never "now"."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    called_off: bool = False
    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who invites: a name, and an address of ours that can be answered."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Who is invited, and what their answer is taken to be."""

    name: str
    email: str
    partstat: PartStat = PartStat.ACCEPTED


def entry(
    session: "Session",
    event: "Event",
    *,
    uid: str,
    sequence: int,
    stamp: datetime,
    locale: str,
    base_url: str,
    own: Slot | None = None,
    adviser: str = "",
    waits: bool = False,
) -> Entry:
    """Return the calendar entry of *session*; it names the page, never a code or private link.

    Of advice it shows one's *own* appointment, and whose advice it is. Who *waits* for a seat reads
    so in the title.
    """
    time = own or session
    url = f"{base_url}/{event.slug}/sessions/{session.id}"
    called_off = session.state == "cancelled"
    mark = _in(CALLED_OFF, locale) if called_off else _in(WAITING, locale) if waits else ""
    return Entry(
        uid=uid,
        sequence=sequence,
        stamp=stamp,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        summary=mark + _in(session.activity.title, locale),
        description="\n\n".join(
            filter(None, [adviser, _in(session.activity.abstract, locale), url])
        ),
        location=location(session, locale),
        url=url,
        called_off=called_off,
        waits=waits,
    )


def location(session: "Session", locale: str) -> str:
    """Return where a session is held, on one line: room, venue, street, city."""
    room = session.room
    if room is None:
        return ""
    venue = room.venue
    city = f"{venue.postcode} {venue.city}".strip()
    parts = [_in(room.name, locale), _in(venue.name, locale), venue.street, city]
    return ", ".join(filter(None, parts))


def request_ics(shown: Entry, sender: Sender, guest: Guest, zone: ZoneInfo) -> bytes:
    """Return the REQUEST that puts an entry on one person's calendar, or moves it there.

    A place in a queue is tentative and takes no time.
    """
    item = _item(shown, _clock(zone, [shown]))
    item.add("status", "TENTATIVE" if shown.waits else "CONFIRMED")
    item.add("transp", "TRANSPARENT" if shown.waits else "OPAQUE")
    _add_people(item, sender, guest)
    return _bytes([item.to_ical()], [shown], zone, method="REQUEST")


def cancel_ics(shown: Entry, sender: Sender, guest: Guest, zone: ZoneInfo) -> bytes:
    """Return the CANCEL that takes an entry off one person's calendar.

    STATUS:CANCELLED stands there only when the session itself is called off: if one person
    leaves, it goes on for the others.
    """
    item = _item(shown, _clock(zone, [shown]))
    if shown.called_off:
        item.add("status", "CANCELLED")
    _add_people(item, sender, guest)
    return _bytes([item.to_ical()], [shown], zone, method="CANCEL")


def publish_ics(entries: Sequence[Entry], name: str, zone: ZoneInfo) -> bytes:
    """Return entries as a file to download: METHOD PUBLISH, nobody invited."""
    local = _clock(zone, entries)
    items = [_standing(shown, local) for shown in entries]
    return _bytes(items, entries, zone, method="PUBLISH", name=name)


def feed_ics(entries: Sequence[Entry], name: str, zone: ZoneInfo) -> bytes:
    """Return entries as a calendar to subscribe to, which has no METHOD."""
    local = _clock(zone, entries)
    items = [_standing(shown, local) for shown in entries]
    return _bytes(items, entries, zone, name=name)


def etag(content: bytes) -> str:
    """Return the strong entity tag of a feed."""
    return hashlib.sha256(content).hexdigest()[:32]


def webcal(url: str) -> str:
    """Return the address of a feed as one that a calendar, not a browser, opens."""
    return f"webcal://{url.partition('://')[2]}"


def add_links(shown: Entry) -> dict[str, str]:
    """Return addresses that add an entry to web calendars which do not read invites by mail."""
    start, end = (_basic(moment) for moment in (shown.starts_at, shown.ends_at))
    google = {
        "action": "TEMPLATE",
        "text": shown.summary,
        "dates": f"{start}/{end}",
        "details": shown.url,
        "location": shown.location,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": shown.summary,
        "startdt": shown.starts_at.astimezone(UTC).isoformat(),
        "enddt": shown.ends_at.astimezone(UTC).isoformat(),
        "body": shown.url,
        "location": shown.location,
    }
    return {
        "google": f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        "ics": f"{shown.url}/calendar.ics",
        "outlook": f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook)}",
    }


# --- components ---------------------------------------------------------------------------


def _item(shown: Entry, local: tzinfo) -> CalendarEvent:
    item = CalendarEvent()
    item.add("uid", shown.uid)
    item.add("sequence", shown.sequence)
    item.add("dtstamp", shown.stamp.astimezone(UTC).replace(microsecond=0))
    item.add("dtstart", shown.starts_at.astimezone(local))
    item.add("dtend", shown.ends_at.astimezone(local))
    item.add("summary", _line(shown.summary))
    for name, value in (
        ("description", _text(shown.description)),
        ("location", _line(shown.location)),
    ):
        if value:
            item.add(name, value)
    if shown.url:
        item.add("url", shown.url)
    return item


@lru_cache(maxsize=4096)  # most of a feed is as it was an hour ago, and in others' feeds too
def _standing(shown: Entry, local: tzinfo) -> bytes:
    item = _item(shown, local)
    item.add("status", "CANCELLED" if shown.called_off else "CONFIRMED")
    item.add("transp", "TRANSPARENT" if shown.called_off else "OPAQUE")
    content: bytes = item.to_ical()
    return content


def _add_people(item: CalendarEvent, sender: Sender, guest: Guest) -> None:
    organizer = vCalAddress(f"mailto:{sender.email}")
    organizer.params["CN"] = vText(_name(sender.name))
    item.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{guest.email}")
    attendee.params["CN"] = vText(_name(guest.name))
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText(guest.partstat.upper())
    asks = guest.partstat is PartStat.NEEDS_ACTION
    attendee.params["RSVP"] = vText("TRUE" if asks else "FALSE")
    item.add("attendee", attendee)


def _bytes(
    items: Sequence[bytes],
    entries: Iterable[Entry],
    zone: ZoneInfo,
    *,
    method: str | None = None,
    name: str | None = None,
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method)
    if name is not None:
        calendar.add("name", _line(name))
        calendar.add("x-wr-calname", _line(name))
    if method is None:
        calendar.add("refresh-interval", _hourly(), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    component = vtimezone(zone, _moments(entries))
    if component is not None and items:
        calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return b"".join([content.removesuffix(_END), *items, _END])


def _hourly() -> Any:
    return vDuration(REFRESH)


def _moments(entries: Iterable[Entry]) -> list[datetime]:
    return [moment for shown in entries for moment in (shown.starts_at, shown.ends_at)]


def _clock(zone: ZoneInfo, entries: Iterable[Entry]) -> tzinfo:
    # A zone whose rule cannot be written truly is not named at all: UTC is always right.
    return zone if vtimezone(zone, _moments(entries)) is not None else UTC


# --- texts --------------------------------------------------------------------------------


def _in(text: Mapping[str, str], locale: str) -> str:
    return text.get(locale) or text.get("pl") or next(iter(text.values()), "")


def _text(value: str) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in plain if letter in "\t\n" or not _is_control(letter))


def _line(value: str) -> str:
    return " ".join(_text(value).split())


def _name(value: str) -> str:
    # A parameter's value cannot escape a quotation mark.
    return _line(value).replace('"', "'")


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}


def _basic(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
