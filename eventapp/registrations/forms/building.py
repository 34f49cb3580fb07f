"""Forms in which the organiser says what the registration form asks."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from eventapp.events.models import Category
from eventapp.kernel.fields import (
    Form,
    LocalDateTime,
    MultiCheckboxField,
    Multiline,
    Text,
    spoken,
)
from eventapp.kernel.i18n import local
from eventapp.kernel.text import BadText
from eventapp.registrations.forms.asked import CONSENTS, conditioning
from eventapp.registrations.models import Question, RegistrationForm
from eventapp.registrations.rules import enquiry, monitoring
from eventapp.registrations.rules.eligibility import Eligibility
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy, Ask, Kind

CHOICES_HELP = _l("One a line; the English after a bar: wegańska | vegan")


def kind_names() -> dict[Kind, str]:
    """Return what each kind of question is called."""
    return {
        Kind.SHORT_TEXT: _("a few words"),
        Kind.LONG_TEXT: _("a longer text"),
        Kind.ONE_OF: _("one of several"),
        Kind.SEVERAL_OF: _("several of a list"),
        Kind.YES_NO: _("yes or no"),
        Kind.NUMBER: _("a number"),
        Kind.DATE: _("a day"),
    }


def field_names() -> dict[str, str]:
    """Return what each standard field is called."""
    return {
        "organisation": _("Organisation"),
        "nip": _("NIP of the organisation"),
        "krs": _("KRS of the organisation"),
        "regon": _("REGON of the organisation"),
        "job": _("Job or function"),
        "phone": _("Phone"),
        "form_of_address": _("Form of address"),
        "gmina": _("Commune (gmina)"),
        "postcode": _("Postcode"),
        "diet": _("Diet"),
        "needs": _("Special needs"),
        "transport": _("Transport"),
        "accommodation": _("Accommodation"),
    }


class _Choices(Multiline):
    """A list of choices, one a line; kept as the choices themselves."""

    before: Sequence[Mapping[str, str]] = ()

    def listed(self) -> list[dict[str, str]]:
        """Return the choices; raises `ValidationError`."""
        try:
            return enquiry.typed_choices(self.data or "", self.before)
        except BadText as error:
            raise ValidationError(_(error.sentence, **error.details)) from None

    def pre_validate(self, form: Any) -> None:
        """Say beside the field which line cannot be kept."""
        self.listed()


# --- one question ----------------------------------------------------------------------------


class KeepQuestion(Form):
    """One of the event's own questions."""

    seen = HiddenField()
    kind = SelectField(_l("Kind of answer"))
    label_pl = Text(
        _l("Question in Polish"), [DataRequired(_l("Write the question."))], max_length=300
    )
    label_en = Text(_l("Question in English"), max_length=300)
    help_pl = Text(_l("Help in Polish"), max_length=500)
    help_en = Text(_l("Help in English"), max_length=500)
    choices = _Choices(
        _l("Choices"),
        description=_l("For questions with a list. One a line; the English after a bar."),
    )
    required = BooleanField(
        _l("Must be answered"),
        description=_l("It stands on the short first step then; others can be answered later."),
    )
    categories = MultiCheckboxField(
        _l("Asked only of"), description=_l("None ticked: of everybody."), validate_choice=False
    )
    condition = SelectField(_l("Asked only if"), validate_choice=False)

    def __init__(
        self,
        others: Sequence[Question],
        people: Sequence[Category],
        row: Question | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [SelectChoice(kind.value, name) for kind, name in kind_names().items()]
        self.categories.choices = [SelectChoice(one.code, local(one.name)) for one in people]
        options = conditioning(others, row.code if row is not None else "")
        self.condition.choices = [
            SelectChoice("", _("always")),
            *(SelectChoice(code, words) for code, words in options),
        ]
        self.choices.before = row.choices if row is not None else ()

    def validate_categories(self, field: MultiCheckboxField) -> None:
        """Refuse what is no category of the event."""
        if set(field.data or ()) - {choice.value for choice in field.choices}:
            raise ValidationError(_("This is not one of the choices."))

    def validate_condition(self, field: SelectField) -> None:
        """Refuse what is no condition."""
        if (field.data or "") not in {choice.value for choice in field.choices}:
            raise ValidationError(_("This is not one of the choices."))

    def content(self) -> dict[str, Any]:
        """Return the question as commands take it."""
        code, _colon, answer = (self.condition.data or "").partition(":")
        return {
            "kind": Kind(self.kind.data),
            "label": spoken(self.label_pl.data, self.label_en.data),
            "help": spoken(self.help_pl.data, self.help_en.data),
            "choices": self.choices.listed(),
            "required": self.required.data,
            "categories": list(self.categories.data or ()),
            "depends_on": code,
            "depends_answer": answer,
        }

    @staticmethod
    def shown(row: Question) -> dict[str, Any]:
        """Return what the form shows of a question."""
        texts = {
            f"{name}_{code}": getattr(row, name).get(code, "")
            for name in ("label", "help")
            for code in ("pl", "en")
        }
        return texts | {
            "seen": str(row.version),
            "kind": row.kind.value,
            "choices": enquiry.choice_lines(row.choices),
            "required": row.required,
            "categories": row.categories,
            "condition": f"{row.depends_on}:{row.depends_answer}" if row.depends_on else "",
        }


# --- standard fields, lists, rules -----------------------------------------------------------


class FormFields(Form):
    """Which standard fields are asked, the event's lists, consents, area and deadlines."""

    seen = HiddenField()
    diet_list = _Choices(_l("Diets"), description=CHOICES_HELP)
    transport_list = _Choices(
        _l("Lines and days of transport"),
        description=_l("For example: środa, Lubliniec 8:00 | Wednesday, Lubliniec 8:00"),
    )
    accommodation_list = _Choices(
        _l("Nights"), description=_l("For example: 15/16 czerwca | 15/16 June")
    )
    consents = MultiCheckboxField(_l("Which consents are asked for?"), validate_choice=False)
    area_policy = RadioField(_l("Who comes from outside the area"))
    area_basis = RadioField(_l("What counts"))
    edits_until = LocalDateTime(
        _l("People correct their data by themselves until"),
        [Optional()],
        description=_l("Later corrections wait for you. Empty: always at once."),
    )
    monitoring = MultiCheckboxField(
        _l("What the grant's report asks about each person"),
        description=_l(
            "A step of its own, after registering; everything can be refused. None ticked: no step."
        ),
        validate_choice=False,
    )

    def __init__(self, row: RegistrationForm, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.consents.choices = [SelectChoice(kind.value, name) for kind, name in CONSENTS.items()]
        self.area_policy.choices = [
            SelectChoice(AreaPolicy.ALLOWED.value, _("registers like everybody")),
            SelectChoice(AreaPolicy.NOTE.value, _("registers and is marked for you")),
            SelectChoice(AreaPolicy.REFUSED.value, _("cannot register by themselves")),
        ]
        self.area_basis.choices = [
            SelectChoice(AreaBasis.RESIDENCE.value, _("where the person lives")),
            SelectChoice(AreaBasis.SEAT.value, _("where the organisation has its seat")),
        ]
        self.monitoring.choices = [
            SelectChoice(name, local(one.label)) for name, one in monitoring.FIELDS.items()
        ]
        for name in enquiry.LISTS:
            self[f"{name}_list"].before = enquiry.choices_of(row, name)

    def _check_fields(self) -> None:
        for name in ("transport", "accommodation"):
            asked = self[f"ask_{name}"].data != Ask.OFF
            if asked and not (self[f"{name}_list"].data or "").strip():
                self[f"{name}_list"].errors = [_("Enter what can be chosen.")]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything; what is asked for needs its list."""
        fine = super().validate(extra_validators)
        self._check_fields()
        return bool(fine) and not self.errors

    def values(self) -> dict[str, Any]:
        """Return the settings as the command takes them."""
        return {
            "fields": {name: self[f"ask_{name}"].data for name in enquiry.FIELDS},
            "lists": {name: self[f"{name}_list"].listed() for name in enquiry.LISTS},
            "consents": [kind.value for kind in CONSENTS if kind.value in self.consents.data],
            "area_policy": AreaPolicy(self.area_policy.data),
            "area_basis": AreaBasis(self.area_basis.data),
            "edits_until": self.edits_until.data,
            "monitoring": [name for name in monitoring.FIELDS if name in self.monitoring.data],
        }

    @staticmethod
    def shown(row: RegistrationForm) -> dict[str, Any]:
        """Return what the form shows of an event's form."""
        asked = {
            f"ask_{name}": row.fields.get(name, usual) for name, usual in enquiry.FIELDS.items()
        }
        lists = {
            f"{name}_list": enquiry.choice_lines(enquiry.choices_of(row, name))
            for name in enquiry.LISTS
        }
        return (
            asked
            | lists
            | {
                "seen": str(row.version),
                "consents": row.consents,
                "area_policy": row.area_policy.value,
                "area_basis": row.area_basis.value,
                "edits_until": row.edits_until,
                "monitoring": row.monitoring,
            }
        )


def fields_form(row: RegistrationForm, **kwargs: Any) -> FormFields:
    """Return the form of standard fields, with a choice for each of them."""
    names = field_names()
    parts = {
        f"ask_{name}": SelectField(
            names[name],
            choices=[
                SelectChoice(Ask.OFF.value, _("not asked")),
                SelectChoice(Ask.OPTIONAL.value, _("may be given")),
                SelectChoice(Ask.REQUIRED.value, _("must be given")),
            ],
        )
        for name in enquiry.FIELDS
    }
    made: Any = type("FormFields", (FormFields,), parts)
    form: FormFields = made(row, **kwargs)
    return form


class KeepEligibility(Form):
    """What a category asks of people who register by themselves."""

    by_staff = BooleanField(_l("Only staff register people of this category"))
    needs_organisation = BooleanField(_l("Comes from an organisation"))
    needs_nip = BooleanField(_l("Enters the organisation's NIP"))
    run_by = BooleanField(
        _l("Says which body runs the unit"),
        description=_l("For units without legal personality: WTZ, CIS, KIS."),
    )
    in_area = BooleanField(_l("Must lie in the event's area"))
    places = IntegerField(
        _l("Places of this category"),
        [Optional(), NumberRange(0, 100_000)],
        description=_l("Who comes later is on the reserve list. Empty: no limit of its own."),
    )

    def values(self) -> dict[str, Any]:
        """Return the needs as the command takes them."""
        return {name: self[name].data for name in Eligibility.__dataclass_fields__}


class KeepClause(Form):
    """The next version of the information on personal data."""

    seen = HiddenField()
    text_pl = Multiline(
        _l("Information in Polish"),
        [DataRequired(_l("Write the clause in Polish at least."))],
        description=_l("An empty line parts paragraphs; a line that begins with # is a heading."),
    )
    text_en = Multiline(_l("Information in English"))
    since = LocalDateTime(_l("Holds from"), [Optional()], description=_l("Empty: from now on."))

    def text(self) -> dict[str, str]:
        """Return the clause in its languages."""
        return spoken(self.text_pl.data, self.text_en.data)
