"""The pages of the jury, the secretary, nominators and the public, over HTTP."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
import pytest

from eventapp.accounts import commands as accounts
from eventapp.awards import commands, queries
from eventapp.awards.models import Juror
from eventapp.awards.rules.states import CardsFate, NominationState, RoundState
from eventapp.awards.tally import verify
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Role
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.uploads import Upload
from tests.awards import seminar
from tests.awards.browse import Reader

EMBARGO = seminar.moment("2027-06-16T16:10:00+02:00")
SECOND = timedelta(seconds=1)
FULL = {"K1-1": 9, "K1-2": 8, "K1-3": 8, "K1-4": 7}
ANSWERS = {
    "method": "weighted-scores",
    "budget": "10",
    "normalise": "none",
    "aggregate": "mean",
    "quorum": "2/3",
    "present": "0",
    "cards": "0",
    "min_score": "60",
    "distinctions": "1",
}
SECRETS = ("79.50", "79,50", "83.44", "83,44")  # the chair's card for N02, and its mean


@pytest.fixture
def ask(app) -> Callable[[Callable[[], Any]], Any]:
    """A function that asks or changes the database between requests, never around them."""

    def inside(act: Callable[[], Any]) -> Any:
        with app.app_context():
            return act()

    return inside


@pytest.fixture
def at_stage(app, ask) -> Callable[[str], tuple[seminar.Loaded, Callable[..., Reader]]]:
    """A function that loads the demo's jury up to a stage and gives readers by their file id."""

    def load(stage: str) -> tuple[seminar.Loaded, Callable[..., Reader]]:
        loaded = ask(lambda: seminar.load(seminar.seminar(), until=stage))

        def as_(ref: str | None = None) -> Reader:
            account = loaded.accounts[ref] if ref else None
            return Reader(app, loaded.slug, account)

        return loaded, as_

    return load


def page_of(loaded: seminar.Loaded, ref: str, more: str = "") -> str:
    """Return the path of a nomination's scoring page."""
    return f"/jury/nominations/{loaded.nominations[ref]}{more}"


# --- a juror's way ------------------------------------------------------------------------


def test_entries_stay_closed_until_the_declaration_is_signed(at_stage, ask):
    loaded, as_ = at_stage("opened")
    ask(lambda: take_back_signature(loaded.jurors["J2"]))
    reader = as_("J2")

    for path in ("/jury/queue", "/jury/summary", page_of(loaded, "N02")):
        answer = reader.answer(path)
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"/{loaded.slug}/jury/declaration",
        )
    body = {"scores": FULL, "comment": "", "version": 0}
    refused = reader.send_json(page_of(loaded, "N02", "/ballot"), body)
    assert (refused.status_code, refused.json["code"]) == (409, "not-declared")

    assert "Tick this box" in reader.send("/jury/declaration").get_data(as_text=True)
    assert reader.send("/jury/declaration", agreed="y").status_code == 303
    assert "Zaczarowana Spiżarnia" in reader.get("/jury/queue")


@atomic
def take_back_signature(juror_id: int) -> None:
    """Take a signature back, as no command of the product can."""
    db.session.get_one(Juror, juror_id).declaration_signed_at = None


