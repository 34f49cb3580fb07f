"""What of an event's awards another event can begin with: never a nomination, never a ballot."""

from eventapp.awards import queries
from eventapp.awards.commands.calls import add_award, open_call
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.refusal import N_

TIMES = (
    "opens_at", "closes_at", "formal_check_until", "scoring_opens_at", "scoring_closes_at",
    "meets_at", "public_vote_opens_at", "public_vote_closes_at", "embargo_until",
)  # fmt: skip
WORDS = ("completion_days", "rules", "regulations", "number_prefix", "public_vote")


def _awards(copying: Copying) -> int:
    call = queries.call_of(copying.source_id)
    if call is None:
        return 0
    columns = {name: getattr(call, name) for name in WORDS}
    columns |= {name: copying.maybe(getattr(call, name)) for name in TIMES}
    made = open_call(copying.target_id, name=call.name, rulebook=call.rulebook, **columns)
    awards = queries.awards(call.id)
    for award in awards:
        add_award(
            made.id, name=award.name, criteria=award.criteria, eligible_types=award.eligible_types
        )
    return len(awards)


PARTS = (Part("awards", N_("awards, criteria and rules of counting, without the jury"), _awards),)
