"""Forms of signing in."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import DataRequired, InputRequired

from eventapp.kernel.fields import Email, Form, Text


class AskForLink(Form):
    """Who wants to sign in."""

    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter your e-mail address."))])


class TypeCode(Form):
    """The six digits from the letter."""

    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter your e-mail address."))])
    digits = Text(
        _l("Six-digit code"),
        description=_l("From the letter we have just sent."),
        validators=[DataRequired(_l("Enter the six digits."))],
        max_length=12,
    )


class OwnAccount(Form):
    """What the owner of an account may change."""

    name = Text(_l("Name"), validators=[DataRequired(_l("Enter a name."))], max_length=200)
    locale = RadioField(
        _l("Language"),
        choices=[SelectChoice("pl", "Polski"), SelectChoice("en", "English")],
        validators=[InputRequired()],
    )