def test_a_card_by_the_button_and_by_the_script_is_the_same_card(at_stage):
    loaded, as_ = at_stage("opened")
    reader, ballot = as_("J1"), page_of(loaded, "N02", "/ballot")
    form = {f"score-{name}": points for name, points in FULL.items()}

    saved = reader.client.post(
        f"/{loaded.slug}{ballot}",
        data=form | {"comment": "dobrze", "version": "0", "csrf_token": reader.token()},
    )
    assert saved.headers["Location"] == f"/{loaded.slug}{page_of(loaded, 'N02')}"
    page = reader.get(page_of(loaded, "N02"))
    assert ("81.50" in page, "dobrze" in page, "saved 10:00" in page) == (True, True, True)

    body = {"scores": FULL | {"K1-4": 10}, "comment": "lepiej", "version": 1}
    answer = reader.send_json(ballot, body).json
    assert answer == {
        "saved": "saved 10:00",
        "version": 2,
        "complete": True,
        "total": "86.00",
        "warning": None,
    }
    stale = reader.send_json(ballot, body | {"comment": "z drugiego okna"}).json
    assert "another window" in stale["warning"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"scores": {"K1-1": 11}}, 409, "out-of-range"),
        ({"scores": {"K9": 1}}, 409, "unknown-criterion"),
        ({"scores": {"K1-1": 5}, "comment": "x" * 4001}, 422, "invalid-fields"),
        ({"scores": [1, 2]}, 400, None),
        ([], 400, None),
    ],
)
def test_a_script_that_sends_nonsense_is_told(at_stage, ask, body, status, code):
    loaded, as_ = at_stage("opened")

    answer = as_("J1").send_json(page_of(loaded, "N02", "/ballot"), body)

    assert answer.status_code == status
    assert code is None or answer.json["code"] == code
    assert ask(lambda: queries.ballots_of(loaded.jurors["J1"])) == {}


def test_a_card_without_the_csrf_token_is_refused(at_stage, ask):
    loaded, as_ = at_stage("opened")
    reader = as_("J1")

    bare = reader.client.post(
        f"/{loaded.slug}{page_of(loaded, 'N02', '/ballot')}", json={"scores": FULL}
    )

    assert bare.status_code == 400
    assert ask(lambda: queries.ballots_of(loaded.jurors["J1"])) == {}


def test_next_saves_and_goes_on(at_stage, ask):
    loaded, as_ = at_stage("opened")
    reader = as_("J1")

    answer = reader.client.post(
        f"/{loaded.slug}{page_of(loaded, 'N01', '/ballot')}",
        data={
            "score-K1-1": "7",
            "onwards": str(loaded.nominations["N02"]),
            "csrf_token": reader.token(),
        },
    )

    assert answer.headers["Location"].endswith(page_of(loaded, "N02"))
    cards = ask(lambda: queries.ballots_of(loaded.jurors["J1"]))
    assert cards[loaded.nominations["N01"]].complete is False


def test_the_recused_see_what_strangers_see(at_stage, ask):
    loaded, as_ = at_stage("cast")
    content = Upload("pdf", b"%PDF-1.4 statut", "statut.pdf", "x.pdf")
    held = ask(lambda: commands.attach(loaded.nominations["N01"], content, EMBARGO))
    entry, file = page_of(loaded, "N01"), f"/jury/attachments/{held.id}"
    recused, free, secretary = as_("J9"), as_("J1"), as_("U07")

    for path in (entry, entry + "/recusal", file):
        assert recused.answer(path).status_code == 404
        assert free.answer(path).status_code == 200
    for path in ("/ballot", "/recusal"):
        assert recused.post(entry + path, reason="x") == 404
    assert "Żuraw i Łopata" in recused.get("/jury/queue")
    assert secretary.answer(file).status_code == 200
    assert as_("U02").answer(file).status_code == 403
    assert as_().answer(file).status_code == 303


def test_a_document_is_only_ever_a_download(at_stage, ask):
    loaded, as_ = at_stage("opened")
    content = Upload("pdf", b"%PDF-1.4 statut", "Zażółć.pdf", "x.pdf")
    held = ask(lambda: commands.attach(loaded.nominations["N02"], content, EMBARGO))

    answer = as_("J1").answer(f"/jury/attachments/{held.id}")

    assert answer.data == b"%PDF-1.4 statut"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert "no-store" in answer.headers["Cache-Control"]


def test_declaring_a_conflict_closes_the_nomination_and_voids_the_card(at_stage, ask):
    loaded, as_ = at_stage("cast")
    reader, entry = as_("J1"), page_of(loaded, "N02")
    assert "becomes void" in reader.get(entry + "/recusal")

    reader.send(entry + "/recusal", reason="współpraca z kandydatem")

    assert reader.answer(entry).status_code == 404
    assert "Thank you for telling" in reader.get("/jury/queue")
    voided = ask(lambda: queries.voided(loaded.call_id))
    assert [each.void_reason for each in voided] == ["współpraca z kandydatem"]


