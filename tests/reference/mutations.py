"""Copies of the demo seminar, each bent by one rule and named after it.

`mutant(name)` returns the bent copy with the demo's oracle fields left in place, where they are
now false: whoever reads them is found out. `MUTATIONS[name].expects` holds figures that the rule
must yield; `count.expected(mutant(name))` yields them all. A mutation that `expects` nothing is
harmless: every figure stays.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.reference import count
from tests.reference.count import Json

DEMO = Path(__file__).parents[2] / "eventapp" / "demo" / "demo_seminar.json"
GONE = "absent"


@dataclass(frozen=True)
class Mutation:
    """One rule, what is done to the demo, and figures that follow (by path, see `figures`)."""

    name: str
    rule: str
    bend: Callable[[Json], None]
    expects: dict[str, Any]


MUTATIONS: dict[str, Mutation] = {}


# Mutations that can be told apart in one seminar: loading it once tries them all.
BUNDLES = [
    [
        "capacity_lowered",
        "capacity_raised",
        "certificate_threshold_85",
        "codes_and_unknown_keys_changed",
        "compulsory_session_removed",
        "diet_and_consent_changed",
        "distinction_minimum_lowered_to_69",
    ],
    [
        "distinction_minimum_raised_to_81",
        "juror_recused_before_voting",
        "nomination_rejected",
        "oracle_false",
        "participants_reversed",
        "quorum_exactly_met",
        "registration_earlier",
    ],
    [
        "min_score_raised_to_85",
        "nomination_withdrawn",
        "quorum_failed",
        "session_not_for_the_certificate",
        "support_minutes_lowered",
        "waiting_list_off",
        "weights_changed",
    ],
    [
        "ballot_voided",
        "cancellation_added",
        "cancellation_from_the_queue",
        "chair_chooses_the_other",
        "reserve_admitted",
        "substitution_added",
        "substitution_in_the_queue",
    ],
    [
        "break_and_late_entry",
        "entry_at_15_minutes",
        "entry_at_16_minutes",
        "promotion_chain_of_three",
        "tie_gone",
        "walk_in_during_a_session",
        "walk_in_on_day_two",
    ],
    [
        "cancellation_after_the_deadline",
        "ceremony_only",
        "chair_decision_removed",
        "entry_at_the_very_end",
        "entry_repeated",
        "entry_without_a_sign_up",
        "last_person_of_an_entity_stays_away",
    ],
    [
        "entry_from_the_queue",
        "entry_to_a_parallel_session",
        "exit_and_return",
        "exit_before_the_end",
        "exits_without_effect",
        "optional_lecture_dropped_in",
        "walk_in_added",
    ],
    ["no_show_turns_up", "public_vote_changed"],
]


def mutant(*names: str) -> Json:
    """Return a fresh copy of the demo seminar bent by the mutations of these names, in turn."""
    seminar = demo()
    for name in names:
        MUTATIONS[name].bend(seminar)
    return seminar


def demo() -> Json:
    """Return a fresh copy of the demo seminar."""
    return copy.deepcopy(read_demo())


@cache
def read_demo() -> Json:
    """Read the demo seminar once."""
    return json.loads(DEMO.read_text(encoding="utf-8"))


def figures(seminar: Json) -> dict[str, Any]:
    """Count *seminar* into one flat table.

    Paths: `certificates`, `sessions.S06.confirmed`, `awards_ranking.K1` (ids in order),
    `mean.N01`, `winner.K1`, `tiebreak.K1`, `tied.K1`, `distinctions.K1`; of a person
    `P012.percent` and the other results, `P012.waitlist_position`, `P012.S06` (`confirmed`,
    `released`, `refused`, or the place in the queue as a number).
    """
    table = flattened(award_figures(count.expected(seminar)))
    for person, outcome in count.results(seminar).items():
        table.update({f"{person}.{key}": value for key, value in outcome.items()})
    for person, place in count.waiting_positions(seminar).items():
        table[f"{person}.waitlist_position"] = place
    for person, places in count.sign_ups(seminar).items():
        for row in places:
            table[f"{person}.{row['session']}"] = row.get("position", row["status"])
    return table


def award_figures(expected: Json) -> Json:
    """Turn the lists of the awards in an `expected` block into tables by category and entry."""
    decisions = expected.pop("awards_decisions")
    ranking = expected.pop("awards_ranking")
    rows = [row for table in ranking.values() for row in table]
    return expected | {
        "awards_ranking": {
            key: [row["nomination"] for row in table] for key, table in ranking.items()
        },
        "mean": {row["nomination"]: row["mean"] for row in rows},
        "ballots": {row["nomination"]: row["ballots"] for row in rows},
        **{
            key: {row["category"]: row[key] for row in decisions}
            for key in ("winner", "tiebreak", "tied", "distinctions")
        },
    }


def flattened(tree: Json, prefix: str = "") -> dict[str, Any]:
    """Return the leaves of nested tables by dotted path."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= flattened(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def mutation(
    rule: str, expects: dict[str, Any] | None = None
) -> Callable[[Callable[[Json], None]], Callable[[Json], None]]:
    """Register a function that bends the demo under its own name."""

    def register(bend: Callable[[Json], None]) -> Callable[[Json], None]:
        MUTATIONS[bend.__name__] = Mutation(bend.__name__, rule, bend, expects or {})
        return bend

    return register


