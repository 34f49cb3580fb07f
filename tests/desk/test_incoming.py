"""The organiser sees what came in, and to whom letters do not get through."""

from eventapp.kernel import inbound, unreachable
from eventapp.kernel.db import atomic
from eventapp.kernel.inbound import Fate
from tests.factories import NOW
from tests.harness import world
from tests.harness.world import Role


def test_the_desk_shows_addresses_that_letters_come_back_from(app):
    place = world.build(app, "seminarium")
    with app.app_context():
        row = world.people.registration(place.ids["registration_id"])
        note = atomic(unreachable.note)
        note(row.email or "", NOW, hard=True, status="5.1.1", reason="no such user")
        inbound.take(b"From: obcy@example.org\r\n\r\nx", "file")
    cookies = world.account_cookie(app, place.accounts[Role.ORGANISER])
    page = world.visit(app, cookies).get("/seminarium/desk/incoming")

    assert page.status_code == 200
    assert "no such user" in page.get_data(as_text=True)
    assert "obcy@example.org" not in page.get_data(as_text=True)


def test_a_message_is_settled_by_its_own_event_alone(app):
    place, elsewhere = world.build(app, "seminarium"), world.build(app, "gdzie-indziej")
    with app.app_context():
        row = inbound.take(b"From: obcy@example.org\r\n\r\nx", "file")
        atomic(lambda: setattr(inbound.message(row.id), "event_id", place.event_id))()
        number = row.id
    answers = []
    for there in (elsewhere, place):
        client = world.visit(app, world.account_cookie(app, there.accounts[Role.ORGANISER]))
        given = {"csrf_token": world.csrf_token(client)}
        path = f"/{there.slug}/desk/incoming/{number}/discard"
        answers.append(client.post(path, data=given).status_code)

    with app.app_context():
        settled = inbound.message(number)
        assert (answers, settled.fate) == ([404, 303], Fate.DISCARDED)
