"""Pure decisions about attendance, one module a subject.

``presence`` (minutes as a fold over scans and corrections) · ``taking`` (a trainer's taps) ·
``lists`` (sheets that are signed, and what they say otherwise) · ``releasing`` (places that
nobody came for).
"""

from eventapp.attendance.rules import lists, presence, releasing, taking
from eventapp.attendance.rules.lists import Difference, ListRefusal, ListState
from eventapp.attendance.rules.presence import Attended, Change, CorrectionRefusal
from eventapp.attendance.rules.releasing import ReleaseRefusal
from eventapp.attendance.rules.taking import TapRefusal

__all__ = [
    "Attended",
    "Change",
    "CorrectionRefusal",
    "Difference",
    "ListRefusal",
    "ListState",
    "ReleaseRefusal",
    "TapRefusal",
    "lists",
    "presence",
    "releasing",
    "taking",
]
