"""Cards against the close: counted if and only if committed before it; and proof that it bites."""

import time

import pytest

from eventapp.awards import commands, queries
from eventapp.awards.commands import Card
from eventapp.awards.models import Round
from eventapp.kernel.db import db
from tests.awards import seminar
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]

AWARD = "K1"
LATER = seminar.moment("2027-05-31T16:00:00+02:00")
CLOSE = "close"


# --- what each process does; by name, so that a new process can find it --------------------


def cast_or_close(wish):
    if wish[0] == CLOSE:
        return close_and_count(wish[1])
    round_id, juror_id, nomination_id, scores = wish
    cast = commands.cast_ballot(round_id, juror_id, {nomination_id: Card(scores)}, LATER)
    return cast.ballots[0].id


def close_and_count(round_id):
    commands.close_round(round_id, LATER)
    result = commands.count_round(round_id, LATER)
    return {"counted": sum(len(cards) for cards in result.document["cards"].values())}


def forget_the_lock():
    """Read the round as if nobody could close it meanwhile, and take one's time."""

    def read(round_id):
        found = db.session.get(Round, round_id)
        time.sleep(0.3)
        return found

    queries.round_shared = read


# --- the crowd ----------------------------------------------------------------------------


def crowded_round(processes):
    """Return the round, and the wishes of its jury with the chair's close among them."""
    loaded = seminar.load(seminar.seminar(), until="opened")
    round_id = loaded.rounds[AWARD]
    data = seminar.seminar()["awards"]
    entries = [row["id"] for row in data["nominations"] if row["category"] == AWARD]
    wishes = [
        (
            round_id,
            loaded.jurors[card["juror"]],
            loaded.nominations[card["nomination"]],
            card["scores"],
        )
        for card in data["ballots"]
        if card["nomination"] in entries
    ]
    wishes.insert(processes + 1, (CLOSE, round_id))
    return round_id, wishes


def outcome(answers):
    counted = next(answer["counted"] for answer in answers if isinstance(answer, dict))
    acknowledged = [answer for answer in answers if isinstance(answer, int)]
    refused = [answer for answer in answers if answer == "closed"]
    assert 1 + len(acknowledged) + len(refused) == len(answers)
    return counted, acknowledged, refused


def test_a_card_is_counted_if_and_only_if_it_was_committed_before_the_close(app):
    round_id, wishes = crowded_round(processes=8)

    answers = rush(app, cast_or_close, wishes, processes=8)

    counted, acknowledged, refused = outcome(answers)
    assert acknowledged  # the close came amid the cards
    assert refused
    db.session.rollback()
    assert sorted(ballot.id for ballot in queries.ballots(round_id)) == sorted(acknowledged)
    assert counted == len(acknowledged)


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
def test_without_the_lock_a_card_would_slip_in_after_the_count(app):
    """SQLite needs no such control: its writers stand in one line whatever they read."""
    _round_id, wishes = crowded_round(processes=8)

    answers = rush(app, cast_or_close, wishes, processes=8, tamper=forget_the_lock)

    counted, acknowledged, _refused = outcome(answers)
    assert len(acknowledged) > counted
