"""The organiser's desk: overview, people, sessions, history."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.queries import Happening
from eventapp.desk.routes.frame import bp, labelled, shown
from eventapp.desk.routes.outbox import WORDS
from eventapp.desk.routes.people import missing_names
from eventapp.desk.routes.words import answer_name
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.invites import queries as invited
from eventapp.kernel import boundary, clock, i18n, journal, outbox, text
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import can, requires
from eventapp.kernel.pages import flash_refusal, flash_with_undo, said, see_other
from eventapp.kernel.refusal import Refused, Stale
from eventapp.kernel.text import BadText
from eventapp.programme import queries as programme_of
from eventapp.programme.models import Session
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people_of
from eventapp.registrations import rules as taking_part
from eventapp.registrations.models import ConsentKind, Registration, State
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.many import Telling
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from eventapp.signups.rules import Promotion

PAGE = 50


@bp.get("/<slug:event>/desk")
@requires(Permission.SEE_DESK)
def overview(event: str) -> str:
    """Show what needs the organiser today, then the event at a glance."""
    found = queries.overview(g.event, clock.now())
    return render_template(
        "desk/overview.html",
        found=found,
        tasks=[task for task in found.tasks if can(task.may)],
        task_words=lambda code, count: TASKS[code](count),
        history=queries.history(g.event.id, limit=8),
    )


# What waits for the organiser, by the code of a task and how many there are.
TASKS: Mapping[str, Callable[[int], str]] = {
    "pending": lambda count: ngettext(
        "%(num)d registration awaits a decision",
        "%(num)d registrations await a decision",
        count,
    ),
    "unannounced": lambda count: ngettext(
        "%(num)d person is decided about and not told yet",
        "%(num)d people are decided about and not told yet",
        count,
    ),
    "waiting": lambda count: ngettext(
        "%(num)d person is on the event's waiting list",
        "%(num)d people are on the event's waiting list",
        count,
    ),
    "corrections": lambda count: ngettext(
        "%(num)d correction of personal data waits for you",
        "%(num)d corrections of personal data wait for you",
        count,
    ),
    "failed-mail": lambda count: ngettext(
        "%(num)d letter could not be delivered", "%(num)d letters could not be delivered", count
    ),
    "held-mail": lambda count: ngettext(
        "The mail is paused, and %(num)d letter waits",
        "The mail is paused, and %(num)d letters wait",
        count,
    ),
    "unreachable": lambda count: ngettext(
        "Letters to %(num)d person come back: call or correct the address",
        "Letters to %(num)d people come back: call or correct the addresses",
        count,
    ),
    "quarantine": lambda count: ngettext(
        "%(num)d message that came in waits for you",
        "%(num)d messages that came in wait for you",
        count,
    ),
    "over-capacity": lambda count: ngettext(
        "%(num)d person more is qualified than the event has places",
        "%(num)d people more are qualified than the event has places",
        count,
    ),
    "no-category": lambda _count: _("Nobody can register yet: say who may take part"),
    "no-checkpoint": lambda _count: _("Nobody can be let in yet: set a checkpoint up"),
    "errors": lambda count: ngettext(
        "%(num)d error in the plan holds the release up",
        "%(num)d errors in the plan hold the release up",
        count,
    ),
    "warnings": lambda count: ngettext(
        "%(num)d thing in the plan to look at", "%(num)d things in the plan to look at", count
    ),
    "unreleased": lambda count: ngettext(
        "%(num)d change of the plan that nobody else sees yet",
        "%(num)d changes of the plan that nobody else sees yet",
        count,
    ),
    "unplanned": lambda count: ngettext(
        "%(num)d title that has no time yet", "%(num)d titles that have no time yet", count
    ),
    "silent-speakers": lambda count: ngettext(
        "%(num)d speaker has not told us everything yet: ask",
        "%(num)d speakers have not told us everything yet: ask them",
        count,
    ),
    "owed-lists": lambda count: ngettext(
        "%(num)d signed list is still to be reconciled",
        "%(num)d signed lists are still to be reconciled",
        count,
    ),
    "owed-cards": lambda count: ngettext(
        "%(num)d score sheet that jurors still owe: remind them",
        "%(num)d score sheets that jurors still owe: remind them",
        count,
    ),
    "without-email": lambda count: ngettext(
        "%(num)d person has no e-mail: print the letter",
        "%(num)d people have no e-mail: print the letters",
        count,
    ),
    "queues": lambda count: ngettext(
        "%(num)d session has a waiting list", "%(num)d sessions have a waiting list", count
    ),
}


@bp.get("/<slug:event>/desk/people/<id:registration_id>")
@requires(Permission.SEE_PEOPLE)
def person(event: str, registration_id: int) -> str:
    """Show one registration: data, places, letters, notes, history."""
    return _person_page(_own_registration(registration_id))


def _person_page(row: Registration, meanwhile: Sequence[Happening] = ()) -> str:
    boundary.keep_private()
    consents = people_of.consents(row.id)
    clause = consents.get(ConsentKind.INFORMATION_CLAUSE, False)
    replaces = people_of.registration(row.replaces_id) if row.replaces_id is not None else None
    return render_template(
        "desk/person.html",
        row=row,
        inviter=frame.organiser(row.organiser_id) if row.organiser_id is not None else None,
        own=places.own(row.id),
        positions=places.positions(row.id),
        consents=consents,
        letters=outbox.to_person(row.event_id, row.id, row.email, clock.now()),
        **WORDS,
        history=queries.history_of(row.id),
        meanwhile=meanwhile,
        seen=queries.newest_about(row.id),
        decided=people_of.open_decision(row.id),
        decisions=people_of.decisions(row.id),
        notes=people_of.notes(row.id),
        mailbox=_of_one_mailbox(row),
        namesakes=people_of.namesakes(row),
        predecessor=replaces,
        successor=people_of.replacing(row.id),
        missing=taking_part.missing(row, clause=clause),
        missing_names=missing_names(),
        choices=[state for state in CHOICES if state in taking_part.MOVES[row.state]],
        tells=g.event.tells_decisions,
        typed=request.form,
        given=_given(row),
    )


# The order in which decisions are offered.
CHOICES = (State.QUALIFIED, State.WAITING, State.REJECTED, State.PENDING)


def _of_one_mailbox(row: Registration) -> Sequence[Registration]:
    """List who else uses the same mailbox."""
    if not row.email:
        return []
    return [one for one in people_of.open_at(g.event.id, row.email) if one.id != row.id]


def _given(row: Registration) -> list[tuple[str, Any, bool]]:
    """Return somebody's answers: the question as put then, the answer, whether it changed."""
    return [
        (
            i18n.local(one.content["label"]),
            _answered(enquiry.shown_answer(one.content, one.value, i18n.current())),
            one.outdated,
        )
        for one in people_of.given(row.id)
    ]


