"""What the kernel's tests may ask for: the small application and a caller of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.kernel import edge as small


@pytest.fixture
def make_edge(tmp_path: Path) -> Callable[..., Flask]:
    """A function that makes the small application: `make_edge(BASE_URL=…)`."""

    def make(**settings: Any) -> Flask:
        return small.make(tmp_path, **settings)

    return make


@pytest.fixture
def edge(make_edge: Callable[..., Flask]) -> Flask:
    """The small application."""
    return make_edge()


@pytest.fixture
def visitor(edge: Flask) -> FlaskClient:
    """A caller of the small application."""
    return edge.test_client()
