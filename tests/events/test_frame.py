"""The frame of an event by form: days, categories; kept, refused with a reason, taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from eventapp.events import commands, queries
from eventapp.events.rules import MOST_DAYS, USUAL_CATEGORIES, EventRefusal
from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme import queries as plan
from tests.factories import (
    FIRST_DAY,
    NOW,
    at,
    fresh,
    make_event,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.usefixtures("db_session")
FOURTH = FIRST_DAY + timedelta(days=3)


def last_edit(event_id: int) -> int:
    query = select(FactRow.id).where(FactRow.event_id == event_id, FactRow.kind == "edited")
    return db.session.scalars(query.order_by(FactRow.id.desc())).first() or 0


def dates(event_id: int) -> list[date]:
    return [day.date for day in queries.days(event_id)]


def test_a_day_more_is_a_longer_event_and_can_be_taken_back() -> None:
    event = make_event()

    commands.put_day(event.id, NOW, FOURTH, {"pl": "Wyjazd"})

    assert (fresh(event).ends_on, dates(event.id)[-1]) == (FOURTH, FOURTH)
    journal.undo(event.id, last_edit(event.id), NOW)
    assert fresh(event).ends_on == FIRST_DAY + timedelta(days=2)
    assert FOURTH not in dates(event.id)


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (FIRST_DAY, EventRefusal.DAY_THERE),
        (FIRST_DAY + timedelta(days=MOST_DAYS), EventRefusal.TOO_LONG),
        (FIRST_DAY - timedelta(days=MOST_DAYS), EventRefusal.TOO_LONG),
    ],
)
def test_a_day_that_cannot_be(on: date, reason: EventRefusal) -> None:
    event = make_event()

    with pytest.raises(Refused) as refused:
        commands.put_day(event.id, NOW, on, {})

    assert refused.value.reason is reason


def test_a_day_on_which_something_is_planned_stays() -> None:
    event = make_event()
    row = make_session(event, starts_at=at("9:00", day=1))
    third = queries.days(event.id)[2]
    programme.edit_draft(row.id, NOW, starts_at=at("9:00", day=3), ends_at=at("10:00", day=3))

    for day in (queries.days(event.id)[0], third):  # where it is, and where the draft puts it
        with pytest.raises(Refused) as refused:
            programme.remove_day(day.id, NOW)
        assert refused.value.reason is EventRefusal.DAY_IN_USE
    programme.remove_day(queries.days(event.id)[1].id, NOW)
    assert dates(event.id) == [FIRST_DAY, FIRST_DAY + timedelta(days=2)]


def test_what_was_taken_out_of_the_plan_does_not_hold_a_day() -> None:
    event = make_event()
    row = programme.draft_session(
        event.id, NOW, title={"pl": "X"}, starts_at=at("9:00", day=3), ends_at=at("10:00", day=3)
    )
    programme.drop_session(row.id, NOW)

    programme.remove_day(queries.days(event.id)[2].id, NOW)

    with pytest.raises(Refused):
        programme.bring_back(row.id, NOW)
    journal.undo(event.id, last_edit(event.id), NOW)
    programme.bring_back(row.id, NOW)
    assert [one.session.starts_at for one in plan.draft(event.id)] == [at("9:00", day=3)]


def test_the_last_day_stays() -> None:
    event = make_event()
    for day in queries.days(event.id)[1:]:
        programme.remove_day(day.id, NOW)

    with pytest.raises(Refused) as refused:
        programme.remove_day(queries.days(event.id)[0].id, NOW)

    assert refused.value.reason is EventRefusal.LAST_DAY


def test_a_category_gets_a_code_of_its_own() -> None:
    event = make_event()
    known = len(queries.categories(event.id))

    first = commands.put_category(event.id, NOW, {"pl": "Koło gospodyń"}, "PES")
    second = commands.put_category(event.id, NOW, {"pl": "koło gospodyń!"}, "PARTNER")

    assert (first.code, second.code) == ("kolo_gospodyn", "kolo_gospodyn_2")
    commands.edit_category(second.id, NOW, name={"pl": "Inne"}, group="OSOBA")
    assert fresh(second).code == "kolo_gospodyn_2", "exports rely on it"
    commands.remove_category(second.id, NOW)
    assert len(queries.categories(event.id)) == known + 1
    journal.undo(event.id, last_edit(event.id), NOW)
    assert queries.categories(event.id)[-1].name == {"pl": "Inne"}


def test_a_category_that_somebody_chose_stays() -> None:
    event = make_event()
    row = commands.put_category(event.id, NOW, {"pl": "Gość"}, "PARTNER")
    make_registration(event, category=row.code)

    with pytest.raises(Refused) as refused:
        commands.remove_category(row.id, NOW)

    assert refused.value.reason is EventRefusal.CATEGORY_IN_USE


def test_the_usual_categories_come_once() -> None:
    event = make_event()
    there = {row.code for row in queries.categories(event.id)}

    commands.put_usual_categories(event.id, NOW)

    codes = [row.code for row in queries.categories(event.id)]
    assert set(codes) == there | {code for code, _pl, _en, _group in USUAL_CATEGORIES}
    assert commands.put_usual_categories(event.id, NOW) == 0
    query = select(FactRow.id).where(FactRow.kind == "edited-together")
    journal.undo(event.id, db.session.scalars(query).one(), NOW)
    assert {row.code for row in queries.categories(event.id)} == there
