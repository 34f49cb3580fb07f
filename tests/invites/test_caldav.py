"""Every message of a season laid into a real calendar server, and read back by a client."""

import re
from datetime import UTC

import caldav
import icalendar
import pytest

from tests.harness import radicale
from tests.invites.test_season import DAYS, Season, calendar_of, play

# What a calendar shows or answers by; the server may write the rest in an order of its own.
KEPT = (
    "UID", "SEQUENCE", "DTSTAMP", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "TRANSP",
    "ORGANIZER", "ATTENDEE",
)  # fmt: skip


@pytest.fixture(scope="module")
def server():
    with radicale.serving() as url:
        yield url


def seen(content):
    """Return what an entry shows, and when it is by the zone that comes with it."""
    calendar = icalendar.Calendar.from_ical(content)
    (item,) = calendar.walk("VEVENT")
    (zone,) = calendar.walk("VTIMEZONE")
    told = zone.to_tz()
    span = [item[name].dt.replace(tzinfo=told).astimezone(UTC) for name in ("DTSTART", "DTEND")]
    fields = {name: item[name].to_ical() for name in KEPT if name in item}
    return fields, dict(item["ATTENDEE"].params), span


@pytest.mark.parametrize("starts_at", [DAYS[1], DAYS[2]], ids=["winter", "summer"])
def test_a_calendar_server_keeps_every_message_as_it_was_sent(
    starts_at, server, hands, run_jobs, mailbox, db_session
):
    season = Season(starts_at, hands, run_jobs, mailbox)
    play(season)
    number = 0
    for name in ("anna", "jan", "nowa"):
        with caldav.DAVClient(url=server, username=name, password=name) as client:
            own = client.principal().make_calendar(name=f"{name} {starts_at.date()}")
            for content in filter(None, map(calendar_of, mailbox.to(f"{name}@example.org"))):
                # Whoever keeps it takes the message's METHOD off (RFC 4791, 4.1).
                laid = re.sub(rb"METHOD:[A-Z]+\r\n", b"", content)
                uid = str(icalendar.Calendar.from_ical(laid).walk("VEVENT")[0]["UID"])
                entry = caldav.Event(client, url=own.url.join(f"{uid}.ics"), data=laid, parent=own)
                entry.save(increase_seqno=False)  # what was sent, not what a person edited

                assert seen(own.event_by_uid(uid).data) == seen(laid)
                number += 1
            found = own.events()
            assert len(found) == len({one.icalendar_component["UID"] for one in found}) == 1

    assert number == 13, "all of the season was laid there"
