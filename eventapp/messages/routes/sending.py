"""One letter to many: who gets it, how it looks, when it goes out and what became of it."""

from flask import Response as FlaskResponse
from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, jobs, mail
from eventapp.kernel.db import atomic
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.messages import commands, mails, queries, rules
from eventapp.messages.forms import Queue
from eventapp.messages.models import Letter, State
from eventapp.messages.queries import Reached
from eventapp.messages.routes.frame import account_id, bp, framed, own_letter
from eventapp.messages.rules.audience import Audience, Spared
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration


@bp.get("/<slug:event>/desk/letters/<id:letter_id>")
@boundary.csp(frame="'self'")
@requires(Permission.WRITE_LETTERS)
def letter(event: str, letter_id: int) -> str:
    """Show a letter: how it stands, who gets it, how it looks for one of them."""
    return _page(own_letter(letter_id), Queue(formdata=None))


def _page(row: Letter, form: Queue) -> str:
    boundary.keep_private()
    reached = _reached(row)
    person = _shown_person(row, reached)
    return render_template(
        "messages/letter.html",
        row=row,
        form=form,
        moments=queries.moments(row, g.event, clock.now()),
        reached=reached,
        shared=rules.shared([one.email or "" for one in reached.people]),
        copies=queries.copies(row.id),
        person=person,
        preview=_preview(row, person, reached) if person is not None else None,
        second=queries.policy(g.event.id).second_person and row.written_by == g.actor,
        version=row.version,
        began=bool(queries.runs(row.id)),
    )


def _reached(row: Letter) -> Reached:
    return queries.reached(g.event, Audience.read(row.audience), necessary=row.necessary)


def _shown_person(row: Letter, reached: Reached) -> Registration | None:
    """Return for whom the letter is shown: who is asked for, else the first who gets it."""
    everybody = [*reached.people, *(one for one, _why in reached.spared)]
    asked = request.args.get("person", "")
    return next(
        (one for one in everybody if str(one.id) == asked), everybody[0] if everybody else None
    )


def _preview(row: Letter, person: Registration, reached: Reached) -> tuple[str, str, str | None]:
    shared = rules.shared([one.email or "" for one in reached.people])
    occasion = queries.first_occasion(row, g.event)
    content = mails.content(
        row, person, g.event, occasion, names_person=(person.email or "") in shared
    )
    return mail.render(mails.TEMPLATE, person.locale, **content)


@bp.get("/<slug:event>/desk/letters/<id:letter_id>/preview/<id:registration_id>")
@requires(Permission.WRITE_LETTERS)
def preview(event: str, letter_id: int, registration_id: int) -> FlaskResponse:
    """Show how a letter looks for somebody, for the frame."""
    row, person = own_letter(letter_id), people.registration(registration_id)
    if person is None or person.event_id != g.event.id:
        abort(404)
    return framed(_preview(row, person, _reached(row))[2])


@bp.post("/<slug:event>/desk/letters/<id:letter_id>/test")
@requires(Permission.WRITE_LETTERS)
def try_letter(event: str, letter_id: int) -> Response:
    """Send whoever asks the copy that the person who is shown would get."""
    row = own_letter(letter_id)
    person = _shown_person(row, _reached(row))
    if person is None:
        flash(_("There is nobody to write to."), "stop")
    elif (account := account_id()) is not None:
        _enqueue_trial(row.id, person.id, account, g.event.id)
    return see_other(".letter", event=event, letter_id=letter_id)


@atomic
def _enqueue_trial(letter_id: int, registration_id: int, account: int, event_id: int) -> None:
    jobs.enqueue(
        mails.tried, event_id=event_id,
        letter_id=letter_id, registration_id=registration_id, account_id=account,
    )  # fmt: skip


@bp.post("/<slug:event>/desk/letters/<id:letter_id>/approval")
@requires(Permission.WRITE_LETTERS)
def approve_letter(event: str, letter_id: int) -> Response:
    """Approve a draft as it was read."""
    row = own_letter(letter_id)
    seen = request.form.get("seen", "")
    try:
        commands.approve(
            row.id, clock.now(), seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None
        )
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The letter is approved. It goes out once you say when."), "ok")
    return see_other(".letter", event=event, letter_id=letter_id)


@bp.post("/<slug:event>/desk/letters/<id:letter_id>/queue")
@boundary.csp(frame="'self'")
@requires(Permission.WRITE_LETTERS)
def queue_letter(event: str, letter_id: int) -> Response | str:
    """Let an approved letter go out."""
    row, form = own_letter(letter_id), Queue()
    if not form.validate():
        return _page(row, form)
    try:
        commands.queue(
            row.id, clock.now(), send_at=form.send_at.data, sends_past=form.sends_past.data
        )
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The letter goes out at the moment that is shown."), "ok")
    return see_other(".letter", event=event, letter_id=letter_id)


@bp.post("/<slug:event>/desk/letters/<id:letter_id>/cancel")
@requires(Permission.WRITE_LETTERS)
def cancel_letter(event: str, letter_id: int) -> Response:
    """Hold a letter back that has not gone out."""
    row = own_letter(letter_id)
    try:
        commands.cancel(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The letter is a draft again; nothing of it goes out."), "ok")
    return see_other(".letter", event=event, letter_id=letter_id)


@bp.get("/<slug:event>/desk/letters/<id:letter_id>/paper")
@requires(Permission.WRITE_LETTERS)
def paper(event: str, letter_id: int) -> str:
    """Show the letter on sheets to print, one for each person who has no e-mail."""
    boundary.keep_private()
    row = own_letter(letter_id)
    occasion = _asked_occasion(row)
    rows = [one for one, why in _reached(row).spared if why is Spared.NO_ADDRESS]
    return render_template(
        "messages/paper.html",
        sheets=[
            (one, mails.content(row, one, g.event, occasion, names_person=False)) for one in rows
        ],
        is_draft=row.state is State.DRAFT,
        back={
            "text": _("Back to the letter"),
            "url": url_for(".letter", event=event, letter_id=letter_id),
        },
    )


def _asked_occasion(row: Letter) -> str:
    """Return the occasion that the address names, else the first one."""
    asked = request.args.get("occasion", "")
    known = [one.code for one, _stands in queries.moments(row, g.event, clock.now())]
    return asked if asked in known else queries.first_occasion(row, g.event)
