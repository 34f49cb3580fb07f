"""Letters to many: their list, and one being written."""

from flask import flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other, sentence
from eventapp.kernel.refusal import Refused
from eventapp.messages import commands, queries
from eventapp.messages.commands import Draft
from eventapp.messages.forms import EditLetter, draft_of, given
from eventapp.messages.models import Timing
from eventapp.messages.routes.frame import bp, described, made_up, own_letter, starter
from eventapp.messages.rules.audience import Audience
from eventapp.messages.rules.places import places
from eventapp.programme import queries as programme


@bp.get("/<slug:event>/desk/letters")
@requires(Permission.WRITE_LETTERS)
def letters(event: str) -> str:
    """List the event's letters to many, the newest first."""
    boundary.keep_private()
    return render_template(
        "messages/letters.html",
        rows=queries.letters(g.event.id),
        counts=queries.standing_counts(g.event.id),
        policy=queries.policy(g.event.id),
    )


@bp.post("/<slug:event>/desk/letters/approval")
@requires(Permission.WRITE_LETTERS)
def save_approval(event: str) -> Response:
    """Say whether somebody else than the writer has to approve letters."""
    second = request.form.get("second_person") == "1"
    commands.ask_for_a_second_person(g.event.id, clock.now(), second_person=second)
    flash(_("Saved."), "ok")
    return see_other(".letters", event=event)


@bp.get("/<slug:event>/desk/letters/new")
@requires(Permission.WRITE_LETTERS)
def new_letter(event: str) -> str:
    """Begin a letter: empty, with something to begin with, or like another one."""
    draft = starter(request.args.get("kind", "")) or _like() or _empty()
    return _page(_form(given(draft)))


def _like() -> Draft | None:
    asked = request.args.get("like", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    row = queries.letter(int(asked))
    return draft_of(row) if row is not None and row.event_id == g.event.id else None


def _empty() -> Draft:
    return Draft(subject={}, body={}, audience=Audience(), timing=Timing.MOMENT)


@bp.post("/<slug:event>/desk/letters/new")
@requires(Permission.WRITE_LETTERS)
def begin_letter(event: str) -> Response | str:
    """Keep a new draft."""
    form = _form()
    if not form.validate():
        return _page(form)
    try:
        row = commands.begin(g.event.id, form.draft(), clock.now())
    except Refused as refused:
        return _page(form, sentence(refused))
    flash(_("The draft is saved."), "ok")
    return see_other(".letter", event=event, letter_id=row.id)


@bp.get("/<slug:event>/desk/letters/<id:letter_id>/edit")
@requires(Permission.WRITE_LETTERS)
def edit_letter(event: str, letter_id: int) -> str:
    """Show a draft, to be changed."""
    row = own_letter(letter_id)
    return _page(_form(given(draft_of(row), row.version)), letter_id=row.id)


@bp.post("/<slug:event>/desk/letters/<id:letter_id>/edit")
@requires(Permission.WRITE_LETTERS)
def save_letter(event: str, letter_id: int) -> Response | str:
    """Replace what a draft says."""
    row, form = own_letter(letter_id), _form()
    if not form.validate():
        return _page(form, letter_id=row.id)
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else None
    try:
        commands.rewrite(letter_id, form.draft(), clock.now(), seen=seen)
    except Refused as refused:
        return _page(form, sentence(refused), letter_id=letter_id)
    flash(_("The draft is saved."), "ok")
    return see_other(".letter", event=event, letter_id=letter_id)


@bp.post("/<slug:event>/desk/letters/<id:letter_id>/removal")
@requires(Permission.WRITE_LETTERS)
def remove_letter(event: str, letter_id: int) -> Response:
    """Drop a draft."""
    row = own_letter(letter_id)
    try:
        commands.remove(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".letter", event=event, letter_id=letter_id)
    flash(_("The draft is gone."), "ok")
    return see_other(".letters", event=event)


def _form(shown: dict[str, object] | None = None) -> EditLetter:
    form = EditLetter(formdata=None, **shown) if shown is not None else EditLetter()
    form.offer(
        frame.categories(g.event.id),
        programme.programme(g.event.id),
        queries.days_of(g.event),
    )
    return form


def _page(form: EditLetter, fault: str | None = None, letter_id: int | None = None) -> str:
    boundary.keep_private()
    return render_template(
        "messages/edit.html",
        form=form,
        fault=fault,
        letter_id=letter_id,
        places=described(places(Timing.EACH_DAY, 1), made_up()),
    )
