"""What a registration form asks, in its order: the one place that the form on paper reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from eventapp.kernel import text
from eventapp.kernel.refusal import N_

if TYPE_CHECKING:
    from eventapp.events.models import Category
    from eventapp.registrations.models import Registration


class Answered(StrEnum):
    """How a question is answered on paper: on a line, on several, by one box, by a yes."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"
    CONSENT = "consent"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: its words, how it is answered, among what, and what somebody answered.

    `options` are texts in several languages, or marked words; `answer` is a text, the number of an
    option, or whether somebody agrees; None where nothing is known.
    """

    name: str
    words: str
    answered: Answered = Answered.LINE
    options: Sequence[Mapping[str, str] | str] = ()
    answer: Any = None


DIETS: Mapping[str, str] = {
    "zwykła": N_("regular"),
    "wegetariańska": N_("vegetarian"),
    "wegańska": N_("vegan"),
    "bezglutenowa": N_("gluten-free"),
    "bez laktozy": N_("lactose-free"),
    "bez wieprzowiny": N_("without pork"),
}
ADDRESS = {"pani": N_("Ms (Pani)"), "pan": N_("Mr (Pan)"), "none": N_("none")}


def questions(
    categories: Sequence["Category"],
    row: "Registration | None" = None,
    consents: "Mapping[Any, bool] | None" = None,
) -> list[Question]:
    """List what the form asks, with what *row* answered where there is one."""
    given: Mapping[Any, bool] = consents or {}
    return [
        _line("first_name", N_("First name"), row),
        _line("last_name", N_("Last name"), row),
        _line("email", N_("E-mail"), row),
        _line("phone", N_("Phone"), row, lambda one: text.shown_phone(one.phone or "")),
        Question(
            name="category",
            words=N_("I take part as"),
            answered=Answered.CHOICE,
            options=[one.name for one in categories],
            answer=_place([one.id for one in categories], row and row.category_id),
        ),
        _line("organisation", N_("Organisation"), row, lambda one: _named(one.organisation)),
        _line("gmina", N_("Commune (gmina)"), row),
        Question(
            name="form_of_address",
            words=N_("Form of address"),
            answered=Answered.CHOICE,
            options=list(ADDRESS.values()),
            answer=_place(list(ADDRESS), row and str(row.form_of_address)),
        ),
        Question(
            name="diet",
            words=N_("Diet"),
            answered=Answered.CHOICE,
            options=list(DIETS.values()),
            answer=_place(list(DIETS), row and row.diet),
        ),
        Question(
            name="needs",
            words=N_("What do you need to take part comfortably?"),
            answered=Answered.LINES,
            answer=", ".join(row.needs) if row is not None else None,
        ),
        _consent("information-clause", N_("I have read the information on personal data."), given),
        _consent("photo", N_("I agree to my photographs being published."), given),
        _consent("newsletter", N_("I would like news about further events."), given),
    ]


def _line(
    name: str,
    words: str,
    row: "Registration | None",
    read: "Callable[[Registration], str | None] | None" = None,
) -> Question:
    if row is None:
        return Question(name=name, words=words)
    return Question(name=name, words=words, answer=read(row) if read else getattr(row, name))


def _consent(kind: str, words: str, given: Mapping[str, bool]) -> Question:
    return Question(name=kind, words=words, answered=Answered.CONSENT, answer=given.get(kind))


def _place(options: Sequence[Any], chosen: Any) -> int | None:
    return options.index(chosen) if chosen is not None and chosen in options else None


def _named(organisation: Any) -> str:
    return organisation.name if organisation is not None else ""
