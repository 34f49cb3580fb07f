"""The organiser's page of letters: what waits, what failed and why; trying, stopping, dropping."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.letter_words import hold_name, letter_name, standing_name, told
from eventapp.events import commands as events
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, outbox, text
from eventapp.kernel.guard import can, requires
from eventapp.kernel.outbox import FAILED, ON_THE_WAY, Entry, Filter, Standing
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.problems import fault_sentence
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries as people

PAGE = outbox.PAGE
LONGEST_REASON = 300
ALL_BUT_WAITING = {
    "sent": frozenset({Standing.SENT}),
    "spared": frozenset({Standing.SPARED, Standing.DISCARDED}),
}
# Filters by the name in the address: what needs somebody, what is on its way, what is done.
GROUPS = {"failed": FAILED, "on-the-way": ON_THE_WAY, **ALL_BUT_WAITING}

WORDS: dict[str, Callable[..., str]] = {
    "letter_name": letter_name,
    "standing_name": standing_name,
    "hold_name": hold_name,
    "told": told,
}
# What the label of a standing looks like, where another state has taken the name.
LOOKS = {Standing.WAITING: "queued"}


@bp.get("/<slug:event>/desk/mail")
@requires(Permission.SEE_MAIL)
def mail(event: str) -> str:
    """List the letters of the event: sent, waiting, held, failed and why."""
    boundary.keep_private()
    asked, now = _asked(), clock.now()
    found = outbox.entries(g.event.id, asked, now, limit=PAGE + 1)
    counted = outbox.counts(g.event.id, now)
    return render_template(
        "desk/mail.html",
        entries=found[:PAGE],
        older=_address(before=found[PAGE - 1].job.id) if len(found) > PAGE else None,
        counted=counted,
        totals={name: sum(counted[one] for one in group) for name, group in GROUPS.items()},
        filters=_filters(counted),
        here=_group(),
        letters=[(one, letter_name(one)) for one in outbox.letters_of(g.event.id)],
        asked=asked,
        address=_address,
        actions=_actions,
        looks=LOOKS,
        **WORDS,
    )


def _group() -> str:
    return request.args.get("state", "")


def _asked() -> Filter:
    group, before = _group(), boundary.read_id(request.args.get("before", ""))
    if group in GROUPS:
        standings = GROUPS[group]
    else:
        standings = frozenset(one for one in Standing if one.value == group)
    return Filter(
        standings=standings,
        letter=request.args.get("letter", "")[: text.LINE],
        recipient=request.args.get("to", "").strip()[: text.LINE],
        before=before,
    )


def _address(**changes: Any) -> str:
    kept = {name: request.args[name] for name in ("state", "letter", "to") if name in request.args}
    return url_for(".mail", event=g.event.slug, **(kept | changes))


def _filters(counted: Mapping[Standing, int]) -> list[dict[str, Any]]:
    """Return the chips by which the list is narrowed: all, and each standing that occurs."""
    here = _group()
    wanted = GROUPS.get(here, frozenset({here}))
    every = {"text": _("all"), "url": _address(state=None), "on": not here}
    found = [
        {
            "text": f"{standing_name(one)} {counted[one]}",
            "url": _address(state=one.value),
            "on": one in wanted,
        }
        for one in Standing
        if counted[one] or one.value == here
    ]
    return [every, *found]


def _actions(entry: Entry) -> dict[str, bool]:
    """Return what may be done with a letter as it stands."""
    return {
        "retry": entry.standing in outbox.TRIED,
        "repeat": entry.standing in outbox.REPEATED,
        "discard": entry.standing in outbox.DROPPED,
    }


@bp.get("/<slug:event>/desk/mail/<id:mail_id>")
@requires(Permission.SEE_MAIL)
def mail_letter(event: str, mail_id: int) -> str:
    """Show one letter: to whom, what it said, each try with the server's words."""
    entry = _own(mail_id)
    boundary.keep_private()
    return render_template(
        "desk/letter.html",
        entry=entry,
        content=outbox.content(mail_id),
        tries=outbox.tries(mail_id),
        repeats=outbox.repeats(mail_id),
        person=_person_of(entry),
        may=_actions(entry),
        looks=LOOKS,
        **WORDS,
    )


