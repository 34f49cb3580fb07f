"""The harness itself keeps its word."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page

from eventapp.kernel import clock, settings
from eventapp.kernel.db import db
from tests.conftest import NOW

VIOLATION = (
    "<!doctype html><html lang='pl'><title>t</title><main><h1>t</h1><img src='data:,'></main>"
)


def test_each_test_finds_an_empty_database(app: Flask, database_kind: str) -> None:
    with app.app_context():
        assert (
            db.engine.dialect.name == {"sqlite": "sqlite", "postgres": "postgresql"}[database_kind]
        )
        assert settings.get("left") is None
        settings.put("left", "behind")


def test_each_test_finds_an_empty_database_again(app: Flask) -> None:
    with app.app_context():
        assert settings.get("left") is None
        settings.put("left", "behind")


def test_the_clock_stands_until_it_is_moved(hands) -> None:
    assert clock.now() == clock.now() == NOW

    hands.move_to(NOW + timedelta(hours=1))

    assert clock.now() == NOW + timedelta(hours=1)


def test_statements_are_recorded(app: Flask, recorded: Callable) -> None:
    with recorded() as asked, app.app_context():
        settings.get("left")

    assert len(asked) == 1


def test_axe_notices_a_picture_without_words(page: Page, axe: Callable) -> None:
    page.set_content(VIOLATION)
    page.watch.faults.clear()

    assert [paragraph.split(":")[0] for paragraph in axe(page)] == ["image-alt"]
