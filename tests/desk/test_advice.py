"""One-to-one advice on pages and by API: picking a time, day cards, service cards."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.events.access import Role
from eventapp.events.commands import issue_token
from eventapp.kernel import jobs
from eventapp.programme import commands as programme
from eventapp.programme import queries
from eventapp.registrations import queries as people
from eventapp.signups import commands as signups
from tests import factories
from tests.conftest import Clock
from tests.factories import NOW, at
from tests.harness import markup, world
from tests.harness.mailbox import Mailbox, text_of


@dataclass(frozen=True)
class Set:
    """Advice by two advisers, a person with a link, another one who has the first appointment."""

    event_id: int
    slug: str
    session_id: int
    law: int
    books: int
    law_link: str
    person_id: int
    link: str
    other_sign_up: int

    @property
    def page(self) -> str:
        return f"/{self.slug}/sessions/{self.session_id}"


@pytest.fixture
def stage(app: Flask) -> Set:
    with app.app_context():
        event = factories.make_event()
        law, books = (
            programme.name_speaker(
                event.id, NOW, title="", first_name=first, last_name=last, email=None
            )
            for first, last in (("Łucja", "Prawna"), ("Bartosz", "Księgowy"))
        )
        session = factories.make_session(
            event, title="Konsultacje", starts_at=at("15:30"), minutes=60,
            appointment_minutes=20, speaker_ids=[law.id, books.id],
        )  # fmt: skip
        person = factories.make_registration(event, "Żaneta", "Ćwik", email="z@example.org")
        other = factories.make_registration(event, "Kanarek", "Tajny", needs=["wózek"])
        taken = signups.book(session.id, other.id, law.id, 0, NOW)
        return Set(
            event.id, event.slug, session.id, law.id, books.id, queries.link_token(law),
            person.id, people.link_token(person), taken.id,
        )  # fmt: skip


def participant(app: Flask, stage: Set) -> FlaskClient:
    client = app.test_client()
    client.get(f"/{stage.slug}/my/{stage.link}")
    return client


def words(client: FlaskClient, path: str, language: str = "pl") -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    return markup.words_of(answer.text)


def pick(client: FlaskClient, stage: Set, value: str) -> str:
    data = {"csrf_token": world.csrf_token(client), "appointment": value}
    answer = client.post(
        f"{stage.page}/appointment", data=data, headers={"Accept-Language": "pl"},
        follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == 200
    return markup.words_of(answer.text)


def test_everybody_sees_which_times_are_free_and_nobody_who_has_the_others(
    stage: Set, client: FlaskClient
) -> None:
    page = words(client, stage.page)

    assert "Terminy konsultacji" in page
    assert "15:30 zajęty 15:50 16:10" in page
    assert "Bartosz Księgowy 15:30 15:50 16:10" in page
    assert "Kanarek" not in page
    assert "Tajny" not in page


def test_a_person_picks_a_time_changes_it_and_gives_it_back(
    app: Flask, stage: Set, mailbox: Mailbox
) -> None:
    client = participant(app, stage)
    assert "Wybierz termin" in words(client, f"/{stage.slug}/programme")

    assert "Termin jest zarezerwowany: 16 czerwca 2027 r., 15:50" in pick(
        client, stage, f"{stage.books}:2"
    )
    mine = words(client, f"/{stage.slug}/my")
    assert "15:50–16:10 sesja Konsultacje Bartosz Księgowy" in mine.replace("warsztat", "sesja")
    assert "16:10, „Konsultacje”" in pick(client, stage, f"{stage.law}:3")

    with app.app_context():
        jobs.run_all()
    assert "U kogo: Łucja Prawna" in text_of(mailbox.last("z@example.org"))
    client.post(f"{stage.page}/leave", data={"csrf_token": world.csrf_token(client)})
    assert "15:50 16:10" in words(client, stage.page)


def test_who_gave_an_appointment_back_and_waits_is_not_told_its_time(
    app: Flask, stage: Set, mailbox: Mailbox
) -> None:
    with app.app_context():
        taken = signups.book(stage.session_id, stage.person_id, stage.books, 1, NOW)
        signups.leave_and_promote(taken.id, NOW)
        event = queries.frame.event(stage.event_id)
        for _ in range(5):
            signups.sign_up(stage.session_id, factories.make_registration(event).id, NOW)
        jobs.run_all()
        signups.sign_up(stage.session_id, stage.person_id, NOW)
        jobs.run_all()

    written = text_of(mailbox.last("z@example.org"))
    assert "lista rezerwowa" in written.lower() or "liście rezerwowej" in written.lower()
    assert "15:30–16:30" in written
    assert "U kogo" not in written


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Najpierw trzeba wybrać termin."),
        ("nonsense", "Najpierw trzeba wybrać termin."),
        ("1:0", "Najpierw trzeba wybrać termin."),
        ("99999:1", "Nie ma takiego terminu; proszę wybrać inny."),
        ("taken", "Ktoś przed chwilą zajął ten termin; proszę wybrać inny."),
    ],
)
def test_what_cannot_be_had_is_answered_with_a_sentence(
    app: Flask, stage: Set, value: str, sentence: str
) -> None:
    picked = f"{stage.law}:1" if value == "taken" else value

    assert sentence in pick(participant(app, stage), stage, picked)


def test_the_adviser_knows_whom_to_expect_and_notes_what_came_of_it(
    app: Flask, stage: Set, client: FlaskClient, hands: Clock
) -> None:
    own = f"/speaking/{stage.law_link}/sessions/{stage.session_id}"
    card = words(client, f"{own}/day-card")
    assert "15:30–15:50 Tajny Kanarek wózek do wypełnienia" in card
    assert "15:50–16:10 wolny termin" in card
    assert "Księgowy" not in card
    form = {"held": "yes", "minutes": "25", "topic": "Statut", "advice": "Zmienić §4."}
    page = f"{own}/appointments/{stage.other_sign_up}"
    data = {**form, "csrf_token": world.csrf_token(client)}
    early = client.post(page, data=data, headers={"Accept-Language": "pl"})
    assert "Kartę można wypełnić od początku konsultacji." in markup.words_of(early.text)

    hands.move_to(at("15:40"))
    answer = client.post(page, data=data)
    blank = client.post(page, data={**data, "topic": ""}, headers={"Accept-Language": "pl"})

    assert answer.status_code == 303
    assert "Wpisz w kilku słowach, czego dotyczyła konsultacja." in markup.words_of(blank.text)
    assert "15:30–15:50 Tajny Kanarek wózek wypełniona" in words(client, f"{own}/day-card")
    printed = words(client, f"{own}/service-cards")
    assert "Czas trwania 25 minut Temat Statut" in printed
    assert "Zmienić §4." in printed


def test_a_card_of_another_adviser_is_not_there(stage: Set, client: FlaskClient) -> None:
    with client.application.app_context():
        other = queries.link_token(queries.speaker(stage.books))
    page = f"/speaking/{other}/sessions/{stage.session_id}/appointments/{stage.other_sign_up}"

    assert client.get(page).status_code == 404
    assert "Tajny" not in words(
        client, f"/speaking/{other}/sessions/{stage.session_id}/service-cards"
    )


def test_the_team_prints_all_cards_and_sees_the_times(app: Flask, stage: Set) -> None:
    team = world.member(app, stage.event_id, Role.READER)
    base = f"/{stage.slug}/desk/sessions/{stage.session_id}"

    assert "15:30–15:50, Łucja Prawna" in words(team, base)
    cards = words(team, f"{base}/day-cards")
    assert cards.index("Łucja Prawna") < cards.index("Tajny") < cards.index("Bartosz Księgowy")
    assert "Podpis osoby korzystającej z porady" in words(team, f"{base}/service-cards")


def test_an_organiser_types_in_what_an_adviser_noted_on_paper(
    app: Flask, stage: Set, hands: Clock
) -> None:
    then = hands.move_to(at("15:40"))
    organiser = world.member(app, stage.event_id, Role.ORGANISER, now=then)
    reader = world.member(app, stage.event_id, Role.READER, now=then)
    base = f"/{stage.slug}/desk/sessions/{stage.session_id}"
    page = f"{base}/appointments/{stage.other_sign_up}"
    data = {
        "csrf_token": world.csrf_token(organiser),
        "held": "yes",
        "topic": "Statut",
        "advice": "",
        "agreed": "",
        "minutes": "20",
    }

    link = f'href="{page}"'
    assert link in organiser.get(f"{base}/day-cards").text
    assert link not in reader.get(f"{base}/day-cards").text
    assert reader.get(page).status_code == 403
    assert organiser.get(f"{base}/appointments/999999").status_code == 404
    blank = organiser.post(page, data={**data, "topic": ""}, headers={"Accept-Language": "pl"})
    assert "Wpisz w kilku słowach, czego dotyczyła konsultacja." in markup.words_of(blank.text)
    assert organiser.post(page, data=data).location == f"{base}/day-cards"
    assert "Temat Statut" in words(organiser, f"{base}/service-cards")
    assert 'value="Statut"' in organiser.get(page).text


def test_programs_read_the_times_and_give_one(app: Flask, stage: Set, client: FlaskClient) -> None:
    with app.app_context():
        _row, token = issue_token(stage.event_id, "test", ["all"], NOW)
    headers = {"Authorization": f"Bearer {token}"}
    base = f"/api/v1/sessions/{stage.session_id}"

    times = client.get(f"{base}/appointments", headers=headers).get_json()
    body = {
        "registration": str(stage.person_id),
        "appointment": {"adviser": str(stage.books), "starts_at": "2027-06-16T15:50:00+02:00"},
    }
    made = client.post(f"{base}/sign-ups", json=body, headers=headers)
    again = client.post(
        f"{base}/sign-ups",
        json={**body, "appointment": {**body["appointment"], "starts_at": "2027-06-16T15:51:00Z"}},
        headers=headers,
    )

    assert [(row["adviser_name"], row["starts_at"][11:16], row["free"]) for row in times] == [
        ("Łucja Prawna", "15:30", False),
        ("Bartosz Księgowy", "15:30", True),
        ("Łucja Prawna", "15:50", True),
        ("Bartosz Księgowy", "15:50", True),
        ("Łucja Prawna", "16:10", True),
        ("Bartosz Księgowy", "16:10", True),
    ]
    assert (made.status_code, made.get_json()["state"]) == (201, "confirmed")
    assert (again.status_code, again.get_json()["code"]) == (409, "no-such-appointment")
    listed = client.get(f"{base}/sign-ups", headers=headers).get_json()
    assert [row["appointment"]["starts_at"][11:16] for row in listed] == ["15:30", "15:50"]


def test_the_planner_says_how_long_an_appointment_takes(app: Flask, stage: Set) -> None:
    team = world.member(app, stage.event_id, Role.ORGANISER)
    form = {
        "csrf_token": world.csrf_token(team), "title_pl": "Porady", "kind": "advice",
        "language": "pl", "starts_at": "2027-06-17T09:00", "ends_at": "2027-06-17T10:00",
        "sign_up": "none", "room": "", "speakers": [str(stage.law), str(stage.books)],
    }  # fmt: skip
    page = f"/{stage.slug}/desk/plan/new"

    long = team.post(
        page, data={**form, "appointment_minutes": "90"}, headers={"Accept-Language": "pl"}
    )
    assert "Zajęcia są krótsze." in markup.words_of(long.text)
    answer = team.post(page, data={**form, "appointment_minutes": "15"})
    assert answer.status_code == 303, markup.words_of(answer.text)
    with app.app_context():
        row = max(queries.plan(stage.event_id), key=lambda one: one.id)
        assert (row.capacity, row.sign_up.value, row.appointment_minutes) == (8, "required", 15)
