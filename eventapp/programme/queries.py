"""Named reads of the programme."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from eventapp.directory.models import Commitment, CommitmentKind, Person
from eventapp.events import queries as frame
from eventapp.events.models import Event, Room
from eventapp.kernel import memory, tokens
from eventapp.kernel.db import db, table_of
from eventapp.kernel.facts import FactRow
from eventapp.kernel.text import full_name
from eventapp.programme.models import (
    RELEASED,
    Acknowledgement,
    Activity,
    Break,
    Kind,
    Material,
    Release,
    Session,
    SessionSpeaker,
    SessionState,
    Speaker,
)
from eventapp.programme.rules import asking, topics
from eventapp.programme.rules.diagnostics import (
    Duty,
    Finding,
    Frame,
    Need,
    RoomFrame,
    Seated,
    diagnose,
)
from eventapp.programme.rules.planned import (
    Planned,
    PlannedBreak,
    current,
    current_break,
    planned,
    planned_break,
    planned_title,
)
from eventapp.programme.rules.releases import Difference, difference
from eventapp.programme.rules.speaker_sheets import Known


def _whole() -> Select[Session]:
    return select(Session).options(
        joinedload(Session.activity),
        joinedload(Session.day),
        joinedload(Session.room).joinedload(Room.venue),
        selectinload(Session.speakers)
        .joinedload(SessionSpeaker.speaker)
        .joinedload(Speaker.person),
    )


def session(session_id: int) -> Session | None:
    """Return one released session with its activity, day, room, venue and speakers."""
    found = any_session(session_id)
    return found if found is not None and found.state in RELEASED else None


def any_session(session_id: int) -> Session | None:
    """Return the same of any session, for those who plan."""
    return db.session.scalars(_whole().where(Session.id == session_id)).unique().first()


def session_anew(session_id: int) -> Session | None:
    """Return the same as it is behind the locks taken so far."""
    query = _whole().where(Session.id == session_id).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().first()


def held_again(activity_id: int) -> Sequence[Session]:
    """List the released sessions of one activity by id, as they are behind the locks so far."""
    query = _whole().where(Session.activity_id == activity_id, Session.state.in_(RELEASED))
    query = query.order_by(Session.id).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().all()


def by_ref(event_id: int, ref: str) -> Session | None:
    """Return the event's session that a loaded file calls *ref*."""
    query = _whole().where(Session.event_id == event_id, Session.ref == ref)
    return db.session.scalars(query).unique().first()


def event_of_session(session_id: int) -> int | None:
    """Return the id of a released session's event; that never changes, so it is remembered."""
    return memory.remembered(
        f"event-of-session:{session_id}", lambda: db.session.scalar(_event_of(session_id))
    )


def _event_of(session_id: int) -> Select[int]:
    return select(Session.event_id).where(Session.id == session_id, Session.state.in_(RELEASED))


def programme(event_id: int) -> Sequence[Session]:
    """List an event's released sessions with all a programme shows, in time order."""
    query = _whole().where(Session.event_id == event_id, Session.state.in_(RELEASED))
    query = query.order_by(Session.starts_at, Session.ends_at, Session.id)
    return db.session.scalars(query).unique().all()


def called_off_at(event_id: int) -> dict[int, datetime]:
    """Return when sessions of an event were called off, by session; the last time of each."""
    query = select(FactRow.subject, func.max(FactRow.at)).where(
        FactRow.event_id == event_id, FactRow.kind == "session-cancelled"
    )
    rows = db.session.execute(query.group_by(FactRow.subject))
    return {int(subject.partition(":")[2]): at for subject, at in rows}


def sessions_in(room_ids: Sequence[int]) -> Sequence[int]:
    """List the ids of the released sessions in some rooms."""
    query = select(Session.id).where(Session.room_id.in_(room_ids), Session.state.in_(RELEASED))
    return db.session.scalars(query.order_by(Session.id)).all()


def listed(event_id: int, *, after: int = 0, limit: int = 50) -> Sequence[Session]:
    """List an event's released sessions by id, from the one behind *after*."""
    query = _whole().where(
        Session.event_id == event_id, Session.id > after, Session.state.in_(RELEASED)
    )
    return db.session.scalars(query.order_by(Session.id).limit(limit)).unique().all()


