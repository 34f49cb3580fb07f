"""Forms of awards."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from eventapp.awards.rules.nominations import CHECKLIST
from eventapp.awards.rules.states import CardsFate, FormalResult, PublicVote
from eventapp.kernel.fields import (
    DataRequired,
    Email,
    Form,
    LocalDateTime,
    MultiCheckboxField,
    Multiline,
    Text,
)

REASON = 1000
COMMENT = 4000


class Reason(Form):
    """Why something is done; the text stands in the minutes."""

    reason = Multiline(_("Reason"), [DataRequired()], max_length=REASON)


class Recusal(Form):
    """A juror's declared conflict of interest."""

    reason = Multiline(
        _("What ties you to this nomination"),
        [DataRequired()],
        max_length=REASON,
        description=_("The chair and the minutes name it; the other jurors do not see it."),
    )


class Declaration(Form):
    """The signature under the declaration of impartiality and confidentiality."""

    agreed = BooleanField(
        _("I have read this declaration and I sign it."),
        [InputRequired(_("Tick this box to sign."))],
    )


class ChairRecusal(Form):
    """The exclusion of a juror by the chair."""

    juror = SelectField(_("Juror"), coerce=int)
    nomination = SelectField(_("Nomination"), coerce=int)
    reason = Multiline(_("Reason"), [DataRequired()], max_length=REASON)


class Absent(Form):
    """A juror who takes no part in a vote."""

    round = SelectField(_("Award"), coerce=int)
    juror = SelectField(_("Juror"), coerce=int)
    reason = Multiline(_("Reason"), [DataRequired()], max_length=REASON)


class Tie(Form):
    """The chair's act on a tie."""

    choice = RadioField(_("Who receives the award"), coerce=int)
    basis = Multiline(
        _("Ground"),
        [DataRequired()],
        max_length=REASON,
        description=_(
            "The paragraph of the regulations, and the reason. It stands in the minutes."
        ),
    )


class Embargo(Form):
    """The moment of the announcement."""

    embargo_until = LocalDateTime(_("Announcement"), [DataRequired()])


class FormalCheck(Form):
    """The secretary's formal check of one nomination."""

    result = RadioField(
        _("Result"),
        [InputRequired()],
        choices=[
            SelectChoice(FormalResult.POSITIVE.value, _("positive")),
            SelectChoice(FormalResult.COMPLETED.value, _("positive after completion")),
            SelectChoice(FormalResult.TO_COMPLETE.value, _("call for completion")),
            SelectChoice(FormalResult.NEGATIVE.value, _("negative")),
        ],
    )
    reason = Multiline(
        _("Reason, or what is to be completed"),
        max_length=REASON,
        description=_("Needed for every result but a plain positive one. The nominator reads it."),
    )


def check_form(**given: Any) -> FormalCheck:
    """Return the formal check with one question for each line of the checklist."""
    answers = {"yes": gettext("yes"), "no": gettext("no"), "n/a": gettext("n/a")}
    questions = {
        _question(code): RadioField(gettext(sentence), [Optional()], choices=answers, default="yes")
        for code, sentence in CHECKLIST.items()
    }
    made: FormalCheck = type("BoundFormalCheck", (FormalCheck,), questions)(**given)
    return made


def _question(code: str) -> str:
    return "check_" + code.replace("-", "_")


def checklist(form: FormalCheck) -> dict[str, str]:
    """Return the answers by the checklist's codes."""
    return {code: form[_question(code)].data or "n/a" for code in CHECKLIST}


def questions(form: FormalCheck) -> list[Any]:
    """List the fields of the checklist."""
    return [form[_question(code)] for code in CHECKLIST]


