"""Forms of the door."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import DataRequired, InputRequired

from eventapp.checkin.models import Checkpoint
from eventapp.checkin.rules import Policy
from eventapp.events.models import Category
from eventapp.kernel.fields import Email, Form, LocalDateTime, MultiCheckboxField, Text, spoken
from eventapp.kernel.i18n import local
from eventapp.kernel.text import sort_key


class NewDevice(Form):
    """What a device at the door is called, and where it may scan."""

    name = Text(
        _l("Name of the device"),
        description=_l("For example: Phone 1, main entrance"),
        validators=[DataRequired(_l("Enter a name."))],
        max_length=120,
    )
    checkpoints = MultiCheckboxField(
        _l("Where it may scan"), description=_l("One checkpoint or several.")
    )
    is_lead = BooleanField(
        _l("For the head of reception: may let in anyway and take any scan back")
    )

    def __init__(self, points: Sequence[Checkpoint], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checkpoints.choices = [
            SelectChoice(str(point.id), local(point.name)) for point in points
        ]

    def validate_checkpoints(self, field: MultiCheckboxField) -> None:
        """Refuse a device that may scan nowhere; browsers would ask for every box."""
        if not field.data:
            raise ValidationError(_("Choose at least one checkpoint."))


def policy_name(policy: Policy) -> str:
    """Return when a badge may enter again, in the reader's language."""
    return {
        Policy.RE_ENTRY_AFTER_EXIT: _("in again only after going out"),
        Policy.SINGLE: _("once"),
        Policy.ONCE_PER_DAY: _("once a day"),
        Policy.MULTIPLE: _("as often as one likes"),
    }[policy]


class NewCheckpoint(Form):
    """A place where badges are read: for the whole event, a day or a session.

    `bound` is ``""``, ``day:7`` or ``session:12``.
    """

    name_pl = Text(
        _l("Name in Polish"), validators=[DataRequired(_l("Enter a name."))], max_length=120
    )
    name_en = Text(_l("Name in English"), max_length=120)
    bound = SelectField(_l("Who may enter"), default="")
    policy = RadioField(_l("How often a badge lets in"), default=Policy.RE_ENTRY_AFTER_EXIT.value)

    def __init__(self, bounds: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound.choices = [SelectChoice(code, text) for code, text in bounds.items()]
        self.policy.choices = [SelectChoice(one.value, policy_name(one)) for one in Policy]

    def values(self) -> dict[str, Any]:
        """Return the checkpoint as commands take it."""
        kind, _colon, number = (self.bound.data or "").partition(":")
        return {
            "name": spoken(self.name_pl.data, self.name_en.data),
            "policy": Policy(self.policy.data),
            "day_id": int(number) if kind == "day" else None,
            "session_id": int(number) if kind == "session" else None,
        }


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


class PlanShift(Form):
    """Who of the team is to stand at which checkpoint, from when to when."""

    member = SelectField(_l("Who"), validators=[InputRequired()])
    checkpoint = SelectField(_l("Where"), validators=[InputRequired()])
    starts_at = LocalDateTime(
        _l("From"), validators=[InputRequired(_l("Enter a date and a time."))]
    )
    ends_at = LocalDateTime(_l("Until"), validators=[InputRequired(_l("Enter a date and a time."))])

    def __init__(
        self,
        members: Mapping[int, str],
        points: Sequence[Checkpoint],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        by_name = sorted(members, key=lambda one: sort_key(members[one]))
        self.member.choices = [SelectChoice(str(one), members[one]) for one in by_name]
        self.checkpoint.choices = [SelectChoice(str(one.id), local(one.name)) for one in points]

    @property
    def can_be_used(self) -> bool:
        """Tell whether there is anybody to stand anywhere."""
        return bool(self.member.choices and self.checkpoint.choices)
