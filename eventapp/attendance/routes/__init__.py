"""Pages of attendance.

``presence`` minutes and corrections · ``board`` the door at this moment · ``door_list`` places
nobody came for · ``lists`` sheets to sign · ``trainer`` who is here, behind a speaker's link.
"""

from eventapp.attendance.routes import board, door_list, lists, presence, trainer
from eventapp.attendance.routes.frame import bp, install

__all__ = ["board", "bp", "door_list", "install", "lists", "presence", "trainer"]
