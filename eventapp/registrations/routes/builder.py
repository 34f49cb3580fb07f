"""The organiser's registration form: questions, standard fields, who may register as what."""

from collections.abc import Sequence
from typing import Any

from flask import abort, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Category
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import (
    flash_refusal,
    flash_undoable,
    flash_with_undo,
    see_other,
    sentence,
)
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries
from eventapp.registrations.forms import OwnData, Register, preview_later, register_form
from eventapp.registrations.forms.asked import (
    asked_consents,
    conditions,
    consent_name,
    is_conditional,
    needing,
)
from eventapp.registrations.forms.building import (
    FormFields,
    KeepEligibility,
    KeepQuestion,
    fields_form,
    kind_names,
)
from eventapp.registrations.models import Question
from eventapp.registrations.routes.frame import asking_of_event, bp
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.eligibility import Eligibility, eligibility_of


def tabs_of_form() -> list[dict[str, Any]]:
    """Return the pages of the form's builder as tabs."""
    pages = (
        (".form", _("Own questions")),
        (".form_fields", _("Fields and lists")),
        (".form_categories", _("Who as what")),
        (".clause", _("Clause")),
        (".form_preview", _("Preview")),
    )
    return [
        {"text": text, "url": url_for(end, event=g.event.slug), "endpoint": end.removeprefix(".")}
        for end, text in pages
    ]


def builder_page(template: str, current: str, **context: Any) -> str:
    """Show one of the builder's pages below its tabs."""
    boundary.keep_private()
    tabs = [{**tab, "current": tab["endpoint"] == current} for tab in tabs_of_form()]
    return render_template(f"registrations/{template}", tabs_of_form=tabs, **context)


# --- own questions ---------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/form")
@requires(Permission.MANAGE_EVENT)
def form(event: str) -> str:
    """List the event's own questions in their order, and offer one more."""
    return _questions_page(_new_question(fresh=True))


def _new_question(*, fresh: bool = False) -> KeepQuestion:
    given: dict[str, Any] = {"formdata": None} if fresh else {}
    return KeepQuestion(queries.questions(g.event.id), frame.categories(g.event.id), **given)


def _questions_page(form: KeepQuestion, extra: Sequence[str] = ()) -> str:
    rows = queries.questions(g.event.id)
    return builder_page(
        "form.html",
        "form",
        form=form,
        extra=extra,
        questions=rows,
        kinds=kind_names(),
        counts=queries.answer_counts(g.event.id),
        at_once={one.code for one in enquiry.first_step(rows)},
        is_conditional=is_conditional,
    )


@bp.post("/<slug:event>/desk/form")
@requires(Permission.MANAGE_EVENT)
def add_question(event: str) -> Response | str:
    """Ask one more question."""
    form = _new_question()
    if not form.validate():
        return _questions_page(form)
    try:
        row = commands.add_question(g.event.id, clock.now(), **form.content())
    except Refused as refused:
        return _questions_page(form, [sentence(refused)])
    flash_with_undo(_("The question is added."), f"question:{row.id}")
    return see_other(".form", event=event)


@bp.get("/<slug:event>/desk/form/questions/<id:question_id>")
@requires(Permission.MANAGE_EVENT)
def question(event: str, question_id: int) -> str:
    """Show a question, to be changed."""
    row = _own_question(question_id)
    return _question_page(_question_form(row, formdata=None, **KeepQuestion.shown(row)), row)


def _question_form(row: Question, **given: Any) -> KeepQuestion:
    return KeepQuestion(queries.questions(g.event.id), frame.categories(g.event.id), row, **given)


def _question_page(form: KeepQuestion, row: Question, extra: Sequence[str] = ()) -> str:
    boundary.keep_private()
    answered = queries.answer_counts(g.event.id).get(row.id, 0)
    return render_template(
        "registrations/question.html", form=form, row=row, extra=extra, answered=answered
    )


