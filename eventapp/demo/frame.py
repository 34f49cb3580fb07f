"""Lay down what a seminar file decides beforehand: event, rooms, programme, jury, team."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventapp.accounts import commands as accounts
from eventapp.awards import commands as awards
from eventapp.awards.models import Award, Call, Juror, Nomination
from eventapp.awards.rules.states import JurorRole, PublicVote
from eventapp.checkin import commands as checkin
from eventapp.checkin.models import Checkpoint
from eventapp.demo.reading import Ids, Json, at, moment, spoken, spoken_list
from eventapp.directory import commands as directory
from eventapp.events import commands as events
from eventapp.events import rules as event_rules
from eventapp.events.models import Event, Role, TeamMember
from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, Session, SignUpRule, Speaker
from eventapp.registrations.models import Registration

KINDS = {
    "rejestracja": Kind.REGISTRATION,
    "plenarna": Kind.PLENARY,
    "wykład": Kind.LECTURE,
    "panel": Kind.PANEL,
    "warsztat": Kind.WORKSHOP,
    "szkolenie": Kind.TRAINING,
    "wizyta studyjna": Kind.STUDY_VISIT,
    "konsultacje": Kind.ADVICE,
    "uroczystość": Kind.CEREMONY,
    "networking": Kind.NETWORKING,
}
ROLES = {
    "coordinator": Role.ORGANISER,
    "organiser": Role.ORGANISER,
    "admin": Role.ORGANISER,
    "reception": Role.DOOR,
    "reception_lead": Role.LEAD,
    "lead": Role.LEAD,
    "jury_secretary": Role.SECRETARY,
    "secretary": Role.SECRETARY,
    "co_organiser": Role.CO_ORGANISER,
}
HOST = "demo"


def lay(seminar: Json, ids: Ids, now: datetime) -> int:
    """Make the event of *seminar* with its whole frame; return its id."""
    event = _event(seminar, now)
    zone = ZoneInfo(event.timezone)
    _lists(seminar, event, ids)
    _places(seminar, event, ids)
    _organisations(seminar, event, ids)
    _team(seminar, event, ids, now)
    _programme(seminar, event, ids, zone, now)
    if "awards" in seminar:
        with at("awards"):
            _awards(seminar["awards"], event, ids, zone, now)
    events.publish_event(event.id, now)
    return event.id


REFERABLE: dict[str, Any] = {
    "session": Session,
    "speaker": Speaker,
    "checkpoint": Checkpoint,
    "registration": Registration,
    "award": Award,
    "juror": Juror,
    "nomination": Nomination,
}


def find(seminar: Json, event_id: int, ids: Ids) -> None:
    """Fill *ids* with the rows that a loaded file's refs stand for."""
    for kind, model in REFERABLE.items():
        query = select(model).where(model.event_id == event_id, model.ref.is_not(None))
        for row in db.session.scalars(query):
            ids.keep(kind, row.ref, row.id)
    members = select(TeamMember).where(TeamMember.event_id == event_id)
    for member in db.session.scalars(members.where(TeamMember.ref.is_not(None))):
        ids.keep("staff", member.ref or "", member.account_id)
    event = db.session.get_one(Event, event_id)
    _organisations(seminar, event, ids)


def _event(seminar: Json, now: datetime) -> Event:
    with at("event"):
        event = seminar["event"]
        window = event.get("registration") or {}
        certificate = event.get("certificate") or {}
        contact = event.get("contact") or {}
        area = event.get("area") or {}
        host = events.keep_host(HOST, seminar["organisers"][0]["name"])
        return events.create_event(
            host.id,
            now,
            slug=event["slug"],
            ref=event["id"],
            title=spoken(event, "title"),
            subtitle=spoken(event, "subtitle"),
            description=spoken(event, "description"),
            previous_slug=event.get("previous_edition"),
            starts_on=date.fromisoformat(event["start"]),
            ends_on=date.fromisoformat(event["end"]),
            timezone=seminar["meta"].get("timezone", "Europe/Warsaw"),
            capacity=event.get("capacity"),
            registration_opens_at=_maybe(window.get("opens")),
            registration_closes_at=_maybe(window.get("closes")),
            cancel_until=_maybe(window.get("cancel_until")),
            requires_approval=bool(window.get("requires_approval", False)),
            walk_ins=bool(window.get("walk_ins", True)),
            overbooking_percent=window.get("overbooking_percent", 0),
            certificate_min_percent=certificate.get("min_percent", 80),
            certificate_number_format=certificate.get("number_format", "ZAS/{rok}/{lp:04d}"),
            contact_name=contact.get("name", ""),
            contact_email=contact.get("email", ""),
            contact_phone=contact.get("phone", ""),
            area_description=area.get("description", ""),
            area_county_codes=list(area.get("county_codes", [])),
            project=dict(event.get("project") or {}),
        )


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def _lists(seminar: Json, event: Event, ids: Ids) -> None:
    for organiser in seminar.get("organisers", []):
        with at(f"organisers, {organiser.get('id')}"):
            row = events.add_organiser(
                event.id,
                spoken(organiser, "name"),
                spoken(organiser, "role"),
                ref=organiser["id"],
                guest_quota=organiser.get("guest_quota"),
            )
            ids.keep("organiser", organiser["id"], row.id)
    for unit in seminar.get("area_units", []):
        with at("area_units"):
            keys = ("teryt6", "type_digit", "name", "county", "county_code")
            events.add_area_unit(event.id, **{key: unit[key] for key in keys})
    for category in seminar.get("eligibility_categories", []):
        with at("eligibility_categories"):
            events.add_category(
                event.id, category["code"], spoken(category, "name"), category["group"]
            )


