"""Materials on pages: a speaker gives them by the personal link, those who may fetch them do."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from eventapp.events import commands as events
from eventapp.events.access import Role
from eventapp.programme import commands as programme
from eventapp.programme import queries
from eventapp.programme.models import Audience, Material, Opening, SignUpRule
from eventapp.registrations import queries as people
from eventapp.signups import commands as signups
from tests import factories
from tests.conftest import Clock
from tests.factories import NOW, at
from tests.harness import files, markup, world

PL = {"Accept-Language": "pl"}


@dataclass(frozen=True)
class Set:
    """A session that a speaker leads, and one that she does not."""

    event_id: int
    slug: str
    speaker_id: int
    token: str
    session_id: int
    activity_id: int
    other_activity_id: int

    @property
    def list(self) -> str:
        return f"/speaking/{self.token}/activities/{self.activity_id}/materials"

    @property
    def session(self) -> str:
        return f"/{self.slug}/sessions/{self.session_id}"


@pytest.fixture
def stage(app: Flask, hands: Clock) -> Set:
    hands.move_to(NOW)
    with app.app_context():
        event = factories.make_event()
        speaker = programme.name_speaker(
            event.id, NOW, title="", first_name="Celina", last_name="Żak", email=None
        )
        own = factories.make_session(event, title="Próg", capacity=12)
        programme.edit_draft(own.id, NOW, speaker_ids=[speaker.id])
        other = factories.make_session(event, title="Wykład obok", starts_at=at("14:00"))
        programme.release(event.id, NOW)
        return Set(
            event.id, event.slug, speaker.id, queries.link_token(speaker),
            own.id, own.activity_id, other.activity_id,
        )  # fmt: skip


def send(
    client: FlaskClient, path: str, content: bytes | None, name: str = "slajdy.pdf", **said: Any
) -> TestResponse:
    """Send a file with what is said of it, as a browser does."""
    data = {
        "csrf_token": world.csrf_token(client), "title_pl": "Slajdy", "title_en": "",
        "audience": "participants", "opening": "at-once", **said,
    }  # fmt: skip
    if content is not None:
        data["file"] = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart(data)
    media_type = f"multipart/form-data; boundary={boundary}"
    return client.post(path, data=body, headers=PL, content_type=media_type)


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=PL)
    assert answer.status_code == 200, path
    return markup.words_of(answer.text)


def kept(app: Flask, activity_id: int) -> list[Material]:
    with app.app_context():
        return list(queries.materials(activity_id))


def give(app: Flask, stage: Set, audience: Audience, opening: Opening = Opening.AT_ONCE) -> int:
    """Add a material and return its id."""
    with app.app_context():
        upload = world.Upload("pdf", files.PDF, "slajdy.pdf", "x.pdf")
        return programme.add_material(
            stage.activity_id, upload, NOW,
            title={"pl": "Slajdy"}, audience=audience, opening=opening,
        ).id  # fmt: skip


def participant(app: Flask, stage: Set, *, seated: bool = True) -> FlaskClient:
    """Return the browser of somebody who registered, and has a place in the session."""
    with app.app_context():
        event = queries.frame.event(stage.event_id)
        who = factories.make_registration(event)
        if seated:
            signups.sign_up(stage.session_id, who.id, NOW)
        link = people.link_token(who)
    client = app.test_client()
    client.get(f"/{stage.slug}/my/{link}")
    return client


# --- what a speaker gives ---------------------------------------------------------------------


def test_a_speaker_adds_slides_without_a_password(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    assert "Dodaj materiały" in words(client, f"/speaking/{stage.token}")

    answer = send(client, stage.list, files.office("pptx"), "moja prezentacja.PPTX")

    assert answer.headers["Location"] == stage.list
    page = words(client, stage.list)
    assert "Dodano: moja prezentacja.pptx." in page
    assert "Slajdy (PPTX, 1 kB) osoby biorące udział w tych zajęciach, od razu" in page
    assert "Slajdy (PPTX, 1 kB)" in words(client, f"/speaking/{stage.token}")
    (row,) = kept(app, stage.activity_id)
    fetched = client.get(f"/speaking/{stage.token}/materials/{row.id}")
    assert fetched.data == files.office("pptx")
    assert fetched.headers["Content-Disposition"].startswith("attachment; ")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (None, "", "Wybierz plik."),
        (b"", "slajdy.pdf", "Plik jest pusty."),
        (b"MZ\x90\x00", "slajdy.pdf", "Ten rodzaj pliku nie jest przyjmowany."),
        (b"<script>alert(1)</script>", "slajdy.html", "Ten rodzaj pliku nie jest przyjmowany."),
        (b"%PDF-" + b"x" * 30_000_000, "slajdy.pdf", "Plik może mieć najwyżej 20 MB."),
    ],
    ids=["none", "empty", "program", "page", "large"],
)
def test_what_cannot_be_taken_is_said_beside_the_field(
    app: Flask, stage: Set, client: FlaskClient, content: bytes | None, name: str, sentence: str
) -> None:
    answer = send(client, stage.list, content, name, title_pl="Moje slajdy")

    assert answer.status_code == 200
    assert sentence in markup.words_of(answer.text)
    assert 'value="Moje slajdy"' in answer.text
    assert kept(app, stage.activity_id) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("żółw" * 75 + ".pdf", "żółw" * 25 + ".pdf"),
        ("gnp\u202efdp.pdf", "file.pdf"),
        ("../../passwd", "passwd.pdf"),
    ],
    ids=["long", "direction", "path"],
)
def test_odd_names_become_harmless(
    app: Flask, stage: Set, client: FlaskClient, name: str, shown: str
) -> None:
    assert send(client, stage.list, files.PDF, name).status_code == 303

    assert [row.file_name for row in kept(app, stage.activity_id)] == [shown]


@pytest.mark.parametrize(
    "said",
    [{"title_pl": "x\u202ey"}, {"title_pl": "x" * 121}, {"audience": "nobody"}],
    ids=["direction", "long", "audience"],
)
def test_odd_words_are_refused(
    app: Flask, stage: Set, client: FlaskClient, said: dict[str, str]
) -> None:
    answer = send(client, stage.list, files.PDF, **said)

    assert answer.status_code == 200
    assert "data-errors" in answer.text
    assert "Wybierz plik jeszcze raz" in markup.words_of(answer.text)
    assert kept(app, stage.activity_id) == []


def test_an_upload_that_breaks_off_leaves_nothing(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    token = world.csrf_token(client)
    broken = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--x\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 half'
    )

    answer = client.post(stage.list, data=broken, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 400
    assert kept(app, stage.activity_id) == []


def test_a_slip_is_mended_from_the_toast(app: Flask, stage: Set, client: FlaskClient) -> None:
    send(client, stage.list, files.PDF)
    (row,) = kept(app, stage.activity_id)
    own = f"/speaking/{stage.token}/materials/{row.id}"
    csrf = {"csrf_token": world.csrf_token(client)}

    assert client.post(f"{own}/removal", data=csrf).headers["Location"] == stage.list

    page = client.get(stage.list, headers=PL).text
    assert "Usunięto: slajdy.pdf." in markup.words_of(page)
    assert f'action="{own}/return"' in page
    assert client.get(own).status_code == 404
    assert client.get(f"{own}/edit").status_code == 404
    client.post(f"{own}/return", data=csrf)
    assert client.get(own).data == files.PDF


def test_another_file_takes_its_place_and_other_people_may_fetch_it(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    send(client, stage.list, files.PDF)
    (row,) = kept(app, stage.activity_id)
    edit = f"/speaking/{stage.token}/materials/{row.id}/edit"
    assert 'value="Slajdy"' in client.get(edit).text

    send(client, edit, files.office("odp"), "lepsze.odp", title_pl="", audience="everybody")

    (new,) = kept(app, stage.activity_id)
    assert (new.file_name, new.title, new.audience) == ("lepsze.odp", {}, Audience.EVERYBODY)
    page = client.get(stage.list, headers=PL).text
    assert "lepsze (ODP, 1 kB) każdy, kto czyta program, od razu" in markup.words_of(page)
    assert f"/materials/{row.id}/return" in page, "the toast gives the old file back"


def test_only_what_one_leads_and_only_by_the_present_link(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    mine = give(app, stage, Audience.PARTICIPANTS)
    foreign = stage.list.replace(str(stage.activity_id), str(stage.other_activity_id))
    assert client.get(foreign).status_code == 404
    assert send(client, foreign, files.PDF).status_code == 404
    with app.app_context():
        programme.renew_speaker_link(stage.speaker_id, NOW)

    csrf = {"csrf_token": world.csrf_token(client)}
    assert client.get(stage.list).status_code == 404
    assert send(client, stage.list, files.PDF).status_code == 404
    assert client.get(f"/speaking/{stage.token}/materials/{mine}").status_code == 404
    path = f"/speaking/{stage.token}/materials/{mine}/removal"
    assert client.post(path, data=csrf).status_code == 404
    assert [row.id for row in kept(app, stage.activity_id)] == [mine]


def test_an_archived_event_says_no_with_a_sentence(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    with app.app_context():
        events.archive_event(stage.event_id, NOW)

    assert send(client, stage.list, files.PDF).status_code == 303

    assert "To wydarzenie jest zarchiwizowane" in words(client, stage.list)
    assert kept(app, stage.activity_id) == []


# --- who fetches it ---------------------------------------------------------------------------


def fetch(client: FlaskClient, stage: Set, material_id: int) -> int:
    return client.get(f"{stage.session}/materials/{material_id}").status_code


def test_what_is_for_everybody_stands_on_the_page_of_the_session(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    material_id = give(app, stage, Audience.EVERYBODY)

    assert "Materiały Slajdy (PDF, 1 kB)" in words(client, stage.session)
    answer = client.get(f"{stage.session}/materials/{material_id}")
    assert answer.data == files.PDF
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="slajdy.pdf"')


def test_what_is_for_participants_is_not_even_named_to_others(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    material_id = give(app, stage, Audience.PARTICIPANTS)
    seated, queued = participant(app, stage), participant(app, stage, seated=False)

    for stranger in (client, queued):
        assert "Slajdy" not in words(stranger, stage.session)
        assert fetch(stranger, stage, material_id) == 404
    assert "Slajdy" not in words(queued, f"/{stage.slug}/my")
    assert "Slajdy (PDF, 1 kB)" in words(seated, stage.session)
    assert "Slajdy (PDF, 1 kB)" in words(seated, f"/{stage.slug}/my")
    answer = seated.get(f"{stage.session}/materials/{material_id}")
    assert answer.data == files.PDF
    assert answer.headers["Cache-Control"] == "no-store"


def test_where_nobody_signs_up_all_who_take_part_may_fetch_it(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    material_id = give(app, stage, Audience.PARTICIPANTS)
    with app.app_context():
        programme.change_session(stage.session_id, NOW, sign_up=SignUpRule.NONE)

    assert fetch(participant(app, stage, seated=False), stage, material_id) == 200
    assert fetch(client, stage, material_id) == 404


@pytest.mark.parametrize(("now", "status"), [(at("10:29"), 404), (at("10:30"), 200)])
def test_what_comes_afterwards_comes_when_the_session_has_ended(
    app: Flask, stage: Set, client: FlaskClient, hands: Clock, now: datetime, status: int
) -> None:
    material_id = give(app, stage, Audience.EVERYBODY, Opening.AFTERWARDS)
    hands.move_to(now)

    assert fetch(client, stage, material_id) == status
    assert ("Slajdy" in words(client, stage.session)) is (status == 200)


def test_the_team_fetches_all_and_one_of_another_event_nothing(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    material_id = give(app, stage, Audience.PARTICIPANTS, Opening.AFTERWARDS)
    with app.app_context():
        other = factories.make_event(slug="inne")
        elsewhere = factories.make_session(other)
    reader = world.member(app, stage.event_id, Role.READER)
    stranger = world.member(app, other.id, Role.ORGANISER)

    assert fetch(reader, stage, material_id) == 200
    assert reader.get(f"/{stage.slug}/desk/materials/{material_id}").status_code == 200
    assert fetch(stranger, stage, material_id) == 404
    path = f"/inne/sessions/{elsewhere.id}/materials/{material_id}"
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"/inne/desk/materials/{material_id}").status_code == 404


def test_a_session_that_is_called_off_hands_nothing_out(
    app: Flask, stage: Set, client: FlaskClient
) -> None:
    material_id = give(app, stage, Audience.EVERYBODY)
    with app.app_context():
        programme.cancel_session(stage.session_id, NOW)

    assert fetch(client, stage, material_id) == 404
    assert "Slajdy" not in words(client, stage.session)
    assert "Slajdy (PDF" in words(client, f"/speaking/{stage.token}")


def test_it_is_kept_when_the_session_moves(app: Flask, stage: Set, client: FlaskClient) -> None:
    give(app, stage, Audience.EVERYBODY)
    with app.app_context():
        programme.edit_draft(stage.session_id, NOW, starts_at=at("16:00"), ends_at=at("17:00"))
        programme.release(stage.event_id, NOW)

    assert "Slajdy (PDF" in words(client, stage.session)


# --- the organiser ----------------------------------------------------------------------------


def test_the_organiser_does_the_same_and_sees_what_is_there(app: Flask, stage: Set) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    form = f"/{stage.slug}/desk/plan/{stage.session_id}"
    shelf = f"/{stage.slug}/desk/activities/{stage.activity_id}/materials"
    assert "dodają je osoby prowadzące" in words(organiser, form)

    assert send(organiser, shelf, files.office("xlsx"), "a.xlsx").headers["Location"] == shelf

    told = "Slajdy (XLSX, 1 kB) osoby biorące udział w tych zajęciach, od razu"
    assert told in words(organiser, form)
    assert "Próg warsztat 1 plik" in words(organiser, f"/{stage.slug}/desk/plan")
    (row,) = kept(app, stage.activity_id)
    csrf = {"csrf_token": world.csrf_token(organiser)}
    organiser.post(f"/{stage.slug}/desk/materials/{row.id}/removal", data=csrf)
    assert "Usunięto: a.xlsx." in words(organiser, shelf)
    assert "Usunięto materiały do zajęć" in words(organiser, f"/{stage.slug}/desk/history")


def test_a_page_asks_as_often_for_many_as_for_one(
    app: Flask, stage: Set, recorded: Callable[..., Any]
) -> None:
    seated = participant(app, stage)
    give(app, stage, Audience.PARTICIPANTS)
    pages = [f"/{stage.slug}/my", stage.session, f"/speaking/{stage.token}", stage.list]

    def asked() -> list[int]:
        counts = []
        for path in pages:
            seated.get(path)
            with recorded() as statements:
                assert seated.get(path).status_code == 200
            counts.append(len(statements))
        return counts

    before = asked()
    with app.app_context():
        for number in range(3):
            programme.add_material(
                stage.activity_id,
                world.Upload("pdf", files.PDF + bytes([65 + number]), "a.pdf", "x.pdf"), NOW,
                title={}, audience=Audience.PARTICIPANTS, opening=Opening.AT_ONCE,
            )  # fmt: skip
    assert asked() == before
