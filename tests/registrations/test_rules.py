from datetime import timedelta

import pytest

from eventapp.events.models import AreaUnit, Event, EventState
from eventapp.registrations import rules
from eventapp.registrations.models import Registration, State
from eventapp.registrations.rules import RegistrationRefusal
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, None),
        ({"registration_opens_at": NOW}, None),
        ({"registration_opens_at": NOW + MINUTE}, RegistrationRefusal.NOT_OPEN_YET),
        ({"registration_closes_at": NOW}, None),
        ({"registration_closes_at": NOW - MINUTE}, RegistrationRefusal.CLOSED),
        ({"state": EventState.ARCHIVED}, RegistrationRefusal.EVENT_CLOSED),
    ],
)
def test_the_window_includes_both_its_ends(columns, expected):
    assert rules.refuse_window(Event(**columns), NOW) is expected


@pytest.mark.parametrize(
    ("state", "until", "expected"),
    [
        (State.QUALIFIED, None, None),
        (State.PENDING, None, None),
        (State.WAITING, NOW, None),
        (State.QUALIFIED, NOW - MINUTE, RegistrationRefusal.CANCEL_TOO_LATE),
        (State.CANCELLED, None, RegistrationRefusal.WRONG_STATE),
        (State.REPLACED, None, RegistrationRefusal.WRONG_STATE),
        (State.REJECTED, None, RegistrationRefusal.WRONG_STATE),
    ],
)
def test_who_may_cancel_and_until_when(state, until, expected):
    registration = Registration(state=state)

    assert rules.refuse_cancel(registration, Event(cancel_until=until), NOW) is expected


@pytest.mark.parametrize("state", State)
def test_what_is_over_stays_over(state):
    for ended in (State.CANCELLED, State.REPLACED):
        refusal = rules.refuse_move(Registration(state=ended), state)
        assert refusal is RegistrationRefusal.WRONG_STATE


@pytest.mark.parametrize("state", State)
def test_every_state_has_moves_and_a_word(state):
    assert state in rules.MOVES
    assert rules.state_word(state)


@pytest.mark.parametrize(
    ("approval", "capacity", "percent", "taken", "expected"),
    [
        (False, None, 0, 10**6, State.QUALIFIED),
        (False, 10, 0, 9, State.QUALIFIED),
        (False, 10, 0, 10, State.WAITING),
        (False, 10, 10, 10, State.QUALIFIED),
        (False, 10, 10, 11, State.WAITING),
        (False, 15, 10, 15, State.QUALIFIED),
        (False, 15, 10, 16, State.WAITING),
        (True, 10, 0, 10, State.PENDING),
    ],
)
def test_where_a_registration_begins(approval, capacity, percent, taken, expected):
    event = Event(requires_approval=approval, capacity=capacity, overbooking_percent=percent)

    assert rules.first_state(event, taken) is expected


@pytest.mark.parametrize(("approval", "expected"), [(True, "pending"), (False, "qualified")])
def test_where_an_entered_registration_begins(approval, expected):
    assert rules.entered_state(Event(requires_approval=approval)) == expected


UNITS = [
    AreaUnit(teryt6="246401", name="Częstochowa", county="m. Częstochowa", county_code="2464"),
    AreaUnit(teryt6="240409", name="Olsztyn", county="częstochowski", county_code="2404"),
    AreaUnit(teryt6="240407", name="Konopiska", county="częstochowski", county_code="2404"),
    AreaUnit(teryt6="241699", name="Poręba", county="zawierciański", county_code="2416"),
    AreaUnit(teryt6="240499", name="Poręba", county="częstochowski", county_code="2404"),
]


@pytest.mark.parametrize(
    ("teryt", "gmina", "expected"),
    [
        ("246401", "", True),
        ("2404072", "", True),
        ("241602", "Zawiercie", False),
        ("", "Częstochowa", True),
        ("", "czestochowa", True),
        ("", "Gdynia", None),
        ("", "", None),
        ("", "Poręba", None),  # two of the name, one in the area: the code must tell
    ],
)
def test_whether_a_commune_lies_in_the_area(teryt, gmina, expected):
    assert rules.is_in_area(["2464", "2404"], UNITS, teryt=teryt, gmina=gmina) is expected


def test_an_event_without_an_area_asks_nothing():
    assert rules.is_in_area([], UNITS, teryt="246401", gmina="") is None


@pytest.mark.parametrize(
    ("gmina", "expected"), [("konopiska", "240407"), ("Poręba", None), ("", None), ("Gdynia", None)]
)
def test_a_commune_is_found_by_its_name_alone(gmina, expected):
    found = rules.unit_called(UNITS, gmina)

    assert (found.teryt6 if found else None) == expected


def test_a_number_survives_the_telephone():
    assert rules.shown_number("K7M4XQ") == "K7M-4XQ"
    for typed in ("K7M-4XQ", "k7m4xq", " K7M 4XQ "):
        assert rules.typed_number(typed) == "K7M4XQ"
    assert not set("0O1IL2Z5S8B") & set(rules.NUMBER_LETTERS)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("Anna", "Nowak-Kowalska", "Anna Nowak-Kowalska"),
        ("J.K.", "Nowak", "J. K. Nowak"),
        ("visit", "evil.example", "visit evil. example"),
        ("https://evil.example/x", "", "https evil. example x"),
        ("a@evil.example", "", "a evil. example"),
    ],
)
def test_no_name_is_a_link(first, last, expected):
    assert rules.plain_name(first, last) == expected


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (["osoba poruszająca się na wózku"], True),
        (["tłumacz PJM", "WÓZEK inwalidzki"], True),
        (["dostęp dla wózka"], True),
        (["jeżdżę wózkiem"], True),
        (["na wozku"], True),
        (["wózki"], True),
        (["wheelchair access"], True),
        (["Wheelchair-user"], True),
        ([], False),
        ([""], False),
        (["tłumacz PJM", "pies asystujący", "druk powiększony (18 pkt)"], False),
        (["wóz strażacki"], False),
        (["asystent osoby z niepełnosprawnością"], False),
    ],
)
def test_who_moves_in_a_wheelchair_is_read_from_the_needs(needs, expected):
    assert rules.moves_in_wheelchair(needs) is expected
