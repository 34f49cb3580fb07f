"""A speaker's own page by a personal link: sessions, who comes, what they say, what changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.desk import queries as desk
from eventapp.events.access import Role
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme import queries
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.signups import commands as signups
from tests import factories
from tests.conftest import Clock
from tests.factories import NOW, at
from tests.harness import markup, world
from tests.harness.mailbox import Mailbox, text_of

Run = Callable[[], int]


@dataclass(frozen=True)
class Set:
    """An event, a speaker with a link, a session that she leads and one that she does not."""

    event_id: int
    slug: str
    speaker_id: int
    token: str
    own_id: int
    other_id: int

    @property
    def page(self) -> str:
        return f"/speaking/{self.token}"


@pytest.fixture
def stage(app: Flask) -> Set:
    with app.app_context():
        event = factories.make_event(contact_email="biuro@example.org")
        room = factories.make_room(event, name={"pl": "Sala Żółta", "en": "Yellow room"})
        speaker = programme.name_speaker(
            event.id, NOW, title="dr", first_name="Celina", last_name="Żak",
            email="celina@example.org",
        )  # fmt: skip
        own = factories.make_session(event, title="Próg", room_id=room.id, capacity=12)
        programme.edit_draft(own.id, NOW, speaker_ids=[speaker.id])
        other = factories.make_session(event, title="Wykład obok", starts_at=at("14:00"))
        programme.release(event.id, NOW)
        return Set(event.id, event.slug, speaker.id, queries.link_token(speaker), own.id, other.id)


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "pl"})
    assert answer.status_code == 200, path
    return markup.words_of(answer.text)


def test_the_link_opens_ones_own_sessions_without_a_password(
    stage: Set, client: FlaskClient
) -> None:
    page = words(client, stage.page)

    assert "Moje zajęcia dr Celina Żak" in page
    assert "Próg środa, 16 czerwca, 9:00–10:30 · Sala Żółta" in page
    assert "Wykład obok" not in page
    assert client.get(stage.page).headers["Cache-Control"] == "no-store"


def test_who_comes_is_told_with_their_needs_and_nothing_else(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    with app.app_context():
        event = queries.frame.event(stage.event_id)
        who = factories.make_registration(
            event, "Łucja", "Ósma", needs=["wózek"], phone="+48600100200", email="l@example.org"
        )
        signups.sign_up(stage.own_id, who.id, NOW)

    page = words(client, f"{stage.page}/sessions/{stage.own_id}")

    assert "1 osoba ma miejsce" in page
    assert "1 Ósma Łucja wózek" in page
    assert "600" not in page
    assert "l@example.org" not in page
    assert client.get(f"{stage.page}/sessions/{stage.other_id}").status_code == 404
    assert client.get(f"{stage.page}/sessions/999999").status_code == 404


def test_what_a_speaker_says_of_herself_is_kept(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    said = {
        "csrf_token": world.csrf_token(client), "bio_pl": "Ekonomistka", "bio_en": "",
        "comes_at": "2027-06-16T12:00", "goes_at": "2027-06-16T18:00",
    }  # fmt: skip

    assert client.post(stage.page, data=said).headers["Location"] == stage.page

    assert "Ekonomistka" in words(client, f"/{stage.slug}/speakers")
    with app.app_context():
        row = queries.speaker(stage.speaker_id)
        assert row is not None
        assert row.availability == [["2027-06-16T10:00:00+00:00", "2027-06-16T16:00:00+00:00"]]
        assert (row.person.first_name, row.person.email) == ("Celina", "celina@example.org")
        found = queries.findings(queries.frame.event(stage.event_id))
        assert "speaker-away" in {str(one.finding.fault) for one in found}, "9:00 is too early"
    half = client.post(stage.page, data={**said, "goes_at": ""})
    assert half.status_code == 200
    assert "data-errors" in half.text


@pytest.mark.parametrize(
    "token", ["speaking_1-AAAA", "speaking_x", "nonsense", "my_1-AAAA", "x" * 90]
)
def test_other_tokens_open_nothing(stage: Set, client: FlaskClient, token: str) -> None:
    assert client.get(f"/speaking/{token}").status_code == 404


def test_a_link_that_was_replaced_opens_nothing(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    token = world.csrf_token(organiser)
    path = f"/{stage.slug}/desk/speakers/{stage.speaker_id}"

    organiser.post(f"{path}/new-link", data={"csrf_token": token})

    assert client.get(stage.page).status_code == 404
    page = organiser.get(path).text
    new = page.split('<p class="code"><a href="http://localhost')[1].split('"')[0]
    assert client.get(new).status_code == 200


def test_the_link_comes_by_mail(app: Flask, stage: Set, mailbox: Mailbox, run_jobs: Run) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    path = f"/{stage.slug}/desk/speakers/{stage.speaker_id}"
    organiser.post(f"{path}/link", data={"csrf_token": world.csrf_token(organiser)})

    run_jobs()

    letter = mailbox.last("celina@example.org")
    written = letter.get_body(("html",))
    assert written is not None
    assert "dla osób, które prowadzą zajęcia" in written.get_content()
    assert "w związku ze zgłoszeniem" not in written.get_content()
    assert letter["Subject"] == "Zajęcia do poprowadzenia: Seminarium"
    text = letter.get_body(("plain",)).get_content()
    assert f"http://localhost{stage.page}" in text
    assert "Próg: środa, 16 czerwca, 9:00–10:30, Sala Żółta" in text


def test_a_speaker_chooses_the_language_of_letters_and_page(
    app: Flask, stage: Set, client: FlaskClient, mailbox: Mailbox, run_jobs: Run
) -> None:
    assert "W jakim języku mamy pisać?" in markup.words_of(client.get(stage.page).text)
    said = {"csrf_token": world.csrf_token(client), "bio_pl": "", "bio_en": "", "locale": "en"}
    client.post(stage.page, data=said)

    assert "My sessions" in words(client, stage.page), "though the browser asks for Polish"
    path = f"{stage.page}/sessions/{stage.own_id}"
    assert "0 people have a place" in words(client, path)
    with app.app_context():
        programme.send_speaker_link(stage.speaker_id, NOW)
    run_jobs()
    letter = mailbox.last("celina@example.org")
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Your sessions: Seminar"
    assert "Próg: Wednesday, 16 June, 9:00–10:30, Yellow room" in text

    client.post("/language/pl", data={"next": ""})
    assert "Moje zajęcia" in words(client, stage.page), "the reader's own choice counts more"


def test_a_language_we_do_not_write_in_is_refused(stage: Set, client: FlaskClient) -> None:
    said = {"csrf_token": world.csrf_token(client), "locale": "de"}

    assert "data-errors" in client.post(stage.page, data=said).text


def test_the_organiser_chooses_it_too(
    app: Flask, stage: Set, mailbox: Mailbox, run_jobs: Run
) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    path = f"/{stage.slug}/desk/speakers"
    said = {
        "csrf_token": world.csrf_token(organiser), "first_name": "Ann", "last_name": "Other",
        "email": "ann@example.org", "locale": "en",
    }  # fmt: skip
    organiser.post(path, data=said)

    assert "ann@example.org po angielsku" in words(organiser, path)
    with app.app_context():
        (ann,) = (
            row for row in queries.speakers(stage.event_id) if row.person.last_name == "Other"
        )
        programme.edit_draft(stage.own_id, NOW, speaker_ids=[stage.speaker_id, ann.id])
        programme.release(stage.event_id, NOW)
    run_jobs()
    assert mailbox.last("ann@example.org")["Subject"] == "Changes of your sessions: Seminar"
    assert mailbox.last("celina@example.org")["Subject"] == "Zmiany zajęć: Seminarium"


def test_without_an_address_there_is_nothing_to_send(app: Flask, stage: Set) -> None:
    with app.app_context():
        row = programme.name_speaker(
            stage.event_id, NOW, title="", first_name="Jan", last_name="Cichy", email=None
        )
        with pytest.raises(Refused) as refused:
            programme.send_speaker_link(row.id, NOW)
    assert refused.value.reason is ProgrammeRefusal.SPEAKER_WITHOUT_EMAIL


def test_who_leads_what_a_release_moves_is_told_once(
    app: Flask, stage: Set, client: FlaskClient, mailbox: Mailbox, run_jobs: Run
) -> None:
    run_jobs()
    before = len(mailbox.to("celina@example.org"))
    with app.app_context():
        programme.edit_draft(stage.own_id, NOW, starts_at=at("11:00"), ends_at=at("12:30"))
        programme.edit_draft(stage.own_id, NOW, capacity=20)
        programme.edit_draft(stage.other_id, NOW, capacity=20)
        assert desk.outlook(queries.frame.event(stage.event_id)).speakers == 1
        programme.release(stage.event_id, NOW)

    run_jobs()

    *_earlier, letter = mailbox.to("celina@example.org")
    assert len(_earlier) == before
    text = letter.get_body(("plain",)).get_content()
    assert "zmiany dotyczą zajęć: Próg." in text
    assert "11:00–12:30" in text
    assert "zmienione" in words(client, stage.page)
    with app.app_context():
        programme.edit_draft(stage.other_id, NOW, capacity=25)
        programme.release(stage.event_id, NOW)
    run_jobs()
    assert len(mailbox.to("celina@example.org")) == before + 1


# --- edits that hold at once, as programs make them -------------------------------------------


def edit(app: Flask, session_id: int, now: datetime, **values: Any) -> None:
    with app.app_context():
        programme.edit_session(session_id, now, **values)


@pytest.fixture
def letters(stage: Set, hands: Clock, mailbox: Mailbox, run_jobs: Run) -> Callable[..., list[str]]:
    """A function that works until so many minutes have gone by, and returns the letters since."""
    hands.move_to(NOW)
    run_jobs()
    before = len(mailbox.to("celina@example.org"))

    def until(minutes: int, to: str = "celina@example.org") -> list[str]:
        hands.move_to(NOW + timedelta(minutes=minutes))
        run_jobs()
        own = mailbox.to(to)[before:] if "celina" in to else mailbox.to(to)
        return [text_of(letter) for letter in own]

    return until


def test_several_edits_within_ten_minutes_make_one_letter(
    app: Flask, stage: Set, letters: Callable[..., list[str]]
) -> None:
    edit(app, stage.own_id, NOW, starts_at=at("11:00"), ends_at=at("12:30"))
    edit(app, stage.own_id, NOW + timedelta(minutes=5), activity={"title": {"pl": "Progi"}})
    edit(app, stage.other_id, NOW, starts_at=at("15:00"), ends_at=at("16:00"))

    assert letters(9) == []
    (text,) = letters(10)
    assert "zmiany dotyczą zajęć: Progi." in text
    assert "11:00–12:30" in text
    assert letters(40) == [text]


def test_sessions_of_one_speaker_are_told_together(
    app: Flask, stage: Set, letters: Callable[..., list[str]]
) -> None:
    with app.app_context():
        programme.change_speakers(stage.other_id, [stage.speaker_id], NOW)
    edit(app, stage.own_id, NOW, capacity=20)
    edit(app, stage.other_id, NOW + timedelta(minutes=4), room_id=None, ends_at=at("15:10"))

    (text,) = letters(30)
    assert "zmiany dotyczą zajęć: Próg, Wykład obok." in text


def test_an_edit_that_is_taken_back_is_told_to_nobody(
    app: Flask, stage: Set, letters: Callable[..., list[str]]
) -> None:
    edit(app, stage.own_id, NOW, starts_at=at("11:00"), ends_at=at("12:30"))
    edit(app, stage.own_id, NOW, starts_at=at("9:00"), ends_at=at("10:30"))

    assert letters(40) == []
    edit(app, stage.own_id, NOW + timedelta(minutes=40), capacity=13)
    assert len(letters(60)) == 1


def test_what_is_called_off_is_told_and_what_a_release_told_is_not_told_again(
    app: Flask, stage: Set, letters: Callable[..., list[str]]
) -> None:
    with app.app_context():
        programme.cancel_session(stage.own_id, NOW)
    (text,) = letters(10)
    assert "Próg (odwołane)" in text

    with app.app_context():
        programme.change_speakers(stage.other_id, [stage.speaker_id], NOW)
        programme.edit_draft(stage.other_id, NOW, capacity=30)
    edit(app, stage.other_id, NOW, ends_at=at("16:00"))
    with app.app_context():
        programme.release(stage.event_id, NOW)
    assert len(letters(40)) == 2, "the release tells, and says all of it"


def test_a_title_is_told_to_all_who_hold_the_workshop(
    app: Flask, stage: Set, letters: Callable[..., list[str]]
) -> None:
    with app.app_context():
        second = programme.name_speaker(
            stage.event_id, NOW, title="", first_name="Jan", last_name="Drugi",
            email="jan@example.org",
        )  # fmt: skip
        own = queries.session(stage.own_id)
        assert own is not None
        programme.add_session(
            own.activity_id, NOW, starts_at=at("16:00"), ends_at=at("17:00"),
            speaker_ids=[second.id],
        )  # fmt: skip
    edit(app, stage.own_id, NOW, activity={"title": {"pl": "Progi"}})

    assert ["Progi" in text for text in letters(30)] == [True]
    assert ["Progi" in text for text in letters(30, "jan@example.org")] == [True]


def test_the_api_tells_speakers(
    app: Flask, stage: Set, client: FlaskClient, letters: Callable[..., list[str]]
) -> None:
    with app.app_context():
        _row, token = factories.events.issue_token(stage.event_id, "plan", ["all"], NOW)
    path = f"/api/v1/sessions/{stage.own_id}"
    headers = world.bearing(token)
    headers["If-Match"] = client.get(path, headers=headers).headers["ETag"]

    answer = client.patch(path, json={"starts_at": "2027-06-16T09:15:00+02:00"}, headers=headers)

    assert answer.status_code == 200
    (text,) = letters(10)
    assert "Próg: środa, 16 czerwca, 9:15–10:30, Sala Żółta" in text


def test_the_link_works_before_anything_is_published(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        host = factories.events.keep_host("osrodek", "Ośrodek wsparcia")
        event = factories.events.create_event(
            host.id, NOW, slug="cicho", title={"pl": "Cicho"}, starts_on=factories.FIRST_DAY,
            ends_on=factories.FIRST_DAY,
        )  # fmt: skip
        row = programme.name_speaker(
            event.id, NOW, title="", first_name="Jan", last_name="Cichy", email=None
        )
        token = queries.link_token(row)

    page = client.get(f"/speaking/{token}")

    assert "W opublikowanym programie nie ma jeszcze" in page.text
    assert 'href="/cicho/' not in page.text
