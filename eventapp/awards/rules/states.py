"""Where the things of an award stand."""

from enum import StrEnum


class JurorRole(StrEnum):
    """A juror's part in the vote; the secretary has none."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    MEMBER = "member"
    SUBSTITUTE = "substitute"
    SECRETARY = "secretary"


class NominationState(StrEnum):
    """Where a nomination stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TO_COMPLETE = "to-complete"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class FormalResult(StrEnum):
    """What the formal check found."""

    POSITIVE = "positive"
    COMPLETED = "positive-after-completion"
    TO_COMPLETE = "to-complete"
    NEGATIVE = "negative"


class ConsentState(StrEnum):
    """What the nominee said to being nominated by somebody else."""

    NOT_NEEDED = "not-needed"
    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"


class RoundState(StrEnum):
    """Whether ballots are taken: casting takes the row shared, closing takes it alone."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"


class Cell(StrEnum):
    """One juror's card for one nomination, as the coverage matrix shows it."""

    CAST = "cast"
    STARTED = "started"
    MISSING = "missing"
    RECUSED = "recused"
    VOID = "void"
    ABSENT = "absent"


class CardsFate(StrEnum):
    """What becomes of the cards already cast when frozen rules change."""

    VOID = "void"
    CARRIED = "carried"


class PublicVote(StrEnum):
    """Who votes for the audience award."""

    NONE = "none"
    OPEN = "open"
    BADGE = "badge"
