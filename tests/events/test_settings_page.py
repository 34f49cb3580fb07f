"""The settings by form: project, time zone, the strip of signs on pages and paper."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from eventapp.desk import commands as desk
from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.events.models import Event
from eventapp.registrations import commands as registrations
from eventapp.registrations.models import State
from tests import factories
from tests.factories import FIRST_DAY, NOW
from tests.harness import markup, world
from tests.harness.mailbox import Mailbox

PROJECT = {
    "project_title_pl": "Ośrodek wsparcia",
    "project_title_en": "Support centre",
    "project_number": "RP/1",
    "project_funding_line_pl": "Ze środków EFS",
    "project_retention_until": "2033-12-31",
    "project_de_minimis": "y",
}


class Settings:
    """An organiser's browser at the settings of an event."""

    def __init__(self, app: Flask, **columns: Any) -> None:
        with app.app_context():
            event = factories.make_event(**columns)
            self.event_id, self.slug = event.id, event.slug
        self.app = app
        self.client = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def get(self, path: str = "/desk/settings") -> TestResponse:
        return self.client.get(f"/{self.slug}{path}")

    def post(self, path: str = "/desk/settings", **data: Any) -> TestResponse:
        return self.client.post(f"/{self.slug}{path}", data={"csrf_token": self.token, **data})

    def save(self, **data: Any) -> TestResponse:
        """Send the form as the browser shows it, with what was changed."""
        usual = {"title_pl": "Seminarium", "title_en": "Seminar", "grace_minutes": "15",
                 "certificate_min_percent": "80", "walk_ins": "y", "tells_decisions": "y",
                 "contact_email": "biuro@example.org"}  # fmt: skip
        return self.post(**usual | data)

    def event(self) -> Event:
        with self.app.app_context():
            found = frame.event(self.event_id)
            assert found is not None
            return found


@pytest.fixture
def settings(app: Flask) -> Settings:
    return Settings(app)


def png(width: int = 600) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, 80), "#FFFFFF").save(buffer, "PNG")
    return buffer.getvalue()


# --- the project --------------------------------------------------------------------------


def test_the_project_is_kept_and_shown_where_it_belongs(
    settings: Settings, client: FlaskClient
) -> None:
    assert settings.save(**PROJECT).status_code == 303

    assert settings.event().project == {
        "title": {"pl": "Ośrodek wsparcia", "en": "Support centre"},
        "number": "RP/1",
        "funding_line": {"pl": "Ze środków EFS"},
        "de_minimis": True,
        "retention_until": "2033-12-31",
    }
    page = settings.get().text
    assert 'value="Ośrodek wsparcia"' in page
    assert 'value="2033-12-31"' in page
    home = client.get(f"/{settings.slug}/").text
    assert 'alt="Ze środków EFS"' in home
    assert "2033-12-31" in client.get(f"/{settings.slug}/privacy").text


def test_saving_what_a_file_brought_changes_nothing(app: Flask) -> None:
    project = {"title": "Ośrodek", "title_en": "Centre", "de_minimis": False, "own": "x",
               "funding_line": {"pl": "EFS"}, "retention_until": "2033-12-31"}  # fmt: skip
    settings = Settings(app, project=project)
    given = {"project_title_pl": "Ośrodek", "project_title_en": "Centre",
             "project_funding_line_pl": "EFS", "project_retention_until": "2033-12-31"}  # fmt: skip

    page = settings.client.get(settings.save(**given).headers["Location"]).text

    assert settings.event().project == project
    assert "/desk/undo/" not in page, "where nothing differs there is nothing to take back"


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"project_title_pl": "x" * 501}, "Największa dozwolona liczba znaków: 500."),
        ({"project_number": "a\u202eb"}, "odwraca kierunek"),
        ({"project_retention_until": "kiedyś"}, "dat"),
        ({"timezone": "Europe/Zamość"}, "wyb"),
    ],
)
def test_what_cannot_be_kept_is_said(settings: Settings, bad: dict[str, str], told: str) -> None:
    page = settings.save(**PROJECT | bad)

    assert page.status_code == 200
    assert told in markup.words_of(page.text).replace("\u00a0", " ")
    assert settings.event().project == {}


# --- the time zone ------------------------------------------------------------------------


def test_a_zone_is_chosen_until_something_is_planned(settings: Settings) -> None:
    page = settings.get().text
    zones = re.findall(r'<option[^>]*value="([^"]+)"', page.split('name="timezone"')[1])
    assert zones[0] == "Europe/Warsaw"
    assert "Europe/Kyiv" in zones
    assert [zone for zone in zones if zone.startswith(("Etc/", "posix", "US/"))] == []

    settings.save(timezone="Europe/Kyiv", registration_opens_at="2027-05-10T08:00")
    assert settings.event().timezone == "Europe/Kyiv"
    assert 'value="2027-05-10T08:00"' in settings.get().text, "what was typed is what is shown"

    with settings.app.app_context():
        event = frame.event(settings.event_id)
        factories.make_session(event)
    page = settings.get().text
    assert '<select class="input input--short" id="timezone"' not in page
    assert "Godziny podawane są w strefie Europe/Kyiv" in page
    refused = settings.save(timezone="Europe/Warsaw", registration_opens_at="2027-05-10T08:00")
    assert "coś już zaplanowano" in refused.text
    assert settings.event().timezone == "Europe/Kyiv"


