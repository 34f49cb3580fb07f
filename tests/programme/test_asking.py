"""Speakers are asked for what they have not said: who, how often, in which words."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.events import queries as events
from eventapp.events.access import Role
from eventapp.kernel import facts
from eventapp.programme import commands, queries
from eventapp.programme.rules import asking
from eventapp.programme.rules.asking import Gap, Owing, Standing
from tests import factories
from tests.factories import NOW, at
from tests.harness import markup, world
from tests.harness.mailbox import Mailbox, text_of

Run = Callable[[], int]
SPAN = [[at("8:00").isoformat(), at("18:00").isoformat()]]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("bio", "spans", "saved_at", "expected"),
    [
        ({}, [], None, [Gap.WORDS, Gap.TIMES]),
        ({"pl": " "}, SPAN, None, [Gap.WORDS]),
        ({"en": "An economist."}, [], None, [Gap.TIMES]),
        ({"pl": "Ekonomistka."}, SPAN, None, []),
        ({"pl": "Ekonomistka."}, [], NOW, []),
        ({}, [], NOW, [Gap.WORDS]),
    ],
)
def test_what_is_missing(
    bio: dict[str, str], spans: list[Any], saved_at: datetime | None, expected: list[Gap]
) -> None:
    assert asking.gaps(bio, spans, saved_at) == expected


@pytest.mark.parametrize(
    ("email", "asked_at", "expected"),
    [
        ("ewa@example.org", None, Standing.DUE),
        ("ewa@example.org", NOW - DAY, Standing.DUE),
        ("ewa@example.org", NOW - DAY + timedelta(seconds=1), Standing.RESTING),
        ("ewa@example.org", NOW, Standing.RESTING),
        (None, None, Standing.NO_EMAIL),
        ("", NOW - DAY, Standing.NO_EMAIL),
    ],
)
def test_who_may_be_asked(email: str | None, asked_at: datetime | None, expected: Standing) -> None:
    one = Owing(id=1, name="Ewa", email=email, gaps=[Gap.WORDS], asked_at=asked_at)

    assert one.standing(NOW) is expected


@dataclass(frozen=True)
class Set:
    """An event with a speaker who says nothing, an English one, one without e-mail, one done."""

    event_id: int
    slug: str
    silent_id: int
    english_id: int

    @property
    def page(self) -> str:
        return f"/{self.slug}/desk/speakers/missing"


def name(event_id: int, first: str, last: str, **known: Any) -> int:
    """Add a speaker and return the id."""
    row = commands.name_speaker(
        event_id, NOW, title="", first_name=first, last_name=last, **{"email": None, **known}
    )
    return row.id


@pytest.fixture
def stage(app: Flask) -> Set:
    with app.app_context():
        event = factories.make_event()
        silent = name(event.id, "Celina", "Żak", email="celina@example.org")
        english = name(
            event.id, "Ann", "Other", email="ann@example.org", availability=SPAN, locale="en"
        )
        name(event.id, "Jan", "Cichy")
        name(
            event.id, "Ewa", "Pełna", email="ewa@example.org", bio={"pl": "Ekonomistka."},
            availability=SPAN,
        )  # fmt: skip
        other = factories.make_event()
        name(other.id, "Olga", "Obca", email="olga@example.org")
        return Set(event.id, event.slug, silent, english)


def reminders(event_id: int) -> list[dict[str, Any]]:
    """Return the data of the event's reminders, newest first."""
    rows = facts.history(event_id=event_id)
    return [row.data for row in rows if row.kind == "reminder-sent"]


def test_each_is_asked_once_a_day(app: Flask, stage: Set, mailbox: Mailbox, run_jobs: Run) -> None:
    both = {"what": "speakers", "count": 2, "speaker_ids": [stage.english_id, stage.silent_id]}
    with app.app_context():
        assert commands.ask_speakers(stage.event_id, NOW) == 2
        assert commands.ask_speakers(stage.event_id, NOW) == 0
        assert commands.ask_speakers(stage.event_id, NOW + DAY - HOUR) == 0
        assert reminders(stage.event_id) == [both]
        run_jobs()
        assert sorted(str(one["To"]) for one in mailbox.all()) == [
            "ann@example.org", "celina@example.org",
        ]  # fmt: skip

        assert commands.ask_speakers(stage.event_id, NOW + DAY) == 2
        assert reminders(stage.event_id) == [both, both]


def test_somebody_new_is_asked_while_the_others_rest(app: Flask, stage: Set) -> None:
    with app.app_context():
        commands.ask_speakers(stage.event_id, NOW)
        late = name(stage.event_id, "Adam", "Nowy", email="adam@example.org")

        assert commands.ask_speakers(stage.event_id, NOW) == 1
        assert reminders(stage.event_id)[0]["speaker_ids"] == [late]


def plain(letter: EmailMessage) -> str:
    """Return a letter's plain text with lines as templates end them."""
    return text_of(letter).replace("\r\n", "\n")


