"""Forms of the door."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired

from eventapp.events.models import Category
from eventapp.kernel.fields import Email, Form, Text
from eventapp.kernel.i18n import local


class NewDevice(Form):
    """What a device at the door is called."""

    name = Text(
        _l("Name of the device"),
        description=_l("For example: Phone 1, main entrance"),
        validators=[DataRequired(_l("Enter a name."))],
        max_length=120,
    )


class WalkIn(Form):
    """The least about somebody who stands at the door without a registration."""

    first_name = Text(
        _l("First name"), validators=[DataRequired(_l("Enter the first name."))], max_length=120
    )
    last_name = Text(
        _l("Last name"), validators=[DataRequired(_l("Enter the last name."))], max_length=120
    )
    category = SelectField(_l("Takes part as"), validators=[InputRequired(_l("Choose one."))])
    organisation = Text(_l("Organisation"), max_length=300)
    email = Email(_l("E-mail"))
    clause = BooleanField(
        _l("The person has read the information on personal data."),
        validators=[DataRequired(_l("Please confirm that the person has read it."))],
    )

    def __init__(self, categories: list[Category], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [SelectChoice(category.code, local(category.name)) for category in categories]
        self.category.choices = [SelectChoice("", _("Choose")), *choices]
