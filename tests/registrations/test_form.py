"""The registration form in the hands of somebody who is in a hurry."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.registrations import commands, queries
from eventapp.registrations.rules.enquiry import Kind
from tests import factories
from tests.factories import NOW
from tests.harness import markup, world


@pytest.fixture
def event(app: Flask) -> tuple[int, str]:
    with app.app_context():
        row = factories.make_event()
        return row.id, row.slug


def send(client: FlaskClient, slug: str, key: str, **said: str) -> str:
    """Send the form and return the page to which it leads."""
    form = {
        "csrf_token": world.csrf_token(client), "submission": key, "first_name": "Żaneta",
        "last_name": "Ćwik", "email": "biuro@example.org", "category": "fundacja", "clause": "y",
    }  # fmt: skip
    answer = client.post(f"/{slug}/register", data=form | said, follow_redirects=True)
    assert answer.status_code == 200
    return markup.words_of(answer.text)


def test_a_double_click_registers_once(
    app: Flask, client: FlaskClient, event: tuple[int, str]
) -> None:
    event_id, slug = event
    key = str(uuid4())

    pages = [send(client, slug, key) for _ in range(2)]

    assert ["Żaneta Ćwik" in page for page in pages] == [True, True]
    with app.app_context():
        assert queries.people_count(event_id) == 1


def test_who_goes_back_and_types_somebody_else_registers_another_person(
    app: Flask, client: FlaskClient, event: tuple[int, str]
) -> None:
    event_id, slug = event
    key = str(uuid4())
    send(client, slug, key)

    page = send(client, slug, key, first_name="Łukasz", last_name="Źdźbło")

    assert "Łukasz Źdźbło" in page
    assert "Żaneta" not in page
    with app.app_context():
        assert queries.people_count(event_id) == 2


# --- what an event asks -------------------------------------------------------------------


@pytest.fixture
def asking_event(app: Flask, event: tuple[int, str]) -> tuple[int, str]:
    event_id, _slug = event
    with app.app_context():
        asked = commands.add_question(
            event_id, NOW, kind=Kind.YES_NO, label={"pl": "Autokar?"}, required=True
        )
        commands.add_question(
            event_id, NOW, kind=Kind.NUMBER, label={"pl": "Ile walizek?"}, required=True,
            depends_on=asked.code, depends_answer="yes",
        )  # fmt: skip
        commands.add_question(
            event_id, NOW, kind=Kind.SHORT_TEXT, label={"pl": "Skąd o nas wiesz?"}
        )
        commands.set_eligibility(event_id, NOW, "fundacja", {"needs_nip": True})
        commands.edit_form(
            event_id, NOW, fields={"phone": "required", "krs": "required", "regon": "optional"}
        )
    return event


ANSWERED = {
    "phone": "600 100 200", "nip": "525-224-84-81", "organisation": "Fundacja",
    "krs": "KRS 0000 123456",
}  # fmt: skip


WRONG = [
    ({}, "Prosimy odpowiedzieć na to pytanie."),
    ({"q_autokar": "yes"}, "Ile walizek: Prosimy odpowiedzieć na to pytanie."),
    ({"q_autokar": "yes", "q_ile_walizek": "dwie"}, "Ile walizek: Prosimy wpisać liczbę"),
    ({"q_autokar": "maybe"}, "Autokar: Prosimy odpowiedzieć: tak lub nie."),
    ({"q_autokar": "no", "phone": ""}, "Telefon: Prosimy uzupełnić to pole."),
    ({"q_autokar": "no", "phone": "600 100"}, "liczba cyfr w tym numerze: 6"),
    ({"q_autokar": "no", "nip": "525-224-84-18"}, "dwie cyfry nie zamieniły się miejscami"),
    ({"q_autokar": "no", "nip": ""}, "NIP organizacji: W tej kategorii potrzebny jest NIP"),
    ({"q_autokar": "no", "krs": "123456"}, "Liczba cyfr w tym numerze KRS: 6"),
    ({"q_autokar": "no", "krs": ""}, "KRS organizacji: Prosimy uzupełnić to pole."),
    ({"q_autokar": "no", "organisation": ""}, "nie znamy jeszcze tego numeru NIP"),
]


def test_what_is_wrong_is_told_beside_its_field(
    app: Flask, client: FlaskClient, asking_event: tuple[int, str]
) -> None:
    event_id, slug = asking_event

    for said, told in WRONG:
        assert told in send(client, slug, str(uuid4()), **{**ANSWERED, **said})

    with app.app_context():
        assert queries.people_count(event_id) == 0


def test_what_is_not_asked_is_not_kept_and_the_rest_follows_under_my_details(
    app: Flask, client: FlaskClient, asking_event: tuple[int, str]
) -> None:
    event_id, slug = asking_event
    send(client, slug, str(uuid4()), **ANSWERED, q_autokar="no", q_ile_walizek="2")
    with app.app_context():
        (row,) = queries.people(event_id)
        assert queries.answers(row.id) == {"autokar": False}
        assert queries.clause_number(event_id, NOW) == "1"

    page = markup.words_of(client.get(f"/{slug}/my/details").text)
    assert "Podano 2 / 5" in page
    form = {
        "csrf_token": world.csrf_token(client), "submission": str(uuid4()), "first_name": "Żaneta",
        "last_name": "Ćwik", "email": "nowy@example.org", "diet": "wegańska", "q_autokar": "yes",
        "q_ile_walizek": "1,5", "q_skad_o_nas_wiesz": "z gazety", "phone": "600100200",
        "nip": "5252248481", "organisation": "Fundacja", "krs": "0000654321", "regon": "012345675",
    }  # fmt: skip
    assert 'value="0000123456"' in client.get(f"/{slug}/my/details").text
    wrong = client.post(f"/{slug}/my/details", data={**form, "regon": "012345657"})
    assert "dwie cyfry nie zamieniły się miejscami" in markup.words_of(wrong.text)
    saved = client.post(f"/{slug}/my/details", data=form, follow_redirects=True)
    assert "Podano 5 / 6" in markup.words_of(saved.text)
    with app.app_context():
        (row,) = queries.people(event_id)
        # What is known of an organisation stays, what nobody has said yet is learnt.
        assert row.organisation is not None
        assert (row.organisation.krs, row.organisation.regon) == ("0000123456", "012345675")
    withdrawn = {"csrf_token": form["csrf_token"], "given": "yes"}
    client.post(f"/{slug}/my/consents/photo", data=withdrawn)
    kept = client.get(f"/{slug}/my/data.json").json
    assert kept is not None
    assert (kept["email"], kept["diet"]) == ("nowy@example.org", "wegańska")
    assert [one["answer"] for one in kept["answers"]] == [True, 1.5, "z gazety"]
    assert kept["consents"]["photo"] is True