def _answered(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return i18n.number(value) if isinstance(value, float) else value


def _own_registration(registration_id: int) -> Registration:
    row = people_of.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.post("/<slug:event>/desk/people/<id:registration_id>/decide")
@requires(Permission.MANAGE_PEOPLE)
def decide(event: str, registration_id: int) -> Response | str:
    """Let the organiser's decision about a registration stand, or keep it to be announced."""
    row = _own_registration(registration_id)
    wanted = request.form.get("state", "")
    if wanted not in taking_part.DECISIONS:
        abort(400)
    later = request.form.get("telling") == Telling.LATER
    verb = registrations.decide_silently if later else registrations.decide
    try:
        verb(row.id, State(wanted), clock.now(), **_said_of_decision())
    except Stale:
        look_again()
        since = boundary.read_id(request.form.get("seen")) or 0
        found = [one for one in queries.history_of(row.id) if one.fact.id > since]
        return _person_page(_own_registration(registration_id), found)
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".person", event=event, registration_id=registration_id)
    if later:
        said = _("The decision is noted; nobody is told before it is announced.")
        flash_with_undo(said, f"registration:{row.id}")
    else:
        signups.fill_seats(g.event.id, clock.now())
        flash(_("The decision is noted and the person is told."), "ok")
    return see_other(".person", event=event, registration_id=registration_id)


def _said_of_decision() -> dict[str, Any]:
    version = boundary.read_id(request.form.get("version"))
    return {
        "note": request.form.get("note", "").strip()[:2000],
        "message": " ".join(request.form.get("message", "").split())[:500],
        "expected": [version] if version is not None else None,
    }


@bp.post("/<slug:event>/desk/people/<id:registration_id>/take-back")
@requires(Permission.MANAGE_PEOPLE)
def take_back(event: str, registration_id: int) -> Response:
    """Drop a decision that was not announced."""
    row = _own_registration(registration_id)
    registrations.take_back(row.id, clock.now())
    flash_with_undo(_("The decision is dropped; nobody had been told."), f"registration:{row.id}")
    return see_other(".person", event=event, registration_id=registration_id)


