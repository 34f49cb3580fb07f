"""A large draft of a programme, made of plain values."""

from datetime import UTC, date, datetime, timedelta

from eventapp.programme.rules.diagnostics import Frame, RoomFrame, Seated
from eventapp.programme.rules.planned import Planned

SESSIONS, ROOMS, PEOPLE, DAYS = 400, 30, 5000, 5
FIRST = datetime(2027, 6, 14, 8, tzinfo=UTC)
LENGTH, RHYTHM = timedelta(minutes=90), timedelta(minutes=100)


def large() -> tuple[list[Planned], Frame]:
    """Return 400 sessions over five days in 30 rooms, and 5,000 people with five seats each."""
    sessions = [_session(number) for number in range(SESSIONS)]
    frame = Frame(
        zone="UTC",
        days=[date(2027, 6, 14) + timedelta(days=day) for day in range(DAYS)],
        rooms={number: _room(number) for number in range(1, ROOMS + 1)},
        speakers={number: f"Osoba {number}" for number in range(1, SESSIONS)},
        pauses=[(FIRST + timedelta(hours=4), FIRST + timedelta(hours=5), {"pl": "Obiad"})],
        seated=[_person(number) for number in range(PEOPLE)],
    )
    return sessions, frame


def _session(number: int) -> Planned:
    # A little more than the rooms hold, so that there is something to find.
    place, day = divmod(number, DAYS)
    slot, room = divmod(place, ROOMS - 1)
    starts_at = FIRST + timedelta(days=day) + slot * RHYTHM
    return Planned(
        id=number + 1, activity_id=number + 1, state="scheduled", title={"pl": f"Z {number}"},
        abstract={}, kind="workshop", language="pl", topics=(), starts_at=starts_at,
        ends_at=starts_at + LENGTH, room_id=room + 1, speaker_ids=(number % 200 + 1,), capacity=20,
        sign_up="required", waiting_list=True, sign_up_opens_at=None, sign_up_closes_at=None,
        break_minutes=0, counts_for_certificate=True, compulsory=False, confirmed=10, waiting=0,
    )  # fmt: skip


def _room(number: int) -> RoomFrame:
    return RoomFrame(
        id=number, venue_id=number % 3, name={"pl": f"Sala {number}"}, capacity=40,
        wheelchair=True, parallel=False,
    )  # fmt: skip


def _person(number: int) -> Seated:
    own = tuple((number + step * 79) % SESSIONS + 1 for step in range(5))
    return Seated(person_id=number, name=f"N {number}", session_ids=own)
