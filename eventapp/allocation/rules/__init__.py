"""Pure decisions of an allocation.

``problem`` what a run decides about, and its file · ``blocks`` sessions by time · ``lottery`` the
numbers · ``assigning`` the cheapest assignment · ``solving`` the whole run, with reasons ·
``fairness`` its figures · ``rounds`` what may happen when.
"""

from eventapp.allocation.rules.rounds import (
    LARGE,
    Phase,
    RankingRefusal,
    Result,
    RoundRefusal,
    State,
    explain,
    key_of,
    phase,
    refuse_announce,
    refuse_deadline,
    refuse_edit,
    refuse_ranking,
    refuse_run,
    refuse_session,
    refuse_times,
)

__all__ = [
    "LARGE",
    "Phase",
    "RankingRefusal",
    "Result",
    "RoundRefusal",
    "State",
    "explain",
    "key_of",
    "phase",
    "refuse_announce",
    "refuse_deadline",
    "refuse_edit",
    "refuse_ranking",
    "refuse_run",
    "refuse_session",
    "refuse_times",
]