def test_nobody_reads_another_jurors_scores_before_the_count(at_stage):
    loaded, as_ = at_stage("cast")
    others = ["/jury/coverage", "/jury/conflicts", "/jury/results", "/jury/minutes"]
    rounds = [f"/jury/rounds/{round_id}" for round_id in loaded.rounds.values()]

    assert "79.50" in as_("J1").get("/jury/summary")
    for ref in ("J2", "U07", "U01"):
        reader = as_(ref)
        for path in [*others, *rounds, "/jury/summary", "/jury/queue"]:
            page = reader.answer(path).get_data(as_text=True)
            assert not [secret for secret in SECRETS if secret in page], (ref, path)
    chair = as_("J1")
    for path in [*others, *rounds]:
        assert "83.44" not in chair.answer(path).get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/jury/coverage", {"J1", "U07", "U01"}),
        ("/jury/conflicts", {"J1", "U07", "U01"}),
        ("/jury/results", {"J1", "U07", "U01"}),
        ("/jury/minutes", {"J1", "U07"}),
        ("/jury/queue", {"J1", "J2"}),
        ("/jury/summary", {"J1", "J2"}),
        ("/jury/declaration", {"J1", "J2"}),
        ("/desk/awards", {"U07", "U01"}),
    ],
)
def test_who_opens_which_page(at_stage, path, allowed):
    _loaded, as_ = at_stage("opened")

    found = {ref for ref in ("J1", "J2", "U07", "U01", "U02") if _opens(as_(ref), path)}

    assert found == allowed
    assert as_().answer(path).status_code == 303


def _opens(reader: Reader, path: str) -> bool:
    status = reader.answer(path).status_code
    assert status in {200, 403}
    return status == 200


def test_the_jurys_door_leads_each_to_their_page(at_stage):
    loaded, as_ = at_stage("opened")

    places = {ref: as_(ref).answer("/jury/").headers["Location"] for ref in ("J2", "U07", "U01")}

    assert places == {
        "J2": f"/{loaded.slug}/jury/queue",
        "U07": f"/{loaded.slug}/jury/coverage",
        "U01": f"/{loaded.slug}/jury/coverage",
    }


# --- the chair's way ----------------------------------------------------------------------


def test_the_chair_closes_counts_decides_and_releases(at_stage, hands):
    loaded, as_ = at_stage("cast")
    hands.move_to(seminar.moment("2027-05-31T18:10:00+02:00"))
    chair = as_("J1")

    for round_id in loaded.rounds.values():
        chair.send(f"/jury/rounds/{round_id}/close")
        chair.send(f"/jury/rounds/{round_id}/count")
    k4 = f"/jury/rounds/{loaded.rounds['K4']}"
    page = chair.get(k4)
    assert ("A tie" in page, page.count("79.78")) == (True, 2)
    assert "once every award is counted" in chair.get("/jury/results")

    asked = chair.get(k4 + "/tie")
    assert "Młyn Możliwości" in asked
    n13 = loaded.nominations["N13"]
    assert "Please check the form" in chair.send(k4 + "/tie", choice=n13).get_data(as_text=True)
    chair.send(k4 + "/tie", choice=n13, basis="§ 12 regulaminu")
    page = chair.get(k4)
    assert ("§ 12 regulaminu" in page, "same nominee whichever" in page) == (True, False)
    assert chair.answer(k4 + "/tie").status_code == 404

    chair.send("/jury/publication")
    assert "under embargo until" in chair.get("/jury/results")
    minutes = chair.get("/jury/minutes")
    for needed in ("83.44", "§ 12 regulaminu", "Halszka Pożytkowska", "zatrudnienie w podmiocie"):
        assert needed in minutes
    assert len(set(re.findall(r"\b[0-9a-f]{64}\b", minutes))) == 11


