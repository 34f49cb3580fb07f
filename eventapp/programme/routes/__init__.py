"""The organiser's pages of planning.

``draft`` sessions of the draft · ``unplanned`` what has no time yet · ``speakers`` · ``breaks`` ·
``days`` · ``rooms`` venues and rooms · ``frame`` what they share.
"""

from eventapp.programme.routes import breaks, days, draft, rooms, speakers, unplanned
from eventapp.programme.routes.frame import bp, install

__all__ = ["bp", "breaks", "days", "draft", "install", "rooms", "speakers", "unplanned"]
