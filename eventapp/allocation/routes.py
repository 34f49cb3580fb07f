"""Places by preference: the pages of participants and those of the team."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from eventapp.allocation import commands, jobs, queries, rules
from eventapp.allocation.forms import Deadline, Seed, SetUp
from eventapp.allocation.models import AllocationRound, Ranking
from eventapp.allocation.rules import Phase, RankingRefusal, RoundRefusal
from eventapp.allocation.rules.blocks import blocks, long
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other, sentence
from eventapp.kernel.refusal import N_, Refused
from eventapp.programme.models import Session

bp = Blueprint("allocation", __name__)

PHASES = {
    Phase.DRAFT: N_("draft"),
    Phase.PLANNED: N_("opens later"),
    Phase.OPEN: N_("people are ranking"),
    Phase.CLOSED: N_("ranking is closed"),
    Phase.RUN: N_("run, not announced"),
    Phase.ANNOUNCING: N_("being announced"),
    Phase.ANNOUNCED: N_("announced"),
}
# What a hard rule is called where it kept somebody from a session.
BARS = {
    "overlaps": N_("another place or duty of yours is at that time"),
    "other-session-taken": N_("you have a place in another session of it"),
    "already-signed-up": N_("you have a place in it already"),
    "prerequisite-missing": N_("it asks for another session before"),
    "limit-per-organisation": N_("as many people of your organisation as are allowed have a place"),
    "limit-per-person": N_("you have as many places as one person may have"),
    "wrong-category": N_("it is meant for other participants"),
    "not-approved": N_("your registration was not accepted by then"),
    "cancelled-session": N_("it was cancelled"),
}
OTHER_BAR = N_("a rule of the sign-up stood against it")
# The same in the team's tables.
BAR_NAMES = {
    "overlaps": N_("another place or duty at that time"),
    "other-session-taken": N_("a place in another session of it"),
    "already-signed-up": N_("a place in it already"),
    "prerequisite-missing": N_("without the session that it asks for"),
    "limit-per-organisation": N_("the limit of the organisation is reached"),
    "limit-per-person": N_("the limit of the person is reached"),
    "wrong-category": N_("another category"),
    "not-approved": N_("registration not accepted"),
    "cancelled-session": N_("session cancelled"),
}


def install(app: Flask) -> None:
    """Give templates the words of allocations."""
    app.jinja_env.globals.update(
        allocation_phase=lambda row: rules.phase(row, clock.now()),
        phase_words=lambda phase: _(PHASES[phase]),
        bar_words=lambda code: _(BARS.get(code, OTHER_BAR)),
        bar_name=lambda code: _(BAR_NAMES.get(code, OTHER_BAR)),
        open_allocations=open_allocations,
        choice_columns=choice_columns,
    )


def choice_columns(choices: int) -> list[dict[str, Any]]:
    """Return the heads of the columns that count choices, from the first on."""
    return [
        {"text": _("Choice number %(rank)s", rank=rank), "end": True}
        for rank in range(1, choices + 1)
    ]


def open_allocations() -> list[tuple[AllocationRound, Phase, Ranking | None]]:
    """List the allocations of the event at hand for the participant who reads."""
    return [
        (row, rules.phase(row, clock.now()), queries.ranking(row.id, g.registration.id))
        for row in queries.shown(g.event.id)
    ]


# --- participants -------------------------------------------------------------------------


@bp.get("/<slug:event>/my/wishes")
@requires(Permission.SIGN_UP)
def wishes(event: str) -> Answer | str:
    """Lead to the allocation there is, or list them."""
    rows = open_allocations()
    if len(rows) == 1:
        return redirect(url_for(".ranking", event=event, allocation_id=rows[0][0].id), code=303)
    return render_template("allocation/wishes.html", rows=rows)


@bp.get("/<slug:event>/my/wishes/<id:allocation_id>")
@requires(Permission.SIGN_UP)
def ranking(event: str, allocation_id: int) -> str:
    """Let a participant rank, and afterwards read what came of it and why."""
    row = _shown(allocation_id)
    kept = queries.ranking(row.id, g.registration.id)
    return _ranking_page(row, kept, list(kept.choices) if kept else [], None)


def _shown(allocation_id: int) -> AllocationRound:
    row = queries.allocation(allocation_id)
    if row is None or row.event_id != g.event.id or row.state == "draft":
        abort(404)
    return row


def _ranking_page(
    row: AllocationRound, kept: Ranking | None, choices: list[int], fault: str | None
) -> str:
    boundary.keep_private()
    held = queries.sessions(row.id)
    announced = rules.phase(row, clock.now()) is Phase.ANNOUNCED
    return render_template(
        "allocation/ranking.html",
        row=row,
        phase=rules.phase(row, clock.now()),
        kept=kept,
        blocks=blocks(held),
        long=long(held),
        chosen=[_chosen(block, choices, row.choices) for block in blocks(held)],
        flexible=request.form.get("flexible") == "1" if fault else bool(kept and kept.flexible),
        fault=fault,
        told=queries.told(row, g.registration.id) if announced else [],
        run=queries.run(row.run_id) if announced else None,
        key=rules.key_of(row.salt, "registration", g.registration.id),
    )


def _chosen(block: list[Session], choices: list[int], most: int) -> list[int | None]:
    """Return what stands in a block's rows, as many as can be ranked."""
    known = {one.id for one in block}
    own: list[int | None] = [one for one in choices if one in known]
    rows = min(most, len(block))
    return (own + [None] * rows)[: max(rows, len(own))]