def test_only_the_chair_closes_counts_decides_and_releases(at_stage, ask):
    loaded, as_ = at_stage("cast")
    round_id = loaded.rounds["K1"]
    acts = [
        f"/jury/rounds/{round_id}/close",
        f"/jury/rounds/{round_id}/count",
        f"/jury/rounds/{round_id}/tie",
        "/jury/publication",
        "/jury/publication/revoke",
        "/jury/embargo",
    ]

    for ref in ("J2", "U07", "U01"):
        reader = as_(ref)
        assert [reader.post(path) for path in acts] == [403] * len(acts)
    assert ask(lambda: queries.round_of(loaded.awards["K1"])).state is RoundState.OPEN


def test_reminders_go_to_who_owes_cards_in_their_language(at_stage, run_jobs, mailbox, hands):
    _loaded, as_ = at_stage("cast")
    hands.move_to(seminar.moment("2027-05-30T09:00:00+02:00"))

    as_("U07").send("/jury/reminders")
    run_jobs()

    assert [letter["To"] for letter in mailbox.all()] == ["cyryl.posrednicki@example.org"]
    letter = mailbox.last("cyryl.posrednicki@example.org")
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Brakuje jeszcze 3 kart oceny"
    assert "30 maja 2027 r., 23:59" in text
    assert "/seminarium-es-2027/jury/queue" in text


def test_an_absence_and_its_taking_back(at_stage):
    loaded, as_ = at_stage("opened")
    secretary, round_id = as_("U07"), loaded.rounds["K5"]
    juror_id = loaded.jurors["J8"]

    secretary.send("/jury/absences", round=round_id, juror=juror_id, reason="wyszedł")
    assert "wyszedł" in secretary.get("/jury/coverage")
    secretary.send(f"/jury/rounds/{round_id}/absences/{juror_id}/lift")
    assert "wyszedł" not in secretary.get("/jury/coverage")


def test_a_suggested_conflict_is_decided_by_the_chair(at_stage, ask):
    loaded, as_ = at_stage("submitted")
    chair = as_("J1")
    page = chair.get("/jury/conflicts")
    assert page.count("the juror’s institution is the nominator") >= 3
    pair = {"juror": loaded.jurors["J4"], "nomination": loaded.nominations["N04"]}

    chair.send("/jury/conflicts", **pair, reason="instytucja zgłasza")
    other = {"juror": loaded.jurors["J6"], "nomination": loaded.nominations["N08"]}
    chair.send("/jury/conflicts/dismissed", **other, reason="inna izba")

    held = ask(lambda: queries.recusal(pair["juror"], pair["nomination"]))
    found = ask(lambda: queries.suggested_conflicts(loaded.call_id))
    left = {(each.juror_id, each.nomination_id) for each in found}
    assert held.reason == "instytucja zgłasza"
    assert (other["juror"], other["nomination"]) not in left


def test_things_of_another_event_are_not_there(at_stage):
    loaded, as_ = at_stage("cast")
    chair = as_("J1")

    for path in (
        "/jury/rounds/999999",
        "/jury/ballots/999999/void",
        "/jury/nominations/999999",
        "/jury/attachments/999999",
    ):
        assert chair.answer(path).status_code == 404
    assert as_("U07").answer("/desk/awards/999999").status_code == 404
    assert chair.client.get(f"/no-such-event/jury/rounds/{loaded.rounds['K1']}").status_code == 404


# --- the embargo --------------------------------------------------------------------------


def test_no_route_tells_the_results_before_the_embargos_second(at_stage, ask, hands):
    loaded, as_ = at_stage("published")
    stranger = as_()
    hands.move_to(EMBARGO - SECOND)
    laureates = ("Zaczarowana Spiżarnia", "Ósmy Kilometr", "Przystanek Pojutrze")

    before = stranger.answer("/awards/results")
    page = before.get_data(as_text=True)
    assert "16:10" in page
    for name in laureates:
        assert name not in page
        assert name not in stranger.get("/awards/")
    assert before.headers["Cache-Control"] == "no-cache"
    assert ask(lambda: queries.public_verdicts(loaded.call_id, EMBARGO - SECOND)) == []

    hands.move_to(EMBARGO)
    page = stranger.get("/awards/results")
    for name in laureates:
        assert name in page
    assert "83.44" not in page
    assert "Audience award" not in page


