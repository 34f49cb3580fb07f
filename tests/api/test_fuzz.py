"""Generated requests, sound and broken ones: no 5xx, and every answer is one that is declared."""

from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from eventapp.events import queries as events
from tests.factories import at, make_registration, make_session
from tests.harness import world
from tests.harness.world import Place

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SHORT, LONG = 300, 2000
TOKENS = ("all",) * 8 + ("read", "door", "jury", "device", "revoked-token")
MORE = 10  # sessions and registrations, so that cancelling some leaves others


def known(place: Place) -> dict[str, list[Any]]:
    """Return what exists, by the names of paths and of fields in bodies."""
    ids = {name: str(value) for name, value in place.ids.items() if value}
    return {
        "event": [place.slug],
        "session": [ids["session_id"], ids["other_session_id"], *place.ids["sessions"]],
        "registration": [
            ids["registration_id"],
            ids["other_registration_id"],
            ids["pending_id"],
            *place.ids["registrations"],
        ],
        "starts_at": [at("9:00").isoformat(), at("11:00", 2).isoformat()],
        "ends_at": [at("12:00", 2).isoformat(), at("15:00", 3).isoformat()],
        "checkpoint": [ids["checkpoint_id"]],
        "sign_up": [ids["sign_up_id"], ids["queued_id"]],
        "award": [ids["award_id"]],
        "round": [ids["round_id"]],
        "juror": [ids["juror_id"], ids["chair_id"]],
        "scan": [ids["scan_id"]],
        "room": [ids["room_id"]],
        "venue": [ids["venue_id"]],
        "break": [ids["break_id"]],
        "speaker": [ids["speaker_id"]],
        "day": [ids["day_id"]],
        "activity": [ids["activity_id"]],
        "category": ["fundacja"],
        "code": [ids["badge"]],
        "nomination": [ids["nomination_id"], ids["other_nomination_id"]],
    }


def furnish(app: Flask, place: Place) -> None:
    """Add sessions at different times, and people."""
    with app.app_context():
        event = events.event(place.event_id)
        made = [
            make_session(event, starts_at=at(f"{8 + number}:00"), minutes=50, capacity=number % 3)
            for number in range(MORE)
        ]
        place.ids["sessions"] = [str(session.id) for session in made]
        people = [make_registration(event) for _ in range(MORE)]
        place.ids["registrations"] = [str(person.id) for person in people]


def requests(app: Flask, place: Place) -> st.SearchStrategy[tuple[Case, str]]:
    """Return requests of all operations: mostly about what exists, by callers of every kind."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    cases = st.one_of(
        operation.as_strategy(mode)
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode is GenerationMode.POSITIVE or _can_be_wrong(operation)
    )
    things = known(place)
    picks = st.fixed_dictionaries({name: st.sampled_from(ids) for name, ids in things.items()})
    aimed = st.builds(_aimed, cases, picks, st.sampled_from(range(9, -1, -1)))
    drawn = st.tuples(aimed, st.sampled_from(TOKENS))
    # Hypothesis writes a strategy out when a draw fails, and all operations are too long for that.
    return st.just(None).flatmap(lambda _none: drawn)


def _can_be_wrong(operation: Any) -> bool:
    return bool(operation.body or operation.query or operation.path_parameters)


def _aimed(case: Case, picks: Mapping[str, Any], luck: int) -> Case:
    """Let nine of ten requests be about something that exists; few may end it."""
    if luck == 0 or (luck < 8 and (case.method == "DELETE" or case.path.endswith("/count"))):
        return case
    for name in case.path_parameters or {}:
        if name in picks:
            case.path_parameters[name] = picks[name]
    if isinstance(case.body, dict) and luck > 3:
        _make_sense(case.body, picks, luck)
    return case


def _make_sense(body: dict[str, Any], picks: Mapping[str, Any], luck: int) -> None:
    """Fill a body with what exists, and mend what no schema can say."""
    body.update({name: picks[name] for name in body.keys() & picks.keys()})
    if "scores" in body:
        body["scores"] = {picks["nomination"]: {"c1": luck, "c2": 10 - luck}}
    if "scan_id" in body and luck % 2:
        body.pop("code", None)
        body["registration"] = picks["registration"]
    elif "scan_id" in body:
        body.pop("registration", None)
        body["code"] = picks["code"]
    if "starts_at" in body and "activity" not in body:
        body.setdefault("title", {"pl": "Warsztat"})


def bombard(app: Flask, place: Place, examples: int) -> int:
    """Send so many requests, check every answer, and return how many were sent."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    furnish(app, place)
    sent = 0

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(app, place))
    def one(drawn: tuple[Case, str]) -> None:
        nonlocal sent
        case, scope = drawn
        headers = {**(case.headers or {}), **world.bearing(place.tokens[scope])}
        response = case.call(headers=headers)
        sent += 1
        case.validate_response(response, checks=CHECKS)

    one()
    return sent


@pytest.mark.parametrize(
    "examples", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_no_generated_request_is_answered_with_a_fault_of_ours(app, place, examples):
    assert bombard(app, place, examples) >= examples
