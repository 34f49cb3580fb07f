"""A published file computed again: the same outcome for anybody who doubts it."""

from typing import Any

from eventapp.allocation.rules.fairness import figures
from eventapp.allocation.rules.problem import BadProblem, read_document
from eventapp.allocation.rules.solving import solve

__all__ = ["BadProblem", "outcome"]


def outcome(text: bytes, seed: str | None = None) -> dict[str, Any]:
    """Return what the file gives everybody, with its own seed or another; raises `BadProblem`."""
    problem, own, input_hash = read_document(text)
    solution = solve(problem, seed if seed is not None else own)
    return {
        "input_hash": input_hash,
        "seed": seed if seed is not None else own,
        "figures": figures(problem, solution.outcomes).values(),
        "outcomes": [
            {
                "person": one.person,
                "block": one.block,
                "session": one.session,
                "choice": one.rank,
                "number": one.number,
            }
            for one in solution.outcomes
        ],
    }
