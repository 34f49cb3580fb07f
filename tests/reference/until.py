"""A seminar as it stood at a moment: what `eventapp load --until` has replayed by then."""

import copy
from datetime import datetime

from tests.reference.count import Json, expected, moment


def expected_as_of(seminar: Json, at: datetime) -> Json:
    """Compute the `expected` block as of *at*; the jury's part is empty before it has met."""
    figures = expected(as_of(seminar, at))
    if "awards" in seminar and at < moment(seminar["awards"]["schedule"]["jury_session"]):
        figures.update({"awards_ranking": {}, "awards_decisions": []})
    return figures


def as_of(seminar: Json, at: datetime) -> Json:
    """Copy *seminar* with everything that happens after *at* taken out.

    Times are inclusive: what happens at *at* has happened.
    """
    copied = copy.deepcopy(seminar)
    later = {
        person["id"] for person in copied["participants"] if at < moment(person["registered_at"])
    }
    copied["participants"] = [
        undone(person, later, at) for person in copied["participants"] if person["id"] not in later
    ]
    if "awards" in copied:
        undo_awards(copied["awards"], at)
    return copied


def undone(person: Json, later: set[str], at: datetime) -> Json:
    """Return *person* as of *at*, with the cancellation, substitution and scans to come undone."""
    if person.get("cancelled_at") and at < moment(person["cancelled_at"]):
        del person["cancelled_at"]
        person["status"] = "qualified"
    if person.get("replaced_by") in later:
        del person["replaced_by"]
        person["status"] = "qualified"
    person["attendance"] = [scan for scan in person["attendance"] if moment(scan["at"]) <= at]
    return person


def undo_awards(awards: Json, at: datetime) -> None:
    """Take nominations, ballots, the jury's meeting and the public vote after *at* out."""
    awards["nominations"] = [
        entry for entry in awards["nominations"] if moment(entry["submitted_at"]) <= at
    ]
    if at < moment(awards["schedule"]["jury_session"]):
        undo_meeting(awards)
    for box in ("ballots", "voided_ballots"):
        awards[box] = [card for card in awards[box] if moment(card["cast_at"]) <= at]
    if at < moment(awards["schedule"]["public_vote"].split("/")[1]):
        awards["public_vote"] = {}


def undo_meeting(awards: Json) -> None:
    """Undo absences, casting votes and the recusals declared at the meeting, with their cards."""
    voided = awards["voided_ballots"]
    awards["ballots"] += voided
    awards["conflicts"] = [
        conflict
        for conflict in awards["conflicts"]
        if not any(
            card["juror"] == conflict["juror"] and card["nomination"] == conflict["nomination"]
            for card in voided
        )
    ]
    awards.update({"voided_ballots": [], "absences": [], "chair_decisions": []})
