"""Letters to many: the rows, who gets them, when, and how the copies stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.invites import mails as invites
from eventapp.invites import queries as calendars
from eventapp.kernel import i18n, placeholders
from eventapp.kernel.db import db
from eventapp.kernel.post import Mail, MailState
from eventapp.kernel.shipped import Field
from eventapp.messages.models import Letter, LetterCopy, LetterPolicy, LetterRun, State, Timing
from eventapp.messages.queries import audience as meant
from eventapp.messages.rules import schedule
from eventapp.messages.rules.audience import Audience, Spared
from eventapp.messages.rules.places import PROGRAMME, places
from eventapp.messages.rules.schedule import Occasion, Standing
from eventapp.programme import queries as programme
from eventapp.registrations import mails as registrations
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import plain_name, shown_number


def letter(letter_id: int) -> Letter | None:
    """Return one letter."""
    return db.session.get(Letter, letter_id)


def event_of_letter(letter_id: int) -> int | None:
    """Return the id of the event a letter belongs to."""
    return db.session.scalar(select(Letter.event_id).where(Letter.id == letter_id))


def locked(letter_id: int) -> Letter:
    """Take a letter for this transaction, and return it as it is now."""
    db.session.flush()  # reading anew must not undo what was changed here
    return db.session.get_one(Letter, letter_id, with_for_update=True, populate_existing=True)


def letters(event_id: int) -> Sequence[Letter]:
    """List an event's letters, the newest first."""
    query = select(Letter).where(Letter.event_id == event_id).order_by(Letter.id.desc())
    return db.session.scalars(query).all()


def policy(event_id: int) -> LetterPolicy:
    """Return who has to approve letters; without a row, the writer alone."""
    found = db.session.get(LetterPolicy, event_id)
    return found or LetterPolicy(event_id=event_id, second_person=False)


# --- when ---------------------------------------------------------------------------------


def days_of(event: Event) -> list[date]:
    """List the days that an event lasts on."""
    return sorted(row.date for row in frame.days(event.id)) or [event.starts_on, event.ends_on]


def runs(letter_id: int) -> set[str]:
    """Return on which occasions a letter has gone out."""
    query = select(LetterRun.occasion).where(LetterRun.letter_id == letter_id)
    return set(db.session.scalars(query))


def moments(row: Letter, event: Event, now: datetime) -> list[tuple[Occasion, Standing]]:
    """List the moments of a letter, and how each stands."""
    done = runs(row.id)
    return [
        (one, schedule.standing(row, one, done, now))
        for one in schedule.occasions(row, days_of(event), i18n.zone_of(event.timezone))
    ]


def first_occasion(row: Letter, event: Event) -> str:
    """Return the occasion that a letter is shown for before it goes out."""
    found = schedule.occasions(row, days_of(event), i18n.zone_of(event.timezone))
    return found[0].code if found else ""


def due(now: datetime) -> list[tuple[int, str]]:
    """List letters and their occasions that have to go out, or reach who came later."""
    found: list[tuple[int, str]] = []
    # Letters of events that are long over are looked at no more, unless they wait to go out.
    recent = Event.ends_on >= (now - 2 * schedule.LATEST_THANKS).date()
    query = select(Letter, Event).join(Event, Event.id == Letter.event_id).order_by(Letter.id)
    query = query.where(or_(Letter.state == State.QUEUED, and_(Letter.state == State.SENT, recent)))
    for row, event in db.session.execute(query).all():
        found += [
            (row.id, occasion.code)
            for occasion, stands in moments(row, event, now)
            if stands is Standing.DUE or _goes_on(row, occasion, stands, now)
        ]
    return found


def _goes_on(row: Letter, occasion: Occasion, stands: Standing, now: datetime) -> bool:
    return row.late_copies and stands is Standing.DONE and now < occasion.until


# --- to whom ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reached:
    """Who gets a letter by mail, and who of those that are meant does not, and why."""

    people: Sequence[Registration]
    spared: Sequence[tuple[Registration, Spared]]

    @property
    def meant(self) -> int:
        """Return how many people meet the conditions."""
        return len(self.people) + len(self.spared)


def reached(event: Event, audience: Audience, *, necessary: bool = False) -> Reached:
    """Part those who are meant into those who get a mail and those who do not."""
    rows = meant.meant(event, audience)
    gone = set() if necessary else meant.gone([row.email for row in rows if row.email])
    reasons = [(row, _spared(row, gone)) for row in rows]
    return Reached(
        people=[row for row, why in reasons if why is None],
        spared=[(row, why) for row, why in reasons if why is not None],
    )


def _spared(row: Registration, gone: set[str]) -> Spared | None:
    if not row.email:
        return Spared.NO_ADDRESS
    return Spared.COMES_BACK if row.email.lower() in gone else None


def unreached(row: Letter, event: Event, occasion: str) -> list[Registration]:
    """List who should have a copy of a letter for an occasion and has none yet."""
    query = select(LetterCopy.registration_id)
    query = query.where(LetterCopy.letter_id == row.id, LetterCopy.occasion == occasion)
    have = set(db.session.scalars(query))
    wanted = reached(event, Audience.read(row.audience), necessary=row.necessary)
    return [one for one in wanted.people if one.id not in have]