def test_released_or_not_nothing_shows_without_the_release(at_stage, hands):
    _loaded, as_ = at_stage("counted")
    hands.move_to(EMBARGO + SECOND)

    page = as_().get("/awards/results")

    assert "not here yet" in page
    assert "Zaczarowana Spiżarnia" not in page


# --- nominating ---------------------------------------------------------------------------

PDF = b"%PDF-1.4 sprawozdanie"


def a_nomination(loaded: seminar.Loaded, **more: object) -> dict[str, object]:
    usual = {
        "award": loaded.awards["K3"],
        "is_self": "no",
        "nominee": "Fundacja „Nowy Ster”",
        "nominee_category": "fundacja",
        "nominee_email": "ster@example.org",
        "nominator": "Biblioteka w Zmyślonowie",
        "nominator_email": "biblioteka@example.org",
        "justification": "Uczą żeglować.",
    }
    return usual | more


def link_in(letter) -> str:
    """Return the path of the first link of a letter."""
    text = letter.get_body(("plain",)).get_content()
    return re.search(r"http://localhost/[^/]+(/\S+)", text)[1]


def test_a_nomination_from_draft_to_consent(at_stage, ask, hands, run_jobs, mailbox):
    loaded, as_ = at_stage("submitted")
    hands.move_to(seminar.moment("2027-04-12T10:00:00+02:00"))
    nominator = as_()

    nominator.send("/awards/nominate", **a_nomination(loaded, justification=""), act="save")
    run_jobs()
    own = link_in(mailbox.last("biblioteka@example.org"))
    assert "This is a draft" in nominator.get(own)
    nominator.send(own, **a_nomination(loaded), act="submit", files=(BytesIO(PDF), "Plan ż.pdf"))
    run_jobs()
    receipt = mailbox.last("biblioteka@example.org")
    assert receipt["Subject"] == "Nomination received: KES/2027/K3/21"
    page = nominator.get(own)
    assert ("KES/2027/K3/21" in page, "Plan ż.pdf" in page) == (True, True)
    file = re.search(r'href="/[^/]+(/awards/nominations/[^"]+/attachments/\d+)"', page)[1]
    assert nominator.answer(file).data == PDF

    nominee = as_()
    question = link_in(mailbox.last("ster@example.org"))
    assert "Uczą żeglować." in nominee.get(question)
    nominee.send(question, answer="yes")
    run_jobs()
    assert mailbox.last("biblioteka@example.org")["Subject"].startswith("The nominee consents")

    def stored():
        rows = ask(lambda: queries.nominations(loaded.call_id))
        return next(row for row in rows if row.number == "KES/2027/K3/21")

    row = stored()
    assert row.state is NominationState.SUBMITTED

    secretary = as_("U07")
    desk = f"/desk/awards/{row.id}"
    assert "Nowy Ster" in secretary.get("/desk/awards?state=submitted")
    refused = secretary.send(desk + "/check", result="negative", reason="")
    assert refused.status_code == 303
    assert "give the reason" in secretary.get(desk)
    secretary.send(desk + "/check", result="positive", check_in_area="no", reason="")
    row = stored()
    assert (row.state, row.checklist["in-area"]) == (NominationState.ACCEPTED, "no")

    nominator.send(own + "/withdrawal", reason="zmiana planów")
    assert "withdrawn" in nominator.get(own)


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (b"MZ\x90\x00", "umowa.pdf", "not accepted"),
        (b"<svg xmlns='x'/>", "logo.svg", "not accepted"),
        (b"", "pusty.pdf", "empty"),
    ],
)
def test_files_are_judged_by_their_bytes(at_stage, ask, hands, content, name, fault):
    loaded, as_ = at_stage("submitted")
    hands.move_to(seminar.moment("2027-04-12T10:00:00+02:00"))

    page = as_().send(
        "/awards/nominate", **a_nomination(loaded), act="save", files=(BytesIO(content), name)
    )

    assert fault in page.get_data(as_text=True)
    rows = ask(lambda: queries.nominations(loaded.call_id))
    assert NominationState.DRAFT not in {row.state for row in rows}


