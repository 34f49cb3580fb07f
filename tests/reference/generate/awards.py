"""The awards: rules, jury, nominations, cards, and the wanted ties, gaps and failures."""

from collections.abc import Iterator
from datetime import time, timedelta
from itertools import pairwise
from math import ceil

from tests.reference import count
from tests.reference.count import Json
from tests.reference.generate.lists import ENTITY_TYPES, FIRST_NAMES, GROUPS, ROOTS, surname
from tests.reference.generate.shape import MINUTE, Draft, stamp

ROLES = {"chair": "przewodnicząca", "deputy": "wiceprzewodniczący", "member": "członek"}
FORMAL = {
    "accepted": ("pozytywny", None),
    "accepted_after_completion": ("pozytywny po uzupełnieniu", "uzupełniono załącznik"),
    "withdrawn": ("pozytywny", None),
    "rejected_formal": ("negatywny", "brak zgody kandydata"),
}


def awards(draft: Draft) -> Json:
    """Make the awards, voted and settled."""
    categories = [category(draft, number) for number in range(1, draft.shape.categories + 1)]
    made: Json = {
        "name": {"pl": "Nagrody próbne", "en": "Trial awards"},
        "schedule": schedule(draft),
        "rules": {
            "scale_min": 0,
            "scale_max": draft.shape.scale_max,
            "step": 1,
            "quorum": "2/3 uprawnionych członków kapituły",
            "no_award_below": 60,
            "nominations_per_nominator_per_category": 1,
            "cooling_off_years": 5,
        },
        "rulebook": {
            "method": "weighted-scores",
            "scale": "percent",
            "normalise": "none",
            "aggregate": "mean",
            "quorum": {"share": "2/3"},
            "min_score": "60",
            "ties": ["chair"],
            "distinctions": {"per_category": 1, "min_score": "70"},
            "display": {"decimals": 2, "rounding": "half-up"},
        },
        "categories": categories,
        "jurors": [juror(draft, number) for number in range(1, draft.shape.jurors + 1)],
        "jury_secretary": "U1",
        "conflicts": [],
        "nominations": list(nominations(draft, categories)),
        "ballots": [],
        "voided_ballots": [],
        "absences": [],
        "chair_decisions": [],
        "public_vote": {},
    }
    vote(draft, made)
    settle(draft, made)
    return made


def schedule(draft: Draft) -> Json:
    """Return the calendar from the call to the embargo."""
    vote_ends = draft.at(draft.shape.days, time(20))
    return {
        "call_opens": stamp(draft.at(-90, time(8))),
        "call_closes": stamp(draft.at(-60, time(23, 59))),
        "formal_check_until": draft.date(-50).isoformat(),
        "completion_days": 5,
        "individual_scoring": f"{draft.date(-40)}/{draft.date(-20)}",
        "jury_session": stamp(draft.at(-15, time(16))),
        "public_vote": f"{stamp(draft.at(1, time(19, 30)))}/{stamp(vote_ends)}",
        "embargo_until": stamp(draft.at(1, time(18, 30))),
    }


def category(draft: Draft, number: int) -> Json:
    """Make a category with one to four weighted criteria."""
    weights = draft.rng.choice([(30, 30, 25, 15), (40, 35, 25), (50, 50), (100,)])
    return {
        "id": f"K{number}",
        "name": {"pl": f"Kategoria {number}", "en": f"Category {number}"},
        "eligible_types": ENTITY_TYPES,
        "criteria": [
            {"id": f"K{number}-{index}", "name": f"Kryterium {index}", "weight": weight}
            for index, weight in enumerate(weights, start=1)
        ],
    }


def juror(draft: Draft, number: int) -> Json:
    """Make a juror; the first chairs, the second is the deputy."""
    role = {1: "chair", 2: "deputy"}.get(number, "member")
    sex = "KM"[number % 2]
    return {
        "id": f"J{number}",
        "title": "",
        "first_name": FIRST_NAMES[sex][number % 8],
        "last_name": f"{surname(ROOTS[number], sex)}-Kapituła",
        "sex": sex,
        "institution": "Instytucja fikcyjna",
        "role": ROLES[role],
        "role_code": role,
        "voting": True,
        "email": f"kapitula.{draft.seed}.{number}@example.org",
        "declaration_signed_at": stamp(draft.at(-45, time(12))),
    }


def nominations(draft: Draft, categories: list[Json]) -> Iterator[Json]:
    """Yield two to five entities for each category; the first two stay, others may drop out."""
    entities = [row for row in draft.organisations if GROUPS[row["type"]] == "PES"]
    others = [row for row in draft.organisations if GROUPS[row["type"]] != "PES"]
    number = 0
    for row in categories:
        wanted = draft.rng.randint(2, 5)
        nominators = draft.rng.sample(others, wanted)
        for rank, entity in enumerate(draft.rng.sample(entities, wanted)):
            number += 1
            status = "accepted_after_completion" if draft.rng.random() < 0.2 else "accepted"
            if rank > 1:
                status = draft.rng.choice([status] * 4 + ["withdrawn", "rejected_formal"])
            nominator = draft.rng.choice([entity, nominators[rank]])
            yield nomination(draft, number, row, entity, nominator) | {
                "formal_check": dict(zip(("result", "reason"), FORMAL[status], strict=True)),
                "status": status,
            }


