"""Groups by API: registered, read, made larger, and a person exchanged for another."""

from eventapp.kernel.db import db
from eventapp.registrations import commands
from eventapp.signups import queries as seats
from tests.api.conftest import code, faults
from tests.factories import NOW
from tests.harness import world

PATH = "/events/seminarium/groups"
GROUP = {
    "contact_name": "Ewa Biurowa",
    "contact_email": "biuro@example.org",
    "organisation": "Spółdzielnia „Źródło”",
    "members": [{"first_name": "Anna", "last_name": "Żuk"}],
    "unnamed": 1,
}


def test_a_group_is_registered_once_and_read(program, place):
    made = program.post(PATH, GROUP, key="one")
    again = program.post(PATH, GROUP, key="one")

    group = made.json
    assert (made.status_code, again.json["id"]) == (201, group["id"])
    assert group["organisation"] == "Spółdzielnia „Źródło”"
    assert [one["state"] for one in group["unnamed"]] == ["qualified"]
    assert group["manage_url"].startswith("http://localhost/seminarium/group/group_")
    assert program.get(f"/groups/{group['id']}").json == group
    assert program.get(PATH).json[-1] == group
    person = program.get(f"/registrations/{group['registrations'][0]}").json
    assert (person["source"], person["email"]) == ("organisation", "biuro@example.org")
    opened = program.client.application.test_client().get(group["unnamed"][0]["url"])
    assert opened.status_code == 200


def test_the_cap_holds_for_programs_too(program, app, place):
    with app.app_context():
        commands.set_terms(
            place.event_id, NOW, organisation_cap=2, substitute_until=None, choose_sessions=True
        )
    group = program.post(PATH, GROUP).json

    refused = program.post(f"/groups/{group['id']}/members", {"unnamed": 1})

    assert code(refused) == (409, "organisation-full")
    assert program.get(f"/groups/{group['id']}").json == group
    assert code(program.post(PATH, {**GROUP, "members": [], "unnamed": 0})) == (409, "group-empty")
    assert faults(program.post(PATH, {**GROUP, "nip": "1234567890"})) == [("/nip", "bad-nip")]


def test_somebody_else_takes_part_with_the_places_named(program, app, place):
    old, session = place.ids["registration_id"], place.ids["session_id"]
    with app.app_context():
        had = [row.session_id for row in seats.own(old)]
    body = {"first_name": "Ola", "last_name": "Nowa", "sessions": [str(session)]}

    new = program.post(f"/registrations/{old}/substitute", body, key="swap")

    assert new.status_code == 201
    assert (new.json["replaces"], new.json["source"]) == (str(old), "substitute")
    assert program.get(f"/registrations/{old}").json["state"] == "replaced"
    with app.app_context():
        passed = [row.session_id for row in seats.own(int(new.json["id"]))]
        db.session.rollback()
    assert passed == [number for number in had if number == session]
    refused = program.post(f"/registrations/{old}/substitute", body)
    assert code(refused) == (409, "wrong-state")


def test_another_events_group_is_not_there(program, app, place):
    other = world.build(app, "cudze")
    world.register_group(app, other)

    for path in (f"/groups/{other.ids['group_id']}", "/groups/999999"):
        assert code(program.get(path)) == (404, "not-found")
