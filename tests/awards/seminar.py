"""The demo seminar's awards, loaded through the commands: the story that these tests share."""

import json
from copy import deepcopy
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

import eventapp.demo
from eventapp.accounts import commands as accounts
from eventapp.awards import commands, queries
from eventapp.awards.commands import Candidacy, Card
from eventapp.awards.models import Call, Juror, Nomination
from eventapp.awards.rules.states import ConsentState, FormalResult, JurorRole
from eventapp.directory import commands as directory
from eventapp.events import commands as events
from eventapp.events.models import Event, Role
from eventapp.kernel import jobs
from eventapp.kernel.db import atomic, begin_for_writing, db
from tests.harness import rows

WARSAW = ZoneInfo("Europe/Warsaw")
CHECKS = {
    "pozytywny": FormalResult.POSITIVE,
    "pozytywny po uzupełnieniu": FormalResult.COMPLETED,
    "negatywny": FormalResult.NEGATIVE,
}

Json = dict[str, Any]


@cache
def _text() -> str:
    return (Path(eventapp.demo.__file__).parent / "demo_seminar.json").read_text()


def seminar() -> Json:
    """Return a fresh copy of the demo file."""
    return json.loads(_text())


def moment(text: str) -> datetime:
    """Read a moment of the file."""
    return datetime.fromisoformat(text)


class Loaded:
    """What was loaded: ids by the file's own ids."""

    def __init__(self, event: Event, call: Call) -> None:
        self.event_id = event.id
        self.slug = event.slug
        self.call_id = call.id
        self.awards: dict[str, int] = {}
        self.jurors: dict[str, int] = {}
        self.nominations: dict[str, int] = {}
        self.rounds: dict[str, int] = {}
        self.accounts: dict[str, int] = {}


_played: dict[str, tuple[Loaded, rows.Story]] = {}


def load(data: Json, *, until: str = "published") -> Loaded:
    """Replay the awards of *data* up to ``submitted``, ``opened``, ``cast``, ``counted``.

    A stage of the demo is played once in a test process; in other empty databases its rows are
    laid down again, which takes a twentieth of the time.
    """
    if data != seminar() or db.session.scalar(select(func.count()).select_from(Event)):
        return _play(data, until)
    if until not in _played:
        loaded = _play(data, until)
        _played[until] = deepcopy(loaded), rows.copied(db.session.connection(), db.metadata)
        db.session.rollback()
        return loaded
    loaded, story = _played[until]
    db.session.rollback()  # what comes is to be seen
    with begin_for_writing(), db.engine.begin() as connection:
        rows.laid_down(connection, db.metadata, story)
    return deepcopy(loaded)


@atomic
def _play(data: Json, until: str) -> Loaded:
    # One transaction, for speed: it also proves that commands can follow each other in one.
    with jobs.silent():
        loaded = _frame(data)
        for name, step in STEPS.items():
            step(loaded, data["awards"])
            if name == until:
                break
    return loaded


def _frame(data: Json) -> Loaded:
    awards, plan = data["awards"], data["awards"]["schedule"]
    before = moment(plan["call_opens"])
    host = events.keep_host("test", "Test")
    event = events.create_event(
        host.id,
        before,
        slug=data["event"]["slug"],
        title=data["event"]["title"],
        starts_on=datetime.fromisoformat(data["event"]["start"]).date(),
        ends_on=datetime.fromisoformat(data["event"]["end"]).date(),
    )
    events.publish_event(event.id, before)
    first, last = (datetime.fromisoformat(day) for day in plan["individual_scoring"].split("/"))
    call = commands.open_call(
        event.id,
        name=awards["name"],
        rulebook=awards["rulebook"],
        rules=awards["rules"],
        number_prefix="KES/2027",
        opens_at=before,
        closes_at=moment(plan["call_closes"]),
        completion_days=plan["completion_days"],
        scoring_opens_at=first.replace(tzinfo=WARSAW),
        scoring_closes_at=datetime.combine(last, time(23, 59), WARSAW),
        meets_at=moment(plan["jury_session"]),
        embargo_until=moment(plan["embargo_until"]),
    )
    loaded = Loaded(event, call)
    for category in awards["categories"]:
        award = commands.add_award(
            call.id,
            name=category["name"],
            criteria=category["criteria"],
            eligible_types=category["eligible_types"],
            ref=category["id"],
        )
        loaded.awards[category["id"]] = award.id
    for row in awards["jurors"]:
        _appoint(loaded, host.id, row, before)
    _team(loaded, data, before)
    return loaded


