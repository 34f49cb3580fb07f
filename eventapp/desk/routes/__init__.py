"""Pages that span slices.

``public`` for everybody · ``reading`` the programme by room and topic · ``around`` finding one's
way on the day · ``sharing`` for other sites · ``mine`` for participants · ``materials`` slides to
fetch · ``speaking`` for speakers · ``advice`` for advisers · ``co_organising`` for other
institutions · ``organiser`` for the team · ``people`` the list of those who take part ·
``founding`` new events · ``planning`` the draft · ``sheets`` as a spreadsheet ·
``speaker_sheets`` the people of it · ``carrying`` what spreadsheets share · ``releasing`` from
the draft to everybody · ``words`` what things are called · ``frame`` what the pages share.
"""

from eventapp.desk.routes import (
    advice,
    around,
    co_organising,
    founding,
    materials,
    mine,
    organiser,
    people,
    people_sheets,
    planning,
    public,
    reading,
    releasing,
    sharing,
    sheets,
    speaker_sheets,
    speaking,
)
from eventapp.desk.routes.frame import bp, install

__all__ = [
    "advice",
    "around",
    "bp",
    "co_organising",
    "founding",
    "install",
    "materials",
    "mine",
    "organiser",
    "people",
    "people_sheets",
    "planning",
    "public",
    "reading",
    "releasing",
    "sharing",
    "sheets",
    "speaker_sheets",
    "speaking",
]
