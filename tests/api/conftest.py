"""What the API's tests ask for: an event with one of everything, and a program with a token."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.harness import world
from tests.harness.world import Place

ROOT = "/api/v1"


class Program:
    """A program with one token; paths are those below ``/api/v1``."""

    def __init__(self, app: Flask, place: Place, scope: str | None = "all") -> None:
        self.client = app.test_client()
        self.place = place
        self.headers = world.bearing(place.tokens[scope]) if scope else {}
        self.headers["Accept-Language"] = "en"

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> TestResponse:
        """Send a request; *key* is its Idempotency-Key, further headers as ``If_Match=…``."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            more["Idempotency-Key"] = key
        given = {} if body is None else {"json": body}
        path = path if path.startswith("http") else ROOT + path
        return self.client.open(path, method=method, headers=self.headers | more, **given)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Make something."""
        return self.send("POST", path, body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        """Change something."""
        return self.send("PATCH", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> TestResponse:
        """Put *body* in the place of what is there."""
        return self.send("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """Take something away."""
        return self.send("DELETE", path, **more)


def code(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert answer.mimetype == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


def faults(answer: TestResponse) -> list[tuple[str, str]]:
    """Return the fields that an answer of 422 names, each with its code."""
    assert code(answer) == (422, "invalid-fields")
    return [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]


@pytest.fixture
def place(app: Flask) -> Place:
    """An event with one of everything."""
    return world.build(app, "seminarium")


@pytest.fixture
def program(app: Flask, place: Place) -> Program:
    """A program with an organiser's token."""
    return Program(app, place)


@pytest.fixture
def program_with(app: Flask, place: Place) -> Callable[[str | None], Program]:
    """A function that makes a program with a token of another scope, or none."""
    return lambda scope: Program(app, place, scope)
