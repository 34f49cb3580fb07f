"""Fields for what an event asks: its standard fields, its own questions, its consents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectChoice, SelectField
from wtforms.widgets import DateInput, TextArea

from eventapp.events.models import AreaUnit, Category
from eventapp.kernel.fields import (
    Form,
    Krs,
    MultiCheckboxField,
    Multiline,
    Nip,
    Phone,
    Postcode,
    Regon,
    Text,
)
from eventapp.kernel.i18n import local
from eventapp.kernel.text import BadText
from eventapp.registrations.commands import answers_to
from eventapp.registrations.models import ConsentKind, FormOfAddress, Question, RegistrationForm
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.eligibility import eligibility_of
from eventapp.registrations.rules.enquiry import Ask, Kind, Standing

PREFIX = "q_"
MOST_RADIOS = 7


@dataclass(frozen=True)
class Asking:
    """All that a form is made of: what an event asks, of whom, and where it lies."""

    form: RegistrationForm
    questions: Sequence[Question]
    categories: Sequence[Category]
    units: Sequence[AreaUnit] = ()

    @property
    def communes(self) -> list[str]:
        """List the names of the area's communes, each once."""
        return list(dict.fromkeys(unit.name for unit in self.units))


def field_name(code: str) -> str:
    """Return what a form calls the field of a question."""
    return PREFIX + code.replace("-", "_")


# --- fields of one's own kind ----------------------------------------------------------------


class _Answer(Text):
    """An answer that is typed; kept as its question wants it, else as typed."""

    question: Question

    def cleaned(self, value: str) -> Any:
        """Return the answer as it is kept; raises `BadText`."""
        return enquiry.answer_of(self.question, value)

    def _value(self) -> str:
        return "" if self.data is None else str(self.data).replace(".", _decimal(self))


def _decimal(field: "_Answer") -> str:
    return "," if field.question.kind is Kind.NUMBER else "."


class _LongAnswer(_Answer):
    widget = TextArea()


class _DayAnswer(_Answer):
    widget = DateInput()


def question_field(question: Question) -> Any:
    """Return the field in which a question is answered, not bound to a form yet."""
    label = local(question.label)
    note = " ".join(part for part in (local(question.help), _only_if(question)) if part)
    if question.kind in {Kind.ONE_OF, Kind.YES_NO}:
        choices = _options(question)
        kind: Any = RadioField if len(choices) <= MOST_RADIOS else SelectField
        start = [] if kind is RadioField else [SelectChoice("", _("Choose"))]
        return kind(label, description=note, choices=[*start, *choices], validate_choice=False)
    if question.kind is Kind.SEVERAL_OF:
        return MultiCheckboxField(
            label, description=note, choices=_options(question), validate_choice=False
        )
    typed: Any = {Kind.LONG_TEXT: _LongAnswer, Kind.DATE: _DayAnswer}.get(question.kind, _Answer)
    return type(typed.__name__, (typed,), {"question": question})(label, description=note)


def _options(question: Question) -> list[SelectChoice]:
    if question.kind is Kind.YES_NO:
        return [SelectChoice(enquiry.YES, _("yes")), SelectChoice(enquiry.NO, _("no"))]
    return [SelectChoice(one["code"], local(one)) for one in question.choices]


def _only_if(question: Question) -> str:
    """Return the words that stand at a question which not everybody is asked."""
    return _("Leave empty where it is not about you.") if is_conditional(question) else ""


def is_conditional(question: Question) -> bool:
    """Tell whether not everybody is asked a question."""
    return bool(question.categories or question.depends_on)


# --- standard fields -------------------------------------------------------------------------


def standard_field(asked: Asking, name: str) -> Any:
    """Return a standard field, not bound to a form yet."""
    made: Any = _STANDARD[name](asked)
    return made


def _listed(asked: Asking, name: str) -> list[SelectChoice]:
    return [SelectChoice(one["code"], local(one)) for one in enquiry.choices_of(asked.form, name)]


