"""A season of invites, read by calendars of other makers that know no time zone but ours."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.invites import queries, rules
from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.registrations import commands as registrations
from eventapp.signups import commands as signups
from tests.factories import make_event, make_registration, make_room, make_session
from tests.harness.mailbox import text_of
from tests.invites import libical
from tests.invites.test_calendar import GUEST, SENDER, entry

WARSAW = ZoneInfo("Europe/Warsaw")
FOLDED = "Zażółć gęślą jaźń – " * 15  # 300 characters, two bytes at many a fold
DAYS = [
    datetime(2026, 7, 8, 9, 0, tzinfo=WARSAW),
    datetime(2026, 12, 9, 9, 0, tzinfo=WARSAW),
    datetime(2027, 6, 16, 9, 0, tzinfo=WARSAW),
    datetime(2027, 3, 29, 9, 0, tzinfo=WARSAW),
    datetime(2029, 7, 4, 9, 0, tzinfo=WARSAW),
    datetime(2029, 1, 10, 9, 0, tzinfo=WARSAW),
]


class Season:
    """One workshop with one seat, and what its people's mailboxes got."""

    def __init__(self, starts_at, hands, run_jobs, mailbox, **settings):
        self.hands, self.run_jobs, self.mailbox = hands, run_jobs, mailbox
        self.now = starts_at.astimezone(UTC) - timedelta(days=30)
        self.starts_at = starts_at
        hands.move_to(self.now)
        day = starts_at.date()
        self.event = make_event(starts_on=day, ends_on=day, **{"invites_waiting": True, **settings})
        if not any(row.date == day for row in frame.days(self.event.id)):
            events.add_day(self.event.id, day, {"pl": "Dzień", "en": "Day"})
        self.session = make_session(
            self.event,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            capacity=1,
            title=FOLDED,
            room_id=make_room(self.event).id,
        )
        self.anna = make_registration(self.event, email="anna@example.org")
        self.jan = make_registration(self.event, email="jan@example.org")

    def pass_(self, **time):
        """Let time go by, and the worker do what is due."""
        self.now += timedelta(**time)
        self.hands.move_to(self.now)
        self.run_jobs()
        db.session.expire_all()

    def sign_up(self, person):
        row = signups.sign_up(self.session.id, person.id, self.now)
        self.pass_(minutes=1)
        return row

    def leave(self, row):
        signups.leave(row.id, self.now)
        signups.fill_seats(self.event.id, self.now)
        self.pass_(minutes=1)

    def move(self, starts_at, room_id=None):
        programme.move_session(
            self.session.id,
            self.now,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            room_id=room_id,
        )

    def told(self, address):
        """List METHOD, SEQUENCE, STATUS, PARTSTAT and UID of what an address got."""
        found = []
        for letter in self.mailbox.to(address):
            content = calendar_of(letter)
            if content is None:
                found.append(None)
                continue
            calendar = icalendar.Calendar.from_ical(content)
            (item,) = calendar.walk("VEVENT")
            partstat = item["ATTENDEE"].params["PARTSTAT"]
            found.append((calendar["METHOD"], item["SEQUENCE"], item.get("STATUS"), partstat))
        return found


