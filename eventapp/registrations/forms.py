"""Forms of taking part."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional

from eventapp.events.models import Category
from eventapp.kernel.fields import Email, Form, Multiline, Phone, Text
from eventapp.kernel.i18n import local
from eventapp.registrations.models import FormOfAddress


class Register(Form):
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
    phone = Phone(_l("Phone"), description=_l("Only for changes in the last minute."))
    form_of_address = RadioField(
        _l("Form of address"),
        choices=[
            SelectChoice(FormOfAddress.PANI.value, _l("Ms (Pani)")),
            SelectChoice(FormOfAddress.PAN.value, _l("Mr (Pan)")),
            SelectChoice(FormOfAddress.NONE.value, _l("none")),
        ],
        default=FormOfAddress.NONE.value,
        validators=[Optional()],
    )
    category = SelectField(_l("I take part as"), validators=[InputRequired(_l("Choose one."))])
    organisation = Text(
        _l("Organisation"),
        description=_l("Leave empty if you come as a private person."),
        max_length=300,
    )
    gmina = Text(_l("Commune (gmina)"), max_length=120)
    diet = SelectField(_l("Diet"), validators=[Optional()])
    needs = Multiline(
        _l("What do you need to take part comfortably?"),
        description=_l("For example: wheelchair access, sign language, large print."),
        max_length=1000,
    )
    photo = BooleanField(_l("I agree to my photographs being published."))
    newsletter = BooleanField(_l("I would like news about further events."))
    clause = BooleanField(
        _l("I have read the information on personal data."),
        validators=[DataRequired(_l("Please confirm that you have read it."))],
    )

    def __init__(self, categories: list[Category], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [
            SelectChoice("", _("Choose")),
            *(SelectChoice(category.code, local(category.name)) for category in categories),
        ]
        self.diet.choices = [SelectChoice("", _("No preference")), *diets()]


def diets() -> list[SelectChoice]:
    """Return the diets that can be chosen, by the words the caterer's counts use."""
    return [
        SelectChoice("zwykła", _("regular")),
        SelectChoice("wegetariańska", _("vegetarian")),
        SelectChoice("wegańska", _("vegan")),
        SelectChoice("bezglutenowa", _("gluten-free")),
        SelectChoice("bez laktozy", _("lactose-free")),
        SelectChoice("bez wieprzowiny", _("without pork")),
    ]


class LostLink(Form):
    """Where the personal links shall go again."""

    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter an e-mail address."))])
