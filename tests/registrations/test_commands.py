from datetime import timedelta

import pytest

from eventapp.directory import commands as directory
from eventapp.directory.models import Organisation
from eventapp.events import commands as events
from eventapp.kernel import crypto, facts, tokens
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.models import (
    Consent,
    ConsentKind,
    MonitoringRecord,
    RetiredBadge,
    Source,
    State,
)
from eventapp.registrations.queries import Filter
from eventapp.registrations.rules import NUMBER_LETTERS, BadgeReason, RegistrationRefusal
from eventapp.registrations.rules.enquiry import Kind
from tests.factories import NOW, fresh, make_event, make_registration
from tests.harness.mailbox import text_of

pytestmark = pytest.mark.usefixtures("db_session")

CLAUSE = {ConsentKind.INFORMATION_CLAUSE: True}


def details(first_name="Łucja", last_name="Źdźbłowska", **columns):
    given = {"email": "lucja@example.org", "consents": CLAUSE}
    return Details(first_name=first_name, last_name=last_name, **{**given, **columns})


def kinds(row):
    return [fact.kind for fact in facts.history(subject=f"registration:{row.id}")]


# --- registering --------------------------------------------------------------------------


def test_registering_keeps_what_was_given(now):
    event = make_event()

    row = commands.register(event.id, details(category="fundacja", needs=["tłumacz PJM"]), now)

    found = queries.registration(row.id)
    assert (found.state, found.source) == (State.QUALIFIED, Source.WWW)
    assert (found.category.code, found.needs) == ("fundacja", ["tłumacz PJM"])
    assert found.person.last_name == "Źdźbłowska"
    assert len(found.number) == 6
    assert set(found.number) <= set(NUMBER_LETTERS)
    assert found.badge_hash == tokens.hashed(tokens.badge_code(row.id, 1))
    assert queries.consents(row.id) == {ConsentKind.INFORMATION_CLAUSE: True}
    assert kinds(row) == ["registration-submitted"]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"registration_opens_at": NOW + timedelta(1)}, RegistrationRefusal.NOT_OPEN_YET),
        ({"registration_closes_at": NOW - timedelta(1)}, RegistrationRefusal.CLOSED),
    ],
)
def test_the_public_form_has_a_window_and_staff_have_none(columns, reason, now):
    event = make_event(**columns)

    with pytest.raises(Refused) as refused:
        commands.register(event.id, details(), now)

    assert refused.value.reason is reason
    entered = commands.enter(event.id, details(), now, source=Source.PHONE)
    assert entered.state is State.QUALIFIED


@pytest.mark.parametrize("consents", [{}, {ConsentKind.INFORMATION_CLAUSE: False}])
def test_the_information_clause_must_be_acknowledged(consents, now):
    event = make_event()

    for command in (commands.register, commands.walk_in):
        with pytest.raises(Refused) as refused:
            command(event.id, details(consents=consents), now)
        assert refused.value.reason is RegistrationRefusal.CLAUSE_REQUIRED


def test_nobody_registers_twice(now):
    event = make_event()
    row = commands.register(event.id, details(), now)

    with pytest.raises(Refused) as refused:
        commands.register(event.id, details(first_name="łucja"), now)
    assert refused.value.reason is RegistrationRefusal.ALREADY_REGISTERED

    commands.cancel(row.id, now)
    assert commands.register(event.id, details(), now).id != row.id


def test_one_mailbox_may_serve_several_people_and_one_name_two_mailboxes(now):
    event = make_event()

    rows = [
        commands.register(event.id, details(), now),
        commands.register(event.id, details(first_name="Jan"), now),
        commands.register(event.id, details(email="inna@example.org"), now),
    ]

    assert len({row.person_id for row in rows}) == 3


def test_two_namesakes_without_a_mailbox_are_two_people(now):
    event = make_event()

    rows = [
        commands.enter(event.id, details(email=None), now, source=Source.PAPER_FORM)
        for _ in range(2)
    ]

    assert rows[0].person_id != rows[1].person_id


def test_a_full_event_puts_on_the_reserve_list(now):
    event = make_event(capacity=1)
    rows = [
        commands.register(event.id, details(email=f"osoba{number}@example.org"), now)
        for number in range(3)
    ]

    assert [row.state for row in rows] == [State.QUALIFIED, State.WAITING, State.WAITING]
    assert [queries.waiting_position(row) for row in rows] == [None, 1, 2]


