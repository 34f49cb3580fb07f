"""What is printed, and the figures of the report.

``badges`` for people · ``paper`` the programme and the signs on doors · ``people`` the
registration form and letters · ``evidence`` the report.
"""

from eventapp.documents.routes import badges, evidence, paper, people
from eventapp.documents.routes.frame import bp

__all__ = ["badges", "bp", "evidence", "paper", "people"]
