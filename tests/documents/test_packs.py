"""Evidence packs: one at a time, whole or not at all, with the scans of signed lists."""

import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask

from eventapp.attendance import commands as attendance
from eventapp.documents import commands, queries
from eventapp.documents.papers import packs as papers
from eventapp.documents.rules.packs import PackRefusal, file_name
from eventapp.kernel import clock, jobs, pdf
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload
from eventapp.programme import commands as programme
from tests import factories
from tests.conftest import Clock
from tests.documents.hall import AFTER, Seminar, make_seminar
from tests.documents.test_certificates import HOSTILE, client_of, post, shown
from tests.factories import at
from tests.harness.world import PDF


@pytest.fixture
def seminar(app: Flask, hands: Clock) -> Seminar:
    hands.move_to(AFTER)
    with app.app_context():
        return make_seminar(app, HOSTILE[:3])


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "etc-passwd"), ("Żółta lista (1)", "Żółta-lista-1"), ("", "plik")],
)
def test_names_of_files_lead_nowhere_else(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_a_pack_is_made_whole_with_its_scans_and_downloaded(
    app: Flask, seminar: Seminar, run_jobs: Callable[[], int]
) -> None:
    with app.app_context():
        sheet = attendance.print_list(seminar.sessions[0], AFTER)
        scan = Upload("pdf", PDF, "lista.pdf", hashlib.sha256(PDF).hexdigest() + ".pdf")
        attendance.attach_scan(sheet.id, scan, AFTER)
    packs, organiser = f"/{seminar.slug}/desk/packs", client_of(app, seminar)

    assert "Nie przygotowano jeszcze" in shown(organiser, packs)
    answer = post(organiser, packs, about=f"session-{seminar.sessions[0]}")
    assert answer.status_code == 303
    place = answer.headers["Location"]
    assert "Gotowe pliki" in shown(organiser, place)
    assert (
        "jest już przygotowywany"
        in organiser.get(post(organiser, packs, about="event").headers["Location"]).text
    )
    assert organiser.get(f"{place}/zip").status_code == 303
    run_jobs()

    assert "SHA256SUMS" in shown(organiser, place)
    with zipfile.ZipFile(io.BytesIO(organiser.get(f"{place}/zip").data)) as archive:
        [kept] = [name for name in archive.namelist() if name.startswith("skany/")]
        assert archive.read(kept) == PDF
        sums = archive.read("SHA256SUMS").decode()
        assert f"{hashlib.sha256(PDF).hexdigest()}  {kept}\n" in sums
    assert post(organiser, packs, about="day-999").status_code == 404


def test_a_worker_that_takes_over_begins_anew_and_touches_nothing_that_is_ready(
    app: Flask, seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        with app.test_request_context():
            pack = commands.ask_for_pack(seminar.event_id, AFTER, session_id=seminar.sessions[0])
        pack_id = pack.id
        with monkeypatch.context() as patch:
            patch.setattr(commands.packs, "finish_pack", lambda *_given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                commands.make_pack(pack_id)
        db.session.rollback()
        assert queries.files(pack_id) == []

        commands.make_pack(pack_id)
        db.session.rollback()
        before = [(row.path, row.sha256) for row in queries.files(pack_id)]
        seminar.was_there(HOSTILE[0], 5, 5, 5)
        commands.make_pack(pack_id)
        db.session.rollback()
        assert [(row.path, row.sha256) for row in queries.files(pack_id)] == before


def test_what_cannot_be_made_is_given_up_and_another_may_be_asked_for(
    app: Flask, seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    with app.app_context():
        with app.test_request_context():
            commands.ask_for_pack(seminar.event_id, AFTER)
            with pytest.raises(Refused) as refused:
                commands.ask_for_pack(seminar.event_id, AFTER)
        assert refused.value.reason is PackRefusal.RUNNING
        jobs.run_all()
        db.session.rollback()
        assert queries.packs(seminar.event_id)[0].failed_at is not None
        with app.test_request_context():
            assert commands.ask_for_pack(seminar.event_id, AFTER).number == 2


def test_an_event_without_a_programme_has_no_pack(app: Flask) -> None:
    with app.app_context(), app.test_request_context():
        event = factories.make_event()
        with pytest.raises(Refused) as refused:
            commands.ask_for_pack(event.id, clock.now())

    assert refused.value.reason is PackRefusal.NOTHING


def test_the_schedule_tells_what_was_approved_and_what_was_held(
    app: Flask, seminar: Seminar
) -> None:
    with app.app_context(), app.test_request_context():
        programme.move_session(
            seminar.sessions[0], AFTER, starts_at=at("9:30"), ends_at=at("10:30"), room_id=None
        )
        pack = commands.ask_for_pack(seminar.event_id, AFTER)
        given = papers.contents(pack, queries.material(seminar.event_id, {}))
        [schedule] = [one for name, one in papers.reports(given) if "harmonogram" in name]

    told = {row[0]: (row[1], row[2], row[7]) for row in schedule.tables[0].rows}
    assert told["Wykład o 9:00"] == (
        "16.06.2027 9:00–10:00", "16.06.2027 9:30–10:30", "termin"
    )  # fmt: skip
    assert told["Wykład o 10:00"][2] == "–"
