"""Forms of the coordinator's desk."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from eventapp.kernel.fields import DataRequired, Form, Text

REASON = 500
NOTE = 300


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
        written = {"pl": self.note_pl.data, "en": self.note_en.data}
        return {code: text for code, text in written.items() if text}