class Nominate(Form):
    """A nomination as its nominator writes it; nothing but the award is needed for a draft."""

    award = SelectField(_("Award"), coerce=int)
    is_self = RadioField(
        _("Who is nominated"),
        choices=[
            SelectChoice("no", _("somebody else")),
            SelectChoice("yes", _("my own organisation")),
        ],
        default="no",
    )
    nominee = Text(_("Nominee"), [DataRequired()], max_length=300)
    nominee_category = SelectField(_("Kind of organisation"), [Optional()], default="")
    nominee_email = Email(
        _("Nominee’s e-mail"),
        description=_("We ask them there whether they agree to be nominated."),
    )
    nominator = Text(
        _("Nominator"),
        [DataRequired()],
        max_length=300,
        description=_("Your name, or that of your institution."),
    )
    nominator_email = Email(
        _("Your e-mail"),
        [DataRequired()],
        description=_("The receipt and a link to this nomination go there."),
    )
    justification = Multiline(
        _("Why this nominee deserves the award"),
        max_length=8000,
        description=_("What was done, for whom, with what effect. At most 8000 characters."),
    )
    files = MultipleFileField(
        _("Attachments"),
        description=_("PDF, PNG or JPEG, 20 MB together."),
    )


QUORUMS = {"1/2": "1/2", "2/3": "2/3", "3/4": "3/4", "1/1": "1"}
METHODS = {
    "weighted-scores": _("weighted scores: points for each criterion"),
    "approval": _("approval: yes or no to each nomination"),
    "points": _("a budget of points, spread over the nominations"),
}
NORMALISATIONS = {
    "none": _("no: points count as they are"),
    "zscore-fit": _("yes: each juror’s scale is fitted to the others’"),
    "additive": _("yes: each juror’s severity is worked out and taken off"),
    "rank": _("yes: only each juror’s order counts"),
}
AGGREGATES = {
    "mean": _("the mean"),
    "median": _("the median"),
    "trimmed": _("the mean without the highest and the lowest card"),
}
CHAINS = {
    "chair": _("the chair’s casting vote"),
    "countback,chair": _("more of the highest cards, then the chair"),
    "head-to-head,chair": _("direct comparison, then the chair"),
    "median,chair": _("the higher median, then the chair"),
    "countback,ex-aequo": _("more of the highest cards, then the place is shared"),
    "ex-aequo": _("nobody: the place is shared"),
}
LARGEST_BUDGET = 20
LARGEST_WEIGHT = 1000


class CallFrame(Form):
    """A call's name, schedule and rules."""

    name_pl = Text(_("Name in Polish"), [DataRequired()], max_length=250)
    name_en = Text(_("Name in English"), [Optional()], max_length=250)
    opens_at = LocalDateTime(_("Nominations from"), [Optional()])
    closes_at = LocalDateTime(_("Nominations until"), [Optional()])
    scoring_opens_at = LocalDateTime(_("Scoring from"), [Optional()])
    scoring_closes_at = LocalDateTime(_("Scoring until"), [Optional()])
    meets_at = LocalDateTime(_("Meeting of the jury"), [Optional()])
    embargo_until = LocalDateTime(_("Announcement"), [Optional()])
    number_prefix = Text(
        _("Beginning of the nominations’ numbers"),
        [Optional()],
        max_length=30,
        description=_("For example KES/2027; the award and a running number follow."),
    )


def _choices(words: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in words.items()]


class AudienceVote(Form):
    """How and when the audience votes."""

    way = RadioField(
        _("Who votes"),
        choices=[
            SelectChoice(PublicVote.NONE.value, _("nobody: there is no audience award")),
            SelectChoice(
                PublicVote.BADGE.value, _("one badge, one vote: everybody who was checked in")
            ),
            SelectChoice(
                PublicVote.OPEN.value,
                _("everybody on the internet, once for each browser (easily got round)"),
            ),
        ],
        default=PublicVote.NONE.value,
    )
    vote_opens_at = LocalDateTime(_("Voting from"), [Optional()])
    vote_closes_at = LocalDateTime(_("Voting until"), [Optional()])

    def validate_vote_closes_at(self, field: Any) -> None:
        """Refuse an end before the beginning."""
        opens_at = self.vote_opens_at.data
        if field.data is not None and opens_at is not None and field.data <= opens_at:
            raise ValidationError(gettext("Voting must end after it begins."))


