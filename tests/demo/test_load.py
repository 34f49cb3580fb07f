"""A loaded file gives the figures that an independent count of it gives."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventapp.demo.load import BadSeminar, LoadRefusal, load
from eventapp.documents import commands as documents
from eventapp.events import queries as events
from eventapp.kernel.db import Model, db
from eventapp.kernel.post import Mail
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries as people
from eventapp.signups import queries as places
from tests.harness import databases
from tests.reference import count, mutations
from tests.reference.count import Json
from tests.reference.generate import generate
from tests.reference.until import expected_as_of

FOLDER = mutations.DEMO.parent
ON_POSTGRES_TOO = ("promotion_chain_of_three", "substitution_in_the_queue", "exit_and_return")


@pytest.fixture
def sqlite_app(
    make_app: Callable[..., Flask], request: pytest.FixtureRequest, tmp_path: Path
) -> Flask:
    template = request.getfixturevalue("sqlite_template")
    return make_app(DATABASE_URL=databases.sqlite_copy(template, tmp_path))


def loaded(app: Flask, seminar: Json, folder: Path, until: datetime | None = None) -> Json:
    """Load *seminar* into *app* and return its evidence as a reader of JSON sees it."""
    path = folder / "seminar.json"
    path.write_text(json.dumps(seminar, ensure_ascii=False), encoding="utf-8")
    with app.app_context():
        load(path, until=until)
        return evidence(seminar["event"]["slug"])


def evidence(slug: str) -> Json:
    event = events.by_slug(slug)
    assert event is not None
    return json.loads(json.dumps(documents.evidence(event.id)))


def without_attachments(seminar: Json) -> Json:
    """Leave the demo's sample files out: they count for nothing, and take time."""
    for nomination in seminar.get("awards", {}).get("nominations", []):
        nomination.pop("attachment_files", None)
    for session in seminar["sessions"]:
        session.pop("materials", None)
    return seminar


def row_counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Model.metadata.sorted_tables
    }


def test_the_demo_gives_its_expected_figures_and_twice_is_once(app: Flask) -> None:
    seminar = mutations.demo()
    with app.app_context():
        load(mutations.DEMO)
        assert evidence(seminar["event"]["slug"]) == seminar["expected"]

        before = row_counts()
        again = load(mutations.DEMO)
        assert again.done == 0
        assert row_counts() == before
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
        assert places.counter_faults() == []


def test_every_sign_up_stands_as_the_reference_says(sqlite_app: Flask) -> None:
    seminar = without_attachments(mutations.demo())
    wanted = count.sign_ups(seminar)
    with sqlite_app.app_context():
        load(mutations.DEMO)
        event = events.by_slug(seminar["event"]["slug"])
        assert event is not None
        found = {}
        for row in people.people(event.id):
            ranks = places.positions(row.id)
            found[row.ref] = {
                held.session.ref: (held.state.value, ranks.get(held.session_id))
                for held in places.own(row.id)
            }
    standing = {"confirmed": "confirmed", "waitlisted": "waiting"}
    assert found == {
        ref: {
            wish["session"]: (standing[wish["status"]], wish.get("position"))
            for wish in wishes
            if wish["status"] in standing
        }
        for ref, wishes in wanted.items()
    }


def test_the_archived_edition_gives_its_expected_figures(app: Flask) -> None:
    path = FOLDER / "edition_2025.json"
    seminar = json.loads(path.read_text(encoding="utf-8"))
    with app.app_context():
        load(path)
        assert evidence(seminar["event"]["slug"]) == seminar["expected"]


@pytest.mark.parametrize("bundle", mutations.BUNDLES, ids=" ".join)
def test_a_bent_demo_gives_the_bent_figures(
    bundle: list[str], sqlite_app: Flask, tmp_path: Path
) -> None:
    seminar = without_attachments(mutations.mutant(*bundle))
    assert loaded(sqlite_app, seminar, tmp_path) == count.expected(seminar)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(mutations.MUTATIONS))
