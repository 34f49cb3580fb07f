"""Corrections, taps, signed lists and released places on real databases."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from eventapp.attendance import commands, jobs, queries
from eventapp.attendance.models import AttendanceList
from eventapp.attendance.queries.lists import differences
from eventapp.attendance.rules import (
    Change,
    CorrectionRefusal,
    Difference,
    ListRefusal,
    ListState,
    ReleaseRefusal,
    TapRefusal,
)
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand
from eventapp.checkin.rules import Direction, Method, ScanCode
from eventapp.documents import queries as documents
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.programme.models import SignUpRule
from eventapp.signups import commands as signups
from eventapp.signups import queries as seats
from tests.attendance.hall import Hall, make_hall
from tests.conftest import Clock
from tests.factories import at, fresh, make_registration, make_session

pytestmark = pytest.mark.usefixtures("db_session")

EVENING = at("18:00")
TRAINER = Hand(actor="speaker:1", station="Celina")
PDF = Upload("pdf", b"%PDF-1.4\n%%EOF\n", "lista.pdf", "x.pdf")


def refused(error: pytest.ExceptionInfo[Refused]) -> object:
    return error.value.reason


# --- corrections ------------------------------------------------------------------------------


def test_the_list_of_an_open_session_names_those_with_a_place(app: Flask) -> None:
    hall = make_hall(sign_up=SignUpRule.OPTIONAL, capacity=20)
    hall.person("Bez", seat=False)
    holder = hall.person("Żak")

    sheet = commands.print_list(hall.session.id, at("8:00"))

    assert [row.name for row in queries.list_rows(sheet.id)] == ["Żak Anna"]
    assert sheet.heading["empty"] == 19
    assert [row.id for row in queries.to_print(hall.session)] == [holder.id]
    # The trainer's page has everybody: whoever comes is one tap away.
    assert len(queries.may_come(hall.session)) == 2


def test_a_correction_is_a_row_with_what_stood_before(app: Flask) -> None:
    hall = make_hall()
    row = hall.person("Późna")
    hall.scan(row, "9:30")
    assert hall.minutes(row) == 90

    made = commands.correct(
        hall.session.id, row.id, EVENING, change=Change.INTERVAL, reason="  czytnik stał  ",
        came_at=at("9:00"), left_at=at("10:45"),
    )  # fmt: skip

    assert (hall.minutes(row), made.reason, made.before["minutes"]) == (105, "czytnik stał", 90)
    found = hall.known(row)
    assert found is not None
    assert (found.source, found.correction and found.correction.id) == (Method.MANUAL, made.id)
    minutes = documents.material(hall.event.id, {}).minutes
    assert minutes[row.id] == {hall.session.id: 105}


def test_a_correction_is_taken_back_by_a_row(app: Flask) -> None:
    hall = make_hall()
    row = hall.person()
    first = commands.correct(
        hall.session.id, row.id, EVENING, change=Change.MINUTES, reason="lista", minutes=60
    )
    second = commands.correct(
        hall.session.id, row.id, EVENING, change=Change.ABSENT, reason="pomyłka"
    )
    assert hall.minutes(row) is None

    with pytest.raises(Refused) as earlier:
        commands.undo(first.id, EVENING, reason="nie tak")
    with pytest.raises(Refused) as silent:
        commands.undo(second.id, EVENING, reason=" ")
    undoing = commands.undo(second.id, EVENING, reason="jednak był")
    with pytest.raises(Refused) as twice:
        commands.undo(second.id, EVENING, reason="jeszcze raz")
    with pytest.raises(Refused) as of_undoing:
        commands.undo(undoing.id, EVENING, reason="jeszcze raz")

    assert hall.minutes(row) == 60
    assert [refused(error) for error in (earlier, silent, twice, of_undoing)] == [
        CorrectionRefusal.NOT_THE_LAST,
        CorrectionRefusal.REASON_MISSING,
        CorrectionRefusal.NOT_THE_LAST,
        CorrectionRefusal.NO_CORRECTION,
    ]
    assert len(queries.corrections_of(hall.session.id, row.id)) == 3
    assert fresh(first).minutes == 60


def test_what_changes_nothing_or_nobody_is_refused(app: Flask) -> None:
    hall, other = make_hall(), make_hall()
    row, stranger = hall.person(), other.person()
    hall.scan(row, "9:00")
    same = {"change": Change.INTERVAL, "came_at": at("9:00"), "left_at": at("11:00")}

    with pytest.raises(Refused) as nothing:
        commands.correct(hall.session.id, row.id, EVENING, reason="x", **same)  # type: ignore[arg-type]
    with pytest.raises(Refused) as nobody:
        commands.correct(hall.session.id, stranger.id, EVENING, reason="x", **same)  # type: ignore[arg-type]
    with pytest.raises(Refused) as many:
        commands.correct(
            hall.session.id, row.id, EVENING, change=Change.MINUTES, reason="x", minutes=121
        )

    assert refused(nothing) is CorrectionRefusal.NOTHING_CHANGES
    assert refused(nobody) is CorrectionRefusal.NOT_OF_EVENT
    assert refused(many) is CorrectionRefusal.TOO_MANY_MINUTES
    assert many.value.details["most"] == 120
    assert queries.corrections_of(hall.session.id) == []


# --- taps -------------------------------------------------------------------------------------


def test_a_tap_counts_from_the_start_and_can_be_taken_back(app: Flask) -> None:
    hall = make_hall()
    row, late = hall.person(), hall.person()

    commands.tap(hall.session.id, row.id, at("9:40"), TRAINER)
    commands.tap(hall.session.id, row.id, at("9:41"), TRAINER)
    commands.tap(hall.session.id, late.id, at("9:40"), TRAINER, just_now=True)

    assert (hall.minutes(row), hall.minutes(late)) == (120, 80)
    found = hall.known(row)
    assert found is not None
    assert found.source is Method.TRAINER
    commands.untap(hall.session.id, row.id, at("10:30"), TRAINER)
    assert hall.minutes(row) is None
    with pytest.raises(Refused) as again:
        commands.untap(hall.session.id, row.id, at("10:30"), TRAINER)
    assert refused(again) is TapRefusal.NOT_YOURS


def test_what_the_door_saw_is_not_the_trainers_to_take_back(app: Flask) -> None:
    hall = make_hall()
    row = hall.person()
    hall.scan(row, "9:00")
    hall.scan(row, "9:50", Direction.EXIT)

    commands.tap(hall.session.id, row.id, at("10:05"), TRAINER)

    assert hall.minutes(row) == 105
    commands.untap(hall.session.id, row.id, at("10:06"), TRAINER)
    assert hall.minutes(row) == 50
    with pytest.raises(Refused) as not_hers:
        commands.untap(hall.session.id, row.id, at("10:07"), TRAINER)
    assert refused(not_hers) is TapRefusal.NOT_YOURS


@pytest.mark.parametrize(
    ("clock", "reason"), [("8:30", TapRefusal.TOO_EARLY), ("11:16", TapRefusal.TOO_LATE)]
)
def test_taps_have_their_hours(clock: str, reason: TapRefusal, app: Flask) -> None:
    hall = make_hall()
    row = hall.person()
    with pytest.raises(Refused) as error:
        commands.tap(hall.session.id, row.id, at(clock), TRAINER)
    assert refused(error) is reason


def test_everybody_at_once_but_for_those_who_are_here(app: Flask) -> None:
    hall = make_hall()
    rows = [hall.person() for _ in range(3)]
    hall.scan(rows[0], "9:20")

    count = commands.tap_all(hall.session.id, [row.id for row in rows], at("10:00"), TRAINER)

    assert (count, [hall.minutes(row) for row in rows]) == (2, [100, 120, 120])


def test_a_session_without_a_door_gets_one(app: Flask) -> None:
    hall = make_hall()
    other = make_session(
        hall.event, starts_at=at("13:00"), sign_up=SignUpRule.NONE, support_minutes=90
    )
    row = make_registration(hall.event)

    commands.tap(other.id, row.id, at("13:05"), TRAINER)

    assert [one.minutes for one in queries.presence(hall.event.id)] == [90]
    assert [point.session_id for point in doors.checkpoints(hall.event.id)].count(other.id) == 1


def test_who_is_not_on_the_list_is_let_in_at_the_door(app: Flask) -> None:
    hall = make_hall()
    stranger = hall.person(seat=False)
    with pytest.raises(Refused) as error:
        commands.tap(hall.session.id, stranger.id, at("9:05"), TRAINER)
    assert refused(error) is TapRefusal.NOT_ON_LIST


# --- lists ------------------------------------------------------------------------------------


def a_list(hall: Hall) -> AttendanceList:
    return commands.print_list(hall.session.id, at("8:00"))


def test_a_list_is_numbered_and_keeps_what_it_said(app: Flask) -> None:
    hall = make_hall()
    hall.person("Żak")
    hall.person("Łoś", seat=False)
    hall.person("Adamska")

    first, second = a_list(hall), a_list(hall)

    assert (first.number, second.number) == (1, 2)
    names = [(row.position, row.name) for row in queries.list_rows(first.id)]
    assert names == [(1, "Adamska Anna"), (2, "Żak Anna")]
    assert len(first.blocks) == 2


def test_an_empty_list_is_not_printed(app: Flask) -> None:
    hall = make_hall()
    with pytest.raises(Refused) as error:
        a_list(hall)
    assert refused(error) is ListRefusal.NOBODY


def test_differences_are_settled_with_a_reason_until_none_is_left(app: Flask) -> None:
    hall = make_hall()
    both, signed, scanned, neither = (hall.person(name) for name in "ABCD")
    sheet = a_list(hall)
    for row in (both, scanned):
        hall.scan(row, "9:00")
    with pytest.raises(Refused) as unread:
        commands.reconcile(sheet.id, EVENING)
    commands.attach_scan(sheet.id, PDF, EVENING)
    commands.attach_scan(sheet.id, PDF, EVENING)
    commands.note_signatures(sheet.id, [both.id, signed.id], EVENING)
    sheet = fresh(queries.attendance_list(sheet.id))

    def left() -> dict[int, Difference]:
        read = queries.attendance_list(sheet.id)
        assert read is not None
        found = differences(read, queries.list_rows(sheet.id))
        return {row.registration_id: what for row, what in found}

    assert left() == {
        signed.id: Difference.SIGNED_NOT_SCANNED,
        scanned.id: Difference.SCANNED_NOT_SIGNED,
    }
    with pytest.raises(Refused) as open_still:
        commands.reconcile(sheet.id, EVENING)
    commands.settle(
        sheet.id, [signed.id], EVENING, change=Change.MINUTES, minutes=120, reason="podpis"
    )
    (kept,) = commands.settle(
        sheet.id, [scanned.id], EVENING, change=Change.AS_IT_IS, reason="zapomniała podpisać"
    )
    assert (left(), hall.minutes(signed), hall.minutes(scanned)) == ({}, 120, 120)
    assert hall.minutes(neither) is None
    commands.reconcile(sheet.id, EVENING)
    (standing,) = queries.attendance_lists(hall.event.id)
    assert (standing.state, standing.signed, standing.scans) == (ListState.RECONCILED, 2, 1)
    assert queries.open_lists(hall.event.id, EVENING) == 0

    commands.undo(kept.id, EVENING, reason="sprawdzę")
    assert left() == {scanned.id: Difference.SCANNED_NOT_SIGNED}
    assert queries.open_lists(hall.event.id, EVENING) == 1
    assert [refused(error) for error in (unread, open_still)] == [
        ListRefusal.NOT_READ,
        ListRefusal.DIFFERENCES,
    ]


def test_a_name_written_by_hand_is_added_once(app: Flask) -> None:
    hall = make_hall()
    hall.person("Adamska")
    late, foreign = hall.person("Boska", seat=False), make_hall().person()
    sheet = a_list(hall)

    added = commands.add_row(sheet.id, late.id, EVENING)

    assert (added.position, added.signed, added.printed) == (2, True, False)
    for who, reason in ((late, ListRefusal.ON_IT_ALREADY), (foreign, ListRefusal.NO_SUCH_ROW)):
        with pytest.raises(Refused) as error:
            commands.add_row(sheet.id, who.id, EVENING)
        assert refused(error) is reason


# --- places released --------------------------------------------------------------------------


def test_a_place_that_staff_took_back_was_not_given_away(app: Flask) -> None:
    hall = make_hall(capacity=2)
    row = hall.person("Zabrana")
    [place] = seats.held_by([row.id])

    signups.release_and_promote(place.id, at("9:20"))

    late = hall.scan(row, "9:25")
    assert (late.code, late.released_at) == (ScanCode.NOT_ELIGIBLE, None)


def crowded() -> tuple[Hall, list, list]:
    """Make three places, all taken, and three people who wait at the door."""
    hall = make_hall(capacity=3)
    seated = [hall.person(name) for name in "ABC"]
    waits = [hall.person(name, seat=name != "X") for name in "XYZ"]
    for row, clock in ((waits[2], "8:50"), (waits[0], "8:55"), (waits[1], "9:01")):
        assert hall.scan(row, clock).code in {ScanCode.WAITING, ScanCode.NOT_ELIGIBLE}
    return hall, seated, waits


def state_of(hall: Hall, row) -> str | None:
    found = {one.registration_id: one for one in seats.standing(hall.session.id)}
    return found[row.id].state.value if row.id in found else None


def test_unused_places_go_to_those_at_the_door_in_their_order(app: Flask) -> None:
    hall, seated, waits = crowded()
    hall.scan(seated[0], "8:58")

    with pytest.raises(Refused) as early:
        commands.release_places(hall.session.id, at("8:59"))
    given = commands.release_places(hall.session.id, at("9:15"))
    with pytest.raises(Refused) as none:
        commands.release_places(hall.session.id, at("9:16"))

    assert given == 2
    assert [state_of(hall, row) for row in seated] == ["confirmed", None, None]
    # Z came first, then X, who had signed up for nothing; Y waits on.
    assert [state_of(hall, row) for row in waits] == ["confirmed", "waiting", "confirmed"]
    pairs = [
        (row.registration_id, row.given_to_id)
        for row in reversed(queries.releases(hall.event.id, [hall.session.id]))
    ]
    assert pairs == [(seated[2].id, waits[2].id), (seated[1].id, waits[0].id)]
    assert hall.scan(waits[0], "9:17").code is ScanCode.OK
    late = hall.scan(seated[1], "9:20")
    assert late.code is ScanCode.PLACE_RELEASED
    assert datetime.fromisoformat(late.released_at) == at("9:15")
    (found,) = queries.door_lists([fresh(hall.session)])
    assert [(one.registration.id, one.lost) for one in found.waiting] == [
        (waits[1].id, False),
        (seated[1].id, True),
    ]
    assert [refused(error) for error in (early, none)] == [
        ReleaseRefusal.NOT_BEGUN,
        ReleaseRefusal.NONE_UNUSED,
    ]
    assert seats.counter_faults() == []
    owed = documents.material(hall.event.id, {}).confirmed
    assert hall.session.id in owed[seated[1].id]


def test_a_place_goes_to_whose_turn_it_is(app: Flask) -> None:
    hall, seated, waits = crowded()
    hall.scan(seated[0], "8:58")
    hall.scan(seated[1], "8:59")
    first, second = waits[2], waits[0]  # Z came to the door before X; one place is unused

    with pytest.raises(Refused) as early:
        commands.seat_at_door(hall.session.id, first.id, at("8:59"))
    with pytest.raises(Refused) as others:
        commands.seat_at_door(hall.session.id, second.id, at("9:10"))
    with pytest.raises(Refused) as stranger:
        commands.seat_at_door(hall.session.id, seated[0].id, at("9:10"))
    commands.seat_at_door(hall.session.id, first.id, at("9:10"))
    with pytest.raises(Refused) as none:
        commands.seat_at_door(hall.session.id, second.id, at("9:11"))

    assert hall.scan(first, "9:11").code is ScanCode.OK
    assert state_of(hall, seated[2]) is None
    assert [refused(error) for error in (early, others, stranger, none)] == [
        ReleaseRefusal.NOT_BEGUN,
        ReleaseRefusal.OTHERS_FIRST,
        ReleaseRefusal.NOT_AT_DOOR,
        ReleaseRefusal.NONE_LEFT,
    ]


def test_a_place_that_nobody_holds_goes_first(app: Flask) -> None:
    hall = make_hall(capacity=2)
    holder, late = hall.person("A"), hall.person("Z", seat=False)
    assert hall.scan(late, "9:05").code is ScanCode.NOT_ELIGIBLE

    commands.seat_at_door(hall.session.id, late.id, at("9:06"))

    assert [state_of(hall, row) for row in (holder, late)] == ["confirmed", "confirmed"]
    assert queries.releases(hall.event.id, [hall.session.id]) == []
    assert hall.scan(late, "9:07").code is ScanCode.OK
    assert seats.counter_faults() == []


def test_a_place_goes_back_unless_somebody_sits_on_it(app: Flask) -> None:
    hall, seated, waits = crowded()
    commands.release_places(hall.session.id, at("9:15"))
    releases = {row.given_to_id: row for row in queries.releases(hall.event.id, [hall.session.id])}
    hall.scan(waits[2], "9:16")

    with pytest.raises(Refused) as taken:
        commands.return_place(releases[waits[2].id].id, at("9:18"))
    back = commands.return_place(releases[waits[0].id].id, at("9:18"))
    with pytest.raises(Refused) as twice:
        commands.return_place(back.id, at("9:19"))

    assert state_of(hall, waits[0]) is None
    holder = next(row for row in seated if row.id == back.registration_id)
    assert hall.scan(holder, "9:20").code is ScanCode.OK
    assert [refused(error) for error in (taken, twice)] == [
        ReleaseRefusal.TAKEN,
        ReleaseRefusal.ALREADY_RETURNED,
    ]
    assert seats.counter_faults() == []


def test_the_worker_releases_where_it_was_asked_to(app: Flask, hands: Clock) -> None:
    hall, seated, waits = crowded()
    hands.move_to(at("9:20"))
    jobs.release_places()
    assert state_of(hall, seated[1]) == "confirmed"

    commands.set_release(hall.event.id, None, 10)
    commands.set_release(hall.event.id, hall.session.id, 30)
    jobs.release_places()
    assert state_of(hall, seated[1]) == "confirmed"

    hands.move_to(at("9:20") + timedelta(minutes=10))
    jobs.release_places()
    jobs.release_places()
    assert [state_of(hall, row) for row in waits] == ["confirmed"] * 3
    assert len(queries.releases(hall.event.id, [hall.session.id])) == 3


def test_a_release_has_its_bounds(app: Flask) -> None:
    hall = make_hall()
    for minutes in (-1, 181):
        with pytest.raises(Refused) as error:
            commands.set_release(hall.event.id, None, minutes)
        assert refused(error) is ReleaseRefusal.TOO_LONG


# --- the board --------------------------------------------------------------------------------


def test_the_board_counts_people_and_not_attempts(app: Flask) -> None:
    hall, seated, waits = crowded()
    hall.scan(seated[0], "9:01")
    hall.scan(seated[1], "9:16")
    hall.scan(seated[1], "9:50", Direction.EXIT)
    hall.scan(waits[0], "9:17")

    (count,) = queries.checkpoint_counts(hall.event.id, {hall.session.id: hall.session}, at("0:00"))
    arrived = queries.arrivals(hall.event.id, at("0:00"))

    assert (count.inside, count.outside, count.expected, count.refused) == (1, 1, 3, 3)
    assert [(one.starts_at, one.people) for one in arrived] == [(at("9:00"), 1), (at("9:15"), 1)]
