"""The registration form in the hands of somebody who is in a hurry."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.registrations import queries
from tests import factories
from tests.harness import markup, world


@pytest.fixture
def event(app: Flask) -> tuple[int, str]:
    with app.app_context():
        row = factories.make_event()
        return row.id, row.slug


def send(client: FlaskClient, slug: str, key: str, **said: str) -> str:
    """Send the form and return the page to which it leads."""
    form = {
        "csrf_token": world.csrf_token(client), "submission": key, "first_name": "Żaneta",
        "last_name": "Ćwik", "email": "biuro@example.org", "category": "fundacja", "clause": "y",
    }  # fmt: skip
    answer = client.post(f"/{slug}/register", data=form | said, follow_redirects=True)
    assert answer.status_code == 200
    return markup.words_of(answer.text)


def test_a_double_click_registers_once(
    app: Flask, client: FlaskClient, event: tuple[int, str]
) -> None:
    event_id, slug = event
    key = str(uuid4())

    pages = [send(client, slug, key) for _ in range(2)]

    assert ["Żaneta Ćwik" in page for page in pages] == [True, True]
    with app.app_context():
        assert queries.people_count(event_id) == 1


def test_who_goes_back_and_types_somebody_else_registers_another_person(
    app: Flask, client: FlaskClient, event: tuple[int, str]
) -> None:
    event_id, slug = event
    key = str(uuid4())
    send(client, slug, key)

    page = send(client, slug, key, first_name="Łukasz", last_name="Źdźbło")

    assert "Łukasz Źdźbło" in page
    assert "Żaneta" not in page
    with app.app_context():
        assert queries.people_count(event_id) == 2