@pytest.mark.parametrize(
    ("approval", "expected"), [(True, State.PENDING), (False, State.QUALIFIED)]
)
def test_approval_is_asked_where_the_event_wants_it(approval, expected, now):
    event = make_event(requires_approval=approval)

    assert commands.register(event.id, details(), now).state is expected
    other = details(email="inna@example.org")
    assert commands.enter(event.id, other, now, source=Source.API).state is expected
    walk_in = details(email="trzecia@example.org")
    assert commands.walk_in(event.id, walk_in, now).state is State.QUALIFIED


def test_an_event_without_walk_ins_refuses_them(now):
    event = make_event(walk_ins=False)

    with pytest.raises(Refused) as refused:
        commands.walk_in(event.id, details(), now)

    assert refused.value.reason is RegistrationRefusal.NO_WALK_INS


def test_an_unknown_category_is_refused(now):
    with pytest.raises(Refused) as refused:
        commands.register(make_event().id, details(category="urząd"), now)

    assert refused.value.reason is RegistrationRefusal.UNKNOWN_CATEGORY


def test_a_file_names_each_registration_once(now):
    event = make_event()
    make_registration(event, ref="P001")

    with pytest.raises(Refused) as refused:
        make_registration(event, ref="P001")

    assert refused.value.reason is RegistrationRefusal.REF_TAKEN
    assert queries.by_ref(event.id, "P001").ref == "P001"


def test_the_commune_tells_county_and_area(now):
    event = make_event(area_county_codes=["2404"])
    events.add_area_unit(
        event.id,
        teryt6="240415",
        type_digit="2",
        name="Rędziny",
        county="częstochowski",
        county_code="2404",
    )

    by_name = commands.register(event.id, details(gmina="redziny"), now)
    outside = commands.register(event.id, details(email="x@example.org", teryt="241602"), now)

    assert (by_name.teryt, by_name.county, by_name.in_area) == ("240415", "częstochowski", True)
    assert outside.in_area is False


def test_a_stranger_cannot_rename_a_known_organisation(now):
    event = make_event()
    directory.keep_organisation(
        event.host_id, name="Fundacja Jura", category="fundacja", nip="5213017228"
    )

    row = commands.register(
        event.id, details(organisation=OrganisationDetails(name="Inna", nip="5213017228")), now
    )

    assert queries.registration(row.id).organisation.name == "Fundacja Jura"
    assert db.session.query(Organisation).count() == 1


def test_a_new_organisation_is_noted_once(now):
    event = make_event()
    said = OrganisationDetails(name="Spółdzielnia Łąka", city="Olsztyn")

    rows = [
        commands.register(event.id, details(email=f"{n}@example.org", organisation=said), now)
        for n in range(2)
    ]

    assert rows[0].organisation_id == rows[1].organisation_id


def test_the_letter_says_that_questions_are_open_and_leads_to_them(now, app, mailbox, run_jobs):
    event = make_event()
    commands.add_question(event.id, now, label={"pl": "Obiad?"}, kind=Kind.YES_NO)
    commands.register(event.id, details(phone="600100200"), now)
    run_jobs()
    letter = text_of(mailbox.last("lucja@example.org"))

    (line,) = [line for line in letter.splitlines() if line.startswith("Część pytań")]
    assert "?page=details" in line
    db.session.expunge_all()
    link = line.rpartition(" ")[2].removeprefix("http://localhost")
    assert app.test_client().get(link).location.endswith("/my/details")


# --- standing -----------------------------------------------------------------------------


def test_a_decision_is_told_once(now, mailbox, run_jobs):
    event = make_event()
    row = make_registration(event, state=State.PENDING, email="lucja@example.org")
    run_jobs()

    commands.decide(row.id, State.QUALIFIED, now)
    commands.decide(row.id, State.QUALIFIED, now)
    run_jobs()

    assert [str(each["Subject"]) for each in mailbox.to("lucja@example.org")] == [
        "Wpłynęło zgłoszenie: Seminarium",
        "Zgłoszenie zakwalifikowano: Seminarium",
    ]
    assert kinds(row) == ["registration-decided", "registration-submitted"]


def test_a_rejected_person_can_be_taken_back_unless_registered_anew(now):
    event = make_event()
    row = commands.register(event.id, details(), now)
    commands.decide(row.id, State.REJECTED, now)
    assert fresh(row).identity_key is None
    commands.register(event.id, details(), now)

    with pytest.raises(Refused) as refused:
        commands.decide(row.id, State.QUALIFIED, now)

    assert refused.value.reason is RegistrationRefusal.ALREADY_REGISTERED
    assert fresh(row).state is State.REJECTED