_STANDARD: Mapping[str, Any] = {
    "organisation": lambda _asked: Text(
        _l("Organisation"),
        description=_l("Leave empty if you come as a private person."),
        max_length=300,
    ),
    "nip": lambda _asked: Nip(
        _l("NIP of the organisation"),
        description=_l("If we know it already, you need not type the name."),
    ),
    "krs": lambda _asked: Krs(
        _l("KRS of the organisation"), description=_l("Ten digits; empty, if it has none.")
    ),
    "regon": lambda _asked: Regon(
        _l("REGON of the organisation"), description=_l("Nine or fourteen digits.")
    ),
    "run_by": lambda _asked: Text(
        _l("Which body runs it?"),
        description=_l("For example the association that runs the workshop, centre or club."),
        max_length=300,
    ),
    "run_by_nip": lambda _asked: Nip(_l("NIP of that body")),
    "job": lambda _asked: Text(_l("Job or function"), max_length=200),
    "phone": lambda _asked: Phone(
        _l("Phone"), description=_l("Only for changes in the last minute.")
    ),
    "form_of_address": lambda _asked: RadioField(
        _l("Form of address"),
        description=_l("How a certificate speaks of you."),
        choices=[
            SelectChoice(FormOfAddress.PANI.value, _l("Ms (Pani)")),
            SelectChoice(FormOfAddress.PAN.value, _l("Mr (Pan)")),
            SelectChoice(FormOfAddress.NONE.value, _l("none")),
        ],
        default=FormOfAddress.NONE.value,
        validate_choice=False,
    ),
    "gmina": lambda _asked: Text(
        _l("Commune (gmina)"),
        description=_l("Where you live. Start typing and choose from the list."),
        max_length=120,
    ),
    "postcode": lambda _asked: Postcode(_l("Postcode")),
    "diet": lambda asked: SelectField(
        _l("Diet"),
        choices=[SelectChoice("", _("No preference")), *_listed(asked, "diet")],
        validate_choice=False,
    ),
    "needs": lambda _asked: Multiline(
        _l("What do you need to take part comfortably?"),
        description=_l("For example: wheelchair access, sign language, large print."),
        max_length=1000,
    ),
    "transport": lambda asked: MultiCheckboxField(
        _l("Transport"), choices=_listed(asked, "transport"), validate_choice=False
    ),
    "accommodation": lambda asked: MultiCheckboxField(
        _l("Nights for which you need accommodation"),
        choices=_listed(asked, "accommodation"),
        validate_choice=False,
    ),
}

# Who reads it, in words that somebody understands who has never seen a desk.
SEEN_BY: Mapping[str, Any] = {
    "name": _l("The organiser and reception; it stands on the badge and the certificate."),
    "email": _l("The organiser; letters go there."),
    "organisation": _l("The organiser and reception; it stands on the badge."),
    "nip": _l("The organiser."),
    "krs": _l("The organiser."),
    "regon": _l("The organiser."),
    "job": _l("The organiser."),
    "phone": _l("The organiser and reception, for changes in the last minute."),
    "form_of_address": _l("The organiser."),
    "gmina": _l("The organiser; in reports only as a number of people."),
    "postcode": _l("The organiser."),
    "diet": _l("The organiser; the caterer gets numbers without names."),
    "needs": _l("The organiser and who prepares the room."),
    "transport": _l("The organiser and who drives."),
    "accommodation": _l("The organiser and the hotel."),
    "question": _l("The organiser."),
}

CONSENTS: Mapping[ConsentKind, Any] = {
    ConsentKind.PHOTO: _l("I agree to my photographs being published."),
    ConsentKind.PARTICIPANT_LIST: _l("I agree to my name standing on a list for all participants."),
    ConsentKind.NEWSLETTER: _l("I would like news about further events."),
}


def consent_name(kind: ConsentKind) -> str:
    """Return what a form calls the field of a consent."""
    return kind.value.replace("-", "_")


def asked_consents(form: RegistrationForm) -> list[ConsentKind]:
    """List the consents that an event asks for, in the order of the form."""
    return [kind for kind in CONSENTS if kind.value in form.consents]


# --- forms made of them ----------------------------------------------------------------------


class AskedForm(Form):
    """A form with what an event asks; `asked`, `standard` and `own` say which part of it."""

    asked: Asking
    standard: Sequence[str]
    own: Sequence[Question]
    known: Mapping[str, Any]
    as_what: str | None
    whole = True  # what is required must be there

    def present_category(self) -> str | None:
        """Return the code of the category that the person has, or chooses here."""
        chosen = getattr(self, "category", None)
        return self.as_what if chosen is None else chosen.data

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything, also what is asked of this person alone."""
        fine = super().validate(extra_validators)
        for name in self.standard if self.whole else ():
            if enquiry.ask_of(self.asked.form, name) is Ask.REQUIRED and not self[name].data:
                _add_error(self[name], _("Please fill this in."))
        self._check_lists()
        self._check_answers()
        return bool(fine) and not self.errors

    def _check_lists(self) -> None:
        for name in enquiry.LISTS:
            if name not in self:
                continue
            codes = {choice.value for choice in self[name].choices}
            data = self[name].data
            if ({data} if isinstance(data, str) else set(data or ())) - codes - {""}:
                _add_error(self[name], _("This is not one of the choices."))

    def _check_answers(self) -> None:
        asked = {one.code for one in self._put_questions()}
        for one in self.own:
            field = self[field_name(one.code)]
            if one.code not in asked:
                field.errors = []
            elif self.whole and one.required and self._answer(one) is None and not field.errors:
                _add_error(field, _("Please answer this question."))

    def _put_questions(self) -> list[Question]:
        at = Standing(self.present_category(), {**self.known, **self._raw()})
        return enquiry.asked_of(self.asked.questions, at)

    def _raw(self) -> dict[str, Any]:
        return {one.code: self._answer(one) for one in self.own}

    def _answer(self, question: Question) -> Any:
        field = self[field_name(question.code)]
        if isinstance(field, _Answer):
            return field.data if not field.errors else None
        try:
            return enquiry.answer_of(question, field.data)
        except BadText as error:
            _add_error(field, _(error.sentence))
            return None

    def answers(self) -> dict[str, Any]:
        """Return the answers to what is asked of this person; what is not asked has none."""
        asked = {one.code for one in self._put_questions()}
        return {code: value if code in asked else None for code, value in self._raw().items()}

    def columns(self) -> dict[str, Any]:
        """Return the standard fields as a registration keeps them."""
        return {
            name: _column(name, self[name].data)
            for name in self.standard
            if name not in enquiry.OF_ORGANISATION
        }

    def consents(self) -> dict[ConsentKind, bool]:
        """Return the consents that are answered here."""
        return {
            kind: bool(self[consent_name(kind)].data)
            for kind in asked_consents(self.asked.form)
            if consent_name(kind) in self
        }

    def own_fields(self) -> Iterator[tuple[Question, Field]]:
        """Yield the event's own questions, each with its field."""
        for one in self.own:
            yield one, self[field_name(one.code)]


