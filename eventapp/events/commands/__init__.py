"""Changes of events and their frame.

``events``: events, lists, teams, tokens · ``settings``: an event's own · ``frame``: days, venues,
rooms, categories · ``copying``: what another event can begin with.
"""

from eventapp.events.commands import frame, settings
from eventapp.events.commands.events import (
    EventArchived,
    EventChanged,
    EventCreated,
    EventPublished,
    add_area_unit,
    add_category,
    add_day,
    add_organiser,
    archive_event,
    change_event,
    create_event,
    edit_event,
    found_event,
    issue_token,
    join_team,
    keep_host,
    leave_team,
    publish_event,
    revoke_token,
    touch,
)
from eventapp.events.commands.frame import (
    add_room,
    add_venue,
    edit_category,
    edit_room,
    edit_venue,
    put_category,
    put_day,
    put_usual_categories,
    remove_category,
    remove_day,
    remove_room,
    remove_venue,
    rename_day,
)
from eventapp.events.commands.settings import edit_settings, mark

# How the frame is set back; the application gives them to the journal.
KEEPERS = {**frame.KEEPERS, "event": settings.KEEPER}

__all__ = [
    "KEEPERS",
    "EventArchived",
    "EventChanged",
    "EventCreated",
    "EventPublished",
    "add_area_unit",
    "add_category",
    "add_day",
    "add_organiser",
    "add_room",
    "add_venue",
    "archive_event",
    "change_event",
    "create_event",
    "edit_category",
    "edit_event",
    "edit_room",
    "edit_settings",
    "edit_venue",
    "found_event",
    "issue_token",
    "join_team",
    "keep_host",
    "leave_team",
    "mark",
    "publish_event",
    "put_category",
    "put_day",
    "put_usual_categories",
    "remove_category",
    "remove_day",
    "remove_room",
    "remove_venue",
    "rename_day",
    "revoke_token",
    "touch",
]
