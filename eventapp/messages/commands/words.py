"""An event's own words in the letters that the product sends by itself."""

from dataclasses import dataclass
from datetime import datetime

from eventapp.events.models import Event
from eventapp.kernel import facts, mail_words
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.mail_words import MailWords, Words
from eventapp.kernel.refusal import Refused
from eventapp.kernel.shipped import Shipped, Variant
from eventapp.messages import queries, rules
from eventapp.messages.rules import LetterRefusal


@dataclass(frozen=True, kw_only=True)
class WordsChanged(Fact):
    """The words of one of the product's letters changed; the words are not kept here."""

    kind = "mail-words-changed"
    variant: str
    locale: str
    shipped: bool


@atomic
def write_words(
    event_id: int,
    letter: Shipped,
    variant: Variant,
    locale: str,
    words: Words,
    now: datetime,
    *,
    seen: int | None = None,
) -> MailWords | None:
    """Let a letter say these words in an event; the shipped ones again if they are the same.

    *seen* is the id of the own words that the editor has read, 0 for the shipped ones.
    """
    event = _locked(event_id)
    before = mail_words.standing(event_id, letter.template, variant.code, locale)
    if before is not None and Words(before.subject, before.body) == words:
        return before
    if seen is not None and seen != (before.id if before is not None else 0):
        raise Refused(LetterRefusal.LETTER_CHANGED)
    fault = rules.refuse_words(words.subject, words.body, letter.places, required=variant.required)
    if fault is not None:
        raise Refused(fault.reason, **fault.details)
    shipped = queries.shipped_words(event, letter, variant, locale)
    if words == shipped:
        return restore_words(event_id, letter, variant, locale, now)
    _put_aside(before, now)
    return _put(event, letter, variant, locale, words, shipped.mark(), now)


@atomic
def restore_words(
    event_id: int, letter: Shipped, variant: Variant, locale: str, now: datetime
) -> None:
    """Let a letter say what the product ships again."""
    _locked(event_id)
    before = mail_words.standing(event_id, letter.template, variant.code, locale)
    if before is None:
        return
    _put_aside(before, now)
    _tell(event_id, letter, variant, locale, shipped=True)


@atomic
def return_words(words_id: int, now: datetime) -> MailWords | None:
    """Let a letter say again what an earlier version of an event's own words said."""
    row = db.session.get_one(MailWords, words_id)
    letter = mail_words.letters()[row.letter]
    variant = letter.variant(row.variant)
    if variant is None:
        raise Refused(LetterRefusal.WRONG_STATE)
    words = Words(row.subject, row.body)
    return write_words(row.event_id, letter, variant, row.locale, words, now)


def _locked(event_id: int) -> Event:
    return db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _put_aside(row: MailWords | None, now: datetime) -> None:
    if row is not None:
        row.replaced_at = now
        db.session.flush()


def _put(
    event: Event,
    letter: Shipped,
    variant: Variant,
    locale: str,
    words: Words,
    basis: str,
    now: datetime,
) -> MailWords:
    row = MailWords(
        event_id=event.id,
        letter=letter.template,
        variant=variant.code,
        locale=locale,
        subject=words.subject,
        body=words.body,
        basis=basis,
        actor=facts.actor(),
        written_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _tell(event.id, letter, variant, locale, shipped=False)
    return row


def _tell(event_id: int, letter: Shipped, variant: Variant, locale: str, *, shipped: bool) -> None:
    record(
        WordsChanged(
            event_id=event_id,
            subject=f"mail-words:{letter.template}",
            variant=variant.code,
            locale=locale,
            shipped=shipped,
        )
    )
