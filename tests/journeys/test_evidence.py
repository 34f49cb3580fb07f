"""The Monday after: the pack of the demonstration, read back by a reader of its own.

The reader knows nothing of the application: it opens the archive, reads the words of the PDFs and
the cells of the workbook, and compares each figure with what the seminar file expects.
"""

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from openpyxl import load_workbook

from eventapp.demo import moments
from eventapp.demo.moments import BY_NAME
from eventapp.documents import commands, queries
from eventapp.documents.models import Purpose
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.kernel import clock, jobs
from eventapp.kernel.db import db
from tests.conftest import Clock
from tests.harness import world
from tests.journeys.stage import EVENT
from tests.reference import mutations

GROUPS = {
    "PES": "podmioty ekonomii społecznej",
    "JSFP": "jednostki sektora finansów publicznych",
    "PARTNER": "partnerzy",
    "OSOBA": "osoby fizyczne",
}
RESULTS = {
    "ukończył": "ukończył(a)",
    "nie ukończył": "nie ukończył(a)",
    "nie uczestniczył": "nie uczestniczył(a)",
}
Sheets = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return mutations.demo()["expected"]  # type: ignore[no-any-return]


@pytest.fixture
def after(
    prepared: Path, tmp_path: Path, make_app: Callable[..., Flask], hands: Clock
) -> Iterator[Flask]:
    """The demonstration on the Monday after, as it was prepared."""
    moment = BY_NAME["after"]
    file = tmp_path / "after.sqlite3"
    shutil.copyfile(moments.pristine(prepared, moment), file)
    hands.move_to(moment.at)
    key = (prepared / "secret-key").read_text(encoding="utf-8").strip()
    app = make_app(DATABASE_URL=f"sqlite:///{file}", SECRET_KEY=key)
    with app.app_context():
        yield app


