"""Forms of attendance."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from eventapp.attendance.rules import Change
from eventapp.attendance.rules.releasing import LONGEST
from eventapp.kernel.fields import Form, LocalDateTime, Text

MOST_MINUTES = 1440


class Correct(Form):
    """What counts of somebody in a session instead of what the door knows."""

    change = RadioField(_l("What is right"), default=Change.INTERVAL.value)
    came_at = LocalDateTime(_l("Came at"), validators=[Optional()])
    left_at = LocalDateTime(_l("Left at"), validators=[Optional()])
    minutes = IntegerField(
        _l("Minutes credited"), validators=[Optional(), NumberRange(0, MOST_MINUTES)]
    )
    reason = Text(
        _l("Reason"),
        description=_l("It stays beside the correction, for whoever checks."),
        validators=[DataRequired(_l("Please say why; the reason stays beside the correction."))],
        max_length=500,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change.choices = [
            SelectChoice(Change.INTERVAL.value, _("Was there from – to")),
            SelectChoice(Change.MINUTES.value, _("Is credited so many minutes")),
            SelectChoice(Change.ABSENT.value, _("Was not there")),
        ]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Ask for the times or the minutes that the chosen change needs."""
        fine = super().validate(extra_validators)
        needed = {
            Change.INTERVAL.value: (self.came_at, self.left_at),
            Change.MINUTES.value: (self.minutes,),
        }.get(self.change.data or "", ())
        for field in needed:
            if field.data is None and not field.errors:
                field.errors = [*field.errors, _("This is needed for what you chose.")]
                fine = False
        return fine

    def values(self) -> dict[str, Any]:
        """Return the correction as the command takes it."""
        change = Change(self.change.data)
        times = change is Change.INTERVAL
        return {
            "change": change,
            "came_at": self.came_at.data if times else None,
            "left_at": self.left_at.data if times else None,
            "minutes": self.minutes.data if change is Change.MINUTES else None,
            "reason": self.reason.data,
        }


class Because(Form):
    """A reason alone."""

    reason = Text(
        _l("Reason"),
        validators=[DataRequired(_l("Please say why; the reason stays beside the correction."))],
        max_length=500,
    )


class Settle(Form):
    """How differences of a signed list are settled, and why."""

    change = RadioField(_l("What is right"), validators=[InputRequired()])
    minutes = IntegerField(
        _l("Minutes credited"),
        description=_l("Empty: all that full presence credits."),
        validators=[Optional(), NumberRange(0, MOST_MINUTES)],
    )
    reason = Text(
        _l("Reason"),
        validators=[DataRequired(_l("Please say why; the reason stays beside the correction."))],
        max_length=500,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change.choices = [
            SelectChoice(Change.MINUTES.value, _("The person was there: credit the minutes")),
            SelectChoice(Change.ABSENT.value, _("The person was not there")),
            SelectChoice(Change.AS_IT_IS.value, _("What the door knows is right")),
        ]


class ReleaseAfter(Form):
    """How long after the start unused places go to those at the door."""

    minutes = IntegerField(
        _l("Minutes after the start"),
        description=_l("Empty: not by itself."),
        validators=[Optional(), NumberRange(0, LONGEST)],
    )
