"""Every "no" to a sign-up, as the participant's page and the API say it, in both languages."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from eventapp.allocation import commands as allocation
from eventapp.events import commands as events
from eventapp.kernel import i18n, pages
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme.models import SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import State as Standing
from eventapp.signups import commands, queries
from eventapp.signups.rules import SignUpRefusal as No
from tests.factories import NOW, at, make_event, make_registration, make_room, make_session

# What staff are not held to, and what only they can hear.
STAFF_PASS = {
    No.NOT_APPROVED, No.STARTED, No.NOT_OPEN_YET, No.CLOSED, No.CLOSED_ROUND, No.BY_PREFERENCE,
}  # fmt: skip
STAFF_ONLY = {No.NOT_REGISTERED}


@dataclass
class Scene:
    """One event, somebody who asks for a place, and the session they ask for."""

    event: Any
    person: Any
    session: Any
    at: Any = NOW
    appointment: tuple[int, int] | None = None
    more: dict[str, Any] = field(default_factory=dict)


def scene(state: Standing = Standing.QUALIFIED, **columns: Any) -> Scene:
    event = make_event()
    person = make_registration(event, state=state, category="fundacja")
    return Scene(event, person, make_session(event, title="Budżet", **columns))


def no_sign_up() -> Scene:
    return scene(sign_up=SignUpRule.NONE)


def cancelled_session() -> Scene:
    made = scene()
    programme.cancel_session(made.session.id, NOW)
    return made


def not_registered() -> Scene:
    made = scene()
    registrations.cancel(made.person.id, NOW)
    return made


def not_approved() -> Scene:
    return scene(Standing.PENDING)


def started() -> Scene:
    made = scene()
    made.at = at("9:00")
    return made


def not_open_yet() -> Scene:
    made = scene()
    commands.set_terms(made.session.id, NOW, opens_before=24 * 60)
    return made


def closed() -> Scene:
    made = scene()
    commands.set_terms(made.session.id, NOW, closes_before=60)
    made.at = at("8:30")
    return made


def allocated_by_preference() -> Scene:
    made = scene()
    opened = allocation.set_up(
        made.event.id, NOW, title={"pl": "Warsztaty"}, session_ids=[made.session.id],
        opens_at=NOW, closes_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    allocation.open_round(opened.id, NOW)
    return made


def wrong_category() -> Scene:
    made = scene()
    other = events.add_category(made.event.id, "urzad", {"pl": "urząd", "en": "office"}, "JSFP")
    commands.set_terms(made.session.id, NOW, category_ids=[other.id])
    return made


def prerequisite_missing() -> Scene:
    made = scene()
    first = make_session(made.event, title="Wstęp", starts_at=at("14:00"))
    commands.set_terms(made.session.id, NOW, required_ids=[first.activity_id])
    return made


def already_signed_up() -> Scene:
    made = scene()
    commands.sign_up(made.session.id, made.person.id, NOW)
    return made


def other_session_taken() -> Scene:
    made = scene()
    again = make_session(made.event, starts_at=at("9:00", 2), activity_id=made.session.activity_id)
    commands.sign_up(again.id, made.person.id, NOW)
    return made


def _with_another() -> Scene:
    made = scene()
    other = make_session(made.event, starts_at=at("14:00"))
    topic = [{"pl": "finanse", "en": "finance"}]
    for one in (made.session, other):
        programme.change_session(one.id, NOW, activity={"topics": topic})
    commands.sign_up(other.id, made.person.id, NOW)
    return made


def closed_round() -> Scene:
    made = _with_another()
    later = NOW + timedelta(days=2)
    rounds = [{"from": NOW.isoformat(), "most": 1}, {"from": later.isoformat(), "most": None}]
    commands.set_policy(made.event.id, NOW, rounds=rounds)
    return made


def limit_per_person() -> Scene:
    made = _with_another()
    commands.set_policy(made.event.id, NOW, limit_per_person=1)
    return made


def limit_per_topic() -> Scene:
    made = _with_another()
    commands.set_policy(made.event.id, NOW, limit_per_topic=1)
    return made


def limit_per_organisation() -> Scene:
    made = scene()
    house = registrations.OrganisationDetails(name="Fundacja Próbna")
    rows = [make_registration(made.event, organisation=house) for _ in range(2)]
    commands.set_terms(made.session.id, NOW, limit_per_organisation=1)
    commands.sign_up(made.session.id, rows[0].id, NOW)
    made.person = rows[1]
    return made


def overlaps() -> Scene:
    made = scene()
    other = make_session(made.event, title="Fundraising")
    commands.sign_up(other.id, made.person.id, NOW)
    return made


def _advice() -> Scene:
    event = make_event()
    person, other = make_registration(event), make_registration(event)
    adviser = programme.add_speaker(event.id, make_registration(event).person_id)
    session = make_session(
        event, minutes=40, appointment_minutes=20, speaker_ids=[adviser.id], title="Doradztwo"
    )
    made = Scene(event, person, session)
    made.more = {"adviser": adviser.id, "other": other.id}
    return made


def no_such_appointment() -> Scene:
    made = _advice()
    made.appointment = (made.more["adviser"], 7)
    return made


def appointment_taken() -> Scene:
    made = _advice()
    commands.book(made.session.id, made.more["other"], made.more["adviser"], 0, NOW)
    made.appointment = (made.more["adviser"], 0)
    return made


def full_no_queue() -> Scene:
    return scene(capacity=0, waiting_list=False)


SCENES: dict[No, Callable[[], Scene]] = {
    each: globals()[each.value.replace("-", "_")] for each in No
}


def said(no: No, made: Scene, locale: str) -> str:
    """Return the sentence as the command's refusal fills it, in a language."""
    with pytest.raises(Refused) as refused:
        _ask(no, made)
    assert refused.value.reason is no
    with i18n.use_locale(locale):
        return pages.sentence(refused.value)


