"""Forms of taking part."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired

from eventapp.kernel.fields import Email, Form, Text
from eventapp.kernel.i18n import local
from eventapp.registrations.forms.asked import (
    AskedForm,
    Asking,
    asked_consents,
    field_name,
    first_fields,
    form_class,
    later_fields,
)
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.eligibility import eligibility_of

__all__ = [
    "LostLink",
    "OwnData",
    "Register",
    "colleague_form",
    "own_data",
    "preview_later",
    "register_form",
]


class Register(AskedForm):
    """The short first step: name, contact, as what, the clause; the rest can follow."""

    first_name = Text(
        _l("First name"), validators=[DataRequired(_l("Enter your first name."))], max_length=120
    )
    last_name = Text(
        _l("Last name"), validators=[DataRequired(_l("Enter your last name."))], max_length=120
    )
    email = Email(
        _l("E-mail"),
        description=_l(
            "The confirmation with your personal link goes there. A shared box is fine."
        ),
        validators=[DataRequired(_l("Enter an e-mail address."))],
    )
    category = SelectField(_l("I take part as"), validators=[InputRequired(_l("Choose one."))])
    clause = BooleanField(
        _l("I have read the information on personal data."),
        validators=[DataRequired(_l("Please confirm that you have read it."))],
    )
    clause_read = HiddenField()

    known: dict[str, Any] = {}  # noqa: RUF012 - nobody is known here yet
    as_what = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [
            SelectChoice("", _("Choose")),
            *(
                SelectChoice(one.code, local(one.name))
                for one in self.asked.categories
                if not eligibility_of(self.asked.form, one.code).by_staff
            ),
        ]


def register_form(asked: Asking) -> Register:
    """Return the short first step of an event's form, filled with what came."""
    own = enquiry.first_step(asked.questions)
    made: Any = form_class(Register, asked, first_fields(asked), own, asked_consents(asked.form))
    form: Register = made()
    return form


def colleague_form(asked: Asking, row: Registration | None = None) -> Register:
    """Return the first step for somebody whose organisation is known; filled from *row*, if any."""
    own = enquiry.first_step(asked.questions)
    standard = [name for name in first_fields(asked) if name not in enquiry.OF_ORGANISATION]
    made: Any = form_class(Register, asked, standard, own, asked_consents(asked.form))
    form: Register = (
        made() if row is None else made(formdata=None, data=_shown(row, standard) | _as_what(row))
    )
    return form


def _as_what(row: Registration) -> dict[str, Any]:
    return {"category": row.category.code if row.category else ""}


class OwnData(AskedForm):
    """What one can complete and correct oneself: the name, the contact, and what is asked."""

    first_name = Register.first_name
    last_name = Register.last_name
    email = Email(_l("E-mail"), description=_l("Another address gets a new personal link."))


def own_data(asked: Asking, row: Registration, answers: dict[str, Any], *, typed: bool) -> OwnData:
    """Return the form of somebody's own data: as they are, or as they were *typed* now."""
    standard = later_fields(asked)
    made: Any = form_class(OwnData, asked, standard, asked.questions)
    made.known, made.as_what = answers, row.category.code if row.category else None
    shown = _shown(row, standard) | {
        field_name(code): _typed(value) for code, value in answers.items()
    }
    form: OwnData = made(data=shown) if typed else made(formdata=None, data=shown)
    _keep_choices(form, row)
    return form


def _keep_choices(form: OwnData, row: Registration) -> None:
    """Offer also what somebody chose before the list changed, so that saving does not lose it."""
    for name in enquiry.LISTS:
        if name not in form:
            continue
        kept = getattr(row, name)
        codes = {choice.value for choice in form[name].choices}
        earlier = {kept} - {""} if isinstance(kept, str) else set(kept)
        form[name].choices += [SelectChoice(code, code) for code in sorted(earlier - codes)]


def preview_later(asked: Asking) -> OwnData:
    """Return the second step as nobody in particular would see it."""
    first = enquiry.first_step(asked.questions)
    own = [one for one in asked.questions if one not in first]
    made: Any = form_class(OwnData, asked, later_fields(asked), own)
    made.known, made.as_what = {}, None
    form: OwnData = made(formdata=None, prefix="later-")
    return form


def _shown(row: Registration, standard: list[str]) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in ("first_name", "last_name", "email")}
    kept = {name: getattr(row, name, None) for name in standard}
    organisation = row.organisation
    kept["organisation"] = organisation.name if organisation else ""
    kept |= {name: getattr(organisation, name, None) for name in ("nip", "krs", "regon")}
    kept["needs"] = "\n".join(row.needs)
    kept["form_of_address"] = row.form_of_address.value
    return own | kept


def _typed(value: Any) -> Any:
    return (enquiry.YES if value else enquiry.NO) if isinstance(value, bool) else value


class LostLink(Form):
    """Where the personal links shall go again."""

    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter an e-mail address."))])
