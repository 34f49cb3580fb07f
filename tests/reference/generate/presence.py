"""The scans of everybody who comes."""

from collections.abc import Iterator
from datetime import datetime

from tests.reference import count
from tests.reference.count import Json
from tests.reference.generate.shape import MINUTE, Draft, stamp


def attend(draft: Draft, seminar: Json) -> None:
    """Scan the qualified through the sessions, except those who never come."""
    places = count.sign_ups(seminar)
    for person in seminar["participants"]:
        if person["status"] == "qualified" and draft.rng.random() > draft.shape.absent:
            rows = places[person["id"]]
            seats = {row["session"] for row in rows if row["status"] == "confirmed"}
            person["attendance"] = list(scans(draft, person, seats))


def scans(draft: Draft, person: Json, seats: set[str]) -> Iterator[Json]:
    """Yield the scans of *person* in order of time."""
    free = count.moment(person["registered_at"])
    for session in draft.sessions:
        start, end = count.moment(session["start"]), count.moment(session["end"])
        opens = max(free, start - 14 * MINUTE)
        if opens > end - 5 * MINUTE or not goes(draft, session, seats):
            continue
        for scan in visit(draft, session, opens):
            yield scan
            free = count.moment(scan["at"]) + MINUTE
        if session["signup"] != "none":
            free = max(free, end - 14 * MINUTE)


def goes(draft: Draft, session: Json, seats: set[str]) -> bool:
    """Say whether somebody with *seats* goes to *session*, to a lecture even without one."""
    if session["format"] == "rejestracja":
        return False
    if session["signup"] == "none" or session["id"] in seats:
        return draft.rng.random() > draft.shape.absent / 2
    return session["signup"] == "optional" and draft.rng.random() < draft.shape.drop_ins


def visit(draft: Draft, session: Json, opens: datetime) -> Iterator[Json]:
    """Yield the entry to *session*, perhaps a second one, an exit and a return."""
    rng, shape = draft.rng, draft.shape
    start, end = count.moment(session["start"]), count.moment(session["end"])
    delay = rng.randint(-14, 9)
    if rng.random() < shape.late:
        delay = rng.randint(10, session["minutes"] - 5)
    entry = max(opens, start + delay * MINUTE)
    yield scan(draft, session, entry)
    at = max(entry, start) + rng.randint(2, 40) * MINUTE
    if rng.random() < shape.repeats and at < end:
        yield scan(draft, session, at)
        at += rng.randint(1, 10) * MINUTE
    if rng.random() < shape.exits and at < end:
        yield scan(draft, session, at) | {"direction": "exit"}
        back = at + rng.randint(1, 30) * MINUTE
        if rng.random() < shape.returns and back < end:
            yield scan(draft, session, back)


def scan(draft: Draft, session: Json, at: datetime) -> Json:
    """Make an entry by one of the two stewards."""
    return {
        "session": session["id"],
        "at": stamp(at),
        "method": draft.rng.choice(["qr", "qr", "qr", "manual", "paper"]),
        "by": draft.rng.choice(["U1", "U2"]),
    }
