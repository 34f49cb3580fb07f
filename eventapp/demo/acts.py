"""What people did, as a list of acts in order of time, each done through a command."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from eventapp.awards import commands as awards
from eventapp.awards import queries as jury
from eventapp.awards.rules.states import ConsentState, FormalResult
from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Direction, Method, ScanCode, ScanStatus
from eventapp.demo.frame import end_of_day
from eventapp.demo.reading import BadSeminar, Ids, Json, moment, spoken
from eventapp.directory import queries as known
from eventapp.kernel import text, uploads
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.press import commands as press
from eventapp.programme import commands as programme
from eventapp.programme import queries as plan
from eventapp.programme.models import Audience, Opening
from eventapp.programme.rules.materials import KINDS
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import Details
from eventapp.registrations.models import (
    ConsentKind,
    FormOfAddress,
    Registration,
    Source,
    State,
)
from eventapp.signups import commands as signups
from eventapp.signups import queries as places

STATES = {
    "qualified": State.QUALIFIED,
    "waitlisted": State.WAITING,
    "rejected": State.REJECTED,
    "pending": State.PENDING,
    "cancelled": State.QUALIFIED,  # until it is cancelled
    "replaced": State.QUALIFIED,  # until it is replaced
}
SOURCES = {
    "www": Source.WWW,
    "www_by_organisation": Source.WWW,
    "paper_form": Source.PAPER_FORM,
    "phone": Source.PHONE,
    "email": Source.EMAIL,
    "walk_in": Source.WALK_IN,
    "substitution": Source.SUBSTITUTE,
}
ADDRESSES = {"Pani": FormOfAddress.PANI, "Pan": FormOfAddress.PAN}
CONSENTS = {
    "rodo_info_ack": ConsentKind.INFORMATION_CLAUSE,
    "photo": ConsentKind.PHOTO,
    "public_participant_list": ConsentKind.PARTICIPANT_LIST,
    "newsletter": ConsentKind.NEWSLETTER,
}
RESULTS = {
    "pozytywny": FormalResult.POSITIVE,
    "pozytywny po uzupełnieniu": FormalResult.COMPLETED,
    "negatywny": FormalResult.NEGATIVE,
}
# Whoever stood on a list of presence was there, whatever the list of sign-ups says.
OVERRULED = {ScanCode.NOT_ELIGIBLE, ScanCode.SESSION_FULL, ScanCode.WAITING}
ATTACHED = ("pdf", "png", "jpeg")
RECORDED = "as recorded in the loaded file"

# The order of acts of one moment; a seat freed at a moment serves those who come with it.
(
    CANCELS,
    REGISTERS,
    SCANS,
    NOMINATES,
    CHECKS,
    OPENS,
    RECUSES,
    CASTS,
    WITHDRAWS,
    MEETS,
    VOTES,
    TELLS,
    GIVES,
) = range(13)


@dataclass(frozen=True)
class Act:
    """Something that happened: when, a name that stays, and the commands it takes."""

    at: datetime
    rank: int
    name: str
    do: Callable[[], None]


@dataclass(frozen=True)
class Story:
    """A seminar file on its way into the database."""

    seminar: Json
    event_id: int
    ids: Ids
    zone: ZoneInfo
    folder: Path
    notes: list[str]
    doors: dict[str, Door] = field(default_factory=dict)

    def door(self, ref: str) -> Door:
        """Return the door to a session; read once, since a file decides it beforehand."""
        if ref not in self.doors:
            found = doors.door(self.ids.of("checkpoint", ref))
            if found is None:
                raise BadSeminar(f"There is no door to the session “{ref}”.")
            self.doors[ref] = found
        return self.doors[ref]


def all_acts(story: Story) -> list[Act]:
    """List every act of the file in the order in which they are replayed."""
    acts = [*_of_people(story), *_of_sessions(story)]
    if "awards" in story.seminar:
        acts += _of_awards(story)
    if "press" in story.seminar:
        told = story.seminar["press"]
        acts.append(Act(moment(told["shown_at"]), TELLS, "tell the media", lambda: _tell(story)))
    order = sorted(enumerate(acts), key=lambda pair: (pair[1].at, pair[1].rank, pair[0]))
    return [act for _place, act in order]


def _tell(story: Story) -> None:
    """Open the page for the media with its kit."""
    told = story.seminar["press"]
    contact, now = told.get("contact") or {}, moment(told["shown_at"])
    press.edit_page(
        story.event_id,
        now,
        shown=True,
        about=spoken(told, "about"),
        quotes=spoken(told, "quotes"),
        accreditation=spoken(told, "accreditation"),
        contact_name=contact.get("name", ""),
        contact_email=contact.get("email") or "",
        contact_phone=text.normal_phone(contact["phone"]) if contact.get("phone") else "",
    )
    for file in told.get("files", []):
        upload = _upload(story, file, ATTACHED)
        if upload is not None:
            words = {name: spoken(file, name) for name in ("title", "caption")}
            press.add_file(story.event_id, upload, now, credit=file.get("credit", ""), **words)


# --- sessions -----------------------------------------------------------------------------


def _of_sessions(story: Story) -> Iterator[Act]:
    for session in story.seminar["sessions"]:
        for file in session.get("materials", []):
            yield Act(
                moment(file["added_at"]),
                GIVES,
                f"give {session['id']} {file['name']}",
                lambda ref=session["id"], file=file: _give(story, ref, file),  # type: ignore[misc]
            )


def _give(story: Story, ref: str, file: Json) -> None:
    session = plan.any_session(story.ids.of("session", ref))
    upload = _upload(story, file, KINDS)
    if session is None or upload is None:
        return
    programme.add_material(
        session.activity_id,
        upload,
        moment(file["added_at"]),
        title=spoken(file, "title"),
        audience=Audience(file.get("audience", Audience.PARTICIPANTS.value)),
        opening=Opening(file.get("opening", Opening.AT_ONCE.value)),
    )


def _upload(story: Story, file: Json, kinds: Collection[str]) -> Upload | None:
    """Return a file that lies beside the seminar file, checked; None where it does not."""
    path = (story.folder / file["path"]).resolve()
    if not path.is_relative_to(story.folder.resolve()):
        raise BadSeminar(f"The attachment “{file['path']}” lies outside the file's folder.")
    if not path.is_file():
        story.notes.append(f"attachment {file['path']} is missing")
        return None
    with path.open("rb") as stream:
        return uploads.check_upload(stream, file["name"], kinds)


# --- people -------------------------------------------------------------------------------


def _of_people(story: Story) -> Iterator[Act]:
    for person in story.seminar["participants"]:
        ref = person["id"]
        yield Act(
            moment(person["registered_at"]),
            REGISTERS,
            f"register {ref}",
            lambda person=person: _register(story, person),  # type: ignore[misc]
        )
        if person.get("cancelled_at"):
            yield Act(
                moment(person["cancelled_at"]),
                CANCELS,
                f"cancel {ref}",
                lambda person=person: _cancel(story, person),  # type: ignore[misc]
            )
        for number, scan in enumerate(person.get("attendance", [])):
            yield Act(
                moment(scan["at"]),
                SCANS,
                f"scan {ref} {number}",
                lambda person=person, scan=scan, number=number: _scan(  # type: ignore[misc]
                    story, person, scan, number
                ),
            )


def _register(story: Story, person: Json) -> None:
    now = moment(person["registered_at"])
    wishes = [story.ids.of("session", wish["session"]) for wish in person.get("signups", [])]
    replaced = person.get("substitute_for")
    if replaced:
        row, inherited = _substitute(story, person, replaced, wishes)
    else:
        inherited = set()
        row = registrations.enter(
            story.event_id,
            _details(story, person),
            now,
            source=SOURCES.get(person["source"], Source.WWW),
            state=STATES[person["status"]],
            ref=person["id"],
        )
    if person["source"] == "www_by_organisation" and row.organisation_id is not None:
        _gather(story, row.id, row.organisation_id, now)
    story.ids.keep("registration", person["id"], row.id)
    for session_id in wishes:
        if session_id not in inherited:
            _wish(story, person["id"], session_id, row.id, now)


def _gather(story: Story, registration_id: int, organisation_id: int, now: datetime) -> None:
    """Let the office of an organisation look after those whom it registered."""
    office = known.organisation(organisation_id)
    if office is None or office.email is None:
        return
    registrations.gather(
        story.event_id,
        office.id,
        now,
        contact_name=office.name[:240],
        contact_email=office.email,
        registration_ids=[registration_id],
    )


def _substitute(
    story: Story, person: Json, replaced: str, wishes: list[int]
) -> tuple[Registration, set[int]]:
    """Let *person* come instead; return the new registration and the sessions it inherited."""
    now = moment(person["registered_at"])
    old_id = story.ids.of("registration", replaced)
    held = {place.session_id for place in places.own(old_id)}
    row = registrations.substitute(
        old_id,
        _details(story, person),
        now,
        session_ids=[session_id for session_id in wishes if session_id in held],
        ref=person["id"],
        state=STATES[person["status"]],
    )
    signups.fill_seats(story.event_id, now)
    return row, held


def _wish(story: Story, ref: str, session_id: int, registration_id: int, now: datetime) -> None:
    try:
        signups.enter(session_id, registration_id, now)
    except Refused as refused:
        story.notes.append(f"{ref}: session {session_id} refused ({refused.reason})")


def _details(story: Story, person: Json) -> Details:
    consents = person.get("consents") or {}
    return Details(
        title=person.get("title", ""),
        first_name=person["first_name"],
        last_name=person["last_name"],
        form_of_address=ADDRESSES.get(person.get("form_of_address", ""), FormOfAddress.NONE),
        email=person.get("email"),
        phone=person.get("phone") or "",
        locale=person.get("lang", "pl") if person.get("lang") in {"pl", "en"} else "pl",
        category=person["category"],
        organisation_id=story.ids.maybe("organisation", person.get("organisation")),
        job=person.get("position") or "",
        postcode=person.get("postcode") or "",
        gmina=person.get("gmina") or "",
        county=person.get("county") or "",
        teryt=person.get("teryt") or "",
        diet=person.get("diet") or "",
        needs=list(person.get("needs", [])),
        accommodation=list(person.get("accommodation", [])),
        transport=list(person.get("transport", [])),
        consents={
            CONSENTS[name]: bool(given) for name, given in consents.items() if name in CONSENTS
        },
        monitoring={"sex": person["sex"], **(person.get("esf") or {})},
    )


def _cancel(story: Story, person: Json) -> None:
    now = moment(person["cancelled_at"])
    registrations.strike_off(story.ids.of("registration", person["id"]), now)
    signups.fill_seats(story.event_id, now)


def _scan(story: Story, person: Json, scan: Json, number: int) -> None:
    door = story.door(scan["session"])
    now = moment(scan["at"])
    hand = _hand(story, scan.get("by"))
    name = f"{story.event_id}/{person['id']}/{scan['session']}/{scan['at']}/{number}"
    item = ScanItem(
        scan_id=str(uuid5(NAMESPACE_URL, name)),
        scanned_at=now,
        registration_id=story.ids.of("registration", person["id"]),
        direction=Direction(scan.get("direction", "entry")),
        age=timedelta(0),
        method=Method(scan.get("method", "manual")),
    )
    verdict = checkin.record_scan(door, item, now, hand)
    if verdict.status is ScanStatus.ERROR and verdict.code in OVERRULED:
        checkin.admit_anyway(item.scan_id, RECORDED, now, hand)


def _hand(story: Story, ref: str | None) -> Hand:
    staff = {member["id"]: member for member in story.seminar.get("staff", [])}
    member = staff.get(ref or "")
    if member is None:
        return Hand(actor="system", is_lead=True)
    station = f"{member['first_name']} {member['last_name']}"
    return Hand(
        actor=f"account:{story.ids.of('staff', member['id'])}", station=station, is_lead=True
    )


# --- awards -------------------------------------------------------------------------------


def _of_awards(story: Story) -> Iterator[Act]:
    given = story.seminar["awards"]
    schedule = given["schedule"]
    meeting = moment(schedule["jury_session"])
    cards = [*given["ballots"], *given.get("voided_ballots", [])]
    scoring_opens = datetime.fromisoformat(schedule["individual_scoring"].partition("/")[0])
    opens = min(
        [scoring_opens.replace(tzinfo=story.zone), *(moment(card["cast_at"]) for card in cards)]
    )
    yield from _of_nominations(story, given, meeting)
    yield Act(opens, OPENS, "the rounds open", lambda: _open(story, given, opens))
    for conflict in given.get("conflicts", []):
        if not _is_late(given, conflict):
            yield Act(
                opens,
                RECUSES,
                f"recuse {conflict['juror']} {conflict['nomination']}",
                lambda conflict=conflict: _recuse(story, conflict, opens),  # type: ignore[misc]
            )
    for card in cards:
        yield Act(
            moment(card["cast_at"]),
            CASTS,
            f"card {card['juror']} {card['nomination']}",
            lambda card=card: _cast(story, card),  # type: ignore[misc]
        )
    yield Act(meeting, MEETS, "the jury meets", lambda: _meet(story, given, meeting))
    vote_closes = (schedule.get("public_vote") or "").partition("/")[2]
    if vote_closes and given.get("public_vote"):
        yield Act(moment(vote_closes), VOTES, "the public vote ends", lambda: _vote(story, given))


def _of_nominations(story: Story, given: Json, meeting: datetime) -> Iterator[Act]:
    checks_end = end_of_day(given["schedule"]["formal_check_until"], story.zone)
    for entry in given["nominations"]:
        ref = entry["id"]
        check = entry.get("formal_check") or {}
        checked_at = moment(check["at"]) if check.get("at") else checks_end
        yield Act(
            moment(entry["submitted_at"]),
            NOMINATES,
            f"nominate {ref}",
            lambda entry=entry: _nominate(story, entry),  # type: ignore[misc]
        )
        if check.get("result"):
            yield Act(
                checked_at,
                CHECKS,
                f"check {ref}",
                lambda entry=entry, at=checked_at: _check(story, entry, at),  # type: ignore[misc]
            )
        if entry["status"] == "withdrawn":
            gone = moment(entry["withdrawn_at"]) if entry.get("withdrawn_at") else meeting
            yield Act(
                gone,
                WITHDRAWS,
                f"withdraw {ref}",
                lambda ref=ref, at=gone: _withdraw(story, ref, at),  # type: ignore[misc]
            )


def _nominate(story: Story, entry: Json) -> None:
    now = moment(entry["submitted_at"])
    is_self = entry.get("nominator_kind") == "self"
    agreed = ConsentState.GIVEN if entry.get("nominee_consent") else ConsentState.ASKED
    row = awards.submit_nomination(
        story.ids.of("award", entry["category"]),
        awards.Candidacy(
            nominee=entry["organisation_name"],
            nominator=entry["nominator_name"],
            justification=(entry.get("story") or {}).get("pl") or entry["justification"],
            summary=spoken(entry, "justification"),
            is_self=is_self,
            organisation_id=story.ids.maybe("organisation", entry.get("organisation")),
            nominee_category=_type_of(story, entry.get("organisation")),
        ),
        now,
        consent=ConsentState.NOT_NEEDED if is_self else agreed,
        ref=entry["id"],
        number=entry.get("number"),
    )
    story.ids.keep("nomination", entry["id"], row.id)
    for file in entry.get("attachment_files", []):
        _attach(story, row.id, file, now)


def _type_of(story: Story, ref: str | None) -> str:
    types = {one["id"]: one["type"] for one in story.seminar.get("organisations", [])}
    return str(types.get(ref or "", ""))


def _attach(story: Story, nomination_id: int, file: Json, now: datetime) -> None:
    upload = _upload(story, file, ATTACHED)
    if upload is not None:
        awards.attach(nomination_id, upload, now)


def _check(story: Story, entry: Json, at: datetime) -> None:
    check = entry["formal_check"]
    nomination_id = story.ids.of("nomination", entry["id"])
    result = RESULTS[check["result"]]
    reason = check.get("reason")
    if result is FormalResult.COMPLETED:
        awards.check_formally(nomination_id, FormalResult.TO_COMPLETE, reason or RECORDED, at)
        awards.complete_nomination(nomination_id, at)
    needs_reason = result is not FormalResult.POSITIVE
    awards.check_formally(nomination_id, result, reason or (RECORDED if needs_reason else None), at)


def _withdraw(story: Story, ref: str, at: datetime) -> None:
    awards.withdraw_nomination(story.ids.of("nomination", ref), at)


def _is_late(given: Json, conflict: Json) -> bool:
    """Tell whether a conflict came up at the meeting, when a card was cast already."""
    return any(
        card["juror"] == conflict["juror"] and card["nomination"] == conflict["nomination"]
        for card in given.get("voided_ballots", [])
    )


def _open(story: Story, given: Json, at: datetime) -> None:
    for juror in given["jurors"]:
        if juror.get("declaration_signed_at"):
            awards.sign_declaration(story.ids.of("juror", juror["id"]), at)
    for category in given["categories"]:
        award_id = story.ids.of("award", category["id"])
        if jury.entries(award_id):
            awards.open_round(award_id, at)


def _recuse(story: Story, conflict: Json, at: datetime) -> None:
    awards.recuse(
        story.ids.of("juror", conflict["juror"]),
        story.ids.of("nomination", conflict["nomination"]),
        conflict.get("reason") or RECORDED,
        at,
    )


def _cast(story: Story, card: Json) -> None:
    nomination_id = story.ids.of("nomination", card["nomination"])
    round_id = _round_of(nomination_id)
    juror_id = story.ids.of("juror", card["juror"])
    sheet = awards.Card(scores=dict(card["scores"]), comment=card.get("comment", ""))
    try:
        awards.enter_ballot(round_id, juror_id, {nomination_id: sheet}, moment(card["cast_at"]))
    except Refused as refused:
        story.notes.append(f"card {card['juror']} {card['nomination']}: {refused.reason}")


def _round_of(nomination_id: int) -> int:
    nomination = jury.nomination(nomination_id)
    found = jury.round_of(nomination.award_id) if nomination is not None else None
    if found is None:
        raise BadSeminar("A card is cast before its award has a nomination to judge.")
    return found.id


def _meet(story: Story, given: Json, at: datetime) -> None:
    """Let the jury meet: late conflicts, absences, closing, counting, casting votes."""
    for card in given.get("voided_ballots", []):
        _void(story, card, at)
    for conflict in given.get("conflicts", []):
        if _is_late(given, conflict):
            _recuse(story, conflict, at)
    for absence in given.get("absences", []):
        found = jury.round_of(story.ids.of("award", absence["category"]))
        if found is not None:
            juror_id = story.ids.of("juror", absence["juror"])
            awards.mark_absent(found.id, juror_id, absence.get("reason") or RECORDED, at)
    for category in given["categories"]:
        _settle(story, category["id"], given.get("chair_decisions", []), at)
    _release(story, at)


def _release(story: Story, at: datetime) -> None:
    """Release the results: everybody sees them from the embargo's second."""
    call = jury.call_of(story.event_id)
    if call is None:
        return
    try:
        awards.publish(call.id, at)
    except Refused as refused:
        story.notes.append(f"the results are not released: {refused.reason}")


