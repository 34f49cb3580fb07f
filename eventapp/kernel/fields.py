"""Fields of HTML forms: the same texts, numbers and times as everywhere else, with words.

`Form` carries CSRF and `submission`, a key that makes a double click safe: commands that
would act twice take it as their idempotency key.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask_babel import get_translations, gettext
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, HiddenField, SelectMultipleField, StringField
from wtforms.validators import DataRequired
from wtforms.widgets import (
    CheckboxInput,
    DateTimeLocalInput,
    EmailInput,
    ListWidget,
    TelInput,
    TextArea,
    TimeInput,
)

from eventapp.kernel import i18n, identifiers, text, tokens
from eventapp.kernel.text import BadText
from eventapp.kernel.zones import EARLIER, LATER, BadTime, comes_twice, moment_of, wall_of

__all__ = [
    "Clock",
    "DataRequired",
    "Email",
    "Form",
    "Krs",
    "LocalDateTime",
    "MultiCheckboxField",
    "Multiline",
    "Nip",
    "Phone",
    "Postcode",
    "Regon",
    "Text",
    "spoken",
]


class _Catalogues:
    """WTForms' own sentences, looked up in our catalogues: its Polish is half missing."""

    def gettext(self, sentence: str) -> str:
        """Translate a sentence; WTForms fills its places itself."""
        return str(get_translations().ugettext(sentence))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Translate a counted sentence; WTForms fills its places itself."""
        return str(get_translations().ungettext(singular, plural, number))


class Form(FlaskForm):
    """Base of every form."""

    submission = HiddenField(default=lambda: str(uuid4()))

    class Meta(FlaskForm.Meta):
        """How all forms speak."""

        def get_translations(self, form: Any) -> _Catalogues:
            """Return the source of WTForms' own sentences."""
            return _Catalogues()

    def key(self) -> str:
        """Return this submission's idempotency key; a damaged one counts as new."""
        try:
            return str(UUID(self.submission.data or ""))
        except ValueError:
            return str(uuid4())

    def key_of(self, said: object) -> str:
        """Return the key of this submission and what it says.

        Who goes back in the browser and types something else asks for something else.
        """
        return f"{self.key()}-{tokens.hashed(repr(said))}"


class Box(CheckboxInput):
    """A box of a list. Where one is required at least, not each of them is."""

    validation_attrs = ("disabled",)


class MultiCheckboxField(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = Box()


# --- text ---------------------------------------------------------------------------------


class Text(StringField):
    """One line of text, cleaned; empty is allowed unless `DataRequired` says otherwise."""

    data: Any

    def __init__(self, *args: Any, max_length: int = text.LINE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what came, cleaned; if it cannot be, keep it as typed and say why."""
        if not valuelist:
            return
        self.data = valuelist[0]
        try:
            self.data = self.cleaned(valuelist[0])
        except BadText as error:
            raise ValueError(gettext(error.sentence, **error.details)) from None

    def cleaned(self, value: str) -> str | None:
        """Return *value* as it is kept; raises `BadText`."""
        return text.clean(value, max_length=self.max_length)


class Multiline(Text):
    """A longer text, with line breaks and tabs."""

    widget = TextArea()

    def __init__(self, *args: Any, max_length: int = text.BODY, **kwargs: Any) -> None:
        super().__init__(*args, max_length=max_length, **kwargs)

    def cleaned(self, value: str) -> str | None:
        """Return *value* as it is kept; raises `BadText`."""
        return text.clean(value, max_length=self.max_length, multiline=True)


def spoken(polish: str | None, english: str | None) -> dict[str, str]:
    """Return a text of two fields as it is kept: in the languages in which it was written."""
    return {code: said for code, said in (("pl", polish), ("en", english)) if said}


class Clock(Text):
    """A time of day as clocks show it (``22:00``); an empty one is None."""

    widget = TimeInput()

    def cleaned(self, value: str) -> str | None:
        """Return *value* as hours and minutes; raises `BadText`."""
        return text.clock_time(value) if value.strip() else None


class _Normal(Text):
    """A text with a form of its own; an empty one is None."""

    normal: Callable[[str], str]

    def cleaned(self, value: str) -> str | None:
        """Return *value* in its normal form; raises `BadText`."""
        if not text.clean(value, max_length=self.max_length):
            return None
        return type(self).normal(value)


class Email(_Normal):
    """An e-mail address."""

    normal = staticmethod(text.normal_email)
    widget = EmailInput()


class Phone(_Normal):
    """A telephone number, shown in groups and kept as ``+48600100200``."""

    normal = staticmethod(text.normal_phone)
    widget = TelInput()

    def _value(self) -> str:
        return text.shown_phone(self.data) if self.data else ""


class Postcode(_Normal):
    """A Polish postcode; the dash may be left out."""

    normal = staticmethod(lambda value: identifiers.normal_postcode(identifiers.with_dash(value)))


class Nip(_Normal):
    """A tax number; spaces, dashes and PL are accepted."""

    normal = staticmethod(identifiers.normal_nip)


class Regon(_Normal):
    """A statistical number of 9 or 14 digits."""

    normal = staticmethod(identifiers.normal_regon)


class Krs(_Normal):
    """A court register number."""

    normal = staticmethod(identifiers.normal_krs)


# --- time ---------------------------------------------------------------------------------


class _TimeInput(DateTimeLocalInput):
    """The browser's date and time picker, with the choice between two moments if needed."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Render the field."""
        picker = super().__call__(field, **kwargs)
        if not field.ambiguous:
            return picker
        return picker + Markup("").join(self._option(field, *option) for option in field.options())

    def _option(self, field: Any, value: str, label: str) -> Markup:
        checked = Markup(" checked") if field.which == value else ""
        return Markup('<label><input type="radio" name="{}" value="{}"{}> {}</label>').format(
            field.name, value, checked, escape(label)
        )


class LocalDateTime(Field):
    """A date and time as the clocks of the event's zone show it; its data is aware UTC.

    `zone` is a name, a `ZoneInfo`, or None for the event at hand. A time that comes twice
    asks for a choice, one that never comes is refused.
    """

    widget = _TimeInput()
    data: Any

    def __init__(self, *args: Any, zone: i18n.Zone = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._given_zone = zone
        self._typed: str | None = None
        self.ambiguous = False
        self.which: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the time is typed and shown."""
        return i18n.zone_of(self._given_zone)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep the moment that was typed, or say why it is none."""
        if not valuelist:
            return
        self.data = None
        self._typed = valuelist[0].strip()
        self.which = valuelist[1] if len(valuelist) > 1 else None
        if not self._typed:
            return
        try:
            self.data = moment_of(wall_of(self._typed), self.zone, self.which)
        except BadTime as error:
            self.ambiguous = error.code == "ambiguous"
            raise ValueError(gettext(error.sentence)) from None
        self.ambiguous = self.which is not None and comes_twice(self.data, self.zone)

    def options(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return the two choices for a time that comes twice: value and label."""
        return (
            (EARLIER, gettext("the first time (summer time)")),
            (LATER, gettext("the second time (winter time)")),
        )

    def _value(self) -> str:
        if self._typed is not None:
            return self._typed
        if self.data is None:
            return ""
        shown: datetime = self.data.astimezone(self.zone)
        return shown.replace(tzinfo=None).isoformat(timespec="minutes")
