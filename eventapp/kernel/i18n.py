"""Languages, dates and numbers as Polish and English readers write them.

Moments come in aware and are shown in the event's zone: the argument *zone*, else that
of ``g.event``, else the installation's.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, Response, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, ngettext, refresh

from eventapp.kernel import catalogues

log = logging.getLogger(__name__)

LOCALES = ("pl", "en")
DEFAULT = "pl"
HOME_ZONE = "Europe/Warsaw"
COOKIE = "language"  # the reader's own choice, made by a POST
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
NBSP = "\u00a0"

Zone = str | ZoneInfo | None
Day = date | datetime

_WORDS = "EEEE, d MMMM y"
_YEAR_MARK = {"pl": " r.", "en": ""}  # "16 czerwca 2027 r."


# --- which language -----------------------------------------------------------------------


def choose() -> str:
    """Return the language of this request.

    The reader's choice, else what the account or registration asks for (`prefer`), else
    what the browser asks for, else Polish.
    """
    for wished in (g.get("locale"), _cookie(), g.get("preferred_locale")):
        if wished in LOCALES:
            return str(wished)
    if not has_request_context():
        return DEFAULT
    return request.accept_languages.best_match(LOCALES, DEFAULT) or DEFAULT


def _cookie() -> str | None:
    return request.cookies.get(COOKIE) if has_request_context() else None


def prefer(locale: str | None) -> None:
    """Let this request follow an account's or registration's language, unless one chose."""
    g.preferred_locale = locale
    refresh()


def remember(response: Response, locale: str) -> Response:
    """Keep the reader's choice of language for a year; *locale* must be one of ours."""
    if locale not in LOCALES:
        raise ValueError(f"no such language: {locale!r}")
    year = 365 * 24 * 3600
    secure = has_request_context() and request.is_secure
    response.set_cookie(COOKIE, locale, year, samesite="Lax", httponly=True, secure=secure)
    return response


def current() -> str:
    """Return the present language's code; Polish outside an application."""
    locale = get_locale() if has_app_context() else None
    return locale.language if locale is not None else DEFAULT


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Write in *locale*, as jobs and mails do for their recipient."""
    with force_locale(locale if locale in LOCALES else DEFAULT):
        yield


def local(value: Mapping[str, str] | str | None, locale: str | None = None) -> str:
    """Return a text of several languages in one: the reader's, else Polish, else any."""
    if not value:
        return ""
    if isinstance(value, str):
        return value
    for wished in (locale or current(), DEFAULT):
        if value.get(wished):
            return value[wished]
    return next((text for text in value.values() if text), "")


def spoken(value: Mapping[str, str] | None, locale: str | None = None) -> str:
    """Return the language in which `local` shows *value*, for its ``lang`` attribute."""
    shown = local(value, locale)
    for wished in (locale or current(), DEFAULT, *(value or {})):
        if (value or {}).get(wished) == shown:
            return wished
    return DEFAULT


# --- when ---------------------------------------------------------------------------------


def zone_of(zone: Zone = None) -> ZoneInfo:
    """Return the zone in which times are shown."""
    if isinstance(zone, ZoneInfo):
        return zone
    event = g.get("event") if has_app_context() else None
    return _zone(zone or getattr(event, "timezone", None) or HOME_ZONE)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_time(moment: datetime, zone: Zone = None) -> datetime:
    """Return an aware moment as the clocks of the event's zone show it."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(zone_of(zone))


def moment(value: datetime | None, zone: Zone = None) -> datetime | None:
    """Return a moment, if there is one, with the offset of the event's zone."""
    return None if value is None else local_time(value, zone)


def parsed(value: str) -> datetime:
    """Return the moment that a kept ISO text stands for."""
    return datetime.fromisoformat(value)


def day_of(value: Day, zone: Zone = None) -> date:
    """Return the calendar day of a moment in the event's zone; a plain day is itself."""
    return local_time(value, zone).date() if isinstance(value, datetime) else value


def asked_day(asked: str, days: Sequence[date], now: datetime) -> date | None:
    """Return the one of *days* that a reader asks for, else today's, else the first."""
    for wanted in (asked, day_of(now).isoformat()):
        for day in days:
            if day.isoformat() == wanted:
                return day
    return days[0] if days else None


def day_start(moment: datetime, zone: Zone = None) -> datetime:
    """Return the moment at which the day of *moment* began in the event's zone."""
    shown = zone_of(zone)
    return datetime.combine(day_of(moment, shown), time(), shown)


def date_words(value: Day, zone: Zone = None) -> str:
    """Return "środa, 16 czerwca 2027 r." or "Wednesday, 16 June 2027"."""
    return _dated(day_of(value, zone), _WORDS) + _YEAR_MARK[current()]


def date_long(value: Day, zone: Zone = None) -> str:
    """Return "16 czerwca 2027 r." or "16 June 2027"."""
    return _dated(day_of(value, zone), "d MMMM y") + _YEAR_MARK[current()]


def day_words(value: Day, zone: Zone = None) -> str:
    """Return "środa, 16 czerwca" or "Wednesday, 16 June": where the year is plain."""
    return _dated(day_of(value, zone), "EEEE, d MMMM")


