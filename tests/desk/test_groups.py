"""The contact's page and the host's memory: what is theirs, and nothing of anybody else."""

import re
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.accounts import commands as accounts
from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.desk import commands as desk
from eventapp.desk import queries
from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.directory import rules as merging
from eventapp.directory.rules import DirectoryRefusal
from eventapp.events import commands as events
from eventapp.events.models import Event, Role
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Details, GroupDetails, Member, OrganisationDetails
from eventapp.registrations.models import ConsentKind, Registration, State
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.harness import world

ANNA = Member(first_name="Anna", last_name="Żuk")
CANARY = "KANAREK-9914"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
KEY = re.compile(r'name="submission"[^>]* value="([^"]+)"')


def register(event: Event, name: str = "Źródło", **given: object) -> int:
    details = GroupDetails(
        contact_name="Ewa Biurowa",
        contact_email="biuro@example.org",
        organisation=OrganisationDetails(name=name),
        **{"members": [ANNA], "unnamed": 1, **given},  # type: ignore[arg-type]
    )
    return registrations.register_group(event.id, details, NOW).id


def page_of(group_id: int) -> str:
    row = people.group(group_id)
    assert row is not None
    event = db.session.get_one(Event, row.event_id)
    return f"/{event.slug}/group/{people.group_token(row)}"


def post(client: FlaskClient, path: str, on: str, **fields: str) -> int:
    """Send the form that stands on a page, with its token and key."""
    shown = client.get(on).text
    token, key = TOKEN.search(shown), KEY.search(shown)
    assert token is not None
    more = {"submission": key[1]} if key else {}
    sent = {"csrf_token": token[1], **more, **fields}
    return client.post(path, data=sent).status_code


def test_the_contact_sees_everybody_and_no_private_answer(
    app: Flask, client: FlaskClient, db_session: object
) -> None:
    event = make_event()
    group_id = register(event)
    row = people.members(group_id)[0]
    own = Details(
        first_name="Anna",
        last_name="Żuk",
        email="kanarek-9914@example.org",
        phone="+48600991400",
        gmina=CANARY,
        diet="wegańska",
        needs=[CANARY],
        category="fundacja",
        consents={ConsentKind.INFORMATION_CLAUSE: True, ConsentKind.PHOTO: True},
    )
    registrations.complete(row.id, own, NOW)
    path = page_of(group_id)

    for part in ("", "/sheet", f"/people/{row.id}"):
        answer = client.get(path + part)
        assert answer.status_code == 200
        assert "Żuk" in answer.text
        for private in (CANARY, "kanarek-9914", "600991400", "991 400", "wegańska"):
            assert private not in answer.text, (part, private)


def test_a_link_opens_its_own_group_alone(
    app: Flask, client: FlaskClient, db_session: object
) -> None:
    event = make_event()
    mine, other = register(event), register(event, "Inna", unnamed=1, members=[
        Member(first_name="Jan", last_name="Obcy")
    ])  # fmt: skip
    foreign = people.members(other)[0].id
    held = people.unnamed(other)[0].id
    path = page_of(mine)

    assert client.get(f"{path}/people/{foreign}").status_code == 404
    for part in (f"people/{foreign}/cancel", f"people/{foreign}/substitute"):
        assert post(client, f"{path}/{part}", path) == 404
    assert post(client, f"{path}/places/{held}/give-back", path) == 404
    assert post(client, f"{path}/places/{held}/send", path, email="x@example.org") == 404
    assert fresh(people.members(other)[0]).state is State.QUALIFIED
    row = people.group(mine)
    assert row is not None
    registrations.renew_group_link(mine, NOW)
    assert client.get(path).status_code == 303, "an old link leads to where one asks for the new"


def test_the_contact_chooses_workshops_where_the_event_allows_it(
    app: Flask, client: FlaskClient, db_session: object
) -> None:
    event = make_event()
    session = make_session(event)
    group_id = register(event)
    row, path = people.members(group_id)[0], page_of(group_id)
    on = f"{path}/people/{row.id}"

    assert post(client, f"{on}/sign-up/{session.id}", on) == 303
    assert places.of(session.id, row.id) is not None
    registrations.set_terms(
        event.id, NOW, organisation_cap=None, substitute_until=None, choose_sessions=False
    )
    second = make_session(event, starts_at=at("14:00"))
    assert post(client, f"{on}/sign-up/{second.id}", on) == 303
    assert places.of(second.id, row.id) is None


def test_a_row_more_loses_nothing_and_a_double_click_registers_once(
    app: Flask, client: FlaskClient, db_session: object
) -> None:
    event = make_event()
    path = f"/{event.slug}/register-several"
    shown = client.get(path).text
    token, key = TOKEN.search(shown), KEY.search(shown)
    assert token is not None
    assert key is not None
    typed = {
        "csrf_token": token[1],
        "submission": key[1],
        "organisation": "Źródło",
        "contact_name": "Ewa Biurowa",
        "contact_email": "biuro@example.org",
        "category": "fundacja",
        "told": "y",
        "rows": "2",
        "still_unnamed": "1",
        "person-1-first_name": "Anna",
        "person-1-last_name": "Żuk",
    }

    more = client.post(path, data={**typed, "more": "1"}).text
    assert 'name="person-3-first_name"' in more
    for kept in ("Źródło", "Ewa Biurowa", "Anna", "Żuk"):
        assert f'value="{kept}"' in more
    half = client.post(path, data={**typed, "person-2-first_name": "Jan"})
    assert half.status_code == 200
    assert 'href="#person-2-last_name"' in half.text
    assert [client.post(path, data=typed).status_code for _ in "ab"] == [303, 303]
    assert people.people_count(event.id) == 1


# --- memory -----------------------------------------------------------------------------------