def pack_of(app: Flask, **about: Any) -> dict[str, bytes]:
    """Let a pack be made, and return its files as the archive gives them."""
    event = frame.by_slug(EVENT)
    assert event is not None
    with app.test_request_context():
        row = commands.ask_for_pack(event.id, clock.now(), **about)
    jobs.run_all()
    db.session.rollback()
    pack_id = row.id
    account_id = world.extra_account(app, "kontrola", clock.now())
    events.join_team(event.id, account_id, Role.READER, clock.now())
    browser = world.visit(app, world.account_cookie(app, account_id, clock.now()))
    answer = browser.get(f"/{EVENT}/desk/packs/{pack_id}/zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def sheets_of(book: bytes) -> Sheets:
    """Return a workbook as rows by their heads, sheet by sheet."""
    found = {}
    for sheet in load_workbook(io.BytesIO(book), read_only=True).worksheets:
        head, *rows = list(sheet.iter_rows(values_only=True))
        found[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def words_of(document: bytes) -> str:
    """Return the words of a PDF as they are read aloud, numbers without their spaces."""
    with pypdfium2.PdfDocument(io.BytesIO(document)) as opened:
        pages = [page.get_textpage().get_text_bounded() for page in opened]
    plain = re.sub(r"\s+", " ", " ".join(pages).replace("\u200b", ""))
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "", plain)


def figure(sheet: list[dict[str, Any]], name: str) -> Any:
    """Return the value beside a name."""
    [value] = {row["Wartość"] for row in sheet if row["Wielkość"] == name}
    return value


def together(sheet: list[dict[str, Any]], what: str) -> dict[str, int]:
    return {row[what]: row["razem"] for row in sheet if row[what] != "razem"}


def test_every_figure_of_the_seminar_reads_back_from_the_pack(
    after: Flask, expected: dict[str, Any]
) -> None:
    event = frame.by_slug(EVENT)
    assert event is not None
    commands.ask_for_certificates(event.id, clock.now(), purpose=Purpose.ISSUE)
    jobs.run_all()

    files = pack_of(after)

    named = {name.partition("-")[2].partition(".")[0]: body for name, body in files.items()}
    sheets = sheets_of(named["dane"])
    check_sums(files)
    check_totals(sheets["Razem"], words_of(named["zestawienie"]), expected)
    check_indicators(sheets, words_of(named["zestawienie"]), expected)
    check_sessions(sheets["Zajęcia"] if "Zajęcia" in sheets else sheets["Sesje"], expected)
    check_people(sheets["Osoby i godziny"], words_of(named["osoby-i-godziny"]), expected)
    check_filled_lists(words_of(named["listy-wypelnione"]), expected)
    check_register(sheets["Rejestr zaświadczeń"], words_of(named["rejestr-zaswiadczen"]), expected)
    manifest = json.loads(files["manifest.json"])
    for key, value in manifest["figures"].items():
        assert expected[key] == value, key


def check_sums(files: dict[str, bytes]) -> None:
    lines = files["SHA256SUMS"].decode().splitlines()
    sums = {path: told for told, path in (line.split("  ") for line in lines)}

    assert set(sums) == set(files) - {"SHA256SUMS"}
    assert {path: hashlib.sha256(files[path]).hexdigest() for path in sums} == sums


def check_totals(sheet: list[dict[str, Any]], words: str, expected: dict[str, Any]) -> None:
    told = {
        "Osoby obecne": expected["attended_any"],
        "kobiety": expected["attended_by_sex"]["K"],
        "mężczyźni": expected["attended_by_sex"]["M"],
        "Podmioty objęte wsparciem": expected["distinct_entities_supported"],
        "Osoby fizyczne: kobiety": expected["individuals_at_risk_supported"]["K"],
        "Osoby fizyczne: mężczyźni": expected["individuals_at_risk_supported"]["M"],
        "Osobominuty": expected["person_minutes_total"],
        "Zgłoszenia": expected["participants_total"],
        "Zakwalifikowane": expected["qualified"],
        "Nieobecności bez odwołania": expected["no_shows"],
        "Frekwencja osób zapisanych, procent": expected["turnout_percent_of_preregistered"],
        "Zapisy na miejscu": expected["walk_ins"],
        "Zastępstwa": expected["substitutions"],
        "Zaświadczenia należne": expected["certificates"],
        "Zaświadczenia wydane": expected["certificates"],
    }
    for name, value in told.items():
        assert figure(sheet, name) == value, name
        assert f"{name} {value} " in words, name
    assert figure(sheet, "Osobogodziny (po 60 minut)") == expected["person_minutes_total"] / 60
    assert "Osobogodziny (po 60 minut) 926,25 " in words


def check_indicators(sheets: Sheets, words: str, expected: dict[str, Any]) -> None:
    groups = together(sheets["Osoby według grupy"], "Grupa")
    assert groups == {GROUPS[key]: n for key, n in expected["attended_by_group"].items()}
    counties = together(sheets["Osoby według powiatu"], "Powiat")
    assert counties == expected["attended_by_county"]
    names = {
        one["code"]: one["name_pl"] if "name_pl" in one else one["name"]
        for one in mutations.demo()["eligibility_categories"]
    }
    categories = together(sheets["Osoby według kategorii"], "Kategoria")
    assert sorted(categories.values()) == sorted(expected["attended_by_category"].values())
    assert len(names) >= len(categories)
    ended = {row["Wynik"]: row["Osoby"] for row in sheets["Wynik udziału"]}
    assert ended == {RESULTS[key]: n for key, n in expected["bur_status"].items()}
    for name, count in [*counties.items(), *groups.items(), *categories.items()]:
        assert re.search(rf"{re.escape(name)} \d+ \d+ \d+ {count}\b", words), name
    for name, count in ended.items():
        assert f"{name} {count}" in words


def check_sessions(sheet: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    told = [
        (row["Miejsca"], row["Potwierdzone"], row["Lista rezerwowa"], row["Obecność"])
        for row in sheet
    ]
    figures = [
        (one["capacity"], one["confirmed"], one["waitlisted"], one["attended"])
        for one in expected["sessions"].values()
    ]
    assert Counter(told) == Counter(figures)
    assert sum(row["Osobominuty"] for row in sheet) == expected["person_minutes_total"]


def check_people(sheet: list[dict[str, Any]], words: str, expected: dict[str, Any]) -> None:
    assert len(sheet) == expected["qualified"]
    assert sum(row["Minuty obecności"] for row in sheet) == expected["person_minutes_total"]
    assert sum(row["Minuty obecności"] > 0 for row in sheet) == expected["attended_any"]
    results = Counter(row["Wynik"] for row in sheet)
    assert results == {RESULTS[key]: n for key, n in expected["bur_status"].items()}
    assert sum(row["Nr zaświadczenia"] is not None for row in sheet) == expected["certificates"]
    assert f"osobominuty: {expected['person_minutes_total']}" in words


def check_filled_lists(words: str, expected: dict[str, Any]) -> None:
    """Each page says how many were there: the same sessions have the same numbers of people."""
    told = Counter(int(n) for n in re.findall(r"Osoby obecne: (\d+) · osobominuty: \d+", words))
    there = {one["attended"] for one in expected["sessions"].values()}
    assert set(told) == there


def check_register(sheet: list[dict[str, Any]], words: str, expected: dict[str, Any]) -> None:
    assert [row["Lp."] for row in sheet] == list(range(1, expected["certificates"] + 1))
    names = [row["Nazwisko"] for row in sheet]
    order = " aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
    keys = [[order.find(letter) for letter in name.lower() if letter in order] for name in names]
    assert keys == sorted(keys)
    assert all(row["Numer"] in words for row in sheet)


def test_a_pack_stays_as_it_was_and_a_day_is_a_part_of_the_whole(after: Flask) -> None:
    event = frame.by_slug(EVENT)
    assert event is not None
    day = frame.days(event.id)[1]

    files = pack_of(after, day_id=day.id)
    sheets = sheets_of(next(body for name, body in files.items() if name.endswith(".xlsx")))
    before = {row.path: row.sha256 for row in queries.files(queries.packs(event.id)[0].id)}

    minutes = figure(sheets["Razem"], "Osobominuty")
    assert minutes == sum(row["Osobominuty"] for row in sheets["Sesje"])
    assert {row["Kiedy"].date() for row in sheets["Sesje"]} == {day.date}
    assert "Rejestr zaświadczeń" not in sheets

    commands.make_pack(queries.packs(event.id)[0].id)
    assert {row.path: row.sha256 for row in queries.files(queries.packs(event.id)[0].id)} == before
