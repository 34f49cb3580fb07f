"""Pages about reading itself: the choice of language, and the design system's components."""

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.kernel import boundary, i18n
from eventapp.kernel.guard import public

bp = Blueprint("reader", __name__)


@bp.post("/language/<locale>")
@public
def language(locale: str) -> Response:
    """Show every page in another language from now on, beginning with the one at hand."""
    if locale not in i18n.LOCALES:
        abort(404)
    back = boundary.safe_next(request.form.get("next"), "/")
    return i18n.remember(redirect(back, code=303), locale)  # type: ignore[arg-type]


@bp.get("/components")
@public
def components() -> str:
    """Show every component of the design system with its macro."""
    return render_template("kernel/components.html")


def install(app: Flask) -> None:
    """Give every page its icons, and its language form the way back to that page."""
    app.jinja_env.globals.update(way_back=way_back, sprite=sprite)


def sprite() -> str:
    """Return the address of the icons, worked out once a request: a page shows dozens."""
    if "sprite" not in g:
        g.sprite = url_for("static", filename="icons.svg")
    return str(g.sprite)


def come_back_to(path: str) -> None:
    """Let the choice of language lead to *path*, not to whatever else the address says.

    A page that is everybody's must not hold what the first of its readers had in the address.
    """
    g.way_back = path


def way_back() -> str:
    """Return the address of the present page, sealed for `language`; "/" for an odd one."""
    try:
        return boundary.make_next(g.get("way_back") or request.full_path.rstrip("?"))
    except ValueError:
        return boundary.make_next("/")
