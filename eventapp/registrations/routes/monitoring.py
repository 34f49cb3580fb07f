"""The third layer as a step of its own, only where the grant asks; everything can be refused."""

from typing import Any

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import see_other
from eventapp.registrations import commands, queries
from eventapp.registrations.forms.monitoring import Monitoring, monitoring_form
from eventapp.registrations.routes.frame import bp


@bp.get("/<slug:event>/my/monitoring")
@requires(Permission.SIGN_UP)
def monitoring(event: str) -> str:
    """Ask what the grant's report needs, each with its purpose; nothing given is shown again."""
    return _page(_form(formdata=None))


def _form(**given: Any) -> Monitoring:
    names = queries.form_of(g.event.id).monitoring
    if not names:
        abort(404)
    return monitoring_form(names, **given)


def _page(form: Monitoring) -> str:
    boundary.keep_private()
    return render_template(
        "registrations/monitoring.html",
        form=form,
        given=queries.sealed_monitoring(g.registration.id) is not None,
    )


@bp.post("/<slug:event>/my/monitoring")
@requires(Permission.SIGN_UP)
def save_monitoring(event: str) -> Response | str:
    """Keep what was answered, encrypted; what was left empty stays as it was."""
    form = _form()
    if not form.validate():
        return _page(form)
    commands.answer_monitoring(g.registration.id, form.answers(), clock.now())
    flash(_("Thank you. The answers are kept encrypted."), "ok")
    return see_other(".details", event=event)
