"""Awards for programs: what is awarded, nominations, cards, counting, results."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, abort, g
from msgspec import Meta

from eventapp.awards import commands, queries, rules
from eventapp.awards.commands import Candidacy, Card
from eventapp.awards.models import Award, Ballot, Juror, Nomination, Result, Round
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import ConsentState, JurorRole, NominationState, RoundState
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import can, requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_, Refused
from eventapp.kernel.schema import Body, EmailText, ListCode, LocalText, LongText, Shown, Title
from eventapp.kernel.text import full_name

bp = Blueprint("awards_api", __name__, url_prefix="/api/v1")

AWARDS = N_("Awards")


# --- shapes -------------------------------------------------------------------------------


class ShownCriterion(Shown):
    """What is scored, from `min` to `max`, and how much it weighs."""

    id: str
    name: Any
    weight: int | float | str
    min: int
    max: int
    required: bool


class ShownRound(Shown):
    """A round of scoring; its rules are frozen by their hash."""

    id: str
    state: RoundState
    opened_at: datetime | None
    closed_at: datetime | None
    rulebook_sha256: str | None


class ShownNomination(Shown):
    """One candidacy."""

    id: str
    ref: str | None
    award: str
    number: str | None
    nominee: str
    state: NominationState
    consent: ConsentState


class ShownJuror(Shown):
    """A member of the jury."""

    id: str
    ref: str | None
    name: str
    role: JurorRole
    voting: bool


class ShownAward(Shown):
    """One prize; nominations and jury are shown to those who work with them, else null."""

    id: str
    ref: str | None
    name: dict[str, str]
    eligible_types: list[str]
    criteria: list[ShownCriterion]
    round: ShownRound | None
    nominations: list[ShownNomination] | None
    jurors: list[ShownJuror] | None


class NewNomination(Body):
    """A nomination that came on paper or from another system; no window applies.

    Where somebody else nominated, the nominee is asked at `nominee_email` whether they agree.
    """

    nominee: Title
    nominator: Title
    justification: Annotated[LongText, Meta(max_length=8000)]
    is_self: bool = False
    nominee_category: ListCode | None = None
    nominee_email: EmailText | None = None
    nominator_email: EmailText | None = None
    consent: ConsentState | None = None
    summary: LocalText | None = None


Points = Annotated[int, Meta(ge=-1000, le=1000)]
Scores = Annotated[dict[str, Points], Meta(max_length=50)]


class NewBallots(Body):
    """A juror's cards: points per criterion, for each nomination named; others stay."""

    scores: Annotated[dict[str, Scores], Meta(min_length=1, max_length=200)]


class ShownBallot(Shown):
    """A card as it is kept; an incomplete one is not counted."""

    nomination: str
    complete: bool
    version: int


class Cast(Shown):
    """What casting saved."""

    round: str
    juror: str
    ballots: list[ShownBallot]


class ShownPlace(Shown):
    """One line of the ranking before ties were broken; `mean` is exact, as a fraction."""

    nomination: str
    place: int
    mean: str
    shown_mean: float
    ballots: int


class ShownResult(Shown):
    """What a count decided, nominations by id.

    `ranking` and `document` (``tally-result/1``, with every intermediate table) are shown to
    those who see the jury's work, to others null.
    """

    round: str
    award: str
    status: str
    winners: list[str]
    distinctions: list[str]
    tied: list[str]
    tie_broken_by: str | None
    counted_at: datetime
    input_sha256: str
    rulebook_sha256: str | None
    ranking: list[ShownPlace] | None
    document: dict[str, Any] | None


# --- awards and nominations ---------------------------------------------------------------


@bp.get("/events/<slug:event>/awards")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the awards with their criteria, rounds and nominations"),
    about=AWARDS,
    answers={200: list[ShownAward]},
    lists=True,
)
def awards(event: str) -> Response:
    """List an event's awards."""
    asked = rest.window()
    rows = queries.listed(g.event.id, after=asked.after_id, limit=asked.limit + 1)
    show = _Showing(g.event.id, g.event.timezone)
    return rest.listed(rows, asked, show.award)


