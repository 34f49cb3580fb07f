"""Forms about events and their teams."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext, pgettext
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
from wtforms.validators import (
    DataRequired,
    InputRequired,
    NumberRange,
    Optional,
    ValidationError,
)

from eventapp.events import rules
from eventapp.events.models import Category, CategoryGroup, Event, Organiser, Role
from eventapp.events.rules import USUAL_ROLES
from eventapp.kernel import clock, i18n, zones
from eventapp.kernel.fields import Clock, Email, Form, LocalDateTime, Multiline, Phone, Text, spoken


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
        Role.CO_ORGANISER: pgettext("role", "co-organiser"),
    }[role]


class EventSettings(Form):
    """What an event is called, when people may register, whom they ask, what counts.

    `seen` marks what the editor has read.
    """

    seen = HiddenField()
    title_pl = Text(_l("Name in Polish"), validators=[DataRequired(_l("Enter a name."))])
    title_en = Text(_l("Name in English"))
    subtitle_pl = Text(_l("Subtitle in Polish"))
    subtitle_en = Text(_l("Subtitle in English"))
    description_pl = Multiline(_l("What it is about, in Polish"))
    description_en = Multiline(_l("What it is about, in English"))
    registration_opens_at = LocalDateTime(
        _l("Registration opens"), [Optional()], description=_l("Empty: at once.")
    )
    registration_closes_at = LocalDateTime(
        _l("Registration closes"), [Optional()], description=_l("Empty: when the event begins.")
    )
    cancel_until = LocalDateTime(_l("People may cancel by themselves until"), [Optional()])
    capacity = IntegerField(
        _l("Places in all"),
        [Optional(), NumberRange(0, 100_000)],
        description=_l("Empty: no limit."),
    )
    requires_approval = BooleanField(_l("An organiser decides about each registration"))
    tells_decisions = BooleanField(
        _l("A decision is told at once"),
        description=_l("Otherwise decisions wait until they are announced together."),
    )
    asks_answers = BooleanField(
        _l("An invitation in the calendar asks for an answer"),
        description=_l("Otherwise having a seat counts as a yes."),
    )
    invites_waiting = BooleanField(
        _l("Who is on the waiting list has the session in the calendar as tentative"),
        description=_l("It takes no time there until there is a seat."),
    )
    mail_quiet_from = Clock(
        _l("Quiet from"), description=_l("As the event's clocks show it. Both empty: never.")
    )
    mail_quiet_until = Clock(_l("Quiet until"))
    mail_quiet_holds_all = BooleanField(
        _l("Letters that people need wait as well"),
        description=_l("Otherwise only reminders and news wait. Links to sign in never do."),
    )
    walk_ins = BooleanField(_l("Reception may register people at the door"))
    signs_badges = BooleanField(
        _l("Badges carry a signed code"),
        description=_l(
            "A phone at the door can check it without a connection and without a list. The QR code"
            " is denser: hold it closer. Badges printed before stay valid."
        ),
    )
    contact_name = Text(_l("Whom to ask"), max_length=200)
    contact_email = Email(_l("E-mail"))
    contact_phone = Phone(_l("Phone"))
    certificate_min_percent = IntegerField(
        _l("Certificate from so many percent of the required sessions"),
        [InputRequired(), NumberRange(0, 100)],
    )
    grace_minutes = IntegerField(
        _l("Minutes after the start that still count as being on time"),
        [InputRequired(), NumberRange(0, 120)],
    )

    timezone = SelectField(
        _l("Time zone"),
        description=_l("Whose clocks the programme follows. It stays once something is planned."),
    )
    project_title_pl = Text(_l("Name of the project in Polish"), max_length=500)
    project_title_en = Text(_l("Name of the project in English"), max_length=500)
    project_number = Text(_l("Number of the grant agreement"), max_length=100)
    project_programme_pl = Text(_l("Programme in Polish"))
    project_programme_en = Text(_l("Programme in English"))
    project_fund_pl = Text(_l("Fund in Polish"))
    project_fund_en = Text(_l("Fund in English"))
    project_managing_authority_pl = Text(_l("Managing authority in Polish"))
    project_managing_authority_en = Text(_l("Managing authority in English"))
    project_funding_line_pl = Text(
        _l("Sentence about the funding in Polish"),
        description=_l("As the agreement words it; it stands on every page and below letters."),
        max_length=500,
    )
    project_funding_line_en = Text(_l("Sentence about the funding in English"), max_length=500)
    project_de_minimis = BooleanField(_l("The support is de minimis aid"))
    project_retention_until = DateField(
        _l("Documents are kept until"),
        [Optional()],
        description=_l("The information clause names this day; after it personal data are erased."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict.fromkeys([*zones.zone_names(i18n.HOME_ZONE), kwargs["timezone"]])
        self.timezone.choices = [SelectChoice(name, name.replace("_", " ")) for name in names]

    def values(self) -> dict[str, Any]:
        """Return the settings as the command takes them."""
        return {name: getattr(self, name).data for name in _PLAIN} | {
            "timezone": self.timezone.data,
            "project": self._project(),
            "title": spoken(self.title_pl.data, self.title_en.data),
            "subtitle": spoken(self.subtitle_pl.data, self.subtitle_en.data),
            "description": spoken(self.description_pl.data, self.description_en.data),
            "contact_name": self.contact_name.data or "",
            "contact_email": self.contact_email.data or "",
            "contact_phone": self.contact_phone.data or "",
        }

    def _project(self) -> dict[str, Any]:
        texts = {
            name: spoken(self[f"project_{name}_pl"].data, self[f"project_{name}_en"].data)
            for name in rules.PROJECT_TEXTS
        }
        until = self.project_retention_until.data
        return texts | {
            "number": self.project_number.data,
            "de_minimis": self.project_de_minimis.data,
            "retention_until": until.isoformat() if until else None,
        }

    @staticmethod
    def shown(event: Event) -> dict[str, Any]:
        """Return what the form shows of an event: its keyword arguments."""
        texts = {
            f"{name}_{code}": getattr(event, name).get(code, "")
            for name in ("title", "subtitle", "description")
            for code in ("pl", "en")
        }
        contact = ("contact_name", "contact_email", "contact_phone")
        plain = {name: getattr(event, name) for name in (*_PLAIN, *contact, "timezone")}
        return texts | plain | _project_shown(event.project)


def _project_shown(project: Mapping[str, Any]) -> dict[str, Any]:
    texts = {
        f"project_{name}_{code}": rules.project_text(project, name).get(code, "")
        for name in rules.PROJECT_TEXTS
        for code in ("pl", "en")
    }
    return texts | {
        "project_number": project.get("number", ""),
        "project_de_minimis": bool(project.get("de_minimis")),
        "project_retention_until": _day_in(project.get("retention_until")),
    }


def _day_in(kept: str | None) -> date | None:
    """Return the day that a loaded file names; one that it misspells is none."""
    try:
        return date.fromisoformat(kept or "")
    except ValueError:
        return None


_PLAIN = (
    "registration_opens_at",
    "registration_closes_at",
    "cancel_until",
    "capacity",
    "requires_approval",
    "tells_decisions",
    "asks_answers",
    "invites_waiting",
    "mail_quiet_from",
    "mail_quiet_until",
    "mail_quiet_holds_all",
    "walk_ins",
    "signs_badges",
    "certificate_min_percent",
    "grace_minutes",
)


class KeepStrip(Form):
    """What signs are on an event's own strip; the picture itself is a file."""

    alt_pl = Text(
        _l("Which signs are on it, in Polish"),
        [DataRequired(_l("Name the signs."))],
        description=_l("Read out to who cannot see them, in the order in which they stand."),
        max_length=500,
    )
    alt_en = Text(_l("The same in English"), max_length=500)

    def alt(self) -> dict[str, str]:
        """Return the words in their languages."""
        return spoken(self.alt_pl.data, self.alt_en.data)


