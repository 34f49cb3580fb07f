"""What the diagnostics find in a draft, and what they leave alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.programme.rules.diagnostics import (
    Duty,
    Fault,
    Finding,
    Frame,
    Need,
    RoomFrame,
    Seated,
    Severity,
    diagnose,
)
from eventapp.programme.rules.planned import Planned
from tests.factories import at

HALL, UPSTAIRS, FOYER, ELSEWHERE = 1, 2, 3, 4
ANNA, JAN = 1, 2


def room(number: int, **values: Any) -> RoomFrame:
    given = {
        "venue_id": 1,
        "name": {"pl": f"Sala {number}"},
        "capacity": 40,
        "wheelchair": True,
        "parallel": False,
    }
    return RoomFrame(id=number, **{**given, **values})


FRAME = Frame(
    zone="Europe/Warsaw",
    days=[date(2027, 6, 16), date(2027, 6, 17)],
    rooms={
        HALL: room(HALL),
        UPSTAIRS: room(UPSTAIRS, wheelchair=False),
        FOYER: room(FOYER, parallel=True),
        ELSEWHERE: room(ELSEWHERE, venue_id=2),
    },
    speakers={ANNA: "Anna Nowak", JAN: "Jan Kowal"},
)


def session(number: int, begin: str = "9:00", end: str = "10:00", **values: Any) -> Planned:
    given = {
        "activity_id": number,
        "state": "scheduled",
        "title": {"pl": f"Zajęcia {number}"},
        "abstract": {},
        "kind": "workshop",
        "language": "pl",
        "topics": (),
        "starts_at": at(begin),
        "ends_at": at(end),
        "room_id": HALL,
        "speaker_ids": (ANNA,),
        "capacity": 20,
        "sign_up": "required",
        "waiting_list": True,
        "sign_up_opens_at": None,
        "sign_up_closes_at": None,
        "break_minutes": 0,
        "counts_for_certificate": True,
        "compulsory": False,
        "confirmed": 0,
        "waiting": 0,
    }
    return Planned(id=number, **{**given, **values})


def found(sessions: Sequence[Planned], frame: Frame = FRAME) -> list[tuple[str, list[int]]]:
    return [(one.fault.value, list(one.session_ids)) for one in diagnose(sessions, frame)]


def test_a_sound_draft_has_no_findings() -> None:
    assert found([session(1), session(2, "10:15", "11:15"), session(3, "12:00", "13:00")]) == []


JAN_LEADS = {"speaker_ids": (JAN,)}
CASES = {
    "a room is taken": (
        [session(1), session(2, "9:30", "10:30", **JAN_LEADS)],
        [("room-taken", [1, 2])],
    ),
    "touching ends are no clash but leave no time to turn round": (
        [session(1), session(2, "10:00", "11:00", **JAN_LEADS)],
        [("turn-round", [1, 2])],
    ),
    "whoever needs no place stays seated between two talks": (
        [session(1, sign_up="none"), session(2, "10:00", "11:00", sign_up="none", **JAN_LEADS)],
        [],
    ),
    "a break planned as a session takes nobody's room": (
        [session(1), session(2, kind="break", speaker_ids=())],
        [],
    ),
    "five minutes to turn round": (
        [session(1), session(2, "10:05", "11:00", **JAN_LEADS)],
        [("turn-round", [1, 2])],
    ),
    "the same workshop again needs no turning round": (
        [session(1), session(2, "10:05", "11:00", activity_id=1, **JAN_LEADS)],
        [],
    ),
    "a foyer holds several at once": (
        [session(1, room_id=FOYER), session(2, room_id=FOYER, **JAN_LEADS)],
        [],
    ),
    "what is called off takes no room": (
        [session(1, state="cancelled"), session(2)],
        [],
    ),
    "a draft takes a room as well": (
        [session(1, state="draft"), session(2, **JAN_LEADS)],
        [("room-taken", [1, 2])],
    ),
    "a speaker in two places": (
        [session(1), session(2, "9:30", "10:30", room_id=UPSTAIRS)],
        [("speaker-busy", [1, 2])],
    ),
    "a long session hides nobody behind it": (
        [
            session(1, "9:00", "13:00", break_minutes=20, **JAN_LEADS),
            session(2, "9:30", "10:00"),
            session(3, "11:00", "12:00"),
        ],
        [("room-taken", [1, 2]), ("room-taken", [1, 3])],
    ),
    "no time to get to the other building": (
        [session(1), session(2, "10:15", "11:00", room_id=ELSEWHERE)],
        [("travel", [1, 2])],
    ),
    "time enough to get there": (
        [session(1), session(2, "10:20", "11:00", room_id=ELSEWHERE)],
        [],
    ),
    "three hours and more without a break": (
        [
            session(1, "9:00", "10:30"),
            session(2, "10:30", "12:00", room_id=UPSTAIRS),
            session(3, "12:05", "13:00"),
        ],
        [("no-break", [1, 2, 3])],
    ),
    "four hours at a stretch": ([session(1, "9:00", "13:00")], [("no-break", [1])]),
    "a long session with breaks inside": ([session(1, "9:00", "13:00", break_minutes=20)], []),
    "a day that the event does not have": (
        [session(1, starts_at=at("9:00", 3), ends_at=at("10:00", 3))],
        [("outside-days", [1])],
    ),
    "a night belongs to the day on which it begins": (
        [session(1, "22:00", starts_at=at("22:00", 2), ends_at=at("1:00", 3))],
        [],
    ),
    "fewer places than are taken": (
        [session(1, capacity=9, confirmed=10)],
        [("capacity-below-confirmed", [1])],
    ),
    "more places than the room holds": ([session(1, capacity=41)], [("capacity-above-room", [1])]),
    "no limit of its own is the room's": ([session(1, capacity=None, confirmed=40)], []),
    "more seats are given than the room holds": (
        [session(1, capacity=None, confirmed=41)],
        [("capacity-below-confirmed", [1])],
    ),
    "no room yet": ([session(1, room_id=None)], [("no-room", [1])]),
    "a study visit needs no room": ([session(1, room_id=None, kind="study-visit")], []),
    "nobody leads it": ([session(1, speaker_ids=())], [("no-speaker", [1])]),
    "nobody leads the registration desk": (
        [session(1, speaker_ids=(), kind="registration")],
        [],
    ),
}


@pytest.mark.parametrize(("sessions", "expected"), CASES.values(), ids=CASES)
def test_what_is_found(sessions: list[Planned], expected: list[tuple[str, list[int]]]) -> None:
    assert found(sessions) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"can_come": {ANNA: [(at("9:00"), at("12:00"))]}}, []),
        ({"can_come": {ANNA: [(at("9:15"), at("12:00"))]}}, ["speaker-away"]),
        ({"can_come": {JAN: [(at("9:15"), at("12:00"))]}}, []),
        ({"can_come": {ANNA: [(at("9:30"), at("12:00")), (at("8:00"), at("9:30"))]}}, []),
        (
            {
                "duties": [
                    Duty(
                        speaker_id=ANNA,
                        label={"pl": "Kapituła"},
                        starts_at=at("9:30"),
                        ends_at=at("11:00"),
                    )
                ]
            },
            ["on-duty"],
        ),
        (
            {
                "duties": [
                    Duty(
                        speaker_id=ANNA,
                        label={"pl": "Kapituła"},
                        starts_at=at("10:00"),
                        ends_at=at("11:00"),
                    )
                ]
            },
            [],
        ),
        ({"pauses": [(at("9:30"), at("10:10"), {"pl": "Obiad"})]}, ["over-meal"]),
        ({"pauses": [(at("9:30"), at("9:50"), {"pl": "Kawa"})]}, []),
        ({"pauses": [(at("10:00"), at("11:00"), {"pl": "Obiad"})]}, []),
        ({"needs": [Need(session_id=1, name="Bogusław J.")]}, []),
    ],
)
def test_what_the_frame_says(more: dict[str, Any], expected: list[str]) -> None:
    assert [one for one, _ids in found([session(1)], replace(FRAME, **more))] == expected


@pytest.mark.parametrize(
    ("wheelchair", "expected"), [(False, ["need-unmet"]), (True, []), (None, [])]
)
def test_a_wheelchair_and_steps(wheelchair: bool | None, expected: list[str]) -> None:
    rooms = {HALL: room(HALL, wheelchair=wheelchair)}
    frame = replace(FRAME, rooms=rooms, needs=[Need(session_id=1, name="Bogusław Jaźwiecowski")])

    findings = diagnose([session(1)], frame)

    assert [one.fault.value for one in findings] == expected
    assert all(one.details["name"] == "Bogusław Jaźwiecowski" for one in findings)


def test_whose_sign_ups_would_clash() -> None:
    sessions = [session(1), session(2, "9:30", "10:30", room_id=UPSTAIRS, **JAN_LEADS)]
    people = [
        Seated(person_id=number, name=name, session_ids=(1, 2))
        for number, name in enumerate(["Zofia Ż.", "Adam A."])
    ]
    alone = Seated(person_id=9, name="Ewa", session_ids=(2, 77))

    (one,) = diagnose(sessions, replace(FRAME, seated=[*people, alone]))

    assert (one.fault, one.severity) == (Fault.SIGN_UPS_CLASH, Severity.WARNING)
    assert one.details["names"] == "Adam A., Zofia Ż."


def test_a_crowd_is_counted() -> None:
    sessions = [session(1), session(2, "9:30", "10:30", room_id=UPSTAIRS, **JAN_LEADS)]
    crowd = [Seated(person_id=n, name=f"N{n:02}", session_ids=(1, 2)) for n in range(25)]

    (one,) = diagnose(sessions, replace(FRAME, seated=crowd))

    assert one.details["names"].endswith("N19 … (+5)")


def test_errors_come_first_then_the_order_of_the_programme() -> None:
    sessions = [
        session(1, "7:00", "8:00", speaker_ids=()),
        session(2),
        session(3, "9:30", "10:30", **JAN_LEADS),
        session(4, "11:00", "12:00", speaker_ids=()),
    ]

    assert [fault for fault, _ids in found(sessions)] == ["room-taken", "no-speaker", "no-speaker"]


def key(one: Finding) -> str:
    return one.key


def test_a_finding_keeps_its_key_while_the_same_thing_is_wrong() -> None:
    before = diagnose([session(1), session(2, "9:30", "10:30", **JAN_LEADS)], FRAME)
    renamed = diagnose(
        [session(1, title={"pl": "Inny"}), session(2, "9:40", "10:30", **JAN_LEADS)], FRAME
    )
    other = diagnose([session(1), session(3, "9:30", "10:30", **JAN_LEADS)], FRAME)

    assert list(map(key, before)) == list(map(key, renamed))
    assert list(map(key, before)) != list(map(key, other))


def test_whose_clash_may_stand_is_told_by_who_it_is() -> None:
    sessions = [session(1), session(2, "9:30", "10:30", room_id=UPSTAIRS, **JAN_LEADS)]
    keys = [
        diagnose(
            sessions, replace(FRAME, seated=[Seated(person_id=1, name=name, session_ids=(1, 2))])
        )[0].key
        for name in ("Adam A.", "Zofia Ż.")
    ]

    assert keys[0] != keys[1]


def test_a_session_that_pauses_for_lunch_is_not_held_during_it() -> None:
    lunch = replace(FRAME, pauses=[(at("12:00"), at("13:00"), {"pl": "Obiad"})])

    assert found([session(1, "10:00", "15:00", break_minutes=60)], lunch) == []
    assert found([session(1, "11:30", "12:30")], lunch) == [("over-meal", [1])]


def test_an_autumn_night_is_an_hour_longer() -> None:
    # 25 October 2026: 2:30 comes twice. Two sessions an hour apart do not clash.
    warsaw = ZoneInfo("Europe/Warsaw")
    begin = datetime(2026, 10, 25, 2, 30, tzinfo=warsaw)
    again = datetime(2026, 10, 25, 2, 30, tzinfo=warsaw, fold=1)
    half = timedelta(minutes=30)
    frame = replace(FRAME, days=[date(2026, 10, 25)])

    sessions = [
        session(1, starts_at=begin, ends_at=begin.astimezone(UTC) + half),
        session(2, starts_at=again, ends_at=again.astimezone(UTC) + half),
    ]

    assert found(sessions, frame) == []


# --- against a naive reference ------------------------------------------------------------


@st.composite
def drafts(draw: st.DrawFn) -> list[Planned]:
    count = draw(st.integers(0, 9))
    made = []
    for number in range(1, count + 1):
        begin = at("8:00") + timedelta(minutes=5 * draw(st.integers(0, 30)))
        length = timedelta(minutes=5 * draw(st.integers(1, 12)))
        made.append(
            session(
                number,
                starts_at=begin,
                ends_at=begin + length,
                room_id=draw(st.sampled_from([None, HALL, UPSTAIRS, FOYER])),
                speaker_ids=tuple(draw(st.sets(st.sampled_from([ANNA, JAN])))),
                state=draw(st.sampled_from(["draft", "scheduled", "cancelled", "removed"])),
            )
        )
    return made


def pairs(sessions: list[Planned]) -> list[tuple[Planned, Planned]]:
    running = [one for one in sessions if one.state in {"draft", "scheduled"}]
    return [
        (one, other)
        for one, other in combinations(running, 2)
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]


@given(drafts())
def test_every_clash_is_found_and_nothing_else(sessions: list[Planned]) -> None:
    rooms = {
        frozenset((one.id, other.id))
        for one, other in pairs(sessions)
        if one.room_id == other.room_id and one.room_id in {HALL, UPSTAIRS}
    }
    people = sorted(
        (*sorted((one.id, other.id)), speaker)
        for one, other in pairs(sessions)
        for speaker in {*one.speaker_ids} & {*other.speaker_ids}
    )

    findings = diagnose(sessions, FRAME)

    taken = [frozenset(one.session_ids) for one in findings if one.fault is Fault.ROOM_TAKEN]
    busy = [
        (*sorted(one.session_ids), {"Anna Nowak": ANNA, "Jan Kowal": JAN}[one.details["name"]])
        for one in findings
        if one.fault is Fault.SPEAKER_BUSY
    ]
    assert len(taken) == len(rooms)
    assert set(taken) == rooms
    assert sorted(busy) == people
