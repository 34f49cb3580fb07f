"""The API describes itself: every route, every struct, and nothing that is not there."""

import json
import re
from html import unescape

import jsonschema_rs
import pytest
from flask import Flask

from eventapp.kernel import guard, openapi
from eventapp.kernel.refusal import Refusal

# What other programs rely on; a change of one of these is a new version of the API.
STABLE = """
GET /events · GET /events/{event} · PATCH /events/{event}
GET /events/{event}/sessions · POST /events/{event}/sessions
GET /events/{event}/venues · POST /events/{event}/venues
GET /venues/{venue} · PATCH /venues/{venue} · DELETE /venues/{venue}
GET /events/{event}/rooms · POST /events/{event}/rooms
GET /rooms/{room} · PATCH /rooms/{room} · DELETE /rooms/{room}
GET /events/{event}/categories · POST /events/{event}/categories
GET /events/{event}/categories/{category} · PATCH /events/{event}/categories/{category}
DELETE /events/{event}/categories/{category}
GET /events/{event}/breaks · POST /events/{event}/breaks
GET /breaks/{break} · PATCH /breaks/{break} · DELETE /breaks/{break}
GET /events/{event}/speakers · POST /events/{event}/speakers
GET /speakers/{speaker} · PATCH /speakers/{speaker} · DELETE /speakers/{speaker}
GET /sessions/{session} · PATCH /sessions/{session} · DELETE /sessions/{session}
GET /events/{event}/registrations · POST /events/{event}/registrations
GET /registrations/{registration} · PATCH /registrations/{registration}
DELETE /registrations/{registration}
POST /sessions/{session}/sign-ups · GET /sessions/{session}/sign-ups
DELETE /sign-ups/{sign_up}
POST /events/{event}/checkpoints · POST /checkpoints/{checkpoint}/devices
POST /checkpoints/{checkpoint}/scans · POST /checkpoints/{checkpoint}/scans:batch
GET /events/{event}/presence
GET /events/{event}/awards · POST /awards/{award}/nominations
PUT /rounds/{round}/ballots/{juror} · POST /rounds/{round}/count · GET /rounds/{round}/result
GET /openapi.json
"""


@pytest.fixture
def one_app(make_app, tmp_path) -> Flask:
    """The application; no database is asked."""
    return make_app(DATABASE_URL=f"sqlite:///{tmp_path / 'none.sqlite3'}")


@pytest.fixture
def document(one_app) -> dict:
    """The OpenAPI document as it is served."""
    answer = one_app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def undeclared(app: Flask) -> list[str]:
    """List the endpoints of the API that do not say what they do."""
    endpoints = {r.endpoint for r in app.url_map.iter_rules() if r.rule.startswith("/api/v1/")}
    return [name for name in sorted(endpoints) if openapi.operation_of(name, app) is None]


def test_every_route_of_the_api_declares_itself(one_app):
    assert undeclared(one_app) == []


def test_an_undeclared_route_is_noticed(one_app):
    one_app.add_url_rule("/api/v1/planted", "planted", lambda: "x")

    assert undeclared(one_app) == ["planted"]


def test_the_names_that_stay_are_there(document):
    offered = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }

    assert set(re.split(r" · |\n", STABLE.strip())) - offered == set()


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/api/v1"}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    ids = [one["operationId"] for _, one in operations(document)]
    assert len(ids) == len(set(ids))


def operations(document: dict) -> list[tuple[str, dict]]:
    return [
        (f"{method.upper()} {path}", one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere(document):
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema), name
    for reference in re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(document)):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_every_operation_tells_what_may_happen(document):
    for name, one in operations(document):
        answers = one["responses"]
        assert any(status.startswith("2") for status in answers), name
        assert {"400", "429", "503"} <= answers.keys(), name
        if one.get("security") != []:
            assert {"401", "403"} <= answers.keys(), name
        if "{" in name:
            assert "404" in answers, name
        if "requestBody" in one:
            assert {"413", "415", "422"} <= answers.keys(), name
        if name.startswith(("PATCH", "DELETE /sessions", "DELETE /registrations")):
            assert "412" in answers, name


def test_posts_that_make_something_may_be_repeated(document):
    # A scan carries its own id; taking one back twice is refused the second time.
    own_ways = re.compile("scans")
    for name, one in operations(document):
        if name.startswith("POST") and not own_ways.search(name):
            headers = [p["name"] for p in one["parameters"] if p["in"] == "header"]
            assert headers == ["Idempotency-Key"], name


def test_bodies_refuse_unknown_fields(document):
    for name, one in operations(document):
        if "requestBody" in one:
            schema = one["requestBody"]["content"]["application/json"]["schema"]
            shape = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            assert shape["additionalProperties"] is False, name


def test_refusals_are_named_by_their_codes(document):
    told = document["paths"]["/sessions/{session}/sign-ups"]["post"]["description"]

    assert "`take-part`" not in told
    for refusal in ("no-sign-up", "overlaps", "full-no-queue", "already-signed-up"):
        assert f"`{refusal}`" in told


def test_permissions_are_told_as_they_are_asked(one_app, document):
    for offer in openapi.offers(one_app):
        told = document["paths"][offer.path][offer.method.lower()]["description"]
        asked = guard.rule_of(offer.endpoint, one_app).permission
        expected = "For everybody." if asked == guard.PUBLIC else f"`{asked}`"
        assert expected in told


def test_only_refusals_are_declared_as_such(one_app):
    for offer in openapi.offers(one_app):
        assert all(issubclass(kind, Refusal) for kind in offer.said.refuses)


def test_the_page_lists_every_operation(app, client):
    client.set_cookie("language", "en")
    page = unescape(client.get("/api/").text).replace("<wbr>", "")

    for offer in openapi.offers(app):
        assert f"{offer.method} /api/v1{offer.path}" in page
        assert offer.said.summary in page


def test_the_document_may_be_kept_by_caches(one_app):
    client = one_app.test_client()
    answer = client.get("/api/v1/openapi.json")

    assert "public" in answer.headers["Cache-Control"]
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/api/v1/openapi.json", headers=tag).status_code == 304