def _appoint(loaded: Loaded, host_id: int, row: Json, now: datetime) -> None:
    person = directory.keep_person(
        host_id,
        title=row["title"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
    )
    account = accounts.keep_account(row["email"], f"{row['first_name']} {row['last_name']}", now)
    role = Role.CHAIR if row["role_code"] == "chair" else Role.JUROR
    events.join_team(loaded.event_id, account.id, role, now)
    juror = commands.appoint_juror(
        loaded.call_id,
        person.id,
        JurorRole(row["role_code"]),
        institution=row["institution"],
        account_id=account.id,
        ref=row["id"],
    )
    loaded.jurors[row["id"]] = juror.id
    loaded.accounts[row["id"]] = account.id


def _team(loaded: Loaded, data: Json, now: datetime) -> None:
    roles = {"U01": Role.ORGANISER, "U07": Role.SECRETARY, "U02": Role.DOOR}
    for row in data["staff"]:
        if row["id"] in roles:
            name = f"{row['first_name']} {row['last_name']}"
            account = accounts.keep_account(row["email"], name, now)
            events.join_team(loaded.event_id, account.id, roles[row["id"]], now)
            loaded.accounts[row["id"]] = account.id


def _nominate(loaded: Loaded, awards: Json) -> None:
    for row in awards["nominations"]:
        itself = row["nominator_kind"] == "self"
        nomination = commands.submit_nomination(
            loaded.awards[row["category"]],
            Candidacy(
                nominee=row["organisation_name"],
                nominator=row["nominator_name"],
                justification=row["justification"],
                is_self=itself,
            ),
            moment(row["submitted_at"]),
            consent=ConsentState.NOT_NEEDED if itself else ConsentState.GIVEN,
            ref=row["id"],
            number=row["number"],
        )
        loaded.nominations[row["id"]] = nomination.id
        checked = moment("2027-05-12T12:00:00+02:00")
        found = row["formal_check"]
        commands.check_formally(nomination.id, CHECKS[found["result"]], found["reason"], checked)
        if row["status"] == "withdrawn":
            commands.withdraw_nomination(nomination.id, checked)


def _open(loaded: Loaded, awards: Json) -> None:
    opened = moment("2027-05-17T08:00:00+02:00")
    for ref, award_id in loaded.awards.items():
        if queries.entries(award_id):
            loaded.rounds[ref] = commands.open_round(award_id, opened).id
    for row in awards["jurors"]:
        signed = moment(row["declaration_signed_at"])
        commands.sign_declaration(loaded.jurors[row["id"]], signed)
    late = {(row["juror"], row["nomination"]) for row in awards["voided_ballots"]}
    for row in awards["conflicts"]:
        if (row["juror"], row["nomination"]) not in late:
            juror, entry = loaded.jurors[row["juror"]], loaded.nominations[row["nomination"]]
            commands.recuse(juror, entry, row["reason"], opened)


def _cast(loaded: Loaded, awards: Json) -> None:
    category = {row["id"]: row["category"] for row in awards["nominations"]}
    sheets: dict[tuple[str, str], dict[int, Card]] = {}
    when: dict[tuple[str, str], datetime] = {}
    for row in [*awards["ballots"], *awards["voided_ballots"]]:
        sheet = (category[row["nomination"]], row["juror"])
        sheets.setdefault(sheet, {})[loaded.nominations[row["nomination"]]] = Card(row["scores"])
        when[sheet] = max(when.get(sheet, moment(row["cast_at"])), moment(row["cast_at"]))
    for (ref, juror_ref), cards in sheets.items():
        round_id, juror_id = loaded.rounds[ref], loaded.jurors[juror_ref]
        commands.cast_ballot(round_id, juror_id, cards, when[ref, juror_ref])


def _meet(loaded: Loaded, awards: Json) -> None:
    met = moment(awards["schedule"]["jury_session"])
    late = {(row["juror"], row["nomination"]) for row in awards["voided_ballots"]}
    for row in awards["conflicts"]:
        if (row["juror"], row["nomination"]) in late:
            juror, entry = loaded.jurors[row["juror"]], loaded.nominations[row["nomination"]]
            commands.recuse(juror, entry, row["reason"], met)
    for row in awards["absences"]:
        commands.mark_absent(
            loaded.rounds[row["category"]], loaded.jurors[row["juror"]], row["reason"], met
        )
    acts = {row["category"]: row for row in awards["chair_decisions"]}
    for ref, round_id in loaded.rounds.items():
        _finish(loaded, round_id, acts.get(ref), met)


def _finish(loaded: Loaded, round_id: int, act: Json | None, met: datetime) -> None:
    quorum = queries.quorum(queries.round_(round_id), loaded.call_id)
    if quorum.met:
        commands.close_round(round_id, met)
    else:
        commands.close_without_quorum(round_id, "brak kworum", met)
    result = commands.count_round(round_id, met)
    if act is not None and result.status == "tied":
        tied = [loaded.nominations[entry] for entry in act["tied"]]
        choice = loaded.nominations[act["choice"]]
        commands.decide_tie(round_id, tied, choice, act["basis"], met)


def _publish(loaded: Loaded, awards: Json) -> None:
    commands.publish(
        loaded.call_id, moment(awards["schedule"]["jury_session"]) + timedelta(hours=3)
    )
    for entry, votes in awards["public_vote"].items():
        commands.record_public_vote(loaded.nominations[entry], votes)


def juror(loaded: Loaded, ref: str) -> Juror:
    """Return a juror of the file."""
    found = queries.juror(loaded.jurors[ref])
    assert found is not None
    return found


def nomination(loaded: Loaded, ref: str) -> Nomination:
    """Return a nomination of the file."""
    found = queries.nomination(loaded.nominations[ref])
    assert found is not None
    return found


STEPS = {
    "submitted": _nominate,
    "opened": _open,
    "cast": _cast,
    "counted": _meet,
    "published": _publish,
}