def _person_of(entry: Entry) -> str | None:
    """Return the address of the page of the person whom a letter is about."""
    kind, _colon, number = (entry.mail.about if entry.mail is not None else "").partition(":")
    if kind != "registration" or not number.isdigit() or not can(Permission.SEE_PEOPLE):
        return None
    row = people.registration(int(number))
    if row is None or row.event_id != g.event.id:
        return None
    return url_for(".person", event=g.event.slug, registration_id=row.id)


def _own(mail_id: int) -> Entry:
    entry = outbox.entry(mail_id, clock.now())
    if entry is None or entry.job.event_id != g.event.id:
        abort(404)
    return entry


# --- one letter -----------------------------------------------------------------------------


@bp.post("/<slug:event>/desk/mail/<id:mail_id>/retry")
@requires(Permission.SEE_MAIL)
def retry_letter(event: str, mail_id: int) -> Response:
    """Try a letter at once that was not handed over, whatever holds it."""
    _own(mail_id)
    try:
        outbox.try_now(mail_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The letter is on its way again."), "ok")
    return see_other(".mail_letter", event=event, mail_id=mail_id)


@bp.post("/<slug:event>/desk/mail/<id:mail_id>/repeat")
@requires(Permission.SEE_MAIL)
def repeat_letter(event: str, mail_id: int) -> Response:
    """Send a letter once more, written anew."""
    _own(mail_id)
    try:
        again = outbox.repeat(mail_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".mail_letter", event=event, mail_id=mail_id)
    flash(_("The letter is sent again."), "ok")
    return see_other(".mail_letter", event=event, mail_id=again)


@bp.post("/<slug:event>/desk/mail/<id:mail_id>/discard")
@requires(Permission.SEE_MAIL)
def discard_letter(event: str, mail_id: int) -> Response:
    """Let a letter not be sent."""
    _own(mail_id)
    try:
        outbox.discard(mail_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The letter is discarded. It can still be tried."), "ok")
    return see_other(".mail_letter", event=event, mail_id=mail_id)


# --- all of them ----------------------------------------------------------------------------


@bp.post("/<slug:event>/desk/mail/release")
@requires(Permission.SEE_MAIL)
def release_letters(event: str) -> Response:
    """Let go what is held though it is due."""
    _say_released(outbox.release_held(g.event.id, clock.now()))
    return see_other(".mail", event=event)


@bp.post("/<slug:event>/desk/mail/retry")
@requires(Permission.SEE_MAIL)
def retry_letters(event: str) -> Response:
    """Try again what was given up after a day."""
    _say_released(outbox.retry_given_up(g.event.id, clock.now()))
    return see_other(".mail", event=event)


def _say_released(number: int) -> None:
    said = ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", number)
    flash(said if number else _("No letter waits for that."), "ok" if number else "info")


@bp.post("/<slug:event>/desk/mail/pause")
@requires(Permission.MANAGE_EVENT)
def pause_mail(event: str) -> Response:
    """Stop the letters of the event, and say why."""
    try:
        reason = text.clean(request.form.get("reason", ""), max_length=LONGEST_REASON)
    except text.BadText as error:
        flash(fault_sentence(error), "stop")
        return see_other(".mail", event=event)
    events.pause_mail(g.event.id, reason, clock.now())
    flash(_("The mail is paused. Links to sign in still go."), "ok")
    return see_other(".mail", event=event)


@bp.post("/<slug:event>/desk/mail/resume")
@requires(Permission.MANAGE_EVENT)
def resume_mail(event: str) -> Response:
    """Let the letters of the event go again."""
    events.resume_mail(g.event.id, clock.now())
    flash(_("The mail goes again."), "ok")
    return see_other(".mail", event=event)