def test_a_place_for_somebody_unnamed_is_one_of_the_events_places(db_session: object) -> None:
    event = make_event(capacity=1)
    registrations.decide_group(register(event), State.QUALIFIED, NOW)

    tasks = {task.code: task.count for task in queries.overview(event, NOW).tasks}

    assert people.held_count(event.id) == 1
    assert tasks["over-capacity"] == 1


def organiser(app: Flask, event: Event) -> tuple[FlaskClient, int]:
    """Return the browser of an organiser of one event, and the account."""
    account = accounts.keep_account(f"o{event.id}@example.org", "Organizator", NOW)
    events.join_team(event.id, account.id, Role.ORGANISER, NOW)
    cookies = world.account_cookie(app, account.id, NOW)
    db.session.remove()  # the requests below read everything anew
    return world.visit(app, cookies), account.id


def attend(event: Event, row: Registration, when: datetime) -> None:
    """Let somebody be in a session of 90 minutes from the beginning."""
    session = make_session(event, starts_at=when, support_minutes=90)
    signups.enter(session.id, row.id, NOW)
    door = doors.door(checkin.add_checkpoint(event.id, {"pl": "W"}, session_id=session.id).id)
    assert door is not None
    scan = ScanItem(scan_id=str(uuid4()), scanned_at=when, registration_id=row.id)
    checkin.record_scan(door, scan, when, Hand(actor="test", station="test", device_id=None))


def test_a_person_is_remembered_at_events_that_one_may_see(app: Flask) -> None:
    with app.app_context():
        here, hidden = make_event(), make_event(title={"pl": CANARY, "en": CANARY})
        row = make_registration(here, "Anna", "Stała", email="stala@example.org")
        make_registration(hidden, "Anna", "Stała", email="stala@example.org")
        attend(here, row, at("9:00"))
        path = f"/{here.slug}/desk/people/{row.id}/memory"
        ids, person_id = (here.id, hidden.id), row.person_id
        client, account_id = organiser(app, here)

    assert CANARY not in client.get(path).text
    with app.app_context():
        events.join_team(ids[1], account_id, Role.READER, NOW)
    assert CANARY in client.get(path).text
    with app.app_context():
        both = [db.session.get_one(Event, number) for number in ids]
        found = queries.memory_of_person(person_id, both, at("9:00", day=9))
        assert [(one.event.id, one.minutes, one.absent) for one in found] == [
            (ids[0], 90, False),
            (ids[1], 0, True),
        ]


def test_another_hosts_organisation_is_nobodys_business(app: Flask, db_session: object) -> None:
    here = make_event()
    other = events.keep_host("obcy", "Obcy gospodarz")
    foreign = directory.keep_organisation(other.id, name=CANARY, category="")
    own = directory.keep_organisation(here.host_id, name="Własna", category="")
    make_registration(here, organisation_id=own.id)
    slug, own_id, foreign_id = here.slug, own.id, foreign.id
    client, _account = organiser(app, here)

    assert client.get(f"/{slug}/desk/organisations/{own_id}").status_code == 200
    for path in (f"{foreign_id}", f"{own_id}/merge/{foreign_id}"):
        assert client.get(f"/{slug}/desk/organisations/{path}").status_code == 404
    assert CANARY not in client.get(f"/{slug}/desk/organisations?q=kanarek").text
    assert client.get(f"/{slug}/desk/organisations/export?format=csv").status_code == 200


# --- two that are one ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Spółdzielnia Socjalna „Ósmy Kilometr”", "SPÓŁDZIELNIA SOCJALNA OSMY KILOMETR", True),
        ("Fundacja „Radio Miedza”", "Radio Miedza", True),
        ("Fundacja „Radio Miedza”", "Fundacja „Kuźnia Etatów”", False),
        ("Fundacja", "Stowarzyszenie", False),
    ],
)
def test_names_that_may_be_of_one_organisation(one: str, other: str, alike: bool) -> None:
    assert merging.are_alike(one, other) is alike


def test_merging_moves_everybody_at_every_event(db_session: object) -> None:
    here, earlier = make_event(), make_event()
    kept = directory.keep_organisation(here.host_id, name="Fundacja Miedza", category="")
    other = directory.keep_organisation(
        here.host_id, name="Miedza", category="", nip="5260250274", city="Panki"
    )
    rows = [make_registration(event, organisation_id=other.id) for event in (here, earlier)]
    group_id = register(here, "Miedza")
    assert queries.alike(here) != []

    assert desk.merge_organisations(kept.id, other.id, here.id, NOW) >= 2

    assert {fresh(row).organisation_id for row in rows} == {kept.id}
    found = known.organisation(kept.id)
    assert found is not None
    assert (found.nip, found.city) == ("5260250274", "Panki")
    group = people.group(group_id)
    assert group is not None
    assert known.organisation(other.id) is None


def test_two_nips_are_two_organisations(db_session: object) -> None:
    here = make_event()
    one = directory.keep_organisation(here.host_id, name="A", category="", nip="5260250274")
    other = directory.keep_organisation(here.host_id, name="A", category="", nip="5252248481")

    with pytest.raises(Refused) as refused:
        desk.merge_organisations(one.id, other.id, here.id, NOW)
    assert refused.value.reason is DirectoryRefusal.DIFFERENT_NIPS
    with pytest.raises(Refused) as refused:
        directory.correct_numbers(one.id, NOW, nip="5252248481", krs=None, regon=None)
    assert refused.value.reason is DirectoryRefusal.NIP_TAKEN
    with pytest.raises(Refused) as refused:
        desk.merge_organisations(one.id, one.id, here.id, NOW)
    assert refused.value.reason is DirectoryRefusal.SAME_ORGANISATION
