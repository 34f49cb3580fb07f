"""Pure decisions about awards, one module a subject.

``states`` (where things stand) · ``refusals`` (every "no") · ``nominations`` ·
``regulations`` (the rulebook in words, and its changes) ·
``jury`` (declarations, conflicts, coverage, quorum) · ``ballots`` (cards) · ``counting``
(from rows to ``tally`` and back) · ``bundles`` (so that others can count again) · ``audience``
(its vote) · ``results`` (the embargo).
"""

from eventapp.awards.rules import (
    audience,
    ballots,
    bundles,
    counting,
    jury,
    nominations,
    refusals,
    regulations,
    results,
    states,
)

__all__ = [
    "audience",
    "ballots",
    "bundles",
    "counting",
    "jury",
    "nominations",
    "refusals",
    "regulations",
    "results",
    "states",
]
