"""The programme for other sites: JSON that anybody may read, and what search engines read."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.events import commands as events
from eventapp.events.access import Role
from eventapp.events.models import Event
from eventapp.programme import commands as programme
from eventapp.programme.models import Session, SignUpRule
from eventapp.signups import commands as signups
from tests import factories
from tests.factories import FIRST_DAY, NOW, at
from tests.harness import world

EVIL = "</script><script>alert(1)</script>"


def planned(app: Flask, **columns: Any) -> tuple[Event, Session]:
    with app.app_context():
        event = factories.make_event(**columns)
        room = factories.make_room(event)
        session = factories.make_session(
            event, title="Próg rentowności", capacity=2, room_id=room.id,
            sign_up=SignUpRule.REQUIRED, waiting_list=True,
        )  # fmt: skip
        return event, session


def read(client: FlaskClient, event: Event) -> Any:
    answer = client.get(f"/{event.slug}/programme.json")
    assert answer.status_code == 200
    return json.loads(answer.data)


def test_other_sites_may_read_the_programme(app: Flask, client: FlaskClient) -> None:
    event, session = planned(app)

    answer = client.get(f"/{event.slug}/programme.json", headers={"Origin": "https://ngo.example"})

    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    found = json.loads(answer.data)
    assert found["event"]["url"] == f"http://localhost/{event.slug}/programme"
    assert [day["date"] for day in found["days"]] == ["2027-06-16", "2027-06-17", "2027-06-18"]
    [one] = found["sessions"]
    assert one["id"] == str(session.id)
    assert one["starts_at"].endswith("+02:00")
    assert one["kind_name"] == {"pl": "warsztat", "en": "workshop"}
    assert one["seats"] == {"pl": "2 miejsca", "en": "2 places"}
    assert one["url"].endswith(f"/{event.slug}/sessions/{session.id}")
    page = client.get(f"/{event.slug}/programme")
    assert "Access-Control-Allow-Origin" not in page.headers


def test_seats_and_calling_off_are_right_at_once(app: Flask, client: FlaskClient) -> None:
    event, session = planned(app)
    said = [read(client, event)["sessions"][0]["seats"]["pl"]]
    with app.app_context():
        for _ in range(3):
            signups.sign_up(session.id, factories.make_registration(event).id, NOW)
            said.append(read(client, event)["sessions"][0]["seats"]["pl"])
        programme.cancel_session(session.id, NOW)

    one = read(client, event)["sessions"][0]
    assert said == ["2 miejsca", "1 miejsce", "brak wolnych miejsc", "lista rezerwowa: 1"]
    assert (one["cancelled"], one["seats"]) == (True, {"pl": "odwołane", "en": "called off"})


def test_a_draft_is_nobodys_business(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        host = events.keep_host("osrodek", "Ośrodek wsparcia")
        days = {"starts_on": FIRST_DAY, "ends_on": FIRST_DAY}
        events.create_event(host.id, NOW, slug="cicho", title={"pl": "Cicho"}, **days)

    assert client.get("/cicho/programme.json").status_code == 404


@pytest.mark.parametrize("page", ["", "sessions/{id}"])
def test_search_engines_read_data_that_cannot_become_code(
    app: Flask, client: FlaskClient, page: str
) -> None:
    event, session = planned(app, title={"pl": EVIL, "en": EVIL})
    text = client.get(f"/{event.slug}/{page.format(id=session.id)}").text

    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)

    found = json.loads(data)
    assert found["@context"] == "https://schema.org"
    named = found.get("superEvent", found)
    assert named["name"] == EVIL
    assert named["startDate"] == "2027-06-16"
    assert EVIL not in text


def test_a_session_tells_search_engines_where_when_and_how_many(
    app: Flask, client: FlaskClient
) -> None:
    event, session = planned(app)
    text = client.get(f"/{event.slug}/sessions/{session.id}").text
    found = json.loads(text.split('application/ld+json">')[1].split("</script>")[0])

    assert found["@type"] == "EducationEvent"
    assert found["startDate"] == session.starts_at.astimezone(at("9:00").tzinfo).isoformat()
    assert found["location"]["address"]["postalCode"] == "42-200"
    assert (found["maximumAttendeeCapacity"], found["remainingAttendeeCapacity"]) == (2, 2)
    assert found["eventStatus"] == "https://schema.org/EventScheduled"


def test_the_lines_to_paste_name_this_installation(app: Flask, client: FlaskClient) -> None:
    event, _session = planned(app)
    client = world.member(app, event.id, Role.ORGANISER)

    page = client.get(f"/{event.slug}/desk/embed").text

    assert "src=&#34;http://localhost" not in page, "the lines are text, not marked twice"
    assert 'src="http://localhost/static/js/embed.js"' in page.replace("&lt;", "<")
    assert f'src="http://localhost/{event.slug}/programme.json"' in page
    component = client.get("/static/js/embed.js")
    assert component.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/static/js/app.js").headers
