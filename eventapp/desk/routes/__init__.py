"""Pages that span slices.

``public`` for everybody · ``mine`` for participants · ``organiser`` for the team · ``releasing``
from the draft to everybody · ``words`` what things are called · ``frame`` what the pages share.
"""

from eventapp.desk.routes import mine, organiser, public, releasing
from eventapp.desk.routes.frame import bp, install

__all__ = ["bp", "install", "mine", "organiser", "public", "releasing"]
