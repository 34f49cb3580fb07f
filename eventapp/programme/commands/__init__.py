"""Changes of the programme.

``sessions``: what holds at once · ``planning``: edits of the working draft · ``sheets``: many of
them at once · ``topics``: the same in all of them · ``releasing``: the draft becomes what
everybody sees · ``speakers`` · ``telling`` them · ``speaker_sheets`` · ``breaks`` ·
``materials`` · ``days`` · ``rooms`` · ``facts``: what can happen.
"""

from eventapp.programme.commands import breaks, days, planning, rooms
from eventapp.programme.commands.breaks import (
    add_break,
    cancel_break,
    change_break,
    draft_break,
    drop_break,
    edit_break,
    keep_break,
)
from eventapp.programme.commands.days import remove_day
from eventapp.programme.commands.facts import (
    ActivityForgotten,
    ActivityNoted,
    BreakAdded,
    BreakCancelled,
    BreakChanged,
    CapacityChanged,
    ProgrammeReleased,
    ReminderSent,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SpeakerAdded,
    SpeakerChanged,
    SpeakerRemoved,
    SpeakersChanged,
)
from eventapp.programme.commands.materials import (
    add_material,
    bring_back_material,
    change_material,
    clear_materials,
    remove_material,
    replace_material,
)
from eventapp.programme.commands.planning import (
    bring_back,
    discard_draft,
    draft_again,
    draft_session,
    drop_session,
    edit_draft,
    forget,
    note_down,
    put_in,
    shift_draft,
)
from eventapp.programme.commands.releasing import acknowledge, release, take_up_again
from eventapp.programme.commands.rooms import remove_room
from eventapp.programme.commands.sessions import (
    add_activity,
    add_session,
    add_speaker,
    cancel_session,
    change_session,
    change_speakers,
    edit_session,
    follow_renamed,
    move_session,
    overbook,
    plan_session,
)
from eventapp.programme.commands.sheets import Imported, drop_many, edit_many, import_sheet
from eventapp.programme.commands.speaker_sheets import ImportedSpeakers, import_speakers
from eventapp.programme.commands.speakers import (
    ask_speakers,
    edit_speaker,
    name_speaker,
    remove_speaker,
    renew_speaker_link,
    send_speaker_link,
)
from eventapp.programme.commands.templates import plan_template
from eventapp.programme.commands.topics import drop_topic, name_topic

# How what is planned is set back; the application gives them to the journal.
KEEPERS = {
    "session": planning.KEEPER,
    "break": breaks.KEEPER,
    "room": rooms.KEEPER,
    "day": days.KEEPER,
}

__all__ = [
    "KEEPERS",
    "ActivityForgotten",
    "ActivityNoted",
    "BreakAdded",
    "BreakCancelled",
    "BreakChanged",
    "CapacityChanged",
    "Imported",
    "ImportedSpeakers",
    "ProgrammeReleased",
    "ReminderSent",
    "SessionAdded",
    "SessionCancelled",
    "SessionChanged",
    "SessionMoved",
    "SpeakerAdded",
    "SpeakerChanged",
    "SpeakerRemoved",
    "SpeakersChanged",
    "acknowledge",
    "add_activity",
    "add_break",
    "add_material",
    "add_session",
    "add_speaker",
    "ask_speakers",
    "bring_back",
    "bring_back_material",
    "cancel_break",
    "cancel_session",
    "change_break",
    "change_material",
    "change_session",
    "change_speakers",
    "clear_materials",
    "discard_draft",
    "draft_again",
    "draft_break",
    "draft_session",
    "drop_break",
    "drop_many",
    "drop_session",
    "drop_topic",
    "edit_break",
    "edit_draft",
    "edit_many",
    "edit_session",
    "edit_speaker",
    "follow_renamed",
    "forget",
    "import_sheet",
    "import_speakers",
    "keep_break",
    "move_session",
    "name_speaker",
    "name_topic",
    "note_down",
    "overbook",
    "plan_session",
    "plan_template",
    "put_in",
    "release",
    "remove_day",
    "remove_material",
    "remove_room",
    "remove_speaker",
    "renew_speaker_link",
    "replace_material",
    "send_speaker_link",
    "shift_draft",
    "take_up_again",
]
