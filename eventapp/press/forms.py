"""Forms about what the media are told."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from eventapp.events.models import Event
from eventapp.kernel.fields import DataRequired, Email, Form, Multiline, Phone, Text, spoken
from eventapp.press.models import PressFile, PressPage

SPOKEN = ("about", "quotes", "accreditation")
CONTACT = ("contact_name", "contact_email", "contact_phone")


class EditPress(Form):
    """What the page for the media says; `seen` is the version that the editor has read."""

    seen = HiddenField()
    shown = BooleanField(
        _l("Everybody sees the page"),
        description=_l("The foot of every page then leads to it. Until then only you see it."),
    )
    about_pl = Multiline(
        _l("The event in three sentences, in Polish"),
        description=_l("Somebody may print them as they stand."),
        max_length=2000,
    )
    about_en = Multiline(_l("The same in English"), max_length=2000)
    contact_name = Text(_l("Who answers the media?"), max_length=200)
    contact_email = Email(_l("E-mail"))
    contact_phone = Phone(_l("Phone"))
    accreditation_pl = Multiline(
        _l("How do the media get in, in Polish"),
        description=_l("Whom to write to and until when, where the badges wait, where to film."),
        max_length=2000,
    )
    accreditation_en = Multiline(_l("The same in English"), max_length=2000)
    quotes_pl = Multiline(
        _l("Quotes in Polish"),
        description=_l(
            "An empty line parts them; a last line behind a dash says who said it: "
            "– name and function."
        ),
        max_length=4000,
    )
    quotes_en = Multiline(_l("The same in English"), max_length=4000)

    def values(self) -> dict[str, Any]:
        """Return the page as the command takes it."""
        return {name: _spoken(self, name) for name in SPOKEN} | {
            name: getattr(self, name).data or "" for name in CONTACT
        }

    @staticmethod
    def given(event: Event, page: PressPage | None) -> dict[str, Any]:
        """Return what the form shows of a page: its keyword arguments."""
        found: dict[str, Any] = {"shown": event.press_shown, "seen": page.version if page else 0}
        if page is None:
            return found
        texts = {
            f"{name}_{code}": getattr(page, name).get(code, "")
            for name in SPOKEN
            for code in ("pl", "en")
        }
        return found | texts | {name: getattr(page, name) for name in CONTACT}


class KeepFile(Form):
    """What is said about a file of the kit."""

    title_pl = Text(_l("Title in Polish"), [DataRequired(_l("Enter a title."))], max_length=200)
    title_en = Text(_l("Title in English"), max_length=200)
    caption_pl = Text(
        _l("What does the picture show, in Polish"),
        description=_l("Read out to who cannot see it. Documents need none."),
    )
    caption_en = Text(_l("The same in English"))
    credit = Text(
        _l("Author and licence"),
        description=_l("As it has to stand below the picture, for example: photo by …, CC BY 4.0."),
        max_length=200,
    )

    def values(self) -> dict[str, Any]:
        """Return what is said as commands take it."""
        return {
            "title": _spoken(self, "title"),
            "caption": _spoken(self, "caption"),
            "credit": self.credit.data or "",
        }

    @staticmethod
    def given(row: PressFile) -> dict[str, Any]:
        """Return what the form shows of a file: its keyword arguments."""
        texts = {
            f"{name}_{code}": getattr(row, name).get(code, "")
            for name in ("title", "caption")
            for code in ("pl", "en")
        }
        return {**texts, "credit": row.credit}


def _spoken(form: Form, name: str) -> Mapping[str, str]:
    return spoken(form[f"{name}_pl"].data, form[f"{name}_en"].data)
