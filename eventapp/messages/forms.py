"""Forms of letters and of the words of those that the product sends."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange

from eventapp.events.models import Category
from eventapp.kernel import i18n
from eventapp.kernel.fields import (
    DataRequired,
    Form,
    LocalDateTime,
    MultiCheckboxField,
    Multiline,
    spoken,
)
from eventapp.kernel.fields import Text as Line
from eventapp.messages import rules
from eventapp.messages.commands import Draft
from eventapp.messages.models import Letter, Timing
from eventapp.messages.rules import schedule
from eventapp.messages.rules.audience import (
    WRITTEN_TO,
    Attendance,
    Audience,
    Contact,
    Lacking,
)
from eventapp.programme.models import Session
from eventapp.registrations.rules import STATE_WORDS, State
from eventapp.signups.rules import State as Place

PLACES = {
    Place.CONFIRMED: _l("a seat"),
    Place.OFFERED: _l("a seat on offer"),
    Place.WAITING: _l("on the waiting list"),
}
TIMINGS = {
    Timing.MOMENT: _l("Once, at a moment that is chosen when it is approved"),
    Timing.BEFORE_START: _l("Before the event"),
    Timing.EACH_DAY: _l("Before each day of the event, with the day's own programme"),
    Timing.AFTER_END: _l("After the event"),
}


class EditWords(Form):
    """The words of one letter in one language; `seen` is the version that the editor has read."""

    seen = HiddenField()
    subject = Line(
        _l("Subject"),
        max_length=rules.MOST_SUBJECT,
        validators=[DataRequired(_l("Enter a subject."))],
    )
    body = Multiline(
        _l("Text"),
        max_length=10_000,
        validators=[DataRequired(_l("Enter a text."))],
        description=_l("An empty line begins a new paragraph. Facts, buttons and links follow it."),
    )


class EditLetter(Form):
    """A letter to many: its words, to whom it goes and what its moment depends on."""

    seen = HiddenField()
    subject_pl = Line(_l("Subject in Polish"), max_length=rules.MOST_SUBJECT)
    body_pl = Multiline(_l("Text in Polish"), max_length=10_000)
    subject_en = Line(_l("Subject in English"), max_length=rules.MOST_SUBJECT)
    body_en = Multiline(
        _l("Text in English"),
        max_length=10_000,
        description=_l("Without it, those who read English get the Polish letter."),
    )
    states = MultiCheckboxField(
        _l("State of the registration"), validators=[DataRequired(_l("Choose at least one."))]
    )
    categories = MultiCheckboxField(_l("Category"), description=_l("None ticked: all of them."))
    sessions = MultiCheckboxField(
        _l("Sessions"), coerce=int, description=_l("None ticked: whatever they signed up for.")
    )
    places = MultiCheckboxField(_l("What they have there"))
    attendance = SelectField(_l("Presence"))
    day = SelectField(_l("On which day"))
    lacking = SelectField(_l("What is missing"))
    locale = SelectField(_l("Language"))
    contact = SelectField(_l("Address"))
    timing = RadioField(_l("When"))
    offset_days = IntegerField(
        _l("How many days before or after"),
        [InputRequired(), NumberRange(0, schedule.MOST_DAYS)],
    )
    hour = SelectField(_l("At what hour"), coerce=int)
    late_copies = BooleanField(
        _l("Who comes in later gets it too"),
        description=_l("Everybody once. Until the event is over, or the day that it is about."),
    )
    necessary = BooleanField(
        _l("It tells of a change of the event"),
        description=_l("Such a letter goes out at once, also to who wants no other letters."),
    )

    def offer(
        self, categories: Sequence[Category], sessions: Sequence[Session], days: Sequence[date]
    ) -> None:
        """Let these be chosen."""
        every = SelectChoice("", _("whatever it is"))
        self.states.choices = [SelectChoice(one.value, _(STATE_WORDS[one])) for one in WRITTEN_TO]
        self.categories.choices = [
            SelectChoice(one.code, i18n.local(one.name)) for one in categories
        ]
        self.sessions.choices = [SelectChoice(one.id, _named(one)) for one in sessions]
        self.places.choices = [SelectChoice(one.value, words) for one, words in PLACES.items()]
        self.attendance.choices = [
            every,
            SelectChoice(Attendance.CAME.value, _("was there")),
            SelectChoice(Attendance.NOT_CAME.value, _("was not there")),
        ]
        self.day.choices = [
            SelectChoice("", _("on any day")),
            *(SelectChoice(one.isoformat(), i18n.day_words(one)) for one in days),
        ]
        self.lacking.choices = [
            SelectChoice("", _("nothing asked")),
            SelectChoice(Lacking.ANSWERS.value, _("questions of the form are open")),
            SelectChoice(Lacking.CLAUSE.value, _("has not confirmed the data")),
        ]
        self.locale.choices = [
            SelectChoice("", _("both languages")),
            SelectChoice("pl", _("Polish")),
            SelectChoice("en", _("English")),
        ]
        self.contact.choices = [
            every,
            SelectChoice(Contact.EMAIL.value, _("has an e-mail")),
            SelectChoice(Contact.NO_EMAIL.value, _("has no e-mail")),
        ]
        self.timing.choices = [SelectChoice(one.value, words) for one, words in TIMINGS.items()]
        self.hour.choices = [
            SelectChoice(hour, f"{hour}:00")
            for hour in range(schedule.EARLIEST_HOUR, schedule.LATEST_HOUR + 1)
        ]

    def draft(self) -> Draft:
        """Return what was said about the letter."""
        return Draft(
            subject=spoken(self.subject_pl.data, self.subject_en.data),
            body=spoken(self.body_pl.data, self.body_en.data),
            audience=self.audience(),
            timing=Timing(self.timing.data),
            offset_days=self.offset_days.data,
            hour=self.hour.data,
            necessary=self.necessary.data,
            late_copies=self.late_copies.data,
        )

    def audience(self) -> Audience:
        """Return to whom the letter goes."""
        return Audience(
            states=tuple(State(one) for one in self.states.data or []),
            categories=tuple(self.categories.data or []),
            session_ids=tuple(self.sessions.data or []),
            places=tuple(Place(one) for one in self.places.data or []),
            attendance=Attendance(self.attendance.data) if self.attendance.data else None,
            day=date.fromisoformat(self.day.data) if self.day.data else None,
            lacking=Lacking(self.lacking.data) if self.lacking.data else None,
            locale=self.locale.data or "",
            contact=Contact(self.contact.data) if self.contact.data else None,
        )


class Queue(Form):
    """When an approved letter goes out."""

    send_at = LocalDateTime(_l("When it goes out"), description=_l("Empty: at once."))
    sends_past = BooleanField(_l("Send also what should have gone out already"))


def given(draft: Draft, seen: int | None = None) -> dict[str, Any]:
    """Return what the form shows of a letter."""
    audience = draft.audience
    return {
        "seen": str(seen or ""),
        **_spoken(draft.subject, "subject"),
        **_spoken(draft.body, "body"),
        "states": [one.value for one in audience.states],
        "categories": list(audience.categories),
        "sessions": list(audience.session_ids),
        "places": [one.value for one in audience.places],
        "attendance": audience.attendance.value if audience.attendance else "",
        "day": audience.day.isoformat() if audience.day else "",
        "lacking": audience.lacking.value if audience.lacking else "",
        "locale": audience.locale,
        "contact": audience.contact.value if audience.contact else "",
        "timing": draft.timing.value,
        "offset_days": draft.offset_days,
        "hour": draft.hour,
        "late_copies": draft.late_copies,
        "necessary": draft.necessary,
    }


def _spoken(texts: Mapping[str, str], name: str) -> dict[str, str]:
    return {f"{name}_{code}": texts.get(code, "") for code in i18n.LOCALES}


def draft_of(row: Letter) -> Draft:
    """Return what a letter says as a draft."""
    return Draft(
        subject=row.subject,
        body=row.body,
        audience=Audience.read(row.audience),
        timing=row.timing,
        offset_days=row.offset_days,
        hour=row.hour,
        necessary=row.necessary,
        late_copies=row.late_copies,
    )


def _named(row: Session) -> str:
    when = f"{i18n.day_words(row.starts_at)}, {i18n.clock_time(row.starts_at)}"
    return f"{when} · {i18n.local(row.activity.title)}"
