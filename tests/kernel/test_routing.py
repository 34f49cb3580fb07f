"""Addresses are the same whenever their builders are compiled."""

from flask import Flask
from werkzeug.routing import Map, Rule

from eventapp.kernel.routing import LateRule

RULES = [
    "/",
    "/<event>/sessions/<int:session_id>/sign-up",
    "/<event>/programme",
    "/b/<path:rest>",
]
VALUES = [
    {},
    {"event": "zaslepka ł", "session_id": 7},
    {"event": "a", "day": "2027-06-16", "kind": None},
    {"rest": "x/y z", "self": "1", "_rule": "2"},
]


def built(kind: type[Rule]) -> list[str]:
    routes = Map([kind(rule, endpoint=str(place)) for place, rule in enumerate(RULES)])
    bound = routes.bind("localhost")
    return [
        bound.build(str(place), values)
        for place, values in enumerate(VALUES)
        for _again in range(2)
    ]


def test_a_late_rule_builds_what_werkzeugs_own_builds() -> None:
    assert built(LateRule) == built(Rule)


def test_every_route_of_the_application_is_compiled_late(app: Flask) -> None:
    own = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert {type(rule) for rule in own} == {LateRule}
