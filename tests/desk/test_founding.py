"""A new event: from a template, or like another one, whole or in parts."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp.accounts import commands as accounts
from eventapp.awards import queries as awards_of
from eventapp.checkin import queries as doors
from eventapp.desk import commands
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Event, EventState, Role
from eventapp.events.rules import EventRefusal
from eventapp.kernel import clock, copying, journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme import queries
from eventapp.programme.models import SessionState
from eventapp.programme.rules.templates import TEMPLATES
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.signups import commands as signups
from eventapp.signups import queries as seats
from tests.factories import NOW, at, fresh
from tests.harness import markup, world
from tests.harness.world import Place

NEXT_YEAR = date(2028, 6, 14)
FRAME: dict[str, Any] = {
    "host": "Ośrodek wsparcia",
    "slug": "seminarium-2028",
    "title": {"pl": "Za rok", "en": "Next year"},
    "label": lambda number, _on: {"pl": f"Dzień {number}"},
}


@pytest.fixture
def place(app: Flask) -> Place:
    """An event with one of everything."""
    return world.build(app, "jurajskie")


def all_parts() -> list[str]:
    return [part.code for part in copying.parts()]


def make_like(place: Place, codes: Collection[str], days: int = 3) -> tuple[Event, Any]:
    source = frame.event(place.event_id)
    assert source is not None
    return commands.found_like(
        place.accounts[Role.ORGANISER], NOW, source, codes, starts_on=NEXT_YEAR,
        ends_on=NEXT_YEAR + timedelta(days=days - 1), **FRAME,
    )  # fmt: skip


def wall(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Europe/Warsaw")).strftime("%d.%m.%Y %H:%M")


def test_an_event_like_another_has_all_of_it_but_people_who_came(app: Flask, place: Place) -> None:
    with app.app_context():
        held = [one.session for one in queries.draft(place.event_id) if one.session.is_held]
        programme.edit_speaker(place.ids["speaker_id"], NOW, locale="en")
        made, counts = make_like(place, all_parts())

        assert made.state is EventState.DRAFT
        assert counts["programme"] == len(held)
        new = [one.session for one in queries.draft(made.id)]
        assert [one.title for one in new] == [one.title for one in held]
        assert [one.capacity for one in new] == [one.capacity for one in held]
        assert {row.state for row in queries.plan(made.id)} == {SessionState.DRAFT}
        assert wall(new[0].starts_at) == "14.06.2028 " + wall(held[0].starts_at)[11:]
        assert [wall(row.starts_at) for row in queries.planned_breaks(made.id)] == [
            "14.06.2028 13:00"
        ]
        old_rooms = [room.name for room in frame.rooms(place.event_id)]
        assert [room.name for room in frame.rooms(made.id)] == old_rooms
        assert {one.room_id for one in new} - {None} <= {room.id for room in frame.rooms(made.id)}
        assert len(queries.speakers(made.id)) == len(queries.speakers(place.event_id))
        assert {row.locale for row in queries.speakers(made.id)} == {"en"}
        assert queries.materials(place.ids["activity_id"]) != []
        assert queries.materials_of({one.activity_id for one in new}) == {}
        assert [day.label for day in frame.days(made.id)] == [
            day.label for day in frame.days(place.event_id)
        ]
        roles = {member.role for member, _account in frame.team(made.id)}
        assert roles == {member.role for member, _account in frame.team(place.event_id)}
        call, old_call = awards_of.call_of(made.id), awards_of.call_of(place.event_id)
        assert call is not None
        assert old_call is not None
        assert call.rulebook == old_call.rulebook
        assert call.embargo_until == old_call.embargo_until + timedelta(days=364)
        assert [row.name for row in awards_of.awards(call.id)] == [
            row.name for row in awards_of.awards(old_call.id)
        ]
        assert awards_of.jurors(call.id) == []
        assert len(doors.checkpoints(made.id)) == len(doors.checkpoints(place.event_id))
        count = select(func.count()).select_from(Registration)
        assert db.session.scalar(count.where(Registration.event_id == made.id)) == 0


def test_what_organisations_may_do_comes_along(app: Flask, place: Place) -> None:
    with app.app_context():
        registrations.set_terms(
            place.event_id, NOW, organisation_cap=3, substitute_until=at("8:00"),
            choose_sessions=False,
        )  # fmt: skip

        terms = people.terms(make_like(place, all_parts())[0].id)

        assert terms is not None
        assert (terms.organisation_cap, terms.choose_sessions) == (3, False)
        assert wall(terms.substitute_until) == "14.06.2028 08:00"


def test_rules_of_sign_up_come_along_and_move_with_the_days(app: Flask, place: Place) -> None:
    with app.app_context():
        asked = place.ids["session_id"]
        rounds = [{"from": at("8:00").isoformat(), "most": 2}]
        signups.set_policy(place.event_id, NOW, promotion="offer", rounds=rounds)
        category = frame.categories(place.event_id)[0]
        signups.set_terms(
            asked, NOW, opens_before=1440, category_ids=[category.id], overbooking_percent=10
        )

        made, _counts = make_like(place, all_parts())

        policy = seats.policy(made.id)
        assert policy.promotion == "offer"
        assert wall(seats.begins(policy.rounds[0])) == "14.06.2028 08:00"
        (copied,) = seats.sessions_with_terms(made.id)
        terms = seats.terms(copied.id)
        assert (terms.opens_before, copied.overbooking_percent) == (1440, 10)
        codes = {row.id: row.code for row in frame.categories(made.id)}
        assert [codes[one] for one in terms.category_ids] == [category.code]


def test_only_what_was_asked_for_comes(app: Flask, place: Place) -> None:
    with app.app_context():
        made, counts = make_like(place, ["programme"])

        assert list(counts) == ["programme"]
        assert list(frame.rooms(made.id)) == []
        assert queries.speakers(made.id) == []
        assert {one.session.room_id for one in queries.draft(made.id)} == {None}
        team = frame.team(made.id)
        assert [(member.role, member.account_id) for member, _account in team] == [
            (Role.ORGANISER, place.accounts[Role.ORGANISER])
        ]


def test_what_finds_no_day_waits_for_one(app: Flask, place: Place) -> None:
    with app.app_context():
        late = programme.draft_session(
            place.event_id, NOW, title={"pl": "Trzeciego dnia"},
            starts_at=at("9:00", day=3), ends_at=at("10:00", day=3),
        )  # fmt: skip
        programme.draft_again(
            late.activity_id, NOW, starts_at=at("11:00", day=3), ends_at=at("12:00", day=3)
        )

        made, _counts = make_like(place, ["programme"], days=1)

        assert [one.title["pl"] for one in queries.unplanned(made.id)] == ["Trzeciego dnia"]
        assert "Trzeciego dnia" not in [one.session.title["pl"] for one in queries.draft(made.id)]


@pytest.mark.parametrize(
    ("day", "clock_", "expected"),
    [
        (date(2027, 3, 28), "2:30", "28.03.2027 03:30"),  # never comes: an hour later
        (date(2026, 10, 25), "2:30", "25.10.2026 02:30"),  # comes twice: the earlier
        (date(2027, 1, 10), "9:00", "10.01.2027 09:00"),  # winter, where the source had summer
    ],
)
def test_times_stay_on_the_clocks(day: date, clock_: str, expected: str) -> None:
    begins = at(clock_)
    work = copying.Copying(
        source_id=1, target_id=2, zone="Europe/Warsaw", days=(day - begins.date()).days, now=NOW
    )

    assert wall(work.moment(begins)) == expected
    assert work.day(begins) == day


def test_an_address_that_is_taken_leaves_nothing_behind(app: Flask, place: Place) -> None:
    with app.app_context():
        source = frame.event(place.event_id)
        assert source is not None
        before = len(frame.all_events())
        with pytest.raises(Refused) as refused:
            commands.found_like(
                place.accounts[Role.ORGANISER], NOW, source, all_parts(),
                starts_on=NEXT_YEAR, ends_on=NEXT_YEAR, **{**FRAME, "slug": place.slug},
            )  # fmt: skip
        assert refused.value.reason is EventRefusal.SLUG_TAKEN
        assert len(frame.all_events()) == before


@pytest.mark.parametrize(("codes", "come"), [({"lists", "team"}, 1), ({"team"}, 0)])
def test_a_co_organiser_comes_along_with_the_institution(
    app: Flask, place: Place, codes: set[str], come: int
) -> None:
    with app.app_context():
        made, _counts = make_like(place, codes)

        named = {row.id: row.guest_quota for row in frame.organisers(made.id)}
        members = [row for row, _account in frame.team(made.id) if row.role is Role.CO_ORGANISER]
        assert len(members) == come
        assert [named[row.organiser_id] for row in members] == [9] * come
        assert [row.guests for row in frame.organisers(made.id)] == [0] * come


@pytest.mark.parametrize("code", TEMPLATES)
def test_each_template_makes_a_draft_that_can_be_released(app: Flask, code: str) -> None:
    template = TEMPLATES[code]
    with app.app_context():
        account = accounts.keep_account("anna@example.org", "Anna", NOW)
        ends_on = NEXT_YEAR + timedelta(days=template.days - 1)

        event = commands.found_from_template(
            account.id, NOW, template, starts_on=NEXT_YEAR, ends_on=ends_on, **FRAME
        )

        drafted = queries.draft(event.id)
        pauses = queries.planned_breaks(event.id)
        assert len(drafted) + len(pauses) == len(template.slots)
        errors = [one for one in queries.findings(event) if one.finding.severity == "error"]
        assert errors == []
        programme.release(event.id, NOW)
        assert fresh(event).state is EventState.PUBLISHED
        act = select(FactRow).where(FactRow.event_id == event.id, FactRow.kind == "edited-together")
        assert [row.data["act"] for row in db.session.scalars(act)] == ["template"]


def test_a_template_is_taken_back_as_one(app: Flask) -> None:
    with app.app_context():
        account = accounts.keep_account("anna@example.org", "Anna", NOW)
        event = commands.found_from_template(
            account.id, NOW, TEMPLATES["three-day-seminar"],
            starts_on=NEXT_YEAR, ends_on=NEXT_YEAR, **FRAME,
        )  # fmt: skip
        assert len(queries.unplanned(event.id)) > 5, "two of its days are not there"
        query = select(FactRow.id).where(FactRow.kind == "edited-together")
        journal.undo(event.id, db.session.scalars(query).one(), NOW)

        assert list(queries.draft(event.id)) == []
        assert list(queries.planned_breaks(event.id)) == []


# --- by the page ------------------------------------------------------------------------------

ASKED = {
    "title_pl": "Za rok", "host": "Ośrodek wsparcia", "slug": "za-rok",
    "starts_on": "2028-06-14", "ends_on": "2028-06-16",
}  # fmt: skip


@pytest.mark.parametrize(
    ("begin", "said"),
    [
        ("", None),
        ("template:one-day-workshop", "Wzór programu jest w wersji roboczej"),
        ("like:jurajskie", "Wydarzenie jest gotowe."),
    ],
)
def test_an_administrator_chooses_what_to_begin_with(
    app: Flask, place: Place, begin: str, said: str | None
) -> None:
    account = world.extra_account(app, "administrator", clock.now())
    client = world.visit(app, world.account_cookie(app, account))
    token = world.csrf_token(client)
    page = client.get(f"/account/new-event?like={place.slug}").text
    assert f'<option selected value="like:{place.slug}">' in page
    assert "like:jurajskie" in client.get("/account/new-event").text

    answer = client.post(
        "/account/new-event",
        data={**ASKED, "csrf_token": token, "begin": begin, "parts": ["places", "programme"]},
    )

    assert answer.headers["Location"] == "/za-rok/desk"
    desk = markup.words_of(client.get("/za-rok/desk").text)
    assert said is None or said in desk
    with app.app_context():
        event = frame.by_slug("za-rok")
        assert event is not None
        planned = len(queries.draft(event.id))
        assert (planned > 0) == bool(begin)
        assert (len(frame.rooms(event.id)) > 0) == begin.startswith("like:")


def test_nonsense_is_no_beginning(app: Flask, place: Place) -> None:
    account = world.extra_account(app, "administrator", clock.now())
    client = world.visit(app, world.account_cookie(app, account))
    token = world.csrf_token(client)

    for data in ({"begin": "like:elsewhere"}, {"begin": "", "parts": ["everything"]}):
        answer = client.post("/account/new-event", data={**ASKED, "csrf_token": token, **data})
        assert answer.status_code == 200
        assert "data-errors" in answer.text


def test_another_host_gets_people_of_its_own(app: Flask, place: Place) -> None:
    with app.app_context():
        source = frame.event(place.event_id)
        assert source is not None
        made, _counts = commands.found_like(
            place.accounts[Role.ORGANISER], NOW, source, all_parts(), starts_on=NEXT_YEAR,
            ends_on=NEXT_YEAR, **{**FRAME, "host": "Fundacja obok"},
        )  # fmt: skip

        hosts = {row.person.host_id for row in queries.speakers(made.id)}
        assert hosts == {made.host_id}
        assert made.host_id != source.host_id
        assert events.mark(made) != events.mark(source)