# Where things are in the file


def by_id(rows: list[Json], wanted: str) -> Json:
    """Return the row with the id *wanted*."""
    return next(row for row in rows if row["id"] == wanted)


def person(seminar: Json, wanted: str) -> Json:
    """Return a participant."""
    return by_id(seminar["participants"], wanted)


def session(seminar: Json, wanted: str) -> Json:
    """Return a session."""
    return by_id(seminar["sessions"], wanted)


def category(seminar: Json, wanted: str) -> Json:
    """Return an award category."""
    return by_id(seminar["awards"]["categories"], wanted)


def nomination(seminar: Json, wanted: str) -> Json:
    """Return a nomination."""
    return by_id(seminar["awards"]["nominations"], wanted)


def entry(who: Json, wanted: str) -> Json:
    """Return the scan of a participant at a session."""
    return next(scan for scan in who["attendance"] if scan["session"] == wanted)


def ballot(seminar: Json, juror: str, wanted: str) -> Json:
    """Return the card of a juror for a nomination."""
    return next(
        card
        for card in seminar["awards"]["ballots"]
        if (card["juror"], card["nomination"]) == (juror, wanted)
    )


def scan(wanted: str, at: str, direction: str = "entry") -> Json:
    """Make a scan by the first steward."""
    row = {"session": wanted, "at": at, "method": "qr", "by": "U02"}
    return row if direction == "entry" else row | {"direction": direction}


def cancel(who: Json, at: str) -> None:
    """Let a participant resign."""
    who.update({"status": "cancelled", "cancelled_at": at, "attendance": []})


def newcomer(seminar: Json, like: str, changes: Json) -> Json:
    """Append the participant P121, made like another, with *changes*."""
    made = copy.deepcopy(person(seminar, like))
    made.update(
        {
            "id": "P121",
            "first_name": "Bogna",
            "last_name": "Dopisana",
            "email": "bogna.dopisana@example.org",
            "phone": "+48 000 000 121",
            "badge_code": "DEMO-000000000121",
        }
    )
    made.update(changes)
    seminar["participants"].append(made)
    return made


def keep_to_seats(seminar: Json) -> None:
    """Remove entries to sign-up sessions by people who, after the change, have no seat there."""
    closed = {row["id"] for row in seminar["sessions"] if row["signup"] == "required"}
    places = count.sign_ups(seminar)
    for who in seminar["participants"]:
        seats = {row["session"] for row in places[who["id"]] if row["status"] == "confirmed"}
        who["attendance"] = [
            row
            for row in who["attendance"]
            if row["session"] not in closed or row["session"] in seats
        ]


def drop_ballots(seminar: Json, unwanted: Callable[[Json], bool]) -> None:
    """Remove ballots as if never cast."""
    awards = seminar["awards"]
    awards["ballots"] = [card for card in awards["ballots"] if not unwanted(card)]


# Seats and queues


@mutation(
    "The session's capacity bounds its seats; who came later waits.",
    {
        "sessions.S06.capacity": 20,
        "sessions.S06.confirmed": 20,
        "sessions.S06.waitlisted": 24,
        "P101.S06": 1,
        "P070.S06": 2,
        "P063.S06": 3,
        "P039.S06": 4,
        "P061.S06": 5,
    },
)
def capacity_lowered(seminar: Json) -> None:
    session(seminar, "S06")["capacity"] = 20
    keep_to_seats(seminar)


