"""What devices are told, what they hand in, and what they are paired with, by API and by page."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask

from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.events.models import Role
from eventapp.kernel import tokens
from eventapp.kernel.db import atomic, db
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import BadgeReason
from tests.api.conftest import Program, code, faults
from tests.factories import NOW
from tests.harness import world


@pytest.fixture
def device(app, place) -> Program:
    """A device that is paired with the event's door."""
    return Program(app, place, "device")


@pytest.fixture
def scans(place) -> str:
    """Where the event's door takes its scans."""
    return f"/checkpoints/{place.ids['checkpoint_id']}/scans"


@pytest.fixture
def roll(place) -> str:
    """Where the event's door tells its list."""
    return f"/checkpoints/{place.ids['checkpoint_id']}/snapshot"


def fresh(app: Flask) -> None:
    """Let the worker look again; it takes a list for up to date for some seconds."""
    app.extensions.pop("eventapp-memory", None)


def offline(**more) -> dict:
    given = {"scan_id": str(uuid4()), "scanned_at": NOW.isoformat(), "age_ms": 0}
    return given | {"mode": "offline", "said": "ok"} | more


def opened(card: str, badge: str) -> dict:
    """Open a card as a device with the badge in hand does."""
    raw = urlsafe_b64decode(card + "=" * (-len(card) % 4))
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"eventapp-door-card").derive(badge.encode())
    return json.loads(AESGCM(key).decrypt(raw[:12], raw[12:], None))


def short(badge: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(badge.encode()).digest()).decode().rstrip("=")


# --- the list -----------------------------------------------------------------------------


def test_a_list_opens_only_with_the_badge_in_hand(app, place, device, roll):
    answer = device.get(roll)

    said = answer.json
    assert (answer.status_code, said["revision"], said["whole"], said["gone"]) == (200, 1, True, [])
    assert said["closes_daily"] is True
    assert said["checkpoint"]["policy"] == "re-entry-after-exit"
    badge = place.ids["badge"]
    [own] = [one for one in said["badges"] if one["hash"] == short(badge)]
    card = opened(own["card"], badge)
    assert card["id"] == place.ids["registration_id"]
    assert own["inside"] is True
    assert own["station"] == "telefon"
    pending = [one["verdict"] for one in said["badges"] if "verdict" in one]
    assert pending == ["pending"]
    assert card["name"] not in answer.text
    other = next(one for one in said["badges"] if one is not own)
    with pytest.raises(InvalidTag):
        opened(other["card"], badge)


def test_a_change_is_told_alone_and_no_change_is_304(app, place, device, roll):
    first = device.get(roll).json
    assert len(first["badges"]) == 3
    quiet = device.get(f"{roll}?since={first['revision']}")
    assert (quiet.json["badges"], quiet.json["whole"]) == ([], False)
    tag = quiet.headers["ETag"]
    assert device.get(f"{roll}?since=1", If_None_Match=tag).status_code == 304

    with app.app_context():
        new = registrations.reissue_badge(
            place.ids["registration_id"], NOW, reason=BadgeReason.LOST
        )
        registrations.cancel(place.ids["other_registration_id"], NOW)
    assert device.get(f"{roll}?since=1", If_None_Match=tag).status_code == 304
    fresh(app)
    delta = device.get(f"{roll}?since=1", If_None_Match=tag)

    assert (delta.status_code, delta.json["revision"]) == (200, 2)
    told = {one["hash"]: one.get("verdict") for one in delta.json["badges"]}
    assert told[short(place.ids["badge"])] == "revoked"
    assert told[short(new)] is None
    assert "cancelled" in told.values()
    assert len(delta.data) < 2000
    assert device.get(f"{roll}?since=2").json["badges"] == []
    assert device.get(f"{roll}?since=99").json["whole"] is True
    assert faults(device.get(f"{roll}?since=x")) == [("?since", "bad-format")]


def test_a_badge_that_is_gone_is_told(app, place, device, roll):
    device.get(roll)
    with app.app_context():
        row = people.registration(place.ids["other_registration_id"])
        assert row is not None
        badge = people.badge_code(row)
        _forget_badge(row.id)
    fresh(app)

    delta = device.get(f"{roll}?since=1").json

    assert (delta["badges"], delta["gone"]) == ([], [short(badge)])
    assert len(device.get(roll).json["badges"]) == 2