# --- the strip of signs -------------------------------------------------------------------


def given(content: bytes, name: str = "znaki.png", **words: str) -> dict[str, Any]:
    usual = {"alt_pl": "Fundusze Europejskie, Unia Europejska", "alt_en": "European Funds"}
    return {"file": (io.BytesIO(content), name), **usual, **words}


def test_the_strip_stands_on_pages_and_paper(settings: Settings, client: FlaskClient) -> None:
    assert settings.post("/desk/settings/strip", **given(png())).status_code == 303

    address = f"/{settings.slug}/sign-strip/{settings.event().sign_strip['strip_id']}"
    for path in ("", "programme", "privacy", "programme/paper"):
        page = client.get(f"/{settings.slug}/{path}").text
        assert f'src="{address}" alt="Fundusze Europejskie, Unia Europejska"' in page, path
    english = client.get(f"/{settings.slug}/", headers={"Accept-Language": "en"}).text
    assert 'alt="European Funds"' in english
    answer = client.get(address)
    assert answer.data == png()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")

    settings.post("/desk/settings/strip", alt_pl="Inne słowa")
    assert 'alt="Inne słowa"' in client.get(f"/{settings.slug}/").text
    settings.post("/desk/settings/strip/removal")
    assert address not in client.get(f"/{settings.slug}/").text


def test_a_strip_belongs_to_its_event(settings: Settings, app: Flask) -> None:
    settings.post("/desk/settings/strip", **given(png()))
    other = Settings(app)

    number = settings.event().sign_strip["strip_id"]
    assert other.get(f"/sign-strip/{number}").status_code == 404
    assert other.event().sign_strip == {}


@pytest.mark.parametrize(
    ("content", "words", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "Ten rodzaj pliku nie jest"),
        (b"%PDF-1.4", {}, "Ten rodzaj pliku nie jest"),
        (b"\x89PNG\r\n\x1a\n", {}, "Obraz jest uszkodzony."),
        (png(), {"alt_pl": ""}, "Proszę wymienić znaki."),
        (png(), {"alt_pl": "x" * 501}, "Największa dozwolona liczba znaków: 500."),
    ],
)
def test_what_is_no_strip_is_said(
    settings: Settings, content: bytes, words: dict[str, str], told: str
) -> None:
    page = settings.post("/desk/settings/strip", **given(content, **words))

    assert page.status_code == 200
    assert told in markup.words_of(page.text).replace("\u00a0", " ")
    assert settings.event().sign_strip == {}


def test_words_alone_are_no_strip(settings: Settings) -> None:
    page = settings.post("/desk/settings/strip", alt_pl="Znaki")

    assert "Proszę wybrać obraz zestawienia." in page.text


def test_only_organisers_change_the_strip(settings: Settings, app: Flask) -> None:
    other = world.member(app, settings.event_id, Role.READER)

    assert other.get(f"/{settings.slug}/desk/settings/strip").status_code == 403


def test_letters_carry_the_sentence_about_the_funding(
    settings: Settings, app: Flask, mailbox: Mailbox, run_jobs: Any
) -> None:
    settings.save(**PROJECT)
    with app.app_context():
        event = frame.event(settings.event_id)
        row = factories.make_registration(event, state=State.PENDING, email="anna@example.org")
        registrations.decide(row.id, State.QUALIFIED, NOW)
    run_jobs()

    letter = mailbox.last("anna@example.org")
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        assert "Ze środków EFS" in body.get_content(), kind


def test_an_event_like_another_has_a_strip_of_its_own(settings: Settings, app: Flask) -> None:
    settings.post("/desk/settings/strip", **given(png()))
    with app.app_context():
        source = frame.event(settings.event_id)
        assert source is not None
        account_id = world.extra_account(app, "administrator", NOW)
        made, _counts = desk.found_like(
            account_id, NOW, source, ["settings"], host="Ośrodek", slug="nowe",
            title={"pl": "Nowe"}, starts_on=FIRST_DAY, ends_on=FIRST_DAY,
            label=lambda number, _on: {"pl": str(number)},
        )  # fmt: skip
        strip_id = made.sign_strip["strip_id"]
        assert strip_id != source.sign_strip["strip_id"]
        assert made.sign_strip["alt"] == source.sign_strip["alt"]
        held = frame.strip(made.id, strip_id)
        assert held is not None
        assert held.content == png()