def test_cancelling_has_a_deadline_for_the_person_and_none_for_staff(now):
    event = make_event(cancel_until=now)
    row = make_registration(event)
    later = now + timedelta(minutes=1)

    with pytest.raises(Refused) as refused:
        commands.cancel(row.id, later)
    assert refused.value.reason is RegistrationRefusal.CANCEL_TOO_LATE
    assert refused.value.details["until"] == now

    struck = commands.strike_off(row.id, later)
    assert (struck.state, struck.cancelled_at) == (State.CANCELLED, later)


def test_a_substitute_gets_a_badge_and_no_personal_data(now):
    event = make_event()
    first = make_registration(
        event, email="pierwsza@example.org", diet="wegańska", needs=["PJM"], phone="+48600100200"
    )
    first_badge = fresh(first).badge_hash

    row = commands.substitute(first.id, details(), now)

    assert (row.state, row.source, row.replaces_id) == (
        State.QUALIFIED,
        Source.SUBSTITUTE,
        first.id,
    )
    assert (row.diet, row.needs, row.phone) == ("", [], "")
    assert row.person_id != first.person_id
    old = fresh(first)
    assert (old.state, old.badge_hash) == (State.REPLACED, None)
    assert queries.by_badge_hash(first_badge) is None
    assert db.session.get(RetiredBadge, first_badge).registration_id == first.id
    assert queries.by_badge_hash(row.badge_hash).id == row.id
    assert queries.replacing(first.id).id == row.id


def test_a_substitute_cannot_be_replaced_from_a_cancelled_registration(now):
    row = make_registration(make_event())
    commands.cancel(row.id, now)

    with pytest.raises(Refused) as refused:
        commands.substitute(row.id, details(), now)

    assert refused.value.reason is RegistrationRefusal.WRONG_STATE
    assert refused.value.details["state"] == "cancelled"


# --- data ---------------------------------------------------------------------------------


def test_a_correction_follows_into_sorting_searching_and_identity(now):
    event = make_event()
    row = commands.register(event.id, details(), now)

    commands.change(row.id, now, last_name="Żak", category="fundacja")

    assert [found.id for found in queries.search(event.id, "lucja zak")] == [row.id]
    assert queries.search(event.id, "zdzblowska") == []
    assert queries.registration(row.id).category.code == "fundacja"
    assert facts.history(subject=f"registration:{row.id}")[0].data["columns"] == [
        "category",
        "last_name",
    ]
    commands.register(event.id, details(), now)  # the old name is free again


def test_a_new_address_gets_a_new_link_and_the_old_one_dies(now, mailbox, run_jobs):
    event = make_event()
    row = commands.register(event.id, details(), now)
    old = queries.link_token(row)

    commands.change(row.id, now, email="nowa@example.org")
    run_jobs()

    assert queries.by_link(old).rotated
    assert queries.link_token(fresh(row)) in text_of(mailbox.last("nowa@example.org"))


def test_what_is_not_data_of_the_person_is_not_changed_here(now):
    row = make_registration(make_event())

    with pytest.raises(ValueError, match="badge_hash"):
        commands.change(row.id, now, badge_hash="x")


def test_every_answer_to_a_consent_is_kept_and_the_last_one_counts(now):
    row = make_registration(make_event(), consents={ConsentKind.PHOTO: True})

    commands.answer_consent(row.id, ConsentKind.PHOTO, now, given=False)

    assert queries.consents(row.id) == {ConsentKind.PHOTO: False}
    assert queries.consents_of_event(row.event_id) == {row.id: {ConsentKind.PHOTO: False}}
    assert db.session.query(Consent).count() == 2


# --- the third layer ----------------------------------------------------------------------


def test_the_third_layer_lies_encrypted_and_reading_it_leaves_a_trace(now):
    values = {"sex": "K", "birth_year": 1975, "pesel": "44051401359"}
    row = make_registration(make_event(), monitoring=values)

    sealed = db.session.get(MonitoringRecord, row.id).sealed
    assert b"44051401359" not in sealed
    assert commands.read_monitoring(row.id) == values
    assert commands.read_all_monitoring(row.event_id) == {row.id: values}
    assert kinds(row)[0] == "monitoring-read"
    assert facts.history(subject=f"event:{row.event_id}")[0].kind == "monitoring-read"
    assert "44051401359" not in str([fact.data for fact in facts.history()])


def test_a_sealed_record_opens_in_its_own_row_only(now):
    event = make_event()
    one = make_registration(event, monitoring={"sex": "K"})
    other = make_registration(event)
    sealed = db.session.get(MonitoringRecord, one.id).sealed

    with pytest.raises(crypto.Unreadable):
        crypto.unseal("monitoring", sealed, other.id)