def _places(seminar: Json, event: Event, ids: Ids) -> None:
    for day in seminar["days"]:
        with at(f"days, {day.get('id')}"):
            row = events.add_day(
                event.id, date.fromisoformat(day["date"]), spoken(day, "label"), ref=day["id"]
            )
            ids.keep("day", day["id"], row.id)
    for venue in seminar.get("venues", []):
        with at(f"venues, {venue.get('id')}"):
            _venue(venue, event, ids)


def _venue(venue: Json, event: Event, ids: Ids) -> None:
    row = events.add_venue(
        event.id,
        spoken(venue, "name"),
        spoken(venue, "short") or spoken(venue, "name"),
        ref=venue["id"],
        street=venue.get("street", ""),
        postcode=venue.get("postcode", ""),
        city=venue.get("city", ""),
        teryt=venue.get("teryt", ""),
        accessibility=dict(venue.get("accessibility") or {}),
    )
    for room in venue.get("rooms", []):
        floor = spoken(room, "floor")
        made = events.add_room(
            row.id,
            spoken(room, "name"),
            room.get("capacity"),
            ref=room["id"],
            floor=floor,
            wheelchair=event_rules.is_step_free(row.accessibility, floor),
            features=spoken_list(room, "features"),
        )
        ids.keep("room", room["id"], made.id)


def _organisations(seminar: Json, event: Event, ids: Ids) -> None:
    for one in seminar.get("organisations", []):
        with at(f"organisations, {one.get('id')}"):
            row = directory.keep_organisation(
                event.host_id,
                name=one["name"],
                category=one["type"],
                nip=one.get("nip"),
                regon=one.get("regon"),
                krs=one.get("krs"),
                street=one.get("street", ""),
                postcode=one.get("postcode", ""),
                city=one.get("city", ""),
                gmina=one.get("gmina", ""),
                county=one.get("county", ""),
                teryt=one.get("teryt", ""),
                email=one.get("email"),
                business_activity=one.get("business_activity"),
            )
            ids.keep("organisation", one["id"], row.id)


def _team(seminar: Json, event: Event, ids: Ids, now: datetime) -> None:
    for member in seminar.get("staff", []):
        with at(f"staff, {member.get('id')}"):
            name = f"{member['first_name']} {member['last_name']}"
            account = accounts.keep_account(member["email"], name, now)
            ids.keep("staff", member["id"], account.id)
            events.join_team(
                event.id,
                account.id,
                ROLES.get(member["role"], Role.READER),
                now,
                function=spoken(member, "function"),
                ref=member["id"],
                organiser_id=_institution(seminar, member, ids),
            )


def _institution(seminar: Json, member: Json, ids: Ids) -> int | None:
    """Return for whom a co-organiser works: who is named, else the first beside the host."""
    if ROLES.get(member["role"]) is not Role.CO_ORGANISER:
        return None
    named = [organiser["id"] for organiser in seminar["organisers"]]
    return ids.of("organiser", member.get("organiser") or named[:2][-1])


# --- programme ----------------------------------------------------------------------------


def _programme(seminar: Json, event: Event, ids: Ids, zone: ZoneInfo, now: datetime) -> None:
    for speaker in seminar.get("speakers", []):
        with at(f"speakers, {speaker.get('id')}"):
            person = directory.keep_person(
                event.host_id,
                title=speaker.get("title", ""),
                first_name=speaker["first_name"],
                last_name=speaker["last_name"],
                email=speaker.get("email"),
            )
            row = programme.add_speaker(
                event.id,
                person.id,
                bio=spoken(speaker, "bio"),
                topics=spoken_list(speaker, "topics"),
                ref=speaker["id"],
            )
            ids.keep("speaker", speaker["id"], row.id)
    compulsory = set((seminar["event"].get("certificate") or {}).get("compulsory_sessions", []))
    for session in seminar["sessions"]:
        with at(f"sessions, {session.get('id')}"):
            _session(session, event, ids, now, compulsory=session["id"] in compulsory)
    days = {day["id"]: date.fromisoformat(day["date"]) for day in seminar["days"]}
    for pause in seminar.get("breaks", []):
        with at(f"breaks, {pause.get('id')}"):
            programme.add_break(
                event.id,
                now,
                starts_at=_on(days[pause["day"]], pause["start"], zone),
                ends_at=_on(days[pause["day"]], pause["end"], zone),
                title=spoken(pause, "title"),
                room_id=ids.maybe("room", pause.get("room")),
                ref=pause["id"],
            )


