"""What the planning pages share: their blueprint, the words of findings, the day at hand."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Flask, g, request

from eventapp.events import queries as frame
from eventapp.kernel import clock, i18n
from eventapp.kernel.pages import said
from eventapp.kernel.zones import moment_of
from eventapp.programme import queries
from eventapp.programme.queries import Judged
from eventapp.programme.rules.diagnostics import SENTENCES

bp = Blueprint("programme", __name__)

FIRST_HOUR = time(9)


def install(app: Flask) -> None:
    """Let all pages say what a finding of the diagnostics means."""

    def sentence(judged: Judged) -> str:
        return said(SENTENCES[judged.finding.fault], judged.finding.details)

    app.jinja_env.globals["finding_sentence"] = sentence


def next_span(length: timedelta) -> dict[str, Any]:
    """Return where something of this *length* fits behind what the asked day holds already."""
    days = [row.date for row in frame.days(g.event.id)]
    day = i18n.asked_day(request.args.get("day", ""), days, clock.now())
    if day is None:
        return {"starts_at": None, "ends_at": None}
    starts_at = moment_of(_after_last(day), i18n.zone_of())
    return {"starts_at": starts_at, "ends_at": starts_at + length}


def _after_last(day: date) -> datetime:
    """Return where the day's plan ends, as the clocks show it, or the first hour."""
    ends = [
        i18n.local_time(row.session.ends_at).replace(tzinfo=None)
        for row in queries.draft(g.event.id)
        if i18n.day_of(row.session.starts_at) == day and i18n.day_of(row.session.ends_at) == day
    ]
    return max(ends, default=datetime.combine(day, FIRST_HOUR))
