"""What the form asks, of whom, and what an answer may be: rules alone, no database."""

from typing import Any

import pytest

from eventapp.kernel.text import BadText
from eventapp.registrations.models import Question, RegistrationForm
from eventapp.registrations.rules import RegistrationRefusal, enquiry, monitoring
from eventapp.registrations.rules.eligibility import (
    Applicant,
    Eligibility,
    eligibility_of,
    is_full,
    refuse_applicant,
)
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy, Ask, Kind, Standing

CHOICES = [{"code": code, "pl": code, "en": code} for code in ("bus", "train")]


def ask(code: str, kind: Kind = Kind.SHORT_TEXT, **columns: Any) -> Question:
    given = {"choices": CHOICES if kind in enquiry.WITH_CHOICES else [], "categories": []}
    given |= {"depends_on": "", "depends_answer": "", "required": False}
    return Question(code=code, kind=kind, label={"pl": code}, **{**given, **columns})


def a_form(**columns: Any) -> RegistrationForm:
    given = {"fields": {}, "lists": {}, "categories": {}, "area_policy": AreaPolicy.ALLOWED}
    return RegistrationForm(**{**given, "area_basis": AreaBasis.RESIDENCE, **columns})


# --- answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (Kind.SHORT_TEXT, "  Zażółć ", "Zażółć"),
        (Kind.SHORT_TEXT, "", None),
        (Kind.SHORT_TEXT, "   ", None),
        (Kind.LONG_TEXT, "a\r\nb", "a\nb"),
        (Kind.ONE_OF, "bus", "bus"),
        (Kind.SEVERAL_OF, ["train", "bus"], ["bus", "train"]),
        (Kind.SEVERAL_OF, [], None),
        (Kind.YES_NO, "yes", True),
        (Kind.YES_NO, False, False),
        (Kind.NUMBER, "3", 3),
        (Kind.NUMBER, "2,50", 2.5),
        (Kind.NUMBER, "-1 000", -1000),
        (Kind.NUMBER, 7, 7),
        (Kind.DATE, "16.6.2027", "2027-06-16"),
        (Kind.DATE, "2027-06-16", "2027-06-16"),
        (Kind.DATE, None, None),
    ],
)
def test_an_answer_is_kept(kind: Kind, typed: Any, kept: Any) -> None:
    assert enquiry.answer_of(ask("q", kind), typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.SHORT_TEXT, "x" * 301),
        (Kind.SHORT_TEXT, "a\x00b"),
        (Kind.SHORT_TEXT, "a\u202eb"),
        (Kind.SHORT_TEXT, "\u200b"),
        (Kind.SHORT_TEXT, "\ud800"),
        (Kind.SHORT_TEXT, 5),
        (Kind.SHORT_TEXT, "a\nb"),
        (Kind.LONG_TEXT, "x" * 2001),
        (Kind.ONE_OF, "plane"),
        (Kind.ONE_OF, ["bus"]),
        (Kind.SEVERAL_OF, "bus"),
        (Kind.SEVERAL_OF, ["bus", "plane"]),
        (Kind.SEVERAL_OF, ["bus", "bus"]),
        (Kind.SEVERAL_OF, [{"bus": 1}]),
        (Kind.YES_NO, "maybe"),
        (Kind.YES_NO, 1),
        (Kind.NUMBER, "three"),
        (Kind.NUMBER, True),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, "1e9"),
        (Kind.NUMBER, "９"),
        (Kind.NUMBER, float("inf")),
        (Kind.NUMBER, "9" * 10),
        (Kind.DATE, "2027-02-30"),
        (Kind.DATE, "yesterday"),
        (Kind.DATE, "0001-01-01"),
        (Kind.DATE, 20270616),
    ],
)
def test_an_answer_is_refused(kind: Kind, typed: Any) -> None:
    with pytest.raises(BadText):
        enquiry.answer_of(ask("q", kind), typed)