def calendar_of(letter):
    """Return the calendar of a letter after checking how it lies there; None without one."""
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    (part,) = parts
    content = part.get_payload(decode=True)
    mixed, (alternative, attachment) = letter, letter.iter_parts()
    assert mixed.get_content_type() == "multipart/mixed"
    kinds = [one.get_content_type() for one in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert attachment.get_content_type() == "application/ics"
    assert attachment.get_payload(decode=True) == content
    assert part["Content-Disposition"] is None
    assert part["Content-Transfer-Encoding"] == "base64"
    assert f"METHOD:{part.get_param('method')}\r\n".encode() in content
    return content


def well_formed(content):
    """Check the bytes themselves."""
    assert content.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    for line in content.split(b"\r\n"):
        line.decode()  # no letter is torn by a fold
    text = content.replace(b"\r\n ", b"").decode()
    assert set(re.findall(r"TZID=([^:;]+)", text)) == set(
        re.findall(r"^TZID:(\S+)", text, re.MULTILINE)
    )


def instants(content):
    """Return when a message begins by each reader that knows only the zone it carries."""
    strange = content.replace(b"Europe/Warsaw", b"Nowhere/Warsaw")
    objections, by_libical = libical.judged(strange)
    assert objections == []
    read = vobject.readOne(strange.decode())
    (item,) = icalendar.Calendar.from_ical(strange).walk("VEVENT")
    (zone,) = icalendar.Calendar.from_ical(strange).walk("VTIMEZONE")
    wall = item["DTSTART"].dt.replace(tzinfo=zone.to_tz())
    (of_ical,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert of_ical.dtend > of_ical.dtstart
    return {
        by_libical,
        read.vevent.dtstart.value.astimezone(UTC),
        wall.astimezone(UTC),
        of_ical.dtstart.astimezone(UTC),
    }


def play(season):
    """Let a season pass: sign-ups, moves, another room, promotion, withdrawal, a new address."""
    starts_at = season.starts_at
    later = starts_at + timedelta(hours=3)
    hers = season.sign_up(season.anna)
    his = season.sign_up(season.jan)
    season.move(later, season.session.room_id)
    season.pass_(minutes=9)
    season.move(later + timedelta(hours=1), season.session.room_id)
    season.pass_(minutes=9)
    season.move(later, season.session.room_id)
    season.pass_(minutes=10)
    season.move(starts_at, season.session.room_id)
    season.pass_(minutes=3)
    season.move(later, season.session.room_id)
    programme.change_session(season.session.id, season.now, activity={"title": {"pl": FOLDED}})
    season.pass_(minutes=10)
    season.move(later, make_room(season.event).id)
    season.pass_(minutes=10)
    season.leave(hers)
    season.pass_(minutes=1)
    season.leave(his)
    season.sign_up(season.anna)
    registrations.change(season.anna.id, season.now, email="nowa@example.org")
    season.pass_(minutes=1)
    programme.cancel_session(season.session.id, season.now)
    season.pass_(minutes=11)
    return {starts_at.astimezone(UTC), later.astimezone(UTC)}


@pytest.mark.parametrize("starts_at", DAYS, ids=lambda day: day.date().isoformat())
def test_a_season_is_read_alike_by_every_calendar(starts_at, hands, run_jobs, mailbox, db_session):
    season = Season(starts_at, hands, run_jobs, mailbox)

    begins_at = play(season)

    anna, jan, new = (season.told(f"{who}@example.org") for who in ("anna", "jan", "nowa"))
    assert (anna, jan, new) == (ANNA, JAN, NEW)
    for content in filter(None, map(calendar_of, mailbox.all())):
        well_formed(content)
        (begins,) = instants(content)
        assert begins in begins_at


# What each address got, in order, and not a letter more; None is the registration's own, without
# an invite. Two bursts of changes and a title's typo are two letters.
ANNA = [
    None,
    ("REQUEST", 0, "CONFIRMED", "ACCEPTED"),
    ("REQUEST", 3, "CONFIRMED", "NEEDS-ACTION"),
    ("REQUEST", 7, "CONFIRMED", "NEEDS-ACTION"),
    ("CANCEL", 8, None, "NEEDS-ACTION"),
    ("REQUEST", 9, "CONFIRMED", "ACCEPTED"),
    ("CANCEL", 10, None, "ACCEPTED"),
]
JAN = [
    None,
    ("REQUEST", 0, "TENTATIVE", "ACCEPTED"),
    ("REQUEST", 3, "TENTATIVE", "NEEDS-ACTION"),
    ("REQUEST", 7, "TENTATIVE", "NEEDS-ACTION"),
    ("REQUEST", 8, "CONFIRMED", "ACCEPTED"),
    ("CANCEL", 9, None, "ACCEPTED"),
]
NEW = [
    None,
    ("REQUEST", 0, "CONFIRMED", "ACCEPTED"),
    ("CANCEL", 1, "CANCELLED", "ACCEPTED"),
]


def test_a_script_of_web_calendars_reads_the_same_moments(any_page):
    script = Path(__file__).parents[1] / "browser" / "vendor" / "ical.min.js"
    any_page.goto("about:blank")
    any_page.evaluate("globalThis.module = {exports: {}}; globalThis.exports = module.exports;")
    any_page.evaluate(script.read_text())

    for starts_at in DAYS:
        shown = entry(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), summary=FOLDED)
        content = rules.request_ics(shown, SENDER, GUEST, WARSAW)
        strange = content.replace(b"Europe/Warsaw", b"Nowhere/Warsaw").decode()
        title, seconds = any_page.evaluate(READING, strange)
        assert (title, seconds) == (" ".join(FOLDED.split()), int(starts_at.timestamp()))


READING = """text => {
    const ICAL = module.exports.default ?? module.exports;
    const calendar = new ICAL.Component(ICAL.parse(text));
    const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
    return [event.summary, event.startDate.toUnixTime()];
}"""


def test_a_letter_of_another_room_says_which_it_was(hands, run_jobs, mailbox, db_session):
    season = Season(DAYS[2], hands, run_jobs, mailbox)
    season.sign_up(season.anna)
    old = frame.room(season.session.room_id).name["pl"]
    season.move(season.starts_at, make_room(season.event).id)
    season.pass_(minutes=11)

    assert f"Poprzednie miejsce: {old}" in text_of(mailbox.last("anna@example.org"))


def test_answers_are_asked_for_where_the_event_says_so(hands, run_jobs, mailbox, db_session):
    season = Season(DAYS[2], hands, run_jobs, mailbox, asks_answers=True, invites_waiting=False)
    season.sign_up(season.anna)
    row = season.sign_up(season.jan)
    season.leave(row)

    assert season.told("anna@example.org")[1:] == [("REQUEST", 0, "CONFIRMED", "NEEDS-ACTION")]
    assert season.told("jan@example.org") == [None, None, None]


def test_a_change_that_is_taken_back_costs_no_answer(hands, run_jobs, mailbox, db_session):
    season = Season(DAYS[2], hands, run_jobs, mailbox)
    season.sign_up(season.anna)
    season.move(season.starts_at + timedelta(hours=1), season.session.room_id)
    season.pass_(minutes=9)
    season.move(season.starts_at, season.session.room_id)
    season.pass_(minutes=11)

    assert len(season.told("anna@example.org")) == 2
    assert queries.of(season.session.id, season.anna.id).partstat == "accepted"


def release(season, starts_at):
    """Move the session in the draft, and let everybody know of the draft."""
    span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    programme.edit_draft(season.session.id, season.now, **span)
    programme.release(season.event.id, season.now)


def test_two_releases_in_one_minute_are_one_letter(hands, run_jobs, mailbox, db_session):
    season = Season(DAYS[2], hands, run_jobs, mailbox)
    season.sign_up(season.anna)
    release(season, season.starts_at + timedelta(hours=1))
    season.pass_(seconds=40)
    release(season, season.starts_at + timedelta(hours=3))
    season.pass_(minutes=11)

    assert season.told("anna@example.org")[2:] == [("REQUEST", 2, "CONFIRMED", "NEEDS-ACTION")]


def test_a_release_that_is_taken_back_is_none(hands, run_jobs, mailbox, db_session):
    season = Season(DAYS[2], hands, run_jobs, mailbox)
    season.sign_up(season.anna)
    release(season, season.starts_at + timedelta(hours=1))
    season.pass_(minutes=5)
    release(season, season.starts_at)
    season.pass_(minutes=11)

    assert len(season.told("anna@example.org")) == 2


@pytest.mark.parametrize("what", ["room", "venue"])
def test_a_place_that_is_called_otherwise_is_a_higher_version(
    what, hands, run_jobs, mailbox, db_session
):
    season = Season(DAYS[2], hands, run_jobs, mailbox)
    season.sign_up(season.anna)
    room_id = season.session.room_id
    before, public = queries.of(season.session.id, season.anna.id).sequence, version_of(season)
    if what == "room":
        events.edit_room(room_id, season.now, name={"pl": "Aula"})
    else:
        events.edit_venue(frame.room(room_id).venue_id, season.now, street="ul. Nowa 1")
    season.pass_(minutes=11)

    assert queries.of(season.session.id, season.anna.id).sequence == before + 1
    assert version_of(season) == public + 1
    assert len(season.told("anna@example.org")) == 2, "nobody goes elsewhere for it"
    (entry_,) = queries.agenda(season.anna, season.event, season.now).entries()
    assert ("Aula" if what == "room" else "ul. Nowa 1") in entry_.location


def version_of(season):
    (shown,) = queries.programme_entries(season.event, "pl")
    return shown.sequence


def test_a_feed_of_the_season_is_the_same_bytes_twice(hands, run_jobs, mailbox, db_session):
    season = Season(DAYS[2], hands, run_jobs, mailbox)
    season.sign_up(season.anna)
    entries = queries.agenda(season.anna, season.event, season.now).entries()
    one, other = (rules.feed_ics(entries, "Program", WARSAW) for _ in range(2))

    assert one == other
    assert libical.judged(one)[0] == []
