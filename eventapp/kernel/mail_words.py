"""An event's own words in the letters of the product: subject and text, never the frame.

The shipped words are a template's subject and its block ``words``. An organiser's text is laid
into the same frame instead: facts, links, invites and what the law asks stay where they are.
What is in the table of letters says which places a text may have and which it must keep.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import i18n, mail, placeholders
from eventapp.kernel.db import Model, db
from eventapp.kernel.placeholders import Filled
from eventapp.kernel.shipped import Field, Kind, Shipped, Variant

_EXTENSION = "eventapp-mail-words"
_BEGIN, _END = "\ue002", "\ue003"  # around the words of a shipped letter
_OPEN, _CLOSE = "\ue000", "\ue001"  # around the name of a place in them


class MailWords(Model):
    """An event's own words in one letter and language; rows are only ever added.

    `letter` and `variant` name it in the table of letters. `basis` is the hash of the shipped
    words that the editor saw. The row without `replaced_at` stands; where none does, the shipped
    words do.
    """

    __tablename__ = "mail_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    letter: Mapped[str] = mapped_column(String(80))
    variant: Mapped[str] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_mail_words_standing",
            "event_id",
            "letter",
            "variant",
            "locale",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )


@dataclass(frozen=True)
class Words:
    """A subject and a text whose paragraphs are parted by empty lines."""

    subject: str
    body: str

    def mark(self) -> str:
        """Return a hash that tells whether somebody changed them."""
        return hashlib.sha256(f"{self.subject}\n{self.body}".encode()).hexdigest()


def install(app: Flask, table: Sequence[Shipped]) -> None:
    """Let *app* know which letters have words of their own."""
    app.extensions[_EXTENSION] = {one.template: one for one in table}


def letters() -> Mapping[str, Shipped]:
    """Return the table of letters, by template."""
    table: Mapping[str, Shipped] = current_app.extensions.get(_EXTENSION, {})
    return table


def render(
    template: str, locale: str, event_id: int | None, context: Mapping[str, Any]
) -> tuple[str, str, str | None]:
    """Return subject, plain text and HTML of a letter, in the event's own words if it has some."""
    letter = letters().get(template)
    if letter is None or event_id is None or not letter.editable:
        return mail.render(template, locale, **context)
    variant = letter.variant_of(context)
    own = standing(event_id, template, variant.code, locale) if variant is not None else None
    if own is None:
        return mail.render(template, locale, **context)
    return written(letter, Words(own.subject, own.body), locale, context)


def standing(event_id: int, letter: str, variant: str, locale: str) -> MailWords | None:
    """Return an event's own words in a letter, if it has some."""
    query = select(MailWords).where(
        MailWords.event_id == event_id,
        MailWords.letter == letter,
        MailWords.variant == variant,
        MailWords.locale == locale,
        MailWords.replaced_at.is_(None),
    )
    return db.session.scalars(query).first()


def written(
    letter: Shipped, words: Words, locale: str, context: Mapping[str, Any]
) -> tuple[str, str, str | None]:
    """Return subject, plain text and HTML of a letter in these words."""
    with i18n.use_locale(locale):
        values = values_of(letter.places, context)
        own = _Own.of(words, values)
        _subject, plain, html = mail.render(
            "_own", locale, **context, shipped=letter.template, own=own, begin=_BEGIN
        )
    # Before the words stands the shipped subject alone, on more lines if a value had some.
    return own.subject, plain.partition(_BEGIN)[2], html


@dataclass(frozen=True)
class _Own:
    """Words with their places filled, as the frame takes them."""

    subject: str
    paragraphs: Sequence[Sequence[Sequence[Filled]]]
    text: str = field(default="")

    @classmethod
    def of(cls, words: Words, values: Mapping[str, Filled]) -> "_Own":
        filled = [placeholders.lines(one, values) for one in placeholders.paragraphs(words.body)]
        subject = placeholders.line(words.subject, values)
        return cls(subject, filled, placeholders.plain(filled))


def values_of(places: Mapping[str, Field], context: Mapping[str, Any]) -> dict[str, Filled]:
    """Return what fills places, in the present language; no value becomes a link."""
    return {
        name: Filled(_harmless(place.kind, _said(place.kind, place.key, context)))
        for name, place in places.items()
    }


def _harmless(kind: Kind, said: str) -> str:
    return said if kind is Kind.ADDRESS else placeholders.harmless(said)


def _said(kind: Kind, key: str, context: Mapping[str, Any]) -> str:
    value = context.get(key)
    if value is None or value == "":
        return ""
    zone = context.get("zone")
    if kind is Kind.MOMENT:
        return i18n.when(value, zone)
    if kind is Kind.SPAN:
        return _span(value, context["ends_at"], zone)
    if kind is Kind.NUMBER:
        return i18n.number(value)
    return i18n.local(value)


def _span(start: datetime, end: datetime, zone: str | None) -> str:
    return f"{i18n.day_words(start, zone)}, {i18n.time_range(start, end, zone)}"


# --- the shipped words --------------------------------------------------------------------


def shipped(letter: Shipped, variant: Variant, locale: str, sample: Mapping[str, Any]) -> Words:
    """Return the shipped words of a letter with their places by name.

    They are read off the template itself: it is rendered with marks for values, and the marks
    give way to the names. *sample* is a whole context of the letter.
    """
    marks = _Marks.of(letter)
    context = {**sample, **marks.context, **variant.when}
    with i18n.use_locale(locale):
        subject, plain, _html = mail.render(
            "_shipped", locale, **context, shipped=letter.template, begin=_BEGIN, end=_END
        )
        body = plain.partition(_BEGIN)[2].partition(_END)[0]
        named = [marks.named(one, context.get("zone")) for one in (subject, body)]
    return Words(named[0], "\n\n".join(placeholders.paragraphs(named[1].strip())))


_SOME_DAY = datetime(2003, 2, 4, 5, 6, tzinfo=UTC)
_SOME_NUMBER = 7_390_001


@dataclass(frozen=True)
class _Marks:
    """Values that can be told apart in a rendered letter, and the places they stand for."""

    context: Mapping[str, Any]
    places: Mapping[str, tuple[Kind, Any]]

    @classmethod
    def of(cls, letter: Shipped) -> "_Marks":
        """Choose a value for each place of a letter."""
        context: dict[str, Any] = {}
        places: dict[str, tuple[Kind, Any]] = {}
        for step, (name, place) in enumerate(letter.places.items()):
            value: Any = f"{_OPEN}{name}{_CLOSE}"
            if place.kind in {Kind.MOMENT, Kind.SPAN}:
                value = _SOME_DAY + timedelta(days=step)
            if place.kind is Kind.SPAN:
                context["ends_at"] = value + timedelta(hours=1)
            if place.kind is Kind.NUMBER:
                value = _SOME_NUMBER + step
            context[place.key] = value
            places[name] = place.kind, value
        return cls(context, places)

    def named(self, rendered: str, zone: str | None) -> str:
        """Return a rendered text with the names of its places."""
        for name, (kind, value) in self.places.items():
            for shown in _shown(kind, value, zone):
                rendered = rendered.replace(shown, f"{_OPEN}{name}{_CLOSE}")
        return rendered.replace(_OPEN, "{").replace(_CLOSE, "}")


def _shown(kind: Kind, value: Any, zone: str | None) -> list[str]:
    if kind is Kind.MOMENT:
        return [i18n.when(value, zone)]
    if kind is Kind.SPAN:
        return [_span(value, value + timedelta(hours=1), zone)]
    if kind is Kind.NUMBER:
        return [i18n.number(value), str(value)]
    return []
