"""Finding one's way on the day: now and next, rooms, speakers, paper, signs."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.programme import commands as programme
from eventapp.programme import queries
from eventapp.signups import commands as signups
from tests import factories
from tests.conftest import Clock
from tests.factories import NOW, at
from tests.harness import markup, world


@dataclass(frozen=True)
class Held:
    """An event and what `held` put into it."""

    event_id: int
    slug: str
    room_id: int
    first_id: int
    second_id: int


def held(app: Flask) -> Held:
    """Two sessions one after the other in one room, the second led by somebody; one elsewhere."""
    with app.app_context():
        event = factories.make_event()
        room = factories.make_room(event, name={"pl": "Sala Żółta", "en": "Yellow room"})
        first = factories.make_session(
            event, title="Otwarcie", starts_at=at("9:00"), minutes=60, room_id=room.id
        )
        second = factories.make_session(
            event, title="Próg rentowności", starts_at=at("10:30"), minutes=60, room_id=room.id
        )
        speaker = programme.name_speaker(
            event.id, NOW, title="dr", first_name="Celina", last_name="Żak", email=None
        )
        programme.edit_draft(second.id, NOW, speaker_ids=[speaker.id])
        factories.make_session(event, title="Spacer", starts_at=at("9:00", day=2), minutes=30)
        programme.add_break(
            event.id,
            NOW,
            starts_at=at("10:00"),
            ends_at=at("10:30"),
            title={"pl": "Kawa", "en": "Tea"},
        )
        programme.release(event.id, NOW)
        return Held(event.id, event.slug, room.id, first.id, second.id)


def words(client: FlaskClient, address: str, locale: str = "pl") -> str:
    answer = client.get(address, headers={"Accept-Language": locale})
    assert answer.status_code == 200, address
    return markup.words_of(answer.text)


def test_now_follows_the_clock(app: Flask, client: FlaskClient, hands: Clock) -> None:
    event = held(app)
    address = f"/{event.slug}/now"

    assert "Najbliższe zajęcia: środa, 16 czerwca, od 9:00." in words(client, address)
    hands.move_to(at("9:20"))
    assert "Sala Żółta teraz do 10:00 Otwarcie 10:30 Próg rentowności" in words(client, address)
    hands.move_to(at("10:10"))
    between = words(client, address, "en")
    assert "10:00–10:30 Tea Yellow room Nothing at the moment. 10:30" in between
    hands.move_to(at("10:45"))
    assert "dr Celina Żak Dziś już nic więcej." in words(client, address)
    hands.move_to(at("20:00"))
    assert "Najbliższe zajęcia: czwartek, 17 czerwca, od 9:00." in words(client, address)
    hands.move_to(at("9:10", day=2))
    assert "Poza salami teraz do 9:30 Spacer" in words(client, address)
    hands.move_to(at("9:10", day=4))
    assert "Ostatnie zajęcia się zakończyły." in words(client, address)


def test_now_is_kept_for_its_minute_and_right_in_the_next(
    app: Flask, client: FlaskClient, hands: Clock
) -> None:
    event = held(app)
    hands.move_to(at("9:20"))
    address = f"/{event.slug}/now"
    known = {"If-None-Match": client.get(address).headers["ETag"]}

    assert client.get(address, headers=known).status_code == 304
    hands.move_to(at("9:21"))
    assert client.get(address, headers=known).status_code == 200
    known = {"If-None-Match": client.get(address).headers["ETag"]}
    with app.app_context():
        programme.cancel_session(event.first_id, at("9:21"))
    assert "Otwarcie" not in client.get(address, headers=known).text


def test_the_board_is_the_same_without_links(app: Flask, client: FlaskClient, hands: Clock) -> None:
    event = held(app)
    hands.move_to(at("9:20"))
    page = client.get(f"/{event.slug}/board").text

    assert "Sala Żółta teraz do 10:00 Otwarcie" in markup.words_of(page)
    assert "/sessions/" not in page
    assert f'aria-label="http://localhost/{event.slug}/programme"' in page


def test_a_room_says_what_is_held_there_and_how_to_get_in(app: Flask, client: FlaskClient) -> None:
    event = held(app)
    other = held(app)
    room = f"/{event.slug}/rooms/{event.room_id}"

    page = words(client, room)

    assert "Otwarcie" in page
    assert "Próg rentowności" in page
    assert "Spacer" not in page
    assert "ul. Focha 19/21, 42-200 Częstochowa" in page
    assert client.get(f"/{other.slug}/rooms/{event.room_id}").status_code == 404
    assert client.get(f"/{event.slug}/rooms/999999").status_code == 404


def test_speakers_are_those_who_lead_something_that_everybody_knows_of(
    app: Flask, client: FlaskClient
) -> None:
    event = held(app)
    with app.app_context():
        programme.name_speaker(
            event.event_id, NOW, title="", first_name="Zenon", last_name="Cichy", email=None
        )

    page = words(client, f"/{event.slug}/speakers")

    assert "1 osoba" in page
    assert "dr Celina Żak Próg rentowności środa, 16 czerwca, 10:30–11:30 · Sala Żółta" in page
    assert "Cichy" not in page
    with app.app_context():
        programme.cancel_session(event.second_id, NOW)
    assert "Próg rentowności odwołane" in words(client, f"/{event.slug}/speakers")


def test_the_programme_on_paper_has_a_page_for_each_day(app: Flask, client: FlaskClient) -> None:
    event = held(app)
    with app.app_context():
        programme.cancel_session(event.second_id, NOW)
    address = f"/{event.slug}/programme/paper"

    page = client.get(address).text

    assert page.count('class="paper-day"') == 2
    assert "10:00–10:30 Kawa" in markup.words_of(page)
    assert "10:30–11:30 Próg rentowności (odwołane) dr Celina Żak" in markup.words_of(page)
    one = client.get(f"{address}?day=2027-06-17").text
    assert one.count('class="paper-day"') == 1
    assert "Spacer" in one
    assert client.get(f"{address}?day=nonsense").text.count('class="paper-day"') == 2


def test_each_door_of_a_day_gets_its_sign(app: Flask, client: FlaskClient) -> None:
    event = held(app)
    with app.app_context():
        programme.cancel_session(event.second_id, NOW)
        programme.edit_draft(event.first_id, NOW, starts_at=at("8:00"))
    client = world.member(app, event.event_id, Role.READER)

    page = client.get(f"/{event.slug}/desk/signs?day=2027-06-16").text

    assert page.count('class="sheet sheet--sign"') == 1
    said = markup.words_of(page)
    assert "9:00–10:00 Otwarcie" in said, "the draft is no business of the door's"
    assert "Próg rentowności" not in said
    assert f'aria-label="http://localhost/{event.slug}/rooms/{event.room_id}"' in page
    empty = words(client, f"/{event.slug}/desk/signs?day=2027-06-17")
    assert "Tego dnia żadne zajęcia nie odbywają się w sali." in empty


def test_a_moderator_holds_a_sheet(app: Flask, client: FlaskClient) -> None:
    event = held(app)
    with app.app_context():
        row = queries.session(event.second_id)
        assert row is not None
        first = row.speakers[0].speaker_id
        other = programme.name_speaker(
            event.event_id, NOW, title="", first_name="Jan", last_name="Wilk", email=None,
            bio={"pl": "Leśnik"},
        )  # fmt: skip
        programme.edit_draft(event.second_id, NOW, speaker_ids=[first, other.id])
        programme.release(event.event_id, NOW)
        who = factories.make_registration(frame.event(event.event_id), needs=["PJM"])
        signups.sign_up(event.second_id, who.id, NOW)
    client = world.member(app, event.event_id, Role.READER)

    page = words(client, f"/{event.slug}/desk/sessions/{event.second_id}/sheet")

    assert "10:30 dr Celina Żak 11:00 Jan Wilk Leśnik" in page
    assert "po 30 minut" in page
    assert "1 osoba ma miejsce" in page
    assert "PJM" in page
    assert client.get(f"/{event.slug}/desk/sessions/999999/sheet").status_code == 404
