"""The organiser's pages of planning, and the speakers' own.

``draft`` sessions of the draft · ``unplanned`` what has no time yet · ``speakers`` · ``speaking``
their own pages · ``materials`` slides and hand-outs · ``topics`` · ``breaks`` · ``days`` ·
``rooms`` venues and rooms · ``frame`` what they share.
"""

from eventapp.programme.routes import (
    breaks,
    days,
    draft,
    materials,
    rooms,
    speakers,
    speaking,
    topics,
    unplanned,
)
from eventapp.programme.routes.frame import bp, install

__all__ = [
    "bp",
    "breaks",
    "days",
    "draft",
    "install",
    "materials",
    "rooms",
    "speakers",
    "speaking",
    "topics",
    "unplanned",
]
