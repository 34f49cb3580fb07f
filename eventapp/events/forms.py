"""Forms about events and their teams."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from wtforms import DateField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Regexp

from eventapp.events.models import Role
from eventapp.events.rules import SLUG
from eventapp.kernel.fields import Email, Form, Text


def role_name(role: Role) -> str:
    """Return what a role is called in the reader's language."""
    return {
        Role.ORGANISER: pgettext("role", "organiser"),
        Role.READER: pgettext("role", "controller (reads only)"),
        Role.LEAD: pgettext("role", "head of reception"),
        Role.DOOR: pgettext("role", "reception"),
        Role.CHAIR: pgettext("role", "chair of the jury"),
        Role.SECRETARY: pgettext("role", "secretary of the jury"),
        Role.JUROR: pgettext("role", "juror"),
    }[role]


class NewEvent(Form):
    """The least that an event needs."""

    title_pl = Text(_l("Name in Polish"), validators=[DataRequired(_l("Enter a name."))])
    title_en = Text(_l("Name in English"))
    host = Text(
        _l("Host"),
        description=_l("The institution that runs the event."),
        validators=[DataRequired(_l("Enter the host."))],
    )
    slug = Text(
        _l("Address"),
        description=_l("Small letters, digits and hyphens, for example seminar-2027."),
        validators=[
            DataRequired(_l("Enter an address.")),
            Regexp(SLUG, message=_l("Only small letters a–z, digits and hyphens.")),
        ],
        max_length=60,
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Choose a day."))])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Choose a day."))])


class InviteMember(Form):
    """Who joins the team, and as what."""

    name = Text(_l("Name"), validators=[DataRequired(_l("Enter a name."))], max_length=200)
    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter an e-mail address."))])
    role = SelectField(_l("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [SelectChoice(role.value, role_name(role)) for role in Role]


class NewToken(Form):
    """What a program may do."""

    label = Text(
        _l("What it is for"), validators=[DataRequired(_l("Enter a name."))], max_length=120
    )
    scope = RadioField(
        _l("May"),
        choices=[
            SelectChoice("read", _l("read everything")),
            SelectChoice("door", _l("check people in")),
            SelectChoice("jury", _l("act for the jury")),
            SelectChoice("all", _l("do all that an organiser may")),
        ],
        default="read",
        validators=[InputRequired()],
    )
