"""Certificates: numbers without gaps, replaced when presence changes, confirmed to a holder."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient

from eventapp.documents import commands, queries
from eventapp.documents.commands import certificates
from eventapp.documents.models import CertificateState, Purpose
from eventapp.documents.papers import certificates as papers
from eventapp.documents.rules import Held, Participant, Rule, outcome
from eventapp.documents.rules import certificates as rules
from eventapp.documents.rules.certificates import CertificateRefusal, Standing
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.kernel import clock, jobs, tables
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries as people
from eventapp.registrations.models import FormOfAddress
from tests import factories
from tests.conftest import Clock
from tests.documents.hall import AFTER, Seminar, make_seminar
from tests.factories import NOW, at
from tests.harness import markup, world
from tests.harness.mailbox import Mailbox

HOSTILE = (
    '#import "x": *',
    "=HYPERLINK(A1)",
    "$x$ *b* _c_ @ref <label>",
    "Źdźbłowska-Brzęczyszczykiewiczowa-Nieporozumińska",
    "Нечипоренко",
    "B" * 100,
)


@pytest.fixture
def seminar(app: Flask, hands: Clock) -> Seminar:
    hands.move_to(AFTER)
    with app.app_context():
        return make_seminar(app)


def issue(seminar: Seminar, purpose: Purpose = Purpose.ISSUE, **options: Any) -> None:
    commands.ask_for_certificates(seminar.event_id, AFTER, purpose=purpose, **options)
    jobs.run_all()
    db.session.rollback()


def standings(seminar: Seminar) -> dict[str, Standing]:
    return {one.row.last_name: one.standing for one in queries.earned(seminar.event_id)}


def words(document: bytes) -> list[str]:
    with pypdfium2.PdfDocument(BytesIO(document)) as opened:
        return [
            re.sub(r"\s+", " ", page.get_textpage().get_text_bounded().replace("\u200b", ""))
            for page in opened
        ]


# --- who is due one ---


def held(number: int, minutes: int = 100, **columns: Any) -> Held:
    given = {"compulsory": False, "counts_for_certificate": True, **columns}
    return Held(id=number, ends_at=at("12:00"), support_minutes=minutes, **given)


@pytest.mark.parametrize(
    ("minutes", "rule", "due", "missing"),
    [
        ({1: 80}, Rule(min_percent=80), True, 0),
        ({1: 79}, Rule(min_percent=80), False, 1),
        ({1: 50}, Rule(min_percent=80), False, 30),
        ({}, Rule(min_percent=80), False, 80),
        ({2: 100}, Rule(min_percent=80), False, 80),
        ({2: 80, 3: 80}, Rule(min_percent=80, min_sessions=2), True, 80),
        ({2: 80, 3: 79}, Rule(min_percent=80, min_sessions=2), False, 80),
        ({1: 80, 2: 100, 3: 90}, Rule(min_percent=80, min_sessions=4), False, 0),
    ],
)
def test_a_rule_asks_for_a_share_or_for_a_number_of_sessions(
    minutes: dict[int, int], rule: Rule, due: bool, missing: int
) -> None:
    sessions = [held(1, compulsory=True), held(2), held(3), held(4, 0)]

    found = outcome(Participant(minutes=minutes), sessions, rule)

    assert (found.certificate, found.missing_minutes) == (due, missing)
    assert found.counting_sessions == 3


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("ZAS/{rok}/{lp:04d}", "ZAS/2027/0007"),
        ("{lp}/ES", "7/ES"),
        ("{rok}-{lp:02d}", "2027-07"),
        ("bez numeru", None),
        ("{lp}{lp}", None),
        ("{lp.__class__}", None),
        ("{lp!r}{rok}", None),
        ("{0}{lp}", None),
        ("{lp:099999d}", None),
        ("{lp", None),
    ],
)
def test_a_number_looks_as_its_form_says_and_no_form_does_harm(
    pattern: str, shown: str | None
) -> None:
    assert (rules.refuse_format(pattern) is None) == (shown is not None)
    assert rules.number(pattern, 7, 2027) == (shown or "ZAS/2027/0007")


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [("Anna Maria", "Kowalska-Nowak", "A. K.-N."), ("Іван", "Ґудзь", "І. Ґ."), ("", "", ". .")],
)
def test_a_stranger_is_told_initials(first: str, last: str, shown: str) -> None:
    assert rules.initials(first, last) == shown


# --- issuing ---


def test_numbers_follow_the_polish_alphabet_and_each_person_is_told(
    app: Flask, seminar: Seminar, mailbox: Mailbox
) -> None:
    with app.app_context():
        issue(seminar)
        rows = seminar.register()

        assert [row.content["essence"]["last_name"] for row in rows] == [
            "Abacki", "Ćma", "Łoś", "Zięba", "Żuk"
        ]  # fmt: skip
        assert [row.number for row in rows] == [f"ZAS/2027/000{n}" for n in range(1, 6)]
        assert set(standings(seminar).values()) == {Standing.ISSUED}
        told = [letter for letter in mailbox.all() if "Zaświadczenie" in letter["Subject"]]
        assert len(told) == 5

        with pytest.raises(Refused) as refused:
            commands.ask_for_certificates(seminar.event_id, AFTER, purpose=Purpose.ISSUE)
        assert refused.value.reason is CertificateRefusal.NOBODY


def test_a_worker_that_dies_leaves_no_gap_and_no_double(
    app: Flask, seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "BATCH", 2)
    with app.app_context():
        run = commands.ask_for_certificates(seminar.event_id, AFTER, purpose=Purpose.ISSUE)
        assert commands.issue_some(run.id)

        # It dies inside the next batch: nothing of that batch is there.
        with monkeypatch.context() as patch:
            patch.setattr(certificates, "_tell", lambda row: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                commands.issue_some(run.id)
        db.session.rollback()
        assert [row.serial for row in seminar.register()] == [1, 2]

        # Another worker goes on, and a third one comes too late.
        commands.issue_certificates(run.id)
        commands.issue_certificates(run.id)
        db.session.rollback()
        rows = seminar.register()
        assert [row.serial for row in rows] == [1, 2, 3, 4, 5]
        assert len({row.registration_id for row in rows}) == 5


def test_a_second_run_waits_and_takes_up_the_numbers(app: Flask, seminar: Seminar) -> None:
    with app.app_context():
        commands.ask_for_certificates(
            seminar.event_id, AFTER, purpose=Purpose.ISSUE, only=[seminar.ids["Żuk"]]
        )
        with pytest.raises(Refused) as refused:
            commands.ask_for_certificates(seminar.event_id, AFTER, purpose=Purpose.ISSUE)
        assert refused.value.reason is CertificateRefusal.RUNNING
        jobs.run_all()
        db.session.rollback()

        issue(seminar)
        assert [row.content["essence"]["last_name"] for row in seminar.register()][:2] == [
            "Żuk", "Abacki"
        ]  # fmt: skip


def test_who_is_not_due_one_any_more_when_their_turn_comes_has_none(
    app: Flask, seminar: Seminar
) -> None:
    with app.app_context():
        run = commands.ask_for_certificates(seminar.event_id, AFTER, purpose=Purpose.ISSUE)
        seminar.was_there("Łoś", 5, 5, 5)
        commands.issue_certificates(run.id)
        db.session.rollback()

        assert [row.serial for row in seminar.register()] == [1, 2, 3, 4]
        assert standings(seminar)["Łoś"] is Standing.NOT_DUE


# --- presence corrected afterwards ---


def test_a_certificate_is_replaced_when_presence_was_corrected(
    app: Flask, seminar: Seminar
) -> None:
    with app.app_context():
        issue(seminar)
        seminar.was_there("Ćma", None, None, 30)
        seminar.was_there("Żuk", 10, 10)

        found = standings(seminar)
        assert (found["Ćma"], found["Żuk"]) == (Standing.OUTDATED, Standing.NO_LONGER)
        with pytest.raises(Refused) as refused:
            commands.ask_for_certificates(seminar.event_id, AFTER, purpose=Purpose.REISSUE)
        assert refused.value.reason is CertificateRefusal.REASON_MISSING

        issue(seminar, Purpose.REISSUE, reason="korekta listy")
        old, new = queries.of_registration(seminar.ids["Ćma"])[::-1]
        assert (old.state, old.reason) == (CertificateState.SUPERSEDED, "korekta listy")
        assert (new.serial, new.state, new.replaces_id) == (6, CertificateState.VALID, old.id)
        assert (old.content["minutes"], new.content["minutes"]) == (180, 150)

        [lost] = queries.of_registration(seminar.ids["Żuk"])
        commands.revoke_certificate(lost.id, AFTER, reason="nieobecność")
        with pytest.raises(Refused) as refused:
            commands.revoke_certificate(lost.id, AFTER, reason="jeszcze raz")
        assert refused.value.reason is CertificateRefusal.NOT_VALID


# --- what it says ---


@pytest.mark.parametrize(
    ("form", "neutral", "said"),
    [
        (FormOfAddress.PANI, False, "Pani Anna Ćma uczestniczyła w wydarzeniu"),
        (FormOfAddress.PAN, False, "Pan Anna Ćma uczestniczył w wydarzeniu"),
        (FormOfAddress.NONE, False, "Zaświadczenie otrzymuje Anna Ćma za udział w wydarzeniu"),
        (FormOfAddress.PANI, True, "Zaświadczenie otrzymuje Anna Ćma za udział w wydarzeniu"),
    ],
)
def test_the_wording_follows_the_form_of_address(
    app: Flask, hands: Clock, form: FormOfAddress, neutral: bool, said: str
) -> None:
    hands.move_to(AFTER)
    with app.app_context(), app.test_request_context():
        seminar = make_seminar(app, ())
        event = frame.event(seminar.event_id)
        assert event is not None
        row = factories.make_registration(event, "Anna", "Ćma", form_of_address=form)
        seminar.ids["Ćma"] = row.id
        seminar.was_there("Ćma", 60, 60, 60)
        commands.set_certificates(
            event.id, NOW, min_percent=80, min_sessions=None, number_format="Z/{lp}",
            neutral=neutral, place="Częstochowa",
            signatories=[{"name": "Ewa Wójt", "function": "dyrektorka"}],
        )  # fmt: skip
        issue(seminar)
        [page] = words(papers.document(queries.valid(event.id)))

    assert said in page
    assert "Częstochowa, 18 czerwca 2027 r." in page
    assert "Ewa Wójt" in page
    assert "Liczba godzin dydaktycznych: 4 (łącznie minut: 180; 1 godzina to 45 minut)" in page


def test_names_are_letters_whatever_they_hold(app: Flask, hands: Clock) -> None:
    hands.move_to(AFTER)
    with app.app_context(), app.test_request_context():
        seminar = make_seminar(app, HOSTILE)
        issue(seminar)
        rows = queries.valid(seminar.event_id)
        made = papers.document(rows)
        pages = words(made)
        each = papers.each(rows)

        assert len(pages) == len(each) == len(HOSTILE)
        for row, page in zip(rows, pages, strict=True):
            # A hyphen at the end of a line is set again on the next one, as Polish has it.
            whole = page.replace(" ", "").replace("--", "-")
            assert row.content["essence"]["last_name"].replace(" ", "") in whole
            assert "strona1/1" in whole
        codes = codes_of(made)
        event = frame.event(seminar.event_id)
        assert event is not None
        assert codes == [papers.verification_url(event, row) for row in rows]

        head, lines = papers.register_table(queries.register(seminar.event_id))
        read = tables.read_table(tables.as_xlsx("Rejestr", head, lines))
        assert {row.cell(2) for row in read.rows} == set(HOSTILE)
        csv = tables.as_csv(head, lines).decode("utf-8-sig")
        assert ";'=HYPERLINK(A1);" in csv


def codes_of(document: bytes) -> list[str]:
    found = []
    with pypdfium2.PdfDocument(BytesIO(document)) as opened:
        for page in opened:
            picture = page.render(scale=2).to_pil()
            found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


# --- the pages ---


def client_of(app: Flask, seminar: Seminar, role: Role = Role.ORGANISER) -> FlaskClient:
    account_id = world.extra_account(app, f"{role} {seminar.event_id}", AFTER)
    with app.app_context():
        events.join_team(seminar.event_id, account_id, role, AFTER)
    return world.visit(app, world.account_cookie(app, account_id, AFTER))


def post(client: FlaskClient, path: str, **said: Any) -> Any:
    return client.post(path, data={"csrf_token": world.csrf_token(client), **said})


def shown(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status)
    assert markup.read(answer.text).inline == []
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_the_organiser_sets_the_rule_issues_replaces_and_downloads(
    app: Flask, seminar: Seminar, run_jobs: Callable[[], int]
) -> None:
    with app.app_context():
        seminar.was_there("Łoś", 5, 5, 5)
    desk, client = f"/{seminar.slug}/desk/certificates", client_of(app, seminar)

    assert "4 zaświadczenia do wydania" in shown(client, desk)
    assert "8% (minuty: 15 z 180); brakuje minut: 129" in shown(client, f"{desk}?standing=not-due")
    said = {"min_percent": "80", "min_sessions": "", "number_format": "bez", "seen": "0"}
    assert "Numer musi mieć jedno {lp}" in post(client, f"{desk}/words", **said).text
    said |= {"number_format": "ES/{lp:03d}/{rok}", "name_1": "Ewa Wójt", "topics": "y"}
    assert post(client, f"{desk}/words", **said).status_code == 303
    assert "Ktoś zmienił to" in post(client, f"{desk}/words", **said).text

    assert post(client, desk, tells="1").status_code == 303
    assert "Sprawdzone osoby" in shown(client, desk)
    run_jobs()
    assert "Wszystkie w jednym PDF" in shown(client, desk)
    assert "ES/001/2027" in shown(client, f"{desk}/register")
    for path, kind in (
        ("/pdf", "application/pdf"), ("/zip", "application/zip"),
        ("/register?format=xlsx", tables.XLSX_TYPE), ("/register?format=csv", "text/csv"),
    ):  # fmt: skip
        answer = client.get(desk + path)
        assert (answer.status_code, answer.mimetype) == (200, kind.partition(";")[0])

    with app.app_context():
        seminar.was_there("Ćma", None, None, 50)
        row = queries.of_registration(seminar.ids["Ćma"])[0]
        certificate_id = row.id
    assert "1 zaświadczenie jest nieaktualne" in shown(client, desk)
    assert post(client, f"{desk}/reissue", reason="korekta", tells="1").status_code == 303
    run_jobs()
    assert "Nieważne: zastąpione" in shown(client, f"{desk}/{certificate_id}")
    assert "korekta" in shown(client, f"{desk}/register")


def test_participants_have_their_own_and_learn_what_still_counts(
    app: Flask, seminar: Seminar
) -> None:
    with app.app_context():
        row = people.registration(seminar.ids["Ćma"])
        assert row is not None
        link = f"/{seminar.slug}/my/{people.link_token(row)}"
    own = app.test_client()
    own.get(f"{link}?page=certificate")
    assert "Nie jest jeszcze wydane" in shown(own, f"/{seminar.slug}/my/certificate")
    with app.app_context():
        issue(seminar)

    assert "Nr ZAS/2027/0002" in shown(own, f"/{seminar.slug}/my")
    assert "Pani Anna Ćma" in shown(own, f"/{seminar.slug}/my/certificate")
    answer = own.get(f"/{seminar.slug}/my/certificate.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "Pani Anna Ćma" in words(answer.data)[0]


def test_a_certificate_is_confirmed_without_giving_the_name_away(
    app: Flask, seminar: Seminar
) -> None:
    with app.app_context():
        issue(seminar)
        row = queries.of_registration(seminar.ids["Ćma"])[0]
        code, certificate_id = row.code, row.id
    stranger = app.test_client()
    place = f"/{seminar.slug}/certificates"

    page = shown(stranger, f"{place}/{code.lower()}")
    assert "Zaświadczenie ZAS/2027/0002 jest ważne" in page
    assert "A. Ć." in page
    assert "Ćma" not in page
    assert "Nazwisko zgadza się" in post(stranger, f"{place}/{code}", surname="ćma").text
    assert "jest inne nazwisko" in post(stranger, f"{place}/{code}", surname="Żuk").text
    assert "Nie ma zaświadczenia o tym kodzie" in shown(stranger, f"{place}/ABC", 404)
    assert stranger.get(f"{place}?code={code}").headers["Location"].endswith(code)

    with app.app_context():
        commands.revoke_certificate(certificate_id, clock.now(), reason="pomyłka")
    page = shown(stranger, f"{place}/{code}")
    assert "nie jest już ważne" in page
    assert "pomyłka" not in page
