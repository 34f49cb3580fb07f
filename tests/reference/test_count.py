"""The reference count yields the oracle of every shipped seminar, and never reads it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.reference import count
from tests.reference.until import as_of, expected_as_of

DEMO = Path(__file__).parents[2] / "eventapp" / "demo"
SHIPPED = sorted(path.stem for path in DEMO.glob("*.json") if not path.stem.endswith("schema"))

DAY = "2027-06-17T"
SESSION = {
    "id": "A",
    "start": f"{DAY}09:00:00+02:00",
    "end": f"{DAY}12:00:00+02:00",
    "support_minutes": 180,
}


def read(name: str) -> dict[str, Any]:
    """Read a shipped seminar."""
    return json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(params=SHIPPED)
def seminar(request: pytest.FixtureRequest) -> dict[str, Any]:
    return read(request.param)


def test_count_yields_every_figure_of_the_file(seminar):
    counted = count.expected(count.stripped(seminar))

    for key, figures in seminar["expected"].items():
        assert counted[key] == figures, key
    assert counted == seminar["expected"]


def test_count_yields_every_oracle_field_of_every_person(seminar):
    counted = count.filled(count.stripped(seminar))

    for mine, theirs in zip(counted["participants"], seminar["participants"], strict=True):
        assert mine == theirs
    assert counted == seminar


def test_stripping_leaves_no_oracle_field(seminar):
    bare = count.stripped(seminar)

    assert "expected" not in bare
    assert "expected" in seminar
    for person in bare["participants"]:
        assert not {"expected_result", "waitlist_position"} & set(person)
        assert all(set(sign_up) == {"session"} for sign_up in person["signups"])


def test_false_oracle_fields_change_nothing(seminar):
    lying = copy.deepcopy(seminar)
    lying["expected"] = {"participants_total": -1}
    for person in lying["participants"]:
        person["expected_result"] = {"certificate": True}
        person["waitlist_position"] = 99
        for sign_up in person["signups"]:
            sign_up.update(status="waitlisted", position=7)

    assert count.expected(lying) == seminar["expected"]


def scan(session: str, clock: str, direction: str = "entry") -> dict[str, str]:
    return {"session": session, "at": f"{DAY}{clock}:00+02:00", "direction": direction}


@pytest.mark.parametrize(
    ("start", "end", "support", "scans", "minutes"),
    [
        ("09:00", "11:00", 120, ["in 09:00", "out 09:50", "in 10:05"], 105),
        ("09:00", "10:30", 90, ["in 09:10"], 90),
        ("09:00", "10:30", 90, ["in 09:15"], 90),
        ("09:00", "10:30", 90, ["in 09:16"], 74),
        ("09:00", "10:30", 90, ["in 09:20"], 70),
        ("09:00", "10:30", 90, ["in 08:47"], 90),
        ("09:00", "10:30", 90, ["in 08:50", "out 08:55", "in 09:05"], 90),
        ("09:00", "10:30", 90, ["in 08:50", "out 10:29"], 89),
        ("09:00", "10:30", 90, ["in 08:50", "out 10:45"], 90),
        ("09:00", "10:30", 90, ["in 08:50", "out 08:55"], 0),
        ("09:00", "12:00", 165, ["in 09:00"], 165),
        ("09:00", "12:00", 165, ["in 09:20"], 145),
        ("09:00", "12:00", 165, ["in 09:20", "out 11:30"], 115),
        ("09:00", "12:00", 165, ["in 11:50"], 0),
        ("09:00", "12:00", 165, ["in 09:00", "in 09:40"], 165),
        ("09:00", "12:00", 165, ["in 09:00", "out 10:00", "out 11:00"], 45),
        ("09:00", "12:00", 0, ["in 09:00"], 0),
    ],
)
def test_credit(start, end, support, scans, minutes):
    session = {
        "id": "A",
        "start": f"{DAY}{start}:00+02:00",
        "end": f"{DAY}{end}:00+02:00",
        "support_minutes": support,
    }
    person = {
        "attendance": [
            scan("A", clock, "entry" if way == "in" else "exit")
            for way, clock in (item.split() for item in scans)
        ]
    }

    spans = count.stays({"sessions": [session]}, person)

    assert count.credit(session, spans["A"]) == minutes


def test_the_entry_to_a_parallel_session_ends_the_first():
    parallel = SESSION | {"id": "B", "start": f"{DAY}10:30:00+02:00"}
    person = {"attendance": [scan("A", "09:00"), scan("B", "10:40")]}

    spans = count.stays({"sessions": [SESSION, parallel]}, person)

    assert count.credit(SESSION, spans["A"]) == 100
    assert count.credit(parallel | {"support_minutes": 90}, spans["B"]) == 90


def test_the_early_entry_to_the_next_session_ends_nothing():
    following = SESSION | {"id": "B", "start": SESSION["end"], "end": f"{DAY}13:00:00+02:00"}
    person = {"attendance": [scan("A", "09:00"), scan("B", "11:50")]}

    spans = count.stays({"sessions": [SESSION, following]}, person)

    assert count.credit(SESSION, spans["A"]) == 180


def test_credit_across_the_change_to_winter_time():
    session = {
        "id": "A",
        "start": "2026-10-25T01:30:00+02:00",
        "end": "2026-10-25T03:30:00+01:00",
        "support_minutes": 180,
    }
    person = {"attendance": [{"session": "A", "at": "2026-10-25T01:20:00+02:00"}]}

    spans = count.stays({"sessions": [session]}, person)

    assert count.credit(session, spans["A"]) == 180


@pytest.mark.parametrize(
    ("capacity", "keeps_queue", "states"),
    [
        (None, True, ["confirmed", "confirmed", "confirmed"]),
        (2, True, ["confirmed", "confirmed", "waitlisted"]),
        (1, True, ["confirmed", "waitlisted", "waitlisted"]),
        (1, False, ["confirmed", "refused", "refused"]),
        (0, True, ["waitlisted", "waitlisted", "waitlisted"]),
    ],
)
def test_places_in_order_of_time(capacity, keeps_queue, states):
    places = count.Places(capacity, keeps_queue)
    for person in ("P1", "P2", "P3"):
        places.take(person)

    assert [places.state(person)["status"] for person in ("P1", "P2", "P3")] == states


def test_a_release_moves_the_queue_up():
    places = count.Places(1, True)
    for person in ("P1", "P2", "P3", "P4"):
        places.take(person)
    places.release("P3")
    places.release("P1")

    assert places.state("P1") == {"status": "released"}
    assert places.state("P2") == {"status": "confirmed"}
    assert places.state("P4") == {"status": "waitlisted", "position": 1}


def test_a_substitute_stands_where_the_other_stood():
    places = count.Places(1, True)
    for person in ("P1", "P2", "P3"):
        places.take(person)
    places.pass_on("P2", "S2")
    places.pass_on("P1", "S1")

    assert places.seated == ["S1"]
    assert places.queue == ["S2", "P3"]


def test_a_substitute_of_somebody_refused_comes_as_anybody_else():
    places = count.Places(1, False)
    for person in ("P1", "P2"):
        places.take(person)
    places.release("P1")
    places.pass_on("P2", "S2")

    assert places.seated == ["S2"]
    assert places.state("P2") == {"status": "refused"}


@pytest.mark.parametrize(
    ("attended", "threshold", "percent", "certificate"),
    [(80, 80, 80, True), (79, 80, 79, False), (0, 80, 0, False), (100, 100, 100, True)],
)
def test_certificate_in_integers(attended, threshold, percent, certificate):
    outcome = count.verdict(
        required=100, attended=attended, total=attended, came=True, threshold=threshold
    )

    assert (outcome["percent"], outcome["certificate"]) == (percent, certificate)
    assert outcome["bur_status"] == ("ukończył" if certificate else "nie ukończył")


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [(633, 8, 79.13), (1, 200, 0.01), (1, 201, 0.0), (100, 3, 33.33), (200, 3, 66.67)],
)
def test_means_round_half_up(numerator, denominator, text):
    assert count.shown(count.Fraction(numerator, denominator)) == text


@pytest.mark.parametrize(
    ("at", "people", "scans", "ballots"),
    [
        ("2027-04-12T12:00:00+02:00", 0, 0, 0),
        ("2027-05-20T12:00:00+02:00", 69, 0, 30),
        ("2027-05-31T15:59:00+02:00", 95, 0, 154),
        ("2027-05-31T16:00:00+02:00", 95, 0, 153),
        ("2027-06-16T09:30:00+02:00", 120, 40, 153),
        ("2027-06-21T08:00:00+02:00", 120, 889, 153),
    ],
)
def test_the_demo_at_a_moment(at, people, scans, ballots):
    then = as_of(read("demo_seminar"), count.moment(at))

    assert len(then["participants"]) == people
    assert sum(len(person["attendance"]) for person in then["participants"]) == scans
    assert len(then["awards"]["ballots"]) == ballots


@pytest.mark.parametrize(
    ("at", "winners", "audience"),
    [
        ("2027-05-31T15:59:00+02:00", [], None),
        ("2027-05-31T16:00:00+02:00", ["N02", "N06", "N10", "N13", "N18"], None),
        ("2027-06-18T11:30:00+02:00", ["N02", "N06", "N10", "N13", "N18"], "N19"),
    ],
)
def test_awards_have_no_figures_before_they_are_decided(at, winners, audience):
    then = expected_as_of(read("demo_seminar"), count.moment(at))

    assert [row["winner"] for row in then["awards_decisions"]] == winners
    assert sorted(then["awards_ranking"]) == (["K1", "K2", "K3", "K4", "K5"] if winners else [])
    assert then["audience_award"] == audience


@pytest.mark.parametrize(
    ("at", "states"),
    [
        (
            "2027-06-15T13:19:00+02:00",
            {"P009": "confirmed", "P039": "waitlisted", "P093": "absent"},
        ),
        (
            "2027-06-15T13:20:00+02:00",
            {"P009": "released", "P039": "confirmed", "P093": "absent"},
        ),
    ],
)
def test_a_substitution_promotes_at_its_moment(at, states):
    places = count.sign_ups(as_of(read("demo_seminar"), count.moment(at)))
    seen = {
        person: next(
            (row["status"] for row in places.get(person, []) if row["session"] == "S06"), "absent"
        )
        for person in states
    }

    assert seen == states


def test_the_whole_demo_is_the_demo_at_its_end():
    demo = read("demo_seminar")

    assert expected_as_of(demo, count.moment("2027-06-18T23:59:00+02:00")) == demo["expected"]
