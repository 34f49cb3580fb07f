"""Counting votes: pure, exact and repeatable.

``count`` takes a rulebook, entries, jurors and ballots, and gives a result with every table on
the way; ``tally_document`` does the same from the text of a file. No database, no clock, no
locale, no chance: whoever holds the input can count again and must find the same, to the last
digit. The shapes of both documents are in ``schema/``.

How it is read: ``document`` (JSON, hashes) → ``rulebook``, ``panel``, ``cards`` (the input) →
one module a method → ``ties`` → ``verdict`` → ``result``.
"""

from eventapp.awards.tally.counting import count, tally_document
from eventapp.awards.tally.document import rulebook_sha256
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.numbers import display
from eventapp.awards.tally.result import Result
from eventapp.awards.tally.verdict import Status

__all__ = [
    "Result",
    "Status",
    "TallyError",
    "count",
    "display",
    "rulebook_sha256",
    "tally_document",
]
