"""The form that staff fill in for somebody."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from eventapp.kernel.fields import Email
from eventapp.kernel.i18n import local
from eventapp.registrations.forms import Register
from eventapp.registrations.forms.asked import (
    AskedForm,
    Asking,
    asked_consents,
    form_class,
    later_fields,
)
from eventapp.registrations.models import Source, State

SOMEBODY_NEW = "new"


class Entered(AskedForm):
    """The whole form filled in by staff, from paper or by telephone, and how it came.

    What is required of others may be missing here: a form on paper says what it says.
    """

    whole = False
    known: dict[str, Any] = {}  # noqa: RUF012 - the form says all that is known
    as_what = None
    today: date

    first_name = Register.first_name
    last_name = Register.last_name

    email = Email(_l("E-mail"), description=_l("Leave empty if there is none."))
    clause = BooleanField(_l("The information clause was acknowledged"))
    clause_on = DateField(_l("Clause acknowledged on"), [Optional()])
    source = RadioField(_l("How it came"), [InputRequired(_l("Choose one."))])
    received_on = DateField(_l("Received on"), [InputRequired(_l("Enter a day."))])
    state = RadioField(_l("It stands as"), [InputRequired(_l("Choose one."))])
    who = RadioField(_l("Who is it?"), [Optional()])

    category = SelectField(_l("I take part as"), validators=[InputRequired(_l("Choose one."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [
            SelectChoice("", _("Choose")),
            *(SelectChoice(one.code, local(one.name)) for one in self.asked.categories),
        ]
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


def entered_form(asked: Asking, today: date, given: dict[str, Any]) -> Entered:
    """Return the form for staff, all of it on one page; *given* is what it begins with."""
    made: Any = form_class(
        Entered, asked, later_fields(asked), asked.questions, asked_consents(asked.form)
    )
    made.today = today
    form: Entered = made(data=given)
    return form
