"""Count a seminar file by hand: lists and dictionaries, no database and nothing of the product.

The input is a seminar in the format `demo-seminar/1`, as parsed JSON; `docs/seminar-file.md` is
the rule book. The oracle fields are never read (`ORACLE` names them; a test deletes them all and
counts again). Sums are whole minutes, means are exact fractions until they are shown.
"""

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor
from typing import Any

Json = dict[str, Any]

GRACE = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
RANKED = ("accepted", "accepted_after_completion")

ORACLE = {
    "seminar": ("expected",),
    "participant": ("expected_result", "waitlist_position"),
    "sign_up": ("status", "position", "via"),
}
"""The keys that state a result, by the object that carries them: never input."""


def expected(seminar: Json) -> Json:
    """Compute the whole `expected` block of *seminar*, key by key in the file's order."""
    people = seminar["participants"]
    qualified = [person for person in people if person["status"] == "qualified"]
    present = [person for person in qualified if entries(person)]
    outcome = results(seminar)
    return {
        "participants_total": len(people),
        "status": tally(people, "status"),
        "registered_by_group": tally(people, "group"),
        "registered_by_kind": tally(people, "kind"),
        "qualified": len(qualified),
        "attended_any": len(present),
        "no_shows": len(qualified) - len(present),
        "turnout_percent_of_preregistered": turnout(qualified, present),
        "walk_ins": sum(is_walk_in(person) for person in qualified),
        "substitutions": sum(bool(person.get("substitute_for")) for person in qualified),
        "attended_by_sex": tally(present, "sex"),
        "attended_by_group": tally(present, "group"),
        "attended_by_category": tally(present, "category"),
        "attended_by_county": tally(present, "county"),
        "distinct_entities_supported": len(entities(present)),
        "individuals_at_risk_supported": tally(
            [person for person in present if person["group"] == "OSOBA"], "sex"
        ),
        "certificates": sum(row["certificate"] for row in outcome.values()),
        "bur_status": tally(outcome.values(), "bur_status"),
        "person_minutes_total": sum(row["attended_total_minutes"] for row in outcome.values()),
        "diets_confirmed": tally(qualified, "diet"),
        "no_photo_consent": sorted(
            person["id"] for person in qualified if not person["consents"]["photo"]
        ),
        "sessions": session_figures(seminar, present),
        "awards_ranking": awards_ranking(seminar),
        "awards_decisions": awards_decisions(seminar),
        "audience_award": audience_award(seminar),
    }


def filled(seminar: Json) -> Json:
    """Copy *seminar* with every oracle field set to what this module counts."""
    copied = stripped(seminar)
    copied["expected"] = expected(seminar)
    outcome, queued, places = results(seminar), waiting_positions(seminar), sign_ups(seminar)
    for person in copied["participants"]:
        if person["id"] in outcome:
            person["expected_result"] = outcome[person["id"]]
        if person["id"] in queued:
            person["waitlist_position"] = queued[person["id"]]
        person["signups"] = places[person["id"]]
    return copied


def stripped(seminar: Json) -> Json:
    """Copy *seminar* without any oracle field."""
    copied = copy.deepcopy(seminar)
    drop(copied, ORACLE["seminar"])
    for person in copied["participants"]:
        drop(person, ORACLE["participant"])
        for sign_up in person["signups"]:
            drop(sign_up, ORACLE["sign_up"])
    return copied


def drop(holder: Json, keys: Iterable[str]) -> None:
    """Remove *keys* from *holder* where they are."""
    for key in keys:
        holder.pop(key, None)


# People


def tally(rows: Iterable[Json], key: str) -> dict[str, int]:
    """Count *rows* by what they hold under *key*; a value that none holds is absent."""
    return dict(sorted(Counter(row[key] for row in rows).items()))


def is_walk_in(person: Json) -> bool:
    """Say whether *person* came without having registered before."""
    return bool(person["source"] == "walk_in")


def turnout(qualified: list[Json], present: list[Json]) -> int:
    """Return the whole percent of the pre-registered who came; walk-ins count on neither side."""
    expected_people = sum(not is_walk_in(person) for person in qualified)
    came = sum(not is_walk_in(person) for person in present)
    return 100 * came // expected_people if expected_people else 0


def entities(present: list[Json]) -> set[str]:
    """Return the social economy entities (group PES) that somebody present came from."""
    return {person["organisation"] for person in present if person["group"] == "PES"}


def waiting_positions(seminar: Json) -> dict[str, int]:
    """Number the people whom the organiser put on the event's reserve list, first come first."""
    waiting = [person for person in seminar["participants"] if person["status"] == "waitlisted"]
    waiting.sort(key=lambda person: moment(person["registered_at"]))
    return {person["id"]: place for place, person in enumerate(waiting, start=1)}


# Seats and queues


