"""The pages of sign-up: answering an offer, and what the organiser asks."""

import re

import pytest

from eventapp.events import commands as events
from eventapp.events.access import Role
from eventapp.kernel.db import db
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import Order, Promotion
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.harness import world

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event():
    made = make_event()
    commands.set_policy(made.id, NOW, promotion=Promotion.OFFER)
    return made


@pytest.fixture
def asked(event):
    """Somebody to whom a seat is offered, with another person behind."""
    session = make_session(event, title="Fundraising", starts_at=at("14:00", 2), capacity=1)
    rows = [commands.sign_up(session.id, make_registration(event, "Ewa").id, NOW) for _ in range(3)]
    commands.leave_and_promote(rows[0].id, NOW)
    return rows[1:]


def page_of(event, row):
    return f"/{event.slug}/offers/{queries.offer_token(queries.sign_up(row.id))}"


def act(client, page, verb):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text).group(1)
    return client.post(f"{page}/{verb}", data={"csrf_token": token}, follow_redirects=True)


def test_looking_changes_nothing_and_a_button_takes_the_seat(event, asked, client):
    page = page_of(event, asked[0])

    shown = client.get(page)

    assert shown.status_code == 200
    assert "Ewa, miejsce czeka na Twoją odpowiedź do:" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert fresh(asked[0]).state is State.OFFERED
    assert "Ewa, masz miejsce" in act(client, page, "claim").text
    assert fresh(asked[0]).state is State.CONFIRMED


def test_turning_down_asks_the_next(event, asked, client):
    said = act(client, page_of(event, asked[0]), "decline")

    assert "nie masz już tu miejsca" in said.text
    assert [fresh(row).state for row in asked] == [State.CANCELLED, State.OFFERED]


def test_a_late_answer_is_told_so(event, asked, client, hands):
    page = page_of(event, asked[0])
    offer = queries.pending_offer(asked[0].id)
    shown = client.get(page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text).group(1)
    hands.move_to(offer.expires_at.replace(year=2027, hour=23))

    said = client.post(f"{page}/claim", data={"csrf_token": token}, follow_redirects=True)

    assert "Ta propozycja wygasła" in said.text
    assert "jesteś na liście rezerwowej" in said.text


def test_a_foreign_or_forged_link_opens_nothing(event, asked, client):
    page = page_of(event, asked[0])
    other = make_event()

    assert client.get(page[:-1] + ("0" if page[-1] != "0" else "1")).status_code == 404
    assert client.get(page.replace(event.slug, other.slug)).status_code == 404


def test_the_terms_of_a_session_are_a_form(event, app):
    for key, name, group in (
        ("stowarzyszenie", "stowarzyszenie", "PES"),
        ("szkola", "szkoła", "JSFP"),
    ):
        events.add_category(event.id, key, {"pl": name}, group)
    session_id = make_session(event, capacity=1).id
    page = f"/{event.slug}/desk/sessions/{session_id}/terms"
    organiser = world.member(app, event.id, Role.ORGANISER)
    db.session.expunge_all()  # the page reads for itself

    shown = organiser.get(page).text
    assert re.findall(r'<option selected value="">([^<]+)', shown) == ["brak"]
    told = re.findall(r'id="group-\d">(\w+)</h3><p[^>]*>([^<]+)', shown)
    assert told == [("JSFP", "szkoła"), ("PES", "fundacja, stowarzyszenie")]

    asks = {"csrf_token": world.csrf_token(organiser), "queue_order": Order.GROUP_FIRST.value}
    assert "Wybierz grupę, która ma pierwszeństwo." in organiser.post(page, data=asks).text
    kept = {"priority_group": "PES", "least_PES": "2", "limit_per_organisation": "3"}
    assert "Zarezerwowanych miejsc byłoby więcej" in organiser.post(page, data=asks | kept).text
    organiser.post(page, data=asks | kept | {"least_PES": "1"})
    terms = queries.terms(session_id)
    assert (terms.queue_order, terms.priority_group) == (Order.GROUP_FIRST, "PES")
    assert terms.limit_per_organisation == 3
    assert [(each["group"], each["least"]) for each in terms.buckets] == [("PES", 1)]
