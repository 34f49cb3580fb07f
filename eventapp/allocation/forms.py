"""Forms of allocations."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from eventapp.allocation.models import AllocationRound
from eventapp.allocation.rules.problem import MOST_CHOICES
from eventapp.kernel import i18n
from eventapp.kernel.fields import (
    DataRequired,
    Form,
    LocalDateTime,
    MultiCheckboxField,
    Text,
    spoken,
)
from eventapp.programme.models import Session


class SetUp(Form):
    """Which sessions are given by preference, how and until when."""

    title_pl = Text(_l("Name in Polish"), validators=[DataRequired(_l("Enter a name."))])
    title_en = Text(_l("Name in English"))
    sessions = MultiCheckboxField(
        _l("Sessions whose places are given"),
        coerce=int,
        validators=[DataRequired(_l("Choose one session at least."))],
        description=_l("What is at one time competes; people rank among it."),
    )
    opens_at = LocalDateTime(
        _l("People can rank from"), validators=[InputRequired(_l("Enter a date and a time."))]
    )
    closes_at = LocalDateTime(
        _l("Deadline"),
        validators=[InputRequired(_l("Enter a date and a time."))],
        description=_l("The minute itself is still in time."),
    )
    choices = IntegerField(
        _l("How many sessions of one time can be ranked"),
        [InputRequired(), NumberRange(1, MOST_CHOICES)],
    )
    per_organisation = IntegerField(
        _l("At most so many people of one organisation in a session"),
        [Optional(), NumberRange(1, 1000)],
        description=_l("Empty: no limit."),
    )
    queues = BooleanField(
        _l("Who gets nothing at a time joins the waiting lists of what was wished for")
    )

    def offer(self, sessions: Sequence[Session]) -> None:
        """Let these sessions be chosen."""
        self.sessions.choices = [SelectChoice(one.id, _named(one)) for one in sessions]

    def values(self) -> dict[str, Any]:
        """Return the set-up as the command takes it."""
        return {
            "title": spoken(self.title_pl.data, self.title_en.data),
            "session_ids": self.sessions.data,
            "opens_at": self.opens_at.data,
            "closes_at": self.closes_at.data,
            "choices": self.choices.data,
            "per_organisation": self.per_organisation.data,
            "queues": self.queues.data,
        }

    @staticmethod
    def given(row: AllocationRound, session_ids: Sequence[int]) -> dict[str, Any]:
        """Return what the form shows of an allocation."""
        return {
            "title_pl": row.title.get("pl", ""),
            "title_en": row.title.get("en", ""),
            "sessions": list(session_ids),
            "opens_at": row.opens_at,
            "closes_at": row.closes_at,
            "choices": row.choices,
            "per_organisation": row.per_organisation,
            "queues": row.queues,
        }


def _named(session: Session) -> str:
    when = i18n.time_range(session.starts_at, session.ends_at)
    return f"{i18n.day_words(session.starts_at)}, {when}: {i18n.local(session.activity.title)}"


class Deadline(Form):
    """Until when people can rank."""

    closes_at = LocalDateTime(
        _l("New deadline"), validators=[InputRequired(_l("Enter a date and a time."))]
    )


class Seed(Form):
    """The seed of a run; any text, or an empty one for a new one by chance."""

    seed = Text(
        _l("Seed of the lottery"),
        validators=[Length(max=64)],
        max_length=64,
        description=_l("Empty: one by chance. The same seed gives the same outcome again."),
    )
