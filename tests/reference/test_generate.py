"""Generated seminars are coherent, deterministic, and between them show every rule."""

from collections import Counter
from itertools import combinations

import pytest

from tests.reference import count
from tests.reference.generate import generate, lists

SEEDS = range(40)


@pytest.fixture(scope="module", params=SEEDS)
def seminar(request):
    return generate(request.param)


def test_the_same_seed_gives_the_same_seminar():
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


@pytest.mark.parametrize("people", [10, 57, 400])
def test_parts_of_the_shape_can_be_fixed(people):
    made = generate(3, people=people, days=2, categories=0, min_percent=75, walk_ins=4)

    assert len(made["days"]) == 2
    assert len([row for row in made["participants"] if row["source"] == "www"]) < people
    assert sum(row["source"] == "walk_in" for row in made["participants"]) == 4
    assert made["event"]["certificate"]["min_percent"] == 75
    assert "awards" not in made
    assert count.expected(made)["awards_decisions"] == []


def test_no_oracle_field_is_left(seminar):
    assert count.stripped(seminar) == seminar


def test_false_oracle_fields_are_all_wrong():
    true, false = generate(5, oracle="true"), generate(5, oracle="false")

    assert count.expected(false) == true["expected"]
    assert all(
        false["expected"][key] != value or value is None for key, value in true["expected"].items()
    )
    for right, wrong in zip(true["participants"], false["participants"], strict=True):
        assert wrong["expected_result"] != right.get("expected_result")
        for here, there in zip(right["signups"], wrong["signups"], strict=True):
            assert here["status"] != there["status"]


def test_nobody_and_nothing_is_in_two_places(seminar):
    sessions = {row["id"]: row for row in seminar["sessions"]}
    clashes = {
        frozenset((one, other))
        for one, other in combinations(sessions, 2)
        if count.overlap(sessions[one], sessions[other])
    }
    for one, other in map(sorted, clashes):
        assert sessions[one]["room"] != sessions[other]["room"]
        assert not set(sessions[one]["speakers"]) & set(sessions[other]["speakers"])
    for person in seminar["participants"]:
        assert not clashes & {frozenset(pair) for pair in combinations(count.listed(person), 2)}


def test_sessions_fit_their_rooms_and_their_minutes(seminar):
    rooms = {row["id"]: row["capacity"] for row in seminar["venues"][0]["rooms"]}
    for row in seminar["sessions"]:
        length = count.moment(row["end"]) - count.moment(row["start"])
        assert length == row["minutes"] * count.MINUTE
        assert (row["capacity"] or 0) <= rooms[row["room"]]
        assert row["support_minutes"] in {0, row["minutes"] - row["break_minutes"]}


def test_people_enter_where_they_may(seminar):
    sessions = {row["id"]: row for row in seminar["sessions"]}
    places = count.sign_ups(seminar)
    for person in seminar["participants"]:
        seats = {row["session"] for row in places[person["id"]] if row["status"] == "confirmed"}
        times = [scan["at"] for scan in person["attendance"]]
        assert times == sorted(set(times), key=count.moment)
        assert not times or person["status"] == "qualified"
        for scan in person["attendance"]:
            session = sessions[scan["session"]]
            assert session["signup"] != "required" or session["id"] in seats
            assert count.moment(scan["at"]) >= count.moment(person["registered_at"])
            assert count.moment(scan["at"]) < count.moment(session["end"])


def test_seats_and_queues_are_whole(seminar):
    halls = count.replay(seminar)
    for row in seminar["sessions"]:
        hall = halls[row["id"]]
        assert row["capacity"] is None or len(hall.seated) <= row["capacity"]
        assert not hall.queue or len(hall.seated) == row["capacity"]
        assert row["waitlist"] or not hall.queue
        assert len({*hall.seated, *hall.queue}) == len(hall.seated) + len(hall.queue)


def test_moments_of_registration_are_unique(seminar):
    people = seminar["participants"]
    moments = [count.moment(row["registered_at"]) for row in people]
    moments += [count.moment(row["cancelled_at"]) for row in people if "cancelled_at" in row]

    assert len(moments) == len(set(moments))


def test_namesakes_can_be_told_apart(seminar):
    people = seminar["participants"]

    assert len({(row["first_name"], row["last_name"], row["email"]) for row in people}) == len(
        people
    )


