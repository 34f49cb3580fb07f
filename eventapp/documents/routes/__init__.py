"""What is printed, and the figures of the report.

``badges`` for people · ``paper`` the programme and the signs on doors · ``evidence`` the report.
"""

from eventapp.documents.routes import badges, evidence, paper
from eventapp.documents.routes.frame import bp

__all__ = ["badges", "bp", "evidence", "paper"]
