"""Forms of the coordinator's desk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp, ValidationError

from eventapp.directory.models import Organisation
from eventapp.events.models import Category, Event
from eventapp.events.rules import SLUG
from eventapp.kernel import boundary, copying, i18n
from eventapp.kernel.fields import (
    DataRequired,
    Email,
    Form,
    Krs,
    LocalDateTime,
    MultiCheckboxField,
    Multiline,
    Nip,
    Phone,
    Regon,
    Text,
    spoken,
)
from eventapp.programme.models import Session
from eventapp.programme.rules.templates import TEMPLATES, Template
from eventapp.registrations.commands import (
    Details,
    GroupDetails,
    Member,
    OrganisationDetails,
)
from eventapp.registrations.rules import MOST_MEMBERS
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


# --- several people of one organisation ---------------------------------------------------------


class Colleague(Form):
    """One row: a colleague's name, and an own e-mail if there is one."""

    submission = None

    class Meta(Form.Meta):
        """The form around the rows carries the token."""

        csrf = False

    first_name = Text(_l("First name"), max_length=120)
    last_name = Text(_l("Last name"), max_length=120)
    email = Email(_l("Own e-mail"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in this row."""
        return not (self.first_name.data or self.last_name.data or self.email.data)

    def validate_first_name(self, field: Any) -> None:
        """Ask for what a half-filled row lacks."""
        if not self.is_empty and not field.data:
            raise ValidationError(gettext("Enter the first name."))

    def validate_last_name(self, field: Any) -> None:
        """Ask for what a half-filled row lacks."""
        if not self.is_empty and not field.data:
            raise ValidationError(gettext("Enter the last name."))

    def member(self) -> Member:
        """Return the colleague as commands take one."""
        return Member(
            first_name=self.first_name.data,
            last_name=self.last_name.data,
            email=self.email.data,
        )


class RegisterGroup(Form):
    """Who registers whom: the contact, the organisation, rows of colleagues."""

    contact_name = Text(
        _l("Your name"),
        description=_l("Whoever looks after the registrations of the organisation."),
        validators=[DataRequired(_l("Enter your name."))],
        max_length=240,
    )
    contact_email = Email(
        _l("E-mail of the contact"),
        description=_l(
            "The link to everybody goes there, and letters to those without an own box."
        ),
        validators=[DataRequired(_l("Enter an e-mail address."))],
    )
    contact_phone = Phone(_l("Your phone"), description=_l("Only for changes in the last minute."))
    organisation = Text(
        _l("Organisation"), [DataRequired(_l("Enter the organisation."))], max_length=300
    )
    nip = Nip(
        _l("NIP"), description=_l("Ten digits. With it we recognise an organisation we know.")
    )
    city = Text(_l("Place"), max_length=120)
    category = SelectField(_l("They take part as"), validators=[InputRequired(_l("Choose one."))])
    still_unnamed = IntegerField(
        _l("How many people are still to be named?"),
        description=_l("Each gets a place and a link, which you hand on when you know."),
        default=0,
        validators=[Optional(), NumberRange(0, MOST_MEMBERS)],
    )
    together = BooleanField(
        _l("They come together or not at all"),
        description=_l("When there is not room for everybody, all of them wait."),
    )
    told = BooleanField(
        _l("I tell these people that I give their data to the organiser."),
        validators=[DataRequired(_l("Please tell them."))],
    )
    rows = HiddenField(default="2")

    def __init__(self, categories: Sequence[Category], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [
            SelectChoice("", gettext("Choose")),
            *(SelectChoice(row.code, i18n.local(row.name)) for row in categories),
        ]
        asked = boundary.read_id(self.rows.data or "") or 2
        self.colleagues = [
            Colleague(prefix=f"person-{number}-")
            for number in range(1, min(asked, MOST_MEMBERS) + 1)
        ]

    def add_row(self) -> None:
        """Show one row more, and keep what was typed."""
        number = len(self.colleagues) + 1
        if number <= MOST_MEMBERS:
            self.colleagues.append(Colleague(formdata=None, prefix=f"person-{number}-"))
        self.rows.data = str(len(self.colleagues))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the form and every row."""
        rows = [row.validate() for row in self.colleagues]
        return super().validate(extra_validators) and all(rows)

    def faults(self) -> list[tuple[str, str]]:
        """List what is wrong in the rows: the field's id, and the sentence."""
        return [
            (field.id, f"{gettext('Person %(number)s', number=number)}: {' '.join(field.errors)}")
            for number, row in enumerate(self.colleagues, start=1)
            for field in row
            if field.errors
        ]

    def details(self, locale: str) -> GroupDetails:
        """Return what was typed as commands take it."""
        return GroupDetails(
            contact_name=self.contact_name.data,
            contact_email=self.contact_email.data,
            contact_phone=self.contact_phone.data or "",
            organisation=OrganisationDetails(
                name=self.organisation.data, nip=self.nip.data, city=self.city.data or ""
            ),
            category=self.category.data,
            locale=locale,
            members=[row.member() for row in self.colleagues if not row.is_empty],
            unnamed=self.still_unnamed.data or 0,
            together=self.together.data,
        )


class AddToGroup(Form):
    """One colleague more; without a name a place for whoever is still to be named."""

    first_name = Text(_l("First name"), max_length=120)
    last_name = Text(
        _l("Last name"),
        description=_l("Leave both names empty to keep a place for somebody not known yet."),
        max_length=120,
    )
    email = Email(_l("Own e-mail"), description=_l("Without it letters go to you."))

    def validate_last_name(self, field: Any) -> None:
        """Ask for both names, or none."""
        if bool(self.first_name.data) is not bool(field.data):
            raise ValidationError(gettext("Enter both names, or leave both empty."))

    def members(self) -> list[Member]:
        """Return the colleague, if one is named."""
        if not self.last_name.data:
            return []
        return [
            Member(
                first_name=self.first_name.data,
                last_name=self.last_name.data,
                email=self.email.data,
            )
        ]

    def unnamed(self) -> int:
        """Return how many places are to be kept for somebody not known yet."""
        return 0 if self.last_name.data else 1


class SendPlace(Form):
    """Where the link of a place goes; nowhere, if it is handed on by hand."""

    email = Email(_l("E-mail of whoever takes it"))


class Substitute(CorrectGuest):
    """Who comes instead of somebody, as the staff is told."""

    email = Email(
        _l("E-mail"), description=_l("The personal link goes there. Without it print the badge.")
    )
    phone = Phone(_l("Phone"))

    def details(self, locale: str) -> Details:
        """Return the person as commands take one; the organisation is that of the place."""
        return Details(**self.named(), phone=self.phone.data or "", locale=locale)


class GroupTermsForm(Form):
    """What an event allows organisations."""

    organisation_cap = IntegerField(
        _l("How many people may one organisation send?"),
        description=_l("Places still to be named count. Empty: as many as there is room for."),
        validators=[Optional(), NumberRange(1, 1000)],
    )
    substitute_until = LocalDateTime(
        _l("Until when may people pass their place on by themselves?"),
        description=_l("Empty: until the first day begins. Afterwards the staff does it."),
        validators=[Optional()],
    )
    choose_sessions = BooleanField(
        _l("Whoever registers colleagues may also choose their workshops.")
    )

    def values(self) -> dict[str, Any]:
        """Return the terms as commands take them."""
        return {
            "organisation_cap": self.organisation_cap.data,
            "substitute_until": self.substitute_until.data,
            "choose_sessions": self.choose_sessions.data,
        }


class ContactForm(Form):
    """Who looks after the people of an organisation."""

    contact_name = Text(_l("Name"), [DataRequired(_l("Enter the name."))], max_length=240)
    contact_email = Email(
        _l("E-mail"),
        description=_l("The link to everybody goes there."),
        validators=[DataRequired(_l("Enter an e-mail address."))],
    )


class NumbersForm(Form):
    """The numbers under which registers know an organisation."""

    nip = Nip(_l("NIP"), description=_l("Ten digits; empty, if it has none."))
    krs = Krs(_l("KRS"), description=_l("Ten digits; empty, if it has none."))
    regon = Regon(_l("REGON"), description=_l("Nine or fourteen digits."))

    def values(self) -> dict[str, str | None]:
        """Return the numbers as digits, None for one that it has not."""
        return {name: self[name].data or None for name in ("nip", "krs", "regon")}

    @staticmethod
    def shown(row: Organisation) -> dict[str, str | None]:
        """Return what the form shows of an organisation: its keyword arguments."""
        return {"nip": row.nip, "krs": row.krs, "regon": row.regon}
