"""Who in a queue comes first, and seats split among groups."""

import pytest

from eventapp.events import commands as events
from eventapp.kernel import facts
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.registrations.commands import OrganisationDetails
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import Order, Terms, TermsRefusal, buckets, order
from eventapp.signups.rules.buckets import Seated
from eventapp.signups.rules.order import InLine
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session

PES, JSFP = "PES", "JSFP"

# Four people in the order of signing up: two of one organisation, one of none.
QUEUE = [
    InLine(11, 1, JSFP, 5),
    InLine(12, 2, JSFP, 5),
    InLine(13, 3, PES, None),
    InLine(14, 4, PES, 6),
]


@pytest.mark.parametrize(
    ("terms", "seated", "expected"),
    [
        (Terms(), (), [11, 12, 13, 14]),
        (Terms(queue_order=Order.GROUP_FIRST, priority_group=PES), (), [13, 14, 11, 12]),
        (Terms(queue_order=Order.ONE_EACH), (), [11, 13, 14, 12]),
        (Terms(queue_order=Order.ONE_EACH), (5,), [13, 14, 11, 12]),
        (Terms(queue_order=Order.LOTTERY), (), [11, 12, 13, 14]),
    ],
)
def test_the_order_of_a_queue(terms, seated, expected):
    assert [one.sign_up_id for one in order.in_order(QUEUE, terms, seated)] == expected


def test_lots_can_be_drawn_again_and_late_comers_stand_behind():
    terms = Terms(queue_order=Order.LOTTERY, lottery_seed="ziarno", lottery_ticket=3)
    lots = sorted((order.lot("ziarno", ticket), ticket) for ticket in (1, 2, 3))

    found = [one.ticket for one in order.in_order(QUEUE, terms, ())]

    assert found == [*(ticket for _, ticket in lots), 4]


def split(**numbers):
    return [
        {"group": group, "least": least, "preferred": preferred, "most": most}
        for group, (least, preferred, most) in numbers.items()
    ]


@pytest.mark.parametrize(
    ("parts", "counts", "group", "fits"),
    [
        (split(PES=(2, None, None)), {None: 1}, None, True),
        (split(PES=(2, None, None)), {None: 2}, None, False),  # two are kept
        (split(PES=(2, None, None)), {None: 2}, PES, True),
        (split(PES=(2, None, None)), {None: 1, PES: 2}, JSFP, True),
        (split(PES=(0, None, 1)), {PES: 1}, PES, False),
        (split(PES=(0, None, 1)), {PES: 1}, JSFP, True),
        (split(PES=(2, 2, 3), JSFP=(1, 1, 2)), {PES: 3}, JSFP, True),
        (split(PES=(2, 2, 3), JSFP=(1, 1, 2)), {PES: 3}, None, False),
    ],
)
def test_who_fits_a_split_of_four_seats(parts, counts, group, fits):
    assert buckets.fits(parts, counts, 4, group) is fits


def test_a_split_names_who_came_last_and_would_not_fit():
    seated = [Seated("Ewa", JSFP, 1), Seated("Jan", PES, 2), Seated("Ola", JSFP, 3)]

    left = buckets.misfits(split(PES=(2, None, None)), seated, 3)

    assert [one.name for one in left] == ["Ola"]


# --- with a database ----------------------------------------------------------------------


@pytest.fixture
def event(db_session):
    made = make_event()
    events.add_category(made.id, "urzad", {"pl": "urząd", "en": "office"}, JSFP)
    return made


def queue_of(session):
    return [row.registration_id for row in queries.queue(session.id)]


def test_a_priority_group_is_promoted_first_and_told_its_place(event):
    session = make_session(event, capacity=0)
    commands.set_terms(session.id, NOW, queue_order=Order.GROUP_FIRST, priority_group=PES)
    office = make_registration(event, category="urzad")
    house = make_registration(event, category="fundacja")
    commands.sign_up(session.id, office.id, NOW)

    taken = commands.sign_up(session.id, house.id, NOW)

    assert taken.position == 1
    assert queue_of(session) == [house.id, office.id]
    assert queries.positions(office.id) == {session.id: 2}
    programme.change_session(session.id, NOW, capacity=1)
    assert [row.registration_id for row in commands.promote(session.id, NOW)] == [house.id]


