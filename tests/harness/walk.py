"""The whole map of addresses, with what stands in them: to ask for everything as somebody."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.factories import NOW
from tests.harness.world import Place

OWN, FOREIGN, NOWHERE = "own", "foreign", "nonexistent"
CROSSED, MISSING = "somebody else's id", "an id of nothing"
NOTHING = "999999"
LETTERS = ("token", "code", "locale", "filename", "name", "number", "visit_id", "person_id")

# What a speaker's link opens for those sessions that the person leads.
OF_OWN_SESSIONS = (
    "attendance.here",
    "attendance.tap",
    "attendance.tap_everybody",
    "attendance.untap",
    "desk.own_day_card",
    "desk.own_service_cards",
    "desk.save_service_card",
    "desk.service_card",
    "desk.speaking_list",
    "programme.speaking_materials",
    "programme.speaking_add_material",
    "programme.speaking_material",
    "programme.speaking_edit_material",
    "programme.speaking_save_material",
    "programme.speaking_remove_material",
    "programme.speaking_return_material",
)

# Without these a body would be refused before it is asked whose the thing is.
BODIES: dict[str, Any] = {
    "signups_api.sign_up": lambda ids: {"registration": str(ids["pending_id"])},
    "awards_api.cast": lambda ids: {"scores": {str(ids["nomination_id"]): {"c1": 1}}},
    "checkin_api.scan": lambda ids: {
        "scan_id": "scan-from-the-walk",
        "scanned_at": NOW.isoformat(),
        "code": ids["badge"],
    },
    "checkin_api.practise": lambda ids: {
        "scan_id": "scan-from-the-walk",
        "scanned_at": NOW.isoformat(),
        "code": ids["badge"],
    },
    "checkin_api.check_readiness": lambda _ids: {
        "secure": True,
        "camera": True,
        "sound": True,
        "keeps": True,
        "waiting": 0,
        "latency_ms": 9,
        "clock_at": NOW.isoformat(),
    },
    "desk_api.decide_about": lambda _ids: {"state": "qualified", "told": "later"},
    "desk_api.announce_decisions": lambda _ids: {},
    "desk_api.act_on_many": lambda ids: {
        "act": "check",
        "registrations": [str(ids["registration_id"])],
        "preview": True,
    },
    "desk_api.take_table_over": lambda _ids: {
        "columns": ["first-name", "last-name"],
        "rows": [["Jan", "Nowy"]],
        "preview": True,
    },
    "desk_api.reissue_badge": lambda ids: {"reason": "other"},
    "desk_api.note_printed": lambda ids: {"registrations": [str(ids["registration_id"])]},
    "checkin_api.admit": lambda ids: {"reason": "Bo tak."},
    "checkin_api.settle": lambda _ids: {"reason": "Bo tak.", "outcome": "stands"},
}


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Yield every route with every method that does something."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def targets(rule: Rule) -> list[str]:
    """List what a route can be asked about."""
    about_event = "event" in rule.arguments
    numbered = [name for name in rule.arguments if name.endswith("_id") and name not in LETTERS]
    if about_event:
        return [OWN, FOREIGN, NOWHERE, *([CROSSED, MISSING] if numbered else [])]
    return [OWN, FOREIGN, NOWHERE] if numbered else [OWN]


def arguments(rule: Rule, target: str, places: dict[str, Place]) -> dict[str, Any]:
    """Return the parts of a path that name the target."""
    own, foreign = places[OWN], places[FOREIGN]
    ids = foreign.ids if target in {FOREIGN, CROSSED} else own.ids
    slug = {FOREIGN: foreign.slug, NOWHERE: "nie-ma"}.get(target, own.slug)
    found: dict[str, Any] = {}
    for name in rule.arguments:
        if name == "event":
            found[name] = slug
        elif name in LETTERS:
            found[name] = letter(rule.endpoint, name, foreign if target == FOREIGN else own)
        elif target in {NOWHERE, MISSING}:
            found[name] = NOTHING
        else:
            found[name] = ids[name]
    return found


def letter(endpoint: str, name: str, place: Place) -> Any:
    """Return something for the parts of a path that are no ids."""
    links = {
        "registrations.enter": "participant",
        "invites.feed": "feed",
        "unsubscribing.unsubscribe": "unsubscribe",
        "unsubscribing.decline": "unsubscribe",
        "unsubscribing.want_again": "unsubscribe",
        "awards.consent": "nominee",
        "awards.answer_consent": "nominee",
        "awards.correct_nomination": "nominee",
        "programme.speaking": "speaker",
        "programme.save_speaking": "speaker",
        "invites.renew_speakers": "speaker",
        "checkin.pairing": "pairing",
        "checkin.pair_by_code": "pairing",
        "signups.offer": "offer",
        "signups.claim": "offer",
        "signups.decline": "offer",
    } | dict.fromkeys(OF_OWN_SESSIONS, "speaker")
    if name == "name" and endpoint.startswith("messages."):
        return "signups.offered"
    if name == "token":
        nominator = "nominator" if endpoint.startswith("awards.") else "none"
        return place.links.get(links.get(endpoint, nominator), "nonsense")
    other = {"code": "X", "locale": "pl", "number": 1, "visit_id": NOTHING, "person_id": NOTHING}
    return other.get(name, "x.eml")
