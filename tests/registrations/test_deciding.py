"""Decisions told at once or announced together, and acts on many, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from eventapp.events import queries as frame
from eventapp.kernel import facts, journal
from eventapp.kernel.journal import UndoRefusal
from eventapp.kernel.refusal import Refused, Stale
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.models import ConsentKind, Registration, State
from eventapp.registrations.queries import Consented, Filter, Order
from eventapp.registrations.rules import Missing, many
from eventapp.registrations.rules.many import Act, Ask, ManyRefusal, Telling
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from tests.factories import NOW, fresh, make_event, make_registration, make_session
from tests.harness.mailbox import Mailbox, text_of

LATER = NOW + timedelta(hours=1)
WHO = "ewa@example.org"

pytestmark = pytest.mark.usefixtures("db_session")


def last_edit(event_id: int) -> int:
    """Return the newest edit that can be taken back."""
    rows = facts.history(event_id=event_id)
    return next(row.id for row in rows if row.kind in journal.UNDOABLE)


def test_a_silent_decision_changes_nothing_until_it_is_announced(
    run_jobs: Callable[[], int], mailbox: Mailbox
) -> None:
    event = make_event()
    session = make_session(event)
    row = make_registration(event, "Ewa", "Żak", email=WHO)
    signups.sign_up(session.id, row.id, NOW)
    run_jobs()
    sent = len(mailbox)

    made = commands.decide_silently(row.id, State.REJECTED, NOW, note="za późno", message="Szkoda.")
    run_jobs()

    assert made is not None
    assert fresh(row).state is State.QUALIFIED
    assert [held.session_id for held in places.own(row.id)] == [session.id]
    assert (len(mailbox), queries.unannounced(event.id)) == (sent, 1)

    told = commands.announce(event.id, [made.id], LATER)
    run_jobs()

    assert (list(told.told), list(told.without_email)) == ([row.id], [])
    assert (fresh(row).state, fresh(row).decided_at) == (State.REJECTED, LATER)
    assert list(places.own(row.id)) == []
    words = text_of(mailbox.to(WHO)[-2]) + text_of(mailbox.last(WHO))
    assert ("Szkoda." in words, "za późno" in words) == (True, False)
    assert queries.unannounced(event.id) == 0
    assert list(commands.announce(event.id, [made.id], LATER).told) == []


def test_a_promised_place_is_not_given_to_somebody_else() -> None:
    event = make_event(capacity=1)
    row = make_registration(event, state=State.WAITING)
    commands.decide_silently(row.id, State.QUALIFIED, NOW)
    details = commands.Details(
        first_name="Jan", last_name="Cichy", consents={ConsentKind.INFORMATION_CLAUSE: True}
    )

    assert commands.register(event.id, details, NOW).state is State.WAITING


def test_deciding_twice_is_deciding_once_and_the_present_state_takes_it_back() -> None:
    row = make_registration(make_event(), state=State.PENDING)
    first = commands.decide_silently(row.id, State.QUALIFIED, NOW)
    version = fresh(row).version

    assert commands.decide_silently(row.id, State.QUALIFIED, NOW) == first
    assert fresh(row).version == version
    assert commands.decide_silently(row.id, State.PENDING, NOW) is None
    assert queries.open_decision(row.id) is None


def test_the_later_of_two_organisers_overwrites_nothing() -> None:
    row = make_registration(make_event(), state=State.PENDING)
    seen = [fresh(row).version]
    commands.decide_silently(row.id, State.QUALIFIED, NOW, expected=seen)

    for verb in (commands.decide, commands.decide_silently):
        with pytest.raises(Stale):
            verb(row.id, State.REJECTED, NOW, expected=seen)
    decided = queries.open_decision(row.id)
    assert decided is not None
    assert (decided.state, fresh(row).state) == (State.QUALIFIED, State.PENDING)


def test_a_silent_decision_is_undone_and_the_undoing_too() -> None:
    event = make_event()
    row = make_registration(event, state=State.PENDING)
    commands.decide_silently(row.id, State.WAITING, NOW)
    commands.decide_silently(row.id, State.REJECTED, NOW, note="nie")

    undone = journal.undo(event.id, last_edit(event.id), NOW)
    present = queries.open_decision(row.id)
    assert present is not None
    assert present.state is State.WAITING

    journal.undo(event.id, undone, NOW)
    present = queries.open_decision(row.id)
    assert present is not None
    assert (present.state, present.note) == (State.REJECTED, "nie")


def test_what_was_announced_is_not_undone() -> None:
    event = make_event()
    row = make_registration(event, state=State.PENDING)
    made = commands.decide_silently(row.id, State.QUALIFIED, NOW)
    assert made is not None
    edit = last_edit(event.id)
    commands.announce(event.id, [made.id], NOW)

    with pytest.raises(Refused) as refused:
        journal.undo(event.id, edit, NOW)
    assert refused.value.reason is UndoRefusal.CHANGED_SINCE
    assert fresh(row).state is State.QUALIFIED


@pytest.mark.parametrize("leave", [commands.cancel, commands.strike_off])
def test_who_leaves_is_decided_about_no_more(leave: Callable[..., Any]) -> None:
    row = make_registration(make_event(), state=State.PENDING)
    commands.decide_silently(row.id, State.QUALIFIED, NOW)
    leave(row.id, NOW)

    assert queries.open_decision(row.id) is None
    assert fresh(row).state is State.CANCELLED


def test_the_database_lacks_what_the_rule_finds_lacking() -> None:
    event = make_event()
    told = {ConsentKind.INFORMATION_CLAUSE: True, ConsentKind.PHOTO: False}
    make_registration(event, "A", "Pełna", category="fundacja", gmina="Kłobuck", consents=told)
    make_registration(event, "B", "Bez", email=None, category="fundacja", gmina="Kłobuck")
    make_registration(event, "C", "Pusta", email=None, phone="", needs=["pętla"])

    rows = queries.people(event.id)
    consents = queries.consents_of_event(event.id)
    for asked in Missing:
        found = {row.id for row in queries.people(event.id, Filter(missing=asked))}
        clause = {
            row.id: consents.get(row.id, {}).get(ConsentKind.INFORMATION_CLAUSE, False)
            for row in rows
        }
        lacking = {row.id: rules.missing(row, clause=clause[row.id]) for row in rows}
        assert found == {
            number
            for number, some in lacking.items()
            if (some if asked is Missing.ANYTHING else asked in some)
        }


def test_people_are_narrowed_and_sorted() -> None:
    event = make_event()
    zak = make_registration(event, "Łucja", "Żak", needs=["pętla"], email=None)
    adam = make_registration(event, "Adam", "Cichy", consents={ConsentKind.PHOTO: True})
    commands.decide_silently(adam.id, State.REJECTED, NOW)
    shown = f"{zak.number[:3].lower()}-{zak.number[3:].lower()}"

    def names(**narrowed: Any) -> list[str]:
        return [row.last_name for row in queries.people(event.id, Filter(**narrowed))]

    assert names(text="zak lucja") == names(text=shown) == names(with_needs=True) == ["Żak"]
    assert names(without_email=True) == names(consented=Consented.NO_PHOTO) == ["Żak"]
    assert names(unannounced=True) == names(consented=Consented.PHOTO) == ["Cichy"]
    assert names(in_area=True) == []
    for order in Order:
        there = queries.people(event.id, order=order)
        back = queries.people(event.id, order=order, descending=True)
        assert {row.id for row in there} == {row.id for row in back} == {zak.id, adam.id}
    assert [row.id for row in queries.people(event.id, descending=True)] == [zak.id, adam.id]


def people_of(*states: State) -> tuple[int, list[Registration]]:
    """Make an event with people who stand so."""
    event = make_event()
    return event.id, [make_registration(event, state=state) for state in states]


def test_many_are_decided_about_as_the_preview_said_and_it_is_undone_at_once() -> None:
    event_id, rows = people_of(State.PENDING, State.PENDING, State.QUALIFIED)
    gone = commands.strike_off(rows[1].id, NOW)
    ask = Ask(act=Act.DECIDE, state=State.QUALIFIED, telling=Telling.LATER)
    ids = [row.id for row in rows]
    verdicts = queries.judged(event_id, ids, ask)
    assert [one.refusal for one in verdicts] == [
        None, rules.RegistrationRefusal.WRONG_STATE, ManyRefusal.ALREADY_SO,
    ]  # fmt: skip

    done = commands.act_on(event_id, ids, ask, NOW, seen=many.mark(verdicts))

    assert (list(done.reached), done.left_out) == ([rows[0].id], 2)
    assert fresh(gone).state is State.CANCELLED
    assert done.fact_id is not None
    journal.undo(event_id, done.fact_id, NOW)
    assert queries.unannounced(event_id) == 0


def test_many_are_not_acted_on_when_the_preview_is_out_of_date() -> None:
    event_id, rows = people_of(State.PENDING, State.PENDING)
    ask = Ask(act=Act.DECIDE, state=State.REJECTED)
    ids = [row.id for row in rows]
    seen = many.mark(queries.judged(event_id, ids, ask))
    commands.decide(rows[0].id, State.QUALIFIED, NOW)

    with pytest.raises(Refused) as refused:
        commands.act_on(event_id, ids, ask, NOW, seen=seen)
    assert refused.value.reason is ManyRefusal.OTHERS_CHANGED
    assert [fresh(row).state for row in rows] == [State.QUALIFIED, State.PENDING]


def test_categories_and_checks_of_many_are_set_and_taken_back() -> None:
    event_id, rows = people_of(State.QUALIFIED, State.REJECTED)
    category = queries.registration(
        make_registration(fresh_event(event_id), category="fundacja").id
    )
    assert category is not None
    ids = [row.id for row in rows]
    for ask in (
        Ask(act=Act.CATEGORY, category_id=category.category_id),
        Ask(act=Act.CHECK),
    ):
        done = commands.act_on(event_id, ids, ask, NOW)
        assert sorted(done.reached) == ids
        assert done.fact_id is not None
        journal.undo(event_id, done.fact_id, NOW)
    assert {(fresh(row).category_id, fresh(row).checked_at) for row in rows} == {(None, None)}


def fresh_event(event_id: int) -> Any:
    """Return the event of an id."""
    return frame.event(event_id)


def test_links_go_again_to_those_who_have_a_mailbox(
    run_jobs: Callable[[], int], mailbox: Mailbox
) -> None:
    event = make_event()
    with_mail = make_registration(event, "Ewa", "Żak", email=WHO)
    without = make_registration(event, email=None)
    done = commands.act_on(event.id, [with_mail.id, without.id], Ask(act=Act.LINKS), NOW)
    run_jobs()

    assert (list(done.reached), done.left_out, done.fact_id) == ([with_mail.id], 1, None)
    assert queries.link_token(with_mail) in text_of(mailbox.last(WHO))