def test_each_bend_alone_gives_its_figures(name: str, app: Flask, tmp_path: Path) -> None:
    seminar = without_attachments(mutations.mutant(name))
    assert loaded(app, seminar, tmp_path) == count.expected(seminar)


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgres"])
def test_a_bent_demo_gives_the_same_on_postgresql(app: Flask, tmp_path: Path) -> None:
    seminar = without_attachments(mutations.mutant(*ON_POSTGRES_TOO))
    assert loaded(app, seminar, tmp_path) == count.expected(seminar)


@pytest.mark.parametrize("seed", range(5))
def test_generated_seminars_agree_with_the_reference(
    seed: int, sqlite_app: Flask, tmp_path: Path
) -> None:
    seminar = generate(seed, oracle="false" if seed % 2 else "stripped")
    assert loaded(sqlite_app, seminar, tmp_path) == count.expected(seminar)


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [101])
@pytest.mark.parametrize("database_kind", ["postgres"])
def test_generated_seminars_agree_on_postgresql(seed: int, app: Flask, tmp_path: Path) -> None:
    seminar = generate(seed)
    assert loaded(app, seminar, tmp_path) == count.expected(seminar)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1060))
def test_many_generated_seminars_agree(seed: int, app: Flask, tmp_path: Path) -> None:
    seminar = generate(seed)
    assert loaded(app, seminar, tmp_path) == count.expected(seminar)


def test_a_file_is_loaded_step_by_step(sqlite_app: Flask, tmp_path: Path) -> None:
    seminar = without_attachments(mutations.demo())
    for moment in (
        "2027-04-12T10:00+02:00",
        "2027-05-20T10:00+02:00",
        "2027-05-24T18:55+02:00",
        "2027-06-09T10:10+02:00",
        "2027-06-16T08:50+02:00",
        "2027-06-17T12:00+02:00",
    ):
        until = datetime.fromisoformat(moment)
        found = loaded(sqlite_app, seminar, tmp_path, until)
        assert found == expected_as_of(seminar, until) | {
            # The reference lists every session from the start, as the programme does.
            "sessions": found["sessions"]
        }
        seats = expected_as_of(seminar, until)["sessions"]
        assert found["sessions"] == seats
    assert loaded(sqlite_app, seminar, tmp_path) == seminar["expected"]


def test_another_file_of_the_same_event_is_refused(sqlite_app: Flask, tmp_path: Path) -> None:
    small = generate(7)
    loaded(sqlite_app, small, tmp_path)
    small["participants"][0]["registered_at"] = small["participants"][1]["registered_at"]

    with pytest.raises(Refused) as refused:
        loaded(sqlite_app, small, tmp_path)

    assert refused.value.reason is LoadRefusal.OTHER_FILE


@pytest.mark.parametrize(
    ("bend", "sentence"),
    [
        (lambda s: s["meta"].update(format="demo-seminar/9"), "the format is “demo-seminar/9”"),
        (lambda s: s["sessions"][0].pop("start"), "“start” is missing"),
        (lambda s: s["sessions"][0].update(start="tomorrow"), "sessions, "),
        (lambda s: s["participants"][0].update(registered_at="2027-01-01T10:00"), "no offset"),
        (lambda s: s["sessions"][0].update(room="R-none"), "names the room “R-none”"),
    ],
)
def test_a_malformed_file_is_one_sentence_and_leaves_nothing(
    bend: Callable[[Any], Any], sentence: str, sqlite_app: Flask, tmp_path: Path
) -> None:
    seminar = generate(7)
    bend(seminar)
    with sqlite_app.app_context():
        before = row_counts()

    with pytest.raises(BadSeminar) as bad:
        loaded(sqlite_app, seminar, tmp_path)

    assert sentence in str(bad.value)
    with sqlite_app.app_context():
        assert row_counts()["registration"] == before["registration"]
