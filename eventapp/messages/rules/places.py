"""What a letter to many may be filled with."""

from collections.abc import Mapping

from eventapp.kernel.refusal import N_
from eventapp.kernel.shipped import Field, Kind
from eventapp.messages.rules.schedule import Timing

PROGRAMME = "programme"
MY_LINK = "my.link"
EVENT_LINK = "event.link"

_ALWAYS: Mapping[str, Field] = {
    "first_name": Field(Kind.TEXT, "first_name", N_("first name of the person")),
    "last_name": Field(Kind.TEXT, "last_name", N_("last name of the person")),
    "name": Field(Kind.TEXT, "name", N_("first and last name of the person")),
    "number": Field(Kind.TEXT, "number", N_("reference number of the registration")),
    "organisation": Field(Kind.TEXT, "organisation", N_("name of the organisation")),
    "category": Field(Kind.TEXT, "category", N_("category of the person")),
    "event.title": Field(Kind.TEXT, "event_title", N_("title of the event")),
    "event.dates": Field(Kind.TEXT, "event_dates", N_("days of the event")),
    "contact.email": Field(Kind.ADDRESS, "contact_email", N_("the organiser's e-mail address")),
    "contact.phone": Field(Kind.TEXT, "contact_phone", N_("the organiser's telephone number")),
    MY_LINK: Field(Kind.LINK, "link", N_("link to the person's own page")),
    EVENT_LINK: Field(Kind.LINK, "event_url", N_("link to the event's page")),
    PROGRAMME: Field(Kind.BLOCK, "programme", N_("list of the person's own sessions")),
}
_OF_A_DAY: Mapping[str, Field] = {
    "day": Field(Kind.TEXT, "day", N_("the day that the letter is about")),
}
_OF_A_SESSION: Mapping[str, Field] = {
    "session.title": Field(Kind.TEXT, "title", N_("title of the session")),
    "session.when": Field(Kind.SPAN, "starts_at", N_("day and hours of the session")),
    "session.place": Field(Kind.TEXT, "place", N_("room and address of the session")),
}
ALONE = frozenset({PROGRAMME})


def places(timing: Timing, sessions: int) -> Mapping[str, Field]:
    """Return what a letter may be filled with; *sessions*: to how many sessions it is narrowed."""
    return {
        **_ALWAYS,
        **(_OF_A_DAY if timing is Timing.EACH_DAY else {}),
        **(_OF_A_SESSION if sessions == 1 else {}),
    }
