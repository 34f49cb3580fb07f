"""What leaves the jury's room: the bundle with which others count again, the ceremony's order."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, g, render_template, url_for
from flask_babel import gettext as _

from eventapp.awards import queries, rules
from eventapp.awards.models import Nomination
from eventapp.awards.queries import Verdict
from eventapp.awards.routes.frame import bp, the_call
from eventapp.events.access import Permission
from eventapp.kernel import boundary
from eventapp.kernel.guard import requires
from eventapp.kernel.uploads import as_attachment


@bp.get("/<slug:event>/jury/bundle")
@requires(Permission.KEEP_MINUTES)
def bundle(event: str) -> FlaskResponse:
    """Hand out the archive with which anybody can count every award again."""
    boundary.keep_private()
    files = queries.bundle(the_call().id)
    if not any(name.startswith("awards/") for name in files):
        abort(404)
    packed = rules.bundles.archive(files)
    return as_attachment(packed, f"{g.event.slug}-bundle.zip", "application/zip")


@bp.get("/<slug:event>/jury/script")
@requires(Permission.SEE_JURY)
def script(event: str) -> str:
    """Show the order of the ceremony, and which laureates have come, as the door knows it."""
    boundary.keep_private()
    call = the_call()
    here = queries.organisations_here(g.event.id)
    named = {each.id: each for each in queries.nominations(call.id)}
    return render_template(
        "awards/script.html",
        call=call,
        items=[_item(each, named, here) for each in queries.verdicts(call.id)],
        back={"text": _("Results"), "url": url_for(".verdicts", event=g.event.slug)},
    )


def _item(verdict: Verdict, named: dict[int, Nomination], here: Collection[int]) -> dict[str, Any]:
    """Return one award's part of the ceremony: distinctions first, then the prize."""
    decision = verdict.decision
    order: Sequence[tuple[int, bool]] = [
        *((entry, False) for entry in decision.distinctions),
        *((entry, True) for entry in decision.winners),
    ]
    return {
        "award": verdict.award,
        "open": bool(decision.open_tie),
        "steps": [
            {"row": named[entry], "prize": prize, "here": named[entry].organisation_id in here}
            for entry, prize in order
        ],
    }
