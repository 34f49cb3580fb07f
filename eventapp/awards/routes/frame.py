"""What the pages of awards share: the blueprint, the caller's juror, words for codes."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, request, url_for
from flask_babel import gettext as _

from eventapp.awards import queries, rules, tally
from eventapp.awards.models import Ballot, Call, Juror, Nomination, Round
from eventapp.awards.rules.states import (
    Cell,
    ConsentState,
    FormalResult,
    JurorRole,
    NominationState,
    RoundState,
)
from eventapp.events.access import Permission
from eventapp.kernel import boundary, i18n
from eventapp.kernel.guard import can
from eventapp.kernel.refusal import N_
from eventapp.kernel.text import full_name

bp = Blueprint("awards", __name__)

DESK = "desk.overview"  # the slice above; its page is linked where it is there

# --- who, and about what ------------------------------------------------------------------


def the_call() -> Call:
    """Return the event's call, or answer 404."""
    found = queries.call_of(g.event.id)
    if found is None:
        abort(404)
    return found


def own_juror() -> Juror | None:
    """Return the juror that the signed-in account is here."""
    account = g.get("account")
    call = queries.call_of(g.event.id)
    if account is None or call is None:
        return None
    return queries.juror_of(call.id, account.id)


def own_recusals() -> set[int]:
    """Return the nominations from which the caller is excluded; their votes stay hidden."""
    juror = own_juror()
    if juror is None:
        return set()
    return {
        row.nomination_id for row in queries.recusals(juror.call_id) if row.juror_id == juror.id
    }


def the_juror() -> Juror:
    """Return the caller as a juror; somebody with the role but no seat is told 403."""
    found = own_juror()
    if found is None:
        abort(403)
    boundary.keep_private()
    return found


