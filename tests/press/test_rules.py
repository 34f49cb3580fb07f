"""What the media are told: which stage, what is missing, who said what, what fits."""

from datetime import date
from typing import Any

import pytest

from eventapp.press import rules
from eventapp.press.rules import Known, Missing, PressRefusal, Quote, Stage

FIRST, LAST = date(2027, 6, 16), date(2027, 6, 18)


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2027, 6, 15), Stage.BEFORE),
        (date(2027, 6, 16), Stage.DURING),
        (date(2027, 6, 18), Stage.DURING),
        (date(2027, 6, 19), Stage.AFTER),
    ],
)
def test_the_stage_follows_the_days(today: date, stage: Stage) -> None:
    assert rules.stage_of(FIRST, LAST, today) is stage


def known(**changed: Any) -> Known:
    given: dict[str, Any] = {
        "stage": Stage.AFTER, "about": {"pl": "a", "en": "b"}, "contact": True, "place": True,
        "organiser": True, "programme": True, "funding": True, "presence": True, "results": True,
    }  # fmt: skip
    return Known(**given | changed)


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, []),
        ({"about": {}}, [Missing.ABOUT]),
        ({"about": {"pl": "a"}}, [Missing.ENGLISH]),
        ({"presence": False}, [Missing.PRESENCE]),
        ({"presence": False, "stage": Stage.BEFORE}, []),
        ({"results": False}, [Missing.RESULTS]),
        ({"results": None}, []),
        ({"results": False, "stage": Stage.BEFORE}, []),
        ({"contact": False, "funding": False}, [Missing.CONTACT, Missing.FUNDING]),
        ({"place": False, "organiser": False}, [Missing.PLACE, Missing.ORGANISER]),
        ({"programme": False}, [Missing.PROGRAMME]),
    ],
)
def test_what_nobody_has_given_is_named(changed: dict[str, Any], missing: list[Missing]) -> None:
    assert rules.missing(known(**changed)) == missing


@pytest.mark.parametrize(
    ("typed", "quotes"),
    [
        ("", []),
        ("Warto.", [Quote("Warto.")]),
        ("„Warto.”\n– Anna Żak, prezeska", [Quote("Warto.", "Anna Żak, prezeska")]),
        ("Jedno,\ndwa.\n- Jan", [Quote("Jedno, dwa.", "Jan")]),
        ("Raz.\n— A\n\n\nDwa.", [Quote("Raz.", "A"), Quote("Dwa.")]),
        ("– sam myślnik", [Quote("– sam myślnik")]),
        ("Raz.\r\n– A\r\n\r\nDwa.", [Quote("Raz.", "A"), Quote("Dwa.")]),
    ],
)
def test_quotes_are_told_apart(typed: str, quotes: list[Quote]) -> None:
    assert rules.quotes_in(typed) == quotes


@pytest.mark.parametrize(
    ("size", "held", "refusal"),
    [
        (1, [], None),
        (1, [1] * 19, None),
        (1, [1] * 20, PressRefusal.TOO_MANY_FILES),
        (10_000_000, [10_000_000] * 5, None),
        (10_000_000, [10_000_001] * 5, PressRefusal.KIT_TOO_LARGE),
    ],
)
def test_a_kit_has_its_limits(size: int, held: list[int], refusal: PressRefusal | None) -> None:
    assert rules.refuse_file(size, held) is refusal


@pytest.mark.parametrize(
    ("media_type", "caption", "credit", "refusal"),
    [
        ("image/png", {"pl": "Sala"}, "fot. A", None),
        ("image/png", {}, "fot. A", PressRefusal.NO_CAPTION),
        ("image/jpeg", {"pl": "Sala"}, "", PressRefusal.NO_CAPTION),
        ("application/pdf", {}, "", None),
    ],
)
def test_a_picture_has_words(
    media_type: str, caption: dict[str, str], credit: str, refusal: PressRefusal | None
) -> None:
    assert rules.refuse_words(media_type, caption, credit) is refusal


@pytest.mark.parametrize(("said", "whole"), [("Tak", "Tak."), ("Tak.", "Tak."), ("Tak?", "Tak?")])
def test_a_sentence_ends_once(said: str, whole: str) -> None:
    assert rules.full_stop(said) == whole
