"""Whoever uses a wheelchair hears of steps before signing up, and may sign up all the same."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.registrations import queries
from tests import factories

STEPS = {
    "pl": ("Do tej sali prowadzą schody", "Napisz do organizatora przed zapisem"),
    "en": ("There are steps on the way to this room", "Write to the organiser before you sign up"),
}


def page(
    app: Flask,
    client: FlaskClient,
    wheelchair: bool | None,
    needs: list[str] | None,
    locale: str = "pl",
) -> str:
    """Open a session in a room as somebody with these needs; with None as a stranger."""
    with app.app_context():
        event = factories.make_event(contact_email="biuro@example.org")
        room = factories.make_room(event, wheelchair=wheelchair)
        session = factories.make_session(event, room_id=room.id)
        if needs is not None:
            person = factories.make_registration(event, needs=needs, locale=locale)
            client.get(f"/{event.slug}/my/{queries.link_token(person)}")
    answer = client.get(f"/{event.slug}/sessions/{session.id}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_steps_are_told_with_what_to_do_and_the_way_in_stays(
    app: Flask, client: FlaskClient, locale: str
) -> None:
    shown = page(app, client, False, ["osoba poruszająca się na wózku"], locale)

    for sentence in STEPS[locale]:
        assert sentence in shown
    assert 'href="mailto:biuro@example.org"' in shown
    assert "/sign-up" in shown


@pytest.mark.parametrize(
    ("wheelchair", "needs"),
    [(True, ["na wózku"]), (None, ["na wózku"]), (False, ["tłumacz PJM"]), (False, [])],
)
def test_nobody_is_warned_without_cause(
    app: Flask, client: FlaskClient, wheelchair: bool | None, needs: list[str]
) -> None:
    shown = page(app, client, wheelchair, needs)

    assert STEPS["pl"][0] not in shown
    assert "/sign-up" in shown


def test_a_stranger_is_not_asked_about_wheelchairs(app: Flask, client: FlaskClient) -> None:
    assert STEPS["pl"][0] not in page(app, client, False, None)
