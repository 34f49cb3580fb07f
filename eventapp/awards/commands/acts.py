"""What happens to awards, as facts: ids, codes and reasons' presence, never scores or names."""

from dataclasses import dataclass

from eventapp.kernel.db import db
from eventapp.kernel.facts import Fact, record


def tell(fact: Fact) -> None:
    """Record *fact* and send what the command wrote to the database.

    Commands may be called one after the other in one transaction, and the next one reads
    its rows anew.
    """
    record(fact)
    db.session.flush()


class CallOpened(Fact):
    """A call for nominations was set up."""

    kind = "call-opened"


class CallChanged(Fact):
    """A call's schedule or words changed."""

    kind = "call-changed"


@dataclass(frozen=True, kw_only=True)
class RulesProposed(Fact):
    """Somebody proposed to change frozen rules."""

    kind = "rules-proposed"
    rulebook_sha256: str


@dataclass(frozen=True, kw_only=True)
class RulesChanged(Fact):
    """Frozen rules were changed by two persons; of a call, and of each of its rounds."""

    kind = "rules-changed"
    rulebook_sha256: str
    cards: str
    set_aside: int


class RulesKept(Fact):
    """A proposed change of frozen rules was dropped."""

    kind = "rules-kept"


@dataclass(frozen=True, kw_only=True)
class JurorAppointed(Fact):
    """A person joined the jury."""

    kind = "juror-appointed"
    role: str


class JurorDismissed(Fact):
    """A person left the jury before casting a card."""

    kind = "juror-dismissed"


class DeclarationSigned(Fact):
    """A juror signed the declaration of impartiality and confidentiality."""

    kind = "declaration-signed"


@dataclass(frozen=True, kw_only=True)
class NominationSubmitted(Fact):
    """A nomination came in and got its number."""

    kind = "nomination-submitted"
    award_id: int
    number: str


class ConsentAnswered(Fact):
    """A nominee consented or declined."""

    kind = "consent-answered"


@dataclass(frozen=True, kw_only=True)
class NominationChecked(Fact):
    """The formal check of a nomination came to a result."""

    kind = "nomination-checked"
    result: str


class NominationCompleted(Fact):
    """A nominator completed what was missing."""

    kind = "nomination-completed"


class NominationWithdrawn(Fact):
    """A nomination was withdrawn."""

    kind = "nomination-withdrawn"


class NominationCorrected(Fact):
    """The nominee corrected the own name or added a statement."""

    kind = "nomination-corrected"


@dataclass(frozen=True, kw_only=True)
class NominationMerged(Fact):
    """A nomination joined another one of the same nominee: one candidacy, two nominators."""

    kind = "nomination-merged"
    into: int


@dataclass(frozen=True, kw_only=True)
class AttachmentAdded(Fact):
    """A document was attached to a nomination."""

    kind = "attachment-added"
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AttachmentRemoved(Fact):
    """A document was taken from a draft."""

    kind = "attachment-removed"
    sha256: str


@dataclass(frozen=True, kw_only=True)
class JurorRecused(Fact):
    """A juror was excluded from a nomination; `late` if a card had to be voided."""

    kind = "juror-recused"
    nomination_id: int
    late: bool


@dataclass(frozen=True, kw_only=True)
class ConflictDismissed(Fact):
    """A suggested conflict was found to be none."""

    kind = "conflict-dismissed"
    nomination_id: int


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Fact):
    """Scoring of an award began, and its rules were frozen."""

    kind = "round-opened"
    award_id: int
    rulebook_sha256: str


@dataclass(frozen=True, kw_only=True)
class BallotCast(Fact):
    """A juror saved a card."""

    kind = "ballot-cast"
    round_id: int
    juror_id: int
    nomination_id: int
    complete: bool


class BallotVoided(Fact):
    """A card was voided."""

    kind = "ballot-voided"


@dataclass(frozen=True, kw_only=True)
class AbsenceMarked(Fact):
    """A juror was marked as absent from a vote."""

    kind = "absence-marked"
    juror_id: int


class AbsenceLifted(Fact):
    """A juror turned out to take part after all."""

    kind = "absence-lifted"


@dataclass(frozen=True, kw_only=True)
class RoundClosed(Fact):
    """Scoring ended; `quorum` tells whether the jury can decide."""

    kind = "round-closed"
    quorum: bool


class RoundReopened(Fact):
    """Scoring was taken up again before the count."""

    kind = "round-reopened"


class CountAnnulled(Fact):
    """A counted round changed, so it must be counted again."""

    kind = "count-annulled"


@dataclass(frozen=True, kw_only=True)
class RoundCounted(Fact):
    """A round was counted."""

    kind = "round-counted"
    status: str
    input_sha256: str


@dataclass(frozen=True, kw_only=True)
class TieDecided(Fact):
    """The chair broke a tie."""

    kind = "tie-decided"
    tied: list[int]
    choice: int


class ResultsPublished(Fact):
    """The results were released; the embargo still holds until its moment."""

    kind = "results-published"


class PublicationRevoked(Fact):
    """A release was taken back before the embargo ended."""

    kind = "publication-revoked"


class JurorsReminded(Fact):
    """Jurors who owe cards were written to."""

    kind = "jurors-reminded"
