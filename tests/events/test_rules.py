"""Pure decisions about events and their rooms."""

from typing import Any

import pytest

from eventapp.events import rules

GROUND, UPSTAIRS = {"pl": "parter", "en": "ground floor"}, {"pl": "I piętro", "en": "first floor"}


@pytest.mark.parametrize(
    ("accessibility", "floor", "expected"),
    [
        ({"step_free": True, "lift": False}, GROUND, True),
        ({"step_free": True, "lift": False}, UPSTAIRS, False),
        ({"step_free": True, "lift": True}, UPSTAIRS, True),
        ({"step_free": False, "lift": True}, GROUND, False),
        ({"step_free": False}, {}, False),
        ({"step_free": True, "lift": False}, {"pl": " Parter "}, True),
        ({"step_free": True, "lift": False}, {"pl": "wysoki parter"}, False),
        ({"step_free": True, "lift": True}, {}, True),
        # Nobody has said.
        ({}, GROUND, None),
        ({"lift": True}, UPSTAIRS, None),
        ({"step_free": True}, GROUND, True),
        ({"step_free": True}, UPSTAIRS, None),
        ({"step_free": True, "lift": False}, {}, None),
    ],
)
def test_a_room_is_step_free_by_its_entrance_and_its_floor(
    accessibility: dict[str, Any], floor: dict[str, str], expected: bool | None
) -> None:
    assert rules.is_step_free(accessibility, floor) is expected
