"""The form of the third layer: each field with its purpose, and refusing as an answer."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import RadioField, SelectChoice

from eventapp.kernel.fields import Form
from eventapp.kernel.i18n import current, local
from eventapp.kernel.text import BadText
from eventapp.registrations.rules import monitoring
from eventapp.registrations.rules.monitoring import FIELDS, REFUSED


class Monitoring(Form):
    """What the grant's report asks; `names` are the fields of it."""

    names: Sequence[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that each answer is one of those that the field takes; none is no answer."""
        fine = super().validate(extra_validators)
        for name in self.names:
            try:
                monitoring.normal(name, self[name].data)
            except BadText as error:
                self[name].errors = [_(error.sentence)]
        return bool(fine) and not self.errors

    def answers(self) -> dict[str, str]:
        """Return what was answered, refusals among it."""
        return {name: self[name].data for name in self.names if self[name].data}


def monitoring_form(names: Sequence[str], **given: Any) -> Monitoring:
    """Return the form of these fields."""
    known = [name for name in FIELDS if name in names]
    parts: dict[str, Any] = {name: _field(name) for name in known}
    made: Any = type("Monitoring", (Monitoring,), parts | {"names": known})
    form: Monitoring = made(**given)
    return form


def _field(name: str) -> RadioField:
    one = FIELDS[name]
    english = current() == "en"
    return RadioField(
        local(one.label),
        description=local(one.purpose),
        choices=[
            *(SelectChoice(code, en if english else pl) for code, pl, en in one.choices),
            SelectChoice(REFUSED, _("I refuse to say")),
        ],
        validate_choice=False,
    )