def test_after_the_call_nobody_nominates(at_stage, hands):
    _loaded, as_ = at_stage("submitted")
    hands.move_to(seminar.moment("2027-05-01T00:00:00+02:00"))
    stranger = as_()

    assert stranger.answer("/awards/nominate").status_code == 303
    assert "has ended" in stranger.get("/awards/")


def test_a_made_up_link_opens_nothing(at_stage):
    _loaded, as_ = at_stage("submitted")
    stranger = as_()

    for path in ("/awards/nominations/abc", "/awards/consent/abc", "/awards/nominations/a.b/x"):
        assert stranger.answer(path).status_code == 404


# --- pages do not grow with their rows ----------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        ("J1", "/jury/queue"),
        ("J1", "/jury/summary"),
        ("U07", "/desk/awards"),
        ("U07", "/jury/conflicts"),
    ],
)
def test_a_list_asks_as_often_for_few_as_for_many(app, recorded, ref, path):
    data = seminar.seminar()
    kept = {"N01", "N05", "N09", "N13", "N17"}
    few = data["awards"]
    for key, name in (
        ("nominations", "id"),
        ("ballots", "nomination"),
        ("conflicts", "nomination"),
    ):
        few[key] = [row for row in few[key] if row[name] in kept]
    few["voided_ballots"] = []
    counts = []
    for awards in (few, None):
        loaded_data = data if awards is not None else seminar.seminar()
        loaded_data["event"]["slug"] = f"event-{len(counts)}"
        with app.app_context():
            loaded = seminar.load(loaded_data, until="cast")
        reader = Reader(app, loaded.slug, loaded.accounts[ref])
        reader.get(path)
        with recorded() as asked:
            reader.get(path)
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- setting up ---------------------------------------------------------------------------


def test_an_organiser_sets_awards_up_from_nothing(app, ask, hands):
    with app.app_context():
        host = events.keep_host("test", "Test")
        event = events.create_event(
            host.id,
            EMBARGO,
            slug="gala",
            title={"pl": "Gala"},
            starts_on=EMBARGO.date(),
            ends_on=EMBARGO.date(),
        )
        events.publish_event(event.id, EMBARGO)
        organiser = accounts.keep_account("o@example.org", "Organizatorka", EMBARGO)
        events.join_team(event.id, organiser.id, Role.ORGANISER, EMBARGO)
    reader, stranger = Reader(app, "gala", organiser.id), Reader(app, "gala")
    assert "No awards are given" in stranger.get("/awards/")
    assert reader.answer("/desk/awards").headers["Location"] == "/gala/desk/awards/set-up"

    reader.send("/desk/awards/set-up", name_pl="Nagrody 2027", number_prefix="N/2027")
    bad = reader.send("/desk/awards/awards", award_pl="Debiut", criteria="Efekty")
    assert "Line 1 is not" in bad.get_data(as_text=True)
    reader.send("/desk/awards/awards", award_pl="Debiut", criteria="Efekty; 60\nPomysł; 40%")
    reader.send(
        "/desk/awards/rules",
        **ANSWERS | {"quorum": "1/2", "min_score": "50", "distinctions": "2"},
        distinction_score="65",
        ties="ex-aequo",
        regulations_pl="§ 1.",
    )
    for role, mail in (("chair", "a@example.org"), ("chair", "b@example.org")):
        reader.send("/desk/awards/jury", first_name="Ala", last_name="Nowak", email=mail, role=role)
    page = reader.get("/desk/awards/set-up")
    assert "already has a chair" in page

    call = ask(lambda: queries.call_of(event.id))
    award = ask(lambda: queries.awards(call.id))[0]
    jury = ask(lambda: queries.jurors(call.id))
    assert (call.rulebook["quorum"], call.rulebook["ties"]) == ({"share": "1/2"}, ["ex-aequo"])
    assert [(c["name"], c["weight"]) for c in award.criteria] == [
        ({"pl": "Efekty"}, 60),
        ({"pl": "Pomysł"}, 40),
    ]
    assert [each.role for each in jury] == ["chair"]
    roles = ask(lambda: frame.roles_of(jury[0].account_id, event.id))
    assert {each.role for each in roles} == {Role.JUROR, Role.CHAIR}
    reader.send(f"/desk/awards/jury/{jury[0].id}/dismissal")
    reader.send(f"/desk/awards/awards/{award.id}/removal")
    assert (ask(lambda: queries.jurors(call.id)), ask(lambda: queries.awards(call.id))) == ([], [])


