"""Changes of the programme.

``sessions``: what holds at once · ``planning``: edits of the working draft · ``releasing``: the
draft becomes what everybody sees · ``facts``: what can happen.
"""

from eventapp.programme.commands.facts import (
    CapacityChanged,
    ProgrammeReleased,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SpeakersChanged,
)
from eventapp.programme.commands.planning import (
    KEEPER,
    bring_back,
    discard_draft,
    draft_again,
    draft_session,
    drop_session,
    edit_draft,
)
from eventapp.programme.commands.releasing import acknowledge, release, take_up_again
from eventapp.programme.commands.sessions import (
    add_activity,
    add_break,
    add_session,
    add_speaker,
    cancel_session,
    change_session,
    change_speakers,
    edit_session,
    move_session,
    plan_session,
)

__all__ = [
    "KEEPER",
    "CapacityChanged",
    "ProgrammeReleased",
    "SessionAdded",
    "SessionCancelled",
    "SessionChanged",
    "SessionMoved",
    "SpeakersChanged",
    "acknowledge",
    "add_activity",
    "add_break",
    "add_session",
    "add_speaker",
    "bring_back",
    "cancel_session",
    "change_session",
    "change_speakers",
    "discard_draft",
    "draft_again",
    "draft_session",
    "drop_session",
    "edit_draft",
    "edit_session",
    "move_session",
    "plan_session",
    "release",
    "take_up_again",
]
