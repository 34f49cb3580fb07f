"""A co-organiser: numbers and own guests, and nothing of anybody else, whatever is asked for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventapp.accounts import commands as accounts
from eventapp.awards import commands as awards
from eventapp.awards.commands import Candidacy
from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Organiser, Role
from eventapp.kernel import guard
from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.models import State
from eventapp.signups import commands as signups
from tests import factories
from tests.factories import NOW, at
from tests.harness import markup, walk, world
from tests.harness.mailbox import Mailbox, text_of
from tests.harness.world import Place

Recorded = Callable[[], Any]


@dataclass(frozen=True)
class Set:
    """An event, two institutions of it, and the browser of the first one's co-organiser."""

    app: Flask
    slug: str
    event_id: int
    organiser_id: int
    other_id: int
    account_id: int
    client: FlaskClient

    def at(self, moment: datetime) -> "Set":
        """Return the same a while later, when the co-organiser has signed in again."""
        cookies = world.account_cookie(self.app, self.account_id, moment)
        return replace(self, client=world.visit(self.app, cookies))

    @property
    def page(self) -> str:
        return f"/{self.slug}/co-organiser"

    def post(self, path: str, **values: Any) -> TestResponse:
        given = {"csrf_token": world.csrf_token(self.client), **values}
        return self.client.post(self.page + path, data=given)

    def invite(self, last_name: str, **values: Any) -> TestResponse:
        given = {"first_name": "Gaja", "last_name": last_name, "category": "fundacja"}
        return self.post("/guests", **{**given, "locale": "pl", **values})

    def words(self, path: str = "") -> str:
        answer = self.client.get(self.page + path, headers={"Accept-Language": "pl"})
        assert answer.status_code == 200, (path, answer.status_code)
        return markup.words_of(answer.text)

    def guests(self) -> list[Any]:
        with self.app.app_context():
            return list(people.people(self.event_id, people.Filter(organiser_id=self.organiser_id)))


@pytest.fixture
def stage(app: Flask) -> Set:
    with app.app_context():
        event = factories.make_event(capacity=120, contact_phone="+48343300000")
        city, agency = (
            events.add_organiser(event.id, {"pl": name}, {"pl": "współorganizator"}, guest_quota=3)
            for name in ("Urząd Miasta", "Agencja")
        )
        factories.make_session(event, title="Próg rentowności", capacity=2)
        who = accounts.keep_account("salomea@example.org", "Salomea", NOW)
        events.join_team(event.id, who.id, Role.CO_ORGANISER, NOW, organiser_id=city.id)
    browser = world.visit(app, world.account_cookie(app, who.id))
    return Set(app, event.slug, event.id, city.id, agency.id, who.id, browser)


# --- the page -----------------------------------------------------------------------------


def test_numbers_of_the_day_and_no_names(app: Flask, stage: Set) -> None:
    with app.app_context():
        event = frame.event(stage.event_id)
        for state in (State.QUALIFIED, State.QUALIFIED, State.WAITING, State.PENDING):
            factories.make_registration(event, "Tajna", "Osoba", state=state)
        gone = factories.make_registration(event, "Tajna", "Osoba")
        registrations.strike_off(gone.id, NOW)
    stage.invite("Żółć")

    page = stage.words()

    assert "6 razem 3 zakwalifikowano" in page
    assert (
        "6 zgłoszeń, 3 osoby zakwalifikowane, lista rezerwowa: 1, 1 rezygnacja, nasi goście: 1 z 3."
        in page
    )
    assert "1 z 3 miejsc" in page
    assert "Żółć Gaja" in page
    assert "Tajna" not in page
    assert stage.client.get(stage.page).headers["Cache-Control"] == "no-store"
    assert "Żółć Gaja" in stage.words("/sheet")


def test_who_came_is_a_number_by_day_and_yes_or_no_for_ones_own(
    app: Flask, stage: Set, hands: Any
) -> None:
    stage.invite("Żółć")
    stage.invite("Ósmy")
    first, second = stage.guests()
    with app.app_context():
        event = frame.event(stage.event_id)
        stranger = factories.make_registration(event, "Tajna", "Osoba")
        for day in (1, 2):
            point = checkin.add_checkpoint(event.id, {"pl": f"Wejście, dzień {day}"})
            _let_in(point.id, second.id, at("9:00", day))
            _let_in(point.id, second.id, at("9:01", day))
        _let_in(point.id, stranger.id, at("23:59", 1))
    assert "Żółć Gaja zakwalifikowane –" in stage.words()

    page = stage.at(hands.move_to(at("12:00", 2))).words()

    assert (first.last_name, second.last_name) == ("Ósmy", "Żółć")
    assert "Ósmy Gaja zakwalifikowane nie Żółć Gaja zakwalifikowane tak" in page
    assert "2 środa, 16 czerwca 1 czwartek, 17 czerwca Miejsca na zajęciach" in page
    assert "1 osoba obecna dzisiaj" in page