# --- copies -------------------------------------------------------------------------------


def copy(copy_id: int) -> LetterCopy | None:
    """Return one copy with its letter and person."""
    query = select(LetterCopy).options(
        joinedload(LetterCopy.letter),
        joinedload(LetterCopy.registration).joinedload(Registration.organisation),
        joinedload(LetterCopy.registration).joinedload(Registration.category),
    )
    return db.session.scalars(query.where(LetterCopy.id == copy_id)).first()


@dataclass(frozen=True)
class Copied:
    """A copy, and how its mail stands; one without a mail is still to be written."""

    copy: LetterCopy
    mail: Mail | None

    @property
    def state(self) -> MailState:
        """Return how the mail stands."""
        return self.mail.state if self.mail is not None else MailState.WAITING


def copies(letter_id: int) -> list[Copied]:
    """List the copies of a letter with their people, in Polish alphabetical order."""
    query = (
        select(LetterCopy, Mail)
        .join(Registration, Registration.id == LetterCopy.registration_id)
        .outerjoin(Mail, Mail.job_id == LetterCopy.job_id)
        .options(joinedload(LetterCopy.registration))
        .where(LetterCopy.letter_id == letter_id)
        .order_by(Registration.sort_key, LetterCopy.id)
    )
    return [Copied(one, mail) for one, mail in db.session.execute(query)]


def standing_counts(event_id: int) -> Mapping[int, Counter[MailState]]:
    """Count the copies of each of an event's letters by how their mails stand."""
    query = (
        select(LetterCopy.letter_id, Mail.state, func.count())
        .join(Letter, Letter.id == LetterCopy.letter_id)
        .outerjoin(Mail, Mail.job_id == LetterCopy.job_id)
        .where(Letter.event_id == event_id)
        .group_by(LetterCopy.letter_id, Mail.state)
    )
    found: dict[int, Counter[MailState]] = {}
    for letter_id, state, count in db.session.execute(query):
        found.setdefault(letter_id, Counter())[state or MailState.WAITING] += count
    return found


def sharing(one: LetterCopy) -> bool:
    """Tell whether somebody else gets this letter at the same address."""
    query = select(func.count()).select_from(LetterCopy)
    query = query.join(Registration, Registration.id == LetterCopy.registration_id)
    query = query.where(
        LetterCopy.letter_id == one.letter_id,
        LetterCopy.occasion == one.occasion,
        Registration.email == one.registration.email,
    )
    return (db.session.scalar(query) or 0) > 1


# --- what is in it ------------------------------------------------------------------------


def places_of(timing: Timing, audience: Audience) -> Mapping[str, Field]:
    """Return what a letter may be filled with."""
    return places(timing, len(audience.session_ids))


def context_of(
    row: Letter, person: Registration, event: Event, occasion: str, now: datetime
) -> dict[str, Any]:
    """Return what fills somebody's copy of a letter, in the person's language."""
    locale = person.locale
    audience = Audience.read(row.audience)
    day = date.fromisoformat(occasion) if row.timing is Timing.EACH_DAY and occasion else None
    with i18n.use_locale(locale):
        said = {
            "event_dates": i18n.date_range(event.starts_on, event.ends_on),
            "day": i18n.day_words(day) if day is not None else "",
        }
    organisation = person.organisation.name if person.organisation is not None else ""
    return {
        **registrations.event_context(event, locale),
        **said,
        **_session(event, audience, person),
        "first_name": registrations.first_name_of(person),
        "last_name": plain_name("", person.last_name),
        "name": registrations.name_of(person),
        "number": shown_number(person.number),
        "organisation": plain_name(organisation, ""),
        "category": i18n.local(person.category.name, locale) if person.category else "",
        "link": registrations.link_url(event, person),
        "programme": _programme(event, person, day, now) if _lists_sessions(row) else [],
    }


def _session(event: Event, audience: Audience, person: Registration) -> dict[str, Any]:
    if len(audience.session_ids) != 1:
        return {}
    session = programme.session(audience.session_ids[0])
    if session is None:
        return {}
    shown = invites.session_context(session, event, person)
    return {
        "title": i18n.local(shown["title"], person.locale),
        "starts_at": shown["starts_at"],
        "ends_at": shown["ends_at"],
        "place": shown["place"],
    }


def _lists_sessions(row: Letter) -> bool:
    return PROGRAMME in placeholders.names(*row.body.values())


def _programme(
    event: Event, person: Registration, day: date | None, now: datetime
) -> list[dict[str, Any]]:
    """List somebody's own sessions, of one day if one is named."""
    return [
        {
            "title": placeholders.harmless(entry.summary),
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
            "place": placeholders.harmless(entry.location),
        }
        for entry in calendars.agenda(person, event, now).entries()
        if day is None or i18n.day_of(entry.starts_at, event.timezone) == day
    ]