def test_substitutes_and_the_replaced_belong_together(seminar):
    by_id = {row["id"]: row for row in seminar["participants"]}
    for person in seminar["participants"]:
        if person["status"] == "replaced":
            assert by_id[person["replaced_by"]]["substitute_for"] == person["id"]
        if person.get("substitute_for"):
            replaced = by_id[person["substitute_for"]]
            assert set(count.listed(person)) <= set(count.listed(replaced))
            assert person["registered_at"] > replaced["registered_at"]


def test_identifiers_are_valid_and_unique(seminar):
    nips = [row["nip"] for row in seminar["organisations"]]

    assert len(nips) == len(set(nips))
    for row in seminar["organisations"]:
        assert len(row["nip"]) == 10
        assert len(row["regon"]) == 9
        assert row["krs"] is None or len(row["krs"]) == 10
        assert lists.remainder(row["nip"][:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) == int(row["nip"][9])
        check = lists.remainder(row["regon"][:8], (8, 9, 2, 3, 4, 5, 6, 7)) % 10
        assert check == int(row["regon"][8])


def test_ballots_keep_the_rules(seminar):
    awards = seminar["awards"]
    high = awards["rules"]["scale_max"]
    entries = {row["id"]: row for row in awards["nominations"] if row["status"] in count.RANKED}
    recused = {(row["juror"], row["nomination"]) for row in awards["conflicts"]}
    cast = [(card["juror"], card["nomination"]) for card in awards["ballots"]]

    assert len(cast) == len(set(cast))
    assert not recused & set(cast)
    assert {(card["juror"], card["nomination"]) for card in awards["voided_ballots"]} <= recused
    assert set(awards["public_vote"]) == set(entries) == {entry for _, entry in cast}
    for card in awards["ballots"]:
        category = entries[card["nomination"]]["category"]
        assert all(key.startswith(f"{category}-") for key in card["scores"])
        assert all(0 <= score <= high for score in card["scores"].values())
    for category in awards["categories"]:
        assert sum(row["weight"] for row in category["criteria"]) == 100


def test_figures_add_up(seminar):
    figures = count.expected(seminar)

    assert sum(figures["status"].values()) == figures["participants_total"]
    assert figures["attended_any"] + figures["no_shows"] == figures["qualified"]
    assert sum(figures["attended_by_sex"].values()) == figures["attended_any"]
    assert sum(figures["bur_status"].values()) == figures["qualified"]
    assert figures["bur_status"].get("ukończył", 0) == figures["certificates"]
    assert sum(figures["diets_confirmed"].values()) == figures["qualified"]
    for result in count.results(seminar).values():
        assert result["required_minutes"] > 0
        assert 0 <= result["percent"] <= 100


def test_the_seeds_show_every_rule():
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        made = generate(seed)
        figures = count.expected(made)
        for rows in count.sign_ups(made).values():
            seen.update(row["status"] for row in rows)
            seen.update("passed on" for row in rows if "via" in row)
        seen.update(person["status"] for person in made["participants"])
        seen.update(person["source"] for person in made["participants"])
        seen.update(
            scan.get("direction", "entry")
            for person in made["participants"]
            for scan in person["attendance"]
        )
        for row in figures["awards_decisions"]:
            seen["no winner"] += row["winner"] is None
            seen["tie"] += bool(row["tied"])
            seen["tie left open"] += bool(row["tied"]) and row["winner"] is None
            seen["chair"] += row["tiebreak"] == "chair"
            seen["distinction"] += bool(row["distinctions"])
            seen["no distinction"] += not row["distinctions"]
        seen["break"] += any(row["break_minutes"] for row in made["sessions"])
        seen["absence"] += len(made["awards"]["absences"])
        seen["voided"] += len(made["awards"]["voided_ballots"])
        seen["recused"] += len(made["awards"]["conflicts"])
        seen["other scale"] += made["awards"]["rules"]["scale_max"] == 5

    assert [key for key, number in seen.items() if not number] == []
    assert set(seen) >= {"refused", "waitlisted", "released", "passed on", "exit", "walk_in"}


@pytest.mark.parametrize(
    ("fixed", "winner"),
    [
        ({"tie": True, "tie_broken": True}, True),
        ({"tie": True, "tie_broken": False}, False),
        ({"quorum_fails": True}, False),
        ({"no_award": True}, False),
        ({}, True),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_awards_go_as_wanted(seed, fixed, winner):
    plain = {"tie": False, "quorum_fails": False, "no_award": False, "categories": 1, "jurors": 9}
    made = generate(seed, **(plain | fixed))

    assert (count.expected(made)["awards_decisions"][0]["winner"] is not None) is winner