def date_range(start: Day, end: Day, zone: Zone = None) -> str:
    """Return "16–18 czerwca 2027 r.", "30 czerwca – 2 lipca 2027 r." or one day."""
    first, last = day_of(start, zone), day_of(end, zone)
    if first == last:
        return date_long(first)
    if first.year != last.year:
        return f"{date_long(first)} – {date_long(last)}"
    if first.month != last.month:
        return f"{_dated(first, 'd MMMM')} – {date_long(last)}"
    return f"{first.day}–{date_long(last)}"


def date_short(value: Day, zone: Zone = None) -> str:
    """Return 16.06.2027, or 16/06/2027 in English."""
    return _dated(day_of(value, zone), "dd.MM.y" if current() == "pl" else "dd/MM/y")


def clock_time(moment: datetime, zone: Zone = None) -> str:
    """Return the time of day, 24 hours: "9:30"."""
    shown = local_time(moment, zone)
    return f"{shown.hour}:{shown.minute:02d}"


def time_range(start: datetime, end: datetime, zone: Zone = None) -> str:
    """Return "9:30–10:15"; an end on another day carries its date."""
    if day_of(start, zone) == day_of(end, zone):
        return f"{clock_time(start, zone)}–{clock_time(end, zone)}"
    return f"{when(start, zone)} – {when(end, zone)}"


def when(moment: datetime, zone: Zone = None) -> str:
    """Return day and time: "16 czerwca 2027 r., 9:30"."""
    return f"{date_long(moment, zone)}, {clock_time(moment, zone)}"


def when_short(moment: datetime, zone: Zone = None) -> str:
    """Return day and time in figures: "16.06.2027, 9:30"."""
    return f"{date_short(moment, zone)}, {clock_time(moment, zone)}"


def iso(moment: datetime, zone: Zone = None) -> str:
    """Return a moment for the ``datetime`` attribute of a ``time`` element."""
    return local_time(moment, zone).isoformat(timespec="minutes")


def _dated(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=_babel(current()))


@lru_cache(maxsize=8)
def _babel(code: str) -> Locale:
    return Locale.parse(code)


# --- how much -----------------------------------------------------------------------------


def number(value: float | Decimal, places: int | None = None) -> str:
    """Return a number with its decimal comma and spaced thousands: "1 500,50".

    With *places*, exactly so many decimals (half up), as points and amounts have.
    """
    figure = value if isinstance(value, int | Decimal) else Decimal(str(value))
    if places is None:
        return str(format_decimal(figure, "#,##0.######", locale=_babel(current())))
    exact = Decimal(figure).quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return str(format_decimal(exact, pattern, locale=_babel(current())))


def percent(value: float | Decimal, places: int = 0) -> str:
    """Return a share of one hundred, without a space: 87 gives "87%"."""
    return f"{number(value, places)}%"


def minutes_words(minutes: int) -> str:
    """Return a length of time: "45 minut", "1 godzina 30 minut"."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(num)d hour", "%(num)d hours", hours)] if hours else []
    if rest or not hours:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", rest))
    return " ".join(part.replace(" ", NBSP, 1) for part in parts)


def file_size(size: int) -> str:
    """Return a number of bytes as people say it: "340 kB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{number(size / 1_000_000, 1)} MB"


# --- set-up -------------------------------------------------------------------------------

FILTERS = {
    "local": local,
    "spoken": spoken,
    "local_time": local_time,
    "moment": parsed,
    "date_words": date_words,
    "date_long": date_long,
    "day_words": day_words,
    "date_range": date_range,
    "date_short": date_short,
    "clock_time": clock_time,
    "time_range": time_range,
    "when": when,
    "when_short": when_short,
    "iso": iso,
    "number": number,
    "percent": percent,
    "minutes_words": minutes_words,
    "file_size": file_size,
}


def install(app: Flask) -> None:
    """Give *app* its languages: one catalogue per slice, the filters, ``lang`` on pages."""
    compile_stale()
    domains = domains_in()
    app.config["BABEL_DOMAIN"] = ";".join(domains)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join([str(TRANSLATIONS)] * len(domains))
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    # A ready Locale: parsing its name would cost more than everything else here.
    babel = Babel(app, locale_selector=lambda: _babel(choose()))
    babel.domain_instance = _Catalogues(domain=app.config["BABEL_DOMAIN"])
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(locales=LOCALES)
    app.context_processor(lambda: {"lang": current()})
    app.after_request(_declare_language)


class _Catalogues(Domain):
    """Finds a language's catalogue by its code; a page asks for hundreds of words.

    The library builds the full name of the locale anew for each of them.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._loaded: dict[str, Any] = {}

    def get_translations(self) -> Any:
        """Return the catalogue of the language at hand."""
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        found = self._loaded.get(locale.language)
        if found is None:
            found = self._loaded[locale.language] = super().get_translations()
        return found


def compile_stale(folder: Path = TRANSLATIONS) -> None:
    """Compile what was edited since; in a checkout only, since a wheel brings it compiled."""
    if not (folder.parent.parent / "pyproject.toml").exists():
        return
    try:
        catalogues.compile_all(folder)
    except (catalogues.CatalogueError, OSError) as error:
        log.warning("some catalogues are as they were: %s", error)


def domains_in(folder: Path = TRANSLATIONS) -> list[str]:
    """List the domains that there are catalogues for, one per slice."""
    found = {path.stem for path in folder.glob("*/LC_MESSAGES/*.mo")}
    return sorted(found) or ["kernel"]


def _declare_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", current())
        if "Vary" in response.headers:
            response.vary.update(("Accept-Language", "Cookie"))
        else:
            response.headers.add("Vary", "Accept-Language, Cookie")
    return response