def test_nothing_is_read_where_nothing_is_kept():
    assert commands.read_monitoring(make_registration(make_event()).id) is None


# --- links and badges ---------------------------------------------------------------------


@pytest.mark.parametrize("letters", [str.upper, str.lower, str])
def test_a_personal_link_leads_to_its_registration_alone(letters):
    event = make_event()
    row, other = make_registration(event), make_registration(event)
    prefix, secret = queries.link_token(row).split("-")

    assert queries.by_link(f"{prefix}-{letters(secret)}").registration.id == row.id
    assert queries.by_link(f"my_{other.id}-{secret}") == queries.NOTHING
    assert queries.by_link(queries.feed_token(row)) == queries.NOTHING


@pytest.mark.parametrize(
    "token",
    [
        "",
        "my_",
        "my_1",
        "my_1-",
        "my_x-1",
        "my_²-1",
        "my_99999999999-A",
        "my_4294967296-A",
        "my_1-ż",
    ],
)
def test_nonsense_leads_nowhere(token):
    make_registration(make_event())

    assert queries.by_link(token) == queries.NOTHING


def test_a_renewed_link_or_feed_leaves_the_old_one_rotated(now):
    row = make_registration(make_event())
    link, feed = queries.link_token(row), queries.feed_token(row)

    new = commands.renew_link(row.id, now)
    commands.renew_feed(row.id, now)

    assert queries.by_link(new).registration.id == row.id
    assert (queries.by_link(link).registration, queries.by_link(link).rotated) == (None, True)
    assert queries.by_feed(feed).rotated


def test_a_reissued_badge_replaces_the_lost_one(now):
    row = make_registration(make_event())
    old = fresh(row).badge_hash

    code = commands.reissue_badge(row.id, now, reason=BadgeReason.LOST)

    assert queries.by_badge_hash(tokens.hashed(code)).id == row.id
    assert queries.by_badge_hash(old) is None


def test_one_letter_brings_every_link_of_a_mailbox(now, mailbox, run_jobs):
    event = make_event()
    rows = [commands.register(event.id, details(first_name=name), now) for name in ("Łucja", "Jan")]
    gone = commands.register(event.id, details(first_name="Ewa"), now)
    commands.strike_off(gone.id, now)
    run_jobs()
    before = len(mailbox)

    commands.send_links(event.id, "lucja@example.org", now)
    commands.send_links(event.id, "nikt@example.org", now)
    run_jobs()

    assert len(mailbox) == before + 1
    words = text_of(mailbox.last("lucja@example.org"))
    assert [queries.link_token(row) in words for row in (*rows, gone)] == [True, True, False]


# --- reads --------------------------------------------------------------------------------


def test_people_are_listed_in_polish_order_and_found_without_diacritics():
    event = make_event()
    for name in ("Zając", "Łąk", "Lis", "Żak", "Ćma", "Cebula"):
        make_registration(event, "Anna", name)

    assert [row.last_name for row in queries.people(event.id)] == [
        "Cebula",
        "Ćma",
        "Lis",
        "Łąk",
        "Zając",
        "Żak",
    ]
    assert [row.last_name for row in queries.search(event.id, "lak anna")] == ["Łąk"]
    assert queries.search(event.id, "%") == queries.people(event.id, limit=20)


def test_a_list_can_be_narrowed_and_counted():
    event = make_event()
    make_registration(event, state=State.PENDING, category="fundacja")
    make_registration(event, source=Source.PHONE)

    assert queries.people_count(event.id) == 2
    assert queries.people_count(event.id, Filter(states=[State.PENDING])) == 1
    assert queries.people_count(event.id, Filter(sources=[Source.PHONE])) == 1
    assert queries.people_count(event.id, Filter(category="fundacja")) == 1
    assert queries.counts(event.id)[State.PENDING] == 1
    assert queries.counts(event.id)[State.REJECTED] == 0


def test_a_number_read_out_finds_the_person():
    event = make_event()
    row = make_registration(event)

    assert queries.search(event.id, f"{row.number[:3]}-{row.number[3:]}".lower()) == [row]
    assert queries.by_number(event.id, "AAA") is None


@pytest.mark.parametrize("many", [1, 30])
def test_a_list_of_people_asks_once(many, recorded):
    event = make_event()
    for _ in range(many):
        make_registration(event)
    db.session.expunge_all()

    with recorded() as asked:
        rows = queries.people(event.id)

    assert (len(rows), len(asked)) == (many, 1)