class InviteMember(Form):
    """Who joins the team, and as what."""

    name = Text(_l("Name"), validators=[DataRequired(_l("Enter a name."))], max_length=200)
    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter an e-mail address."))])
    role = SelectField(_l("Role"))
    organiser = SelectField(
        _l("Institution"),
        description=_l("For co-organisers: they see numbers alone, and invite its guests."),
        default="",
    )
    last_day = DateField(
        _l("Last day of access"),
        [Optional()],
        description=_l("The role ends with this day. Empty: until it is taken away."),
    )

    def __init__(self, organisers: Sequence[Organiser], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [SelectChoice(role.value, role_name(role)) for role in Role]
        self.organiser.choices = [
            SelectChoice("", pgettext("institution", "none")),
            *(SelectChoice(str(row.id), i18n.local(row.name)) for row in organisers),
        ]

    def validate_organiser(self, field: SelectField) -> None:
        """Ask for whom a co-organiser works."""
        if self.role.data == Role.CO_ORGANISER and not field.data:
            raise ValidationError(gettext("Choose the institution for which this person works."))

    def validate_last_day(self, field: DateField) -> None:
        """Refuse a day that is over, and an organiser whose role would end by itself."""
        if field.data is None:
            return
        if self.role.data == Role.ORGANISER:
            raise ValidationError(gettext("An organiser's role does not end by itself."))
        if field.data < i18n.day_of(clock.now()):
            raise ValidationError(gettext("This day is over."))

    def expires_at(self) -> datetime | None:
        """Return the midnight with which the role ends, in the event's zone."""
        on = self.last_day.data
        if on is None:
            return None
        return datetime.combine(on + timedelta(days=1), time(), i18n.zone_of(None))

    def organiser_id(self) -> int | None:
        """Return the institution of a co-organiser; other roles have none."""
        return int(self.organiser.data) if self.role.data == Role.CO_ORGANISER else None


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


def group_name(group: str) -> str:
    """Return what the evidence calls a group of categories."""
    return {
        CategoryGroup.PES: gettext("social economy entities"),
        CategoryGroup.JSFP: gettext("public units"),
        CategoryGroup.PARTNER: gettext("partners"),
        CategoryGroup.OSOBA: gettext("private individuals"),
    }[CategoryGroup(group)]


class KeepCategory(Form):
    """Who may take part, and in which group the evidence counts them."""

    name_pl = Text(
        _l("Name in Polish"), validators=[DataRequired(_l("Enter a name."))], max_length=120
    )
    name_en = Text(_l("Name in English"), max_length=120)
    group = SelectField(_l("Counted among"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group.choices = [SelectChoice(one.value, group_name(one)) for one in CategoryGroup]

    def values(self) -> dict[str, Any]:
        """Return the category as commands take it."""
        return {
            "name": spoken(self.name_pl.data, self.name_en.data),
            "group": self.group.data,
        }

    @staticmethod
    def shown(row: Category) -> dict[str, Any]:
        """Return what the form shows of a category: its keyword arguments."""
        return {
            "name_pl": row.name.get("pl", ""),
            "name_en": row.name.get("en", ""),
            "group": row.group,
        }


class KeepOrganiser(Form):
    """An institution as the event names it, and how many guests it may invite."""

    name_pl = Text(
        _l("Name in Polish"), validators=[DataRequired(_l("Enter a name."))], max_length=300
    )
    name_en = Text(_l("Name in English"), max_length=300)
    role_pl = Text(
        _l("What is it here, in Polish?"),
        validators=[DataRequired(_l("Say what the institution is here."))],
        description=_l("For example: współorganizator, partner, patron honorowy."),
        max_length=120,
    )
    role_en = Text(
        _l("The same in English"),
        description=_l("The usual words are translated by themselves."),
        max_length=120,
    )
    guest_quota = IntegerField(
        _l("How many guests may it invite?"),
        [Optional(), NumberRange(0, 10_000)],
        description=_l(
            "Its co-organiser enters them. They count among the event's places. Empty: none."
        ),
    )

    def values(self) -> dict[str, Any]:
        """Return the institution as commands take it."""
        role = self.role_pl.data
        return {
            "name": spoken(self.name_pl.data, self.name_en.data),
            "role": spoken(role, self.role_en.data or dict(USUAL_ROLES).get(role.casefold())),
            "guest_quota": self.guest_quota.data,
        }

    @staticmethod
    def shown(row: Organiser) -> dict[str, Any]:
        """Return what the form shows of an institution: its keyword arguments."""
        texts = {
            f"{name}_{code}": getattr(row, name).get(code, "")
            for name in ("name", "role")
            for code in ("pl", "en")
        }
        return texts | {"guest_quota": row.guest_quota}