@bp.post("/<slug:event>/desk/form/questions/<id:question_id>")
@requires(Permission.MANAGE_EVENT)
def save_question(event: str, question_id: int) -> Response | str:
    """Ask a question in other words."""
    row = _own_question(question_id)
    form = _question_form(row)
    if not form.validate():
        return _question_page(form, row)
    seen = form.seen.data or ""
    try:
        commands.edit_question(
            row.id,
            clock.now(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
            **form.content(),
        )
    except Refused as refused:
        return _question_page(form, row, [sentence(refused)])
    flash_with_undo(_("The question is saved."), f"question:{row.id}")
    return see_other(".form", event=event)


@bp.post("/<slug:event>/desk/form/questions/<id:question_id>/up")
@requires(Permission.MANAGE_EVENT)
def move_question_up(event: str, question_id: int) -> Response:
    """Let a question stand before the one above it."""
    return _moved(commands.move_question_up(_own_question(question_id).id, clock.now()))


@bp.post("/<slug:event>/desk/form/questions/<id:question_id>/down")
@requires(Permission.MANAGE_EVENT)
def move_question_down(event: str, question_id: int) -> Response:
    """Let a question stand after the one below it."""
    return _moved(commands.move_question_down(_own_question(question_id).id, clock.now()))


def _moved(fact_id: int | None) -> Response:
    if fact_id is not None:
        flash_undoable(_("The order of the questions is changed."), fact_id)
    return see_other(".form", event=g.event.slug)


@bp.post("/<slug:event>/desk/form/questions/<id:question_id>/removal")
@requires(Permission.MANAGE_EVENT)
def remove_question(event: str, question_id: int) -> Response:
    """Ask a question no longer; answers to it stay."""
    try:
        commands.remove_question(_own_question(question_id).id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash_with_undo(_("The question is removed."), f"question:{question_id}")
    return see_other(".form", event=event)


def _own_question(question_id: int) -> Question:
    row = queries.question(question_id)
    if row is None or row.event_id != g.event.id or row.removed_at is not None:
        abort(404)
    return row


# --- standard fields and lists ---------------------------------------------------------------


@bp.get("/<slug:event>/desk/form/fields")
@requires(Permission.MANAGE_EVENT)
def form_fields(event: str) -> str:
    """Show which standard fields are asked, the lists, the consents and deadlines."""
    row = queries.form_of(g.event.id)
    return _fields_page(fields_form(row, formdata=None, data=FormFields.shown(row)))


def _fields_page(form: FormFields, extra: Sequence[str] = ()) -> str:
    return builder_page(
        "form_fields.html", "form_fields", form=form, extra=extra, names=list(enquiry.FIELDS)
    )


@bp.post("/<slug:event>/desk/form/fields")
@requires(Permission.MANAGE_EVENT)
def save_form_fields(event: str) -> Response | str:
    """Replace what the form asks besides the event's own questions."""
    form = fields_form(queries.form_of(g.event.id))
    if not form.validate():
        return _fields_page(form)
    seen = form.seen.data or ""
    try:
        commands.edit_form(
            g.event.id,
            clock.now(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
            **form.values(),
        )
    except Refused as refused:
        return _fields_page(form, [sentence(refused)])
    flash_with_undo(_("The form is saved."), f"registration-form:{g.event.id}")
    return see_other(".form_fields", event=event)


# --- who as what -----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/form/categories")
@requires(Permission.MANAGE_EVENT)
def form_categories(event: str) -> str:
    """Show what each category asks of people who register by themselves."""
    kept, rows = queries.form_of(g.event.id), frame.categories(g.event.id)
    return builder_page(
        "form_categories.html",
        "form_categories",
        rows=[
            (row, _needs(eligibility_of(kept, row.code)), queries.category_taken(row.id))
            for row in rows
        ],
    )


def _needs(asked: Eligibility) -> dict[str, Any]:
    words = {
        "by_staff": _("registered by staff only"),
        "needs_organisation": _("organisation"),
        "needs_nip": _("NIP"),
        "run_by": _("running body"),
        "in_area": _("in the area"),
    }
    told = [said for name, said in words.items() if getattr(asked, name)]
    return {"words": ", ".join(told), "places": asked.places}


@bp.get("/<slug:event>/desk/form/categories/<id:category_id>")
@requires(Permission.MANAGE_EVENT)
def eligibility(event: str, category_id: int) -> str:
    """Show what a category asks, to be changed."""
    row = _own_category(category_id)
    asked = eligibility_of(queries.form_of(g.event.id), row.code)
    return _eligibility_page(KeepEligibility(formdata=None, obj=asked), row)


def _eligibility_page(form: KeepEligibility, row: Category) -> str:
    boundary.keep_private()
    return render_template("registrations/eligibility.html", form=form, row=row)


@bp.post("/<slug:event>/desk/form/categories/<id:category_id>")
@requires(Permission.MANAGE_EVENT)
def save_eligibility(event: str, category_id: int) -> Response | str:
    """Replace what a category asks."""
    row, form = _own_category(category_id), KeepEligibility()
    if not form.validate():
        return _eligibility_page(form, row)
    commands.set_eligibility(g.event.id, clock.now(), row.code, form.values())
    flash_with_undo(_("The category is saved."), f"registration-form:{g.event.id}")
    return see_other(".form_categories", event=event)


def _own_category(category_id: int) -> Category:
    rows = frame.categories(g.event.id)
    row = next((row for row in rows if row.id == category_id), None)
    if row is None:
        abort(404)
    return row


# --- preview ---------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/form/preview")
@requires(Permission.MANAGE_EVENT)
def form_preview(event: str) -> str:
    """Show both steps as people will see them; nothing can be sent."""
    asked = asking_of_event()
    first: Register = register_form(asked)
    later: OwnData = preview_later(asked)
    return builder_page(
        "form_preview.html",
        "form_preview",
        first=first,
        later=later,
        conditions=conditions,
        needing=needing(asked),
        consents=[first[consent_name(kind)] for kind in asked_consents(asked.form)],
        communes=asked.communes,
    )
