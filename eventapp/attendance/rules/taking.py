"""A trainer's taps: who may be noted as here, when, and from which moment it counts."""

from datetime import datetime, timedelta

from eventapp.checkin.rules import ScanCode, Span
from eventapp.kernel.refusal import N_, Refusal


class TapRefusal(Refusal):
    """Why a trainer may not note that somebody is here."""

    TOO_EARLY = "taps-too-early", N_("You can note who is here from %(time)s.")
    TOO_LATE = (
        "taps-too-late",
        N_("You could note who is here until %(time)s; the organiser can still correct it."),
    )
    CALLED_OFF = "taps-called-off", N_("The session is called off.")
    NOT_ON_LIST = (
        "taps-not-on-list",
        N_("Not on the list of this session: %(name)s. Letting in is up to the door."),
    )
    NOT_YOURS = "taps-not-yours", N_("Only what you noted yourself can be taken back here.")


def opens_at(span: Span, grace: timedelta) -> datetime:
    """Return from when taps are taken."""
    return span.starts_at - grace


def closes_at(span: Span, grace: timedelta) -> datetime:
    """Return until when taps are taken; that moment counts still."""
    return span.ends_at + grace


def refuse_tap(span: Span, grace: timedelta, now: datetime, *, is_held: bool) -> TapRefusal | None:
    """Return why a trainer may not say who is here at *now*."""
    if not is_held:
        return TapRefusal.CALLED_OFF
    if now < opens_at(span, grace):
        return TapRefusal.TOO_EARLY
    return TapRefusal.TOO_LATE if now > closes_at(span, grace) else None


def came_at(span: Span, now: datetime, *, just_now: bool, left_before: bool) -> datetime:
    """Return the moment from which a tap counts.

    Whoever is here when the list is read has been here from the start, unless the trainer says
    that they came just now or the door saw them go before.
    """
    moment = now if just_now or left_before else min(span.starts_at, now)
    return min(moment, span.ends_at)


def counts(code: ScanCode) -> bool:
    """Tell whether the door's verdict on a tap leaves the person noted as here."""
    return code in {ScanCode.OK, ScanCode.ALREADY_IN, ScanCode.DUPLICATE_RECENT}
