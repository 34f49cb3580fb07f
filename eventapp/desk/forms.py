"""Forms of the coordinator's desk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp, ValidationError

from eventapp.events.models import Category, Event
from eventapp.events.rules import SLUG
from eventapp.kernel import copying, i18n
from eventapp.kernel.fields import (
    DataRequired,
    Email,
    Form,
    MultiCheckboxField,
    Multiline,
    Text,
    spoken,
)
from eventapp.programme.models import Session
from eventapp.programme.rules.templates import TEMPLATES, Template
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.signups.models import ServiceCard

REASON = 500
NOTE = 300
LONGEST = 24 * 60  # minutes


class Reason(Form):
    """Why a finding may stand."""

    key = HiddenField()
    reason = Text(_l("Why it may stand"), [DataRequired(_l("Give a reason."))], max_length=REASON)


class Release(Form):
    """The step that shows the draft to everybody; `seen` marks the differences looked at."""

    seen = HiddenField()
    note_pl = Text(
        _l("What is it about, in Polish"),
        description=_l("One sentence for the page of changes and its feed. It can stay empty."),
        max_length=NOTE,
    )
    note_en = Text(_l("The same in English"), max_length=NOTE)

    def note(self) -> dict[str, str]:
        """Return the sentence in the languages in which it was written."""
        return spoken(self.note_pl.data, self.note_en.data)


class ServiceCardForm(Form):
    """What an adviser notes of one appointment."""

    held = RadioField(_l("Did the person come?"), [InputRequired(_l("Choose one."))])
    minutes = IntegerField(
        _l("How many minutes did it take?"),
        [InputRequired(_l("Enter a number.")), NumberRange(0, LONGEST)],
    )
    topic = Text(
        _l("What was it about?"),
        description=_l("In a few words, for example: founding a social co-operative."),
        max_length=300,
    )
    advice = Multiline(
        _l("What was advised?"),
        description=_l("Write nothing about health or family unless it cannot be left out."),
    )
    agreed = Multiline(_l("What was agreed, and who does what next?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held.choices = [
            SelectChoice("yes", gettext("yes, the advice was given")),
            SelectChoice("no", gettext("no, nobody came")),
        ]

    def validate_topic(self, field: Any) -> None:
        """Ask for the topic of advice that was given."""
        if self.held.data == "yes" and not field.data:
            raise ValidationError(gettext("Say in a few words what it was about."))

    def values(self) -> dict[str, Any]:
        """Return the card as commands take it; an appointment that nobody kept took no time."""
        held = self.held.data == "yes"
        return {
            "held": held,
            "minutes": self.minutes.data if held else 0,
            "topic": self.topic.data or "",
            "advice": self.advice.data or "",
            "agreed": self.agreed.data or "",
        }

    @staticmethod
    def shown(card: ServiceCard | None, session: Session) -> dict[str, Any]:
        """Return what the form shows: of a blank card the length of an appointment."""
        if card is None:
            return {"held": "yes", "minutes": session.appointment_minutes}
        return {
            "held": "yes" if card.held else "no",
            "minutes": card.minutes,
            "topic": card.topic,
            "advice": card.advice,
            "agreed": card.agreed,
        }


class CorrectGuest(Form):
    """Who a guest of an institution is, and where the invitation goes."""

    first_name = Text(
        _l("First name"), [DataRequired(_l("Enter the guest’s first name."))], max_length=120
    )
    last_name = Text(
        _l("Last name"), [DataRequired(_l("Enter the guest’s last name."))], max_length=120
    )
    email = Email(
        _l("E-mail"),
        description=_l("The invitation goes there. Without it the name is enough at the entrance."),
    )

    def named(self) -> dict[str, Any]:
        """Return the guest's name and address as commands take them."""
        return {
            "first_name": self.first_name.data,
            "last_name": self.last_name.data,
            "email": self.email.data,
        }


class InviteGuest(CorrectGuest):
    """All that an institution says of a guest."""

    organisation = Text(
        _l("Organisation"),
        description=_l("Where the guest works or is active. It stands on the badge."),
        max_length=300,
    )
    category = SelectField(_l("Takes part as"), [InputRequired(_l("Choose one."))])
    locale = RadioField(
        _l("In which language shall we write?"),
        choices=[SelectChoice("pl", "Polski"), SelectChoice("en", "English")],
        default="pl",
        validators=[InputRequired()],
    )

    def __init__(self, categories: Sequence[Category], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [
            SelectChoice("", gettext("Choose")),
            *(SelectChoice(row.code, i18n.local(row.name)) for row in categories),
        ]

    def details(self) -> Details:
        """Return the guest as commands take somebody who takes part."""
        name = self.organisation.data
        return Details(
            **self.named(),
            organisation=OrganisationDetails(name=name) if name else None,
            category=self.category.data,
            locale=self.locale.data,
        )


LIKE, TEMPLATE = "like:", "template:"


class NewEvent(Form):
    """The least that an event needs, and whether it begins empty or with something."""

    title_pl = Text(_l("Name in Polish"), [DataRequired(_l("Enter a name."))])
    title_en = Text(_l("Name in English"))
    host = Text(
        _l("Host"),
        [DataRequired(_l("Enter the host."))],
        description=_l("The institution that runs the event."),
    )
    slug = Text(
        _l("Address"),
        [
            DataRequired(_l("Enter an address.")),
            Regexp(SLUG, message=_l("Only small letters a–z, digits and hyphens.")),
        ],
        description=_l("Small letters, digits and hyphens, for example seminar-2027."),
        max_length=60,
    )
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))])
    begin = SelectField(_l("Begin with"), default="")
    parts = MultiCheckboxField(
        _l("From the other event take over"),
        [Optional()],
        description=_l("Dates move along. People who registered, seats and presence never come."),
    )

    def __init__(self, events: Sequence[Event], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begin.choices = [
            SelectChoice("", gettext("an empty programme")),
            *(
                SelectChoice(TEMPLATE + code, gettext(template.name))
                for code, template in TEMPLATES.items()
            ),
            *(SelectChoice(f"{LIKE}{event.slug}", _like(event)) for event in events),
        ]
        self.parts.choices = [
            SelectChoice(part.code, gettext(part.name)) for part in copying.parts()
        ]

    def frame(self) -> dict[str, Any]:
        """Return what every new event needs, as commands take it."""
        return {
            "host": self.host.data,
            "slug": self.slug.data,
            "title": {"pl": self.title_pl.data, "en": self.title_en.data or self.title_pl.data},
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "label": _day_label,
        }

    @property
    def template(self) -> Template | None:
        """Return the template that was chosen, if one was."""
        return TEMPLATES.get((self.begin.data or "").removeprefix(TEMPLATE))

    @property
    def source(self) -> str | None:
        """Return the address of the event that this one shall be like, if there is one."""
        chosen = self.begin.data or ""
        return chosen.removeprefix(LIKE) if chosen.startswith(LIKE) else None


def _like(event: Event) -> str:
    return gettext(
        "like “%(title)s”, %(when)s",
        title=i18n.local(event.title),
        when=i18n.date_range(event.starts_on, event.ends_on),
    )


def _day_label(number: int, _on: date) -> dict[str, str]:
    return {"pl": f"Dzień {number}", "en": f"Day {number}"}