@mutation(
    "With seats enough nobody waits.",
    {"sessions.S07.capacity": 40, "sessions.S07.confirmed": 38, "sessions.S07.waitlisted": 0},
)
def capacity_raised(seminar: Json) -> None:
    session(seminar, "S07")["capacity"] = 40


@mutation(
    "A full session without a waiting list refuses.",
    {
        "sessions.S07.confirmed": 16,
        "sessions.S07.waitlisted": 0,
        "P091.S07": "refused",
        "P032.S07": "refused",
        "P084.S07": "refused",
    },
)
def waiting_list_off(seminar: Json) -> None:
    session(seminar, "S07")["waitlist"] = False


@mutation(
    "A cancellation frees the seats, and the first in each queue moves up.",
    {
        "qualified": 105,
        "status.cancelled": 5,
        "no_shows": 13,
        "sessions.S06.confirmed": 24,
        "sessions.S06.waitlisted": 19,
        "P106.S06": "released",
        "P061.S06": "confirmed",
        "P076.S06": 1,
        "P072.S17": "confirmed",
    },
)
def cancellation_added(seminar: Json) -> None:
    cancel(person(seminar, "P106"), "2027-06-13T12:00:00+02:00")


@mutation(
    "Each of three released seats promotes one, in the order of the queue.",
    {
        "qualified": 103,
        "sessions.S06.confirmed": 24,
        "sessions.S06.waitlisted": 17,
        "P061.S06": "confirmed",
        "P076.S06": "confirmed",
        "P024.S06": "confirmed",
        "P057.S06": 1,
    },
)
def promotion_chain_of_three(seminar: Json) -> None:
    for minute, who in enumerate(("P106", "P069", "P070")):
        cancel(person(seminar, who), f"2027-06-13T12:0{minute}:00+02:00")


@mutation(
    "A cancellation after the person's own deadline is done by staff, with the same effect.",
    {"qualified": 105, "P106.S06": "released", "P061.S06": "confirmed"},
)
def cancellation_after_the_deadline(seminar: Json) -> None:
    cancel(person(seminar, "P106"), "2027-06-15T20:00:00+02:00")


@mutation(
    "Who leaves the queue moves those behind up; nobody is promoted.",
    {"P105.S07": "released", "P050.S07": 17, "P094.S07": 16, "sessions.S07.waitlisted": 21},
)
def cancellation_from_the_queue(seminar: Json) -> None:
    cancel(person(seminar, "P105"), "2027-06-13T12:00:00+02:00")


@mutation(
    "Seats go by the time of registration, not by the order of the file.",
    {
        "P072.S17": "confirmed",
        "P108.S17": "confirmed",
        "P039.S17": "confirmed",
        "P024.S17": 1,
        "P033.S17": 3,
    },
)
def registration_earlier(seminar: Json) -> None:
    person(seminar, "P072")["registered_at"] = "2027-05-10T08:01:00+02:00"
    keep_to_seats(seminar)


@mutation(
    "A substitute takes over the sessions listed; the others are released to the queue.",
    {
        "participants_total": 121,
        "status.replaced": 3,
        "substitutions": 3,
        "qualified": 106,
        "no_shows": 14,
        "P121.S12": "confirmed",
        "P102.S12": "released",
        "P102.S17": "released",
        "P072.S17": "confirmed",
    },
)
def substitution_added(seminar: Json) -> None:
    newcomer(
        seminar,
        "P093",
        {
            "organisation": "O44",
            "registered_at": "2027-06-15T15:20:00+02:00",
            "substitute_for": "P102",
            "signups": [{"session": "S12", "status": "released"}],
            "attendance": [],
        },
    )
    person(seminar, "P102").update({"status": "replaced", "replaced_by": "P121"})


@mutation(
    "A substitute also takes over a place in the queue, where it stood.",
    {"P047.S06": 5, "P016.S06": 6, "P008.S06": "released", "sessions.S06.waitlisted": 21},
)
def substitution_in_the_queue(seminar: Json) -> None:
    person(seminar, "P047")["signups"].insert(0, {"session": "S06"})


@mutation(
    "The organiser's decision is input: from the event's reserve list somebody is admitted.",
    {
        "status.waitlisted": 4,
        "qualified": 107,
        "no_shows": 15,
        "P099.waitlist_position": 1,
        "P117.waitlist_position": 4,
        "P075.bur_status": "nie uczestniczył",
    },
)
def reserve_admitted(seminar: Json) -> None:
    person(seminar, "P075")["status"] = "qualified"


