"""Badges: what stands on them, on which page, and which must be printed again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.documents import rules
from eventapp.documents.rules import BadgeRole, Layout, Printed, Side

LOOKS = rules.looks("Ewa Żak", "Fundacja", BadgeRole.PARTICIPANT, 1)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (1, BadgeRole.SPEAKER),
        (2, BadgeRole.JURY),
        (3, BadgeRole.SPEAKER),
        (4, BadgeRole.PARTICIPANT),
    ],
)
def test_a_role_is_what_somebody_does(person: int, expected: BadgeRole) -> None:
    assert rules.badge_role(person, {1, 3}, {2, 3}) is expected


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (None, Printed.NEVER),
        (LOOKS, Printed.READY),
        (rules.looks("Ewa Żak", "Fundacja", BadgeRole.PARTICIPANT, 2), Printed.CHANGED),
        (rules.looks("Ewa Rys", "Fundacja", BadgeRole.PARTICIPANT, 1), Printed.CHANGED),
        (rules.looks("Ewa Żak", "Spółdzielnia", BadgeRole.PARTICIPANT, 1), Printed.CHANGED),
        (rules.looks("Ewa Żak", "Fundacja", BadgeRole.SPEAKER, 1), Printed.CHANGED),
    ],
)
def test_a_badge_is_printed_again_when_it_would_look_otherwise(
    earlier: str | None, expected: Printed
) -> None:
    assert rules.printed(LOOKS, earlier) is expected


@pytest.mark.parametrize(
    ("count", "layout", "backs", "expected"),
    [
        (0, Layout.SHEET, True, []),
        (2, Layout.A6, False, [Side(False, [0]), Side(False, [1])]),
        (2, Layout.CARD, True,
         [Side(False, [0]), Side(True, [0]), Side(False, [1]), Side(True, [1])]),
        (3, Layout.SHEET, True,
         [Side(False, [0, 1, 2, *[None] * 7]), Side(True, [1, 0, None, 2, *[None] * 6])]),
        (11, Layout.SHEET, False,
         [Side(False, [*range(10)]), Side(False, [10, *[None] * 9])]),
    ],
)  # fmt: skip
def test_backs_lie_behind_their_fronts(
    count: int, layout: Layout, backs: bool, expected: list[Side]
) -> None:
    assert rules.sides(count, layout, backs=backs) == expected


@given(st.sets(st.integers(1, 10**6), max_size=50))
def test_a_choice_of_people_survives_its_address(ids: set[int]) -> None:
    assert rules.unpacked(rules.packed(ids)) == sorted(ids)


@pytest.mark.parametrize("nonsense", ["", ".", "1..2", "a", "-1", "1.2147483647.5", "١", "1" * 99])
def test_a_choice_of_nonsense_is_nobody(nonsense: str) -> None:
    assert rules.unpacked(nonsense) == []