def _ask(no: No, made: Scene) -> None:
    ids = made.session.id, made.person.id
    if made.appointment:
        commands.book(*ids, *made.appointment, made.at)
    elif no in STAFF_ONLY:
        commands.enter(*ids, made.at)
    else:
        commands.sign_up(*ids, made.at)


@pytest.mark.parametrize("no", [one for one in No if one not in STAFF_ONLY], ids=str)
def test_the_page_says_why_in_the_readers_language(no, app, client, hands):
    # A request in an open context would remember who asked before.
    with app.app_context():
        made = SCENES[no]()
        hands.move_to(made.at)
        expected = {locale: said(no, made, locale) for locale in ("pl", "en")}
        link = people.link_token(people.registration(made.person.id))
        home, path = f"/{made.event.slug}/my", _path(made)
    assert expected["pl"] != expected["en"]
    client.get(f"{home}/{link}")

    for locale, sentence in expected.items():
        client.set_cookie(i18n.COOKIE, locale)
        answer = _press(client, home, path, made.appointment)
        assert sentence in _plain(answer.text)


def _path(made: Scene) -> str:
    verb = "appointment" if made.appointment else "sign-up"
    return f"/{made.event.slug}/sessions/{made.session.id}/{verb}"


def _press(client: Any, home: str, path: str, appointment: tuple[int, int] | None) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(home).text)
    data = {"csrf_token": found.group(1)}
    if appointment:
        adviser, number = appointment
        data["appointment"] = f"{adviser}:{number + 1}"
    return client.post(path, data=data, follow_redirects=True)


def _plain(text: str) -> str:
    return text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("no", [one for one in No if one not in STAFF_PASS], ids=str)
def test_the_api_says_why_with_the_code_of_the_refusal(no, app, client, hands):
    with app.app_context():
        made = SCENES[no]()
        hands.move_to(made.at)
        _row, token = events.issue_token(made.event.id, "test", ["all"], NOW)
        expected = {locale: said(no, made, locale) for locale in ("pl", "en")}
        wish, path = _wish(made), f"/api/v1/sessions/{made.session.id}/sign-ups"

    for locale, sentence in expected.items():
        answer = client.post(
            path,
            json=wish,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": locale},
        )
        assert (answer.status_code, answer.json["code"]) == (409, no.value)
        assert answer.json["detail"] == sentence


def _wish(made: Scene) -> dict[str, Any]:
    wish: dict[str, Any] = {"registration": str(made.person.id)}
    if made.appointment:
        adviser, number = made.appointment
        begins = made.session.starts_at + timedelta(minutes=20 * number)
        wish["appointment"] = {"adviser": str(adviser), "starts_at": begins.isoformat()}
    return wish


@pytest.mark.parametrize("no", sorted(STAFF_PASS), ids=str)
def test_staff_are_not_held_to_windows_and_approval(no, app, hands):
    with app.app_context():
        made = SCENES[no]()
        hands.move_to(made.at)

        assert commands.enter(made.session.id, made.person.id, made.at).registration_id


def test_the_page_warns_of_the_way_from_another_house(app, client, hands):
    with app.app_context():
        event = make_event()
        person = make_registration(event)
        first = make_session(event, title="Budżet", room_id=make_room(event).id)
        later = make_session(event, starts_at=at("10:40"), room_id=make_room(event).id)
        commands.sign_up(first.id, person.id, NOW)
        (warned,) = queries.choice(later.id, person, NOW).warnings
        link = people.link_token(people.registration(person.id))
        pages_of = f"/{event.slug}/my/{link}", f"/{event.slug}/sessions/{later.id}"

    assert (warned.code, warned.title["pl"], warned.minutes) == ("travel", "Budżet", 10)
    client.get(pages_of[0])
    shown = client.get(pages_of[1]).text
    assert "Na przejście z „Budżet” zostaje tylko 10 minut" in shown