@dataclass
class Places:
    """Seats and queue of one session: the ids of the people, in order."""

    capacity: int | None
    keeps_queue: bool
    seated: list[str] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def take(self, person: str) -> None:
        """Give *person* a seat while there is one and nobody waits, else the queue's end."""
        if not self.queue and (self.capacity is None or len(self.seated) < self.capacity):
            self.seated.append(person)
        elif self.keeps_queue:
            self.queue.append(person)
        else:
            self.refused.append(person)

    def pass_on(self, giver: str, taker: str) -> None:
        """Let *taker* stand where *giver* stood, or come as anybody else if nowhere."""
        for places in (self.seated, self.queue):
            if giver in places:
                places[places.index(giver)] = taker
                return
        self.take(taker)

    def release(self, person: str) -> None:
        """Take *person* out; the first in the queue moves up into a freed seat."""
        if person in self.queue:
            self.queue.remove(person)
        if person in self.seated:
            self.seated.remove(person)
            if self.queue:
                self.seated.append(self.queue.pop(0))

    def state(self, person: str) -> Json:
        """Return the oracle's `status` of *person* here, with the `position` of one waiting."""
        if person in self.seated:
            return {"status": "confirmed"}
        if person in self.queue:
            return {"status": "waitlisted", "position": self.queue.index(person) + 1}
        return {"status": "refused" if person in self.refused else "released"}


def replay(seminar: Json) -> dict[str, Places]:
    """Replay all sign-ups in order of time; the answer is each session's seats and queue."""
    halls = {
        session["id"]: Places(session["capacity"], session["waitlist"])
        for session in seminar["sessions"]
    }
    for _, _, happen in sorted(happenings(seminar, halls), key=lambda item: item[:2]):
        happen()
    return halls


def happenings(
    seminar: Json, halls: dict[str, Places]
) -> Iterator[tuple[datetime, int, Callable[[], None]]]:
    """Yield each registration, substitution and cancellation with its time and rank.

    At one moment cancellations come first, then arrivals in the order of the file.
    """
    by_id = {person["id"]: person for person in seminar["participants"]}
    for person in seminar["participants"]:
        replaced = by_id.get(person.get("substitute_for") or "")
        yield moment(person["registered_at"]), 1, lambda p=person, r=replaced: arrive(halls, p, r)
        if person.get("cancelled_at"):
            yield moment(person["cancelled_at"]), 0, lambda p=person: leave(halls, p, ())


def arrive(halls: dict[str, Places], person: Json, replaced: Json | None) -> None:
    """Sign *person* up in the listed order; a substitute first inherits, then the rest goes."""
    wanted = listed(person)
    inherited = [session for session in wanted if replaced and session in listed(replaced)]
    if replaced:
        for session in inherited:
            halls[session].pass_on(replaced["id"], person["id"])
        leave(halls, replaced, inherited)
    for session in wanted:
        if session not in inherited:
            halls[session].take(person["id"])


def leave(halls: dict[str, Places], person: Json, kept: Iterable[str]) -> None:
    """Release the places of *person* in the listed order, except those *kept*."""
    for session in listed(person):
        if session not in kept:
            halls[session].release(person["id"])


def listed(person: Json) -> list[str]:
    """Return the sessions that *person* asked for, in order of wish."""
    return [sign_up["session"] for sign_up in person["signups"]]


def sign_ups(seminar: Json) -> dict[str, list[Json]]:
    """Return what became of every wish: per person, in listed order, as the file writes it."""
    halls = replay(seminar)
    by_id = {person["id"]: person for person in seminar["participants"]}
    outcome = {}
    for person in seminar["participants"]:
        replaced = by_id.get(person.get("substitute_for") or "")
        outcome[person["id"]] = [
            {"session": session, **halls[session].state(person["id"]), **via(session, replaced)}
            for session in listed(person)
        ]
    return outcome


def via(session: str, replaced: Json | None) -> Json:
    """Return the mark of a place that was passed on by the person *replaced*."""
    return {"via": "substitution"} if replaced and session in listed(replaced) else {}


# Presence


def entries(person: Json) -> list[Json]:
    """Return the entries of *person*, exits left aside."""
    return [scan for scan in person["attendance"] if scan.get("direction", "entry") == "entry"]