class _Showing:
    """What all awards of one event are shown with, read once."""

    def __init__(self, event_id: int, zone: str) -> None:
        self.zone = zone
        call = queries.call_of(event_id)
        self.rounds = {one.award_id: one for one in queries.rounds(call.id)} if call else {}
        self.nominations = _visible_nominations(call.id) if call else []
        self.jury = queries.jurors(call.id) if call and can(Permission.SEE_JURY) else []

    def award(self, row: Award) -> ShownAward:
        """Show one award as this caller may see it."""
        own = [one for one in self.nominations if one.award_id == row.id]
        the_round = self.rounds.get(row.id)
        return ShownAward(
            id=str(row.id),
            ref=row.ref,
            name=dict(row.name),
            eligible_types=list(row.eligible_types),
            criteria=[_criterion(one) for one in row.criteria],
            round=_shown_round(the_round, self.zone) if the_round is not None else None,
            nominations=[_nomination(one) for one in own] if can(Permission.VISIT_JURY) else None,
            jurors=[_juror(one) for one in self.jury] if can(Permission.SEE_JURY) else None,
        )


def _visible_nominations(call_id: int) -> Sequence[Nomination]:
    """List what the caller may know of: all, or for a juror those to judge and no recused ones."""
    if not can(Permission.VISIT_JURY):
        return []
    if can(Permission.SEE_JURY):
        return queries.nominations(call_id)
    juror = queries.juror_of(call_id, g.account.id) if g.get("account") is not None else None
    if juror is None or rules.jury.refuse_entries(juror):
        return []
    recused = {row.nomination_id for row in queries.recusals(call_id) if row.juror_id == juror.id}
    judged = queries.nominations(call_id, {NominationState.ACCEPTED})
    return [one for one in judged if one.id not in recused]


def _criterion(one: Mapping[str, Any]) -> ShownCriterion:
    return ShownCriterion(
        id=str(one["id"]),
        name=one["name"],
        weight=one["weight"],
        min=one["min"],
        max=one["max"],
        required=bool(one.get("required", True)),
    )


def _shown_round(the_round: Round, zone: str) -> ShownRound:
    return ShownRound(
        id=str(the_round.id),
        state=the_round.state,
        opened_at=i18n.moment(the_round.opened_at, zone),
        closed_at=i18n.moment(the_round.closed_at, zone),
        rulebook_sha256=the_round.rulebook_sha256,
    )


def _nomination(one: Nomination) -> ShownNomination:
    return ShownNomination(
        id=str(one.id),
        ref=one.ref,
        award=str(one.award_id),
        number=one.number,
        nominee=one.nominee,
        state=one.state,
        consent=one.consent,
    )


def _juror(one: Juror) -> ShownJuror:
    person = one.person
    name = full_name(person.title, person.first_name, person.last_name)
    return ShownJuror(id=str(one.id), ref=one.ref, name=name, role=one.role, voting=one.voting)


@bp.post("/awards/<id:award_id>/nominations")
@requires(Permission.MANAGE_AWARDS, queries.event_of_award)
@operation(
    N_("Enter a nomination"),
    about=AWARDS,
    body=NewNomination,
    answers={201: ShownNomination},
    refuses=(AwardRefusal,),
    repeats=True,
)
def nominate(award_id: int, body: NewNomination) -> Response:
    """Take a nomination that came another way; it gets its number at once."""
    now, candidacy = clock.now(), _candidacy(body)
    asked = ConsentState.NOT_NEEDED if body.is_self else ConsentState.ASKED
    made = rest.once(
        lambda: {
            "id": commands.submit_nomination(
                award_id, candidacy, now, consent=body.consent or asked
            ).id
        }
    )
    found = queries.nomination(made["id"])
    return rest.answered(_nomination(found), 201) if found is not None else abort(404)


def _candidacy(body: NewNomination) -> Candidacy:
    return Candidacy(
        nominee=body.nominee,
        nominator=body.nominator,
        justification=body.justification,
        is_self=body.is_self,
        nominee_category=body.nominee_category or "",
        nominee_email=body.nominee_email,
        nominator_email=body.nominator_email,
        summary=schema.spoken(body.summary) if body.summary is not None else {},
    )


# --- cards --------------------------------------------------------------------------------


def _event_of_ballots(round_id: int, juror_id: int) -> int | None:
    return queries.event_of_round(round_id)


