"""The rulebook in plain words: what a nominator and a juror should know of how it is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.kernel.refusal import N_

if TYPE_CHECKING:
    from eventapp.awards.models import Call, RuleChange

Document = Mapping[str, Any]


class Line(NamedTuple):
    """A sentence to translate, with its details."""

    sentence: str
    details: Mapping[str, Any] = {}


METHODS: Mapping[str, str] = {
    "weighted-scores": N_(
        "Each juror scores each criterion; a card’s total counts by the weights, on 0–100."
    ),
    "approval": N_("Each juror says of each nomination yes or no; the most approvals win."),
    "points": N_(
        "Each juror gives %(budget)s points in all; the nomination with most points wins."
    ),
}
NORMALISED: Mapping[str, str] = {
    "none": N_("Severe and lenient jurors count as they are: nothing is evened out."),
    "zscore-fit": N_(
        "Each juror’s scale is evened out before the mean: what counts is how far a nomination "
        "stands above or below that juror’s other cards."
    ),
    "additive": N_(
        "How severe or lenient each juror is is worked out from the nominations judged in common, "
        "and taken off before the mean."
    ),
    "rank": N_("Only the order in which each juror places the nominations counts, not the points."),
}
AGGREGATES: Mapping[str, str] = {
    "mean": N_("The mean of the cards decides."),
    "median": N_("The median of the cards decides, so that a single card moves little."),
    "trimmed": N_(
        "The highest and the lowest card are left out (%(trim)s each); the mean of the others "
        "decides."
    ),
    "sum": N_("The sum of the cards decides."),
}
STEPS: Mapping[str, str] = {
    "head-to-head": N_("direct comparison"),
    "countback": N_("more of the highest cards"),
    "median": N_("higher median"),
    "runoff": N_("second vote"),
    "chair": N_("the chair’s casting vote"),
    "ex-aequo": N_("shared place"),
    "lot": N_("drawing of lots"),
}


def plain(rulebook: Document) -> list[Line]:
    """Say a rulebook in sentences, in the order in which they matter."""
    return [*_counting(rulebook), *_quorum(rulebook), *_prizes(rulebook)]


def _counting(rulebook: Document) -> Iterator[Line]:
    method = str(rulebook.get("method", "weighted-scores"))
    if method in METHODS:
        yield Line(METHODS[method], {"budget": rulebook.get("budget", "")})
    if method == "weighted-scores":
        normalised = str(rulebook.get("normalise", "none"))
        yield Line(NORMALISED[normalised])
        if normalised == "none":
            aggregate = str(rulebook.get("aggregate", "mean"))
            yield Line(AGGREGATES[aggregate], {"trim": rulebook.get("trim", 1)})
    yield Line(N_("A juror with a conflict of interest takes no part in judging that nomination."))


def _quorum(rulebook: Document) -> Iterator[Line]:
    rule = rulebook.get("quorum") or {}
    if rule.get("share"):
        yield Line(N_("Quorum: %(share)s of the jury."), {"share": rule["share"]})
    if rule.get("absolute"):
        yield Line(N_("At least %(count)s jurors must take part."), {"count": rule["absolute"]})
    if rule.get("chair"):
        yield Line(N_("The chair or a deputy must take part."))
    if rule.get("cards"):
        yield Line(N_("Each nomination needs at least %(count)s cards."), {"count": rule["cards"]})


def _prizes(rulebook: Document) -> Iterator[Line]:
    second = rulebook.get("distinctions") or {}
    if rulebook.get("min_score") not in {None, 0, "0"}:
        yield Line(
            N_("No award is given below %(points)s points."), {"points": rulebook["min_score"]}
        )
    if second.get("per_category"):
        yield Line(
            N_("The second place may receive a distinction from %(points)s points."),
            {"points": second.get("min_score", 0)},
        )
    chain = list(rulebook.get("ties", ()))
    if chain == ["chair"]:
        yield Line(N_("Equal points are decided by the chair, with a recorded ground."))
    elif chain:
        yield Line(N_("Equal points are decided by, in this order: %(steps)s."), {"steps": chain})


# --- changing frozen rules ----------------------------------------------------------------


def refuse_proposal(
    call: Call, sha256: str, reason: str, waiting: RuleChange | None
) -> AwardRefusal | None:
    """Return why a change of the frozen rules may not be proposed."""
    if call.rulebook_sha256 is None:
        return AwardRefusal.NOT_FROZEN
    if call.published_at is not None:
        return AwardRefusal.ALREADY_PUBLISHED
    if waiting is not None:
        return AwardRefusal.CHANGE_WAITS
    if sha256 == call.rulebook_sha256:
        return AwardRefusal.SAME_RULES
    return None if reason.strip() else AwardRefusal.REASON_MISSING


def refuse_confirmation(call: Call, change: RuleChange, actor: str) -> AwardRefusal | None:
    """Return why *actor* may not put a proposed change into force."""
    if not change.is_waiting:
        return AwardRefusal.NO_CHANGE_WAITS
    if call.published_at is not None:
        return AwardRefusal.ALREADY_PUBLISHED
    return AwardRefusal.SECOND_PERSON if actor == change.proposed_by else None