def stays(seminar: Json, person: Json) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return when *person* was in each session entered, unclipped and in order of time.

    A stay ends with an exit, with the entry to a parallel session, or with the session itself.
    """
    sessions = {session["id"]: session for session in seminar["sessions"]}
    inside: dict[str, datetime] = {}
    spans: dict[str, list[tuple[datetime, datetime]]] = {}

    def close(session: str, until: datetime) -> None:
        spans[session].append((inside.pop(session), until))

    for scan in sorted(person["attendance"], key=lambda scan: moment(scan["at"])):
        here, at = scan["session"], moment(scan["at"])
        if scan.get("direction", "entry") == "exit":
            if here in inside:
                close(here, at)
            continue
        for other in [key for key in inside if overlap(sessions[key], sessions[here])]:
            if other != here:
                close(other, at)
        spans.setdefault(here, [])
        inside.setdefault(here, at)
    for session in list(inside):
        close(session, moment(sessions[session]["end"]))
    return spans


def credit(session: Json, spans: list[tuple[datetime, datetime]]) -> int:
    """Return the minutes of support that *spans* are worth in *session*.

    From the session's support minutes (breaks excluded) go the whole minutes missed: late, if
    beyond the grace, counted from the start; between an exit and the next entry; after leaving.
    """
    start, end = moment(session["start"]), moment(session["end"])
    clipped = [(max(came, start), min(left, end)) for came, left in spans]
    clipped = [(came, left) for came, left in clipped if came < left]
    if not clipped:
        return 0
    late = clipped[0][0] - start
    missed = late // MINUTE if late > GRACE else 0
    for (_, left), (came, _) in pairwise(clipped):
        missed += max(came - left, timedelta()) // MINUTE
    missed += (end - clipped[-1][1]) // MINUTE
    return int(max(session["support_minutes"] - missed, 0))


def results(seminar: Json) -> dict[str, Json]:
    """Return the `expected_result` of every qualified person."""
    sessions = {session["id"]: session for session in seminar["sessions"]}
    places = sign_ups(seminar)
    outcome = {}
    for person in seminar["participants"]:
        if person["status"] != "qualified":
            continue
        required = required_sessions(seminar, person, places[person["id"]])
        minutes = {
            key: credit(sessions[key], spans) for key, spans in stays(seminar, person).items()
        }
        outcome[person["id"]] = verdict(
            required=sum(sessions[key]["support_minutes"] for key in required),
            attended=sum(minutes[key] for key in minutes if key in required),
            total=sum(minutes.values()),
            came=bool(entries(person)),
            threshold=seminar["event"]["certificate"]["min_percent"],
        )
    return outcome


def required_sessions(seminar: Json, person: Json, places: list[Json]) -> set[str]:
    """Return what *person* must attend: the compulsory sessions and the own confirmed ones.

    Own ones count if the session counts for the certificate; of a walk-in's only those that end
    after the arrival.
    """
    own = {place["session"] for place in places if place["status"] == "confirmed"}
    compulsory = set(seminar["event"]["certificate"]["compulsory_sessions"])
    due = [
        session
        for session in seminar["sessions"]
        if session["id"] in compulsory
        or (session["id"] in own and session["counts_for_certificate"])
    ]
    if is_walk_in(person):
        arrived = moment(person["registered_at"])
        due = [session for session in due if moment(session["end"]) > arrived]
    return {session["id"] for session in due}


def verdict(*, required: int, attended: int, total: int, came: bool, threshold: int) -> Json:
    """Return one person's result from whole minutes; the certificate is decided in integers."""
    deserved = required > 0 and attended * 100 >= threshold * required
    completion = "ukończył" if deserved else "nie ukończył"
    return {
        "required_minutes": required,
        "attended_required_minutes": attended,
        "attended_total_minutes": total,
        "percent": 100 * attended // required if required else 0,
        "bur_status": completion if came else "nie uczestniczył",
        "certificate": deserved and came,
    }


def session_figures(seminar: Json, present: list[Json]) -> Json:
    """Return seats, queue and people present of every session but the registration desks."""
    halls = replay(seminar)
    figures = {}
    for session in seminar["sessions"]:
        if session["format"] == "rejestracja":
            continue
        hall = halls[session["id"]]
        figures[session["id"]] = {
            "capacity": session["capacity"],
            "confirmed": len(hall.seated),
            "waitlisted": len(hall.queue),
            "attended": sum(session["id"] in entered(person) for person in present),
        }
    return figures


def entered(person: Json) -> set[str]:
    """Return the sessions with an entry of *person*."""
    return {scan["session"] for scan in entries(person)}


# Awards


def awards_ranking(seminar: Json) -> Json:
    """Return per category the ranked entries: cards, shown mean, place before any tie-break."""
    return {
        category["id"]: [
            {
                "nomination": entry,
                "ballots": len(cards(seminar, entry)),
                "mean": shown(mean),
                "place_before_tiebreak": place,
            }
            for entry, mean, place in ranked(seminar, category)
        ]
        for category in seminar.get("awards", {}).get("categories", [])
    }


def ranked(seminar: Json, category: Json) -> list[tuple[str, Fraction, int]]:
    """Rank the accepted entries of *category* by exact mean, 1-2-2-4; ties in the file's order."""
    means = {}
    for nomination in seminar["awards"]["nominations"]:
        scores = cards(seminar, nomination["id"])
        if nomination["category"] == category["id"] and nomination["status"] in RANKED and scores:
            means[nomination["id"]] = sum(scores, Fraction(0)) / len(scores)
    return [
        (entry, mean, 1 + sum(other > mean for other in means.values()))
        for entry, mean in sorted(means.items(), key=lambda item: -item[1])
    ]


