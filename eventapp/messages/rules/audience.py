"""To whom a letter goes: conditions that must all hold."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from eventapp.kernel.refusal import N_
from eventapp.registrations.rules import State
from eventapp.signups.rules import State as Place

# Whom one may write to: not those whose place somebody else has now.
WRITTEN_TO = (State.QUALIFIED, State.WAITING, State.PENDING, State.REJECTED, State.CANCELLED)


class Attendance(StrEnum):
    """Whether somebody was there, at the event or on one day of it."""

    CAME = "came"
    NOT_CAME = "not-came"


class Lacking(StrEnum):
    """What somebody has not given yet."""

    ANSWERS = "answers"
    CLAUSE = "clause"


class Contact(StrEnum):
    """Whether there is an address to write to."""

    EMAIL = "email"
    NO_EMAIL = "no-email"


class Spared(StrEnum):
    """Why somebody who is meant gets no mail."""

    NO_ADDRESS = "no-address"
    COMES_BACK = "comes-back"


SPARED_WORDS: Mapping[Spared, str] = {
    Spared.NO_ADDRESS: N_("no e-mail: print the letter"),
    Spared.COMES_BACK: N_("letters to this address come back"),
}


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Conditions that people must all meet; an empty one asks nothing.

    `session_ids` with `places`: those who have such a place in one of these sessions. `day`
    narrows `attendance`.
    """

    states: tuple[State, ...] = (State.QUALIFIED,)
    categories: tuple[str, ...] = ()
    session_ids: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    attendance: Attendance | None = None
    day: date | None = None
    lacking: Lacking | None = None
    locale: str = ""
    contact: Contact | None = None

    def kept(self) -> dict[str, Any]:
        """Return the conditions as they are kept."""
        return {
            name: value.isoformat() if isinstance(value, date) else _plain(value)
            for name, value in asdict(self).items()
            if value
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return the conditions that were kept so."""
        return cls(
            states=tuple(State(one) for one in kept.get("states", ())),
            categories=tuple(kept.get("categories", ())),
            session_ids=tuple(int(one) for one in kept.get("session_ids", ())),
            places=tuple(Place(one) for one in kept.get("places", ())),
            attendance=Attendance(kept["attendance"]) if kept.get("attendance") else None,
            day=date.fromisoformat(kept["day"]) if kept.get("day") else None,
            lacking=Lacking(kept["lacking"]) if kept.get("lacking") else None,
            locale=kept.get("locale", ""),
            contact=Contact(kept["contact"]) if kept.get("contact") else None,
        )


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else (
        value.value if isinstance(value, StrEnum) else value
    )  # fmt: skip
