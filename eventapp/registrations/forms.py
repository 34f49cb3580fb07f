"""Forms of taking part."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from eventapp.events.models import Category
from eventapp.kernel.fields import Email, Form, Multiline, Phone, Text
from eventapp.kernel.i18n import local
from eventapp.registrations.models import FormOfAddress, Source, State


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


class Entered(Register):
    """The same form filled in by staff, from paper or by telephone, and how it came."""

    email = Email(_l("E-mail"), description=_l("Leave empty if there is none."))
    clause = BooleanField(_l("The information clause was acknowledged"))
    clause_on = DateField(_l("Clause acknowledged on"), [Optional()])
    source = RadioField(_l("How it came"), [InputRequired(_l("Choose one."))])
    received_on = DateField(_l("Received on"), [InputRequired(_l("Enter a day."))])
    state = RadioField(_l("It stands as"), [InputRequired(_l("Choose one."))])
    who = RadioField(_l("Who is it?"), [Optional()])

    def __init__(self, categories: list[Category], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(categories, *args, **kwargs)
        self.today = today
        self.source.choices = [
            SelectChoice(Source.PAPER_FORM.value, _("on paper")),
            SelectChoice(Source.PHONE.value, _("by telephone")),
            SelectChoice(Source.EMAIL.value, _("by e-mail")),
            SelectChoice(Source.ORGANISATION.value, _("through the organisation")),
        ]
        self.state.choices = [
            SelectChoice(State.QUALIFIED.value, pgettext("state", "qualified")),
            SelectChoice(State.PENDING.value, pgettext("state", "awaits a decision")),
            SelectChoice(State.WAITING.value, pgettext("state", "on the waiting list")),
        ]
        self.who.choices = []

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Ask which of these known people it is, or whether it is somebody else."""
        self.who.choices = [
            *(SelectChoice(str(number), words) for number, words in people),
            SelectChoice(SOMEBODY_NEW, _("somebody else, of whom nothing is known")),
        ]

    def validate_received_on(self, field: Any) -> None:
        """Refuse what has not come yet."""
        self._refuse_future(field)

    def validate_clause(self, field: Any) -> None:
        """Ask for the day on which the clause was acknowledged."""
        if field.data and not self.clause_on.data:
            raise ValidationError(_("Enter the day on which it was signed."))

    def validate_clause_on(self, field: Any) -> None:
        """Refuse a day to come."""
        self._refuse_future(field)

    def _refuse_future(self, field: Any) -> None:
        if field.data and field.data > self.today:
            raise ValidationError(_("This day has not come yet."))


SOMEBODY_NEW = "new"


class LostLink(Form):
    """Where the personal links shall go again."""

    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter an e-mail address."))])