def the_round(round_id: int) -> Round:
    """Return a round of this event with its award and call, or answer 404."""
    found = queries.round_(round_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    boundary.keep_private()
    return found


def the_nomination(nomination_id: int) -> Nomination:
    """Return a nomination of this event, or answer 404."""
    found = queries.nomination(nomination_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    boundary.keep_private()
    return found


def the_ballot(ballot_id: int) -> tuple[Ballot, Round]:
    """Return a card of this event with its round, or answer 404."""
    found = queries.ballot(ballot_id)
    if found is None:
        abort(404)
    return found, the_round(found.round_id)


def joined(nomination_id: int) -> dict[str, Any]:
    """Return the other nominations of one candidacy with their documents, for templates."""
    rows = queries.merged_into(nomination_id)
    return {
        "merged": rows,
        "merged_files": {each.id: queries.attachments(each.id) for each in rows},
    }


# --- words --------------------------------------------------------------------------------

STATES: Mapping[str, str] = {
    NominationState.DRAFT: N_("draft"),
    NominationState.SUBMITTED: N_("submitted"),
    NominationState.TO_COMPLETE: N_("to be completed"),
    NominationState.ACCEPTED: N_("accepted for judging"),
    NominationState.REJECTED: N_("rejected on formal grounds"),
    NominationState.WITHDRAWN: N_("withdrawn"),
    NominationState.MERGED: N_("merged into another one"),
}
CHECKS: Mapping[str, str] = {
    FormalResult.POSITIVE: N_("positive"),
    FormalResult.COMPLETED: N_("positive after completion"),
    FormalResult.TO_COMPLETE: N_("call for completion"),
    FormalResult.NEGATIVE: N_("negative"),
}
CONSENTS: Mapping[str, str] = {
    ConsentState.NOT_NEEDED: N_("nominated itself"),
    ConsentState.ASKED: N_("asked, no answer yet"),
    ConsentState.GIVEN: N_("the nominee consents"),
    ConsentState.DECLINED: N_("the nominee declined"),
}
ROLES: Mapping[str, str] = {
    JurorRole.CHAIR: N_("chair"),
    JurorRole.DEPUTY: N_("deputy chair"),
    JurorRole.MEMBER: N_("member of the jury"),
    JurorRole.SUBSTITUTE: N_("substitute member"),
    JurorRole.SECRETARY: N_("secretary of the jury"),
}
ROUNDS: Mapping[str, str] = {
    RoundState.PREPARED: N_("not open yet"),
    RoundState.OPEN: N_("scoring open"),
    RoundState.CLOSED: N_("scoring closed"),
    RoundState.COUNTED: N_("counted"),
}
CELLS: Mapping[str, str] = {
    Cell.CAST: N_("scored"),
    Cell.STARTED: N_("begun"),
    Cell.MISSING: N_("missing"),
    Cell.RECUSED: N_("recused"),
    Cell.VOID: N_("voided"),
    Cell.ABSENT: N_("absent"),
}
CONFLICTS: Mapping[str, str] = {
    "nominator-institution": N_("the juror’s institution is the nominator"),
    "nominee-institution": N_("the juror’s institution is the nominee"),
    "nominator-person": N_("the juror is the nominator"),
    "registered-from": N_("the juror registered for the event from the nominee"),
}
UNRANKED: Mapping[str, str] = {
    "no-quorum": N_("no quorum of the jury"),
    "too-few-present": N_("too few jurors could judge it"),
    "too-few-cards": N_("too few cards"),
    "no-cards": N_("no cards"),
    "no-comparison": N_("no comparison possible"),
}
FACTS: Mapping[str, str] = {
    "nomination-submitted": N_("submitted"),
    "consent-answered": N_("the nominee answered"),
    "nomination-checked": N_("formal check recorded"),
    "nomination-completed": N_("completed by the nominator"),
    "nomination-withdrawn": N_("withdrawn"),
    "attachment-added": N_("attachment added"),
    "attachment-removed": N_("attachment removed"),
    "nomination-corrected": N_("the nominee added to it"),
    "nomination-merged": N_("merged into another nomination"),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "nomination": STATES,
    "check": CHECKS,
    "consent": CONSENTS,
    "juror": ROLES,
    "round": ROUNDS,
    "cell": CELLS,
    "conflict": CONFLICTS,
    "unranked": UNRANKED,
    "tie": rules.regulations.STEPS,
    "fact": FACTS,
}


def words(group: str, code: str) -> str:
    """Return a code of one of `WORDS` in the reader's language."""
    sentence = WORDS[group].get(code)
    return _(sentence) if sentence else code


def rule_lines(rulebook: Mapping[str, Any]) -> list[str]:
    """Say a rulebook in sentences of the reader's language."""
    return [_(line.sentence, **_spoken(line.details)) for line in rules.regulations.plain(rulebook)]


def _spoken(details: Mapping[str, Any]) -> dict[str, Any]:
    steps = details.get("steps")
    return (
        {**details, "steps": ", ".join(words("tie", each) for each in steps)}
        if steps
        else {**details}
    )


def juror_name(juror: Juror) -> str:
    """Return a juror's full name with the title."""
    person = juror.person
    return full_name(person.title, person.first_name, person.last_name)


def nominee_of(nomination_id: int, nominations: Mapping[int, Nomination]) -> str:
    """Return a nominee's name by the nomination's id, for lists in templates."""
    return nominations[nomination_id].nominee


def points(value: Fraction | None, rulebook: Mapping[str, Any] | None = None) -> str:
    """Return a total or mean as the rulebook shows it, with the reader's decimal sign."""
    if value is None:
        return "–"
    display = (rulebook or {}).get("display") or {}
    decimals = int(display.get("decimals", 2))
    text = tally.display(value, decimals, display.get("rounding", "half-up"))
    return text.replace(".", ",") if i18n.current() == "pl" else text


def kinds(codes: Sequence[str], names: Mapping[str, Mapping[str, str]]) -> str:
    """Return kinds of organisations as a list: by the event's names, else by their codes."""
    return ", ".join(i18n.local(names.get(code)) or code.replace("_", " ") for code in codes)


def weight_share(criterion: Mapping[str, Any], criteria: list[Mapping[str, Any]]) -> str:
    """Return a criterion's weight as a share of all weights: "30%"."""
    whole = sum(Fraction(str(each["weight"])) for each in criteria)
    share = 100 * Fraction(str(criterion["weight"])) / whole
    return f"{points(share) if share.denominator > 1 else share.numerator}%"


def card_total(ballot: Ballot | None, the_round: Round) -> Fraction | None:
    """Return the weighted total of a juror's own card; its one answer where nothing is weighed."""
    if ballot is None or ballot.voided_at is not None:
        return None
    return total_of(ballot.scores, the_round)


def total_of(scores: Mapping[str, int], the_round: Round) -> Fraction | None:
    """Return what scores amount to by the rules of a round, or None while they are not whole."""
    rulebook = the_round.rulebook
    if rulebook.get("method") in rules.counting.ANSWERS:
        given = scores.get(rules.counting.CHOICE)
        return None if given is None else Fraction(given)
    return rules.ballots.card_total(scores, rulebook["criteria"])


# --- the frame of the staff's pages -------------------------------------------------------


def jury_nav() -> list[dict[str, Any]]:
    """Return the navigation at the side: one's own cards, then the jury's business."""
    own = [("queue", _("My nominations"), "vote"), ("summary", _("My cards"), "table-2")]
    business = [
        ("coverage", _("Coverage and quorum"), "clipboard-check", Permission.SEE_JURY),
        ("conflicts", _("Conflicts of interest"), "scale", Permission.SEE_JURY),
        ("verdicts", _("Counting and results"), "gavel", Permission.SEE_JURY),
        ("minutes", _("Minutes"), "file-text", Permission.KEEP_MINUTES),
        ("rules", _("Rules of counting"), "scale", Permission.SEE_JURY),
        ("nominations", _("Nominations"), "clipboard-list", Permission.MANAGE_AWARDS),
        ("set_up", _("Awards and jury"), "settings", Permission.MANAGE_AWARDS),
    ]
    groups = []
    if can(Permission.SEE_DESK) and DESK in current_app.view_functions:
        url = url_for(DESK, event=g.event.slug)
        back = {"text": _("Organiser’s desk"), "icon": "layout-dashboard", "url": url}
        groups.append({"title": None, "items": [back | {"current": False}]})
    if can(Permission.SCORE):
        groups.append({"title": _("My scoring"), "items": [_item(*entry) for entry in own]})
    seen = [_item(*entry[:3]) for entry in business if can(entry[3])]
    if seen:
        groups.append({"title": _("Jury"), "items": seen})
    return groups


def _item(view: str, text: str, icon: str) -> dict[str, Any]:
    endpoint = f"awards.{view}"
    return {
        "text": text,
        "icon": icon,
        "url": url_for(endpoint, event=g.event.slug),
        "current": request.endpoint == endpoint,
    }


def install(app: Flask) -> None:
    """Give templates the words and names of awards."""
    app.jinja_env.filters["award_name"] = nominee_of
    app.jinja_env.filters["split_lines"] = lambda text: [x for x in text.splitlines() if x.strip()]
    app.jinja_env.globals.update(
        award_kinds=kinds,
        award_words=words,
        juror_name=juror_name,
        points=points,
        weight_share=weight_share,
    )
