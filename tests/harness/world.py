"""Two events with one of everything in each, and everybody who may knock at their doors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventapp.accounts import commands as accounts
from eventapp.allocation import commands as allocation
from eventapp.attendance import commands as attendance
from eventapp.attendance.models import PlaceReleased
from eventapp.attendance.rules import Change
from eventapp.awards import commands as awards
from eventapp.awards import queries as jury
from eventapp.awards.commands import Candidacy, Card
from eventapp.awards.rules.states import CardsFate, FormalResult, JurorRole
from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.checkin.rules import Mode
from eventapp.directory import commands as directory
from eventapp.documents import commands as documents
from eventapp.documents import queries as papers
from eventapp.documents.models import Certificate, CertificateState
from eventapp.documents.rules import packs
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Event, Role
from eventapp.kernel import declined, jobs, post, tokens, visits
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.journal import Edited
from eventapp.kernel.uploads import Upload
from eventapp.messages import commands as messages
from eventapp.messages.rules.audience import Audience as Everybody
from eventapp.press import commands as press
from eventapp.programme import commands as programme
from eventapp.programme import queries as plan
from eventapp.programme.models import Audience, Opening
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Details, GroupDetails, Member, OrganisationDetails
from eventapp.registrations.models import State
from eventapp.registrations.rules.enquiry import Kind
from eventapp.signups import commands as signups
from eventapp.signups import queries as seats
from tests.factories import NOW, at, make_event, make_registration, make_room, make_session
from tests.harness.sources import ROOT

RULEBOOK = {
    "method": "weighted-scores",
    "scale": "percent",
    "normalise": "none",
    "aggregate": "mean",
    "quorum": {"absolute": 1},
    "ties": ["chair"],
}
CRITERIA = [
    {"id": "c1", "name": {"pl": "Wpływ", "en": "Impact"}, "weight": 70, "min": 0, "max": 10},
    {"id": "c2", "name": {"pl": "Pomysł", "en": "Idea"}, "weight": 30, "min": 0, "max": 10},
]
PDF = b"%PDF-1.4\n%%EOF\n"
PNG = (ROOT / "static" / "brand" / "touch-icon.png").read_bytes()
STAFF = (
    Role.ORGANISER, Role.READER, Role.LEAD, Role.DOOR, Role.CHAIR, Role.SECRETARY, Role.JUROR,
    Role.CO_ORGANISER,
)  # fmt: skip


@dataclass
class Place:
    """One event with one of everything; `ids` are by the names that paths use."""

    slug: str
    event_id: int
    ids: dict[str, Any] = field(default_factory=dict)
    accounts: dict[Role, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def build(app: Flask, slug: str) -> Place:
    """Make an event with a programme, people, a door and a jury that is scoring."""
    with app.app_context():
        return _build(slug)


def send_letters(app: Flask, place: Place) -> None:
    """Let the event's letters go out, so that there is one to speak of."""
    with app.app_context():
        jobs.run_all()
        place.ids["mail_id"] = post.of_event(place.event_id)[0].id
        place.ids["mail_id"] = post.of_event(place.event_id)[0].job_id
        place.links["unsubscribe"] = declined.url(place.ids["mail_id"]).rpartition("/")[2]


def invite_guest(app: Flask, place: Place) -> None:
    """Let the co-organiser's institution have a guest, besides the three who registered."""
    with app.app_context():
        guest = Details(first_name="Gaja", last_name="Gość")
        row = registrations.invite_guest(place.ids["organiser_id"], guest, NOW)
        place.ids["guest_id"] = row.id


def register_group(app: Flask, place: Place) -> None:
    """Let a colleague register two people of one organisation, and another one somebody."""
    with app.app_context():
        for key, name in (("other_id", "Inna"), ("organisation_id", "Zbiorowa")):
            given = GroupDetails(
                contact_name="Ewa Biurowa",
                contact_email="grupa@example.org",
                organisation=OrganisationDetails(name=f"{name} {place.slug}"),
                members=[Member(first_name="Anna", last_name=name)],
                unnamed=1,
            )
            row = registrations.register_group(place.event_id, given, NOW)
            place.ids[key], place.ids["group_id"] = row.organisation_id, row.id
            place.ids["held_id"] = people.unnamed(row.id)[0].id


@atomic
def _build(slug: str) -> Place:
    event = make_event(slug=slug)
    place = Place(slug, event.id)
    place.ids["category"] = "fundacja"
    category = frame.category(event.id, "fundacja")
    assert category is not None
    place.ids["category_id"] = category.id
    _team(event, place)
    _programme(event, place)
    _form(event, place)
    _door(event, place)
    _jury(event, place)
    _media(event, place)
    _letters(event, place)
    _attendance(place)
    _evidence(place)
    return place


