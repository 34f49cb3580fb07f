"""The words of the letters that the product sends by itself, in one event."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, jobs, mail_words
from eventapp.kernel.db import atomic
from eventapp.kernel.guard import requires
from eventapp.kernel.mail_words import MailWords, Words
from eventapp.kernel.pages import see_other, sentence
from eventapp.kernel.refusal import Refused
from eventapp.kernel.shipped import Shipped, Variant
from eventapp.messages import commands, mails, queries
from eventapp.messages.forms import EditWords
from eventapp.messages.routes.frame import account_id, bp, described, framed
from eventapp.messages.rules.shipped import TRIGGERS


@dataclass(frozen=True)
class Asked:
    """Which letter, in which of its variants and languages, the page is about."""

    letter: Shipped
    variant: Variant
    locale: str

    @property
    def here(self) -> dict[str, str]:
        """Return the parts of the address that lead here."""
        return {
            "event": g.event.slug,
            "name": self.letter.template.replace("/", "."),
            "variant": self.variant.code,
            "in": self.locale,
        }


@bp.get("/<slug:event>/desk/letters/words")
@requires(Permission.WRITE_LETTERS)
def words(event: str) -> str:
    """List every letter of the product by what sets it off."""
    boundary.keep_private()
    listed = queries.listed(g.event)
    return render_template(
        "messages/words.html",
        groups=[
            (_(TRIGGERS[trigger]), list(rows))
            for trigger, rows in groupby(listed, key=lambda one: one.letter.trigger)
        ],
    )


@bp.get("/<slug:event>/desk/letters/words/<name>")
@boundary.csp(frame="'self'")
@requires(Permission.WRITE_LETTERS)
def edit_words(event: str, name: str) -> str:
    """Show what a letter says and how it looks, to be changed."""
    asked = _asked(name)
    shipped, own = _standing(asked)
    shown = Words(own.subject, own.body) if own is not None else shipped
    form = EditWords(
        formdata=None, subject=shown.subject, body=shown.body, seen=str(own.id if own else 0)
    )
    return _page(asked, form)


def _page(asked: Asked, form: EditWords, fault: str | None = None) -> str:
    boundary.keep_private()
    shipped, own = _standing(asked)
    subject, plain, _html = _rendered(asked, own)
    return render_template(
        "messages/words_edit.html",
        asked=asked,
        form=form,
        fault=fault,
        shipped=shipped,
        own=own,
        stale=own is not None and own.basis != shipped.mark(),
        history=queries.history(
            g.event.id, asked.letter.template, asked.variant.code, asked.locale
        ),
        places=_places(asked),
        required=sorted(asked.variant.required),
        preview_subject=subject,
        preview_text=plain,
    )


def _places(asked: Asked) -> list[tuple[str, str, str]]:
    """List what the letter can be filled with; the examples are in its language."""
    with i18n.use_locale(asked.locale):
        examples = described(asked.letter.places, _context(asked))
    meanings = described(asked.letter.places, {})
    return [
        (typed, meaning, example)
        for (typed, meaning, _none), (_typed, _other, example) in zip(
            meanings, examples, strict=True
        )
    ]


def _context(asked: Asked) -> dict[str, Any]:
    return {**queries.sample(g.event, asked.locale), **asked.variant.when}


def _standing(asked: Asked) -> tuple[Words, MailWords | None]:
    if not asked.letter.editable:
        return Words("", ""), None
    shipped = queries.shipped_words(g.event, asked.letter, asked.variant, asked.locale)
    own = mail_words.standing(g.event.id, asked.letter.template, asked.variant.code, asked.locale)
    return shipped, own


def _rendered(asked: Asked, own: MailWords | None) -> tuple[str, str, str | None]:
    context = _context(asked)
    if own is not None:
        return mail_words.written(asked.letter, Words(own.subject, own.body), asked.locale, context)
    return mail_words.render(asked.letter.template, asked.locale, None, context)


@bp.get("/<slug:event>/desk/letters/words/<name>/preview")
@requires(Permission.WRITE_LETTERS)
def words_preview(event: str, name: str) -> FlaskResponse:
    """Show how a letter looks, for the frame."""
    asked = _asked(name)
    return framed(_rendered(asked, _standing(asked)[1])[2])


@bp.post("/<slug:event>/desk/letters/words/<name>")
@boundary.csp(frame="'self'")
@requires(Permission.WRITE_LETTERS)
def save_words(event: str, name: str) -> Response | str:
    """Let a letter say something else in this event."""
    asked, form = _editable(name), EditWords()
    if not form.validate():
        return _page(asked, form)
    said = Words(form.subject.data, form.body.data)
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else None
    try:
        commands.write_words(
            g.event.id, asked.letter, asked.variant, asked.locale, said, clock.now(), seen=seen
        )
    except Refused as refused:
        return _page(asked, form, sentence(refused))
    flash(_("The words are saved. Letters from now on say them."), "ok")
    return see_other(".edit_words", **asked.here)


@bp.post("/<slug:event>/desk/letters/words/<name>/restore")
@requires(Permission.WRITE_LETTERS)
def restore_words(event: str, name: str) -> Response:
    """Let a letter say what the product ships."""
    asked = _editable(name)
    commands.restore_words(g.event.id, asked.letter, asked.variant, asked.locale, clock.now())
    flash(_("The original words are back."), "ok")
    return see_other(".edit_words", **asked.here)


@bp.post("/<slug:event>/desk/letters/words/<name>/return")
@requires(Permission.WRITE_LETTERS)
def return_words(event: str, name: str) -> Response:
    """Let a letter say again what an earlier version said."""
    asked = _editable(name)
    number = request.form.get("words", "")
    known = {
        str(row.id): row
        for row in queries.history(
            g.event.id, asked.letter.template, asked.variant.code, asked.locale
        )
    }
    if number not in known:
        flash(_("These words are not there any more."), "stop")
        return see_other(".edit_words", **asked.here)
    try:
        commands.return_words(known[number].id, clock.now())
    except Refused as refused:
        flash(sentence(refused), "stop")
    else:
        flash(_("The earlier words are back."), "ok")
    return see_other(".edit_words", **asked.here)


@bp.post("/<slug:event>/desk/letters/words/<name>/test")
@requires(Permission.WRITE_LETTERS)
def try_words(event: str, name: str) -> Response:
    """Send whoever asks the letter with made-up values."""
    asked = _asked(name)
    if (account := account_id()) is not None:
        _enqueue_trial(asked, account)
    return see_other(".edit_words", **asked.here)


@atomic
def _enqueue_trial(asked: Asked, account: int) -> None:
    jobs.enqueue(
        mails.words_tried,
        event_id=g.event.id,
        about_event=g.event.id,
        template=asked.letter.template,
        variant=asked.variant.code,
        locale=asked.locale,
        account_id=account,
    )


def _asked(name: str) -> Asked:
    """Return what the address asks for; 404 where there is no such letter."""
    letter = mail_words.letters().get(name.replace(".", "/", 1))
    if letter is None:
        abort(404)
    variant = letter.variant(request.args.get("variant", letter.variants[0].code))
    locale = request.args.get("in", i18n.current())
    if variant is None or locale not in i18n.LOCALES:
        abort(404)
    return Asked(letter, variant, locale)


def _editable(name: str) -> Asked:
    asked = _asked(name)
    if not asked.letter.editable:
        abort(404)
    return asked
