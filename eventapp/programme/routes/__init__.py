"""The organiser's pages of planning.

``draft`` sessions of the draft · ``unplanned`` what has no time yet · ``speakers`` · ``breaks`` ·
``rooms`` venues and rooms · ``frame`` what they share.
"""

from eventapp.programme.routes import breaks, draft, rooms, speakers, unplanned
from eventapp.programme.routes.frame import bp, install

__all__ = ["bp", "breaks", "draft", "install", "rooms", "speakers", "unplanned"]
