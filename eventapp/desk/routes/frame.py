"""What the desk's pages share: navigation, words for templates, cards with addresses."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Flask, current_app, g, request, url_for
from flask_babel import gettext as _

from eventapp.desk import rules
from eventapp.desk.queries import Card, DayPlan
from eventapp.desk.routes.stencil import Stencil
from eventapp.desk.routes.words import actor_name, fact_name, kind_name, source_name, state_name
from eventapp.events.access import TEAM_ROLES, Permission, Standing
from eventapp.events.models import Event
from eventapp.kernel import boundary, cached, i18n, journal, qr, reader, text, tokens
from eventapp.kernel.guard import can
from eventapp.programme import queries as programme
from eventapp.registrations.models import Registration

bp = Blueprint("desk", __name__)


def install(app: Flask) -> None:
    """Give staff pages their navigation and all pages the words for kinds and states."""
    app.jinja_env.filters.update(
        fact_name=fact_name,
        actor_name=actor_name,
        source_name=source_name,
        phone=text.shown_phone,
    )
    app.jinja_env.globals.update(
        kind_name=kind_name, state_name=state_name, qr_svg=badge_svg, make_next=boundary.make_next
    )

    app.jinja_env.globals.update(
        lay_out=rules.lay_out, kept_cards=kept_cards, can_undo=journal.can_undo
    )

    @app.context_processor
    def navigation() -> dict[str, Any]:
        event = g.get("event")
        inside = {Standing.ADMINISTRATOR, *TEAM_ROLES}
        if event is None or inside.isdisjoint(g.get("roles", frozenset())):
            return {}
        return {
            "desk_nav": _desk_nav(event),
            "desk_url": url_for("desk.overview", event=event.slug),
        }


def participant() -> Registration | None:
    """Return the registration this browser acts for, known to the guard."""
    row: Registration | None = g.get("registration")
    return row


def _desk_nav(event: Event) -> list[dict[str, Any]]:
    return [
        {"title": title, "items": items}
        for title, entries in (*_before(), *_on_the_day())
        if (items := [_nav_item(event, *entry) for entry in entries if can(entry[3])])
    ]


Entries = list[tuple[str, str, str, str]]


def _before() -> list[tuple[str | None, Entries]]:
    return [
        (
            None,
            [
                ("desk.overview", _("Overview"), "layout-dashboard", Permission.SEE_DESK),
                ("desk.people", _("People"), "users", Permission.SEE_PEOPLE),
                ("desk.organisations", _("Organisations"), "building-2", Permission.SEE_PEOPLE),
                ("desk.sessions", _("Sessions"), "calendar-days", Permission.SEE_DESK),
                ("messages.letters", _("Correspondence"), "send", Permission.WRITE_LETTERS),
                ("desk.mail", _("Mail"), "mail", Permission.SEE_MAIL),
                ("desk.history", _("History"), "history", Permission.SEE_DESK),
                (
                    "desk.co_organiser",
                    _("Guests and numbers"),
                    "building-2",
                    Permission.SEE_TOTALS,
                ),
            ],
        ),
        (
            _("Planning"),
            [
                ("desk.plan", _("Plan"), "table-2", Permission.EDIT_PROGRAMME),
                ("desk.findings", _("To look at"), "clipboard-list", Permission.EDIT_PROGRAMME),
                ("programme.speakers", _("Speakers"), "message-square", Permission.EDIT_PROGRAMME),
                (
                    "allocation.allocations",
                    _("Places by preference"),
                    "list-ordered",
                    Permission.SEE_PEOPLE,
                ),
            ],
        ),
    ]


def _presence() -> Entries:
    return [
        ("attendance.board", _("Board of the door"), "monitor", Permission.SEE_PRESENCE),
        ("checkin.inside", _("Who is inside"), "user-check", Permission.SEE_PRESENCE),
        ("attendance.overview", _("Presence"), "clock", Permission.SEE_PRESENCE),
        ("attendance.lists", _("Lists to sign"), "clipboard-list", Permission.SEE_PEOPLE),
    ]


def _evidence() -> Entries:
    return [
        ("documents.statistics", _("Statistics"), "table-2", Permission.SEE_EVIDENCE),
        ("documents.evidence", _("Figures"), "clipboard-check", Permission.SEE_EVIDENCE),
        ("documents.certificates", _("Certificates"), "award", Permission.SEE_PEOPLE),
        ("documents.packs", _("Evidence packs"), "archive", Permission.SEE_PEOPLE),
        ("documents.control", _("For a controller"), "shield", Permission.SEE_PEOPLE),
    ]


def _on_the_day() -> list[tuple[str | None, Entries]]:
    return [
        (
            _("On the spot"),
            [
                ("checkin.door", _("Door"), "scan-line", Permission.CHECK_IN),
                *_presence(),
                ("documents.badges", _("Badges"), "id-card", Permission.SEE_PEOPLE),
                ("documents.signs", _("Signs for the doors"), "door-open", Permission.SEE_DESK),
                ("desk.board", _("Board for the foyer"), "monitor", Permission.SEE_DESK),
                ("press.photographs", _("Not photographed"), "camera", Permission.SEE_PEOPLE),
            ],
        ),
        (_("Evidence"), _evidence()),
        (
            _("Awards"),
            [
                ("awards.jury", _("Jury"), "gavel", Permission.SEE_JURY),
                ("awards.nominations", _("Nominations"), "award", Permission.MANAGE_AWARDS),
            ],
        ),
        (
            _("Set-up"),
            [
                ("events.settings", _("Settings"), "settings", Permission.MANAGE_EVENT),
                ("signups.policy", _("Session sign-up"), "list-ordered", Permission.MANAGE_EVENT),
                ("programme.days", _("Days"), "calendar-days", Permission.EDIT_PROGRAMME),
                ("programme.venues", _("Rooms"), "building-2", Permission.EDIT_PROGRAMME),
                ("events.categories", _("Who may take part"), "users", Permission.MANAGE_EVENT),
                (
                    "registrations.form",
                    _("Registration form"),
                    "clipboard-list",
                    Permission.MANAGE_EVENT,
                ),
                ("events.organisers", _("Institutions"), "building-2", Permission.MANAGE_EVENT),
                ("events.team", _("Team"), "user-plus", Permission.MANAGE_TEAM),
                ("checkin.devices", _("Checkpoints"), "scan-line", Permission.LEAD_DOOR),
                ("desk.embed", _("On your own site"), "globe", Permission.MANAGE_EVENT),
                ("press.page", _("Media"), "file-text", Permission.MANAGE_EVENT),
                ("desk.home", _("Public page"), "external-link", Permission.SEE_DESK),
            ],
        ),
    ]


DEPTH_OF_DESK = 2  # of slashes in /<slug>/desk


def _nav_item(event: Event, endpoint: str, text: str, icon: str, _may: str) -> dict[str, Any]:
    url = url_for(endpoint, event=event.slug)
    return {
        "text": text,
        "icon": icon,
        "url": url,
        "current": request.endpoint == endpoint,
        # The overview and the public page lie above all the others.
        "within": url.count("/") > DEPTH_OF_DESK and request.path.startswith(f"{url}/"),
    }


MOST_CARDS = 2000


def kept_cards() -> Callable[[Any, int, str], Any]:
    """Return what renders a page's cards: each once for each state of its seats.

    They look the same to everybody; a page has hundreds, and asks for its language once. Where a
    stencil is being cut, their seats are left open.
    """
    cut: Stencil | None = g.get("stencil")
    if cut is not None:
        return cut.leave_open
    macros: Any = current_app.jinja_env.get_template("_macros/programme.html").module
    seen = (i18n.current(), i18n.zone_of().key)
    memory = cached.parts("card", MOST_CARDS)

    def kept(one: Any, heading: int, classes: str) -> Any:
        render = partial(macros.session_card, one, heading=heading, extra=classes)
        if not isinstance(one, Card):
            return render()
        return cached.kept_in(memory, (seen, one, heading, classes), render)

    return kept


def badge_svg(code: str, printed: str | None = None) -> Any:
    """Return the QR code of a badge: of its code, or of what is *printed* in its place."""
    return qr.svg(tokens.badge_url(boundary.base_url(), printed or code), code)


def labelled(days: list[DayPlan]) -> list[DayPlan]:
    """Return the days with their cards' addresses and words."""
    return [replace(day, cards=[shown(one) for one in day.cards]) for day in days]


def shown(one: Card) -> Card:
    """Return a card with its address and the word for its kind."""
    return replace(
        one,
        url=url_for("desk.session_page", event=g.event.slug, session_id=one.id),
        kind_label=kind_name(one.kind),
    )


def shared(page: str, *parts: Any, render: Any) -> Any:
    """Answer from memory where the page is everybody's, else render it for this reader."""
    if not cached.may_be_shared():
        return render()
    reader.come_back_to(request.path)
    return cached.page(public_key(page, *parts), render)


def public_key(page: str, *parts: Any) -> tuple[Any, ...]:
    """Return all that a public page of the event at hand depends on, besides *parts*."""
    freshness = programme.freshness(g.event.id)
    return (page, g.event.id, g.event.revision, freshness, i18n.current(), *parts)