def _on(day: date, clock_time: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock_time), zone)


def _session(session: Json, event: Event, ids: Ids, now: datetime, *, compulsory: bool) -> None:
    activity = programme.add_activity(
        event.id,
        title=spoken(session, "title"),
        abstract=spoken(session, "description"),
        kind=KINDS.get(session["format"], Kind.OTHER),
        language=session.get("language", "pl"),
        topics=spoken_list(session, "tags"),
    )
    row = programme.add_session(
        activity.id,
        now,
        starts_at=moment(session["start"]),
        ends_at=moment(session["end"]),
        room_id=ids.maybe("room", session.get("room")),
        speaker_ids=[ids.of("speaker", ref) for ref in session.get("speakers", [])],
        ref=session["id"],
        sign_up=SignUpRule(session["signup"]),
        capacity=session.get("capacity"),
        appointment_minutes=(session.get("appointments") or {}).get("minutes"),
        waiting_list=bool(session.get("waitlist", False)),
        break_minutes=session.get("break_minutes", 0),
        support_minutes=session.get("support_minutes", 0),
        counts_for_certificate=bool(session.get("counts_for_certificate", False)),
        compulsory=compulsory,
        travel_buffer_minutes=session.get("travel_buffer_minutes", 20),
        accessibility=spoken_list(session, "accessibility"),
    )
    ids.keep("session", session["id"], row.id)
    door = checkin.add_checkpoint(
        event.id, spoken(session, "title"), session_id=row.id, ref=session["id"]
    )
    ids.keep("checkpoint", session["id"], door.id)


# --- awards -------------------------------------------------------------------------------


def _awards(given: Json, event: Event, ids: Ids, zone: ZoneInfo, now: datetime) -> None:
    call = _call(given, event, zone)
    scale = given.get("rules") or {}
    for category in given["categories"]:
        row = awards.add_award(
            call.id,
            name=spoken(category, "name"),
            eligible_types=category.get("eligible_types", []),
            criteria=[
                {
                    "id": criterion["id"],
                    "name": spoken(criterion, "name"),
                    "weight": criterion["weight"],
                    "min": scale.get("scale_min", 0),
                    "max": scale.get("scale_max", 10),
                }
                for criterion in category["criteria"]
            ],
            ref=category["id"],
        )
        ids.keep("award", category["id"], row.id)
    for juror in given["jurors"]:
        _juror(juror, call, event, ids, now)


def _call(given: Json, event: Event, zone: ZoneInfo) -> Call:
    schedule = given["schedule"]
    scoring_opens, _, scoring_closes = schedule["individual_scoring"].partition("/")
    vote_opens, _, vote_closes = (schedule.get("public_vote") or "").partition("/")
    return awards.open_call(
        event.id,
        name=spoken(given, "name"),
        rulebook=given["rulebook"],
        rules=dict(given.get("rules") or {}),
        opens_at=moment(schedule["call_opens"]),
        closes_at=moment(schedule["call_closes"]),
        formal_check_until=end_of_day(schedule["formal_check_until"], zone),
        completion_days=schedule.get("completion_days", 5),
        scoring_opens_at=_on(date.fromisoformat(scoring_opens), "00:00", zone),
        scoring_closes_at=end_of_day(scoring_closes, zone),
        meets_at=moment(schedule["jury_session"]),
        public_vote=PublicVote.BADGE if vote_opens else PublicVote.NONE,
        public_vote_opens_at=_maybe(vote_opens or None),
        public_vote_closes_at=_maybe(vote_closes or None),
        embargo_until=moment(schedule["embargo_until"]),
    )


def end_of_day(text: str, zone: ZoneInfo) -> datetime:
    """Return the last minute of a day of the file."""
    return _on(date.fromisoformat(text), "23:59", zone)


def _juror(juror: Json, call: Call, event: Event, ids: Ids, now: datetime) -> None:
    person = directory.keep_person(
        event.host_id,
        title=juror.get("title", ""),
        first_name=juror["first_name"],
        last_name=juror["last_name"],
        email=juror.get("email"),
    )
    role = JurorRole(juror.get("role_code", "member"))
    name = f"{juror['first_name']} {juror['last_name']}"
    account = accounts.keep_account(juror["email"], name, now)
    row = awards.appoint_juror(
        call.id,
        person.id,
        role,
        institution=juror.get("institution", ""),
        account_id=account.id,
        voting=juror.get("voting", True),
        ref=juror["id"],
    )
    ids.keep("juror", juror["id"], row.id)
    roles = [Role.JUROR] + ([Role.CHAIR] if role is JurorRole.CHAIR else [])
    for team_role in roles:
        events.join_team(
            event.id, account.id, team_role, now, function=spoken(juror, "role"), ref=juror["id"]
        )
