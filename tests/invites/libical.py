"""libical by its C interface: what Debian's calendars think of a message, and when it begins."""

import ctypes
import os
from datetime import UTC, datetime
from functools import cache
from typing import Any


class _Time(ctypes.Structure):
    """A moment as libical hands it over, by value."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


@cache
def _library() -> Any:
    library = ctypes.CDLL(os.environ.get("EVENTAPP_TEST_LIBICAL", "libical.so.3"))
    for name, given, returned in (
        ("icalparser_parse_string", [ctypes.c_char_p], ctypes.c_void_p),
        ("icalrestriction_check", [ctypes.c_void_p], ctypes.c_int),
        ("icalcomponent_as_ical_string", [ctypes.c_void_p], ctypes.c_char_p),
        ("icalcomponent_count_errors", [ctypes.c_void_p], ctypes.c_int),
        ("icalcomponent_get_dtstart", [ctypes.c_void_p], _Time),
        ("icaltime_as_timet_with_zone", [_Time, ctypes.c_void_p], ctypes.c_long),
        ("icalcomponent_free", [ctypes.c_void_p], None),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = given, returned
    return library


def judged(content: bytes) -> tuple[list[str], datetime]:
    """Return libical's objections to a message, and when it thinks that the message begins."""
    library = _library()
    component = library.icalparser_parse_string(content)
    if not component:
        raise ValueError("libical reads no component")
    kept = library.icalrestriction_check(component)
    text = library.icalcomponent_as_ical_string(component).decode()
    starts_at = library.icalcomponent_get_dtstart(component)
    seconds = library.icaltime_as_timet_with_zone(starts_at, starts_at.zone)
    objections = [line for line in text.splitlines() if line.startswith("X-LIC-ERROR")]
    if not kept or library.icalcomponent_count_errors(component):
        objections = objections or ["the rules of iTIP are broken"]
    library.icalcomponent_free(component)
    return objections, datetime.fromtimestamp(seconds, UTC)
