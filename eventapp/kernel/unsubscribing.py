"""Pages on which the reader of a letter declines the next ones (RFC 8058), and takes it back.

A mail program asks by itself, without cookies and without the page: the token in the address is
the proof. A GET changes nothing, since filters of mail follow every link.
"""

from flask import Blueprint, abort, flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.kernel import bounces, boundary, clock, declined, limits
from eventapp.kernel.guard import public
from eventapp.kernel.pages import see_other
from eventapp.kernel.post import Mail

bp = Blueprint("unsubscribing", __name__)


@bp.get("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> str:
    """Ask whether no more such letters are wanted."""
    letter = _letter(token)
    boundary.keep_private()
    done = declined.is_declined(letter.recipient, letter.event_id)
    return render_template("kernel/unsubscribe.html", letter=letter, done=done, token=token)


@bp.post("/unsubscribe/<token>")
@public
def decline(token: str) -> Response:
    """Send no more letters of that event that nobody needs; also what a mail program asks for."""
    letter = _letter(token)
    declined.decline(letter.recipient, letter.event_id or 0, letter.about, clock.now())
    return see_other(".unsubscribe", token=token)


@bp.post("/unsubscribe/<token>/undo")
@public
def want_again(token: str) -> Response:
    """Send them again."""
    letter = _letter(token)
    declined.want_again(letter.recipient, letter.event_id or 0, letter.about)
    flash(_("Such letters come again."), "ok")
    return see_other(".unsubscribe", token=token)


def _letter(token: str) -> Mail:
    job_id = declined.job_of(token)
    letter = bounces.letter_of_job(job_id) if job_id is not None else None
    if letter is None or letter.event_id is None:
        limits.hit("token-probes", limits.address())
        abort(404)
    return letter
