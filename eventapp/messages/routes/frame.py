"""What the pages of letters share: their tabs, their words, a letter in its frame."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, abort, flash, g, request, url_for
from flask_babel import gettext as _

from eventapp.events import queries as frame
from eventapp.kernel import boundary, i18n, mail_words, mailbox
from eventapp.kernel.refusal import N_
from eventapp.kernel.shipped import Field, Kind
from eventapp.messages import queries
from eventapp.messages.commands import Draft
from eventapp.messages.models import Letter, State, Timing
from eventapp.messages.rules.audience import SPARED_WORDS, Audience, Spared
from eventapp.messages.rules.schedule import Standing

bp = Blueprint("messages", __name__)

STATES = {
    State.DRAFT: N_("draft"),
    State.APPROVED: N_("approved"),
    State.QUEUED: N_("to go out"),
    State.SENT: N_("sent out"),
}
STANDINGS = {
    Standing.DONE: N_("gone out"),
    Standing.COMING: N_("to come"),
    Standing.DUE: N_("going out now"),
    Standing.MISSED: N_("past, not sent"),
}
# What a letter may begin with: its moment, its subject, its text.
STARTERS: Mapping[str, tuple[Timing, int, int, str, str]] = {
    "evening-before": (
        Timing.EACH_DAY,
        1,
        18,
        N_("Your programme for {day}"),
        N_(
            "Hello,\n\nthis is your programme for {day}:\n\n{programme}\n\n"
            "Your badge and all changes: {my.link}"
        ),
    ),
    "before-start": (
        Timing.BEFORE_START,
        7,
        10,
        N_("In a week: {event.title}"),
        N_(
            "Hello,\n\n{event.title} is soon ({event.dates}). These are your sessions:\n\n"
            "{programme}\n\nWhoever cannot come, please give the place back here: {my.link}"
        ),
    ),
    "thanks": (
        Timing.AFTER_END,
        1,
        10,
        N_("Thank you for coming: {event.title}"),
        N_(
            "Hello,\n\nthank you for taking part in {event.title}.\n\n"
            "Materials of the sessions are on the event's page: {event.link}"
        ),
    ),
}
STARTER_NAMES = {
    "evening-before": N_("Programme on the evening before each day"),
    "before-start": N_("Reminder a week before"),
    "thanks": N_("Thanks after the event"),
}


LISTS_AND_LINKS = {Kind.LINK, Kind.BLOCK}


def install(app: Flask) -> None:
    """Give templates the words of letters."""
    app.jinja_env.globals.update(
        letter_tabs=tabs,
        letter_state=lambda state: _(STATES[state]),
        letter_standing=lambda standing: _(STANDINGS[standing]),
        letter_starters=lambda: {code: _(words) for code, words in STARTER_NAMES.items()},
        spared_words=lambda why: _(SPARED_WORDS[Spared(why)]),
    )


def tabs() -> list[dict[str, Any]]:
    """Return the pages of letters side by side."""
    pages = [
        ("messages.letters", _("Letters to many")),
        ("messages.words", _("Words of the letters")),
    ]
    return [
        {
            "text": text,
            "url": url_for(endpoint, event=g.event.slug),
            "current": request.endpoint == endpoint,
        }
        for endpoint, text in pages
    ]


def starter(code: str) -> Draft | None:
    """Return what a letter of this kind may begin with, in both languages."""
    if code not in STARTERS:
        return None
    timing, days, hour, subject, body = STARTERS[code]
    texts: list[dict[str, str]] = [{}, {}]
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            for kept, text in zip(texts, (subject, body), strict=True):
                kept[locale] = _(text)
    return Draft(
        subject=texts[0],
        body=texts[1],
        audience=Audience(),
        timing=timing,
        offset_days=days,
        hour=hour,
        late_copies=timing is not Timing.EACH_DAY,
    )


def own_letter(letter_id: int) -> Letter:
    """Return a letter of the event at hand; 404 where there is none."""
    row = queries.letter(letter_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


def described(
    fields: Mapping[str, Field], context: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """List places as one types them, what they mean, and an example from *context*."""
    listable = {name: one for name, one in fields.items() if one.kind not in LISTS_AND_LINKS}
    examples = mail_words.values_of(listable, context)
    return [
        (f"{{{name}}}", _(field.meaning), examples[name].text if name in examples else "")
        for name, field in fields.items()
    ]


def made_up() -> dict[str, Any]:
    """Return what a letter to many shows for somebody who does not exist."""
    locale = i18n.current()
    sample = queries.sample(g.event, locale)
    kinds = frame.categories(g.event.id)
    return {
        **sample,
        "last_name": sample["name"].removeprefix(sample["first_name"]).strip(),
        "category": i18n.local(kinds[0].name, locale) if kinds else "",
        "event_dates": i18n.date_range(g.event.starts_on, g.event.ends_on),
        "day": i18n.day_words(g.event.starts_on),
    }


def account_id() -> int | None:
    """Return who is signed in; a program has no mailbox to try a letter in."""
    what, _colon, number = str(g.actor).partition(":")
    if what != "account":
        flash(_("A program has no mailbox for a test."), "stop")
        return None
    flash(_("A test is on its way to your own address."), "ok")
    return int(number)


def framed(html: str | None) -> Response:
    """Return a letter's HTML for the frame that shows it: no script, no form, no network."""
    if html is None:
        abort(404)
    boundary.keep_private()
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = mailbox.LETTER_CSP
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer
