"""Who leads sessions. Facts about people hold no name, so these edits are told but not undone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from eventapp.directory import commands as directory
from eventapp.events.models import Event
from eventapp.kernel import i18n, jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused, refuse_stale
from eventapp.programme import mails, queries
from eventapp.programme.commands import steps
from eventapp.programme.commands.facts import (
    ReminderSent,
    SpeakerAdded,
    SpeakerChanged,
    SpeakerLinkRenewed,
    SpeakerLinkSent,
    SpeakerRemoved,
)
from eventapp.programme.commands.sessions import add_speaker
from eventapp.programme.models import Speaker
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.programme.rules.asking import Standing

OF_PERSON = ("title", "first_name", "last_name", "email")


@atomic
def name_speaker(
    event_id: int,
    now: datetime,
    *,
    title: str,
    first_name: str,
    last_name: str,
    email: str | None,
    bio: Mapping[str, str] | None = None,
    availability: Sequence[Any] = (),
    locale: str = i18n.DEFAULT,
) -> Speaker:
    """Let somebody speak at an event; a person whom the host knows by name and e-mail is that one.

    Refused for somebody who is among the event's speakers already.
    """
    event = db.session.get_one(Event, event_id)
    person = directory.keep_person(
        event.host_id, title=title, first_name=first_name, last_name=last_name, email=email
    )
    if queries.speaker_of_person(event_id, person.id) is not None:
        raise Refused(ProgrammeRefusal.SPEAKER_KNOWN)
    row = add_speaker(event_id, person.id, bio=bio, locale=locale)
    row.availability = list(availability)
    record(SpeakerAdded(event_id=event_id, subject=f"speaker:{row.id}", speaker_id=row.id))
    return row


@atomic
def edit_speaker(
    speaker_id: int, now: datetime, *, expected: Collection[int] | None = None, **values: Any
) -> Speaker:
    """Replace what is known of a speaker: names and e-mail of the person, words and times here.

    *expected* are versions read before: raises `Stale` when the row has another one by now.
    """
    row = _as_read(speaker_id, expected)
    row.version += 1
    own = {name: value for name, value in values.items() if name not in OF_PERSON}
    for name, value in own.items():
        setattr(row, name, value)
    directory.rename_person(
        row.person_id, **{name: value for name, value in values.items() if name in OF_PERSON}
    )
    for session in queries.sessions_of(speaker_id):
        steps.changed(session)  # the public programme names the person
    record(
        SpeakerChanged(
            event_id=row.event_id, subject=f"speaker:{row.id}", speaker_id=row.id,
            columns=sorted(values),
        )
    )  # fmt: skip
    return row


@atomic
def remove_speaker(
    speaker_id: int, now: datetime, *, expected: Collection[int] | None = None
) -> None:
    """Take somebody off the list of speakers who leads no session, not even in the draft.

    *expected* as in `edit_speaker`.
    """
    row = _as_read(speaker_id, expected)
    led = queries.led_by(row.event_id, speaker_id)
    if led is not None:
        raise Refused(ProgrammeRefusal.SPEAKER_IN_USE, title=led)
    db.session.delete(row)
    record(SpeakerRemoved(event_id=row.event_id, subject=f"speaker:{row.id}", speaker_id=row.id))


@atomic
def send_speaker_link(speaker_id: int, now: datetime) -> None:
    """Send a speaker the personal link; refused without an e-mail."""
    row = _known(speaker_id)
    if not row.person.email:
        raise Refused(ProgrammeRefusal.SPEAKER_WITHOUT_EMAIL)
    jobs.enqueue(
        mails.speaker_link, lane=row.person.email, event_id=row.event_id, speaker_id=row.id
    )
    record(SpeakerLinkSent(event_id=row.event_id, subject=f"speaker:{row.id}", speaker_id=row.id))


@atomic
def ask_speakers(event_id: int, now: datetime) -> int:
    """Ask every speaker for what is missing who was not asked lately; return how many are asked.

    Whoever comes second waits for the event's row, and then finds everybody asked.
    """
    event = db.session.get_one(Event, event_id, with_for_update={"key_share": True})
    due = [one for one in queries.owing(event, now) if one.standing(now) is Standing.DUE]
    for one in due:
        jobs.enqueue(mails.speaker_asked, lane=one.email, event_id=event_id, speaker_id=one.id)
    if due:
        record(
            ReminderSent(
                event_id=event_id, subject=f"event:{event_id}", what="speakers",
                count=len(due), speaker_ids=[one.id for one in due],
            )
        )  # fmt: skip
    return len(due)


@atomic
def renew_speaker_link(speaker_id: int, now: datetime) -> None:
    """Replace a personal link that came into wrong hands."""
    row = _known(speaker_id)
    row.link_generation += 1
    record(
        SpeakerLinkRenewed(event_id=row.event_id, subject=f"speaker:{row.id}", speaker_id=row.id)
    )


def _as_read(speaker_id: int, expected: Collection[int] | None) -> Speaker:
    """Take a speaker for this transaction, unless it is not the row that was read."""
    db.session.get_one(Speaker, speaker_id, with_for_update=True, populate_existing=True)
    row = _known(speaker_id)
    refuse_stale(row.version, expected)
    return row


def _known(speaker_id: int) -> Speaker:
    row = queries.speaker(speaker_id)
    if row is None:
        raise LookupError(f"no speaker {speaker_id}")
    return row
