"""The information on personal data: its versions, and the next one."""

from collections.abc import Sequence

from flask import flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import see_other, sentence
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries
from eventapp.registrations.forms.building import KeepClause
from eventapp.registrations.routes.builder import builder_page
from eventapp.registrations.routes.frame import bp


@bp.get("/<slug:event>/desk/form/clause")
@requires(Permission.MANAGE_EVENT)
def clause(event: str) -> str:
    """Show the versions of the clause, and offer to write the next one."""
    held = queries.clauses(g.event.id)
    text = held[0].text if held else {code: _built_in(code) for code in i18n.LOCALES}
    form = KeepClause(
        formdata=None,
        seen=str(held[0].number) if held else queries.BUILT_IN_CLAUSE,
        text_pl=text.get("pl", ""),
        text_en=text.get("en", ""),
    )
    return _page(form)


def _built_in(locale: str) -> str:
    """Return the words that come with the program, to begin with."""
    with i18n.use_locale(locale):
        written = render_template(
            "registrations/clause.txt", organisers=frame.organisers(g.event.id)
        )
    return "\n\n".join(part.strip() for part in written.split("\n\n") if part.strip())


def _page(form: KeepClause, extra: Sequence[str] = ()) -> str:
    return builder_page(
        "clause.html",
        "clause",
        form=form,
        extra=extra,
        clauses=queries.clauses(g.event.id),
        present=queries.present_clause(g.event.id, clock.now()),
    )


@bp.post("/<slug:event>/desk/form/clause")
@requires(Permission.MANAGE_EVENT)
def publish_clause(event: str) -> Response | str:
    """Let the next version of the clause hold."""
    form = KeepClause()
    if not form.validate():
        return _page(form)
    seen = form.seen.data or ""
    try:
        row = commands.publish_clause(
            g.event.id,
            clock.now(),
            text=form.text(),
            since=form.since.data,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
        )
    except Refused as refused:
        return _page(form, [sentence(refused)])
    flash(_("Version %(number)s of the clause is saved.", number=row.number), "ok")
    return see_other(".clause", event=event)
