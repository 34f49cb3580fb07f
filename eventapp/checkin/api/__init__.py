"""The door for programs: paired devices, scans one by one and in batches, presence."""

from eventapp.checkin.api import lists, practising, readying, scanning, upkeep
from eventapp.checkin.api.frame import bp, identify

__all__ = ["bp", "identify", "lists", "practising", "readying", "scanning", "upkeep"]