def _let_in(checkpoint_id: int, registration_id: int, moment: datetime) -> None:
    door = doors.door(checkpoint_id)
    assert door is not None
    scan = ScanItem(scan_id=str(uuid4()), scanned_at=moment, registration_id=registration_id)
    hand = Hand(actor="test", station="test", device_id=None)
    checkin.record_scan(door, scan, moment, hand)


@pytest.mark.parametrize("path", ["", "/sheet"])
def test_the_page_asks_as_much_of_three_people_as_of_many(
    app: Flask, stage: Set, recorded: Recorded, path: str
) -> None:
    counts = []
    for number in range(2):
        stage.invite(f"Gość {number}")
        with app.app_context():
            event = frame.event(stage.event_id)
            factories.make_session(event)
            for _ in range(3):
                factories.make_registration(event)
        with recorded() as asked:
            stage.words(path)
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- own guests ---------------------------------------------------------------------------


def test_a_guest_is_invited_by_form_and_learns_from_whom(
    stage: Set, run_jobs: Callable[[], int], mailbox: Mailbox
) -> None:
    answer = stage.invite("Żółć", email="gaja@example.org", organisation="Rada Dzielnicy")

    assert answer.headers["Location"] == stage.page
    assert "Gaja Żółć ma miejsce; zaproszenie jest w drodze." in stage.words()
    [row] = stage.guests()
    assert (row.state, row.category.code) == (State.QUALIFIED, "fundacja")
    assert row.organisation.name == "Rada Dzielnicy"
    run_jobs()
    letter = text_of(mailbox.last("gaja@example.org"))
    link = re.search(r"http://localhost(/\S+/my/\S+)", letter)
    assert link is not None
    guest = stage.app.test_client()
    guest.get(link[1])
    own = markup.words_of(guest.get(f"/{stage.slug}/my", headers={"Accept-Language": "pl"}).text)
    assert "Zaprasza: Urząd Miasta" in own


def test_the_same_form_twice_is_one_guest(stage: Set) -> None:
    key = str(uuid4())

    for _ in range(2):
        assert stage.invite("Żółć", submission=key).status_code == 303

    assert [row.last_name for row in stage.guests()] == ["Żółć"]
    stage.invite("Źrebię", submission=key)
    assert [row.last_name for row in stage.guests()] == ["Źrebię", "Żółć"], "by the way back"


def test_beyond_the_quota_the_form_says_what_can_be_done_and_keeps_what_was_typed(
    stage: Set,
) -> None:
    for name in ("Ada", "Bea", "Cyd"):
        stage.invite(name)

    answer = stage.invite("Daria", email="d@example.org")

    page = markup.words_of(answer.text)
    assert "Pula miejsc (3) jest wykorzystana." in page
    assert "poproś organizatora o więcej miejsc" in page
    assert 'value="d@example.org"' in answer.text
    assert len(stage.guests()) == 3
    assert "Zaproś gościa" not in stage.words(), "no button that leads nowhere"


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_name": ""},
        {"last_name": "x" * 121},
        {"email": "to nie adres"},
        {"category": "nie ma"},
        {"category": ""},
        {"locale": "xx"},
        {"organisation": "x" * 301},
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(stage: Set, wrong: dict[str, str]) -> None:
    answer = stage.invite(**{"last_name": "Żółć", **wrong})

    assert answer.status_code == 200
    assert "data-errors" in answer.text
    assert stage.guests() == []


def test_a_text_that_is_none_gets_nowhere(stage: Set) -> None:
    assert stage.invite("Żó\x00łć").status_code == 400
    assert stage.guests() == []


