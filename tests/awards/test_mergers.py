"""Nominees put right what is said of them; several nominations of one nominee become one."""

import pytest

from eventapp.awards import commands, queries
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import ConsentState, FormalResult, JurorRole, NominationState
from eventapp.directory import commands as directory
from eventapp.events.models import Event
from eventapp.kernel.db import db
from tests.awards import seminar
from tests.awards.browse import Reader
from tests.awards.test_commands import CALL_OPEN, a_candidacy, letters, refusal


@pytest.fixture
def called(db_session):
    data = seminar.seminar()
    data["awards"]["nominations"] = []
    return seminar.load(data, until="submitted")


def submitted(loaded, award="K2", **columns):
    return commands.submit_nomination(
        loaded.awards[award],
        a_candidacy(**columns),
        CALL_OPEN,
        consent=columns.pop("consent", ConsentState.ASKED),
    )


def test_two_nominations_of_one_nominee_become_one_candidacy(called):
    first = submitted(called, nominee="Spółdzielnia „Żuraw”")
    second = submitted(called, nominee="SPÓŁDZIELNIA „żuraw”", nominator_email="b@example.org")
    commands.give_consent(second.id, CALL_OPEN)
    assert [each.id for each in queries.alike(first)] == [second.id]

    commands.merge_nominations(second.id, first.id, CALL_OPEN)

    assert (second.state, second.merged_into_id) == (NominationState.MERGED, first.id)
    assert first.consent is ConsentState.GIVEN
    assert [each.id for each in queries.merged_into(first.id)] == [second.id]
    assert letters().count("mail:awards.merged") == 1
    commands.check_formally(first.id, FormalResult.POSITIVE, None, CALL_OPEN)
    assert [each.id for each in queries.entries(called.awards["K2"])] == [first.id]


def test_who_is_tied_to_one_of_them_is_tied_to_the_whole(called):
    host_id = db.session.get_one(Event, called.event_id).host_id
    person = directory.keep_person(
        host_id, title="", first_name="Nina", last_name="Nowa", email="nina@example.org"
    )
    juror = commands.appoint_juror(called.call_id, person.id, JurorRole.MEMBER)
    first = submitted(called)
    second = submitted(called, nominator="Nina Nowa", nominator_email="nina@example.org")
    third = submitted(called)
    commands.recuse(called.jurors["J2"], third.id, "pokrewieństwo", CALL_OPEN)
    for row in (second, third):
        commands.merge_nominations(row.id, first.id, CALL_OPEN)
    commands.check_formally(first.id, FormalResult.POSITIVE, None, CALL_OPEN)

    found = [
        (each.juror_id, each.nomination_id, each.kind)
        for each in queries.suggested_conflicts(called.call_id)
    ]

    assert found == [(juror.id, first.id, "nominator-person")]
    assert queries.recusal(called.jurors["J2"], first.id).reason == "pokrewieństwo"


def test_what_cannot_be_merged(called):
    first, second = submitted(called), submitted(called)
    elsewhere = submitted(called, award="K3")
    commands.withdraw_nomination(second.id, CALL_OPEN)

    def merging(one, into):
        return refusal(lambda: commands.merge_nominations(one.id, into.id, CALL_OPEN))

    assert merging(first, elsewhere) is AwardRefusal.NOT_ALIKE
    assert merging(first, first) is AwardRefusal.NOT_ALIKE
    assert merging(second, first) is AwardRefusal.NOT_MERGEABLE
    third = submitted(called)
    commands.merge_nominations(third.id, first.id, CALL_OPEN)
    assert refusal(lambda: commands.withdraw_nomination(third.id, CALL_OPEN)) is (
        AwardRefusal.MERGED
    )


def test_a_nominee_corrects_the_name_and_the_secretary_merges(app, ask):
    def prepare():
        data = seminar.seminar()
        data["awards"]["nominations"] = []
        loaded = seminar.load(data, until="submitted")
        rows = [submitted(loaded, nominee=name) for name in ("Fundacja Zuraw", "Fundacja Żuraw")]
        return loaded, [row.id for row in rows], queries.nominee_token(rows[0])

    loaded, (first, second), token = ask(prepare)
    nominee, secretary = Reader(app, loaded.slug), Reader(app, loaded.slug, loaded.accounts["U07"])
    consent = f"/awards/consent/{token}"

    nominee.send(f"{consent}/correction", nominee="Fundacja Żuraw", statement="Działamy od 2019.")
    page = nominee.get(consent)
    assert "Działamy od 2019." in page
    assert "Please check the form" in nominee.send(f"{consent}/correction", nominee="").text
    nominee.send(consent, answer="yes")

    page = secretary.get(f"/desk/awards/{second}")
    assert "Nominated more than once?" in page
    secretary.send(f"/desk/awards/{second}/merger", into=str(first))
    page = secretary.get(f"/desk/awards/{first}")
    assert ("Added by the nominee" in page, "Also nominated by" in page) == (True, True)
    assert "belongs to another candidacy" in secretary.get(f"/desk/awards/{second}")
    secretary.send(f"/desk/awards/{second}/merger", into="0")
    ask(lambda: commands.check_formally(first, FormalResult.POSITIVE, None, CALL_OPEN))
    ask(lambda: commands.open_round(loaded.awards["K2"], CALL_OPEN))
    late = nominee.send(f"{consent}/correction", nominee="Inna")
    assert late.status_code == 303
    assert "Correct your name" not in nominee.get(consent)
    juror = Reader(app, loaded.slug, loaded.accounts["J1"])
    ask(lambda: commands.sign_declaration(loaded.jurors["J1"], CALL_OPEN))
    page = juror.get(f"/jury/nominations/{first}")
    assert ("Added by the nominee" in page, "Also nominated by" in page) == (True, True)


@pytest.fixture
def ask(app):
    """A function that asks or changes the database between requests, never around them."""

    def inside(act):
        with app.app_context():
            return act()

    return inside
