"""Seats and queues for programs: places of people, and what is asked of them."""

from eventapp.signups.api import asking, places
from eventapp.signups.api.frame import bp

__all__ = ["asking", "bp", "places"]
