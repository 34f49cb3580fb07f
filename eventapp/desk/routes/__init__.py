"""Pages that span slices.

``public`` for everybody · ``reading`` the programme by room and topic · ``around`` finding one's
way on the day · ``sharing`` for other sites · ``mine`` for participants · ``materials`` slides to
fetch · ``speaking`` for speakers · ``advice`` for advisers · ``co_organising`` for other
institutions · ``groups`` for contacts of an organisation · ``passing`` a place on to somebody ·
``organisations`` of the event and the host · ``organiser`` for the team · ``people`` the list of
those who take part · ``people_sheets`` as a spreadsheet · ``founding`` new events · ``planning``
the draft · ``sheets`` as a spreadsheet · ``speaker_sheets`` the people of it · ``carrying`` what
spreadsheets share · ``releasing`` from the draft to everybody · ``words`` what things are called ·
``outbox`` letters · ``letter_words`` what they are called · ``incoming`` answers and letters that
came back · ``frame`` what the pages share.
"""

from eventapp.desk.routes import (
    advice,
    around,
    co_organising,
    founding,
    groups,
    incoming,
    materials,
    mine,
    organisations,
    organiser,
    outbox,
    passing,
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
    "groups",
    "incoming",
    "install",
    "materials",
    "mine",
    "organisations",
    "organiser",
    "outbox",
    "passing",
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