# Presence


@mutation(
    "From the 16th minute an entry is late and loses every minute since the start.",
    {
        "P048.attended_total_minutes": 794,
        "P048.attended_required_minutes": 794,
        "P048.percent": 88,
        "person_minutes_total": 55559,
    },
)
def entry_at_16_minutes(seminar: Json) -> None:
    entry(person(seminar, "P048"), "S02")["at"] = "2027-06-16T09:46:00+02:00"


@mutation("An entry at the 15th minute is within the grace.")
def entry_at_15_minutes(seminar: Json) -> None:
    entry(person(seminar, "P048"), "S02")["at"] = "2027-06-16T09:45:00+02:00"


@mutation(
    "A session with a break credits its support minutes less the minutes late.",
    {"P068.attended_total_minutes": 595, "P068.percent": 76, "person_minutes_total": 55555},
)
def break_and_late_entry(seminar: Json) -> None:
    entry(person(seminar, "P068"), "S12")["at"] = "2027-06-17T09:20:00+02:00"


@mutation(
    "An entry so late that the break's minutes outweigh the rest credits nothing, and is presence.",
    {
        "P068.attended_total_minutes": 450,
        "person_minutes_total": 55410,
    },
)
def entry_at_the_very_end(seminar: Json) -> None:
    entry(person(seminar, "P068"), "S12")["at"] = "2027-06-17T11:50:00+02:00"


@mutation(
    "Minutes after an exit are not credited, and may cost the certificate.",
    {
        "P071.attended_required_minutes": 405,
        "P071.percent": 77,
        "P071.bur_status": "nie ukończył",
        "certificates": 62,
        "bur_status.ukończył": 62,
        "bur_status.nie ukończył": 30,
        "person_minutes_total": 55545,
    },
)
def exit_before_the_end(seminar: Json) -> None:
    leaver = person(seminar, "P071")
    leaver["attendance"].append(scan("S18", "2027-06-17T14:45:00+02:00", "exit"))


@mutation(
    "Minutes between an exit and the next entry are not credited.",
    {"P072.attended_total_minutes": 755, "P072.percent": 96, "person_minutes_total": 55550},
)
def exit_and_return(seminar: Json) -> None:
    person(seminar, "P072")["attendance"] += [
        scan("S13", "2027-06-17T10:00:00+02:00", "exit"),
        scan("S13", "2027-06-17T10:25:00+02:00"),
    ]


@mutation("An exit after the end and an exit without an entry change nothing.")
def exits_without_effect(seminar: Json) -> None:
    person(seminar, "P072")["attendance"] += [
        scan("S13", "2027-06-17T12:03:00+02:00", "exit"),
        scan("S18", "2027-06-17T14:00:00+02:00", "exit"),
    ]


@mutation("A second entry of somebody inside changes nothing.")
def entry_repeated(seminar: Json) -> None:
    person(seminar, "P072")["attendance"].append(scan("S13", "2027-06-17T09:30:00+02:00"))


@mutation(
    "Entering a parallel session leaves the first; without a seat there it is not required.",
    {
        "P048.attended_total_minutes": 810,
        "P048.attended_required_minutes": 750,
        "P048.required_minutes": 900,
        "P048.percent": 83,
        "sessions.S08.attended": 14,
        "sessions.S08.confirmed": 21,
    },
)
def entry_to_a_parallel_session(seminar: Json) -> None:
    entry(person(seminar, "P048"), "S06")["at"] = "2027-06-16T14:18:00+02:00"
    person(seminar, "P048")["attendance"].append(scan("S08", "2027-06-16T14:50:00+02:00"))


@mutation(
    "A lecture with optional sign-up is open to all: attended, not required.",
    {
        "P047.attended_total_minutes": 615,
        "P047.attended_required_minutes": 525,
        "P047.required_minutes": 525,
        "sessions.S15.attended": 33,
        "sessions.S15.confirmed": 43,
        "person_minutes_total": 55665,
    },
)
def optional_lecture_dropped_in(seminar: Json) -> None:
    person(seminar, "P047")["attendance"].append(scan("S15", "2027-06-17T10:44:00+02:00"))


