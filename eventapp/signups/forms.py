"""Forms of sign-up: what an event and a session ask, and the words for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext, pgettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from eventapp.kernel import i18n
from eventapp.kernel.fields import Form, LocalDateTime, MultiCheckboxField
from eventapp.signups.rules import Order, Overlap, Policy, Promotion, Terms

ROUNDS = (1, 2, 3)
DAY, HOUR = 24 * 60, 60


def queue_rule(order: str) -> str:
    """Return by what rule a queue goes, for those who stand in it."""
    return {
        Order.FIRST_COME: gettext("The queue goes by the order of signing up."),
        Order.GROUP_FIRST: gettext("A priority group comes first, then the order of signing up."),
        Order.ONE_EACH: gettext("One person of each organisation comes first."),
        Order.LOTTERY: gettext("The order of the queue is drawn by lot."),
    }[Order(order)]


def _days() -> list[SelectChoice]:
    names = [
        gettext("Monday"),
        gettext("Tuesday"),
        gettext("Wednesday"),
        gettext("Thursday"),
        gettext("Friday"),
        gettext("Saturday"),
        gettext("Sunday"),
    ]
    return [SelectChoice(number, name) for number, name in enumerate(names, start=1)]


class KeepPolicy(Form):
    """What an event asks of those who sign up for its sessions."""

    promotion = RadioField(_l("When a seat becomes free"), [InputRequired()])
    offer_hours = IntegerField(
        _l("Hours to answer"),
        [InputRequired(), NumberRange(1, 240)],
        description=_l("Near the start it is half of the time left, so that others have a turn."),
    )
    reminder_minutes = IntegerField(
        _l("Remind so many minutes before the end"),
        [InputRequired(), NumberRange(0, 24 * 60)],
        description=_l("0: no reminder."),
    )
    last_call_minutes = IntegerField(
        _l("Call everybody so many minutes before the start"),
        [InputRequired(), NumberRange(0, 48 * 60)],
        description=_l(
            "From then on nothing is held: whoever of the waiting list takes a free seat first "
            "has it."
        ),
    )
    work_days = MultiCheckboxField(
        _l("Days on which people answer"),
        [Optional()],
        coerce=int,
        description=_l("What would run out at another time runs until people work again."),
    )
    work_from = SelectField(_l("From"), coerce=int)
    work_until = SelectField(_l("Until"), coerce=int)
    overlap = RadioField(_l("When somebody has something else at that time"), [InputRequired()])
    limit_per_person = IntegerField(
        _l("Places of one person at most"),
        [Optional(), NumberRange(1, 100)],
        description=_l("Empty: no limit. Places on waiting lists count."),
    )
    limit_per_topic = IntegerField(
        _l("Of these on one topic at most"),
        [Optional(), NumberRange(1, 100)],
        description=_l("Empty: no limit."),
    )
    frees_on_decline = BooleanField(
        _l("Give a place back when a calendar answers no"),
        description=_l("Else the answer is shown and the place stays taken."),
    )
    round1_from = LocalDateTime(_l("First round from"), [Optional()])
    round1_most = IntegerField(
        _l("Places of one person"),
        [Optional(), NumberRange(1, 100)],
        description=_l("Empty: no limit."),
    )
    round2_from = LocalDateTime(_l("Second round from"), [Optional()])
    round2_most = IntegerField(_l("Places of one person"), [Optional(), NumberRange(1, 100)])
    round3_from = LocalDateTime(_l("Third round from"), [Optional()])
    round3_most = IntegerField(_l("Places of one person"), [Optional(), NumberRange(1, 100)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.promotion.choices = [
            SelectChoice(Promotion.AUTO.value, gettext("the first in the queue has it at once")),
            SelectChoice(Promotion.OFFER.value, gettext("the first in the queue is asked first")),
        ]
        self.overlap.choices = [
            SelectChoice(Overlap.REFUSE.value, gettext("they cannot sign up")),
            SelectChoice(Overlap.WARN.value, gettext("they are warned and can sign up")),
            SelectChoice(Overlap.OFF.value, gettext("they can sign up, without a word")),
        ]
        self.work_days.choices = _days()
        hours = [SelectChoice(hour * HOUR, f"{hour}:00") for hour in range(25)]
        self.work_from.choices, self.work_until.choices = hours[:-1], hours[1:]

    def validate_work_until(self, field: Any) -> None:
        """Refuse hours that end before they begin."""
        if field.data is not None and field.data <= (self.work_from.data or 0):
            raise ValidationError(gettext("It must end after it begins."))

    def validate_round2_from(self, field: Any) -> None:
        """Refuse a round that opens before the one before it."""
        self._later(field, self.round1_from)

    def validate_round3_from(self, field: Any) -> None:
        """Refuse a round that opens before the one before it."""
        self._later(field, self.round2_from)

    @staticmethod
    def _later(field: Any, before: Any) -> None:
        if field.data and (not before.data or field.data <= before.data):
            raise ValidationError(gettext("A round opens after the one before it."))

    def values(self) -> dict[str, Any]:
        """Return the policy as the command takes it."""
        pairs = [(self[f"round{one}_from"].data, self[f"round{one}_most"].data) for one in ROUNDS]
        return {name: getattr(self, name).data for name in _PLAIN} | {
            "offer_minutes": self.offer_hours.data * HOUR,
            "work_days": sorted(self.work_days.data or ()),
            "rounds": [
                {"from": begins.isoformat(), "most": most}
                for begins, most in pairs
                if begins is not None
            ],
        }

    @staticmethod
    def shown(policy: Policy) -> dict[str, Any]:
        """Return what the form shows of a policy: its keyword arguments."""
        shown: dict[str, Any] = {name: getattr(policy, name) for name in _PLAIN}
        shown |= {
            "offer_hours": policy.offer_minutes // HOUR,
            "work_days": list(policy.work_days),
            "promotion": str(policy.promotion),
            "overlap": str(policy.overlap),
        }
        for number, each in enumerate(policy.rounds[: len(ROUNDS)], start=1):
            shown[f"round{number}_from"] = datetime.fromisoformat(each["from"])
            shown[f"round{number}_most"] = each["most"]
        return shown


_PLAIN = (
    "promotion",
    "reminder_minutes",
    "last_call_minutes",
    "work_from",
    "work_until",
    "overlap",
    "limit_per_person",
    "limit_per_topic",
    "frees_on_decline",
)


# What is said of each group's seats.
_BUCKET = {"least": _l("At least"), "preferred": _l("Meant"), "most": _l("At most")}


class KeepTerms(Form):
    """What one session asks of those who sign up for it."""

    opens_days = IntegerField(
        _l("Sign-up opens so many days before the session"),
        [Optional(), NumberRange(0, 365)],
        description=_l("At the hour of its start; it moves along with it. Empty: at once."),
    )
    closes_hours = IntegerField(
        _l("Sign-up closes so many hours before the session"),
        [Optional(), NumberRange(0, 24 * 60)],
        description=_l("Empty: when it begins."),
    )
    category_ids = MultiCheckboxField(
        _l("Who may come"), [Optional()], coerce=int, description=_l("None ticked: everybody.")
    )
    required_ids = MultiCheckboxField(
        _l("What is needed first"),
        [Optional()],
        coerce=int,
        description=_l("A place in one of these; none ticked: nothing."),
    )
    limit_per_organisation = IntegerField(
        _l("Places of one organisation at most"),
        [Optional(), NumberRange(1, 1000)],
        description=_l("Empty: no limit. Places on the waiting list count."),
    )
    queue_order = RadioField(_l("Who comes first on the waiting list"), [InputRequired()])
    priority_group = SelectField(_l("Priority group"))
    overbooking_percent = IntegerField(
        _l("Seats beyond the limit, in percent"),
        [Optional(), NumberRange(0, 100)],
        description=_l("So many more are let in, for some always stay away. Only staff see it."),
    )

    def __init__(
        self,
        categories: Mapping[int, Any],
        activities: Mapping[int, Any],
        /,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.category_ids.choices = [
            SelectChoice(key, i18n.local(name)) for key, name in categories.items()
        ]
        self.required_ids.choices = [
            SelectChoice(key, i18n.local(name)) for key, name in activities.items()
        ]
        self.priority_group.choices = [
            SelectChoice("", pgettext("group", "none")),
            *(SelectChoice(code, code) for code in self.groups),
        ]
        self.queue_order.choices = [
            SelectChoice(order.value, queue_rule(order).rstrip(".")) for order in Order
        ]

    @classmethod
    def of(cls, groups: Mapping[str, Sequence[str]]) -> "type[KeepTerms]":
        """Return the form with three numbers for each group that seats can be split among.

        *groups* tells by code what its categories are called.
        """
        fields = {
            f"{name}_{code}": IntegerField(label, [Optional(), NumberRange(0, 100_000)])
            for code in groups
            for name, label in _BUCKET.items()
        }
        return type("KeepTermsOfGroups", (cls,), {**fields, "groups": groups})

    groups: Mapping[str, Sequence[str]] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the numbers of each group against each other, too."""
        valid = bool(super().validate(extra_validators))
        for code in self.groups:
            least, preferred, most = (self[f"{name}_{code}"] for name in _BUCKET)
            numbers = [each.data for each in (least, preferred, most) if each.data is not None]
            if numbers != sorted(numbers):
                most.errors = [*most.errors, gettext("At least, meant and at most must rise.")]
                valid = False
        return valid

    def _buckets(self) -> list[dict[str, Any]]:
        found = []
        for code in self.groups:
            least, preferred, most = (self[f"{name}_{code}"].data for name in _BUCKET)
            if (least, preferred, most) != (None, None, None):
                found.append(
                    {"group": code, "least": least or 0, "preferred": preferred, "most": most}
                )
        return found

    def validate_priority_group(self, field: Any) -> None:
        """Ask which group comes first, where one does."""
        if self.queue_order.data == Order.GROUP_FIRST and not field.data:
            raise ValidationError(gettext("Choose the group that comes first."))

    def validate_queue_order(self, field: Any) -> None:
        """Ask for an end of sign-up where lots are drawn after it."""
        if field.data == Order.LOTTERY and self.closes_hours.data is None:
            raise ValidationError(gettext("Lots are drawn when sign-up closes; say when it does."))

    def values(self) -> dict[str, Any]:
        """Return the terms as the command takes them."""
        opens, closes = self.opens_days.data, self.closes_hours.data
        return {
            "opens_before": opens * DAY if opens is not None else None,
            "closes_before": closes * HOUR if closes is not None else None,
            "category_ids": sorted(self.category_ids.data or ()),
            "required_ids": sorted(self.required_ids.data or ()),
            "limit_per_organisation": self.limit_per_organisation.data,
            "queue_order": self.queue_order.data,
            "priority_group": self.priority_group.data or None,
            "buckets": self._buckets(),
        }

    @staticmethod
    def shown(terms: Terms, overbooking_percent: int) -> dict[str, Any]:
        """Return what the form shows of terms: its keyword arguments."""
        opens, closes = terms.opens_before, terms.closes_before
        split = {
            f"{name}_{each['group']}": each[name] for each in terms.buckets for name in _BUCKET
        }
        return split | {
            "opens_days": opens // DAY if opens is not None else None,
            "closes_hours": closes // HOUR if closes is not None else None,
            "category_ids": list(terms.category_ids),
            "required_ids": list(terms.required_ids),
            "limit_per_organisation": terms.limit_per_organisation,
            "queue_order": str(terms.queue_order),
            "priority_group": terms.priority_group or "",
            "overbooking_percent": overbooking_percent or None,
        }
