"""Pages of taking part: the form, one's own data, the organiser's builder of the form."""

from eventapp.registrations.routes import (
    builder,
    clauses,
    entering,
    monitoring,
    own,
    places,
    proposals,
)
from eventapp.registrations.routes.frame import bp
from eventapp.registrations.routes.public import current, identify, install, remember

__all__ = [
    "bp",
    "builder",
    "clauses",
    "current",
    "entering",
    "identify",
    "install",
    "monitoring",
    "own",
    "places",
    "proposals",
    "remember",
]