@mutation(
    "An entry of the file is a fact: who waits and was let in attended, without it being required.",
    {
        "P072.attended_total_minutes": 900,
        "P072.attended_required_minutes": 780,
        "P072.required_minutes": 780,
        "P072.S17": 1,
        "sessions.S17.attended": 10,
        "sessions.S17.confirmed": 16,
        "person_minutes_total": 55695,
    },
)
def entry_from_the_queue(seminar: Json) -> None:
    person(seminar, "P072")["attendance"].append(scan("S17", "2027-06-17T13:10:00+02:00"))


@mutation(
    "Nor does an entry without any sign-up make a workshop required.",
    {
        "P047.attended_total_minutes": 690,
        "P047.attended_required_minutes": 525,
        "P047.required_minutes": 525,
        "sessions.S12.attended": 14,
        "person_minutes_total": 55740,
    },
)
def entry_without_a_sign_up(seminar: Json) -> None:
    person(seminar, "P047")["attendance"].append(scan("S12", "2027-06-17T08:55:00+02:00"))


@mutation(
    "One entry makes somebody present, and a partner no supported entity.",
    {
        "attended_any": 93,
        "no_shows": 13,
        "turnout_percent_of_preregistered": 87,
        "attended_by_group.PARTNER": 8,
        "distinct_entities_supported": 27,
        "bur_status.nie uczestniczył": 13,
        "bur_status.nie ukończył": 30,
        "sessions.S24.attended": 80,
        "person_minutes_total": 55620,
    },
)
def no_show_turns_up(seminar: Json) -> None:
    person(seminar, "P102")["attendance"].append(scan("S24", "2027-06-18T11:58:00+02:00"))


@mutation(
    "Being at the ceremony alone is presence without a minute of support.",
    {
        "attended_any": 93,
        "P102.attended_total_minutes": 0,
        "P102.bur_status": "nie ukończył",
        "sessions.S09.attended": 65,
    },
)
def ceremony_only(seminar: Json) -> None:
    person(seminar, "P102")["attendance"].append(scan("S09", "2027-06-16T16:05:00+02:00"))


@mutation(
    "An entity counts while at least one of its people was present.",
    {
        "distinct_entities_supported": 26,
        "attended_any": 91,
        "attended_by_sex.K": 52,
        "attended_by_category.fundacja": 16,
        "certificates": 62,
        "P048.bur_status": "nie uczestniczył",
    },
)
def last_person_of_an_entity_stays_away(seminar: Json) -> None:
    person(seminar, "P048")["attendance"] = []


@mutation(
    "A walk-in must attend what ends after the arrival.",
    {
        "P012.required_minutes": 225,
        "P012.attended_required_minutes": 225,
        "P012.percent": 100,
        "certificates": 64,
        "walk_ins": 3,
    },
)
def walk_in_on_day_two(seminar: Json) -> None:
    late = person(seminar, "P012")
    late["registered_at"] = "2027-06-17T08:50:00+02:00"
    late["signups"] = [row for row in late["signups"] if row["session"] == "S18"]
    late["attendance"] = [row for row in late["attendance"] if row["at"] > late["registered_at"]]


@mutation(
    "A session still running at a walk-in's arrival is required in full.",
    {"P071.required_minutes": 480, "P071.attended_required_minutes": 390, "P071.percent": 81},
)
def walk_in_during_a_session(seminar: Json) -> None:
    late = person(seminar, "P071")
    late["registered_at"] = "2027-06-16T10:20:00+02:00"
    late["attendance"] = [row for row in late["attendance"] if row["at"] > late["registered_at"]]


@mutation(
    "Walk-ins count as qualified and present, and not in the turnout.",
    {
        "participants_total": 121,
        "walk_ins": 4,
        "qualified": 107,
        "attended_any": 93,
        "turnout_percent_of_preregistered": 86,
        "individuals_at_risk_supported.K": 6,
        "attended_by_county.częstochowski": 29,
        "P121.S20": "confirmed",
        "sessions.S20.confirmed": 66,
    },
)
def walk_in_added(seminar: Json) -> None:
    newcomer(
        seminar,
        "P071",
        {
            "registered_at": "2027-06-17T08:40:00+02:00",
            "signups": [{"session": "S20"}],
            "attendance": [scan("S20", "2027-06-17T15:25:00+02:00")],
        },
    )


# The certificate


@mutation(
    "The threshold of the certificate is the event's own.",
    {"certificates": 58, "bur_status.ukończył": 58, "P071.certificate": False},
)
def certificate_threshold_85(seminar: Json) -> None:
    seminar["event"]["certificate"]["min_percent"] = 85