def _add_error(field: Field, words: str) -> None:
    field.errors = [*field.errors, words]


def _column(name: str, data: Any) -> Any:
    if name == "needs":
        return [line.strip() for line in (data or "").splitlines() if line.strip()]
    if name in {"transport", "accommodation"}:
        return list(data or [])
    if name == "form_of_address":
        return FormOfAddress(data) if data in set(FormOfAddress) else FormOfAddress.NONE
    return data or ""


def form_class(
    base: type[AskedForm],
    asked: Asking,
    standard: Sequence[str],
    own: Sequence[Question],
    consents: Sequence[ConsentKind] = (),
) -> type[AskedForm]:
    """Return *base* with these fields, questions and consents."""
    parts: dict[str, Any] = {name: standard_field(asked, name) for name in standard}
    if _needs_runner(asked) and "organisation" in standard:
        parts |= {name: standard_field(asked, name) for name in ("run_by", "run_by_nip")}
    parts |= {field_name(one.code): question_field(one) for one in own}
    parts |= {consent_name(kind): BooleanField(CONSENTS[kind]) for kind in consents}
    more = {"asked": asked, "standard": standard, "own": own}
    # `asked` is no field: only what WTForms made is one.
    return cast(type[AskedForm], type(base.__name__, (base,), parts | more))


def _needs_runner(asked: Asking) -> bool:
    return any(eligibility_of(asked.form, one.code).run_by for one in asked.categories)


def first_fields(asked: Asking) -> list[str]:
    """List the standard fields of the short first step."""
    needed = any(eligibility_of(asked.form, one.code).needs_nip for one in asked.categories)
    in_area = any(eligibility_of(asked.form, one.code).in_area for one in asked.categories)
    by_place = asked.form.area_basis is enquiry.AreaBasis.RESIDENCE
    more = ({"nip", "organisation"} if needed else set()) | (
        {"gmina"} if in_area and by_place else set()
    )
    return [name for name in enquiry.FIELDS if name in more or enquiry.is_at_once(asked.form, name)]


def later_fields(asked: Asking) -> list[str]:
    """List the standard fields that one can fill in after registering."""
    return [name for name in enquiry.FIELDS if enquiry.ask_of(asked.form, name) is not Ask.OFF]


def conditions(question: Question) -> dict[str, str]:
    """Return the attributes by which the page's script shows a question only where it is asked."""
    found = {}
    if question.categories:
        found["data-categories"] = " ".join(question.categories)
    if question.depends_on:
        found["data-depends"] = field_name(question.depends_on)
        found["data-answer"] = question.depends_answer
    return found


def needing(asked: Asking) -> dict[str, str]:
    """Return which categories a field of the first step is for, by the name of the field."""
    found = {"nip": "needs_nip", "run_by": "run_by", "run_by_nip": "run_by"}
    shown = {
        name: " ".join(
            one.code
            for one in asked.categories
            if getattr(eligibility_of(asked.form, one.code), need)
        )
        for name, need in found.items()
    }
    if enquiry.ask_of(asked.form, "nip") is not Ask.OFF:
        shown["nip"] = ""
    return shown


def conditioning(questions: Sequence[Question], besides: str = "") -> list[tuple[str, str]]:
    """List the conditions that can be chosen: "code:answer", and its words."""
    found = []
    for one in questions:
        if one.kind not in enquiry.CONDITIONING or one.code == besides:
            continue
        words = {choice.value: str(choice.label) for choice in _options(one)}
        found += [
            (f"{one.code}:{answer}", f"{local(one.label)} – {words[answer]}")
            for answer in answers_to(one)
        ]
    return found
