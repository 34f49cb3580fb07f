"""The bytes that calendars read, checked by their own rules and by another parser."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.invites import rules
from eventapp.invites.rules import Entry, Guest, PartStat, Sender
from eventapp.invites.rules.zones import begins, changes, offset_at, vtimezone, yearly_rules
from tests.invites import libical

WARSAW = ZoneInfo("Europe/Warsaw")
STAMP = datetime(2027, 5, 20, 8, 0, tzinfo=UTC)
SENDER = Sender(name="Seminarium", email="eventapp@example.org")
GUEST = Guest(name="Anna Nowak", email="anna@example.org")


def entry(**columns):
    given_ = {
        "uid": "a1@example.org",
        "sequence": 0,
        "stamp": STAMP,
        "starts_at": datetime(2027, 6, 16, 9, 0, tzinfo=WARSAW),
        "ends_at": datetime(2027, 6, 16, 10, 30, tzinfo=WARSAW),
        "summary": "Fundraising",
        "description": "O pozyskiwaniu środków\nhttps://example.org/e/sessions/1",
        "location": "Sala A, ul. Focha 19/21, 42-200 Częstochowa",
        "url": "https://example.org/e/sessions/1",
    }
    return Entry(**{**given_, **columns})


def only(content, name="VEVENT"):
    (found,) = icalendar.Calendar.from_ical(content).walk(name)
    return found


def unfolded(content):
    return content.decode().replace("\r\n ", "")


# --- methods ------------------------------------------------------------------------------


def test_a_request_invites_one_person():
    content = rules.request_ics(entry(), SENDER, GUEST, WARSAW)

    assert icalendar.Calendar.from_ical(content)["METHOD"] == "REQUEST"
    shown = only(content)
    assert (shown["UID"], shown["SEQUENCE"], shown["STATUS"]) == ("a1@example.org", 0, "CONFIRMED")
    assert shown["ORGANIZER"] == "mailto:eventapp@example.org"
    attendee = shown["ATTENDEE"]
    assert attendee == "mailto:anna@example.org"
    assert dict(attendee.params) == {
        "CN": "Anna Nowak",
        "CUTYPE": "INDIVIDUAL",
        "PARTSTAT": "ACCEPTED",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "FALSE",
    }


def test_an_open_answer_is_asked_for():
    guest = Guest(name="Anna", email="anna@example.org", partstat=PartStat.NEEDS_ACTION)

    params = only(rules.request_ics(entry(), SENDER, guest, WARSAW))["ATTENDEE"].params

    assert (params["PARTSTAT"], params["RSVP"]) == ("NEEDS-ACTION", "TRUE")


@pytest.mark.parametrize(("called_off", "status"), [(False, None), (True, "CANCELLED")])
def test_a_cancel_has_a_status_only_when_the_session_is_called_off(called_off, status):
    content = rules.cancel_ics(entry(called_off=called_off), SENDER, GUEST, WARSAW)

    assert icalendar.Calendar.from_ical(content)["METHOD"] == "CANCEL"
    assert only(content).get("STATUS") == status


def test_a_download_publishes_and_invites_nobody():
    content = rules.publish_ics([entry(), entry(uid="b2@example.org")], "Program", WARSAW)

    calendar = icalendar.Calendar.from_ical(content)
    assert calendar["METHOD"] == "PUBLISH"
    assert [item["UID"] for item in calendar.walk("VEVENT")] == ["a1@example.org", "b2@example.org"]
    assert not any("ATTENDEE" in item for item in calendar.walk("VEVENT"))


def test_a_feed_has_no_method_and_says_how_often_to_look():
    content = rules.feed_ics([entry()], "Mój program", WARSAW)

    assert "METHOD" not in unfolded(content)
    for line in (
        "NAME:Mój program",
        "X-WR-CALNAME:Mój program",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ):
        assert line in unfolded(content).splitlines()


def test_a_called_off_entry_of_a_feed_takes_no_time():
    shown = only(rules.feed_ics([entry(called_off=True)], "Program", WARSAW))

    assert (shown["STATUS"], shown["TRANSP"]) == ("CANCELLED", "TRANSPARENT")


def test_an_empty_feed_is_a_calendar():
    content = rules.feed_ics([], "Program", WARSAW)

    assert icalendar.Calendar.from_ical(content).walk("VEVENT") == []


# --- bytes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda: rules.request_ics(entry(), SENDER, GUEST, WARSAW),
        lambda: rules.cancel_ics(entry(), SENDER, GUEST, WARSAW),
        lambda: rules.publish_ics([entry()], "Program", WARSAW),
        lambda: rules.feed_ics([entry()], "Program", WARSAW),
    ],
)
def test_the_same_rows_give_the_same_bytes(write):
    assert write() == write()


text = st.text(max_size=200)


@given(summary=text, description=text, location=text, name=text)
def test_whatever_is_written_stays_text(summary, description, location, name):
    shown = entry(summary=summary, description=description, location=location)
    guest = Guest(name=name, email="anna@example.org")

    content = rules.request_ics(shown, SENDER, guest, WARSAW)

    well_formed(content)
    read = only(content)
    assert read["ATTENDEE"] == "mailto:anna@example.org"
    assert read["UID"] == "a1@example.org"
    assert len(icalendar.Calendar.from_ical(content).walk("VEVENT")) == 1


def well_formed(content):
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content)
    named = set(re.findall(r"TZID=([^:;]+)", unfolded(content)))
    defined = set(re.findall(r"^TZID:(.+?)\r?$", unfolded(content), re.MULTILINE))
    assert named == defined
    event = only(content)
    assert event.decoded("DTEND") > event.decoded("DTSTART")


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "UTC", "Africa/Casablanca", "Asia/Tokyo"])
def test_every_named_zone_is_defined(zone):
    well_formed(rules.request_ics(entry(), SENDER, GUEST, ZoneInfo(zone)))


# --- zones --------------------------------------------------------------------------------


def test_warsaw_has_one_winter_and_one_summer_rule():
    lines = unfolded(rules.request_ics(entry(), SENDER, GUEST, WARSAW)).splitlines()

    assert lines.count("BEGIN:STANDARD") == lines.count("BEGIN:DAYLIGHT") == 1
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in lines
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in lines
    assert not any(line.startswith("RDATE") for line in lines)
    assert "DTSTART;TZID=Europe/Warsaw:20270616T090000" in lines


@pytest.mark.parametrize(
    ("zone", "named"),
    [
        ("Europe/Warsaw", True),
        ("America/New_York", True),
        ("Australia/Sydney", True),
        ("Europe/Dublin", True),
        ("Asia/Tokyo", True),
        ("Asia/Kathmandu", True),
        ("Africa/Casablanca", False),  # its summer time follows the moon
    ],
)
def test_a_zone_without_a_yearly_rule_is_written_in_utc(zone, named):
    content = unfolded(rules.request_ics(entry(), SENDER, GUEST, ZoneInfo(zone)))

    assert ("BEGIN:VTIMEZONE" in content) is named
    assert (f"TZID={zone}:" in content) is named
    begins = only(content.encode()).decoded("DTSTART")
    assert begins.astimezone(UTC) == datetime(2027, 6, 16, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 25, 0, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
        datetime(2027, 12, 31, 23, 30, tzinfo=UTC),
    ],
)
def test_the_nights_when_the_clocks_change_are_told_right(moment):
    found = begins(yearly_rules("Europe/Warsaw", 2025, 2030), 2025, 2030)

    assert offset_at(found, moment) == moment.astimezone(WARSAW).utcoffset()


NIGHTS = {
    "first 2:30": (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "20261025T003000Z"),
    "second 2:30": (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "20261025T013000Z"),
    "before the gap": (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "20270328T013000"),
    "behind the gap": (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "20270328T033000"),
}


@pytest.mark.parametrize(("starts_at", "written"), NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize("write", ["request", "feed"])
def test_a_session_in_the_night_of_the_change_begins_once(write, starts_at, written):
    shown = entry(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=20))
    content = (
        rules.request_ics(shown, SENDER, GUEST, WARSAW)
        if write == "request"
        else rules.feed_ics([shown], "P", WARSAW)
    )

    well_formed(content)
    assert re.search(rf"^DTSTART.*:{written}\r$", unfolded(content), re.MULTILINE)
    assert libical.judged(content.replace(b"Europe/Warsaw", b"Nowhere/Warsaw")) == ([], starts_at)


def test_an_hour_that_comes_twice_leaves_the_rest_of_a_feed_in_its_zone():
    night = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    twice = entry(starts_at=night, ends_at=night + timedelta(hours=1))
    plain = entry(starts_at=night + timedelta(hours=8), ends_at=night + timedelta(hours=9))

    content = unfolded(rules.feed_ics([twice, plain], "P", WARSAW))

    assert "DTSTART:20261025T013000Z" in content
    assert "DTSTART;TZID=Europe/Warsaw:20261025T103000" in content


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Asia/Kolkata", datetime(2027, 6, 16, 7, 0, tzinfo=UTC)),  # no summer time
        ("America/Phoenix", datetime(2027, 6, 16, 7, 0, tzinfo=UTC)),
        ("America/Mexico_City", datetime(2022, 12, 16, 7, 0, tzinfo=UTC)),  # gave it up that year
        ("Europe/Istanbul", datetime(2016, 12, 16, 7, 0, tzinfo=UTC)),  # stayed in summer
        ("Africa/Casablanca", datetime(2027, 2, 16, 7, 0, tzinfo=UTC)),
    ],
)
def test_zones_that_follow_no_yearly_rule_are_read_right(zone, moment):
    shown = entry(starts_at=moment, ends_at=moment + timedelta(hours=1))
    content = rules.request_ics(shown, SENDER, GUEST, ZoneInfo(zone))

    well_formed(content)
    assert libical.judged(content.replace(zone.encode(), b"Nowhere/Here")) == ([], moment)


def test_another_parser_finds_the_same_moment_on_both_sides_of_the_change():
    for day in (date(2027, 3, 27), date(2027, 3, 29), date(2026, 10, 26)):
        starts_at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=WARSAW)
        shown = entry(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        content = rules.request_ics(shown, SENDER, GUEST, WARSAW)
        rule = only(content, "VTIMEZONE").to_tz()

        wall = datetime(day.year, day.month, day.day, 9, 0, tzinfo=rule)
        assert wall.astimezone(UTC) == starts_at.astimezone(UTC)


def test_changes_are_found_to_the_minute():
    spring, autumn = changes(WARSAW, 2027)

    assert (spring.at.isoformat(), spring.before, spring.after) == (
        "2027-03-28T02:00:00",
        timedelta(hours=1),
        timedelta(hours=2),
    )
    assert (autumn.at.isoformat(), autumn.name) == ("2027-10-31T03:00:00", "CET")


def test_without_moments_no_zone_is_needed():
    assert vtimezone(WARSAW, []) is None


# --- links --------------------------------------------------------------------------------


def test_web_calendars_get_the_moment_in_utc():
    links = rules.add_links(entry(summary="A & B"))

    assert "dates=20270616T070000Z%2F20270616T083000Z" in links["google"]
    assert "text=A+%26+B" in links["google"]
    assert "startdt=2027-06-16T07%3A00%3A00%2B00%3A00" in links["outlook"]
