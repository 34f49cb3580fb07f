"""Organisations and people: who registers, wishes, resigns, passes on, walks in."""

from datetime import datetime, time, timedelta

from tests.reference import count
from tests.reference.count import Json
from tests.reference.generate.lists import (
    AREA,
    DIETS,
    FIRST_NAMES,
    GROUPS,
    ORGANISATION_TYPES,
    POSTCODES,
    ROOTS,
    krs,
    nip,
    regon,
    surname,
)
from tests.reference.generate.shape import MINUTE, Draft, stamp

PLACE = ("postcode", "gmina", "county", "teryt", "in_area")
BELONGING = ("kind", "group", "category", "organisation", "position", *PLACE)


def organisations(draft: Draft) -> list[Json]:
    """Make organisations of every type, two for five people."""
    number = max(3 * len(ORGANISATION_TYPES), 2 * draft.shape.people // 5)
    return [organisation(draft, index) for index in range(number)]


def organisation(draft: Draft, index: int) -> Json:
    """Make one organisation of the area."""
    kind = ORGANISATION_TYPES[index % len(ORGANISATION_TYPES)]
    where = residence(draft)
    return {
        "id": f"O{index + 1:02d}",
        "name": f"Podmiot próbny „{surname(ROOTS[index % 10], 'K')} {index + 1}”",
        "type": kind,
        "nip": nip(draft.seed, index),
        "regon": regon(draft.seed, index),
        "krs": None if kind == "jsfp" else krs(draft.seed, index),
        "city": where["gmina"],
        "street": f"ul. Próbna {index + 1}",
        **where,
        "email": f"biuro.{draft.seed}.{index + 1}@example.org",
        "fictional": True,
        "business_activity": GROUPS[kind] == "PES",
    }


def residence(draft: Draft) -> Json:
    """Choose a gmina of the area."""
    unit = draft.rng.choice(AREA)
    return {
        "postcode": POSTCODES[unit["teryt6"]],
        "gmina": unit["name"],
        "county": unit["county"],
        "teryt": unit["teryt6"],
        "in_area": True,
    }


def participants(draft: Draft) -> list[Json]:
    """Make everybody who registers, then let some resign, pass on and walk in; in no order."""
    shape, rng = draft.shape, draft.rng
    registered = [
        participant(draft, number, registration_time(draft))
        for number in range(1, shape.people + 1)
    ]
    free = registered.copy()
    rng.shuffle(free)
    for _ in range(min(shape.rejected, len(free) - 6)):
        free.pop().update(
            {"status": "rejected", "status_reason": "poza obszarem projektu", "signups": []}
        )
    for _ in range(min(shape.waitlisted, len(free) - 6)):
        free.pop().update({"status": "waitlisted", "signups": []})
    for _ in range(min(shape.cancellations, len(free) - 4)):
        cancel(draft, free.pop())
    for _ in range(min(shape.substitutions, len(free) - 2)):
        registered.append(substitute(draft, free.pop(), len(registered) + 1))
    for _ in range(shape.walk_ins):
        registered.append(walk_in(draft, len(registered) + 1))
    rng.shuffle(registered)
    return registered


def registration_time(draft: Draft) -> datetime:
    """Return a moment of its own: in the time of registration, or for paper forms on the eve."""
    if draft.rng.random() < 0.05:
        return draft.alone(draft.at(0, time(10)) + draft.rng.randint(0, 180) * MINUTE)
    return draft.alone(draft.at(-40, time(8)) + draft.rng.randint(0, 39 * 24 * 60) * MINUTE)


def participant(draft: Draft, number: int, came: datetime) -> Json:
    """Make one registered person with wishes; after the closing staff enter a form on paper."""
    rng = draft.rng
    place = rng.choice([None, *draft.organisations, *draft.organisations[:6]])
    category = place["type"] if place else "osoba_fizyczna"
    sex = rng.choice("KM")
    by_staff = came > draft.at(-1, time(23, 59))
    return {
        "id": f"P{number:03d}",
        "kind": "delegate" if place else "individual",
        "group": GROUPS[category],
        "category": category,
        "title": "",
        **name(draft, number, sex, place),
        "sex": sex,
        "form_of_address": rng.choice(["Pani" if sex == "K" else "Pan", None]),
        "organisation": place["id"] if place else None,
        "position": "koordynacja projektów" if place else None,
        "phone": f"+48 000 {number // 1000:03d} {number % 1000:03d}",
        **({key: place[key] for key in PLACE} if place else residence(draft)),
        "registered_at": stamp(came),
        "source": "paper_form" if by_staff else rng.choice(["www", "www", "phone"]),
        "lang": rng.choice(["pl", "pl", "pl", "uk"]),
        "diet": rng.choice(DIETS),
        "needs": [],
        "accommodation": [],
        "transport": [],
        "consents": {
            "rodo_info_ack": True,
            "photo": rng.random() < 0.85,
            "public_participant_list": rng.random() < 0.8,
            "newsletter": rng.random() < 0.4,
        },
        "esf": {
            "birth_year": rng.randint(1950, 2008),
            "education": "wyższe (ISCED 5–8)",
            "labour_status": "osoba pracująca",
            "disability": rng.choice(["nie", "tak", "odmowa podania informacji"]),
            "foreign_background": "nie",
            "third_country_national": "nie",
            "housing_exclusion": "nie",
            "residence_area": "obszar miejski",
            "pesel": None,
        },
        "status": "qualified",
        "signups": wishes(draft),
        "attendance": [],
    }


def name(draft: Draft, number: int, sex: str, place: Json | None) -> Json:
    """Choose a name and an address; two namesakes never share a mailbox, or have none."""
    first = draft.rng.choice(FIRST_NAMES[sex])
    last = surname(draft.rng.choice(ROOTS), sex)
    email = address(draft, number, place)
    if (first, last, email) in draft.known:
        email = f"osoba.{draft.seed}.{number}@example.org"
    draft.known.add((first, last, email))
    return {"first_name": first, "last_name": last, "email": email}


def address(draft: Draft, number: int, place: Json | None) -> str | None:
    """Return an own address, the organisation's shared one, or now and then none."""
    chance = draft.rng.random()
    if chance < 0.03:
        return None
    if place and chance < 0.1:
        return str(place["email"])
    return f"osoba.{draft.seed}.{number}@example.org"


def wishes(draft: Draft, after: datetime | None = None) -> list[Json]:
    """Choose at most one session of each parallel block that starts after *after*."""
    blocks: dict[str, list[Json]] = {}
    for row in draft.sessions:
        if row["signup"] != "none" and (not after or count.moment(row["start"]) > after):
            blocks.setdefault(row["start"], []).insert(0, row)
    chosen = []
    for rows in blocks.values():
        if draft.rng.random() < 0.85:
            # The workshops are wanted most, the lecture in the hall least.
            wanted = min(len(rows) - 1, int(draft.rng.expovariate(1.2)))
            chosen.append({"session": rows[wanted]["id"]})
    draft.rng.shuffle(chosen)
    return chosen


def cancel(draft: Draft, person: Json) -> None:
    """Let *person* resign in time, or on the evening of the eve through staff."""
    late = draft.rng.random() < 0.4
    at = draft.alone(draft.at(0, time(20)) if late else draft.at(-1, time(12)))
    if at > count.moment(person["registered_at"]):
        person.update({"status": "cancelled", "cancelled_at": stamp(at)})


def substitute(draft: Draft, person: Json, number: int) -> Json:
    """Let another take over *person*'s registration with some of the places."""
    at = draft.alone(draft.at(0, time(14)) + draft.rng.randint(0, 120) * MINUTE)
    other = participant(draft, number, at)
    kept = [row for row in person["signups"] if draft.rng.random() < 0.6]
    other.update({key: person[key] for key in BELONGING})
    other.update(
        {"source": "substitution", "substitute_for": person["id"], "signups": [*map(dict, kept)]}
    )
    person.update({"status": "replaced", "replaced_by": other["id"]})
    return other


def walk_in(draft: Draft, number: int) -> Json:
    """Let somebody come without registration in the morning of any day."""
    day = draft.rng.randint(1, draft.shape.days)
    at = draft.at(day, time(8, 15)) + timedelta(minutes=draft.rng.randint(0, 110))
    person = participant(draft, number, draft.alone(at))
    person.update({"source": "walk_in", "signups": wishes(draft, at)})
    return person
