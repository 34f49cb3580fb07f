"""Forms of documents."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from eventapp.documents.models import CertificateSetting
from eventapp.documents.rules.certificates import MOST_SIGNATORIES, signatories
from eventapp.events.models import Event
from eventapp.kernel.fields import DataRequired, Email, Form, Multiline, Text, spoken


class CertificateWords(Form):
    """What certificates of an event take and say."""

    min_percent = IntegerField(
        _l("Share of the required minutes in percent"),
        [InputRequired(), NumberRange(1, 100)],
        description=_l("Required are the compulsory sessions and those one has a place in."),
    )
    min_sessions = IntegerField(
        _l("Or a number of sessions that count"),
        [Optional(), NumberRange(1, 200)],
        description=_l(
            "Instead of the required minutes: so many sessions, each attended for the share above."
        ),
    )
    number_format = Text(
        _l("Form of the number"),
        [DataRequired(_l("Enter the form of the number."))],
        description=_l(
            "{lp} is the running number, {lp:04d} with zeros before it, {rok} is the year."
        ),
        max_length=80,
    )
    heading_pl = Text(_l("Heading in Polish"), max_length=120)
    heading_en = Text(_l("Heading in English"), max_length=120)
    lead_pl = Text(
        _l("What the person did, in Polish"),
        description=_l("Stands between the name and the title of the event."),
        max_length=200,
    )
    lead_en = Text(_l("What the person did, in English"), max_length=200)
    note_pl = Multiline(_l("A sentence below, in Polish"), max_length=600)
    note_en = Multiline(_l("A sentence below, in English"), max_length=600)
    place = Text(_l("Place of issue"), max_length=120)
    name_1 = Text(_l("Who signs"), max_length=120)
    function_1 = Text(_l("Function"), max_length=160)
    name_2 = Text(_l("Who signs second"), max_length=120)
    function_2 = Text(_l("Function"), max_length=160)
    name_3 = Text(_l("Who signs third"), max_length=120)
    function_3 = Text(_l("Function"), max_length=160)
    neutral = BooleanField(
        _l("Speak of everybody in the same way"),
        description=_l("Otherwise by the form of address that each person chose."),
    )
    topics = BooleanField(_l("List the sessions attended"))
    seen = IntegerField(validators=[Optional()])

    @classmethod
    def of(cls, event: Event, setting: CertificateSetting) -> "CertificateWords":
        """Return the form as it stands."""
        signing = {
            f"{part}_{place}": one[part]
            for place, one in enumerate(setting.signatories, start=1)
            for part in ("name", "function")
        }
        return cls(
            formdata=None,
            min_percent=event.certificate_min_percent,
            min_sessions=setting.min_sessions,
            number_format=event.certificate_number_format,
            place=setting.place,
            neutral=setting.neutral,
            topics=setting.topics,
            seen=setting.version,
            **{
                f"{name}_{lang}": (getattr(setting, name) or {}).get(lang, "")
                for name in ("heading", "lead", "note")
                for lang in ("pl", "en")
            },
            **signing,
        )

    def values(self) -> dict[str, Any]:
        """Return what was said as the command takes it."""
        numbers = range(1, MOST_SIGNATORIES + 1)
        return {
            "min_percent": self.min_percent.data,
            "min_sessions": self.min_sessions.data,
            "number_format": self.number_format.data,
            "seen": self.seen.data,
            **{
                name: spoken(self[f"{name}_pl"].data, self[f"{name}_en"].data)
                for name in ("heading", "lead", "note")
            },
            "place": self.place.data or "",
            "signatories": signatories(
                [self[f"name_{number}"].data or "" for number in numbers],
                [self[f"function_{number}"].data or "" for number in numbers],
            ),
            "neutral": self.neutral.data,
            "topics": self.topics.data,
        }


class Because(Form):
    """Why a certificate is replaced or revoked."""

    reason = Text(
        _l("Reason"),
        [DataRequired(_l("Say why; the reason stays in the register."))],
        max_length=500,
    )


class Surname(Form):
    """The surname on a certificate that somebody holds in the hand."""

    surname = Text(_l("Surname on the certificate"), max_length=120)


class LetIn(Form):
    """Who may read everything for some days."""

    name = Text(_l("Name"), [DataRequired(_l("Enter a name."))], max_length=200)
    email = Email(_l("E-mail"), validators=[DataRequired(_l("Enter an e-mail address."))])
    days = IntegerField(_l("For how many days"), [InputRequired(), NumberRange(1, 60)])