@bp.put("/rounds/<id:round_id>/ballots/<id:juror_id>")
@requires(Permission.SCORE, _event_of_ballots)
@operation(
    N_("Replace a juror's cards on the nominations named"),
    about=AWARDS,
    body=NewBallots,
    answers={200: Cast},
    refuses=(AwardRefusal,),
)
def cast(round_id: int, juror_id: int, body: NewBallots) -> Response:
    """Take cards over: a program for any juror, a person for themselves alone."""
    the_round, juror = queries.round_(round_id), queries.juror(juror_id)
    if the_round is None or juror is None or juror.call_id != the_round.award.call_id:
        abort(404)
    cards, now = _cards(body, juror), clock.now()
    if g.get("api_token") is not None:
        found = commands.enter_ballot(round_id, juror_id, cards, now)
    else:
        _refuse_another(juror)
        found = commands.cast_ballot(round_id, juror_id, cards, now)
    shown = [_ballot(one) for one in found.ballots]
    return rest.answered(Cast(round=str(round_id), juror=str(juror_id), ballots=shown))


def _refuse_another(juror: Juror) -> None:
    account = g.get("account")
    if account is None or juror.account_id != account.id:
        abort(403)


def _cards(body: NewBallots, juror: Juror) -> dict[int, Card]:
    """Return the cards by nomination, with the comments that stand; points alone are sent."""
    held, cards = queries.ballots_of(juror.id), {}
    for name, scores in body.scores.items():
        nomination_id = boundary.read_id(name)
        if nomination_id is None:
            raise Refused(AwardRefusal.UNKNOWN_NOMINATION)
        before = held.get(nomination_id)
        cards[nomination_id] = Card(scores, before.comment if before is not None else "")
    return cards


def _ballot(one: Ballot) -> ShownBallot:
    return ShownBallot(
        nomination=str(one.nomination_id), complete=one.complete, version=one.version
    )


# --- results ------------------------------------------------------------------------------


@bp.post("/rounds/<id:round_id>/count")
@requires(Permission.CHAIR_JURY, queries.event_of_round)
@operation(
    N_("Close a round that is still open, and count it"),
    about=AWARDS,
    answers={200: ShownResult},
    refuses=(AwardRefusal,),
    repeats=True,
)
def count(round_id: int) -> Response:
    """Close the scoring if it is open, with its quorum, and count."""
    now = clock.now()
    rest.once(lambda: {"id": commands.finish_round(round_id, now).id})
    look_again()
    return _answered(round_id)


@bp.get("/rounds/<id:round_id>/result")
@requires(Permission.READ_EVENT, queries.event_of_round)
@operation(
    N_("Read what a count decided; before the embargo only those who see the jury"),
    about=AWARDS,
    answers={200: ShownResult},
)
def result(round_id: int) -> Response:
    """Show the result, to most not before the embargo's second."""
    return _answered(round_id)


def _answered(round_id: int) -> Response:
    the_round, found = queries.round_(round_id), queries.result(round_id)
    if the_round is None or found is None or the_round.state is not RoundState.COUNTED:
        abort(404)
    inside = can(Permission.SEE_JURY)
    if not inside and not rules.results.is_public(the_round.award.call, clock.now()):
        abort(404)
    event = frame.event(the_round.event_id)
    zone = event.timezone if event is not None else None
    return rest.answered(_shown_result(the_round, found, zone, inside=inside))


def _shown_result(
    the_round: Round, found: Result, zone: str | None, *, inside: bool
) -> ShownResult:
    verdict = queries.verdict(the_round, found)
    decided = verdict.decision
    return ShownResult(
        round=str(the_round.id),
        award=str(the_round.award_id),
        status=decided.status,
        winners=_texts(decided.winners),
        distinctions=_texts(decided.distinctions),
        tied=_texts(decided.tied) if inside else [],
        tie_broken_by=decided.step if inside else None,
        counted_at=i18n.local_time(found.counted_at, zone),
        input_sha256=found.document["input_sha256"],
        rulebook_sha256=the_round.rulebook_sha256,
        ranking=[_place(row) for row in verdict.ranking] if inside else None,
        document=dict(found.document) if inside else None,
    )


def _texts(ids: Sequence[int]) -> list[str]:
    return [str(number) for number in ids]


def _place(row: rules.counting.Row) -> ShownPlace:
    return ShownPlace(
        nomination=str(row.nomination_id),
        place=row.place,
        mean=str(row.mean),
        shown_mean=queries.shown_mean(row.mean),
        ballots=row.ballots,
    )
