"""Where a speaker, a juror and a member of staff find the calendar of their tasks."""

import pytest

from eventapp.accounts import commands as accounts
from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.directory.models import CommitmentKind
from eventapp.events import commands as events
from eventapp.events.access import Role
from eventapp.programme import commands as programme
from eventapp.programme import queries as plan
from tests.awards.browse import Reader
from tests.factories import NOW, at, make_event, make_session


@pytest.fixture
def stage(app):
    """Ewa, who speaks and sits in a jury; and Jan, who only stands at the door."""
    with app.app_context():
        event = make_event()
        ewa, jan = (
            directory.keep_person(
                event.host_id, title="", first_name=name, last_name="Kos", email=email
            )
            for name, email in (("Ewa", "ewa@example.org"), ("Jan", "jan@example.org"))
        )
        speaker = programme.add_speaker(event.id, ewa.id)
        make_session(event, speaker_ids=[speaker.id])
        directory.commit(
            jan.id, event.id, CommitmentKind.SHIFT, "planned-shift:1", {"pl": "Dyżur"},
            at("8:00"), at("9:00"),
        )  # fmt: skip
        account = accounts.keep_account("ewa@example.org", "Ewa Kos", NOW)
        events.join_team(event.id, account.id, Role.JUROR, NOW)
        link = plan.link_token(plan.speaker(speaker.id))
        return event.slug, f"/speaking/{link}", account.id, ewa.id, jan.id


def address(app, person_id, locale):
    with app.test_request_context():
        return known.feed_url(known.person(person_id), locale)


def test_the_account_shows_the_calendar_and_renews_it(app, stage):
    slug, _page, account_id, ewa, jan = stage
    reader, before = Reader(app, slug, account_id), address(app, ewa, "en")

    assert before in reader.client.get("/account").text
    data = {"csrf_token": reader.token()}
    assert reader.client.post(f"/account/calendars/{ewa}", data=data).status_code == 303
    after = reader.client.get("/account").text
    assert (before in after, address(app, ewa, "en") in after) == (False, True)
    assert reader.client.post(f"/account/calendars/{jan}", data=data).status_code == 404


def test_a_speaker_needs_no_account_for_it(app, stage):
    slug, page, _account, ewa, _jan = stage
    reader = Reader(app, slug)

    assert address(app, ewa, "en") in reader.client.get(page).text
    data = {"csrf_token": reader.token()}
    assert reader.client.post(f"{page}/calendar", data=data).headers["Location"] == page
    assert address(app, ewa, "en") in reader.client.get(page).text
    assert reader.client.post("/speaking/speaking_1-x/calendar", data=data).status_code == 404


def test_who_has_nothing_to_do_is_shown_no_calendar(app, stage):
    slug, *_rest = stage
    with app.app_context():
        account = accounts.keep_account("organiser@example.org", "Ola", NOW)
    reader = Reader(app, slug, account.id)

    assert "/calendar/tasks" not in reader.client.get("/account").text