def event_of_activity(activity_id: int) -> int | None:
    """Return the id of the event an activity belongs to."""
    return db.session.scalar(select(Activity.event_id).where(Activity.id == activity_id))


def activity(activity_id: int) -> Activity | None:
    """Return one activity."""
    return db.session.get(Activity, activity_id)


def pause(break_id: int) -> Break | None:
    """Return one break."""
    return db.session.get(Break, break_id)


def event_of_break(break_id: int) -> int | None:
    """Return the id of the event that a released break belongs to."""
    held = Break.state == SessionState.SCHEDULED
    return db.session.scalar(select(Break.event_id).where(Break.id == break_id, held))


def breaks(event_id: int) -> Sequence[Break]:
    """List an event's released breaks in time order."""
    query = select(Break).options(joinedload(Break.room))
    query = query.where(Break.event_id == event_id, Break.state == SessionState.SCHEDULED)
    return db.session.scalars(query.order_by(Break.starts_at, Break.id)).all()


def planned_breaks(event_id: int) -> Sequence[Break]:
    """List the breaks of an event's draft, also those that it takes away, in the released order."""
    return db.session.scalars(_planned_breaks(event_id)).all()


def breaks_locked(event_id: int) -> Sequence[Break]:
    """List the same, read anew, with every break taken for this transaction."""
    db.session.flush()  # reading anew must not undo what was changed here
    query = _planned_breaks(event_id).order_by(None).order_by(Break.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _planned_breaks(event_id: int) -> Select[Break]:
    known = (SessionState.DRAFT, SessionState.SCHEDULED)
    query = select(Break).where(Break.event_id == event_id, Break.state.in_(known))
    return query.order_by(Break.starts_at, Break.id)


def speakers(event_id: int) -> Sequence[Speaker]:
    """List an event's speakers with their names."""
    query = select(Speaker).options(joinedload(Speaker.person)).where(Speaker.event_id == event_id)
    rows = db.session.scalars(query).all()
    return sorted(rows, key=lambda speaker: speaker.person.sort_key)


def known_speakers(event_id: int) -> list[Known]:
    """List the same as a spreadsheet of speakers compares them."""
    return [_known(row) for row in speakers(event_id)]


def _known(row: Speaker) -> Known:
    spans = _spans(row)
    return Known(
        id=row.id,
        title=row.person.title,
        first_name=row.person.first_name,
        last_name=row.person.last_name,
        email=row.person.email,
        bio=row.bio,
        span=(spans[0][0], spans[-1][1]) if spans else None,
        locale=row.locale,
    )


def event_of_speaker(speaker_id: int) -> int | None:
    """Return the id of the event at which somebody speaks."""
    return db.session.scalar(select(Speaker.event_id).where(Speaker.id == speaker_id))


def speaker(speaker_id: int) -> Speaker | None:
    """Return one speaker with the name."""
    query = select(Speaker).options(joinedload(Speaker.person)).where(Speaker.id == speaker_id)
    return db.session.scalars(query).first()


LINK = "speaking"


def link_token(speaker: Speaker) -> str:
    """Return the token of a speaker's present personal link: the same at every mailing."""
    return tokens.personal(LINK, speaker.id, speaker.link_generation)


def speaker_by_link(token: str) -> Speaker | None:
    """Return whose personal link this is, None where it is nobody's or not any more."""
    number = tokens.number_in(token, LINK)
    row = speaker(number) if number is not None else None
    if row is None or not tokens.is_personal(token, LINK, row.id, row.link_generation):
        return None
    return row


Told = Mapping[str, Any]


def changes_for(differences: Sequence[Told], speaker: Speaker) -> list[Told]:
    """List what of a release's differences concerns a speaker: sessions led now or before it."""
    return _concerning(differences, speaker, {row.id for row in sessions_of(speaker.id)})


def concerned(event_id: int, differences: Sequence[Told]) -> list[Speaker]:
    """List the speakers with an e-mail whom these differences concern."""
    query = select(SessionSpeaker.speaker_id, SessionSpeaker.session_id)
    query = query.join(Session, Session.id == SessionSpeaker.session_id)
    query = query.where(Session.event_id == event_id, Session.state.in_(RELEASED))
    led: dict[int, set[int]] = defaultdict(set)
    for speaker_id, session_id in db.session.execute(query):
        led[speaker_id].add(session_id)
    rows = [row for row in speakers(event_id) if row.person.email]
    return [row for row in rows if _concerning(differences, row, led[row.id])]


def _concerning(differences: Sequence[Told], speaker: Speaker, own: Collection[int]) -> list[Told]:
    name = name_of(speaker.person)
    return [told for told in differences if told["session_id"] in own or name in _named_in(told)]


def _named_in(told: Mapping[str, Any]) -> list[str]:
    sides = (told["before"] or {}, told["after"] or {})
    return [name for side in sides for name in side.get("speakers", ())]


def speaker_of_person(event_id: int, person_id: int) -> Speaker | None:
    """Return a person as a speaker of an event."""
    query = select(Speaker).where(Speaker.event_id == event_id, Speaker.person_id == person_id)
    return db.session.scalars(query).first()


def sessions_of(speaker_id: int) -> Sequence[Session]:
    """List the released sessions of one speaker in time order."""
    query = _whole().join(SessionSpeaker, SessionSpeaker.session_id == Session.id)
    query = query.where(SessionSpeaker.speaker_id == speaker_id, Session.state.in_(RELEASED))
    query = query.order_by(Session.starts_at)
    return db.session.scalars(query).unique().all()


# --- what speakers have not said yet ----------------------------------------------------------


def owing(event: Event, now: datetime) -> list[asking.Owing]:
    """List the speakers who have not said something, by name; nobody once the event has begun."""
    if now.astimezone(ZoneInfo(event.timezone)).date() >= event.starts_on:
        return []
    saved, asked = _saved(event.id), _asked(event.id)
    return [
        asking.Owing(
            id=row.id,
            name=name_of(row.person),
            email=row.person.email,
            gaps=gaps,
            asked_at=asked.get(row.id),
        )
        for row in speakers(event.id)
        if (gaps := asking.gaps(row.bio, row.availability, saved.get(row.id)))
    ]


def gaps_of(row: Speaker) -> list[asking.Gap]:
    """Return what a speaker has not said."""
    return asking.gaps(row.bio, row.availability, _saved(row.event_id).get(row.id))


def _saved(event_id: int) -> Mapping[int, datetime]:
    """Return when speakers last saved their own pages, by id."""
    query = select(FactRow.subject, func.max(FactRow.at)).group_by(FactRow.subject)
    query = query.where(
        FactRow.event_id == event_id,
        FactRow.kind == "speaker-changed",
        FactRow.actor == FactRow.subject,  # the change of a speaker by that speaker
    )
    return {int(who.partition(":")[2]): at for who, at in db.session.execute(query)}


def _asked(event_id: int) -> Mapping[int, datetime]:
    """Return when speakers were last asked for what is missing, by id."""
    query = select(FactRow.at, FactRow.data).order_by(FactRow.id)
    query = query.where(FactRow.event_id == event_id, FactRow.kind == "reminder-sent")
    return {
        speaker_id: at
        for at, data in db.session.execute(query)
        for speaker_id in data["speaker_ids"]
    }


# --- materials --------------------------------------------------------------------------------


def materials(activity_id: int) -> Sequence[Material]:
    """List the materials of an activity, in the order in which they came."""
    return materials_of([activity_id]).get(activity_id, [])


def materials_of(activity_ids: Collection[int]) -> Mapping[int, Sequence[Material]]:
    """Return the materials of several activities by their ids, without the files themselves."""
    query = select(Material).where(
        Material.activity_id.in_(activity_ids), Material.removed_at.is_(None)
    )
    found: dict[int, list[Material]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(Material.added_at, Material.id)):
        found[row.activity_id].append(row)
    return found


def material(material_id: int) -> Material | None:
    """Return one material that was not taken away, with its activity."""
    row = any_material(material_id)
    return row if row is not None and row.removed_at is None else None


def any_material(material_id: int) -> Material | None:
    """Return the same of any material, also of one that can be brought back."""
    query = select(Material).options(joinedload(Material.activity))
    return db.session.scalars(query.where(Material.id == material_id)).first()


def material_file(material_id: int) -> bytes:
    """Return the bytes of a material's file."""
    query = select(Material).options(undefer(Material.content))
    return db.session.scalars(query.where(Material.id == material_id)).one().content


def states_of(activity_id: int) -> Collection[SessionState]:
    """Return in which states the sessions of an activity are, those of the draft included."""
    query = select(Session.state).where(Session.activity_id == activity_id)
    return frozenset(db.session.scalars(query))


def activities_of(speaker_id: int) -> Mapping[int, Session]:
    """Return the first released session that a speaker leads of each activity, by its id."""
    found: dict[int, Session] = {}
    for row in sessions_of(speaker_id):
        found.setdefault(row.activity_id, row)
    return found


def in_room(
    room_id: int, starts_at: datetime, ends_at: datetime, *, besides: int | None = None
) -> Session | None:
    """Return a scheduled session that takes the room between two moments."""
    query = select(Session).options(joinedload(Session.activity))
    query = query.where(
        Session.room_id == room_id,
        Session.state == SessionState.SCHEDULED,
        Session.starts_at < ends_at,
        Session.ends_at > starts_at,
    )
    if besides is not None:
        query = query.where(Session.id != besides)
    return db.session.scalars(query.order_by(Session.starts_at)).first()


def freshness(event_id: int) -> tuple[int, int, int, int]:
    """Return numbers that change whenever a programme page would: the cache key's seats part."""
    row = db.session.execute(_freshness(), {"event_id": event_id}).one()
    return (row[0], row[1], row[2], row[3])


@cache  # building it takes longer than asking, and every public page asks
def _freshness() -> Select[Any]:
    row = table_of(Session).c
    counters = (row.version, row.confirmed + row.offered, row.waiting)
    sums = (func.coalesce(func.sum(one), 0) for one in counters)
    query = select(func.count(), *sums)
    return query.where(row.event_id == bindparam("event_id"), row.state.in_(RELEASED))


def taken(event_id: int, begins: Collection[datetime]) -> Mapping[int, tuple[int, int]]:
    """Return how many seats of released sessions are taken or held, and how many wait.

    Only of those that begin between the first and the last moment of *begins*.
    """
    if not begins:
        return {}
    asked = {"event_id": event_id, "first": min(begins), "last": max(begins)}
    rows = db.session.execute(_taken(), asked).all()
    return {of: (confirmed, waiting) for of, confirmed, waiting in rows}


@cache
def _taken() -> Select[Any]:
    row = table_of(Session).c
    query = select(row.id, row.confirmed + row.offered, row.waiting)
    return query.where(
        row.event_id == bindparam("event_id"),
        row.starts_at.between(bindparam("first"), bindparam("last")),
        row.state.in_(RELEASED),
    )


def released_topics(rows: Sequence[Session]) -> list[topics.Used]:
    """List what released sessions are about, but for those called off."""
    held = (row for row in rows if row.state is SessionState.SCHEDULED)
    return topics.used([row.activity.topics for row in held])


def about(rows: Sequence[Session], key: str) -> list[Session]:
    """List the released sessions that are about one topic."""
    return [row for row in rows if key in map(topics.key_of, row.activity.topics)]


def activities(event_id: int) -> Sequence[Activity]:
    """List what an event offers."""
    query = select(Activity).where(Activity.event_id == event_id).order_by(Activity.id)
    return db.session.scalars(query).all()


@dataclass(frozen=True, kw_only=True)
class Unplanned:
    """What is to be held, and how long it took when it was in the plan, if it ever was."""

    id: int
    title: Mapping[str, str]
    kind: Kind
    minutes: int | None


def unplanned(event_id: int) -> list[Unplanned]:
    """List what an event offers and no session of the draft holds, newest first."""
    held = select(Session.activity_id).where(
        Session.event_id == event_id, Session.state != SessionState.REMOVED
    )
    query = select(Activity).where(
        Activity.event_id == event_id, Activity.wanted, Activity.id.not_in(held)
    )
    rows = db.session.scalars(query.order_by(Activity.id.desc())).all()
    took = _minutes([row.id for row in rows])
    return [
        Unplanned(id=row.id, title=planned_title(row), kind=row.kind, minutes=took.get(row.id))
        for row in rows
    ]


def _minutes(activity_ids: Sequence[int]) -> Mapping[int, int]:
    query = _whole().where(Session.activity_id.in_(activity_ids)).order_by(Session.id)
    drafts = [planned(row) for row in db.session.scalars(query).unique()]
    return {
        one.activity_id: (one.ends_at - one.starts_at) // timedelta(minutes=1) for one in drafts
    }


# --- the working draft ------------------------------------------------------------------------


def plan(event_id: int) -> Sequence[Session]:
    """List the sessions of an event's draft, also those it calls off, in the released order.

    Each comes with its activity and the ids of its speakers; rooms and names are looked up once
    for all of them.
    """
    return db.session.scalars(_plan(event_id)).unique().all()


def plan_locked(event_id: int) -> Sequence[Session]:
    """List the same, read anew, with every session taken for this transaction in order of ids."""
    db.session.flush()  # reading anew must not undo what was changed here
    taken = select(Session.id).where(Session.event_id == event_id).order_by(Session.id)
    db.session.execute(taken.with_for_update(key_share=True))
    query = _plan(event_id).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().all()


def _plan(event_id: int) -> Select[Session]:
    return _sessions(event_id).where(Session.state != SessionState.REMOVED)


def _sessions(event_id: int) -> Select[Session]:
    query = select(Session).options(joinedload(Session.activity), selectinload(Session.speakers))
    query = query.where(Session.event_id == event_id)
    return query.order_by(Session.starts_at, Session.ends_at, Session.id)


def ever_planned(event_id: int) -> Sequence[Session]:
    """List the sessions of an event's draft with those that were taken out of it."""
    return db.session.scalars(_sessions(event_id)).unique().all()


def topics_of(rows: Sequence[Session]) -> list[topics.Used]:
    """List what the sessions of a draft are about."""
    drafted = (planned(row) for row in rows)
    return topics.used([one.topics for one in drafted if one.is_held])


def known_topics(event_id: int) -> Mapping[str, topics.Topic]:
    """Return what the event's draft is about, by the keys of the topics."""
    return {one.key: one.topic for one in topics_of(plan(event_id))}


def differences(event_id: int) -> list[Difference]:
    """List what the draft says otherwise than the current release: sessions, then breaks."""
    return differences_of([*plan(event_id), *planned_breaks(event_id)])


def differences_of(rows: Sequence[Session | Break]) -> list[Difference]:
    """List what the draft says otherwise about these sessions and breaks."""
    return [one for row in rows if (one := change_of(row)) is not None]


def led_by(event_id: int, speaker_id: int) -> Mapping[str, str] | None:
    """Return the title of a session that a speaker leads, in the draft or by the last release."""
    for row in plan(event_id):
        released = [named.speaker_id for named in row.speakers]
        if speaker_id in {*released, *planned(row).speaker_ids}:
            return planned(row).title
    return None


def held_in(room_id: int) -> Mapping[str, str] | None:
    """Return the title of what is held in a room, in the draft or by the last release."""
    room = frame.room(room_id)
    if room is None:
        return None
    for row in plan(room.event_id):
        if room_id in {row.room_id, planned(row).room_id}:
            return planned(row).title
    for pause in planned_breaks(room.event_id):
        if room_id in {pause.room_id, planned_break(pause).room_id}:
            return planned_break(pause).title
    return None


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """A session as the draft has it, and how it differs from the release, if it does.

    `version` is the one an editor reads; `room` what the room is called.
    """

    session: Planned
    version: int
    room: Mapping[str, str] | None
    speakers: Sequence[str]
    change: Difference | None


def draft(event_id: int) -> Sequence[Drafted]:
    """List an event's draft in its own order."""
    return draft_of(workbench(event_id))


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """All that the pages of a draft ask about, read once: what is held, who may lead, where."""

    event_id: int
    sessions: Sequence[Session]
    pauses: Sequence[Break]
    people: Sequence[Speaker]
    rooms: Sequence[Room]

    def differences(self) -> list[Difference]:
        """List what the draft says otherwise than the current release."""
        return differences_of([*self.sessions, *self.pauses])

    def can_come(self) -> Mapping[int, Sequence[tuple[datetime, datetime]]]:
        """Return when those speakers can come, by id, who cannot come at any time."""
        return {row.id: _spans(row) for row in self.people if row.availability}


def workbench(event_id: int) -> Workbench:
    """Return what the pages of an event's draft ask about."""
    return Workbench(
        event_id=event_id,
        sessions=plan(event_id),
        pauses=planned_breaks(event_id),
        people=speakers(event_id),
        rooms=frame.rooms(event_id),
    )


@dataclass(frozen=True, kw_only=True)
class DraftedBreak:
    """A break as the draft has it, what its room is called, and how it differs from the release."""

    pause: PlannedBreak
    room: Mapping[str, str] | None
    change: Difference | None


def pauses_of(bench: Workbench) -> Sequence[DraftedBreak]:
    """List the breaks of a draft in its own order."""
    rooms = {room.id: room.name for room in bench.rooms}
    pairs = [(row, planned_break(row)) for row in bench.pauses]
    pairs.sort(key=lambda pair: (pair[1].starts_at, pair[1].id))
    return [
        DraftedBreak(
            pause=one,
            room=rooms[one.room_id] if one.room_id is not None else None,
            change=change_of(row),
        )
        for row, one in pairs
    ]


def draft_of(bench: Workbench) -> Sequence[Drafted]:
    """List the sessions of a draft in its own order."""
    rooms = {room.id: room.name for room in bench.rooms}
    names = {row.id: name_of(row.person) for row in bench.people}
    pairs = [(row, planned(row)) for row in bench.sessions]
    pairs.sort(key=lambda pair: (pair[1].starts_at, pair[1].ends_at, pair[1].id))
    return [
        Drafted(
            session=one,
            version=row.plan_version,
            room=rooms[one.room_id] if one.room_id is not None else None,
            speakers=[names[speaker_id] for speaker_id in one.speaker_ids],
            change=_change(row, one),
        )
        for row, one in pairs
    ]


def _change(row: Session, drafted: Planned) -> Difference | None:
    """Return how a session differs from the release; where nothing is staged nothing does."""
    same = row.staged is None and row.activity.staged is None and row.state in RELEASED
    return None if same else difference(current(row), drafted)


def change_of(row: Session | Break) -> Difference | None:
    """Return how the draft's version of a session or break differs from everybody's, if it does."""
    if isinstance(row, Break):
        return difference(current_break(row), planned_break(row))
    return difference(current(row), planned(row))


def room_names(event_id: int) -> Mapping[int, Mapping[str, str]]:
    """Return what the event's rooms are called, by id."""
    return {room.id: room.name for room in frame.rooms(event_id)}


def speaker_names(event_id: int) -> Mapping[int, str]:
    """Return the names of an event's speakers, by id, in Polish alphabetical order."""
    return {row.id: name_of(row.person) for row in speakers(event_id)}


def speaker_ids_by_name(event_id: int) -> dict[str, int]:
    """Return the ids of an event's speakers by their names, as these are compared."""
    return {row.person.search_key: row.id for row in speakers(event_id)}


def speaker_ids(event_id: int) -> frozenset[int]:
    """Return the ids of an event's speakers."""
    return frozenset(db.session.scalars(select(Speaker.id).where(Speaker.event_id == event_id)))


def name_of(person: Person) -> str:
    """Return a person's name with the title before it."""
    return full_name(person.title, person.first_name, person.last_name)


# --- releases ---------------------------------------------------------------------------------


def releases(event_id: int) -> Sequence[Release]:
    """List an event's releases, newest first."""
    query = select(Release).where(Release.event_id == event_id)
    return db.session.scalars(query.order_by(Release.number.desc())).all()


def release(event_id: int, number: int) -> Release | None:
    """Return one release of an event."""
    query = select(Release).where(Release.event_id == event_id, Release.number == number)
    return db.session.scalars(query).first()


# --- what is wrong with the draft -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A finding, and the reason for which somebody lets it stand, if anybody does."""

    finding: Finding
    reason: str | None


def findings(event: Event, needs: Sequence[Need] = ()) -> list[Judged]:
    """List what is wrong with the draft; *needs* are those of people who have seats."""
    return findings_of(event, workbench(event.id), needs)


def findings_of(event: Event, bench: Workbench, needs: Sequence[Need] = ()) -> list[Judged]:
    """List what is wrong with a draft that was read already."""
    sessions = [planned(row) for row in bench.sessions]
    reasons = {row.key: row.reason for row in acknowledgements(event.id)}
    found = diagnose(sessions, _frame(event, bench, sessions, needs))
    return [Judged(finding=one, reason=reasons.get(one.key)) for one in found]


def acknowledgements(event_id: int) -> Sequence[Acknowledgement]:
    """List the findings that somebody lets stand."""
    query = select(Acknowledgement).where(Acknowledgement.event_id == event_id)
    return db.session.scalars(query.order_by(Acknowledgement.id)).all()


def acknowledgement(event_id: int, key: str) -> Acknowledgement | None:
    """Return why a finding may stand, if somebody said so."""
    query = select(Acknowledgement).where(Acknowledgement.event_id == event_id)
    return db.session.scalars(query.where(Acknowledgement.key == key)).first()


def _frame(
    event: Event, bench: Workbench, sessions: Sequence[Planned], needs: Sequence[Need]
) -> Frame:
    return Frame(
        zone=event.timezone,
        days=[day.date for day in frame.days(event.id)],
        rooms={room.id: _room(room) for room in bench.rooms},
        speakers={row.id: name_of(row.person) for row in bench.people},
        can_come=bench.can_come(),
        duties=_duties({row.person_id: row.id for row in bench.people}, sessions),
        pauses=[
            (one.starts_at, one.ends_at, one.title)
            for one in map(planned_break, bench.pauses)
            if one.is_held
        ],
        seated=_seated(event.id),
        needs=needs,
    )


def _room(room: Room) -> RoomFrame:
    return RoomFrame(
        id=room.id,
        venue_id=room.venue_id,
        name=room.name,
        capacity=room.capacity,
        wheelchair=room.wheelchair,
        parallel=room.parallel,
    )


def _spans(speaker: Speaker) -> list[tuple[datetime, datetime]]:
    return [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        for begin, end in speaker.availability
    ]


def _duties(speaker_of: Mapping[int, int], sessions: Sequence[Planned]) -> list[Duty]:
    """List what keeps speakers busy besides speaking here; own seats as the draft has them."""
    drafted = {f"session:{session.id}": session for session in sessions}
    query = select(Commitment).where(Commitment.person_id.in_(speaker_of))
    rows = db.session.scalars(query.order_by(Commitment.starts_at, Commitment.id))
    return [
        _duty(row, speaker_of[row.person_id], drafted.get(row.source))
        for row in rows
        if row.source not in drafted or row.kind is not CommitmentKind.SPEAKING
    ]


def _duty(row: Commitment, speaker_id: int, session: Planned | None) -> Duty:
    return Duty(
        speaker_id=speaker_id,
        label=row.label,
        starts_at=session.starts_at if session is not None else row.starts_at,
        ends_at=session.ends_at if session is not None else row.ends_at,
    )


def _seated(event_id: int) -> list[Seated]:
    """List who has seats in several sessions."""
    query = select(Commitment.person_id, Commitment.source).where(
        Commitment.event_id == event_id, Commitment.kind == CommitmentKind.SIGN_UP
    )
    held: dict[int, list[int]] = defaultdict(list)
    for person_id, source in db.session.execute(query.order_by(Commitment.id)):
        held[person_id].append(int(source.removeprefix("session:")))
    several = {person_id: ids for person_id, ids in held.items() if len(ids) > 1}
    names = db.session.scalars(select(Person).where(Person.id.in_(several)))
    return [
        Seated(person_id=row.id, name=name_of(row), session_ids=tuple(several[row.id]))
        for row in names
    ]