class Rules(Form):
    """The rulebook by questions: how a call's awards are counted and decided."""

    method = SelectField(
        _("How the jury votes"), choices=_choices(METHODS), default="weighted-scores"
    )
    budget = IntegerField(
        _("Points of each juror, for a budget"),
        [InputRequired(), NumberRange(1, LARGEST_BUDGET)],
        default=10,
    )
    normalise = SelectField(
        _("Even out severe and lenient jurors?"),
        choices=_choices(NORMALISATIONS),
        default="none",
        description=_(
            "This can change who wins, so it is a rule and cannot be switched on the results. "
            "Fitting scales needs three jurors with six cards each."
        ),
    )
    aggregate = SelectField(
        _("What of the cards decides"),
        choices=_choices(AGGREGATES),
        default="mean",
        description=_("Only where nothing is evened out; there it is always the mean."),
    )
    quorum = SelectField(_("Quorum: share of the jury"), choices=_choices(QUORUMS), default="2/3")
    present = IntegerField(
        _("Quorum: fewest jurors"),
        [InputRequired(), NumberRange(0, 99)],
        default=0,
        description=_("0 if the share is enough."),
    )
    chair = BooleanField(_("The chair or a deputy must take part."))
    cards = IntegerField(
        _("Fewest cards for each nomination"), [InputRequired(), NumberRange(0, 99)], default=0
    )
    min_score = IntegerField(
        _("Fewest points for an award"),
        [InputRequired(), NumberRange(0, 100)],
        default=60,
        description=_("0–100 with weighted scores, otherwise approvals or points. 0 for none."),
    )
    distinctions = IntegerField(
        _("Distinctions per award"), [InputRequired(), NumberRange(0, 9)], default=1
    )
    distinction_score = IntegerField(
        _("Fewest points for a distinction"), [InputRequired(), NumberRange(0, 100)], default=70
    )
    ties = SelectField(_("Equal points are decided by"), choices=_choices(CHAINS), default="chair")

    def rulebook(self) -> dict[str, Any]:
        """Return the document that counting uses."""
        quorum = {
            "share": self.quorum.data,
            "absolute": self.present.data,
            "chair": self.chair.data,
            "cards": self.cards.data,
        }
        return {
            **self._counting(),
            "quorum": {key: value for key, value in quorum.items() if value},
            "min_score": str(self.min_score.data),
            "ties": self.ties.data.split(","),
            "distinctions": {
                "per_category": self.distinctions.data,
                "min_score": str(self.distinction_score.data),
            },
            "display": {"decimals": 2, "rounding": "half-up"},
        }

    def _counting(self) -> dict[str, Any]:
        method = self.method.data
        if method == "points":
            return {"method": method, "budget": self.budget.data}
        if method != "weighted-scores":
            return {"method": method}
        evened = self.normalise.data != "none"
        aggregate = "mean" if evened else self.aggregate.data
        trim = {"trim": 1} if aggregate == "trimmed" else {}
        scale = {"scale": "percent", "normalise": self.normalise.data}
        return {"method": method, **scale, "aggregate": aggregate, **trim}