def test_a_guest_is_corrected_and_cancelled(stage: Set, hands: Any) -> None:
    stage.invite("Żółc")
    [row] = stage.guests()
    better = {"first_name": "Gaja", "last_name": "Żółć", "email": ""}

    assert stage.post(f"/guests/{row.id}", **better).status_code == 303
    assert "Żółć Gaja" in stage.words()
    assert stage.post(f"/guests/{row.id}", **{**better, "last_name": ""}).status_code == 200

    stage.post(f"/guests/{row.id}/cancel")

    assert "0 z 3 miejsc" in stage.words()
    assert [row.state for row in stage.guests()] == [State.CANCELLED]
    assert "Zapisz dane gościa" not in stage.words(f"/guests/{row.id}")


def test_on_the_day_the_organiser_keeps_the_list(stage: Set, hands: Any) -> None:
    stage.invite("Żółć")
    [row] = stage.guests()
    stage = stage.at(hands.move_to(at("8:00")))

    page = stage.words(f"/guests/{row.id}")
    answer = stage.post(f"/guests/{row.id}/cancel")

    assert "Od pierwszego dnia listę gości prowadzi organizator." in page
    assert "+48343300000" in page
    assert answer.headers["Location"] == f"{stage.page}/guests/{row.id}"
    assert [row.state for row in stage.guests()] == [State.QUALIFIED]


def test_somebody_elses_guest_is_not_there(app: Flask, stage: Set) -> None:
    with app.app_context():
        other = registrations.invite_guest(
            stage.other_id, Details(first_name="Obcy", last_name="Gość"), NOW
        )
        plain = factories.make_registration(frame.event(stage.event_id))
        numbers = (other.id, plain.id, 999999)

    for number in numbers:
        assert stage.client.get(f"{stage.page}/guests/{number}").status_code == 404
        name = {"first_name": "X", "last_name": "Y"}
        assert stage.post(f"/guests/{number}", **name).status_code == 404
        assert stage.post(f"/guests/{number}/cancel").status_code == 404
    with app.app_context():
        assert people.registration(numbers[0]).last_name == "Gość"
    assert "Obcy" not in stage.words()


# --- the role begins and ends ---------------------------------------------------------------


def test_the_team_page_asks_for_whom_a_co_organiser_works(
    app: Flask, stage: Set, run_jobs: Callable[[], int], mailbox: Mailbox
) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    desk = f"/{stage.slug}/desk/team"
    given = {
        "csrf_token": world.csrf_token(organiser), "name": "Jowita", "role": "co-organiser",
        "email": "jowita@example.org",
    }  # fmt: skip

    assert "data-errors" in organiser.post(desk, data=given).text
    foreign = {**given, "organiser": "999999"}
    assert "data-errors" in organiser.post(desk, data=foreign).text
    answer = organiser.post(desk, data={**given, "organiser": str(stage.organiser_id)})

    assert answer.status_code == 303
    assert "Urząd Miasta" in markup.words_of(organiser.get(desk).text)
    run_jobs()
    assert "/sign-in/" in text_of(mailbox.last("jowita@example.org"))
    with app.app_context():
        account = accounts.keep_account("jowita@example.org", "Jowita", NOW)
    browser = world.visit(app, world.account_cookie(app, account.id))
    assert f'href="{stage.page}"' in browser.get("/account").text
    assert browser.get(stage.page).status_code == 200


def test_a_role_can_be_given_until_a_day(app: Flask, stage: Set, hands: Any) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    desk = f"/{stage.slug}/desk/team"
    given = {
        "csrf_token": world.csrf_token(organiser), "name": "Jowita", "role": "co-organiser",
        "email": "jowita@example.org", "organiser": str(stage.organiser_id),
    }  # fmt: skip

    def told(**more: str) -> str:
        answer = organiser.post(desk, data={**given, **more}, headers={"Accept-Language": "pl"})
        return markup.words_of(answer.text)

    assert "Ten dzień już minął." in told(last_day=f"{NOW - timedelta(days=1):%Y-%m-%d}")
    assert "Rola organizatora nie wygasa sama." in told(
        role="organiser", last_day=f"{NOW:%Y-%m-%d}"
    )
    told(last_day=f"{NOW:%Y-%m-%d}")
    with app.app_context():
        account = accounts.keep_account("jowita@example.org", "Jowita", NOW)

    def answered(moment: Any) -> int:
        hands.move_to(moment)
        browser = world.visit(app, world.account_cookie(app, account.id, moment))
        return browser.get(stage.page).status_code

    last_midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert answered(last_midnight - timedelta(seconds=1)) == 200
    assert answered(last_midnight) in {403, 404}