def _letters(event: Event, place: Place) -> None:
    draft = messages.Draft(subject={"pl": "Temat"}, body={"pl": "Treść"}, audience=Everybody())
    place.ids["letter_id"] = messages.begin(event.id, draft, NOW).id


def _team(event: Event, place: Place) -> None:
    city = events.add_organiser(event.id, {"pl": "Urząd"}, {"pl": "partner"}, guest_quota=9)
    place.ids["organiser_id"] = city.id
    place.ids["view_id"] = registrations.keep_view(place.event_id, "Wszyscy", {}).id
    for role in STAFF:
        account = accounts.keep_account(f"{role}@{place.slug}.example.org", role.title(), NOW)
        works_for = city.id if role is Role.CO_ORGANISER else None
        member = events.join_team(event.id, account.id, role, NOW, organiser_id=works_for)
        place.accounts[role] = account.id
        if role is Role.READER:
            place.ids["member_id"] = member.id
    for scope in ("all", "read", "door", "jury"):
        _row, place.tokens[scope] = events.issue_token(event.id, scope, [scope], NOW)
    revoked, place.tokens["revoked-token"] = events.issue_token(event.id, "old", ["all"], NOW)
    events.revoke_token(revoked.id, NOW)
    place.ids["token_id"] = revoked.id


def _programme(event: Event, place: Place) -> None:
    room = make_room(event)
    full = make_session(event, capacity=1, room_id=room.id)
    other = make_session(event, starts_at=at("14:00"))
    first, second = make_registration(event), make_registration(event)
    pending = make_registration(event, state=State.PENDING)
    speaker = programme.name_speaker(
        event.id, NOW, title="dr", first_name="Celina", last_name="Nowak", email=None
    )
    pause = programme.add_break(
        event.id,
        NOW,
        starts_at=at("13:00"),
        ends_at=at("13:30"),
        title={"pl": "Obiad", "en": "Lunch"},
    )
    material = programme.add_material(
        full.activity_id, Upload("pdf", PDF, "slajdy.pdf", "y.pdf"), NOW,
        title={"pl": "Slajdy"}, audience=Audience.EVERYBODY, opening=Opening.AT_ONCE,
    )  # fmt: skip
    law = {"pl": "Prawo", "en": "Law"}
    programme.edit_draft(other.id, NOW, title={"pl": "Debata", "en": "Debate"}, topics=(law,))
    programme.release(event.id, NOW)
    programme.edit_draft(other.id, NOW, capacity=20)
    ranked = allocation.set_up(
        event.id, NOW, title={"pl": "Debaty"}, session_ids=[other.id],
        opens_at=NOW, closes_at=NOW + timedelta(days=9),
    )  # fmt: skip
    allocation.open_round(ranked.id, NOW)
    allocation.rank(ranked.id, first.id, [other.id], NOW, flexible=False)
    taken = signups.enter(full.id, first.id, NOW)
    queued = signups.enter(full.id, second.id, NOW)
    place.ids.update(
        room_id=room.id,
        venue_id=room.venue_id,
        session_id=full.id,
        other_session_id=other.id,
        activity_id=full.activity_id,
        speaker_id=speaker.id,
        break_id=pause.id,
        material_id=material.id,
        fact_id=_last_edit(f"session:{other.id}"),
        registration_id=first.id,
        other_registration_id=second.id,
        pending_id=pending.id,
        sign_up_id=taken.id,
        queued_id=queued.id,
        day_id=full.day_id,
        topic="prawo",
        allocation_id=ranked.id,
        badge=people.badge_code(first),
    )
    place.links["participant"] = people.link_token(first)
    place.links["feed"] = people.feed_token(first)
    place.links["offer"] = _offer_token(queued.id)
    place.links["speaker"] = plan.link_token(speaker)


def _form(event: Event, place: Place) -> None:
    registrations.edit_form(event.id, NOW, monitoring=["sex"])
    asked = registrations.add_question(
        event.id, NOW, kind=Kind.SHORT_TEXT, label={"pl": "Skąd o nas wiesz?"}
    )
    wanted = registrations.propose(
        place.ids["registration_id"], NOW, answers={asked.code: "z gazety"}, job="trenerka"
    )
    place.ids.update(question_id=asked.id, proposal_id=wanted.id, kind="photo")


def _offer_token(sign_up_id: int) -> str:
    row = seats.sign_up(sign_up_id)
    assert row is not None
    return seats.offer_token(row)


def _last_edit(subject: str) -> int | None:
    query = select(FactRow.id).where(FactRow.subject == subject, FactRow.kind == Edited.kind)
    return db.session.scalar(query.order_by(FactRow.id.desc()).limit(1))


