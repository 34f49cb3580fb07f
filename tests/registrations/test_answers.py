"""Questions in their versions, answers, corrections after the freeze, needs of categories."""

from datetime import timedelta
from typing import Any

import pytest

from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.kernel import crypto, facts, journal
from eventapp.kernel.refusal import Refusal, Refused
from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.models import ConsentKind, ProposalState, State
from eventapp.registrations.rules import RegistrationRefusal
from eventapp.registrations.rules.enquiry import AreaPolicy, Kind
from tests.factories import NOW, fresh, make_event, make_registration
from tests.harness.mailbox import Mailbox, text_of

pytestmark = pytest.mark.usefixtures("db_session")

LATER = NOW + timedelta(days=1)
LEVELS = [
    {"code": "low", "pl": "mało", "en": "little"},
    {"code": "high", "pl": "dużo", "en": "much"},
]


def details(last_name: str, **columns: Any) -> Details:
    given = {"first_name": "Łucja", "email": f"{last_name.lower()}@example.org"}
    clause = {ConsentKind.INFORMATION_CLAUSE: True}
    return Details(last_name=last_name, consents=clause, **{**given, **columns})


def refusal_of(act: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.reason


def levels(event: Event, **content: Any) -> Any:
    return commands.add_question(
        event.id, NOW, kind=Kind.ONE_OF, label={"pl": "Ile wiesz?"}, choices=LEVELS, **content
    )


def last_fact(subject: str) -> int:
    return facts.history(subject=subject)[0].id


def test_an_answered_question_gets_a_new_version_and_the_answer_keeps_its_words() -> None:
    event = make_event()
    asked = levels(event)
    commands.edit_question(asked.id, NOW, help={"pl": "Szczerze."})
    assert asked.version == 1  # nobody had answered
    row = make_registration(event, answers={asked.code: "high"})

    commands.edit_question(asked.id, NOW, choices=[*LEVELS[:1], {**LEVELS[1], "pl": "wszystko"}])

    (given,) = queries.given(row.id)
    assert (asked.version, given.version, given.outdated) == (2, 1, True)
    assert given.content["choices"][1]["pl"] == "dużo"
    journal.undo(event.id, last_fact(f"question:{asked.id}"), NOW)
    assert queries.question(asked.id).choices[1]["pl"] == "dużo"  # type: ignore[union-attr]


def test_questions_change_places_and_leave_and_come_back() -> None:
    event = make_event()
    first, second = levels(event), levels(event)
    assert [first.code, second.code] == ["ile-wiesz", "ile-wiesz-2"]

    moved = commands.move_question_up(second.id, NOW)
    assert [one.id for one in queries.questions(event.id)] == [second.id, first.id]
    assert commands.move_question_up(second.id, NOW) is None
    journal.undo(event.id, moved, NOW)  # type: ignore[arg-type]
    assert [one.id for one in queries.questions(event.id)] == [first.id, second.id]

    row = make_registration(event, answers={first.code: "low"})
    commands.remove_question(first.id, NOW)
    assert queries.questions(event.id) == [second]
    assert queries.answers(row.id) == {first.code: "low"}
    journal.undo(event.id, last_fact(f"question:{first.id}"), NOW)
    assert len(queries.questions(event.id)) == 2


def test_what_another_question_waits_for_stays() -> None:
    event = make_event()
    asked = levels(event)
    commands.add_question(
        event.id, NOW, kind=Kind.SHORT_TEXT, label={"pl": "Skąd?"},
        depends_on=asked.code, depends_answer="high",
    )  # fmt: skip

    awaited = RegistrationRefusal.QUESTION_AWAITED
    assert refusal_of(commands.remove_question, asked.id, NOW) is awaited
    assert refusal_of(commands.edit_question, asked.id, NOW, kind=Kind.SHORT_TEXT) is awaited
    ring = refusal_of(commands.edit_question, asked.id, NOW, depends_on="skad", depends_answer="x")
    assert ring is RegistrationRefusal.CONDITION_ANSWER
    alone = refusal_of(levels, event, depends_on="nothing", depends_answer="x")
    assert alone is RegistrationRefusal.CONDITION_ANSWER


def test_registering_asks_for_what_must_be_answered() -> None:
    event = make_event()
    asked = levels(event, required=True)

    missing = refusal_of(commands.register, event.id, details("Ćwik"), NOW)
    assert missing is RegistrationRefusal.ANSWER_REQUIRED
    wrong = refusal_of(commands.register, event.id, details("Ćwik", answers={asked.code: "x"}), NOW)
    assert wrong is RegistrationRefusal.BAD_ANSWER
    row = commands.register(event.id, details("Ćwik", answers={asked.code: "low"}), NOW)
    assert queries.answers(row.id) == {asked.code: "low"}
    assert make_registration(event).state is State.QUALIFIED  # staff need not ask


def test_a_category_has_its_own_places_and_needs() -> None:
    event = make_event(area_county_codes=["2464"], area_description="Częstochowa")
    events.add_area_unit(
        event.id, teryt6="246401", type_digit="1", name="Częstochowa", county="Częstochowa",
        county_code="2464",
    )  # fmt: skip
    commands.set_eligibility(event.id, NOW, "fundacja", {"places": 1, "needs_nip": True})
    fund = OrganisationDetails(name="Fundacja", nip="5252248481")
    given = {"category": "fundacja", "organisation": fund}

    without = details("Ałła", category="fundacja", organisation=OrganisationDetails(name="Inna"))
    assert refusal_of(commands.register, event.id, without, NOW) is RegistrationRefusal.NIP_REQUIRED
    assert commands.register(event.id, details("Ćwik", **given), NOW).state is State.QUALIFIED
    # The NIP is known by now, and names the organisation.
    known = {**given, "organisation": OrganisationDetails(name="", nip="5252248481")}
    second = commands.register(event.id, details("Źdźbło", **known), NOW)
    assert second.state is State.WAITING
    found = queries.registration(second.id)
    assert found is not None
    assert found.organisation is not None
    assert found.organisation.name == "Fundacja"

    commands.edit_form(event.id, NOW, area_policy=AreaPolicy.REFUSED)
    elsewhere = details("Obcy", gmina="Kraków")
    assert (
        refusal_of(commands.register, event.id, elsewhere, NOW) is RegistrationRefusal.OUTSIDE_AREA
    )
    assert commands.register(event.id, details("Tutejszy", gmina="częstochowa"), NOW).in_area


def test_staff_say_by_hand_who_counts_among_the_area_and_why() -> None:
    event = make_event(area_county_codes=["2464"])
    row = make_registration(event, teryt="1261011")
    assert row.in_area is False

    no_reason = refusal_of(commands.decide_area, row.id, NOW, in_area=True, reason="")
    assert no_reason is RegistrationRefusal.REASON_REQUIRED
    commands.decide_area(row.id, NOW, in_area=True, reason="Praca w Częstochowie")
    commands.change(row.id, NOW, gmina="Kraków")
    assert fresh(row).in_area is True
    commands.decide_area(row.id, NOW, in_area=None, reason="")
    assert (fresh(row).in_area, row.area_reason, row.teryt) == (None, "", "")


def test_after_the_freeze_a_correction_waits_for_the_organiser() -> None:
    event = make_event()
    asked = levels(event)
    row = make_registration(event, diet="zwykła")
    commands.correct_own(row.id, NOW, answers={asked.code: "low"}, diet="wegańska")
    assert (fresh(row).diet, queries.answers(row.id)) == ("wegańska", {asked.code: "low"})

    commands.edit_form(event.id, NOW, edits_until=NOW)
    values = {"answers": {asked.code: "high"}, "diet": "bezglutenowa"}
    frozen = refusal_of(commands.correct_own, row.id, LATER, **values)
    assert frozen is RegistrationRefusal.EDITS_FROZEN
    first = commands.propose(row.id, LATER, answers={}, diet="zwykła")
    made = commands.propose(row.id, LATER, **values)
    assert commands.propose(row.id, LATER, **values) is made  # a double click
    assert (fresh(first).state, first.values) == (ProposalState.WITHDRAWN, {})
    assert queries.proposal_count(event.id) == 1

    commands.accept_proposal(made.id, LATER)

    assert (fresh(row).diet, queries.answers(row.id)) == ("bezglutenowa", {asked.code: "high"})
    assert (fresh(made).state, made.values) == (ProposalState.ACCEPTED, {})
    again = refusal_of(commands.reject_proposal, made.id, LATER, reason="Nie.")
    assert again is RegistrationRefusal.ALREADY_DECIDED
    nothing = refusal_of(commands.propose, row.id, LATER, **values)
    assert nothing is RegistrationRefusal.NOTHING_CHANGED


def test_who_is_refused_a_correction_reads_why(run_jobs: Any, mailbox: Mailbox) -> None:
    event = make_event()
    row = make_registration(event, email="ewa@example.org")
    made = commands.propose(row.id, LATER, answers={}, last_name="Żółć")

    commands.reject_proposal(made.id, LATER, reason="Identyfikatory są wydrukowane.")

    run_jobs()
    assert "Identyfikatory są wydrukowane." in text_of(mailbox.last("ewa@example.org"))
    assert fresh(row).last_name != "Żółć"


def test_the_clause_has_versions_and_none_is_changed() -> None:
    event = make_event()
    assert queries.clause_number(event.id, NOW) == "1"

    second = commands.publish_clause(event.id, NOW, text={"pl": "Druga"}, seen=1)
    third = commands.publish_clause(event.id, NOW, text={"pl": "Trzecia"}, since=LATER, seen=2)

    assert (second.number, third.number) == (2, 3)
    assert [queries.clause_number(event.id, at) for at in (NOW, LATER)] == ["2", "3"]
    stale = refusal_of(commands.publish_clause, event.id, NOW, text={"pl": "Czwarta"}, seen=2)
    assert stale is RegistrationRefusal.FORM_CHANGED


def test_one_answers_the_third_layer_without_reading_it() -> None:
    event = make_event()
    row = make_registration(event, monitoring={"pesel": "44051401359", "sex": "K"})

    commands.answer_monitoring(row.id, {"sex": "M", "education": ""}, NOW)

    sealed = queries.sealed_monitoring(row.id)
    assert sealed is not None
    assert crypto.unseal("monitoring", sealed.sealed, row.id) == {
        "pesel": "44051401359", "sex": "M",
    }  # fmt: skip
    assert "monitoring-read" not in [
        one.kind for one in facts.history(subject=f"registration:{row.id}")
    ]
