"""What badges show, in the reader's language: the data of the PDF and of the page."""

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from eventapp.documents import rules
from eventapp.documents.queries import Badge
from eventapp.documents.rules import BadgeRole, Layout
from eventapp.kernel import boundary, i18n, pdf, qr, tokens
from eventapp.programme.models import Session
from eventapp.registrations.rules import shown_number

# The colour of a role never stands without its word. White letters on each: contrast above 7.
COLOURS = {
    BadgeRole.PARTICIPANT: "#1F4E5F",
    BadgeRole.SPEAKER: "#7A3112",
    BadgeRole.JURY: "#4A2C7A",
}
MOST_SESSIONS = {Layout.SHEET: 6, Layout.CARD: 6, Layout.A6: 11}
LONGEST_TITLE = 70  # with time and room it stays within two lines


def role_name(role: BadgeRole) -> str:
    """Return what somebody is at the event, in words."""
    return {
        BadgeRole.PARTICIPANT: _("Participant"),
        BadgeRole.SPEAKER: _("Speaker"),
        BadgeRole.JURY: _("Jury"),
    }[role]


def layout_name(layout: Layout) -> str:
    """Return how badges come out of the printer, in words."""
    return {
        Layout.SHEET: _("Ten cards of 86 × 54 mm on A4, to be cut"),
        Layout.A6: _("A6, one to a page"),
        Layout.CARD: _("One card of 86 × 54 mm to a page"),
    }[layout]


def document(badges: Sequence[Badge], layout: Layout, *, backs: bool, photos: bool) -> bytes:
    """Return badges as PDF; *backs* adds their sessions, *photos* who is not to be photographed.

    Raises `Refused` where no PDF can be made.
    """
    data = {
        "layout": layout.value,
        "event": i18n.local(g.event.title),
        "cards": [_card(one, layout, photos=photos) for one in badges],
        "pages": [
            {"back": side.back, "places": side.places}
            for side in rules.sides(len(badges), layout, backs=backs)
        ],
        "words": {"none": _("No session has been chosen yet.")},
    }
    return pdf.render("badges", data, title=_("Badges"), lang=i18n.current())


def _card(badge: Badge, layout: Layout, *, photos: bool) -> dict[str, Any]:
    most = MOST_SESSIONS[layout]
    more = len(badge.sessions) - most
    return {
        "first": badge.row.first_name,
        "last": badge.row.last_name,
        "name": badge.name,
        "organisation": badge.organisation,
        "role": role_name(badge.role),
        "colour": COLOURS[badge.role],
        "note": _("no photographs") if photos and badge.no_photo else "",
        "number": shown_number(badge.row.number),
        "qr": qr.strokes(tokens.badge_url(boundary.base_url(), badge.qr)),
        "alt": _("Code of the badge: %(name)s", name=badge.name),
        "sessions": [_session(one) for one in badge.sessions[:most]],
        "more": ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else "",
    }


def _session(row: Session) -> dict[str, str]:
    title = i18n.local(row.activity.title)
    return {
        "when": f"{i18n.date_short(row.starts_at)} {i18n.time_range(row.starts_at, row.ends_at)}",
        "title": title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…",
        "room": i18n.local(row.room.name) if row.room is not None else "",
    }
