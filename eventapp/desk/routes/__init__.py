"""Pages that span slices.

``public`` for everybody · ``around`` finding one's way on the day · ``sharing`` for other sites ·
``mine`` for participants · ``speaking`` for speakers · ``organiser`` for the team · ``founding``
new events · ``planning`` the draft · ``sheets`` as a spreadsheet · ``releasing`` from it to
everybody · ``words`` what things are called · ``frame`` what the pages share.
"""

from eventapp.desk.routes import (
    around,
    founding,
    mine,
    organiser,
    planning,
    public,
    releasing,
    sharing,
    sheets,
    speaking,
)
from eventapp.desk.routes.frame import bp, install

__all__ = [
    "around",
    "bp",
    "founding",
    "install",
    "mine",
    "organiser",
    "planning",
    "public",
    "releasing",
    "sharing",
    "sheets",
    "speaking",
]