@mutation(
    "Only the compulsory sessions of the file are required of all.",
    {"P071.required_minutes": 435, "P071.percent": 100, "P012.required_minutes": 435},
)
def compulsory_session_removed(seminar: Json) -> None:
    seminar["event"]["certificate"]["compulsory_sessions"].remove("S05")


@mutation(
    "An own session that does not count for the certificate is attended, and not required.",
    {
        "P048.required_minutes": 810,
        "P048.attended_required_minutes": 720,
        "P048.attended_total_minutes": 810,
        "P048.percent": 88,
    },
)
def session_not_for_the_certificate(seminar: Json) -> None:
    session(seminar, "S20")["counts_for_certificate"] = False


@mutation(
    "A session's support minutes are what it credits.",
    {"person_minutes_total": 54405, "P021.required_minutes": 510},
)
def support_minutes_lowered(seminar: Json) -> None:
    session(seminar, "S25")["support_minutes"] = 45


# People


@mutation(
    "Diets and consents are those of the qualified.",
    {
        "diets_confirmed.wegańska": 6,
        "diets_confirmed.wegetariańska": 16,
        "no_photo_consent": [
            "P010",
            "P012",
            "P019",
            "P021",
            "P043",
            "P044",
            "P060",
            "P069",
            "P072",
            "P074",
            "P077",
            "P089",
            "P092",
            "P102",
            "P105",
            "P107",
            "P112",
            "P114",
        ],
    },
)
def diet_and_consent_changed(seminar: Json) -> None:
    person(seminar, "P092")["diet"] = "wegańska"
    person(seminar, "P092")["consents"]["photo"] = False


@mutation("Another system's badge codes and keys that nobody knows are ignored.")
def codes_and_unknown_keys_changed(seminar: Json) -> None:
    for number, who in enumerate(seminar["participants"]):
        who["badge_code"] = f"OTHER-{number}"
    seminar["session_kinds"] = []


@mutation("The order of the participants in the file says nothing.")
def participants_reversed(seminar: Json) -> None:
    seminar["participants"].reverse()


@mutation("What the file claims about its own results is never read.")
def oracle_false(seminar: Json) -> None:
    seminar["expected"] = {"certificates": 0, "awards_decisions": []}
    for who in seminar["participants"]:
        who["waitlist_position"] = 1
        who["expected_result"] = {"percent": 0}
        for row in who["signups"]:
            row.update({"status": "confirmed", "position": 1})


# Awards


@mutation(
    "A voided card never counts: the mean is over the others.",
    {"ballots.N02": 8, "mean.N02": 83.94, "winner.K1": "N02"},
)
def ballot_voided(seminar: Json) -> None:
    card = ballot(seminar, "J1", "N02")
    seminar["awards"]["ballots"].remove(card)
    seminar["awards"]["voided_ballots"].append(
        card | {"voided_at": "2027-05-31T17:00:00+02:00", "reason": "konflikt interesów"}
    )
    seminar["awards"]["conflicts"].append(
        {
            "juror": "J1",
            "nomination": "N02",
            "reason": "pokrewieństwo ujawnione na posiedzeniu",
            "effect": "wyłączenie z oceny i głosowania nad tym zgłoszeniem",
        }
    )


@mutation(
    "A recusal is no data, never a zero.",
    {"ballots.N02": 8, "mean.N02": 82.69},
)
def juror_recused_before_voting(seminar: Json) -> None:
    seminar["awards"]["ballots"].remove(ballot(seminar, "J3", "N02"))
    seminar["awards"]["conflicts"].append(
        {
            "juror": "J3",
            "nomination": "N02",
            "reason": "wspólny projekt z kandydatem",
            "effect": "wyłączenie z oceny i głosowania nad tym zgłoszeniem",
        }
    )


@mutation(
    "A tie that the chair has not broken stays a tie: nobody wins.",
    {"winner.K4": None, "tiebreak.K4": None, "tied.K4": ["N13", "N15"], "distinctions.K4": []},
)
def chair_decision_removed(seminar: Json) -> None:
    seminar["awards"]["chair_decisions"] = []


@mutation(
    "The chair's choice wins the tie, and the other tied one may be distinguished.",
    {"winner.K4": "N15", "distinctions.K4": ["N13"]},
)
def chair_chooses_the_other(seminar: Json) -> None:
    seminar["awards"]["chair_decisions"][0]["choice"] = "N15"


