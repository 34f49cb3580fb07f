"""The course of things as tables: planned and held, lists and the door, what was changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from eventapp.attendance.papers import SOURCES
from eventapp.attendance.queries.lists import Standing
from eventapp.attendance.rules import Change, ListState
from eventapp.documents.models import Certificate
from eventapp.documents.papers import certificates
from eventapp.documents.papers.report import Report, Table
from eventapp.documents.queries import Course, Material, Planned
from eventapp.kernel import i18n
from eventapp.kernel.facts import FactRow
from eventapp.kernel.refusal import N_
from eventapp.programme import queries as programme
from eventapp.programme.models import Kind, Session, SessionState

CHANGES = {
    Change.INTERVAL: N_("was there from – to"),
    Change.MINUTES: N_("is credited minutes"),
    Change.ABSENT: N_("was not there"),
    Change.AS_IT_IS: N_("found right as it is"),
    Change.UNDONE: N_("correction taken back"),
}
STATES = {
    ListState.PRINTED: N_("printed"),
    ListState.BACK: N_("scan attached"),
    ListState.READ: N_("signatures noted"),
    ListState.RECONCILED: N_("reconciled"),
}
# What an auditor asks about; the whole history stays in the application.
HAPPENED = {
    "session-added": N_("A session was planned"),
    "session-moved": N_("A session got another time or room"),
    "session-changed": N_("A session's data changed"),
    "session-cancelled": N_("A session was called off"),
    "capacity-changed": N_("A session's number of places changed"),
    "speakers-changed": N_("Other people lead a session"),
    "programme-released": N_("The programme was released"),
    "presence-corrected": N_("Presence in a session was corrected"),
    "correction-undone": N_("A correction of presence was taken back"),
    "attendance-list-printed": N_("An attendance list was printed"),
    "attendance-list-scanned": N_("The scan of a signed list was attached"),
    "attendance-list-read": N_("The signatures of a list were noted"),
    "attendance-list-reconciled": N_("A signed list was reconciled"),
    "attendance-list-reopened": N_("A reconciled list was opened again"),
    "place-given-away": N_("An unused place was given to somebody at the door"),
    "place-returned": N_("A place given away at the door was given back"),
    "certificate-setting-changed": N_("The rule or wording of certificates was changed"),
    "certificates-asked": N_("Certificates were asked for"),
    "certificate-issued": N_("A certificate was issued"),
    "certificate-revoked": N_("A certificate was revoked"),
    "pack-asked": N_("An evidence pack was asked for"),
    "pack-made": N_("An evidence pack was put together"),
}


# --- planned against held -----------------------------------------------------------------------


def schedule(
    found: Material, sessions: Sequence[Session], plan: Mapping[int, Planned], about: str
) -> Report:
    """Return each session as it was approved, as it was held, and what differs."""
    speakers = {one.id: _led(one) for one in sessions}
    present = {one.id for one in found.present}
    rows = []
    for session in sessions:
        planned = plan.get(session.id)
        came = sum(
            session.id in own for person_id, own in found.minutes.items() if person_id in present
        )
        rows.append(
            [
                i18n.local(session.activity.title),
                _planned(planned, found.event.timezone),
                _held(session, found.event.timezone),
                speakers.get(session.id) or None,
                planned.capacity if planned is not None else None,
                session.capacity,
                came if session.activity.kind is not Kind.REGISTRATION else None,
                _differs(session, planned, speakers.get(session.id, "")),
            ]
        )
    dropped = [one for key, one in plan.items() if key not in {each.id for each in sessions}]
    rows += [
        [i18n.local(one.title), _planned(one, found.event.timezone), _("not held"), one.led or None,
         one.capacity, None, None, _("taken out of the programme")]
        for one in dropped
    ]  # fmt: skip
    return Report(
        title=_("Schedule: approved and held"),
        wide=True,
        tables=[
            Table(
                title="",
                sheet=_("Schedule"),
                lead=about,
                head=[_("Topic"), _("Approved"), _("Held"), _("Led by"), _("Places approved"),
                      _("Places"), _("Came"), _("What differs")],
                rows=rows,
                widths=[4, 3.6, 3.6, 3, 1.6, 1.2, 1.2, 2.6],
                ends=frozenset({4, 5, 6}),
                none=_("There is no session to speak of yet."),
            )
        ],
    )  # fmt: skip


def _led(session: Session) -> str:
    return ", ".join(programme.name_of(one.speaker.person) for one in session.speakers)


def _planned(planned: Planned | None, zone: str) -> str:
    if planned is None:
        return _("not planned")
    return _place(planned.starts_at, planned.ends_at, planned.room, zone)


def _held(session: Session, zone: str) -> str:
    if session.state is SessionState.CANCELLED:
        return _("called off")
    room = session.room.name if session.room is not None else None
    return _place(session.starts_at, session.ends_at, room, zone)


def _place(
    starts_at: datetime, ends_at: datetime, room: Mapping[str, str] | None, zone: str
) -> str:
    when = f"{i18n.date_short(starts_at, zone)} {i18n.time_range(starts_at, ends_at, zone)}"
    return f"{when}, {i18n.local(room)}" if room else when


def _differs(session: Session, planned: Planned | None, led: str) -> str:
    if session.state is SessionState.CANCELLED:
        return _("called off")
    if planned is None:
        return _("added")
    room = dict(session.room.name) if session.room is not None else None
    found = [
        (_("time"), (session.starts_at, session.ends_at) != (planned.starts_at, planned.ends_at)),
        (_("room"), room != planned.room),
        (_("led by"), planned.led is not None and led != planned.led),
        (_("number of places"), session.capacity != planned.capacity),
    ]
    return ", ".join(name for name, differs in found if differs) or "–"


# --- lists against the door -----------------------------------------------------------------------


def reconciliation(found: Material, course: Course) -> Report:
    """Return how far each list has come, the sessions without one, and every correction."""
    listed = {one.sheet.session_id for one in course.lists}
    without = [
        [one.starts_at, i18n.local(one.activity.title)]
        for one in found.sessions
        if one.id not in listed and one.activity.kind is not Kind.REGISTRATION
    ]
    return Report(
        title=_("Signed lists and the door"),
        wide=True,
        tables=[
            Table(
                title=_("Lists"),
                head=[_("No."), _("Session"), _("When"), _("State"), _("Rows"), _("Signed"),
                      _("To settle"), _("Scans")],
                rows=[_list(one) for one in course.lists],
                widths=[1, 5, 2.4, 2.4, 1, 1, 1.2, 1],
                ends=frozenset({0, 4, 5, 6, 7}),
                none=_("No list is printed yet."),
            ),
            Table(
                title=_("Sessions without a list"),
                head=[_("When"), _("Session")],
                rows=without,
                widths=[1, 4],
                none=_("Every session has its list."),
            ),
            _corrections(course),
        ],
    )  # fmt: skip


def _list(one: Standing) -> list[Any]:
    read = one.sheet.read_at is not None
    return [
        one.sheet.number, i18n.local(one.sheet.session.activity.title),
        one.sheet.session.starts_at, _(STATES[one.state]), one.rows,
        one.signed if read else None, one.left if read else None, one.scans,
    ]  # fmt: skip


def _corrections(course: Course) -> Table:
    rows = [
        [
            one.row.made_at, one.person, i18n.local(one.session), _(CHANGES[one.row.change]),
            _before(one.row.before), one.row.reason, actor(one.row.actor),
        ]
        for one in course.corrections
    ]  # fmt: skip
    return Table(
        title=_("Corrections of presence"),
        head=[_("When"), _("Person"), _("Session"), _("What is right"), _("Before"), _("Reason"),
              _("By")],
        rows=rows,
        widths=[1.8, 2.4, 3.4, 2, 2, 3, 1.6],
        none=_("Nothing was corrected."),
    )  # fmt: skip


def _before(before: Mapping[str, Any]) -> str:
    if not before:
        return _("was not there")
    source = next((name for key, name in SOURCES.items() if key.value == before["source"]), "")
    return f"{before['minutes']} min, {_(source) if source else before['source']}"


def actor(who: str) -> str:
    """Return who did something: what they are, never a name."""
    what, _colon, number = who.partition(":")
    names = {
        "account": _("team member %(number)s", number=number),
        "registration": _("participant"),
        "speaker": _("speaker"),
        "device": _("device %(number)s", number=number),
        "loader": _("loaded file"),
    }
    return names.get(what, _("the system"))


# --- what happened --------------------------------------------------------------------------------


def changes(course: Course) -> Report:
    """Return what was changed in the programme, in presence and in certificates, oldest first."""
    return Report(
        title=_("Change log"),
        tables=[
            Table(
                title="",
                sheet=_("Change log"),
                head=[_("When"), _("What happened"), _("About"), _("By")],
                rows=[
                    [row.at, _(HAPPENED[row.kind]), _about(row, course), actor(row.actor)]
                    for row in course.facts
                ],
                widths=[1.8, 4, 4, 1.8],
                none=_("Nothing was changed."),
            )
        ],
    )


def _about(row: FactRow, course: Course) -> str | None:
    session = course.titles.get(row.data.get("session_id") or 0)
    person = course.people.get(row.data.get("registration_id") or 0)
    what, _colon, number = row.subject.partition(":")
    if person is None and what == "registration":
        person = course.people.get(int(number))
    if session is None and what == "session":
        session = course.titles.get(int(number))
    parts = [person, i18n.local(session) if session else None]
    return ", ".join(part for part in parts if part) or None


# --- the register ---------------------------------------------------------------------------------


def register(rows: Sequence[Certificate]) -> Report:
    """Return every certificate ever numbered."""
    head, lines = certificates.register_table(rows)
    return Report(
        title=_("Register of certificates"),
        wide=True,
        tables=[
            Table(
                title="",
                sheet=_("Register of certificates"),
                head=head,
                rows=lines,
                widths=[0.9, 2.4, 2.4, 2, 3.4, 1.5, 1.9, 1.7, 1.6, 1.7, 2.4, 2.2],
                ends=frozenset({0, 5, 6}),
                none=_("No certificate is issued yet."),
            )
        ],
    )