@bp.post("/<slug:event>/my/wishes/<id:allocation_id>")
@requires(Permission.SIGN_UP)
def rank(event: str, allocation_id: int) -> Answer | str:
    """Save a participant's wishes."""
    row = _shown(allocation_id)
    typed = [boundary.read_id(one) for one in request.form.getlist("choice")]
    choices = [one for one in typed if one is not None]
    try:
        commands.rank(
            allocation_id, g.registration.id, choices, clock.now(),
            flexible=request.form.get("flexible") == "1",
        )  # fmt: skip
    except Refused as refused:
        said = sentence(refused)
        if refused.reason in {RankingRefusal.NAMED_TWICE, RankingRefusal.TOO_MANY}:
            row = _shown(allocation_id)
            return _ranking_page(
                row, queries.ranking(allocation_id, g.registration.id), choices, said
            )
        flash(said, "stop")
    else:
        flash(_("Your wishes are saved. You can change them until the deadline."), "ok")
    return see_other(".ranking", event=event, allocation_id=row.id)


@bp.get("/<slug:event>/my/wishes/<id:allocation_id>/file")
@requires(Permission.SIGN_UP)
def own_file(event: str, allocation_id: int) -> Response:
    """Hand out the file with which anybody can compute the outcome again."""
    row = _shown(allocation_id)
    if rules.phase(row, clock.now()) is not Phase.ANNOUNCED or row.run_id is None:
        abort(404)
    return _file(row, row.run_id)


