"""What sign-up asks, for an event that is made like another."""

from eventapp.events import queries as frame
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.db import db
from eventapp.kernel.refusal import N_
from eventapp.programme.models import Session
from eventapp.signups import queries
from eventapp.signups.commands.asking import set_policy, set_terms
from eventapp.signups.rules import Policy

# What a draw of lots was made with belongs to its own queue.
DRAWN = ("lottery_seed", "lottery_ticket")


def _copy_rules(copying: Copying) -> int:
    """Ask the same; rounds move with the days, and what hangs on the start moves with it."""
    policy = queries.policy(copying.source_id)
    if policy != Policy():
        rounds = [
            {"from": copying.moment(queries.begins(each)).isoformat(), "most": each["most"]}
            for each in policy.rounds
        ]
        set_policy(copying.target_id, copying.now, **policy._replace(rounds=rounds)._asdict())
    rows = queries.sessions_with_terms(copying.source_id)
    return int(policy != Policy()) + sum(_copy_terms(copying, row) for row in rows)


def _copy_terms(copying: Copying, row: Session) -> int:
    new_id = copying.new("session", row.id)
    if new_id is None:
        return 0
    terms = queries.terms(row.id)._asdict()
    codes = {one.id: one.code for one in frame.categories(copying.source_id)}
    here = {one.code: one.id for one in frame.categories(copying.target_id)}
    terms |= {
        "category_ids": [
            here[codes[one]] for one in terms["category_ids"] if codes.get(one) in here
        ],
        "required_ids": [
            new for one in terms["required_ids"] if (new := copying.new("activity", one))
        ],
        **dict.fromkeys(DRAWN),
    }
    set_terms(new_id, copying.now, **terms)
    db.session.get_one(Session, new_id).overbooking_percent = row.overbooking_percent
    return 1


PARTS = (Part("sign-up", N_("rules and terms of session sign-up"), _copy_rules),)
