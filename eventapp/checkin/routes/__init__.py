"""Pages of the door.

``door`` checkpoints, the scanner, walk-ins, devices · ``practising`` the scanner without
consequences · ``groups`` several let in at once · ``arranging`` phones, readiness, shifts, the card
for volunteers · ``rostering`` who is to stand where · ``frame`` what the pages share.
"""

from eventapp.checkin.routes import arranging, door, groups, practising, rostering
from eventapp.checkin.routes.door import SCANNER_CSP
from eventapp.checkin.routes.frame import bp

__all__ = ["SCANNER_CSP", "arranging", "bp", "door", "groups", "practising", "rostering"]