def _door(event: Event, place: Place) -> None:
    point = checkin.add_checkpoint(event.id, {"pl": "Wejście", "en": "Entrance"})
    device, place.tokens["device"] = checkin.pair_device(point.id, "telefon", NOW)
    revoked, place.tokens["revoked"] = checkin.pair_device(point.id, "stary", NOW)
    checkin.revoke_device(revoked.id, NOW)
    door = doors.door(point.id)
    assert door is not None
    hand = Hand(actor=f"device:{device.id}", station="telefon", device_id=device.id)
    scan = ScanItem(
        scan_id=str(uuid4()), scanned_at=NOW, registration_id=place.ids["registration_id"]
    )
    checkin.record_scan(door, scan, NOW, hand)
    checkin.hand_over(door, "Ania", "", NOW, hand)
    shift = doors.open_shift(point.id)
    assert shift is not None
    checkin.hand_over(door, "Bartek", "Ktoś czeka na identyfikator.", NOW, hand)
    other, _token = checkin.pair_device(point.id, "drugi", NOW)
    again = replace(scan, scan_id=str(uuid4()), mode=Mode.OFFLINE)
    checkin.record_scan(door, again, NOW, Hand(actor=f"device:{other.id}", device_id=other.id))
    [dispute] = doors.disputes(event.id)
    _announced, place.links["pairing"] = checkin.announce_device(event.id, "x", [point.id], NOW)
    place.ids.update(
        checkpoint_id=point.id,
        device_id=device.id,
        scan_id=scan.scan_id,
        conflict_id=dispute.conflict.id,
        shift_id=shift.id,
        planned_id=checkin.plan_shift(
            point.id, "Cezary Kos", f"cezary{event.id}@example.org", NOW, starts_at=NOW,
            ends_at=NOW + timedelta(hours=2),
        ).id,
    )  # fmt: skip


def _jury(event: Event, place: Place) -> None:
    call = awards.open_call(
        event.id,
        name={"pl": "Nagrody", "en": "Awards"},
        rulebook=RULEBOOK,
        opens_at=NOW - timedelta(days=9),
        closes_at=NOW + timedelta(days=9),
        embargo_until=NOW + timedelta(days=27),
    )
    prize = awards.add_award(call.id, name={"pl": "Nagroda", "en": "Prize"}, criteria=CRITERIA)
    draft = awards.draft_nomination(prize.id, _candidacy("Szkic"), NOW)
    entries = [_entry(prize.id, name) for name in ("Pierwsza", "Druga")]
    jurors = [_seat(event, place, call.id, role) for role in (Role.CHAIR, Role.JUROR)]
    the_round = awards.open_round(prize.id, NOW)
    for juror in jurors:
        awards.sign_declaration(juror, NOW)
    card = {entries[0]: Card({"c1": 5, "c2": 5})}
    ballots = [awards.cast_ballot(the_round.id, juror, card, NOW).ballots[0] for juror in jurors]
    other_rules = RULEBOOK | {"aggregate": "median"}
    change = awards.propose_rules(call.id, other_rules, "§ 9", CardsFate.CARRIED, NOW)
    attachment = awards.attach(entries[0], Upload("pdf", PDF, "statut.pdf", "x.pdf"), NOW)
    nomination = jury.nomination(draft.id)
    assert nomination is not None
    place.links["nominator"] = jury.nominator_token(nomination)
    place.links["nominee"] = jury.nominee_token(nomination)
    place.ids.update(
        call_id=call.id,
        award_id=prize.id,
        nomination_id=entries[0],
        other_nomination_id=entries[1],
        draft_id=draft.id,
        round_id=the_round.id,
        juror_id=jurors[1],
        chair_id=jurors[0],
        ballot_id=ballots[1].id,
        attachment_id=attachment.id,
        change_id=change.id,
    )


def _candidacy(nominee: str) -> Candidacy:
    return Candidacy(
        nominee=nominee,
        nominator="Stowarzyszenie",
        justification="Dlatego.",
        nominee_email="kandydat@example.org",
        nominator_email="zglaszajacy@example.org",
    )


def _entry(award_id: int, nominee: str) -> int:
    row = awards.submit_nomination(award_id, _candidacy(nominee), NOW)
    awards.check_formally(row.id, FormalResult.POSITIVE, None, NOW)
    return row.id


def _seat(event: Event, place: Place, call_id: int, role: Role) -> int:
    person = directory.keep_person(
        event.host_id,
        title="",
        first_name="Jan",
        last_name=role.title(),
        email=f"{role}@{place.slug}.example.org",
    )
    part = JurorRole.CHAIR if role is Role.CHAIR else JurorRole.MEMBER
    account_id = place.accounts[role]
    return awards.appoint_juror(call_id, person.id, part, account_id=account_id).id


