"""What the registration form asks: the standard fields, the event's own questions, their steps."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from eventapp.kernel import text
from eventapp.kernel.refusal import N_
from eventapp.kernel.text import BadText

if TYPE_CHECKING:
    from eventapp.registrations.models import Question, Registration, RegistrationForm

Choices = Sequence[Mapping[str, str]]

MOST_QUESTIONS = 40
MOST_CHOICES = 60
SHORT = 300
LONG = 2000
CHOICE = 120
YES, NO = "yes", "no"


class Ask(StrEnum):
    """Whether the form asks for something, and how earnestly."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Kind(StrEnum):
    """What an answer to one of the event's own questions looks like."""

    SHORT_TEXT = "short-text"
    LONG_TEXT = "long-text"
    ONE_OF = "one-of"
    SEVERAL_OF = "several-of"
    YES_NO = "yes-no"
    NUMBER = "number"
    DATE = "date"


WITH_CHOICES = frozenset({Kind.ONE_OF, Kind.SEVERAL_OF})
CONDITIONING = WITH_CHOICES | {Kind.YES_NO}

# The standard fields in the order of the form, and what an event asks that has said nothing.
FIELDS: Mapping[str, Ask] = {
    "organisation": Ask.OPTIONAL,
    "nip": Ask.OFF,
    "krs": Ask.OFF,
    "regon": Ask.OFF,
    "job": Ask.OFF,
    "phone": Ask.OPTIONAL,
    "form_of_address": Ask.OPTIONAL,
    "gmina": Ask.OPTIONAL,
    "postcode": Ask.OFF,
    "diet": Ask.OPTIONAL,
    "needs": Ask.OPTIONAL,
    "transport": Ask.OFF,
    "accommodation": Ask.OFF,
}
# What is said of the organisation, and kept with it.
OF_ORGANISATION = frozenset({"organisation", "nip", "krs", "regon"})
# What is asked at once although it may stay empty: without it nobody knows who comes.
AT_ONCE = frozenset({"organisation", "nip"})

LISTS = ("diet", "transport", "accommodation")
DIETS = (
    ("zwykła", "zwykła", "regular"),
    ("wegetariańska", "wegetariańska", "vegetarian"),
    ("wegańska", "wegańska", "vegan"),
    ("bezglutenowa", "bezglutenowa", "gluten-free"),
    ("bez laktozy", "bez laktozy", "lactose-free"),
    ("bez wieprzowiny", "bez wieprzowiny", "without pork"),
)


class AreaPolicy(StrEnum):
    """What becomes of somebody from outside the event's area."""

    ALLOWED = "allowed"
    NOTE = "note"
    REFUSED = "refused"


class AreaBasis(StrEnum):
    """What lies in the area: where the person lives, or where the organisation has its seat."""

    RESIDENCE = "residence"
    SEAT = "seat"


def ask_of(form: "RegistrationForm", name: str) -> Ask:
    """Return whether an event asks for a standard field."""
    asked = Ask(form.fields.get(name, FIELDS[name]))
    area = name == "gmina" and form.area_basis is AreaBasis.RESIDENCE
    if area and form.area_policy is AreaPolicy.REFUSED:
        return Ask.REQUIRED
    return asked


def is_at_once(form: "RegistrationForm", name: str) -> bool:
    """Tell whether a standard field stands on the short first step."""
    asked = ask_of(form, name)
    if asked is Ask.OFF:
        return False
    area = name == "gmina" and form.area_basis is AreaBasis.RESIDENCE
    return asked is Ask.REQUIRED or name in AT_ONCE or (area and form.area_policy == "note")


def choices_of(form: "RegistrationForm", name: str) -> Sequence[Mapping[str, str]]:
    """Return an event's own list for a field, or the usual diets: code, pl, en."""
    kept = form.lists.get(name)
    if kept is None and name == "diet":
        return [{"code": code, "pl": pl, "en": en} for code, pl, en in DIETS]
    return kept or []


def choice_lines(choices: Sequence[Mapping[str, str]]) -> str:
    """Return a list of choices as it is typed: one a line, the English after a bar."""
    return "\n".join(
        f"{one['pl']} | {one['en']}" if one.get("en") and one["en"] != one["pl"] else one["pl"]
        for one in choices
    )


