"""Papers of a jury as PDF: minutes, score sheets, declarations, diplomas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, g
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.awards import queries
from eventapp.awards.models import Ballot, Call, Juror, Nomination, Round
from eventapp.awards.queries import Verdict
from eventapp.awards.routes.frame import (
    bp,
    juror_name,
    points,
    rule_lines,
    the_call,
    total_of,
    words,
)
from eventapp.awards.routes.jury import declaration_words
from eventapp.awards.rules.states import CardsFate, NominationState, RoundState
from eventapp.awards.tally import verify
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, pdf
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import as_attachment

SIGN = "_"  # a cell to sign in
LONGEST_WHY = 200  # characters on a diploma

Part = dict[str, Any]
Paper = list[Part]


def _heading(told: str, level: int = 2) -> Part:
    return {"kind": "heading", "level": level, "text": told}


def _text(told: str, *, strong: bool = False) -> Part:
    return {"kind": "text", "text": told, "strong": strong}


def _small(told: str) -> Part:
    return {"kind": "small", "text": told}


def _table(columns: Mapping[str, float], rows: Sequence[Sequence[str]]) -> Part:
    """Return a table; *columns* maps each heading to its share of the width."""
    widths = list(columns.values())
    return {"kind": "table", "columns": list(columns), "widths": widths, "rows": rows}


def _made(papers: Sequence[Paper], title: str, name: str) -> Response | FlaskResponse:
    boundary.keep_private()
    foot = f"{i18n.local(g.event.title)} · {title}"
    return _rendered("jury", {"papers": papers, "foot": foot}, title, name)


def _rendered(
    template: str, data: Mapping[str, Any], title: str, name: str
) -> Response | FlaskResponse:
    boundary.keep_private()
    try:
        content = pdf.render(template, data, title=title, lang=i18n.current())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".verdicts", event=g.event.slug)
    return as_attachment(content, f"{g.event.slug}-{name}.pdf", pdf.MEDIA_TYPE)


# --- the minutes --------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/minutes.pdf")
@requires(Permission.KEEP_MINUTES)
def minutes_pdf(event: str) -> Response | FlaskResponse:
    """Hand out the draft of the minutes as a PDF, ready to sign."""
    title = _("Minutes of the jury’s meeting")
    return _made([list(_minutes(the_call()))], title, "minutes")


def _minutes(call: Call) -> Iterator[Part]:
    jury = queries.jurors(call.id)
    rounds = queries.rounds(call.id)
    named = {each.id: each for each in queries.nominations(call.id)}
    yield _heading(_("Minutes of the jury’s meeting"), 1)
    yield _text(i18n.when(call.meets_at) if call.meets_at else i18n.when(clock.now()))
    drafted = i18n.when(clock.now())
    yield _text(
        _("Draft made by the system on %(when)s. It becomes the minutes when signed.", when=drafted)
    )
    yield _heading("1. " + _("Subject of the meeting"))
    yield _text(f"{i18n.local(call.name)}. {i18n.local(call.regulations)}".strip())
    yield from _composition(jury)
    yield from _received(named)
    yield from _exclusions(call, jury, named)
    yield _heading("5. " + _("Method of counting"))
    for line in rule_lines(call.rulebook):
        yield _text(f"• {line}")
    yield from _changes(call)
    yield _heading("6. " + _("Course and decisions"))
    for each in rounds:
        yield from _course(each, call, jury, named)
    yield from _ending(call, jury, rounds)


def _composition(jury: Sequence[Juror]) -> Iterator[Part]:
    yield _heading("2. " + _("Composition and attendance"))
    columns = {
        _("No."): 0.4,
        _("Full name"): 2,
        _("Function"): 1.4,
        _("Institution"): 2,
        _("Declaration signed"): 1.2,
    }
    rows = [
        [
            f"{place}.",
            juror_name(each),
            words("juror", each.role) + ("" if each.voting else f" ({_('without a vote')})"),
            each.institution,
            i18n.when_short(each.declaration_signed_at)
            if each.declaration_signed_at
            else _("outstanding"),
        ]
        for place, each in enumerate(jury, start=1)
    ]
    yield _table(columns, rows)


def _received(named: Mapping[int, Nomination]) -> Iterator[Part]:
    states = [each.state for each in named.values()]
    yield _heading("3. " + _("Nominations"))
    yield _text(
        _(
            "Received: %(received)s. Accepted for judging: %(accepted)s. Rejected on formal "
            "grounds: %(rejected)s. Withdrawn: %(withdrawn)s.",
            received=sum(each.submitted_at is not None for each in named.values()),
            accepted=states.count(NominationState.ACCEPTED),
            rejected=states.count(NominationState.REJECTED),
            withdrawn=states.count(NominationState.WITHDRAWN),
        )
    )
    for each in named.values():
        if each.state in {NominationState.REJECTED, NominationState.WITHDRAWN}:
            why = each.formal_reason or each.withdrawn_reason or ""
            yield _text(f"• {each.number} {each.nominee} – {words('nomination', each.state)} {why}")


def _exclusions(
    call: Call, jury: Sequence[Juror], named: Mapping[int, Nomination]
) -> Iterator[Part]:
    names = {each.id: juror_name(each) for each in jury}
    voided = {(each.juror_id, each.nomination_id): each for each in queries.voided(call.id)}
    recusals = queries.recusals(call.id)
    yield _heading("4. " + _("Exclusions from judging"))
    rows = []
    for each in recusals:
        late = (each.juror_id, each.nomination_id) in voided
        void = f" ({_('the card cast before is void')})" if late else ""
        told = named[each.nomination_id]
        when = i18n.when_short(each.declared_at)
        rows.append([names[each.juror_id], _entry(told), each.reason + void, when])
    if not rows:
        yield _text(_("None."))
    else:
        columns = {_("Juror"): 1.5, _("Nomination"): 2, _("Reason"): 2.4, _("Declared on"): 1.1}
        yield _table(columns, rows)
    known = {(each.juror_id, each.nomination_id) for each in recusals}
    others = [card for pair, card in voided.items() if pair not in known]
    if others:
        yield _text(_("Other voided cards:"))
    for card in others:
        number = named[card.nomination_id].number or ""
        yield _text(f"• {names[card.juror_id]}, {number}: {card.void_reason}")


def _entry(row: Nomination) -> str:
    return f"{row.number or ''} {row.nominee}".strip()


def _changes(call: Call) -> Iterator[Part]:
    for change in queries.rule_changes(call.id):
        if change.confirmed_at is None:
            continue
        when = i18n.when(change.confirmed_at)
        told = _(
            "These rules were changed on %(when)s: %(reason)s", when=when, reason=change.reason
        )
        fate = (
            ngettext(
                "%(num)d card became void.", "%(num)d cards became void.", len(change.set_aside)
            )
            if change.cards is CardsFate.VOID
            else _("The cards were carried over.")
        )
        yield _text(f"{told} {fate}")


def _course(
    of: Round, call: Call, jury: Sequence[Juror], named: Mapping[int, Nomination]
) -> Iterator[Part]:
    names = {each.id: juror_name(each) for each in jury}
    quorum = queries.quorum(of, call.id)
    yield _heading(i18n.local(of.award.name), 3)
    answer = _("there is a quorum") if quorum.body_met else _("there is no quorum")
    yield _text(
        _(
            "Quorum: %(present)s of %(appointed)s voting members take part, %(needed)s needed – "
            "%(answer)s.",
            present=quorum.present,
            appointed=quorum.appointed,
            needed=quorum.needed,
            answer=answer,
        )
    )
    for each in queries.absences(call.id):
        if each.round_id == of.id:
            name = names[each.juror_id]
            yield _text(_("Absent: %(name)s – %(reason)s", name=name, reason=each.reason))
    result = queries.result(of.id) if of.state is RoundState.COUNTED else None
    if result is None:
        yield _text(_("Not counted: %(state)s.", state=words("round", of.state)))
        return
    yield from _decided(queries.verdict(of, result), named)


def _decided(verdict: Verdict, named: Mapping[int, Nomination]) -> Iterator[Part]:
    decision, rulebook = verdict.decision, verdict.round.rulebook
    columns = {
        _("Rank"): 0.5,
        _("Nomination"): 3,
        _("Cards"): 0.6,
        _("Mean"): 0.8,
        _("Decision"): 1.3,
    }
    yield _table(
        columns,
        [
            [
                f"{row.place}.",
                _entry(named[row.nomination_id]),
                str(row.ballots),
                points(row.mean, rulebook),
                _fate(row.nomination_id, verdict),
            ]
            for row in verdict.ranking
        ],
    )
    if decision.tied:
        yield _text(_("Equal points: %(names)s.", names=_names(decision.tied, named)))
    if decision.tied and decision.step:
        yield _text(_("Resolved by: %(step)s.", step=words("tie", decision.step)))
    for act in queries.decisions(verdict.round.id):
        chosen = named[act.choice].nominee
        yield _text(_("Chosen: %(name)s. Ground: %(basis)s", name=chosen, basis=act.basis))
    yield _text(_outcome(verdict, named), strong=True)
    if verdict.round.close_reason:
        yield _text(verdict.round.close_reason)
    document = verdict.result.document
    yield _small(f"{_('Rules (SHA-256)')} {document['rulebook_sha256']}")
    yield _small(f"{_('Counted input (SHA-256)')} {document['input_sha256']}")


def _fate(nomination_id: int, verdict: Verdict) -> str:
    decision = verdict.decision
    if nomination_id in decision.winners:
        return _("award")
    if nomination_id in decision.distinctions:
        return _("distinction")
    why = decision.unranked.get(nomination_id)
    return words("unranked", why) if why else "–"


def _outcome(verdict: Verdict, named: Mapping[int, Nomination]) -> str:
    decision = verdict.decision
    if decision.winners:
        told = _("The award goes to: %(names)s.", names=_names(decision.winners, named))
        second = decision.distinctions
        more = _("Distinction: %(names)s", names=_names(second, named)) if second else ""
        return f"{told} {more}".strip()
    sentences = {
        "no-quorum": _("No decision for lack of a quorum."),
        "tied": _("The tie is open."),
    }
    return sentences.get(verdict.result.status, _("The award is not given."))


def _names(entries: Sequence[int], named: Mapping[int, Nomination]) -> str:
    return ", ".join(named[entry].nominee for entry in entries)


def _ending(call: Call, jury: Sequence[Juror], rounds: Sequence[Round]) -> Iterator[Part]:
    yield _heading("7. " + _("Announcement"))
    yield _text(
        _("The decisions are confidential until %(when)s.", when=i18n.when(call.embargo_until))
        if call.embargo_until
        else _("No moment of the announcement is set.")
    )
    if rounds and all(each.state is RoundState.COUNTED for each in rounds):
        yield _text(
            _(
                "Fingerprint of the verification bundle (SHA-256), with which anybody can count "
                "again:"
            )
        )
        yield _small(verify.fingerprint(queries.bundle(call.id)))
    yield _heading("8. " + _("Separate opinions"))
    yield {"kind": "lines", "count": 3}
    yield _heading("9. " + _("Signatures"))
    yield _table(
        {_("Full name"): 2, _("Function"): 1.4, _("Signature"): 2},
        [[juror_name(each), words("juror", each.role), SIGN] for each in jury],
    )
    yield _text(
        _(
            "Attachments: attendance list, declarations of impartiality and confidentiality, "
            "summary of scores."
        )
    )


# --- declarations and score sheets --------------------------------------------------------


@bp.get("/<slug:event>/jury/declarations.pdf")
@requires(Permission.KEEP_MINUTES)
def declarations(event: str) -> Response | FlaskResponse:
    """Hand out the declarations of impartiality, one page a juror, signed or to be signed."""
    call = the_call()
    title = _("Declaration of impartiality and confidentiality")
    papers = [_declaration(each, call, title) for each in queries.jurors(call.id) if each.voting]
    if not papers:
        flash(_("Nobody has been appointed yet."), "warn")
        return see_other(".verdicts", event=event)
    return _made(papers, title, "declarations")


def _declaration(juror: Juror, call: Call, title: str) -> Paper:
    signed = juror.declaration_signed_at
    told = (
        _("Signed in the system on %(when)s.", when=i18n.when(signed))
        if signed
        else _("Not signed in the system yet.")
    )
    seal = [_small(f"SHA-256 {juror.declaration_sha256}")] if juror.declaration_sha256 else []
    return [
        _heading(title, 1),
        _text(i18n.local(call.name)),
        _text(juror_name(juror), strong=True),
        _text(", ".join(part for part in (words("juror", juror.role), juror.institution) if part)),
        *(_text(paragraph) for paragraph in declaration_words()),
        _text(told),
        *seal,
        _table({_("Date"): 1, _("Signature"): 2}, [[SIGN, SIGN]]),
    ]


@bp.get("/<slug:event>/jury/score-sheets.pdf")
@requires(Permission.KEEP_MINUTES)
def score_sheets(event: str) -> Response | FlaskResponse:
    """Hand out what each juror gave in the counted rounds: never before the count."""
    call = the_call()
    counted = [each for each in queries.rounds(call.id) if each.state is RoundState.COUNTED]
    named = {each.id: each for each in queries.nominations(call.id)}
    papers = [
        _sheet(juror, of, cards, named)
        for juror in queries.jurors(call.id)
        for of in counted
        if (cards := [b for b in queries.ballots(of.id) if b.juror_id == juror.id])
    ]
    if not papers:
        flash(_("There is nothing counted yet."), "warn")
        return see_other(".verdicts", event=event)
    return _made(papers, _("Score sheets"), "score-sheets")


def _sheet(
    juror: Juror, of: Round, cards: Sequence[Ballot], named: Mapping[int, Nomination]
) -> Paper:
    criteria = of.rulebook["criteria"]
    columns = {_("Nomination"): 3.0}
    columns |= {f"{place}.": 0.5 for place in range(1, len(criteria) + 1)}
    columns |= {_("Points"): 0.8}
    rows = [
        [
            _entry(named[card.nomination_id]),
            *(str(card.scores.get(each["id"], "–")) for each in criteria),
            _("voided") if card.voided_at else points(total_of(card.scores, of), of.rulebook),
        ]
        for card in sorted(cards, key=lambda card: card.nomination_id)
    ]
    return [
        _heading(_("Score sheet"), 1),
        _text(i18n.local(of.award.name), strong=True),
        _text(f"{juror_name(juror)}, {words('juror', juror.role)}"),
        _table(columns, rows),
        *(
            _small(f"{place}. {i18n.local(each['name'])} ({each['min']}–{each['max']})")
            for place, each in enumerate(criteria, start=1)
        ),
        *(
            _text(f"{named[card.nomination_id].number}: {card.void_reason}")
            for card in cards
            if card.voided_at
        ),
        _table({_("Date"): 1, _("Signature"): 2}, [[SIGN, SIGN]]),
    ]


# --- diplomas -----------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/diplomas.pdf")
@requires(Permission.SEE_JURY)
def diplomas(event: str) -> Response | FlaskResponse:
    """Hand out a diploma for every laureate and every distinction: no points, one page each."""
    call = the_call()
    named = {each.id: each for each in queries.nominations(call.id)}
    found = queries.verdicts(call.id)
    pages = [each for verdict in found for each in _diplomas(verdict, named, call)]
    if not pages:
        flash(_("There is nothing counted yet."), "warn")
        return see_other(".verdicts", event=event)
    signatures = [_("Chair of the jury"), _("Organiser"), ""]
    data = {"diplomas": pages, "words": {"receives": _("is given to"), "signatures": signatures}}
    return _rendered("diplomas", data, _("Diplomas"), "diplomas")


def _diplomas(
    verdict: Verdict, named: Mapping[int, Nomination], call: Call
) -> Iterator[dict[str, str]]:
    decision = verdict.decision
    together = " ex aequo" if len(decision.winners) > 1 else ""
    degrees = [(entry, _("Award") + together) for entry in decision.winners]
    degrees += [(entry, _("Distinction")) for entry in decision.distinctions]
    when = i18n.date_long(call.embargo_until) if call.embargo_until else ""
    for entry, degree in degrees:
        row = named[entry]
        yield {
            "event": i18n.local(g.event.title),
            "award": i18n.local(verdict.award.name),
            "degree": degree,
            "nominee": row.nominee,
            "why": _short(i18n.local(row.summary)),
            "place": when,
        }


def _short(told: str) -> str:
    return told if len(told) <= LONGEST_WHY else told[: LONGEST_WHY - 1].rsplit(" ", 1)[0] + "…"
