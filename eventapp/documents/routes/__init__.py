"""What is printed and issued, and the figures of the report.

``badges`` for people · ``certificates`` their register and what confirms them · ``paper`` the
programme and the signs on doors · ``people`` the registration form and letters · ``evidence`` the
report.
"""

from eventapp.documents.routes import badges, certificates, control, evidence, packs, paper, people
from eventapp.documents.routes.frame import bp

__all__ = ["badges", "bp", "certificates", "control", "evidence", "packs", "paper", "people"]