def nomination(draft: Draft, number: int, row: Json, entity: Json, nominator: Json) -> Json:
    """Make a nomination of *entity* in the category *row* by itself or by another."""
    return {
        "id": f"N{number:02d}",
        "category": row["id"],
        "organisation": entity["id"],
        "organisation_name": entity["name"],
        "nominator_kind": "self" if nominator is entity else "third_party",
        "nominator_name": nominator["name"],
        "nominee_consent": True,
        "submitted_at": stamp(draft.at(-80, time(9)) + number * timedelta(hours=5)),
        "number": f"KES/{draft.seed}/{row['id']}/{number:02d}",
        "justification": "Uzasadnienie próbne.",
        "attachments": [],
    }


def vote(draft: Draft, made: Json) -> None:
    """Exclude some jurors from some entries, cast all other cards, count the public's votes."""
    entries = [row for row in made["nominations"] if row["status"] in count.RANKED]
    cells = [(row["id"], entry["id"]) for entry in entries for row in made["jurors"][1:]]
    wanted = min(draft.shape.recusals + draft.shape.voided, len(cells))
    excluded = draft.rng.sample(cells, wanted)
    before = excluded[: draft.shape.recusals]
    made["conflicts"] = [recusal(*cell) for cell in excluded]
    for entry in entries:
        for row in made["jurors"]:
            cell = (row["id"], entry["id"])
            if cell in excluded and cell not in before:
                made["voided_ballots"].append(card(draft, made, row, entry) | voided(draft))
            elif cell not in excluded:
                made["ballots"].append(card(draft, made, row, entry))
    votes = draft.rng.sample(range(5, 200), len(entries))
    made["public_vote"] = {entry["id"]: n for entry, n in zip(entries, votes, strict=True)}


def card(draft: Draft, made: Json, row: Json, entry: Json) -> Json:
    """Fill one card; where no award is wanted, K1 is scored in the lower half."""
    high = draft.shape.scale_max
    low, top = (high // 2, high)
    if draft.shape.no_award and entry["category"] == "K1":
        low, top = 0, high // 2
    criteria = next(item for item in made["categories"] if item["id"] == entry["category"])
    return {
        "juror": row["id"],
        "nomination": entry["id"],
        "scores": {item["id"]: draft.rng.randint(low, top) for item in criteria["criteria"]},
        "cast_at": stamp(draft.at(-30, time(18)) + draft.rng.randint(0, 9999) * MINUTE),
    }


def voided(draft: Draft) -> Json:
    """Return what marks a card as annulled at the meeting."""
    return {
        "voided_at": stamp(draft.at(-15, time(17, 30))),
        "reason": "konflikt interesów ujawniony na posiedzeniu",
    }


def recusal(who: str, entry: str) -> Json:
    """Exclude a juror from one entry."""
    return {
        "juror": who,
        "nomination": entry,
        "reason": "powiązanie z kandydatem",
        "effect": "wyłączenie z oceny i głosowania nad tym zgłoszeniem",
    }


def settle(draft: Draft, made: Json) -> None:
    """Remove chance ties; then fail the first category's quorum and tie the last, if wanted."""
    while chance := next(ties(made), None):
        nudge(draft, made, chance)
    first, last = made["categories"][0], made["categories"][-1]
    if draft.shape.quorum_fails:
        empty_the_meeting(made, first)
    if draft.shape.tie and not (draft.shape.quorum_fails and first is last):
        tie(draft, made, last)


def ties(made: Json) -> Iterator[str]:
    """Yield entries that share their mean with another of the category."""
    for row in made["categories"]:
        for one, other in pairwise(count.ranked({"awards": made}, row)):
            if one[1] == other[1]:
                yield other[0]


def nudge(draft: Draft, made: Json, entry: str) -> None:
    """Change one score of *entry* at random."""
    cards = [row for row in made["ballots"] if row["nomination"] == entry]
    scores = draft.rng.choice(cards)["scores"]
    scores[draft.rng.choice(list(scores))] = draft.rng.randint(0, draft.shape.scale_max)


def tie(draft: Draft, made: Json, row: Json) -> None:
    """Give the first two of the category *row* full marks; the chair decides, or has not yet."""
    pair = [entry for entry, _, _ in count.ranked({"awards": made}, row)][:2]
    for item in made["ballots"]:
        if item["nomination"] in pair:
            item["scores"] = dict.fromkeys(item["scores"], draft.shape.scale_max)
    if draft.shape.tie_broken:
        made["chair_decisions"].append(
            {
                "category": row["id"],
                "tied": sorted(pair),
                "choice": draft.rng.choice(pair),
                "basis": "§ 12 regulaminu",
            }
        )


def empty_the_meeting(made: Json, row: Json) -> None:
    """Let so many jurors miss the category *row*, cards included, that one too few is left."""
    jurors = [item["id"] for item in made["jurors"]]
    gone = jurors[ceil(2 * len(jurors) / 3) - 1 :]
    entries = {item["id"] for item in made["nominations"] if item["category"] == row["id"]}
    made["absences"] = [
        {"juror": who, "category": row["id"], "reason": "nieobecność"} for who in gone
    ]
    for box in ("ballots", "voided_ballots"):
        made[box] = [
            item
            for item in made[box]
            if item["juror"] not in gone or item["nomination"] not in entries
        ]
