"""The organiser sees what came in, and to whom letters do not get through."""

from eventapp.kernel import inbound, unreachable
from eventapp.kernel.db import atomic
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
