"""What the pages share: the blueprint, tabs, words for what is missing."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, abort, g, request, url_for
from flask_babel import gettext as _

from eventapp.awards.models import Nomination
from eventapp.kernel import i18n, text
from eventapp.kernel.refusal import N_
from eventapp.press import queries, rules
from eventapp.press.models import PressFile
from eventapp.press.rules import Missing

bp = Blueprint("press", __name__)


def install(app: Flask) -> None:
    """Give templates the words of the press pages."""
    app.jinja_env.filters.update(
        quotes=rules.quotes_in,
        full_stop=rules.full_stop,
        capitalised=lambda words: words[:1].upper() + words[1:],
        phone_words=_phone_words,
        with_city=with_city,
    )
    app.jinja_env.globals.update(press_tabs=tabs, missing_words=missing_words)


def _phone_words(number: str) -> str:
    """Return a telephone number in groups that stay on one line."""
    return text.shown_phone(number).replace(" ", i18n.NBSP) if number else ""


def with_city(row: Nomination) -> str:
    """Return a laureate's name with the place where its organisation is at home."""
    city = row.organisation.city if row.organisation is not None else ""
    return f"{row.nominee} ({city})" if city else row.nominee


def tabs() -> list[dict[str, Any]]:
    """Return the organiser's pages about the media, side by side; each also as a refused form."""
    pages = [
        ("press.page", "press.save_page", _("Page for the media")),
        ("press.kit", "press.add_file", _("Kit to download")),
        ("press.news", "", _("News item")),
    ]
    return [
        {
            "text": text,
            "url": url_for(endpoint, event=g.event.slug),
            "current": request.endpoint in (endpoint, refused),
        }
        for endpoint, refused, text in pages
    ]


# What a news item has to leave out, and the page on which it is given.
MISSING: Mapping[Missing, tuple[str, str | None]] = {
    Missing.ABOUT: (N_("What it is about, in three sentences"), "press.page"),
    Missing.ENGLISH: (N_("The same in English"), "press.page"),
    Missing.CONTACT: (N_("Who answers the media"), "press.page"),
    Missing.PLACE: (N_("The venues"), "programme.venues"),
    Missing.ORGANISER: (N_("Who organises it"), "events.organisers"),
    Missing.PROGRAMME: (N_("A released programme"), "desk.plan"),
    Missing.FUNDING: (N_("The sentence about the funding"), "events.settings"),
    Missing.PRESENCE: (N_("How many came: nobody has been checked in yet"), "checkin.door"),
    Missing.RESULTS: (N_("The laureates: they come in once the results are public"), None),
}


def missing_words(fact: Missing) -> tuple[str, str | None]:
    """Return what is missing in the reader's words, and the address where it is given."""
    sentence, endpoint = MISSING[fact]
    return _(sentence), url_for(endpoint, event=g.event.slug) if endpoint else None


def own_file(file_id: int) -> PressFile:
    """Return a file of the kit of the event at hand, with its bytes; 404 where there is none."""
    row = queries.file(g.event.id, file_id)
    if row is None:
        abort(404)
    return row
