"""Allocations for programs: the same commands as the pages."""

from collections.abc import Callable

from flask import Flask

from eventapp.events import commands as events
from eventapp.registrations import queries as people
from eventapp.signups import queries as seats
from tests.allocation.town import AFTER, make_town
from tests.conftest import Clock
from tests.factories import NOW, make_registration


def test_a_program_ranks_runs_and_announces(
    app: Flask, hands: Clock, run_jobs: Callable[[], int]
) -> None:
    with app.app_context():
        town = make_town("A1 B5 C5 D5")
        rows = [make_registration(town.event).id for _ in range(2)]
        elsewhere = make_registration(make_town(opened=False).event).id
        _row, token = events.issue_token(town.event.id, "program", ["all"], NOW)
    client = app.test_client()
    asked = {"headers": {"Authorization": f"Bearer {token}"}}
    base = f"/api/v1/allocations/{town.id}"
    a, b, c = (str(town.sessions[name].id) for name in "ABC")

    for number in rows:
        said = {"choices": [a, b, c]}
        kept = client.put(f"{base}/wishes/{number}", json=said, **asked)
        assert (kept.status_code, kept.json["choices"]) == (200, [a, b, c])
    twice = client.put(f"{base}/wishes/{rows[0]}", json={"choices": [a, a]}, **asked)
    assert (twice.status_code, twice.json["code"]) == (409, "named-twice")
    foreign = client.put(f"{base}/wishes/{elsewhere}", json={"choices": []}, **asked)
    assert foreign.status_code == 404
    early = client.post(f"{base}/runs", json={}, **asked)
    assert early.json["code"] == "still-open"

    hands.move_to(AFTER)
    run = client.post(f"{base}/runs", json={"seed": "ziarno"}, **asked)
    assert (run.status_code, run.json["seed"], run.json["number"]) == (201, "ziarno", 1)
    assert run.json["figures"]["by_rank"] == [3, 1, 0]
    shown = client.get(base, **asked)
    assert (shown.json["phase"], shown.json["ranked"]) == ("run", 2)
    assert [len(block) for block in shown.json["blocks"]] == [2, 2]
    done = client.post(f"{base}/announcement", **asked)
    assert (done.status_code, done.json["phase"]) == (202, "announcing")
    run_jobs()
    again = client.post(f"{base}/announcement", **asked)
    assert (again.status_code, again.json["code"]) == (409, "round-announced")
    with app.app_context():
        assert all(people.registration(number) for number in rows)
        assert [len(seats.own(number)) for number in rows] == [2, 2]