def test_who_is_at_work_is_not_removed(at_stage):
    loaded, as_ = at_stage("cast")
    organiser = as_("U01")

    organiser.send(f"/desk/awards/jury/{loaded.jurors['J1']}/dismissal")
    assert "has cast cards" in organiser.get("/desk/awards/set-up")
    organiser.send(f"/desk/awards/awards/{loaded.awards['K1']}/removal")
    assert "it cannot be removed" in organiser.get("/desk/awards/set-up")
    organiser.send("/desk/awards/rules", **ANSWERS, distinction_score="0", ties="chair")
    assert "can no longer change" in organiser.get("/desk/awards/set-up")


def test_the_excluded_chair_sees_no_votes_of_that_nomination(at_stage, ask, hands):
    loaded, as_ = at_stage("cast")
    entry = loaded.nominations["N02"]
    met = seminar.moment("2027-05-31T17:00:00+02:00")
    ask(lambda: commands.recuse(loaded.jurors["J1"], entry, "współpraca", met))
    ask(lambda: commands.close_round(loaded.rounds["K1"], met))
    ask(lambda: commands.count_round(loaded.rounds["K1"], met))

    page = as_("J1").get(f"/jury/rounds/{loaded.rounds['K1']}")
    votes = page[page.index("Totals by juror") : page.index("So that anybody")]

    assert "Żuraw i Łopata" in votes
    assert "Zaczarowana Spiżarnia" not in votes
    secretary = as_("U07").get(f"/jury/rounds/{loaded.rounds['K1']}")
    assert "Zaczarowana Spiżarnia" in secretary[secretary.index("Totals by juror") :]


# --- what leaves the jury's room ----------------------------------------------------------


