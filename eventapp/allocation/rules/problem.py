"""What a run decides about, as plain values, and the file that carries them.

The file is the same for everybody who computes with it: JSON in one canonical form, whose
SHA-256 is published. It names nobody: people are keys that only they themselves know.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

FORMAT = "eventapp-allocation-1"
MOST_CHOICES = 9


class BadProblem(Exception):
    """A file that describes nothing to decide; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A session in which places are given: `places` that are free, None without a limit.

    `requires` names activities that a person must have a place in earlier, or have attended.
    """

    id: str
    activity: str
    starts_at: datetime
    ends_at: datetime
    places: int | None
    title: Mapping[str, str] = field(default_factory=dict)
    requires: Sequence[str] = ()
    taken_by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """A person with wishes, the best first; what is at one time competes.

    `flexible` people take any other session rather than none. `barred` names the sessions that a
    hard rule keeps them from, each with the code of the rule; `has` the activities they have.
    """

    id: str
    choices: Sequence[str]
    flexible: bool = False
    organisation: str | None = None
    barred: Mapping[str, str] = field(default_factory=dict)
    has: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """All that a run looks at; with a seed it has one outcome.

    `choices` is how many wishes each may have at one time; `per_organisation` how many people of
    one organisation may have a place in one session, None without a limit.
    """

    choices: int
    offers: Sequence[Offer]
    choosers: Sequence[Chooser]
    per_organisation: int | None = None


# --- the file -----------------------------------------------------------------------------


def written(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON values, in an order of its own."""
    return {
        "choices": problem.choices,
        "per_organisation": problem.per_organisation,
        "sessions": [_offer(one) for one in sorted(problem.offers, key=lambda one: one.id)],
        "people": [_chooser(one) for one in sorted(problem.choosers, key=lambda one: one.id)],
    }


def _offer(one: Offer) -> dict[str, Any]:
    return {
        "id": one.id,
        "activity": one.activity,
        "title": dict(one.title),
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "places": one.places,
        "requires": sorted(one.requires),
        "taken_by": dict(one.taken_by),
    }


def _chooser(one: Chooser) -> dict[str, Any]:
    return {
        "id": one.id,
        "organisation": one.organisation,
        "choices": list(one.choices),
        "flexible": one.flexible,
        "barred": dict(one.barred),
        "has": sorted(one.has),
    }


def canonical(value: Any) -> str:
    """Return JSON values as the one text that is hashed: sorted keys, no blanks."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a written problem."""
    return hashlib.sha256(canonical(values).encode()).hexdigest()


def document(values: Mapping[str, Any], seed: str) -> dict[str, Any]:
    """Return the file to publish: a written problem, its hash and the seed."""
    return {"format": FORMAT, "seed": seed, "input_hash": hash_of(values), "input": dict(values)}


def read_document(text: bytes | str) -> tuple[Problem, str, str]:
    """Return the problem of a file, its seed and the hash of what it says; raises `BadProblem`."""
    held = _object(_json(text), "The file")
    if held.get("format") != FORMAT:
        _fail(f"The file is not of the format {FORMAT}.")
    seed = _text(held.get("seed"), "seed")
    values = _object(held.get("input"), "“input”")
    computed = hash_of(values)
    if held.get("input_hash", computed) != computed:
        _fail("The input is not the one whose hash the file names: it was changed.")
    return read(values), seed, computed


def _json(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except UnicodeDecodeError:
        _fail("The file is not UTF-8 text.")
    except RecursionError:
        _fail("The file is nested too deeply.")
    except ValueError as error:
        _fail(f"The file is not JSON: {error}.")


def read(values: Mapping[str, Any]) -> Problem:
    """Return the problem that was written so; raises `BadProblem` with one sentence."""
    choices = _number(values.get("choices"), "choices")
    if not 1 <= choices <= MOST_CHOICES:
        _fail(f"“choices” must be from 1 to {MOST_CHOICES}.")
    offers = [_read_offer(one) for one in _list(values.get("sessions"), "sessions")]
    people = [_read_chooser(one) for one in _list(values.get("people"), "people")]
    known = {one.id for one in offers}
    for rows, name in ((offers, "session"), (people, "person")):
        if len({one.id for one in rows}) != len(rows):
            _fail(f"A {name} stands twice in the file.")
    for who in people:
        if strange := sorted({*who.choices, *who.barred} - known):
            _fail(f"Person {who.id} names a session that there is not: {strange[0]}.")
        if len(set(who.choices)) != len(who.choices):
            _fail(f"Person {who.id} names a session twice.")
    limit = _maybe(values.get("per_organisation"), "per_organisation")
    return Problem(choices=choices, offers=offers, choosers=people, per_organisation=limit)


def _read_offer(held: Any) -> Offer:
    one = _object(held, "A session")
    return Offer(
        id=_text(one.get("id"), "id"),
        activity=_text(one.get("activity"), "activity"),
        title=_mapping(one.get("title", {}), "title", _text),
        starts_at=_moment(one.get("starts_at"), "starts_at"),
        ends_at=_moment(one.get("ends_at"), "ends_at"),
        places=_maybe(one.get("places"), "places"),
        requires=_texts(one.get("requires", []), "requires"),
        taken_by=_mapping(one.get("taken_by", {}), "taken_by", _number),
    )


def _read_chooser(held: Any) -> Chooser:
    one = _object(held, "A person")
    organisation = one.get("organisation")
    flexible = one.get("flexible", False)
    if not isinstance(flexible, bool):
        _fail("“flexible” must be true or false.")
    return Chooser(
        id=_text(one.get("id"), "id"),
        organisation=None if organisation is None else _text(organisation, "organisation"),
        choices=_texts(one.get("choices"), "choices"),
        flexible=flexible,
        barred=_mapping(one.get("barred", {}), "barred", _text),
        has=_texts(one.get("has", []), "has"),
    )


def _fail(sentence: str) -> NoReturn:
    raise BadProblem(sentence)


def _object(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else _fail(f"{name} must be a JSON object.")


def _list(value: Any, name: str) -> list[Any]:
    return value if isinstance(value, list) else _fail(f"“{name}” must be a list.")


def _text(value: Any, name: str) -> str:
    return value if isinstance(value, str) else _fail(f"“{name}” must be a text.")


def _texts(value: Any, name: str) -> tuple[str, ...]:
    return tuple(_text(one, name) for one in _list(value, name))


def _number(value: Any, name: str) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if whole else _fail(f"“{name}” must be a whole number from 0.")


def _maybe(value: Any, name: str) -> int | None:
    return None if value is None else _number(value, name)


def _mapping(value: Any, name: str, kind: Callable[[Any, str], Any]) -> dict[str, Any]:
    return {key: kind(held, name) for key, held in _object(value, f"“{name}”").items()}


def _moment(value: Any, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, name))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        _fail(f"“{name}” must be an ISO time with an offset, such as 2027-06-16T09:30+02:00.")
    return moment
