"""The registration form on paper: what it asks, in the order of the form, and what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from eventapp.kernel import text
from eventapp.kernel.refusal import N_
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.enquiry import Ask, Kind

if TYPE_CHECKING:
    from eventapp.events.models import Category
    from eventapp.registrations.models import Question as Own
    from eventapp.registrations.models import Registration, RegistrationForm

Words = Mapping[str, str] | str


class Answered(StrEnum):
    """How a question is answered on paper: on a line, on several, by boxes, by a yes."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"
    CONSENT = "consent"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: its words, how it is answered, among what, and what somebody answered.

    `words` and `options` are texts in several languages, or marked words; `answer` is a text, or
    whether somebody agrees; `chosen` are the numbers of options that somebody ticked.
    """

    name: str
    words: Words
    answered: Answered = Answered.LINE
    options: Sequence[Words] = ()
    answer: Any = None
    chosen: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is known of somebody: the registration, answers by code, consents by kind."""

    row: "Registration | None" = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    consents: Mapping[Any, bool] = field(default_factory=dict)


WORDS: Mapping[str, str] = {
    "organisation": N_("Organisation"),
    "nip": N_("NIP of the organisation"),
    "krs": N_("KRS of the organisation"),
    "regon": N_("REGON of the organisation"),
    "job": N_("Job or function"),
    "phone": N_("Phone"),
    "form_of_address": N_("Form of address"),
    "gmina": N_("Commune (gmina)"),
    "postcode": N_("Postcode"),
    "diet": N_("Diet"),
    "needs": N_("What do you need to take part comfortably?"),
    "transport": N_("Transport"),
    "accommodation": N_("Nights for which you need accommodation"),
}
ADDRESS = {"pani": N_("Ms (Pani)"), "pan": N_("Mr (Pan)"), "none": N_("none")}
CONSENTS: Mapping[str, str] = {
    "photo": N_("I agree to my photographs being published."),
    "participant-list": N_("I agree to my name standing on a list for all participants."),
    "newsletter": N_("I would like news about further events."),
}
CLAUSE = "information-clause", N_("I have read the information on personal data.")


def questions(
    form: "RegistrationForm",
    own: Sequence["Own"],
    categories: Sequence["Category"],
    given: Given,
) -> list[Question]:
    """List all that an event's form asks, with what is *given* of it."""
    asked = [name for name in enquiry.FIELDS if enquiry.ask_of(form, name) is not Ask.OFF]
    consents = [name for name in CONSENTS if name in form.consents]
    return [
        _line("first_name", N_("First name"), given.row and given.row.first_name),
        _line("last_name", N_("Last name"), given.row and given.row.last_name),
        _line("email", N_("E-mail"), given.row and given.row.email),
        Question(
            name="category",
            words=N_("I take part as"),
            answered=Answered.CHOICE,
            options=[one.name for one in categories],
            chosen=_places([one.id for one in categories], given.row and given.row.category_id),
        ),
        *(_standard(form, name, given.row) for name in asked),
        *(_own(one, given.answers.get(one.code)) for one in own),
        _consent(*CLAUSE, given.consents),
        *(_consent(name, CONSENTS[name], given.consents) for name in consents),
    ]


def _standard(form: "RegistrationForm", name: str, row: "Registration | None") -> Question:
    if name == "form_of_address":
        chosen = _places(list(ADDRESS), row and str(row.form_of_address))
        return _choice(name, WORDS[name], list(ADDRESS.values()), chosen)
    choices = enquiry.choices_of(form, name) if name in enquiry.LISTS else []
    if choices:
        codes = [one["code"] for one in choices]
        return _choice(name, WORDS[name], choices, _places(codes, row and getattr(row, name)))
    answered = Answered.LINES if name == "needs" else Answered.LINE
    answer = _SAID.get(name, lambda one: getattr(one, name))(row) if row is not None else None
    return Question(name=name, words=WORDS[name], answered=answered, answer=answer)


_SAID: Mapping[str, Any] = {
    "organisation": lambda row: row.organisation.name if row.organisation else "",
    "nip": lambda row: (row.organisation.nip if row.organisation else None) or "",
    "krs": lambda row: (row.organisation.krs if row.organisation else None) or "",
    "regon": lambda row: (row.organisation.regon if row.organisation else None) or "",
    "phone": lambda row: text.shown_phone(row.phone or ""),
    "needs": lambda row: ", ".join(row.needs),
    "transport": lambda row: ", ".join(row.transport),
    "accommodation": lambda row: ", ".join(row.accommodation),
}


def _own(one: "Own", value: Any) -> Question:
    name, words = f"question:{one.code}", one.label
    if one.kind is Kind.YES_NO:
        chosen = () if value is None else (0 if value else 1,)
        return _choice(name, words, [N_("yes"), N_("no")], chosen)
    if one.kind in enquiry.WITH_CHOICES:
        codes = [choice["code"] for choice in one.choices]
        return _choice(name, words, one.choices, _places(codes, value))
    answered = Answered.LINES if one.kind is Kind.LONG_TEXT else Answered.LINE
    return Question(name=name, words=words, answered=answered, answer=value)


def _line(name: str, words: str, answer: Any) -> Question:
    return Question(name=name, words=words, answer=answer)


def _choice(name: str, words: Words, options: Sequence[Words], chosen: Sequence[int]) -> Question:
    return Question(
        name=name, words=words, answered=Answered.CHOICE, options=options, chosen=chosen
    )


def _consent(name: str, words: str, given: Mapping[Any, bool]) -> Question:
    return Question(name=name, words=words, answered=Answered.CONSENT, answer=given.get(name))


def _places(options: Sequence[Any], chosen: Any) -> list[int]:
    """Return which of the options are chosen, by their numbers."""
    wanted = chosen if isinstance(chosen, list | tuple) else [chosen]
    return [place for place, one in enumerate(options) if one in wanted]