def _file(row: AllocationRound, run_id: int) -> Response:
    name = f"allocation-{g.event.slug}-{row.id}.json"
    answer = Response(queries.published(run_id), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


# --- the team -----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/allocations")
@requires(Permission.SEE_PEOPLE)
def allocations(event: str) -> str:
    """List the event's allocations."""
    rows = queries.allocations(g.event.id)
    counts = {row.id: queries.ranked_count(row.id) for row in rows}
    return render_template("allocation/allocations.html", rows=rows, counts=counts)


@bp.get("/<slug:event>/desk/allocations/new")
@requires(Permission.MANAGE_PEOPLE)
def new_allocation(event: str) -> str:
    """Ask for the set-up of an allocation."""
    now = clock.now().replace(second=0, microsecond=0)
    form = SetUp(
        formdata=None, opens_at=now, closes_at=now + timedelta(days=7), choices=3, queues=True
    )
    return _set_up_page(form, None)


def _set_up_page(form: SetUp, row: AllocationRound | None) -> str:
    form.offer(_can_be_chosen(row))
    return render_template("allocation/set_up.html", form=form, row=row)


def _can_be_chosen(row: AllocationRound | None) -> list[Session]:
    found = list(queries.eligible(g.event.id, clock.now()))
    known = {one.id for one in found}
    chosen = queries.sessions(row.id) if row is not None else []
    return sorted(
        [*found, *(one for one in chosen if one.id not in known)],
        key=lambda one: (one.starts_at, one.id),
    )


@bp.post("/<slug:event>/desk/allocations/new")
@requires(Permission.MANAGE_PEOPLE)
def set_up(event: str) -> Answer | str:
    """Set an allocation up."""
    form = SetUp()
    form.offer(_can_be_chosen(None))
    if not form.validate():
        return _set_up_page(form, None)
    try:
        row = commands.set_up(g.event.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _set_up_page(form, None)
    flash(_("The allocation is set up. Open it when people may rank."), "ok")
    return see_other(".allocation", event=event, allocation_id=row.id)


@bp.get("/<slug:event>/desk/allocations/<id:allocation_id>/set-up")
@requires(Permission.MANAGE_PEOPLE)
def edit_allocation(event: str, allocation_id: int) -> str:
    """Show the set-up of a draft, to be changed."""
    row = _own(allocation_id)
    return _set_up_page(SetUp(formdata=None, **SetUp.given(row, queries.session_ids(row.id))), row)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/set-up")
@requires(Permission.MANAGE_PEOPLE)
def change_allocation(event: str, allocation_id: int) -> Answer | str:
    """Change the set-up of a draft."""
    row = _own(allocation_id)
    form = SetUp()
    form.offer(_can_be_chosen(row))
    if not form.validate():
        return _set_up_page(form, row)
    try:
        commands.change(allocation_id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _set_up_page(form, _own(allocation_id))
    flash(_("The set-up is saved."), "ok")
    return see_other(".allocation", event=event, allocation_id=allocation_id)


def _own(allocation_id: int) -> AllocationRound:
    row = queries.allocation(allocation_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.get("/<slug:event>/desk/allocations/<id:allocation_id>")
@requires(Permission.SEE_PEOPLE)
def allocation(event: str, allocation_id: int) -> str:
    """Show how an allocation stands, what the last run gave, and the acts that fit."""
    return _page(_own(allocation_id))


def _page(row: AllocationRound, **given: Any) -> str:
    boundary.keep_private()
    held = queries.sessions(row.id)
    run = queries.run(row.run_id)
    phase = rules.phase(row, clock.now())
    forms = {
        "deadline": Deadline(formdata=None, closes_at=row.closes_at),
        "seed": Seed(formdata=None),
    }
    return render_template(
        "allocation/allocation.html",
        row=row,
        phase=phase,
        sessions={one.id: one for one in held},
        blocks=blocks(held),
        demand=queries.demand(queries.rankings(row.id), held, row.choices) if run is None else {},
        ranked=queries.ranked_count(row.id),
        silent=queries.silent_count(row),
        run=run,
        runs=queries.runs(row.id),
        without=_without(row, run),
        written=queries.written_counts(row.run_id or 0) if phase is Phase.ANNOUNCING else (0, 0),
        parsed=i18n.parsed,
        **(forms | given),
    )


def _without(row: AllocationRound, run: Any) -> list[tuple[int, Any]]:
    """List who got nothing, block by block, where anybody did."""
    if run is None:
        return []
    return [
        (number, queries.without(run.id, number))
        for number, block in enumerate(run.blocks)
        if block["without"]
    ]


def _done(allocation_id: int, act: Callable[[], Any], told: str) -> Answer:
    try:
        act()
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(told, "ok")
    return see_other(".allocation", event=g.event.slug, allocation_id=allocation_id)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/open")
@requires(Permission.MANAGE_PEOPLE)
def open_allocation(event: str, allocation_id: int) -> Answer:
    """Let people rank."""
    row = _own(allocation_id)
    told = _("People can rank. Nobody signs up for these sessions by themselves meanwhile.")
    return _done(row.id, lambda: commands.open_round(row.id, clock.now()), told)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/withdraw")
@requires(Permission.MANAGE_PEOPLE)
def withdraw(event: str, allocation_id: int) -> Answer:
    """Make an allocation a draft again."""
    row = _own(allocation_id)
    told = _("The allocation is a draft again; the wishes are kept.")
    return _done(row.id, lambda: commands.withdraw(row.id, clock.now()), told)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/remove")
@requires(Permission.MANAGE_PEOPLE)
def remove(event: str, allocation_id: int) -> Answer:
    """Remove a draft."""
    row = _own(allocation_id)
    try:
        commands.remove(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".allocation", event=event, allocation_id=allocation_id)
    flash(_("The allocation is removed."), "ok")
    return see_other(".allocations", event=event)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/deadline")
@requires(Permission.MANAGE_PEOPLE)
def move_deadline(event: str, allocation_id: int) -> Answer | str:
    """Let people rank until another moment, also again after the deadline."""
    row = _own(allocation_id)
    form = Deadline()
    if not form.validate():
        return _page(row, deadline=form)
    told = _("People can rank until %(when)s.", when=i18n.when(form.closes_at.data))
    return _done(
        allocation_id,
        lambda: commands.move_deadline(allocation_id, form.closes_at.data, clock.now()),
        told,
    )


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/close")
@requires(Permission.MANAGE_PEOPLE)
def close(event: str, allocation_id: int) -> Answer:
    """Let nobody rank any more."""
    row = _own(allocation_id)
    told = _("Ranking is closed. Run the allocation when you like.")
    return _done(row.id, lambda: commands.close(row.id, clock.now()), told)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/remind")
@requires(Permission.MANAGE_PEOPLE)
def remind(event: str, allocation_id: int) -> Answer:
    """Ask those who have not ranked yet."""
    row = _own(allocation_id)
    try:
        written = commands.remind(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(
            ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", written),
            "ok",
        )
    return see_other(".allocation", event=event, allocation_id=allocation_id)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/run")
@requires(Permission.MANAGE_PEOPLE)
def run(event: str, allocation_id: int) -> Answer | str:
    """Compute an outcome to look at; for many people a job does it."""
    row = _own(allocation_id)
    form = Seed()
    if not form.validate():
        return _page(row, seed=form)
    seed = form.seed.data or commands.new_seed()
    if jobs.is_large(allocation_id):
        told = _("The outcome is being computed; this page shows it in a moment.")
        return _done(allocation_id, lambda: jobs.run_later(allocation_id, seed, clock.now()), told)
    told = _("The outcome is there to look at; nobody has been told.")
    return _done(allocation_id, lambda: commands.run(allocation_id, seed, clock.now()), told)


@bp.post("/<slug:event>/desk/allocations/<id:allocation_id>/announce")
@requires(Permission.MANAGE_PEOPLE)
def announce(event: str, allocation_id: int) -> Answer:
    """Let the outcome stand: places are written, and everybody is told."""
    row = _own(allocation_id)
    try:
        jobs.announce(row.id, clock.now())
    except Refused as refused:
        if refused.reason is RoundRefusal.ANNOUNCED:  # a second click finds it done
            flash(_("The places are announced."), "info")
        else:
            flash_refusal(refused)
    else:
        flash(
            _(
                "The places are announced; everybody gets the outcome in one letter, "
                "and an invite to each place."
            ),
            "ok",
        )
    return see_other(".allocation", event=event, allocation_id=allocation_id)


@bp.get("/<slug:event>/desk/allocations/<id:allocation_id>/file")
@requires(Permission.SEE_PEOPLE)
def file(event: str, allocation_id: int) -> Response:
    """Hand out the file of the last run."""
    row = _own(allocation_id)
    if row.run_id is None:
        abort(404)
    return _file(row, row.run_id)


@bp.get("/<slug:event>/desk/allocations/<id:allocation_id>/silent")
@requires(Permission.SEE_PEOPLE)
def silent(event: str, allocation_id: int) -> str:
    """List who has not ranked, also those without an e-mail, who want a call."""
    row = _own(allocation_id)
    return render_template("allocation/silent.html", row=row, people=queries.silent(row))