def typed_choices(typed: str, before: Sequence[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """Return the choices that somebody typed; one that was there *before* keeps its code.

    Raises `BadText`.
    """
    found: dict[str, dict[str, str]] = {}
    codes = {one["pl"]: one["code"] for one in before}
    for line in typed.splitlines():
        polish, _bar, english = (part.strip() for part in line.partition("|"))
        if not polish:
            continue
        if len(polish) > CHOICE or len(english) > CHOICE:
            raise BadText("too-long", N_("A choice has at most %(max)d characters."), max=CHOICE)
        code = codes.get(polish) or (text.search_key(polish) or polish).replace(" ", "-")[:60]
        if code in found:
            raise BadText("twice", N_("Two choices are the same."))
        found[code] = {"code": code, "pl": polish, "en": english or polish}
    if len(found) > MOST_CHOICES:
        raise BadText("too-many", N_("A list has at most %(max)d choices."), max=MOST_CHOICES)
    return list(found.values())


# --- the event's own questions ---------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What conditions are judged by: the category, and the answers by the code of a question."""

    category: str | None
    answers: Mapping[str, Any]


def is_asked(question: "Question", by_code: Mapping[str, "Question"], at: Standing) -> bool:
    """Tell whether a question is put to somebody; one that waits for an unasked one is not."""
    if question.categories and at.category not in question.categories:
        return False
    if not question.depends_on:
        return True
    other = by_code.get(question.depends_on)
    if other is None or not is_asked(other, by_code, at):
        return False
    return question.depends_answer in _chosen(at.answers.get(other.code))


def _chosen(value: Any) -> Collection[str]:
    if isinstance(value, bool):
        return (YES if value else NO,)
    if isinstance(value, list):
        return value
    return () if value is None else (str(value),)


def asked_of(questions: Sequence["Question"], at: Standing) -> list["Question"]:
    """List the questions that are put to somebody, in their order."""
    by_code = {one.code: one for one in questions}
    return [one for one in questions if is_asked(one, by_code, at)]


def first_step(questions: Sequence["Question"]) -> list["Question"]:
    """List the questions of the short first step: those without which nobody registers.

    One that depends on a later one is later too.
    """
    found: dict[str, Question] = {}
    for one in questions:
        if one.required and (not one.depends_on or one.depends_on in found):
            found[one.code] = one
    return list(found.values())


def missing(questions: Sequence["Question"], at: Standing) -> list["Question"]:
    """List the questions that must be answered and are not."""
    return [
        one for one in asked_of(questions, at) if one.required and at.answers.get(one.code) is None
    ]


# What everybody has said by registering, or where nothing is an answer too.
_NOT_COUNTED = OF_ORGANISATION | {"form_of_address", "needs", "transport", "accommodation"}


def progress(
    form: "RegistrationForm",
    questions: Sequence["Question"],
    registration: "Registration",
    at: Standing,
) -> tuple[int, int]:
    """Return how much of what is asked somebody has given, and how much there is."""
    names = [
        name for name in FIELDS if name not in _NOT_COUNTED and ask_of(form, name) is not Ask.OFF
    ]
    put = asked_of(questions, at)
    given = sum(bool(getattr(registration, name)) for name in names)
    return given + sum(at.answers.get(one.code) is not None for one in put), len(names) + len(put)


def waits_in_a_ring(code: str, depends_on: str, waiting: Mapping[str, str]) -> bool:
    """Tell whether a question would come to wait for itself; *waiting*: who waits for whom."""
    seen = {code}
    while depends_on:
        if depends_on in seen:
            return True
        seen.add(depends_on)
        depends_on = waiting.get(depends_on, "")
    return False


# --- answers ---------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}([.,][0-9]{1,6})?")


def answer_of(question: "Question", value: Any) -> Any:
    """Return an answer as it is kept, None for none; raises `BadText`.

    Texts are cleaned; a choice is a code of the list, several are a list in its order; a number
    may have a comma; a day is ISO 8601.
    """
    if value is None or value in ("", []):
        return None
    normal: Any = _NORMAL[question.kind]
    return normal(question, value)


def _text(longest: int, *, multiline: bool) -> Any:
    def normal(_question: "Question", value: Any) -> str | None:
        return text.clean(value, max_length=longest, multiline=multiline) or None

    return normal


def _one(question: "Question", value: Any) -> str:
    if value not in [one["code"] for one in question.choices]:
        raise BadText("not-a-choice", N_("This is not one of the choices."))
    return str(value)


def _several(question: "Question", value: Any) -> list[str]:
    if not isinstance(value, list):
        raise BadText("not-a-list", N_("A list of choices is expected."))
    chosen = {_one(question, each) for each in value if isinstance(each, str)}
    if len(chosen) != len(value):
        raise BadText("not-a-choice", N_("This is not one of the choices."))
    return [one["code"] for one in question.choices if one["code"] in chosen]


def _yes_no(_question: "Question", value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in (YES, NO):
        raise BadText("not-a-choice", N_("Answer yes or no."))
    return bool(value == YES)


def _number(_question: "Question", value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadText("not-a-number", N_("Enter a number, for example 3 or 2,5."))
    typed = re.sub(r"\s", "", text.clean(str(value), max_length=SHORT))
    if not _NUMBER.fullmatch(typed):
        raise BadText("not-a-number", N_("Enter a number, for example 3 or 2,5."))
    number = float(typed.replace(",", "."))
    return int(number) if number.is_integer() else number


_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def _day(_question: "Question", value: Any) -> str:
    typed = text.clean(value, max_length=SHORT)
    if polish := _DAY.fullmatch(typed):
        day, month, year = polish.groups()
        typed = f"{year}-{month:0>2}-{day:0>2}"
    try:
        found = (
            date.fromisoformat(typed)
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed)
            else None
        )
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2199:
        raise BadText("not-a-day", N_("Enter a day, for example 16.06.2027."))
    return found.isoformat()


_NORMAL: Mapping[Kind, Any] = {
    Kind.SHORT_TEXT: _text(SHORT, multiline=False),
    Kind.LONG_TEXT: _text(LONG, multiline=True),
    Kind.ONE_OF: _one,
    Kind.SEVERAL_OF: _several,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
}


def shown_answer(content: Mapping[str, Any], value: Any, locale: str) -> Any:
    """Return an answer for a reader: words of the list as they stood when it was given."""
    choices: Sequence[Mapping[str, str]] = content.get("choices", ())
    names = {one["code"]: one.get(locale) or one["pl"] for one in choices}
    if isinstance(value, list):
        return ", ".join(names.get(each, str(each)) for each in value)
    return names.get(value, value) if isinstance(value, str) else value