@pytest.mark.parametrize("end", ["removed", "expired"])
def test_who_has_left_is_refused_and_the_guests_stay(
    app: Flask, stage: Set, hands: Any, end: str
) -> None:
    who = world.extra_account(app, "Bazyli", NOW)
    with app.app_context():
        member = events.join_team(
            stage.event_id, who, Role.CO_ORGANISER, NOW, organiser_id=stage.organiser_id,
            expires_at=at("0:00") if end == "expired" else None,
        )  # fmt: skip
    stage.invite("Żółć")
    [row] = stage.guests()
    browser = world.visit(app, world.account_cookie(app, who))
    assert browser.get(stage.page).status_code == 200

    if end == "expired":
        hands.move_to(at("0:00"))
        browser = world.visit(app, world.account_cookie(app, who, at("0:00")))
    else:
        with app.app_context():
            events.leave_team(member.id)

    token = world.csrf_token(browser)
    for path in ("", "/sheet", "/guests", f"/guests/{row.id}"):
        assert browser.get(stage.page + path).status_code == 404, path
    answer = browser.post(f"{stage.page}/guests/{row.id}/cancel", data={"csrf_token": token})
    assert answer.status_code == 404
    assert stage.page not in browser.get("/account").text
    assert [row.state for row in stage.guests()] == [State.QUALIFIED]


# --- what the organiser sees ----------------------------------------------------------------


def test_the_organiser_finds_whose_guests_people_are(app: Flask, stage: Set) -> None:
    stage.invite("Żółć")
    with app.app_context():
        factories.make_registration(frame.event(stage.event_id), "Anna", "Zwykła")
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    url = f"/{stage.slug}/desk/people"

    everybody = markup.words_of(organiser.get(url).text)
    theirs = markup.words_of(organiser.get(f"{url}?guest_of={stage.organiser_id}").text)
    nonsense = markup.words_of(organiser.get(f"{url}?guest_of=x").text)
    [row] = stage.guests()

    assert "gość: Urząd Miasta" in everybody
    assert ("Zwykła Anna" in everybody, "Zwykła Anna" in theirs) == (True, False)
    assert "Zwykła Anna" in nonsense
    assert "Żółć Gaja" in theirs
    assert "gość: Urząd Miasta" in markup.words_of(organiser.get(f"{url}/{row.id}").text)
    told = markup.words_of(organiser.get(f"/{stage.slug}/desk/history").text)
    assert "Współorganizator zaprosił gościa" in told


def test_programs_of_the_organiser_read_institutions_and_whose_guest_somebody_is(
    app: Flask, stage: Set
) -> None:
    stage.invite("Żółć")
    with app.app_context():
        _row, token = events.issue_token(stage.event_id, "x", ["read"], NOW)
        _row, door = events.issue_token(stage.event_id, "x", ["door"], NOW)
    client, url = app.test_client(), f"/api/v1/events/{stage.slug}"

    found = client.get(f"{url}/organisers", headers=world.bearing(token)).json
    [row] = client.get(f"{url}/registrations", headers=world.bearing(token)).json

    assert [(one["id"], one["guest_quota"], one["guests"]) for one in found] == [
        (str(stage.organiser_id), 3, 1),
        (str(stage.other_id), 3, 0),
    ]
    assert (row["organiser"], row["source"]) == (str(stage.organiser_id), "invited")
    assert client.get(f"{url}/organisers", headers=world.bearing(door)).status_code == 403


def test_an_organiser_keeps_the_list_of_institutions_by_form(app: Flask, stage: Set) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    desk, token = f"/{stage.slug}/desk/organisers", world.csrf_token(organiser)

    def send(path: str, **values: str) -> TestResponse:
        return organiser.post(desk + path, data={"csrf_token": token, **values})

    said = {"name_pl": "Fundacja Żółw", "role_pl": "Patron honorowy", "guest_quota": "2"}
    assert send("", **said).status_code == 303
    with app.app_context():
        row = frame.organisers(stage.event_id)[-1]
        assert row.role == {"pl": "Patron honorowy", "en": "honorary patron"}
    public = markup.words_of(organiser.get(f"/{stage.slug}/").text)
    assert "Fundacja Żółw Patron honorowy" in public

    send(f"/{row.id}/move", to="earlier")
    assert send(f"/{row.id}/move", to="sideways").status_code == 400
    assert _order(app, stage) == ["Urząd Miasta", "Fundacja Żółw", "Agencja"]
    for wrong in ({"name_pl": ""}, {"guest_quota": "-1"}, {"role_pl": "x" * 121}):
        assert "data-errors" in send(f"/{row.id}", **{**said, **wrong}).text
    stage.invite("Żółć")
    kept = send(f"/{stage.organiser_id}", name_pl="Urząd", role_pl="partner", guest_quota="0")
    assert "Goście zajmują już miejsca z tej puli (1)" in markup.words_of(kept.text)
    used = send(f"/{stage.organiser_id}/removal")
    assert used.headers["Location"] == f"{desk}/{stage.organiser_id}"
    assert send(f"/{row.id}/removal").headers["Location"] == desk
    assert _order(app, stage) == ["Urząd Miasta", "Agencja"]