def test_one_person_of_each_organisation_goes_first(event):
    session = make_session(event, capacity=1)
    commands.set_terms(session.id, NOW, queue_order=Order.ONE_EACH)
    first, second = OrganisationDetails(name="Pierwsza"), OrganisationDetails(name="Druga")
    rows = [
        commands.sign_up(session.id, make_registration(event, organisation=house).id, NOW)
        for house in (first, first, second)
    ]

    programme.change_session(session.id, NOW, capacity=2)
    commands.promote(session.id, NOW)

    assert [fresh(row).state.value for row in rows] == ["confirmed", "waiting", "confirmed"]


def test_lots_are_drawn_when_sign_up_closes_and_the_seed_is_shown(event):
    session = make_session(event, capacity=0)
    commands.set_terms(session.id, NOW, queue_order=Order.LOTTERY, closes_before=24 * 60)
    people = [make_registration(event) for _ in range(5)]
    for person in people:
        commands.sign_up(session.id, person.id, NOW)
    programme.change_session(session.id, NOW, capacity=2)
    assert commands.promote(session.id, NOW) == []  # nobody knows yet who is first

    over = at("9:01") - (at("9:00", 2) - at("9:00"))
    promoted = commands.promote(session.id, over)

    seed = queries.terms(session.id).lottery_seed
    lots = sorted((order.lot(seed, number), number) for number in range(1, 6))
    assert [row.ticket for row in promoted] == [ticket for _, ticket in lots[:2]]
    (drawn,) = [f for f in facts.history(event_id=event.id) if f.kind == "lots-drawn"]
    assert drawn.data["seed"] == seed


def test_kept_seats_wait_for_their_group(event):
    session = make_session(event, capacity=2)
    commands.set_terms(session.id, NOW, buckets=split(PES=(1, 1, None)))
    office = [make_registration(event, category="urzad") for _ in range(2)]
    house = make_registration(event, category="fundacja")

    taken = [commands.sign_up(session.id, person.id, NOW) for person in (*office, house)]

    assert [one.state.value for one in taken] == ["confirmed", "waiting", "confirmed"]
    assert commands.promote(session.id, NOW) == []
    commands.leave_and_promote(taken[2].id, NOW)
    assert fresh(taken[1]).state is State.WAITING  # the seat is still kept
    commands.leave_and_promote(taken[0].id, NOW)
    assert fresh(taken[1]).state is State.CONFIRMED
    assert queries.counter_faults() == []


def test_a_seat_that_is_kept_for_others_is_not_shown_as_free(event):
    session = make_session(event, capacity=2)
    commands.set_terms(session.id, NOW, buckets=split(PES=(1, 1, None)))
    first, second = (make_registration(event, category="urzad") for _ in range(2))
    house = make_registration(event, category="fundacja")
    commands.sign_up(session.id, first.id, NOW)

    left = {
        person.id: queries.choice(session.id, person, NOW).seats_left for person in (second, house)
    }

    assert left == {second.id: 0, house.id: 1}


def test_a_split_that_would_put_somebody_out_is_refused_by_name(event):
    session = make_session(event, capacity=2)
    for name in ("Jan", "Ola"):
        person = make_registration(event, name, "Lis", category="urzad")
        commands.sign_up(session.id, person.id, NOW)

    with pytest.raises(Refused) as refused:
        commands.set_terms(session.id, NOW, buckets=split(PES=(1, None, None)))

    assert refused.value.reason is TermsRefusal.WOULD_NOT_FIT
    assert refused.value.details["names"] == "Ola Lis"
    assert queries.terms(session.id).buckets == ()
    with pytest.raises(Refused) as refused:
        commands.set_terms(session.id, NOW, buckets=split(PES=(3, None, None)))
    assert refused.value.reason is TermsRefusal.TOO_MANY_KEPT


def test_seats_beyond_the_limit(event):
    session = make_session(event, capacity=10)
    commands.set_terms(session.id, NOW, overbooking_percent=20)

    states = [
        commands.sign_up(session.id, make_registration(event).id, NOW).state for _ in range(13)
    ]

    assert states.count(State.CONFIRMED) == 12
    assert states[-1] is State.WAITING
    with pytest.raises(Refused):
        commands.set_terms(session.id, NOW, overbooking_percent=0)
