"""iCalendar bytes: the same rows give the same bytes, today and tomorrow."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, vCalAddress, vDuration, vText
from icalendar import Event as CalendarEvent

from eventapp.invites.rules import lines
from eventapp.invites.rules.lifecycle import PartStat
from eventapp.invites.rules.zones import is_ambiguous, vtimezone
from eventapp.programme.rules.appointments import Slot

if TYPE_CHECKING:
    from eventapp.events.models import Event
    from eventapp.programme.models import Session

PRODUCT = "-//eventapp//eventapp//PL"
REFRESH = timedelta(hours=1)
WAITING = {"pl": "[lista rezerwowa] ", "en": "[waiting list] "}
_END = b"END:VCALENDAR\r\n"
CALLED_OFF = {"pl": "ODWOŁANE: ", "en": "CANCELLED: "}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


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
    takes_time: bool = True


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


def struck(shown: Entry, locale: str) -> Entry:
    """Return an entry of what is not to be done any more, as calendars show it for a while."""
    if shown.called_off:
        return shown
    return replace(shown, called_off=True, summary=_in(CALLED_OFF, locale) + shown.summary)


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
    told = _Clock(zone, [shown])
    item = _item(shown, told.of(shown))
    item.add("status", "TENTATIVE" if shown.waits else "CONFIRMED")
    item.add("transp", "TRANSPARENT" if shown.waits else "OPAQUE")
    _add_people(item, sender, guest)
    return _bytes([item.to_ical()], told, method="REQUEST")


def cancel_ics(shown: Entry, sender: Sender, guest: Guest, zone: ZoneInfo) -> bytes:
    """Return the CANCEL that takes an entry off one person's calendar.

    STATUS:CANCELLED stands there only when the session itself is called off: if one person
    leaves, it goes on for the others.
    """
    told = _Clock(zone, [shown])
    item = _item(shown, told.of(shown))
    if shown.called_off:
        item.add("status", "CANCELLED")
    _add_people(item, sender, guest)
    return _bytes([item.to_ical()], told, method="CANCEL")


def publish_ics(entries: Sequence[Entry], name: str, zone: ZoneInfo) -> bytes:
    """Return entries as a file to download: METHOD PUBLISH, nobody invited."""
    told = _Clock(zone, entries)
    items = [_standing(shown, told.of(shown)) for shown in entries]
    return _bytes(items, told, method="PUBLISH", name=name)


def feed_ics(entries: Sequence[Entry], name: str, zone: ZoneInfo) -> bytes:
    """Return entries as a calendar to subscribe to, which has no METHOD."""
    return several_ics({zone.key: entries}, name)


def several_ics(by_zone: Mapping[str, Sequence[Entry]], name: str) -> bytes:
    """Return entries of several zones as one calendar to subscribe to."""
    clocks = [(_Clock(ZoneInfo(zone), by_zone[zone]), by_zone[zone]) for zone in sorted(by_zone)]
    items = [_standing(shown, told.of(shown)) for told, entries in clocks for shown in entries]
    return _bytes(items, *(told for told, _entries in clocks), name=name)


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
    """Return an entry that invites nobody: `_item` with its status, without the library's walk."""
    fields = [
        f"SUMMARY:{lines.escaped(_line(shown.summary))}",
        f"DTSTART{_time(shown.starts_at, local)}",
        f"DTEND{_time(shown.ends_at, local)}",
        f"DTSTAMP:{_basic(shown.stamp)}",
        f"UID:{lines.escaped(shown.uid)}",
        f"SEQUENCE:{shown.sequence}",
    ]
    if description := _text(shown.description):
        fields.append(f"DESCRIPTION:{lines.escaped(description)}")
    if location := _line(shown.location):
        fields.append(f"LOCATION:{lines.escaped(location)}")
    fields.append(f"STATUS:{'CANCELLED' if shown.called_off else 'CONFIRMED'}")
    is_busy = shown.takes_time and not shown.called_off
    fields.append(f"TRANSP:{'OPAQUE' if is_busy else 'TRANSPARENT'}")
    if shown.url:
        fields.append(f"URL:{shown.url}")
    return lines.component("VEVENT", fields)


def _time(moment: datetime, local: tzinfo) -> str:
    if local is UTC:
        return f":{_basic(moment)}"
    return f";TZID={local}:{moment.astimezone(local):%Y%m%dT%H%M%S}"


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
    *clocks: "_Clock",
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
    for told in clocks:
        if told.zone_used and told.component is not None:
            calendar.add_component(told.component)
    content: bytes = calendar.to_ical()
    return b"".join([content.removesuffix(_END), *items, _END])


def _hourly() -> Any:
    return vDuration(REFRESH)


class _Clock:
    """By which clock each entry of a calendar is written.

    It is the zone's; or UTC, which is always right, where the zone's rule cannot be written truly,
    and for an hour that the clocks show twice.
    """

    def __init__(self, zone: ZoneInfo, entries: Iterable[Entry]) -> None:
        self._zone = zone
        moments = [moment for shown in entries for moment in (shown.starts_at, shown.ends_at)]
        self.component = vtimezone(zone, moments)
        self.zone_used = False

    def of(self, shown: Entry) -> tzinfo:
        """Return the clock by which an entry is written."""
        twice = any(is_ambiguous(one, self._zone) for one in (shown.starts_at, shown.ends_at))
        if self.component is None or twice:
            return UTC
        self.zone_used = True
        return self._zone


# --- texts --------------------------------------------------------------------------------


def _in(text: Mapping[str, str], locale: str) -> str:
    return text.get(locale) or text.get("pl") or next(iter(text.values()), "")


def _text(value: str) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", plain)


def _line(value: str) -> str:
    return " ".join(_text(value).split())


def _name(value: str) -> str:
    # A parameter's value cannot escape a quotation mark.
    return _line(value).replace('"', "'")


def _basic(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
