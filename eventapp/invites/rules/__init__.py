"""Pure decisions about invites: what a calendar is told, and in which bytes."""

from eventapp.invites.rules import replies
from eventapp.invites.rules.calendar import (
    Entry,
    Guest,
    Sender,
    add_links,
    cancel_ics,
    entry,
    feed_ics,
    publish_ics,
    request_ics,
    several_ics,
    struck,
    webcal,
)
from eventapp.invites.rules.lifecycle import (
    CALLED_OFF_SHOWN,
    SETTLING,
    PartStat,
    Shape,
    Status,
    Timed,
    has_settled,
    partstat_after,
    shape,
    still_shown,
)
from eventapp.invites.rules.zones import clock_of

__all__ = [
    "CALLED_OFF_SHOWN",
    "SETTLING",
    "Entry",
    "Guest",
    "PartStat",
    "Sender",
    "Shape",
    "Status",
    "Timed",
    "add_links",
    "cancel_ics",
    "clock_of",
    "entry",
    "feed_ics",
    "has_settled",
    "partstat_after",
    "publish_ics",
    "replies",
    "request_ics",
    "several_ics",
    "shape",
    "still_shown",
    "struck",
    "webcal",
]