# --- conditions ---------------------------------------------------------------------------

COACH = ask("coach", Kind.YES_NO)
STOP = ask("stop", depends_on="coach", depends_answer="yes")
FOLD = ask("fold", Kind.ONE_OF, depends_on="stop", depends_answer="Poraj")
FUND = ask("fund", categories=["fundacja"])
WAYS = ask("ways", Kind.SEVERAL_OF)
TICKET = ask("ticket", depends_on="ways", depends_answer="train")
ALL = [COACH, STOP, FOLD, FUND, WAYS, TICKET]


@pytest.mark.parametrize(
    ("category", "answers", "put"),
    [
        (None, {}, ["coach", "ways"]),
        ("fundacja", {}, ["coach", "fund", "ways"]),
        ("wtz", {"coach": False}, ["coach", "ways"]),
        ("wtz", {"coach": True}, ["coach", "stop", "ways"]),
        ("wtz", {"coach": True, "stop": "Poraj"}, ["coach", "stop", "fold", "ways"]),
        ("wtz", {"coach": False, "stop": "Poraj"}, ["coach", "ways"]),
        ("wtz", {"ways": ["bus", "train"]}, ["coach", "ways", "ticket"]),
    ],
)
def test_who_is_asked_what(category: str | None, answers: dict[str, Any], put: list[str]) -> None:
    found = enquiry.asked_of(ALL, Standing(category, answers))

    assert [one.code for one in found] == put


def test_what_is_required_stands_on_the_first_step_unless_it_waits_for_a_later_one() -> None:
    need = ask("need", required=True)
    after = ask("after", required=True, depends_on="need", depends_answer="x")
    later = ask("later", required=True, depends_on="coach", depends_answer="yes")

    assert enquiry.first_step([need, after, COACH, later]) == [need, after]
    assert enquiry.missing([COACH, later], Standing(None, {"coach": True})) == [later]
    assert enquiry.missing([COACH, later], Standing(None, {"coach": False})) == []


@pytest.mark.parametrize(
    ("depends_on", "waiting", "expected"),
    [
        ("b", {}, False),
        ("a", {}, True),
        ("b", {"b": "c"}, False),
        ("b", {"b": "c", "c": "a"}, True),
        ("b", {"b": "c", "c": "b"}, True),
    ],
)
def test_no_question_waits_for_itself(
    depends_on: str, waiting: dict[str, str], expected: bool
) -> None:
    assert enquiry.waits_in_a_ring("a", depends_on, waiting) is expected


# --- lists and fields ---------------------------------------------------------------------


def test_choices_are_typed_a_line_each_and_keep_their_codes() -> None:
    before = [{"code": "S21", "pl": "autokar", "en": "coach"}]
    typed = "autokar | by coach\n\n Pociąg  |  train \nŁódź"

    kept = enquiry.typed_choices(typed, before)

    assert [one["code"] for one in kept] == ["S21", "pociag", "lodz"]
    assert enquiry.choice_lines(kept) == "autokar | by coach\nPociąg | train\nŁódź"


@pytest.mark.parametrize(
    "typed",
    ["a\na", "Łódź\nlodz", "x" * 121, "\n".join(f"linia {number}" for number in range(61))],
)
def test_choices_are_refused(typed: str) -> None:
    with pytest.raises(BadText):
        enquiry.typed_choices(typed)


@pytest.mark.parametrize(
    ("name", "columns", "asked", "at_once"),
    [
        ("organisation", {}, Ask.OPTIONAL, True),
        ("phone", {}, Ask.OPTIONAL, False),
        ("phone", {"fields": {"phone": "required"}}, Ask.REQUIRED, True),
        ("job", {}, Ask.OFF, False),
        ("gmina", {}, Ask.OPTIONAL, False),
        ("gmina", {"area_policy": AreaPolicy.NOTE}, Ask.OPTIONAL, True),
        ("gmina", {"area_policy": AreaPolicy.REFUSED}, Ask.REQUIRED, True),
        (
            "gmina",
            {"area_policy": AreaPolicy.REFUSED, "area_basis": AreaBasis.SEAT},
            Ask.OPTIONAL,
            False,
        ),
    ],
)
def test_what_is_asked_and_when(
    name: str, columns: dict[str, Any], asked: Ask, at_once: bool
) -> None:
    form = a_form(**columns)

    assert enquiry.ask_of(form, name) is asked
    assert enquiry.is_at_once(form, name) is at_once