def _media(event: Event, place: Place) -> None:
    press.edit_page(event.id, NOW, shown=True, about={"pl": "Trzy zdania."})
    file = press.add_file(
        event.id, Upload("png", PNG, "sala.png", "x.png"), NOW,
        title={"pl": "Sala"}, caption={"pl": "Pusta sala"}, credit="fot. Biuro",
    )  # fmt: skip
    strip = Upload("png", PNG, "znaki.png", "x.png")
    events.put_strip(event.id, strip, NOW, alt={"pl": "Znaki"})
    place.ids.update(file_id=file.id, strip_id=event.sign_strip["strip_id"])


def _attendance(place: Place) -> None:
    """Let a list come back, correct presence, and give a place away at the door."""
    session_id, registration_id = place.ids["session_id"], place.ids["registration_id"]
    sheet = attendance.print_list(session_id, NOW)
    scan = attendance.attach_scan(sheet.id, Upload("pdf", PDF, "lista.pdf", "z.pdf"), NOW)
    row = attendance.correct(
        session_id, registration_id, at("9:10"), change=Change.INTERVAL, reason="czytnik stał",
        came_at=at("9:00"), left_at=at("10:30"),
    )  # fmt: skip
    released = PlaceReleased(
        event_id=place.event_id,
        session_id=session_id,
        registration_id=place.ids["other_registration_id"],
        given_to_id=registration_id,
        released_at=at("9:10"),
        actor="test",
    )
    db.session.add(released)
    db.session.flush()
    place.ids.update(
        list_id=sheet.id, signed_id=scan.id, correction_id=row.id, release_id=released.id
    )


def _evidence(place: Place) -> None:
    """Let somebody have a certificate, and a pack of evidence lie ready."""
    found = papers.material(place.event_id, {}, only=[place.ids["registration_id"]])
    [one] = papers.earned_of(found)
    certificate = Certificate(
        event_id=place.event_id,
        registration_id=one.row.id,
        serial=1,
        number="ZAS/2027/0001",
        code=tokens.encode32(token_bytes(16)),
        locale="pl",
        content=papers.content(found, one, papers.setting_of(found.event)),
        state=CertificateState.VALID,
        issued_at=NOW,
        issued_by="test",
        reason="",
    )
    db.session.add(certificate)
    pack = documents.ask_for_pack(place.event_id, NOW)
    documents.finish_pack(pack.id, [packs.part(packs.SUMS, b"")], NOW)
    db.session.flush()
    [file] = papers.files(pack.id)
    place.ids.update(certificate_id=certificate.id, pack_id=pack.id, part_id=file.id)


# --- callers ------------------------------------------------------------------------------


def bearing(token: str) -> dict[str, str]:
    """Return the headers of a program or device with this token."""
    return {"Authorization": f"Bearer {token}"}


def signed_in(app: Flask, account_id: int, now: datetime = NOW) -> str:
    """Sign an account in and return the cookie's value."""
    with app.test_request_context():
        return accounts.enter_for_demonstration(account_id, "test", now).token


def visit(app: Flask, cookies: Mapping[str, str]) -> FlaskClient:
    """Return a fresh browser with these cookies."""
    client = app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return client


def account_cookie(app: Flask, account_id: int, now: datetime = NOW) -> dict[str, str]:
    """Return the cookies of a browser in which the account is signed in."""
    with app.test_request_context():
        name = visits.cookie_name()
    return {name: signed_in(app, account_id, now)}


def csrf_token(client: FlaskClient) -> str:
    """Return the token that this browser's forms carry, read off a page that has one."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    return found[1]


def cookies_of(client: FlaskClient) -> dict[str, str]:
    """Return the cookies that a browser holds by now."""
    names = ("visit", "signed-in", "language")
    found = {name: client.get_cookie(name) for name in names}
    return {name: cookie.value for name, cookie in found.items() if cookie is not None}


def opened(app: Flask, place: Place) -> dict[str, str]:
    """Open the participant's personal link and return the browser's cookies."""
    client = app.test_client()
    answer = client.get(f"/{place.slug}/my/{place.links['participant']}")
    assert answer.headers["Location"] == f"/{place.slug}/my"
    return cookies_of(client)


def extra_account(app: Flask, name: str, now: datetime) -> int:
    """Make an account that is in no team; one called so administers the house."""
    address = f"{name.replace(' ', '-')}@example.org"
    with app.app_context():
        if name == "administrator":
            accounts.make_administrator(address, now)
        return accounts.keep_account(address, name, now).id


def member(
    app: Flask, event_id: int, role: Role, *, organiser_id: int | None = None, now: datetime = NOW
) -> FlaskClient:
    """Return the browser of somebody with *role* in an event, who signed in at *now*."""
    account_id = extra_account(app, f"{role} {event_id} {organiser_id or ''}".strip(), NOW)
    with app.app_context():
        events.join_team(event_id, account_id, role, NOW, organiser_id=organiser_id)
    return visit(app, account_cookie(app, account_id, now))
