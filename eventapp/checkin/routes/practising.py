"""The scanner without consequences, and the badges to try it with."""

from flask import render_template, url_for
from flask_babel import gettext as _

from eventapp.checkin import rules
from eventapp.checkin.routes.door import SCANNER_CSP, scanner_page
from eventapp.checkin.routes.frame import bp, own_door, verdict_words
from eventapp.checkin.rules import ScanCode
from eventapp.events.access import Permission
from eventapp.kernel import boundary, qr
from eventapp.kernel.guard import requires

LASTS = 15 * 60  # seconds after which a forgotten rehearsal ends by itself


@bp.get("/<slug:event>/door/<id:checkpoint_id>/practice")
@requires(Permission.CHECK_IN)
@boundary.csp(**SCANNER_CSP)
def practice(event: str, checkpoint_id: int) -> str:
    """Show the scanner of one checkpoint to rehearse with: nothing counts."""
    door = own_door(checkpoint_id)
    return scanner_page(
        door,
        scans_url=url_for("checkin_api.practise", checkpoint_id=door.id),
        is_lead=False,
        conflicts=0,
        worker_url="",
        manifest_url=None,
        walk_in_url=None,
        door_list_url="",
        badge_url="",
        stations=[],
        back_url=url_for(".door", event=event),
        practice={
            "badges_url": url_for(".test_badges", event=event, checkpoint_id=door.id),
            "end_url": url_for(".scanner", event=event, checkpoint_id=door.id),
            "door_url": url_for(".door", event=event),
            "seconds": LASTS,
        },
    )


@bp.get("/<slug:event>/door/<id:checkpoint_id>/practice/badges")
@requires(Permission.CHECK_IN)
def test_badges(event: str, checkpoint_id: int) -> str:
    """Show a test badge for each verdict, to scan from a second screen or from paper."""
    door = own_door(checkpoint_id)
    codes = [code for code in ScanCode if code is not ScanCode.OUT]
    words = verdict_words()
    texts = [rules.practice_code(code) for code in codes]
    return render_template(
        "checkin/test_badges.html",
        door=door,
        badges=[
            {"text": text, "svg": qr.svg(text, text), "word": words[code]}
            for code, text in zip(codes, texts, strict=True)
        ],
        back={
            "text": _("Practise"),
            "url": url_for(".practice", event=event, checkpoint_id=door.id),
        },
    )