def _forget_badge(registration_id: int) -> None:
    @atomic
    def forget() -> None:
        db.session.get_one(Registration, registration_id).badge_hash = None

    forget()


def test_a_foreign_device_hears_of_no_list(app, place, device, roll):
    other = world.build(app, "cudze")

    assert code(device.get(f"/checkpoints/{other.ids['checkpoint_id']}/snapshot")) == (
        404,
        "not-found",
    )
    assert code(Program(app, place, "revoked").get(roll)) == (401, "device-revoked")


# --- handing in ---------------------------------------------------------------------------


def test_a_batch_of_devices_own_verdicts(app, place, device, scans):
    row = str(place.ids["other_registration_id"])
    batch = [
        offline(registration=row),
        {"scan_id": "x" * 9},
        offline(code=place.ids["badge"], said="already-in"),
        offline(code="nonsense"),
        offline(registration=str(place.ids["pending_id"])),
    ]

    answers = [device.post(f"{scans}:batch", {"scans": batch}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    codes = [[said["code"] for said in answer.json["verdicts"]] for answer in answers]
    assert codes == [["ok", "invalid-fields", "already-in", "invalid-code", "ok"]] * 2
    first = answers[0].json["verdicts"]
    assert first[2]["first"]["device"] == "telefon"
    assert first[4]["conflict"] == {"kind": "not-admissible", "code": "pending", "first": None}
    assert [said.get("replayed") for said in answers[1].json["verdicts"]] == [
        True,
        None,
        True,
        True,
        True,
    ]


def test_the_lead_overrules_by_api(app, place, device, program, scans):
    body = offline(
        registration=str(place.ids["pending_id"]),
        said="pending",
        override={"reason": "Zna go dyrektor."},
    )

    assert code(device.post(scans, body)) == (409, "override-not-yours")
    answer = program.post(scans, body)
    batch = program.post(f"{scans}:batch", {"scans": [body, {"scan_id": 1}]})

    assert (answer.status_code, answer.json["code"]) == (201, "ok")
    assert [said["code"] for said in batch.json["verdicts"]] == ["ok", "invalid-fields"]
    assert batch.json["verdicts"][0]["replayed"] is True


FORGED = ["device_forged", "device_" + "x" * 60, "pair_forged", "api_forged", "x" * 10_000]


@pytest.mark.parametrize("token", FORGED)
def test_forged_tokens_open_nothing(app, place, scans, roll, token):
    place.tokens["forged"] = token
    forger = Program(app, place, "forged")

    assert code(forger.post(scans, offline(code=place.ids["badge"])))[0] == 401
    assert code(forger.get(roll))[0] == 401


# --- conflicts ----------------------------------------------------------------------------


def test_conflicts_are_listed_and_settled(app, place, program, device):
    [dispute] = program.get("/events/seminarium/conflicts").json
    path = f"/conflicts/{dispute['id']}/settlement"

    assert (dispute["kind"], dispute["code"]) == ("double-entry", "already-in")
    assert dispute["first"]["device"] == "telefon"
    assert dispute["registration"]["id"] == str(place.ids["registration_id"])
    assert code(device.post(path, {"reason": "x", "outcome": "stands"})) == (403, "forbidden")
    assert faults(program.post(path, {"reason": "x", "outcome": "maybe"})) == [
        ("/outcome", "not-a-choice")
    ]
    assert program.post(path, {"reason": "pomyłka", "outcome": "taken-back"}).status_code == 204
    assert code(program.post(path, {"reason": "x", "outcome": "stands"})) == (
        409,
        "conflict-settled",
    )
    assert program.get("/events/seminarium/conflicts").json == []
    [settled] = program.get("/events/seminarium/conflicts?settled=1").json
    assert settled["reason"] == "pomyłka"


def test_the_lead_settles_a_conflict_on_the_page(app, place, hands):
    lead = world.member(app, place.event_id, Role.LEAD)
    page = lead.get("/seminarium/door").text
    token = world.csrf_token(lead)
    path = f"/seminarium/door/conflicts/{place.ids['conflict_id']}"
    assert path in page

    for reason in ("", "jedna osoba"):
        said = {"csrf_token": token, "reason": reason, "outcome": "stands"}
        assert lead.post(path, data=said).status_code == 303
    page = lead.get("/seminarium/door").text

    assert path not in page
    assert "jedna osoba" in page
    steward = world.member(app, place.event_id, Role.DOOR)
    assert "conflict" not in steward.get("/seminarium/door").text


# --- pairing ------------------------------------------------------------------------------


def announced(app: Flask, place) -> str:
    """Let the lead make a code on the page; return the code's link."""
    lead = world.member(app, place.event_id, Role.LEAD)
    said = {
        "csrf_token": world.csrf_token(lead),
        "name": "Telefon 7",
        "checkpoints": [str(place.ids["checkpoint_id"])],
    }
    answer = lead.post("/seminarium/desk/devices", data=said)
    assert answer.status_code == 200
    address = answer.text.partition('<p class="code">')[2].partition("</p>")[0]
    return urlsplit(address).path


def test_a_phone_is_paired_once_by_a_code(app, place, hands, scans):
    link = announced(app, place)
    phone = app.test_client()

    assert phone.get(link).status_code == 200
    assert phone.get("/seminarium/door").status_code == 303
    token = world.csrf_token(phone)
    paired = phone.post(link, data={"csrf_token": token})

    secret = paired.text.partition('data-token="')[2].partition('"')[0]
    place.tokens["phone"] = secret
    assert tokens.has_purpose(secret, "device")
    assert paired.headers["Cache-Control"] == "no-store"
    # Without an account it sees its own door, and nothing of anybody.
    page = phone.get(f"/seminarium/door/{place.ids['checkpoint_id']}")
    assert page.status_code == 200
    assert "data-device" in page.text
    assert phone.get("/seminarium/door").status_code == 200
    # The cookie opens pages alone: what changes something asks for the token.
    assert phone.post(f"/api/v1{scans}", json=offline(code="x")).status_code in {400, 401}
    assert Program(app, place, "phone").post(scans, offline(code="x")).json["code"]
    # A code is used up.
    again = app.test_client()
    refused = again.post(link, data={"csrf_token": world.csrf_token(again)})
    assert "data-token" not in refused.text


@pytest.mark.parametrize("spoil", ["late", "revoked", "foreign"])
def test_a_code_that_is_over_pairs_nothing(app, place, hands, spoil):
    link = announced(app, place)
    with app.app_context():
        row = doors.devices(place.event_id)[0]
        if spoil == "revoked":
            checkin.revoke_device(row.id, NOW)
    if spoil == "late":
        hands.move_to(hands.moment + timedelta(minutes=11))
    if spoil == "foreign":
        world.build(app, "cudze")
        link = link.replace("seminarium", "cudze")
    phone = app.test_client()

    answer = phone.post(link, data={"csrf_token": world.csrf_token(phone)})

    assert answer.status_code == 200
    assert "data-token" not in answer.text


def test_a_device_of_several_checkpoints_stands_at_those_alone(app, place, program):
    with app.app_context():
        second, third = (
            checkin.add_checkpoint(place.event_id, {"pl": name}) for name in ("Sala", "Szatnia")
        )
        points = [place.ids["checkpoint_id"], second.id]
        _row, pairing = checkin.announce_device(place.event_id, "tablet", points, NOW)
        _row, place.tokens["tablet"] = checkin.pair_by_code(place.event_id, pairing, NOW)
        numbers = [*points, third.id]
    tablet = Program(app, place, "tablet")

    answers = [tablet.get(f"/checkpoints/{number}/snapshot").status_code for number in numbers]

    assert answers == [200, 200, 403]
    with app.app_context():
        assert doors.last_seen(place.event_id)


# --- on a phone ---------------------------------------------------------------------------


def test_the_page_can_be_installed(app, place):
    client = app.test_client()

    manifest = client.get(f"/seminarium/door/{place.ids['checkpoint_id']}/manifest.webmanifest")
    worker = client.get("/seminarium/door/worker.js")

    assert manifest.mimetype == "application/manifest+json"
    said = json.loads(manifest.text)
    assert said["start_url"] == f"/seminarium/door/{place.ids['checkpoint_id']}"
    assert said["scope"] == "/seminarium/door/"
    for icon in said["icons"]:
        assert client.get(icon["src"]).status_code == 200
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert client.get("/nie-ma/door/worker.js").status_code == 404