def test_the_demos_bundle_holds_and_its_fingerprint_stands_in_the_minutes(at_stage):
    _loaded, as_ = at_stage("counted")

    packed = as_("J1").answer("/jury/bundle")

    with zipfile.ZipFile(BytesIO(packed.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    mark = verify.fingerprint(files)
    assert verify.faults(files, mark) == []
    assert mark in as_("U07").get("/jury/minutes")
    names = json.loads(files["awards/04/names.json"])
    winner = json.loads(files["awards/04/result.json"])["winners"][0]
    assert names[winner]["number"] == "KES/2027/K4/13"
    told = b"".join(files.values()).decode()
    people = {row["last_name"] for row in seminar.seminar()["awards"]["jurors"]}
    assert not [name for name in people if name in told]


def test_before_anything_is_counted_there_is_no_bundle(at_stage):
    _loaded, as_ = at_stage("cast")

    assert as_("J1").answer("/jury/bundle").status_code == 404
    assert as_("J2").answer("/jury/bundle").status_code == 403
    assert as_("U01").answer("/jury/bundle").status_code == 403


# --- changing frozen rules ----------------------------------------------------------------


def test_two_persons_change_frozen_rules(at_stage):
    _loaded, as_ = at_stage("cast")
    chair, secretary, organiser = as_("J1"), as_("U07"), as_("U01")
    page = chair.get("/jury/rules")
    assert "In plain words" in page
    assert "Propose a change" in page
    assert "Propose a change" not in organiser.get("/jury/rules")
    answers = ANSWERS | {
        "aggregate": "median",
        "distinction_score": "70",
        "ties": "chair",
        "reason": "§ 15: resolution 4/2027",
    }
    assert "Say what becomes of the cards." in chair.send("/jury/rules", **answers).text

    assert chair.send("/jury/rules", **answers, fate="carried").status_code == 303

    waiting = chair.get("/jury/rules")
    assert "You proposed it" in waiting
    path = re.search(r"/jury/rules/\d+/confirmation", secretary.get("/jury/rules"))[0]
    chair.send(path)
    assert "The mean of the cards decides." in chair.get("/awards/")
    organiser.send(path)
    public = as_().get("/awards/")
    assert "The median of the cards decides" in public
    assert "§ 15: resolution 4/2027" in public
    told = as_().answer("/awards/rules.json").json
    assert (told["rulebook"]["aggregate"], told["frozen"]) == ("median", True)


def test_the_desk_of_a_jury_with_a_budget_tells_what_is_left(at_stage, ask):
    loaded, as_ = at_stage("opened")

    def change():
        book = queries.call(loaded.call_id).rulebook | {"method": "points", "budget": 10}
        with facts.acting_as("account:1"):
            row = commands.propose_rules(loaded.call_id, book, "§", CardsFate.VOID, EMBARGO)
        with facts.acting_as("account:2"):
            commands.confirm_rules(row.id, EMBARGO)

    ask(change)
    reader = as_("J1")
    body = {"scores": {"choice": 7}, "comment": "", "version": 0}
    assert reader.send_json(page_of(loaded, "N02", "/ballot"), body).json["total"] == "7.00"

    page = reader.get(page_of(loaded, "N03"))

    assert "3 of 10 points are left" in page
    over = reader.send_json(page_of(loaded, "N03", "/ballot"), body)
    assert (over.status_code, over.json["code"]) == (409, "over-budget")
    assert "Points from your budget" in reader.get("/jury/summary")


def text_of(packed: bytes) -> str:
    """Return all words of a PDF."""
    with pdfium.PdfDocument(packed) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_papers_of_a_jury(at_stage):
    _loaded, as_ = at_stage("counted")
    secretary = as_("U07")

    def paper(name):
        return " ".join(text_of(secretary.answer(f"/jury/{name}.pdf").data).split())

    minutes = paper("minutes")
    for needed in (
        "83.44",
        "§ 12 regulaminu",
        "the card cast before is void",
        "opuścił posiedzenie",
    ):
        assert needed in minutes
    assert paper("declarations").count("Signed in the system on") == 9
    sheets = paper("score-sheets")
    assert ("79.50" in sheets, "pokrewieństwo z członkinią" in sheets) == (True, True)
    diplomas = paper("diplomas")
    assert ("Zaczarowana Spiżarnia" in diplomas, "83.44" in diplomas) == (True, False)
    page = secretary.get("/jury/script")
    first, second = page.index("Distinction"), page.index("<td>Award</td>")
    assert first < second
    assert "unknown" in page


def test_papers_of_scores_wait_for_the_count_and_are_for_the_jury(at_stage):
    _loaded, as_ = at_stage("cast")
    secretary = as_("U07")

    for name in ("score-sheets", "diplomas"):
        assert secretary.answer(f"/jury/{name}.pdf").status_code == 303
    assert "There is nothing counted yet" in secretary.get("/jury/script")
    for name in ("score-sheets.pdf", "minutes.pdf", "declarations.pdf"):
        assert as_("U01").answer(f"/jury/{name}").status_code == 403
    for name in ("diplomas.pdf", "script"):
        assert as_("J2").answer(f"/jury/{name}").status_code == 403