def _void(story: Story, card: Json, at: datetime) -> None:
    nomination_id = story.ids.of("nomination", card["nomination"])
    juror_id = story.ids.of("juror", card["juror"])
    ballot = jury.card(_round_of(nomination_id), juror_id, nomination_id)
    if ballot is not None:
        awards.void_ballot(ballot.id, card.get("reason") or RECORDED, at)


def _settle(story: Story, ref: str, decisions: list[Json], at: datetime) -> None:
    found = jury.round_of(story.ids.of("award", ref))
    if found is None or not jury.entries(found.award_id):
        return
    try:
        awards.close_round(found.id, at)
    except Refused:
        awards.close_without_quorum(found.id, RECORDED, at)
    awards.count_round(found.id, at)
    for decision in decisions:
        if decision["category"] == ref:
            _break_tie(story, found.id, decision, at)


def _break_tie(story: Story, round_id: int, decision: Json, at: datetime) -> None:
    tied = [story.ids.of("nomination", entry) for entry in decision["tied"]]
    choice = story.ids.of("nomination", decision["choice"])
    try:
        awards.decide_tie(round_id, tied, choice, decision.get("basis") or RECORDED, at)
    except Refused as refused:
        story.notes.append(f"chair's decision in {decision['category']}: {refused.reason}")


def _vote(story: Story, given: Json) -> None:
    for ref, votes in given["public_vote"].items():
        awards.record_public_vote(story.ids.of("nomination", ref), votes)