def test_the_letter_asks_for_what_is_missing_in_the_persons_language(
    app: Flask, stage: Set, mailbox: Mailbox, run_jobs: Run
) -> None:
    with app.app_context():
        commands.ask_speakers(stage.event_id, NOW)
        links = {
            row.id: queries.link_token(row)
            for row in queries.speakers(stage.event_id)
        }  # fmt: skip
    run_jobs()

    polish, english = mailbox.last("celina@example.org"), mailbox.last("ann@example.org")
    assert polish["Subject"] == "Prośba o uzupełnienie informacji: Seminarium"
    assert (
        "do przygotowania wydarzenia „Seminarium” potrzebujemy jeszcze:\n\n"
        "- kilku słów o Tobie do programu\n"
        "- terminów, w których możesz prowadzić zajęcia; jeśli każdy pasuje, "
        "wystarczy zapisać stronę\n"
    ) in plain(polish)
    assert english["Subject"] == "What we still need from you: Seminar"
    assert (
        "for “Seminar” we still need from you:\n\n"
        "- a few words about yourself for the programme\n\n"
    ) in plain(english)
    for letter, own in ((polish, stage.silent_id), (english, stage.english_id)):
        html = letter.get_body(("html",))
        assert html is not None
        for told in (text_of(letter), html.get_content()):
            assert [number for number in links if links[number] in told] == [own]


def test_whoever_has_answered_meanwhile_gets_no_letter(
    app: Flask, stage: Set, client: FlaskClient, mailbox: Mailbox, run_jobs: Run
) -> None:
    with app.app_context():
        commands.ask_speakers(stage.event_id, NOW)
        silent = queries.speaker(stage.silent_id)
        assert silent is not None
        page = f"/speaking/{queries.link_token(silent)}"
    client.get(page)
    said = {"csrf_token": world.csrf_token(client), "bio_pl": "Trenerka.", "locale": "pl"}
    assert client.post(page, data=said).status_code == 303

    run_jobs()
    assert mailbox.to("celina@example.org") == []
    with app.app_context():
        event = events.event(stage.event_id)
        assert event is not None
        left = queries.owing(event, NOW)
    assert [one.name for one in left] == ["Jan Cichy", "Ann Other"], "any time is an answer, too"


def test_nobody_is_asked_once_the_event_has_begun(app: Flask, stage: Set) -> None:
    with app.app_context():
        assert commands.ask_speakers(stage.event_id, at("0:00")) == 0
        assert commands.ask_speakers(stage.event_id, at("23:59", day=0)) == 2


def shown(client: FlaskClient, path: str) -> str:
    """Return the words of a page in Polish."""
    answer = client.get(path, headers={"Accept-Language": "pl"})
    assert answer.status_code == 200, path
    return markup.words_of(answer.text)


def test_the_page_says_beforehand_who_gets_a_letter_and_sends_it_once(
    app: Flask, stage: Set, mailbox: Mailbox, run_jobs: Run
) -> None:
    organiser = world.member(app, stage.event_id, Role.ORGANISER)
    overview = shown(organiser, f"/{stage.slug}/desk")
    assert "3 osoby prowadzące nie podały jeszcze wszystkiego: poproś o uzupełnienie" in overview
    before = shown(organiser, stage.page)
    assert "2 osoby dostaną wiadomość. 1 osoba bez adresu e-mail: wpisz go albo" in before
    assert "Żak kilka słów, terminy gotowa do wysłania" in before
    assert "Ewa" not in before
    assert "Olga" not in before

    token = {"csrf_token": world.csrf_token(organiser)}
    assert organiser.post(stage.page, data=token).status_code == 303
    after = shown(organiser, stage.page)
    assert "Wiadomości wychodzą do 2 osób." in after
    assert "2 osoby dostały prośbę w ciągu ostatniej doby" in after
    assert "Wyślij wiadomości" not in after

    organiser.post(stage.page, data=token)
    assert "Nikt nie dostanie drugiej prośby: ostatnia wiadomość" in shown(organiser, stage.page)
    run_jobs()
    assert len(mailbox) == 2
    history = shown(organiser, f"/{stage.slug}/desk/history")
    assert "Poproszono prowadzących o uzupełnienie informacji: 2 osoby" in history


def test_with_nobody_to_write_to_the_page_says_so(app: Flask) -> None:
    with app.app_context():
        event = factories.make_event()
    page = f"/{event.slug}/desk/speakers/missing"
    organiser = world.member(app, event.id, Role.ORGANISER)

    organiser.post(page, data={"csrf_token": world.csrf_token(organiser)})
    told = shown(organiser, page)
    assert "Nie ma do kogo pisać." in told
    assert "Od prowadzących niczego już nie brakuje." in told
    with app.app_context():
        assert reminders(event.id) == []


def test_only_who_edits_the_programme_may_ask(app: Flask, stage: Set, client: FlaskClient) -> None:
    reader = world.member(app, stage.event_id, Role.READER)
    token = {"csrf_token": world.csrf_token(reader)}

    assert reader.get(stage.page).status_code == 403
    assert reader.post(stage.page, data=token).status_code == 403
    assert "nie podały jeszcze" not in shown(reader, f"/{stage.slug}/desk")
    assert client.get(stage.page).status_code == 303
    with app.app_context():
        assert reminders(stage.event_id) == []


def test_the_page_asks_no_more_of_the_database_for_more_speakers(
    app: Flask, stage: Set, recorded: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    organiser, counts = world.member(app, stage.event_id, Role.ORGANISER), []
    organiser.get(stage.page)
    for number in range(3):
        with recorded() as statements:
            organiser.get(stage.page)
        counts.append(len(statements))
        with app.app_context():
            name(stage.event_id, f"Jan{number}", "Nowy", email=f"jan{number}@example.org")

    assert counts == counts[:1] * 3