def cards(seminar: Json, entry: str) -> list[Fraction]:
    """Return the totals (0 to 100) of the cards cast for *entry*; voided ones lie elsewhere."""
    awards = seminar["awards"]
    weights = {
        criterion["id"]: criterion["weight"]
        for category in awards["categories"]
        for criterion in category["criteria"]
    }
    low, high = awards["rules"]["scale_min"], awards["rules"]["scale_max"]
    return [
        Fraction(
            sum(100 * weights[key] * (score - low) for key, score in ballot["scores"].items()),
            (high - low) * sum(weights[key] for key in ballot["scores"]),
        )
        for ballot in awards["ballots"]
        if ballot["nomination"] == entry
    ]


def shown(mean: Fraction) -> float:
    """Round *mean* half up to 0.01, as the jury's minutes print it."""
    return floor(mean * 100 + Fraction(1, 2)) / 100


def awards_decisions(seminar: Json) -> list[Json]:
    """Return the jury's decision in each category, in the file's order."""
    return [
        decision(seminar, category) for category in seminar.get("awards", {}).get("categories", [])
    ]


def decision(seminar: Json, category: Json) -> Json:
    """Decide *category*: quorum, threshold, the chair's word on a tie, distinctions."""
    rulebook = seminar["awards"]["rulebook"]
    table = ranked(seminar, category)
    enough = Fraction(rulebook["min_score"])
    first = [entry for entry, mean, place in table if place == 1 and mean >= enough]
    tied = first if len(first) > 1 else []
    if not has_quorum(seminar, category):
        return judged(category, None, None, [], [])
    choice = chosen(seminar, category, tied)
    if tied and not choice:
        return judged(category, None, None, tied, [])
    winner = choice or next(iter(first), None)
    return judged(
        category, winner, "chair" if choice else None, tied, distinguished(rulebook, table, winner)
    )


def judged(
    category: Json,
    winner: str | None,
    tiebreak: str | None,
    tied: list[str],
    distinctions: list[str],
) -> Json:
    """Write a decision as the file does."""
    return {
        "category": category["id"],
        "winner": winner,
        "tiebreak": tiebreak,
        "tied": tied,
        "distinctions": distinctions,
    }


def has_quorum(seminar: Json, category: Json) -> bool:
    """Say whether enough voting jurors were present for *category*: at least the share, up."""
    awards = seminar["awards"]
    share = Fraction(awards["rulebook"]["quorum"]["share"])
    voting = {juror["id"] for juror in awards["jurors"] if juror["voting"]}
    absent = {
        absence["juror"]
        for absence in awards.get("absences", [])
        if absence["category"] == category["id"]
    }
    return len(voting - absent) >= ceil(share * len(voting))


def chosen(seminar: Json, category: Json, tied: list[str]) -> str | None:
    """Return whom the chair chose among those *tied*; a decision on another tie is void."""
    for act in seminar["awards"].get("chair_decisions", []):
        if act["category"] == category["id"] and set(act["tied"]) == set(tied):
            return str(act["choice"])
    return None


def distinguished(
    rulebook: Json, table: list[tuple[str, Fraction, int]], winner: str | None
) -> list[str]:
    """Return the distinctions: the next place after the winner's, if good enough and alone.

    They have a minimum of their own, which may lie below the prize's; without a winner none.
    With one winner by a tie-break the next are the other tied ones. Where more entries share
    that place than there are distinctions, nobody receives one.
    """
    rule = rulebook["distinctions"]
    others = [row for row in table if row[0] != winner]
    next_best = [row for row in others if row[2] == others[0][2]] if winner else []
    worthy = [entry for entry, mean, _ in next_best if mean >= Fraction(rule["min_score"])]
    return worthy if len(worthy) <= rule["per_category"] else []


def audience_award(seminar: Json) -> str | None:
    """Return the entry with most public votes, none where two share them."""
    votes = seminar.get("awards", {}).get("public_vote") or {}
    best = [entry for entry, count in votes.items() if count == max(votes.values())]
    return best[0] if len(best) == 1 else None


# Time


@cache
def moment(text: str) -> datetime:
    """Read a moment with its offset."""
    if not re.search(r"(Z|[+-]\d\d:\d\d)$", text):
        raise ValueError(f"{text} has no offset")
    return datetime.fromisoformat(text)


def overlap(one: Json, other: Json) -> bool:
    """Say whether two sessions share time."""
    return moment(one["start"]) < moment(other["end"]) and moment(other["start"]) < moment(
        one["end"]
    )
