"""Who speaks, trains and moderates."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, mails, queries
from eventapp.programme.forms import KeepSpeaker
from eventapp.programme.models import Speaker
from eventapp.programme.routes.frame import bp
from eventapp.programme.rules.asking import Owing
from eventapp.programme.rules.planned import Planned


@bp.get("/<slug:event>/desk/speakers")
@requires(Permission.EDIT_PROGRAMME)
def speakers(event: str) -> str:
    """List who speaks, trains and moderates, with what each leads."""
    return _speakers_page(KeepSpeaker(formdata=None))


def _speakers_page(form: KeepSpeaker) -> str:
    boundary.keep_private()
    return render_template(
        "programme/speakers.html",
        form=form,
        speakers=queries.speakers(g.event.id),
        led=_led(),
    )


def _led() -> Mapping[int, list[Planned]]:
    led: dict[int, list[Planned]] = {}
    for row in queries.draft(g.event.id):
        for speaker_id in row.session.speaker_ids:
            led.setdefault(speaker_id, []).append(row.session)
    return led


@bp.post("/<slug:event>/desk/speakers")
@requires(Permission.EDIT_PROGRAMME)
def add_speaker(event: str) -> Response | str:
    """Add somebody to the event's speakers."""
    form = KeepSpeaker()
    if not form.validate():
        return _speakers_page(form)
    try:
        commands.name_speaker(g.event.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _speakers_page(form)
    flash(_("%(name)s is among the speakers now.", name=form.full_name()), "ok")
    return see_other(".speakers", event=event)


@bp.get("/<slug:event>/desk/speakers/missing")
@requires(Permission.EDIT_PROGRAMME)
def owing(event: str) -> str:
    """Show which speakers have not said something, and who would be asked for it now."""
    boundary.keep_private()
    now = clock.now()
    rows = [(one, one.standing(now)) for one in queries.owing(g.event, now)]
    return render_template(
        "programme/owing.html",
        rows=rows,
        counts=Counter(standing for _one, standing in rows),
        asked_at=_last_asked([one for one, _standing in rows]),
    )


@bp.post("/<slug:event>/desk/speakers/missing")
@requires(Permission.EDIT_PROGRAMME)
def ask(event: str) -> Response:
    """Ask the speakers for what is missing; nobody twice within a day."""
    asked = commands.ask_speakers(g.event.id, clock.now())
    last = _last_asked(queries.owing(g.event, clock.now()))
    if asked:
        told = ngettext("A letter goes to %(num)d person.", "Letters go to %(num)d people.", asked)
        flash(told, "ok")
    elif last is not None:
        when = i18n.when(last)
        told = _("Nobody is asked again: the last letter went out on %(when)s.", when=when)
        flash(told, "info")
    else:
        flash(_("There is nobody to write to."), "info")
    return see_other(".owing", event=event)


def _last_asked(rows: Iterable[Owing]) -> datetime | None:
    return max((one.asked_at for one in rows if one.asked_at is not None), default=None)


@bp.get("/<slug:event>/desk/speakers/<id:speaker_id>")
@requires(Permission.EDIT_PROGRAMME)
def speaker(event: str, speaker_id: int) -> str:
    """Show what is known of a speaker, to be changed."""
    row = _own_speaker(speaker_id)
    return _speaker_page(KeepSpeaker(formdata=None, **KeepSpeaker.shown(row)), row)


def _speaker_page(form: KeepSpeaker, row: Speaker) -> str:
    boundary.keep_private()
    return render_template(
        "programme/speaker.html",
        form=form,
        row=row,
        name=queries.name_of(row.person),
        led=_led().get(row.id, []),
        link=mails.link_url(row),
    )


@bp.post("/<slug:event>/desk/speakers/<id:speaker_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_speaker(event: str, speaker_id: int) -> Response | str:
    """Replace what is known of a speaker."""
    row = _own_speaker(speaker_id)
    form = KeepSpeaker()
    if not form.validate():
        return _speaker_page(form, row)
    commands.edit_speaker(row.id, clock.now(), **form.values())
    flash(_("What is known of %(name)s is saved.", name=form.full_name()), "ok")
    return see_other(".speakers", event=event)


@bp.post("/<slug:event>/desk/speakers/<id:speaker_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_speaker(event: str, speaker_id: int) -> Response:
    """Take somebody off the list of speakers."""
    row = _own_speaker(speaker_id)
    name = queries.name_of(row.person)
    try:
        commands.remove_speaker(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".speaker", event=event, speaker_id=speaker_id)
    flash(_("%(name)s is no longer among the speakers.", name=name), "ok")
    return see_other(".speakers", event=event)


@bp.post("/<slug:event>/desk/speakers/<id:speaker_id>/link")
@requires(Permission.EDIT_PROGRAMME)
def send_link(event: str, speaker_id: int) -> Response:
    """Send a speaker the personal link."""
    row = _own_speaker(speaker_id)
    try:
        commands.send_speaker_link(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The link is on its way."), "ok")
    return see_other(".speaker", event=event, speaker_id=speaker_id)


@bp.post("/<slug:event>/desk/speakers/<id:speaker_id>/new-link")
@requires(Permission.EDIT_PROGRAMME)
def renew_link(event: str, speaker_id: int) -> Response:
    """Replace a personal link that came into wrong hands."""
    _own_speaker(speaker_id)
    commands.renew_speaker_link(speaker_id, clock.now())
    flash(_("The old link opens nothing any more. Send the new one."), "ok")
    return see_other(".speaker", event=event, speaker_id=speaker_id)


def _own_speaker(speaker_id: int) -> Speaker:
    row = queries.speaker(speaker_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row
