"""Saving wishes."""

from collections.abc import Sequence
from datetime import datetime

from eventapp.allocation import queries, rules
from eventapp.allocation.commands.facts import RankingSaved
from eventapp.allocation.commands.rounds import about
from eventapp.allocation.models import Ranking
from eventapp.allocation.rules import RankingRefusal
from eventapp.allocation.rules.blocks import blocks
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries as people


@atomic
def rank(
    round_id: int, registration_id: int, choices: Sequence[int], now: datetime, *, flexible: bool
) -> Ranking:
    """Save somebody's wishes, the best first, in the place of those saved before.

    No wishes at all are wishes too: nothing is given then, unless the person is flexible.
    """
    registration = people.locked(registration_id)
    round_ = queries.allocation(round_id)
    if registration is None or round_ is None or registration.event_id != round_.event_id:
        raise Refused(RankingRefusal.NOT_REGISTERED)
    held = {one.id: one for one in queries.sessions(round_id)}
    known = [[one.id for one in block] for block in blocks(list(held.values()))]
    if refusal := rules.refuse_ranking(round_, registration, choices, known, now):
        twice = next((one for one in choices if list(choices).count(one) > 1), None)
        title = held[twice].activity.title if twice in held else {}
        raise Refused(refusal, **{"title": title, **rules.explain(refusal, round_)})
    row = queries.ranking(round_id, registration_id)
    if row is None:
        row = Ranking(round_id=round_id, registration_id=registration_id)
        db.session.add(row)
    row.choices, row.flexible, row.saved_at = list(choices), flexible, now
    db.session.flush()
    record(RankingSaved(**about(round_), registration_id=registration_id))
    return row