@mutation(
    "Without a tie the chair has nothing to decide.",
    {
        "winner.K4": "N15",
        "tiebreak.K4": None,
        "tied.K4": [],
        "distinctions.K4": ["N13"],
        "awards_ranking.K4": ["N15", "N13", "N14", "N16"],
        "mean.N15": 80.11,
    },
)
def tie_gone(seminar: Json) -> None:
    ballot(seminar, "J1", "N15")["scores"]["K4-1"] += 1


@mutation(
    "Weights decide: a card is the weighted sum of its scores.",
    {"mean.N02": 78.28, "mean.N01": 78.81, "winner.K1": "N01", "distinctions.K1": ["N02"]},
)
def weights_changed(seminar: Json) -> None:
    for criterion, weight in zip(category(seminar, "K1")["criteria"], (5, 20, 5, 70), strict=True):
        criterion["weight"] = weight


@mutation(
    "Below the minimum no prize is given; exactly at it, one is.",
    {
        "winner.K1": None,
        "winner.K2": None,
        "winner.K3": None,
        "winner.K4": None,
        "tied.K4": [],
        "tiebreak.K4": None,
        "winner.K5": "N18",
        "distinctions.K1": [],
        "distinctions.K5": ["N17"],
    },
)
def min_score_raised_to_85(seminar: Json) -> None:
    seminar["awards"]["rulebook"]["min_score"] = "85"
    seminar["awards"]["rules"]["no_award_below"] = 85


@mutation(
    "A distinction needs its own minimum.",
    {"distinctions.K1": [], "distinctions.K2": [], "distinctions.K4": [], "winner.K1": "N02"},
)
def distinction_minimum_raised_to_81(seminar: Json) -> None:
    seminar["awards"]["rulebook"]["distinctions"]["min_score"] = "81"


@mutation(
    "Second place at or above the minimum is a distinction.",
    {"distinctions.K3": ["N09"]},
)
def distinction_minimum_lowered_to_69(seminar: Json) -> None:
    seminar["awards"]["rulebook"]["distinctions"]["min_score"] = "69"


def leave_the_meeting(seminar: Json, jurors: tuple[str, ...]) -> None:
    """Let *jurors* be absent from category K5, with no cards of theirs in it."""
    for juror in jurors:
        seminar["awards"]["absences"].append(
            {"juror": juror, "category": "K5", "reason": "nieobecność na posiedzeniu"}
        )
    drop_ballots(
        seminar,
        lambda card: card["juror"] in jurors and card["nomination"] in {"N17", "N18", "N19"},
    )


@mutation(
    "With exactly two thirds of the jury present the category is decided.",
    {"ballots.N18": 6, "winner.K5": "N18"},
)
def quorum_exactly_met(seminar: Json) -> None:
    leave_the_meeting(seminar, ("J1", "J2"))


@mutation(
    "Below two thirds of the jury nothing is decided; the cards keep their means.",
    {"ballots.N18": 5, "winner.K5": None, "distinctions.K5": [], "winner.K4": "N13"},
)
def quorum_failed(seminar: Json) -> None:
    leave_the_meeting(seminar, ("J1", "J2", "J3"))


@mutation(
    "A withdrawn entry is not ranked.",
    {
        "awards_ranking.K1": ["N01", "N04", "N03"],
        "winner.K1": "N01",
        "distinctions.K1": ["N04"],
        "mean.N02": GONE,
    },
)
def nomination_withdrawn(seminar: Json) -> None:
    nomination(seminar, "N02")["status"] = "withdrawn"
    del seminar["awards"]["public_vote"]["N02"]
    drop_ballots(seminar, lambda card: card["nomination"] == "N02")


@mutation(
    "An entry rejected on formal grounds is not ranked.",
    {"awards_ranking.K3": ["N10", "N09"], "mean.N11": GONE},
)
def nomination_rejected(seminar: Json) -> None:
    nomination(seminar, "N11").update(
        {
            "status": "rejected_formal",
            "formal_check": {"result": "negatywny", "reason": "brak zgody kandydata"},
        }
    )
    awards = seminar["awards"]
    del awards["public_vote"]["N11"]
    awards["voided_ballots"] = []
    drop_ballots(seminar, lambda card: card["nomination"] == "N11")


@mutation(
    "The audience's award goes to the most votes.",
    {"audience_award": "N06"},
)
def public_vote_changed(seminar: Json) -> None:
    seminar["awards"]["public_vote"]["N06"] = 158
