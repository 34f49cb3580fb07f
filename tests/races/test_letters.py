"""Letters to many under two workers, and under two people who want opposite things."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventapp.kernel.db import db
from eventapp.kernel.jobs import Job
from eventapp.messages import commands, queries
from eventapp.messages.commands import Draft
from eventapp.messages.models import LetterCopy, State
from eventapp.messages.rules.audience import Audience
from tests.factories import NOW, make_event, make_registration
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]

DRAFT = Draft(subject={"pl": "Temat"}, body={"pl": "Treść"}, audience=Audience(), late_copies=True)
LATER = NOW + timedelta(hours=1)


def send(_number):
    return commands.send_due(LATER)


def approve_or_cancel(wish):
    act, letter_id = wish
    verb = commands.queue if act == "queue" else commands.cancel
    return verb(letter_id, NOW).state.value


def test_who_comes_in_later_gets_one_copy_from_racing_workers(app) -> None:
    event = make_event()
    make_registration(event)
    row = commands.begin(event.id, DRAFT, NOW)
    commands.approve(row.id, NOW)
    commands.queue(row.id, NOW)
    commands.send_due(NOW)
    late = make_registration(event)
    late_id = late.id

    counts = rush(app, send, list(range(8)), processes=8)

    assert sorted(counts) == [0] * 7 + [1]
    query = select(func.count()).select_from(LetterCopy)
    assert db.session.scalar(query.where(LetterCopy.registration_id == late_id)) == 1
    jobs = db.session.scalar(
        select(func.count()).select_from(Job).where(Job.name == "mail:messages.copy")
    )
    assert jobs == 2


def test_sending_and_holding_back_at_once_leave_one_of_both(app) -> None:
    event = make_event()
    make_registration(event)
    row = commands.begin(event.id, DRAFT, NOW)
    commands.approve(row.id, NOW)
    letter_id = row.id

    answers = rush(app, approve_or_cancel, [("queue", letter_id), ("cancel", letter_id)])
    db.session.expunge_all()

    sent = commands.send_due(LATER)
    state = queries.letter(letter_id).state
    assert (answers[1], state, sent) in [
        ("draft", State.DRAFT, 0),
        ("letter-wrong-state", State.SENT, 1),
    ]
