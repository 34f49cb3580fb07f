"""Pure decisions about awards, one module a subject.

``states`` (where things stand) · ``refusals`` (every "no") · ``nominations`` ·
``jury`` (declarations, conflicts, coverage, quorum) · ``ballots`` (cards) · ``counting``
(from rows to ``tally`` and back) · ``bundles`` (so that others can count again) · ``results``
(the embargo).
"""

from eventapp.awards.rules import (
    ballots,
    bundles,
    counting,
    jury,
    nominations,
    refusals,
    results,
    states,
)

__all__ = ["ballots", "bundles", "counting", "jury", "nominations", "refusals", "results", "states"]
