"""The door for programs: paired devices, scans one by one and in batches, presence."""

from eventapp.checkin.api import lists, scanning, upkeep
from eventapp.checkin.api.frame import bp, identify

__all__ = ["bp", "identify", "lists", "scanning", "upkeep"]
