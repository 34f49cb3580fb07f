"""Reminders under many clicks at once: each speaker is asked by one of them."""

import pytest

from eventapp.kernel import facts
from eventapp.programme import commands
from tests.factories import NOW, make_event
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]


def ask(event_id):
    return commands.ask_speakers(event_id, NOW)


def test_of_many_clicks_at_once_one_asks(app):
    event = make_event()
    for number in range(3):
        commands.name_speaker(
            event.id, NOW, title="", first_name=f"Ewa {number}", last_name="Lis",
            email=f"ewa{number}@example.org",
        )  # fmt: skip
    event_id = event.id

    answers = rush(app, ask, [event_id] * 8, processes=8)

    assert sorted(answers) == [0] * 7 + [3]
    rows = facts.history(event_id=event_id)
    assert [row.data["count"] for row in rows if row.kind == "reminder-sent"] == [3]
