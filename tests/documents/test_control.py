"""Statistics, and the controller: let in for some days, people by lot, the way of one of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.documents import queries
from eventapp.documents.queries.statistics import steps
from eventapp.events import queries as frame
from eventapp.events.models import Role
from tests.conftest import Clock
from tests.documents.hall import AFTER, Seminar, make_seminar
from tests.documents.test_certificates import client_of, issue, post, shown
from tests.harness import world
from tests.harness.mailbox import Mailbox


@pytest.fixture
def seminar(app: Flask, hands: Clock) -> Seminar:
    hands.move_to(AFTER)
    with app.app_context():
        return make_seminar(app)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([], []),
        ([1], [(1, 1)]),
        ([1, 1, 3], [(2, 2), (0, 2), (1, 3)]),
        ([3, 1], [(1, 1), (0, 1), (1, 2)]),
    ],
)
def test_registrations_are_told_day_by_day(days: list[int], told: list[Any]) -> None:
    found = steps([date(2027, 5, day) for day in days])

    assert [(one.new, one.together) for one in found] == told


def test_a_very_long_time_is_cut_and_nobody_is_lost() -> None:
    found = steps([date(2020, 1, 1), date(2027, 5, 1)])

    assert (found[0].together, found[-1].together) == (1, 2)


def test_statistics_show_numbers_beside_every_picture(app: Flask, seminar: Seminar) -> None:
    page = shown(client_of(app, seminar, Role.READER), f"/{seminar.slug}/desk/statistics")

    assert "Frekwencja według dni" in page
    assert "środa, 16 czerwca 5 100%" in page


def test_a_lot_draws_the_same_people_again(app: Flask, seminar: Seminar) -> None:
    with app.app_context():
        first = [row.id for row in queries.sample(seminar.event_id, 7, size=3)]

        assert first == [row.id for row in queries.sample(seminar.event_id, 7, size=3)]
        assert len(queries.sample(seminar.event_id, 7, size=99)) == 5


def test_a_controller_is_let_in_for_some_days_and_follows_one_person(
    app: Flask, seminar: Seminar, mailbox: Mailbox, run_jobs: Any, hands: Clock
) -> None:
    with app.app_context():
        issue(seminar)
    control = f"/{seminar.slug}/desk/control"
    organiser = client_of(app, seminar)
    wrong = post(organiser, control, name="Ewa", email="nikt", days="0")
    assert wrong.status_code == 200
    done = post(organiser, control, name="Ewa Kontrola", email="kontrola@example.org", days="3")
    assert done.status_code == 303
    run_jobs()
    assert mailbox.to("kontrola@example.org")

    with app.app_context():
        [(member, account)] = [
            (one, who)
            for one, who in frame.team(seminar.event_id)
            if who.email == "kontrola@example.org"
        ]
        assert (member.role, member.expires_at) == (Role.READER, AFTER + timedelta(days=3))
        account_id = account.id
    reader: FlaskClient = world.visit(app, world.account_cookie(app, account_id, AFTER))
    assert "Wylosowane osoby" in shown(reader, control)
    page = shown(reader, f"{control}/people/{seminar.ids['Ćma']}")
    assert "ZAS/2027/0002" in page
    assert "Wykład o 9:00" in page
    assert post(reader, control, name="X", email="x@example.org", days="1").status_code == 403

    hands.move_to(AFTER + timedelta(days=3, minutes=1))
    late = world.visit(app, world.account_cookie(app, account_id, AFTER + timedelta(days=3)))
    assert late.get(control).status_code == 404