@bp.post("/<slug:event>/desk/people/<id:registration_id>/note")
@requires(Permission.MANAGE_PEOPLE)
def write_note(event: str, registration_id: int) -> Response:
    """Add a note of the team."""
    row = _own_registration(registration_id)
    try:
        words = text.clean(request.form.get("text", ""), max_length=2000, multiline=True)
    except BadText as error:
        flash(said(error.sentence, error.details), "stop")
        return see_other(".person", event=event, registration_id=registration_id)
    if words:
        registrations.write_note(row.id, words, clock.now())
        flash(_("The note is kept; only the team sees it."), "ok")
    return see_other(".person", event=event, registration_id=registration_id)


@bp.post("/<slug:event>/desk/people/<id:registration_id>/check")
@requires(Permission.MANAGE_PEOPLE)
def check(event: str, registration_id: int) -> Response:
    """Note that the data of somebody were found right."""
    row = _own_registration(registration_id)
    registrations.check(row.id, clock.now())
    flash_with_undo(_("The data are marked as checked."), f"registration:{row.id}")
    return see_other(".person", event=event, registration_id=registration_id)


@bp.post("/<slug:event>/desk/people/<id:registration_id>/strike-off")
@requires(Permission.MANAGE_PEOPLE)
def strike_off(event: str, registration_id: int) -> Response:
    """Cancel a registration for somebody; the freed seats go to the queues at once."""
    row = _own_registration(registration_id)
    try:
        registrations.strike_off(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        signups.fill_seats(g.event.id, clock.now())
        flash(_("The registration is cancelled; freed places went to the waiting lists."), "ok")
    return see_other(".person", event=event, registration_id=registration_id)


@bp.get("/<slug:event>/desk/sessions")
@requires(Permission.SEE_DESK)
def sessions(event: str) -> str:
    """List the sessions with their seats and queues."""
    return render_template(
        "desk/sessions.html", days=labelled(queries.plan(g.event, None, clock.now()))
    )


@bp.get("/<slug:event>/desk/sessions/<id:session_id>")
@requires(Permission.SEE_PEOPLE)
def roster(event: str, session_id: int) -> str:
    """Show who has a seat in a session and who waits for one."""
    found = programme_of.session(session_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return render_template(
        "desk/roster.html",
        session=found,
        card=shown(queries.card(found, with_place=True)),
        roster=places.roster(found.id),
        seating=queries.seating(found, clock.now()),
        terms=places.terms(found.id),
        held=places.held(found.id),
        until=places.held_until(found.id, clock.now()),
        queue=places.queue(found.id),
        appointments=_appointments(found),
        answers=invited.answers(found.id),
        answer_name=answer_name,
    )


def _appointments(found: Session) -> dict[int, str]:
    """Return when each place in advice is and with whom, by sign-up; nothing where it is none."""
    names = {row.speaker_id: programme_of.name_of(row.speaker.person) for row in found.speakers}
    return {
        one.sign_up.id: f"{i18n.time_range(slot.starts_at, slot.ends_at)}, {names[slot.adviser_id]}"
        for slot, one in (places.advised(found) if found.appointment_minutes else {}).items()
    }


@bp.post("/<slug:event>/desk/sign-ups/<id:sign_up_id>/release")
@requires(Permission.MANAGE_PEOPLE)
def release(event: str, sign_up_id: int) -> Response:
    """Take a place from somebody; the next in the queue gets it at once."""
    held = places.sign_up(sign_up_id)
    if held is None or held.session.event_id != g.event.id:
        abort(404)
    try:
        signups.release_and_promote(sign_up_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_taken_back(g.event.id), "ok")
    return see_other(".roster", event=event, session_id=held.session_id)


def _taken_back(event_id: int) -> str:
    if places.policy(event_id).promotion == Promotion.OFFER:
        return _("The place is taken back; the next in the queue is asked.")
    return _("The place is taken back; the next in the queue has it.")


@bp.get("/<slug:event>/desk/history")
@requires(Permission.SEE_DESK)
def history(event: str) -> str:
    """Show what happened, newest first."""
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    rows = queries.history(g.event.id, before=number, limit=PAGE)
    return render_template("desk/history.html", rows=rows, more=len(rows) == PAGE)


@bp.post("/<slug:event>/desk/undo/<id:fact_id>")
@requires(Permission.EDIT_PROGRAMME)
def undo(event: str, fact_id: int) -> Response:
    """Take an edit back; undoing can be undone in its turn."""
    try:
        undone = journal.undo(g.event.id, fact_id, clock.now())
    except LookupError:
        abort(404)
    except Refused as refused:
        flash_refusal(refused)
    else:
        url = url_for(".undo", event=event, fact_id=undone)
        flash(_("The edit is taken back."), f"undo:{url}")
    return redirect(boundary.safe_next(request.form.get("next"), _history(event)), code=303)


def _history(event: str) -> str:
    return url_for(".history", event=event)
