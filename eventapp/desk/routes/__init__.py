"""Pages that span slices.

``public`` for everybody · ``mine`` for participants · ``organiser`` for the team · ``planning``
the draft · ``releasing`` from it to everybody · ``words`` what things are called · ``frame`` what
the pages share.
"""

from eventapp.desk.routes import mine, organiser, planning, public, releasing
from eventapp.desk.routes.frame import bp, install

__all__ = ["bp", "install", "mine", "organiser", "planning", "public", "releasing"]
