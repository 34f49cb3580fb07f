"""The event around the sessions and people: rules, place, days, speakers, staff."""

from datetime import time

from tests.reference.count import Json
from tests.reference.generate.lists import AREA, CATEGORIES, FIRST_NAMES, ROOTS, surname
from tests.reference.generate.shape import ZONE, Draft, stamp


def seminar(draft: Draft) -> Json:
    """Return the whole file, the awards and the attendance still missing."""
    return {
        "meta": {
            "format": "demo-seminar/1",
            "language": "pl",
            "timezone": ZONE.key,
            "generated_by": f"tests.reference.generate {draft.seed}",
            "notice": "Wszystkie osoby i organizacje są zmyślone.",
        },
        "event": event(draft),
        "organisers": [{"id": "G1", "role": "organizator", "name": "Organizator (fikcyjny)"}],
        "area_units": AREA,
        "eligibility_categories": [
            {"code": code, "name": {"pl": polish, "en": english}, "group": group}
            for code, group, polish, english in CATEGORIES
        ],
        "venues": [venue(draft)],
        "days": [
            {
                "id": f"D{day}",
                "date": draft.date(day).isoformat(),
                "label": f"Dzień {day}",
                "venues": ["V1"],
            }
            for day in range(1, draft.shape.days + 1)
        ],
        "speakers": [speaker(draft, lane) for lane in range(draft.shape.parallel)],
        "sessions": draft.sessions,
        "breaks": [],
        "organisations": draft.organisations,
        "staff": [steward(draft, number) for number in (1, 2)],
        "participants": draft.people,
    }


def event(draft: Draft) -> Json:
    """Return the event with its rules of registration and certificate."""
    return {
        "id": f"GEN{draft.seed}",
        "slug": f"seminarium-{draft.seed}",
        "title": {"pl": f"Seminarium próbne {draft.seed}", "en": f"Trial seminar {draft.seed}"},
        "start": draft.date(1).isoformat(),
        "end": draft.date(draft.shape.days).isoformat(),
        "capacity": draft.shape.people + 20,
        "registration": {
            "opens": stamp(draft.at(-40, time(8))),
            "closes": stamp(draft.at(-1, time(23, 59))),
            "cancel_until": stamp(draft.at(0, time(18))),
            "waitlist_offer_hours": 12,
            "promotion": "auto",
            "walk_ins": True,
            "overbooking_percent": 0,
            "requires_approval": True,
        },
        "certificate": {
            "min_percent": draft.shape.min_percent,
            "basis": "support_minutes",
            "compulsory_sessions": compulsory(draft),
            "number_format": "ZAS/{rok}/{lp:04d}",
        },
        "project": {
            "title": "Projekt próbny",
            "number": "RPXX.00.00.00-00-0000/00",
            "de_minimis": False,
            "retention_until": f"{draft.date(1).year + 6}-12-31",
        },
        "area": {
            "description": "miasto Częstochowa i trzy powiaty",
            "county_codes": [unit["county_code"] for unit in AREA],
        },
        "contact": {
            "name": "Biuro seminarium",
            "email": "biuro@example.org",
            "phone": "+48 000 000 000",
        },
    }


def compulsory(draft: Draft) -> list[str]:
    """Choose from the plenaries; the last one is in, so that every walk-in owes something."""
    plenaries = [
        row["id"]
        for row in draft.sessions
        if row["signup"] == "none" and row["counts_for_certificate"]
    ]
    return [key for key in plenaries[:-1] if draft.rng.random() < 0.8] + plenaries[-1:]


def venue(draft: Draft) -> Json:
    """Return the one place: hall 0 takes everybody, one room more per parallel session."""
    people = draft.shape.people
    return {
        "id": "V1",
        "name": "Dom seminarium (podmiot fikcyjny)",
        "short": "Dom seminarium",
        "street": "ul. Zmyślona 1",
        "postcode": "42-200",
        "city": "Częstochowa",
        "teryt": "246401",
        "rooms": [
            {
                "id": f"V1-{lane}",
                "name": f"Sala {lane}",
                "capacity": people if lane else people + 30,
            }
            for lane in range(draft.shape.parallel)
        ],
    }


def speaker(draft: Draft, lane: int) -> Json:
    """Return who speaks in a room all the time."""
    sex = "KM"[lane % 2]
    return {
        "id": f"SP{lane}",
        "title": "",
        "first_name": FIRST_NAMES[sex][lane],
        "last_name": f"{surname(ROOTS[lane], sex)}-Wykład",
        "sex": sex,
        "bio": {"pl": "Osoba zmyślona."},
        "topics": [],
        "email": f"wyklad.{draft.seed}.{lane}@example.org",
    }


def steward(draft: Draft, number: int) -> Json:
    """Return one of the two at the door."""
    return {
        "id": f"U{number}",
        "first_name": "Otylia",
        "last_name": f"Stanowiskowa-{number}",
        "sex": "K",
        "function": "recepcja",
        "role": "reception",
        "email": f"recepcja.{draft.seed}.{number}@example.org",
    }
