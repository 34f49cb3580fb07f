"""Sentences with places, as a reader sees them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import pytest
from flask import Flask

from eventapp.kernel import i18n, pages
from eventapp.kernel.refusal import Refused, Term
from eventapp.programme.rules import ProgrammeRefusal
from tests.factories import at

MOMENT = at("9:30")


@pytest.fixture(autouse=True)
def _reading(edge: Flask) -> Iterator[None]:
    with edge.app_context():
        yield


@pytest.mark.parametrize(
    ("value", "locale", "shown"),
    [
        ("Anna Nowak", "pl", "Anna Nowak"),
        (12, "pl", "12"),
        ({"pl": "Sala A", "en": "Room A"}, "pl", "Sala A"),
        ({"pl": "Sala A", "en": "Room A"}, "en", "Room A"),
        ({"pl": "Sala A"}, "en", "Sala A"),
        (MOMENT, "pl", "16 czerwca 2027 r., 9:30"),
        (MOMENT, "en", "16 June 2027, 9:30"),
        (Term("on the reserve list"), "pl", "na liście rezerwowej"),
        ("on the reserve list", "pl", "on the reserve list"),
        ("100%", "pl", "100%"),
    ],
)
def test_a_place_is_filled_in_the_readers_language(
    value: str | int | Mapping[str, str] | datetime, locale: str, shown: str
) -> None:
    with i18n.use_locale(locale):
        assert pages.said("→ %(value)s", {"value": value}) == f"→ {shown}"


def test_a_sentence_without_places_is_left_alone() -> None:
    with i18n.use_locale("en"):
        assert pages.said("100% full", {}) == "100% full"


def test_a_refusal_is_said_in_the_same_way() -> None:
    refused = Refused(ProgrammeRefusal.ROOM_TAKEN, title={"pl": "Próg", "en": "Break-even"})

    for locale, title in (("pl", "Próg"), ("en", "Break-even")):
        with i18n.use_locale(locale):
            said = pages.sentence(refused)
            assert said == pages.said(ProgrammeRefusal.ROOM_TAKEN.sentence, refused.details)
            assert title in said