def read_rules(rulebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers by which the questions of `Rules` say this rulebook."""
    quorum, second = rulebook.get("quorum") or {}, rulebook.get("distinctions") or {}
    return {
        "method": rulebook.get("method", "weighted-scores"),
        "budget": rulebook.get("budget", 10),
        "normalise": rulebook.get("normalise", "none"),
        "aggregate": rulebook.get("aggregate", "mean"),
        "quorum": quorum.get("share", "2/3"),
        "present": quorum.get("absolute", 0),
        "chair": bool(quorum.get("chair")),
        "cards": quorum.get("cards", 0),
        "min_score": rulebook.get("min_score", 0),
        "distinctions": second.get("per_category", 0),
        "distinction_score": second.get("min_score", 0),
        "ties": ",".join(rulebook.get("ties", ())),
    }


class CallRules(Rules):
    """By which rules a call's awards are decided; frozen when scoring opens."""

    regulations_pl = Multiline(_("Summary of the regulations in Polish"), [Optional()])
    regulations_en = Multiline(_("Summary of the regulations in English"), [Optional()])


class OtherRules(Rules):
    """Other rules than the frozen ones, why, and what becomes of the cards."""

    reason = Multiline(
        _("Reason"),
        [DataRequired()],
        max_length=REASON,
        description=_("It stands on the page of the awards and in the minutes."),
    )
    fate = RadioField(
        _("The cards cast so far"),
        [InputRequired(_("Say what becomes of the cards."))],
        choices=[
            SelectChoice(CardsFate.VOID.value, _("become void: every juror votes again")),
            SelectChoice(
                CardsFate.CARRIED.value, _("are carried over and counted by the new rules")
            ),
        ],
    )


class NewAward(Form):
    """A prize: its name, its criteria, and whom it is open to."""

    award_pl = Text(_("Name in Polish"), [DataRequired()], max_length=250)
    award_en = Text(_("Name in English"), [Optional()], max_length=250)
    criteria = Multiline(
        _("Criteria"),
        [DataRequired()],
        max_length=4000,
        description=_("One a line: name; weight. For example: Lasting effect; 30"),
    )
    eligible = MultiCheckboxField(_("Open to"), [Optional()])

    def validate_criteria(self, field: Any) -> None:
        """Refuse a line without a name or with an impossible weight."""
        for number, line in enumerate(field.data.splitlines(), start=1):
            if line.strip() and _criterion(line) is None:
                raise ValidationError(
                    gettext("Line %(number)s is not “name; weight”.", number=number)
                )

    def read_criteria(self) -> list[dict[str, Any]]:
        """Return the criteria as `add_award` takes them."""
        lines = [line for line in (self.criteria.data or "").splitlines() if line.strip()]
        read = [found for line in lines if (found := _criterion(line)) is not None]
        return [
            {"id": f"c{number}", "name": {"pl": name}, "weight": weight}
            for number, (name, weight) in enumerate(read, start=1)
        ]


def _criterion(line: str) -> tuple[str, int] | None:
    """Return name and weight of a line, or None."""
    name, _mark, weight = line.rpartition(";")
    digits = weight.strip().removesuffix("%").strip()
    if not name.strip() or not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        return None
    return (name.strip()[:250], int(digits)) if 0 < int(digits) <= LARGEST_WEIGHT else None


class InviteJuror(Form):
    """Who joins the jury, and as what."""

    title = Text(_("Title"), [Optional()], max_length=60)
    first_name = Text(_("First name"), [DataRequired()], max_length=120)
    last_name = Text(_("Last name"), [DataRequired()], max_length=120)
    email = Email(
        _("E-mail"), [DataRequired()], description=_("The juror signs in by a link sent there.")
    )
    institution = Text(
        _("Institution"),
        [Optional()],
        max_length=300,
        description=_("Conflicts of interest are looked for by it."),
    )
    role = SelectField(_("Function"))


class Correction(Form):
    """What a nominee puts right, and adds in the own words."""

    nominee = Text(_("Your name, as it shall be read out"), [DataRequired()], max_length=300)
    statement = Multiline(
        _("What you want to add"),
        [Optional()],
        max_length=4000,
        description=_("The jury reads it beside the nominator’s words, which stay as they are."),
    )


class Merger(Form):
    """Into which nomination of the same nominee this one is merged."""

    into = SelectField(_("Into"), coerce=int)


class Withdrawal(Form):
    """Taking a nomination back."""

    reason = Multiline(_("Reason"), [Optional()], max_length=REASON)
