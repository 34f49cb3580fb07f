"""Pages of letters: written, looked at, sent and printed by an organiser; by nobody else."""

import re

import pytest

from eventapp.accounts import commands as accounts
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.kernel import clock, visits
from eventapp.messages import queries
from eventapp.messages.models import State
from tests.factories import NOW, make_event, make_registration, make_session
from tests.harness import markup, world
from tests.harness.mailbox import text_of


class Desk:
    """Somebody's browser at an event."""

    def __init__(self, app, event, role=Role.ORGANISER, **member):
        self.app, self.slug, self.event_id = app, event.slug, event.id
        self.email = f"{role}@{event.slug}.example.org"
        with app.app_context():
            account_id = accounts.keep_account(self.email, "Osoba", NOW).id
            events.join_team(event.id, account_id, role, NOW, **member)
        with app.test_request_context():
            visit = accounts.enter_for_demonstration(account_id, "test", clock.now()).token
            cookie = visits.cookie_name()
        self.client = world.visit(app, {cookie: visit})
        self.token = world.csrf_token(self.client)

    def get(self, path, locale="pl"):
        return self.client.get(
            f"/{self.slug}/desk/letters{path}", headers={"Accept-Language": locale}
        )

    def post(self, path, **data):
        return self.client.post(
            f"/{self.slug}/desk/letters{path}", data={"csrf_token": self.token, **data},
            headers={"Accept-Language": "pl"},
        )  # fmt: skip

    def words(self, path, locale="pl"):
        answer = self.get(path, locale)
        assert answer.status_code == 200, path
        return markup.words_of(answer.text)

    def people(self, *people):
        """Register people: first name, last name, e-mail; return their ids."""
        with self.app.app_context():
            event = frame.event(self.event_id)
            return [
                make_registration(event, first, last, email=email).id
                for first, last, email in people
            ]

    def state(self):
        """Return how the newest letter stands."""
        with self.app.app_context():
            return queries.letters(self.event_id)[0].state


LETTER = {
    "subject_pl": "Ważne", "body_pl": "Dzień dobry {first_name}\n\n{programme}",
    "states": "qualified", "timing": "moment", "offset_days": "1", "hour": "18",
    "attendance": "", "day": "", "lacking": "", "locale": "", "contact": "",
}  # fmt: skip


@pytest.fixture
def event(app):
    with app.app_context():
        return make_event()


@pytest.fixture
def desk(app, event):
    return Desk(app, event)


def test_a_letter_is_written_looked_at_tried_and_sent(desk, event, run_jobs, mailbox) -> None:
    ola, _bez = desk.people(("Ola", "Ćma", "ola@example.org"), ("Bez", "Adresu", None))
    assert "Nie ma jeszcze żadnego listu" in desk.words("")

    wrong = desk.post("/new", **{**LETTER, "subject_pl": "{frist_name}"})
    assert "Czy chodzi o {first_name}?" in markup.words_of(wrong.text)
    here = desk.post("/new", **LETTER).headers["Location"].partition("/desk/letters")[2]
    page = desk.words(here)
    assert "Ola Ćma" in page
    assert "brak e-maila: wydrukuj list" in page
    preview = desk.get(f"{here}/preview/{ola}")
    assert "Dzień dobry Ola" in preview.text
    assert "sandbox" in preview.headers["Content-Security-Policy"]
    assert "Bez Adresu" in desk.words(f"{here}/paper")

    desk.post(f"{here}/test")
    run_jobs()
    assert mailbox.last(desk.email)["Subject"] == "Próba: Ważne"
    desk.post(f"{here}/approval", seen="1")
    desk.post(f"{here}/queue", send_at="")
    run_jobs()

    assert "Dzień dobry Ola" in text_of(mailbox.to("ola@example.org")[-1])
    assert desk.state() is State.SENT
    assert "Tego nie można już zrobić" in _after(desk, desk.post(f"{here}/cancel"))
    assert "wysłany" in desk.words("")


def _after(desk, answer):
    return markup.words_of(desk.client.get(answer.headers["Location"]).text)


@pytest.mark.parametrize("kind", ["evening-before", "before-start", "thanks"])
def test_what_a_letter_can_begin_with_can_be_saved_as_it_is(desk, event, kind) -> None:
    page = desk.get(f"/new?kind={kind}").text
    area = r'<textarea[^>]*name="(body_\w+)"[^>]*>\s*(.*?)</textarea>'
    fields = re.findall(area, page, re.DOTALL)
    fields += re.findall(r'name="(subject_\w+)"[^>]*value="([^"]*)"', page)
    timing = re.search(r'checked[^>]*name="timing"[^>]*value="([\w-]+)"', page)

    saved = desk.post("/new", **{**LETTER, **dict(fields), "timing": timing.group(1)})

    assert (len(fields), saved.status_code) == (4, 303)
    with desk.app.app_context():
        assert queries.letters(event.id)[0].timing.value == timing.group(1)


def test_words_are_changed_tried_and_restored(desk, event, run_jobs, mailbox) -> None:
    with desk.app.app_context():
        make_session(event)
    here = "/words/signups.offered?variant=&in=pl"
    assert "Jest propozycja miejsca" in desk.words("/words")
    assert "{offer.until}" in desk.get(here).text

    refused = desk.post(here, subject="Oferta", body="Bez terminu", seen="0")
    assert "musi zostać {offer.until}" in markup.words_of(refused.text)
    desk.post(here, subject="Oferta", body="Do {offer.until}, {name}.", seen="0")
    assert "własna treść" in desk.words("/words")
    assert "Anna Przykładowa." in desk.get("/words/signups.offered/preview?variant=&in=pl").text
    desk.post("/words/signups.offered/test?variant=&in=pl")
    run_jobs()
    assert mailbox.last(desk.email)["Subject"] == "Oferta"

    desk.post("/words/signups.offered/restore?variant=&in=pl")
    assert "własna treść" not in desk.words("/words")
    with desk.app.app_context():
        before = queries.history(event.id, "signups/offered", "", "pl")[0].id
    desk.post("/words/signups.offered/return?variant=&in=pl", words=str(before))
    assert "własna treść" in desk.words("/words")


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_letters_of_the_installation_are_shown_and_not_changed(desk, locale) -> None:
    assert desk.get(f"/words/accounts.link?variant=&in={locale}", locale).status_code == 200
    assert (
        desk.post("/words/accounts.link?variant=&in=pl", subject="x", body="y").status_code == 404
    )
    assert desk.get("/words/nic.nie-ma").status_code == 404


def test_a_co_organiser_writes_no_letters(app, event) -> None:
    with app.app_context():
        city = events.add_organiser(event.id, {"pl": "Urząd"}, {"pl": "partner"}, guest_quota=1).id
    other = Desk(app, event, Role.CO_ORGANISER, organiser_id=city)

    assert [other.get(path).status_code for path in ("", "/new", "/words")] == [403] * 3
    assert other.post("/new", **LETTER).status_code == 403


def test_two_people_approve_where_the_event_asks_for_it(app, desk, event) -> None:
    desk.people(("Ola", "Ćma", "ola@example.org"))
    desk.post("/approval", second_person="1")
    here = desk.post("/new", **LETTER).headers["Location"].partition("/desk/letters")[2]

    assert "musi zatwierdzić inna osoba" in desk.words(here)
    assert "inna osoba niż ta" in _after(desk, desk.post(f"{here}/approval", seen="1"))
