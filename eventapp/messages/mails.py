"""The one letter function of letters to many."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from eventapp.accounts import queries as accounts
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import clock, i18n, mail_words, placeholders, post
from eventapp.kernel.placeholders import Filled
from eventapp.kernel.post import letter
from eventapp.kernel.shipped import Field, Kind
from eventapp.messages import queries
from eventapp.messages.models import Letter
from eventapp.messages.rules.audience import Audience
from eventapp.messages.rules.places import EVENT_LINK, MY_LINK, PROGRAMME
from eventapp.registrations import mails as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration

TEMPLATE = "messages/letter"


@letter("messages.copy")
def copied(copy_id: int) -> post.Letter | None:
    """Send somebody their copy of a letter; nothing if there is no address any more.

    Where several people share a mailbox, the subject says whom this one is for.
    """
    one = queries.copy(copy_id)
    if one is None:
        return None
    event = frame.event(one.letter.event_id)
    if event is None or not one.registration.email:
        return None
    return compose(
        one.letter, one.registration, event, one.occasion, names_person=queries.sharing(one)
    )


@letter("messages.tried")
def tried(letter_id: int, registration_id: int, account_id: int) -> post.Letter | None:
    """Send an organiser the copy that somebody else would get, to try a letter."""
    row, person = queries.letter(letter_id), people.registration(registration_id)
    account = accounts.account(account_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or person is None or account is None or event is None:
        return None
    occasion = queries.first_occasion(row, event)
    written = compose(row, person, event, occasion, names_person=False)
    with i18n.use_locale(person.locale):
        subject = _("Test: %(subject)s", subject=written.context["subject"])
    return replace(
        written,
        to=account.email,
        about=f"account:{account_id}",
        context={**written.context, "subject": subject},
    )


@letter("messages.words-tried")
def words_tried(
    about_event: int, template: str, variant: str, locale: str, account_id: int
) -> post.Letter | None:
    """Send an organiser one of the product's letters with made-up values, to try its words."""
    event, account = frame.event(about_event), accounts.account(account_id)
    shipped = mail_words.letters().get(template)
    said = shipped.variant(variant) if shipped is not None else None
    if event is None or account is None or said is None:
        return None
    return post.Letter(
        to=account.email,
        locale=locale,
        template=template,
        about=f"account:{account_id}",
        event_id=about_event,
        context={**queries.sample(event, locale), **said.when},
    )


def compose(
    row: Letter, person: Registration, event: Event, occasion: str, *, names_person: bool
) -> post.Letter:
    """Return somebody's copy of a letter."""
    return post.Letter(
        to=person.email or "",
        locale=person.locale,
        template=TEMPLATE,
        about=f"registration:{person.id}",
        event_id=row.event_id,
        reply_to=event.contact_email or None,
        necessary=row.necessary,
        context=content(row, person, event, occasion, names_person=names_person),
    )


def content(
    row: Letter, person: Registration, event: Event, occasion: str, *, names_person: bool
) -> dict[str, Any]:
    """Return subject and paragraphs of somebody's copy, filled once.

    A paragraph is a list of lines, or the word ``programme`` for the list of own sessions.
    """
    context = queries.context_of(row, person, event, occasion, clock.now())
    fields = queries.places_of(row.timing, Audience.read(row.audience))
    with i18n.use_locale(person.locale):
        values = _values(fields, context)
        subject = placeholders.line(i18n.local(row.subject, person.locale), values)
        if names_person:
            name = registrations.name_of(person)
            subject = _("%(subject)s – for: %(name)s", subject=subject, name=name)
        paragraphs = [
            PROGRAMME if one.strip() == f"{{{PROGRAMME}}}" else placeholders.lines(one, values)
            for one in placeholders.paragraphs(i18n.local(row.body, person.locale))
        ]
    return {**context, "subject": subject, "paragraphs": paragraphs}


def _values(fields: Mapping[str, Field], context: Mapping[str, Any]) -> dict[str, Filled]:
    texts = {name: one for name, one in fields.items() if one.kind in {Kind.TEXT, Kind.SPAN}}
    links = {
        MY_LINK: Filled(_("My programme"), context["link"]),
        EVENT_LINK: Filled(context["event_title"], context["event_url"]),
    }
    return {**mail_words.values_of(texts, context), **links}