def _order(app: Flask, stage: Set) -> list[str]:
    with app.app_context():
        return [row.name["pl"] for row in frame.organisers(stage.event_id)]


# --- the whole map --------------------------------------------------------------------------

OPEN = {
    guard.PUBLIC,
    Permission.OWN_ACCOUNT,
    Permission.LIST_EVENTS,
    Permission.SEE_TOTALS,
    Permission.INVITE_GUESTS,
}
OWN_PAGES = {
    "desk.co_organiser",
    "desk.co_organiser_sheet",
    "desk.new_guest",
    "desk.invite_guest",
    "desk.guest",
    "desk.correct_guest",
    "desk.cancel_guest",
}


@pytest.fixture
def place(app: Flask) -> Place:
    made = world.build(app, "nasze")
    world.invite_guest(app, made)
    world.register_group(app, made)
    world.send_letters(app, made)
    return made


def asked(app: Flask, place: Place, **headers: str) -> Iterator[tuple[str, str, TestResponse]]:
    """Ask for everything on the map as the co-organiser: endpoint, permission, answer.

    Nobody tells a co-organiser the links and badges of other people.
    """
    place.links.clear()
    place.ids["badge"] = "nonsense"
    cookies = world.account_cookie(app, place.accounts[Role.CO_ORGANISER])
    browser = world.visit(app, cookies)
    headers = {"X-CSRFToken": world.csrf_token(browser), **headers}
    for rule, method in sorted(walk.routes(app), key=lambda pair: pair[1] != "GET"):
        path = app.url_map.bind("localhost").build(
            rule.endpoint, walk.arguments(rule, walk.OWN, {walk.OWN: place, walk.FOREIGN: place}),
            method=method,
        )  # fmt: skip
        if rule.endpoint.startswith("accounts.") and method == "POST":
            continue  # signing out would end the walk
        asks = guard.rule_of(rule.endpoint, app)
        assert asks is not None
        body = walk.BODIES.get(rule.endpoint)
        more = {"json": body(place.ids) if body else {}} if path.startswith("/api/") else {}
        more = more if method != "GET" else {}
        answer = browser.open(path, method=method, headers=headers, **more)
        yield f"{method} {rule.rule}", asks.permission, answer


def test_nothing_is_open_to_a_co_organiser_but_public_pages_and_the_own(
    app: Flask, place: Place
) -> None:
    opened, closed = set(), set()
    for name, permission, answer in asked(app, place):
        if permission in OPEN:
            assert answer.status_code not in {401, 500}, name
            opened.add(permission)
        else:
            assert answer.status_code == 403, (name, answer.status_code)
            closed.add(permission)

    assert opened == OPEN
    asked_for = {
        rule.permission for name in app.view_functions if (rule := guard.rule_of(name, app))
    }
    assert closed == asked_for - OPEN
    own = {
        endpoint
        for endpoint in app.view_functions
        if (rule := guard.rule_of(endpoint, app)) is not None
        and rule.permission in {Permission.SEE_TOTALS, Permission.INVITE_GUESTS}
    }
    assert own == OWN_PAGES


# --- canaries -------------------------------------------------------------------------------

CANARIES = (
    "Kanarkiewicz", "Kanarka", "kanarek@example.org", "+48601234567", "601 234 567",
    "44051401359", "Kanarkowa Spółdzielnia", "potrzeba-kanarka", "kanarkowa dieta", "Kanarkowo",
    "stanowisko kanarka", "mowca-kanarek@example.org", "Kanarkowy Kandydat",
    "kandydat-kanarek@example.org", "uzasadnienie kanarka", "zglaszajacy-kanarek@example.org",
    "Zgłaszający Kanarek", "Obcokanarski", "obcokanarski@example.org", "członkini-kanarek",
    "czlonkini-kanarek@example.org",
)  # fmt: skip


def plant(app: Flask, place: Place) -> None:
    """Put people into the event whose every datum can be recognised."""
    with app.app_context():
        event = frame.event(place.event_id)
        row = factories.make_registration(
            event, "Kanarka", "Kanarkiewicz", email="kanarek@example.org", phone="+48601234567",
            needs=["potrzeba-kanarka"], diet="kanarkowa dieta", gmina="Kanarkowo",
            job="stanowisko kanarka", category="fundacja", monitoring={"pesel": "44051401359"},
            organisation=OrganisationDetails(name="Kanarkowa Spółdzielnia"),
        )  # fmt: skip
        registrations.change(row.id, NOW, phone="+48601234567")
        signups.enter(place.ids["other_session_id"], row.id, NOW)
        programme.name_speaker(
            event.id, NOW, title="", first_name="Ewa", last_name="Mówczyni",
            email="mowca-kanarek@example.org",
        )  # fmt: skip
        awards.draft_nomination(
            place.ids["award_id"],
            Candidacy(
                nominee="Kanarkowy Kandydat", nominee_email="kandydat-kanarek@example.org",
                justification="uzasadnienie kanarka", nominator="Zgłaszający Kanarek",
                nominator_email="zglaszajacy-kanarek@example.org",
            ),
            NOW,
        )  # fmt: skip
        other = events.add_organiser(
            event.id, {"pl": "Inna instytucja"}, {"pl": "partner"}, guest_quota=3
        )
        guest = Details(
            first_name="Obcy", last_name="Obcokanarski", email="obcokanarski@example.org"
        )
        registrations.invite_guest(other.id, guest, NOW)
        member = accounts.keep_account("czlonkini-kanarek@example.org", "członkini-kanarek", NOW)
        events.join_team(event.id, member.id, Role.READER, NOW)
        place.ids.update(registration_id=row.id, person_id=row.person_id)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_no_word_about_anybody_else_reaches_a_co_organiser(
    app: Flask, place: Place, language: str
) -> None:
    plant(app, place)
    world.send_letters(app, place)

    heard = 0
    for name, _permission, answer in asked(app, place, **{"Accept-Language": language}):
        said = answer.get_data() + str(answer.headers).encode()
        found = [one for one in CANARIES if one.encode() in said or _escaped(one) in said]
        assert found == [], name
        heard += answer.status_code == 200

    assert heard > 20, "pages were shown"


def _escaped(word: str) -> bytes:
    """Return how JSON writes a word of letters beyond ASCII."""
    return word.encode("ascii", "backslashreplace")


def test_the_canaries_sing_for_the_organiser(app: Flask, place: Place) -> None:
    """Prove that they are there to be found."""
    plant(app, place)
    client = world.visit(app, world.account_cookie(app, place.accounts[Role.ORGANISER]))
    pages = "".join(
        client.get(f"/{place.slug}/desk/{path}").text
        for path in ("people", f"people/{place.ids['registration_id']}", "team")
    )

    missing = {one for one in CANARIES[:5] + CANARIES[6:8] + CANARIES[-4:-2] if one not in pages}

    assert missing - {"+48601234567", "601 234 567", "kanarek@example.org"} <= {
        "obcokanarski@example.org"
    }


def test_refusals_do_not_tell_who_else_is_there(app: Flask, place: Place) -> None:
    plant(app, place)
    cookies = world.account_cookie(app, place.accounts[Role.CO_ORGANISER])
    browser = world.visit(app, cookies)
    given = {
        "csrf_token": world.csrf_token(browser), "first_name": "Gaja", "last_name": "Nowa",
        "email": "kanarek@example.org", "category": "fundacja", "locale": "pl",
        "organisation": "kanarkowa spoldzielnia",
    }  # fmt: skip

    answer = browser.post(f"/{place.slug}/co-organiser/guests", data=given)
    page = browser.get(f"/{place.slug}/co-organiser").text

    assert answer.status_code == 303, "a shared mailbox is no secret, and no obstacle"
    assert [one for one in CANARIES if one in page] == []
    with app.app_context():
        row = db.session.get_one(Organiser, place.ids["organiser_id"])
        assert row.guests == 2
