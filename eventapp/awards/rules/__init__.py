"""Pure decisions about awards, one module a subject.

``states`` (where things stand) · ``refusals`` (every "no") · ``nominations`` ·
``jury`` (declarations, conflicts, coverage, quorum) · ``ballots`` (cards) · ``counting``
(from rows to ``tally`` and back) · ``results`` (the embargo).
"""

from eventapp.awards.rules import (
    ballots,
    counting,
    jury,
    nominations,
    refusals,
    results,
    states,
)

__all__ = ["ballots", "counting", "jury", "nominations", "refusals", "results", "states"]