# --- who may register as what -------------------------------------------------------------

GIVEN = {"organisation": True, "nip": True, "run_by": True, "in_area": True, "place_named": True}


@pytest.mark.parametrize(
    ("needs", "form", "lacks", "expected"),
    [
        ({}, {}, {}, None),
        ({"by_staff": True}, {}, {}, RegistrationRefusal.BY_STAFF_ONLY),
        ({"needs_organisation": True}, {}, {}, None),
        (
            {"needs_organisation": True},
            {},
            {"organisation": False},
            RegistrationRefusal.ORGANISATION_REQUIRED,
        ),
        ({"needs_nip": True}, {}, {"nip": False}, RegistrationRefusal.NIP_REQUIRED),
        ({"run_by": True}, {}, {"run_by": False}, RegistrationRefusal.RUN_BY_REQUIRED),
        ({}, {}, {"in_area": False}, None),
        ({"in_area": True}, {}, {"in_area": False}, RegistrationRefusal.OUTSIDE_AREA),
        ({"in_area": True}, {}, {"in_area": None}, RegistrationRefusal.OUTSIDE_AREA),
        (
            {"in_area": True},
            {},
            {"in_area": None, "place_named": False},
            RegistrationRefusal.PLACE_REQUIRED,
        ),
        (
            {},
            {"area_policy": AreaPolicy.REFUSED},
            {"in_area": False},
            RegistrationRefusal.OUTSIDE_AREA,
        ),
        ({}, {"area_policy": AreaPolicy.NOTE}, {"in_area": False}, None),
        (
            {"in_area": True},
            {"area_basis": AreaBasis.SEAT},
            {"in_area": False},
            RegistrationRefusal.SEAT_OUTSIDE_AREA,
        ),
        ({"in_area": True}, {"area_basis": AreaBasis.SEAT}, {"in_area": None}, None),
    ],
)
def test_who_may_register_by_themselves(
    needs: dict[str, Any],
    form: dict[str, Any],
    lacks: dict[str, Any],
    expected: RegistrationRefusal | None,
) -> None:
    asked = a_form(categories={"wtz": needs}, **form)

    assert refuse_applicant(asked, "wtz", Applicant(**{**GIVEN, **lacks})) is expected


def test_needs_of_a_category_survive_what_they_do_not_know() -> None:
    form = a_form(categories={"wtz": {"places": 5, "from-tomorrow": 1}})

    assert eligibility_of(form, "wtz") == Eligibility(places=5)
    assert eligibility_of(form, None) == Eligibility()


@pytest.mark.parametrize(
    ("places", "taken", "expected"), [(None, 99, False), (2, 1, False), (2, 2, True), (0, 0, True)]
)
def test_a_category_is_full(places: int | None, taken: int, expected: bool) -> None:
    assert is_full(Eligibility(places=places), taken) is expected


def test_refusing_to_say_is_an_answer() -> None:
    assert monitoring.normal("sex", "K") == "K"
    assert monitoring.normal("disability", monitoring.REFUSED) == monitoring.REFUSED
    assert monitoring.normal("sex", "") is None
    with pytest.raises(BadText):
        monitoring.normal("sex", "X")
    assert monitoring.merged({"pesel": "1", "sex": "K"}, {"sex": "M", "education": None}) == {
        "pesel": "1", "sex": "M",
    }  # fmt: skip
