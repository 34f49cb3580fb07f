"""Jobs: written with their change, leased to one worker, tried again, in order per lane."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.kernel import jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.jobs import LADDER, LEASE, EmbeddedWorker, Job, JobState, Permanent
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("db_session")

done: list[str] = []


@pytest.fixture(autouse=True)
def nothing_done_yet():
    done.clear()


@jobs.job("tests.note")
def note(word):
    done.append(word)


@jobs.job("tests.stumble")
def stumble():
    raise OSError("the line is down")


@jobs.job("tests.refuse")
def refuse():
    raise Permanent("no such mailbox")


enqueue = atomic(jobs.enqueue)


def only_job() -> Job:
    """Return the one job there is, as it stands in the database."""
    db.session.rollback()
    return db.session.scalars(select(Job).execution_options(populate_existing=True)).one()


def test_a_job_is_done_once():
    enqueue(note, word="once")

    assert [jobs.run_next(), jobs.run_next()] == [True, False]
    assert done == ["once"]
    assert only_job().state is JobState.DONE


def test_a_job_is_gone_with_the_change_that_asked_for_it():
    @atomic
    def change():
        jobs.enqueue(note, word="never")
        raise ValueError("the change fails")

    with pytest.raises(ValueError, match="the change fails"):
        change()

    assert jobs.run_all() == 0
    assert done == []


def test_a_job_is_leased_to_one_worker_until_that_one_is_given_up(hands):
    enqueue(note, word="leased")

    first = jobs.claim("one", NOW)
    assert first is not None
    assert jobs.claim("two", NOW + LEASE) is None
    second = jobs.claim("two", NOW + LEASE + timedelta(seconds=1))

    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)


def test_a_worker_that_lost_its_lease_settles_nothing():
    enqueue(note, word="lost")
    claimed = jobs.claim("one", NOW)
    jobs.claim("two", NOW + LEASE + timedelta(seconds=1))

    jobs.settle(claimed.id, "one", NOW)

    assert (only_job().state, only_job().leased_by) == (JobState.RUNNING, "two")


def test_a_stumble_is_tried_again_ever_later(hands):
    enqueue(stumble)

    for step in (*LADDER, LADDER[-1]):
        assert jobs.run_all() == 1
        row = only_job()
        assert (row.state, row.error) == (JobState.QUEUED, "OSError: the line is down")
        assert row.run_at == hands() + timedelta(seconds=step)
        assert jobs.run_all() == 0
        hands.move_to(row.run_at)


def test_a_day_after_its_first_try_a_job_is_given_up_and_may_be_asked_for_again(hands):
    enqueue(stumble, run_at=NOW + timedelta(days=3))
    begun = hands.move_to(NOW + timedelta(days=3, hours=2))
    jobs.run_all()
    hands.move_to(begun + timedelta(hours=24))
    jobs.run_all()
    assert only_job().state is JobState.QUEUED
    hands.move_to(begun + timedelta(hours=24, minutes=30))

    jobs.run_all()

    assert only_job().state is JobState.FAILED
    assert jobs.retry(only_job().id, hands())
    assert only_job().state is JobState.QUEUED


def test_what_no_further_try_can_mend_is_tried_once():
    enqueue(refuse)

    jobs.run_all()

    row = only_job()
    assert (row.state, row.attempts, row.error) == (
        JobState.FAILED,
        1,
        "Permanent: no such mailbox",
    )


def test_a_lane_is_done_in_its_order():
    enqueue(note, lane="anna@example.org", word="first")
    enqueue(note, lane="anna@example.org", word="second")
    enqueue(note, lane="jan@example.org", word="other")
    first = jobs.claim("one", NOW)

    jobs.run_all()
    assert done == ["other"]

    jobs.perform(first, "one")
    jobs.run_all()
    assert done == ["other", "first", "second"]


def test_nobody_writes_a_job_outside_a_command():
    with pytest.raises(RuntimeError, match="outside an atomic command"):
        jobs.enqueue(note, word="stray")


def test_the_embedded_worker_does_all_however_many_are_being_answered(app):
    asked: list[bool] = []

    def busy() -> bool:
        asked.append(True)
        return True

    for word in ("one", "two", "three"):
        enqueue(note, word=word)
    worker = EmbeddedWorker(app, busy=busy)

    worker.start()
    end = time.monotonic() + 20
    while len(done) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    worker.stop()

    assert done == ["one", "two", "three"]
    assert len(asked) >= 3
