"""What kinds, states, facts and actors are called in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from eventapp.kernel import i18n
from eventapp.kernel.facts import FactRow
from eventapp.kernel.journal import Edited, EditedPart, EditedTogether
from eventapp.kernel.refusal import N_
from eventapp.programme.models import Kind
from eventapp.programme.rules.planned import CANCELLED, REMOVED
from eventapp.registrations.models import Source

# What the history calls each fact.
FACTS = {
    "event-created": N_("The event was made"),
    "event-copied": N_("The event was made like another one"),
    "event-changed": N_("The event's data changed"),
    "event-published": N_("The event was published"),
    "event-archived": N_("The event was archived"),
    "shift-planned": N_("A shift at the door was planned"),
    "shift-dropped": N_("A planned shift at the door was taken back"),
    "place-renamed": N_("A room or building got another name or address"),
    "session-added": N_("A session was planned"),
    "session-moved": N_("A session got another time or room"),
    "session-changed": N_("A session's data changed"),
    "session-cancelled": N_("A session was called off"),
    "capacity-changed": N_("A session's number of places changed"),
    "speakers-changed": N_("Other people lead a session"),
    "activity-noted": N_("Something was noted down that is to be held"),
    "activity-forgotten": N_("Something noted down was dropped"),
    "speaker-added": N_("Somebody joined the speakers"),
    "speaker-changed": N_("What is known of a speaker changed"),
    "speaker-removed": N_("Somebody left the speakers"),
    "reminder-sent": N_("Speakers were asked for what is missing"),
    "speaker-link-sent": N_("A speaker was sent the personal link"),
    "speaker-link-renewed": N_("A speaker's personal link was replaced"),
    "feed-renewed": N_("The address of somebody's calendar was replaced"),
    "break-added": N_("Everybody was shown a new break"),
    "break-changed": N_("A break that everybody sees was changed"),
    "break-cancelled": N_("A break was taken out of the programme"),
    "programme-released": N_("The programme was released"),
    "clause-published": N_("The information on personal data got a new version"),
    "proposal-made": N_("A correction of personal data was proposed"),
    "proposal-decided": N_("A proposed correction was decided"),
    "answers-changed": N_("Answers to the form's questions changed"),
    "area-decided": N_("It was decided by hand who counts among the area"),
    "registration-submitted": N_("Somebody registered"),
    "material-added": N_("Materials of a session were added"),
    "material-changed": N_("It was changed who may fetch materials, or what they are called"),
    "material-replaced": N_("Materials of a session were replaced"),
    "material-removed": N_("Materials of a session were removed"),
    "material-returned": N_("Removed materials of a session are back"),
    "guest-invited": N_("A co-organiser invited a guest"),
    "group-registered": N_("An organisation registered several people"),
    "group-decided": N_("A decision about everybody of an organisation"),
    "group-link-renewed": N_("The link of an organisation was renewed"),
    "group-terms-changed": N_("Terms for organisations changed"),
    "organisations-merged": N_("Two organisations were merged"),
    "place-held": N_("A place is to be passed on by a link"),
    "registration-decided": N_("A registration was decided"),
    "registration-noted": N_("The team wrote a note about somebody"),
    "registration-taken-out": N_("A registration was removed with its table"),
    "link-sent": N_("Somebody was sent the personal link again"),
    "registration-cancelled": N_("A registration was cancelled"),
    "registration-replaced": N_("Somebody else takes part instead"),
    "registration-changed": N_("Data of a registration were corrected"),
    "consent-answered": N_("A consent was answered"),
    "badge-reissued": N_("A badge was issued anew"),
    "badge-key-renewed": N_("Badges got a new key for their signatures"),
    "badge-keys-withdrawn": N_("Older keys of badges were withdrawn"),
    "badges-printed": N_("Badges were printed"),
    "certificate-setting-changed": N_("The rule or wording of certificates was changed"),
    "certificates-asked": N_("Certificates were asked for"),
    "certificate-issued": N_("A certificate was issued"),
    "certificate-revoked": N_("A certificate was revoked"),
    "pack-asked": N_("An evidence pack was asked for"),
    "pack-made": N_("An evidence pack was put together"),
    "pack-taken": N_("An evidence pack was downloaded"),
    "link-renewed": N_("A personal link was replaced"),
    "monitoring-read": N_("Protected data were read"),
    "sign-up-confirmed": N_("A place was taken"),
    "sign-up-queued": N_("Somebody joined a waiting list"),
    "sign-up-promoted": N_("Somebody moved up from a waiting list"),
    "sign-up-offered": N_("A seat was offered to somebody from a waiting list"),
    "offer-claimed": N_("A seat on offer was taken"),
    "offer-lapsed": N_("An offer of a seat ran out"),
    "offer-revoked": N_("An offer of a seat was taken back"),
    "lots-drawn": N_("The order of a waiting list was drawn by lot"),
    "last-call-made": N_("Everybody on a waiting list was told of free seats"),
    "sign-up-passed-on": N_("A place passed to a substitute"),
    "sign-up-left": N_("A place was given back"),
    "letter-written": N_("A letter to many was drafted or changed"),
    "letter-approved": N_("A letter to many was approved"),
    "letter-queued": N_("A letter to many is to go out"),
    "letter-cancelled": N_("A letter to many was held back"),
    "letter-sent": N_("A letter to many went out"),
    "mail-words-changed": N_("The words of a letter changed"),
    "allocation-set-up": N_("An allocation of places by preference was set up"),
    "allocation-removed": N_("An allocation of places by preference was removed"),
    "allocation-opened": N_("Ranking of sessions was opened"),
    "allocation-withdrawn": N_("An allocation of places became a draft again"),
    "allocation-deadline-moved": N_("The deadline of ranking was moved"),
    "ranking-saved": N_("Somebody saved wishes"),
    "ranking-reminded": N_("Those who had not ranked were written to"),
    "allocation-run": N_("An allocation of places was computed"),
    "allocation-announced": N_("Places were given by preference"),
    "appointment-changed": N_("An appointment was changed for another one"),
    "service-card-written": N_("A service card was filled in"),
    "checkpoint-added": N_("A checkpoint was set up"),
    "checkpoint-removed": N_("A checkpoint was removed"),
    "device-paired": N_("A device was paired"),
    "device-revoked": N_("A device lost its right to scan"),
    "admitted-anyway": N_("Somebody was let in all the same"),
    "scan-undone": N_("A scan was taken back"),
    "presence-corrected": N_("Presence in a session was corrected"),
    "correction-undone": N_("A correction of presence was taken back"),
    "attendance-list-printed": N_("An attendance list was printed"),
    "attendance-list-scanned": N_("The scan of a signed list was attached"),
    "attendance-list-read": N_("The signatures of a list were noted"),
    "attendance-list-reconciled": N_("A signed list was reconciled"),
    "attendance-list-reopened": N_("A reconciled list was opened again"),
    "release-rule-set": N_("It was said when unused places are given away"),
    "place-given-away": N_("An unused place was given to somebody at the door"),
    "place-returned": N_("A place given away at the door was given back"),
    "device-announced": N_("A code to pair a device was made"),
    "conflict-found": N_("A scan made without a network cannot simply stand"),
    "conflict-dissolved": N_("A conflict of scans ended by itself"),
    "conflict-settled": N_("A conflict of scans was settled"),
    "call-opened": N_("A call for nominations was set up"),
    "juror-appointed": N_("A juror was appointed"),
    "declaration-signed": N_("A juror declared impartiality"),
    "nomination-submitted": N_("A nomination came in"),
    "nomination-checked": N_("A nomination was checked formally"),
    "nomination-completed": N_("A nomination was completed"),
    "nomination-withdrawn": N_("A nomination was withdrawn"),
    "attachment-added": N_("A document was added"),
    "juror-recused": N_("A juror was excluded from a nomination"),
    "rules-proposed": N_("Other rules of counting were proposed"),
    "rules-changed": N_("The rules of counting were changed by two people"),
    "rules-kept": N_("A change of the rules of counting was dropped"),
    "nomination-corrected": N_("A nominee added to a nomination"),
    "nomination-merged": N_("Two nominations of one nominee became one"),
    "round-opened": N_("Scoring began"),
    "round-closed": N_("Scoring ended"),
    "ballot-cast": N_("A score sheet was saved"),
    "ballot-voided": N_("A score sheet was voided"),
    "absence-marked": N_("A juror was marked absent"),
    "round-counted": N_("Votes were counted"),
    "tie-decided": N_("The chair broke a tie"),
    "results-published": N_("Results were released"),
    "invite-answered": N_("Somebody's calendar answered an invite"),
    "letter-retried": N_("A letter was to be tried at once"),
    "letter-repeated": N_("A letter was sent once more"),
    "letter-discarded": N_("A letter was discarded"),
    "letters-released": N_("Letters that waited were let go"),
    "mail-paused": N_("The mail of the event was paused"),
    "mail-resumed": N_("The mail of the event went on"),
    "courtesies-declined": N_("Somebody unsubscribed from what nobody needs"),
    "courtesies-wanted": N_("Somebody subscribed again"),
    "letter-bounced": N_("A letter came back"),
    "inbound-settled": N_("A message in quarantine was released or discarded"),
    "press-changed": N_("What the media are told changed"),
}


def kind_name(kind: str) -> str:
    """Return what a kind of activity is called in the reader's language."""
    return _kind_names(i18n.current())[Kind(kind)]


@cache  # every card of a programme asks
def _kind_names(_locale: str) -> dict[Kind, str]:
    return {
        Kind.REGISTRATION: pgettext("kind", "registration"),
        Kind.PLENARY: pgettext("kind", "plenary"),
        Kind.LECTURE: pgettext("kind", "lecture"),
        Kind.PANEL: pgettext("kind", "panel"),
        Kind.WORKSHOP: pgettext("kind", "workshop"),
        Kind.TRAINING: pgettext("kind", "training"),
        Kind.STUDY_VISIT: pgettext("kind", "study visit"),
        Kind.ADVICE: pgettext("kind", "one-to-one advice"),
        Kind.CEREMONY: pgettext("kind", "award ceremony"),
        Kind.NETWORKING: pgettext("kind", "networking"),
        Kind.BREAK: pgettext("kind", "break"),
        Kind.OTHER: pgettext("kind", "session"),
    }


def state_name(state: str) -> str:
    """Return what the state of a registration or a sign-up is called."""
    return _state_names(i18n.current()).get(state, state)


@cache
def _state_names(_locale: str) -> dict[str, str]:
    return {
        "pending": pgettext("state", "awaits a decision"),
        "qualified": pgettext("state", "qualified"),
        "waiting": pgettext("state", "on the waiting list"),
        "rejected": pgettext("state", "not qualified"),
        "cancelled": pgettext("state", "cancelled"),
        "replaced": pgettext("state", "replaced"),
        "confirmed": pgettext("state", "has a place"),
        "offered": pgettext("state", "is asked whether to take a place"),
    }


def answer_name(answer: str) -> str:
    """Return what a person's calendar answered to an invite."""
    return {
        "accepted": pgettext("calendar", "answered: yes"),
        "tentative": pgettext("calendar", "answered: maybe"),
        "declined": pgettext("calendar", "answered: no"),
    }[answer]


def source_name(source: Source) -> str:
    """Return how a registration came in, in words."""
    return {
        Source.WWW: _("registration form"),
        Source.ORGANISATION: _("organisation"),
        Source.PAPER_FORM: _("paper form"),
        Source.EMAIL: _("e-mail"),
        Source.PHONE: _("telephone"),
        Source.WALK_IN: _("on the spot"),
        Source.SUBSTITUTE: _("instead of somebody"),
        Source.INVITED: _("invited"),
        Source.IMPORT: _("imported list"),
        Source.API: _("program"),
    }[source]


# What the history calls an edit: of something added, changed or removed.
EDITS = {
    "session": (
        N_("A session was put into the draft"),
        N_("A session of the draft was changed"),
        N_("A session was taken out of the draft"),
    ),
    "event": (
        N_("The event was made"),
        N_("The event's settings were changed"),
        N_("The event was archived"),
    ),
    "venue": (N_("A venue was added"), N_("A venue was changed"), N_("A venue was removed")),
    "room": (N_("A room was added"), N_("A room was changed"), N_("A room was removed")),
    "day": (N_("A day was added"), N_("A day was renamed"), N_("A day was removed")),
    "category": (
        N_("A category was added"),
        N_("A category was changed"),
        N_("A category was removed"),
    ),
    "sign-up-policy": (
        N_("The rules of sign-up were set"),
        N_("The rules of sign-up were changed"),
        N_("The rules of sign-up were dropped"),
    ),
    "session-terms": (
        N_("A session got its own terms of sign-up"),
        N_("The terms of a session's sign-up were changed"),
        N_("A session lost its own terms of sign-up"),
    ),
    "organiser": (
        N_("An institution was named on the event"),
        N_("What the event says of an institution was changed"),
        N_("An institution was taken off the event"),
    ),
    "break": (
        N_("A break was put into the draft"),
        N_("A break of the draft was changed"),
        N_("A break was taken out of the draft"),
    ),
    "question": (
        N_("A question was added to the registration form"),
        N_("A question of the registration form was changed"),
        N_("A question was removed from the registration form"),
    ),
    "registration-form": (
        N_("The registration form was changed"),
        N_("The registration form was changed"),
        N_("The registration form was changed"),
    ),
    "registration": (
        N_("Somebody was registered"),
        N_("What the team keeps about somebody was changed"),
        N_("Somebody was taken out of the list"),
    ),
    "people-import": (
        N_("A table of people was taken over"),
        N_("A table of people was changed"),
        N_("A table of people was taken back"),
    ),
    "press-file": (
        N_("A file was added to the press kit"),
        N_("A file of the press kit got another place"),
        N_("A file was removed from the press kit"),
    ),
}


# What the history calls an act that edited many things.
ACTS = {
    "import": N_("A table was put into the draft"),
    "categories": N_("The usual categories were taken over"),
    "question-order": N_("The questions of the registration form were put in another order"),
    "press-order": N_("The files of the press kit were put in another order"),
    "template": N_("A template was put into the draft"),
    "organisers": N_("The institutions were put in another order"),
    "topics": N_("Topics of the draft were renamed or merged"),
    "people-decide": N_("Decisions about several people were made, to be announced later"),
    "people-category": N_("Several people were given another category"),
    "people-organisation": N_("Several people were given another organisation"),
    "people-check": N_("The data of several people were marked as checked"),
    "bulk": N_("Several sessions of the draft were changed at once"),
}


def fact_name(row: FactRow) -> str:
    """Return what happened in the reader's language; an unknown fact keeps its code."""
    if row.kind in {Edited.kind, EditedPart.kind}:
        return _edit_name(row)
    if row.kind == EditedTogether.kind:
        name = row.data["act"]
        told = _(ACTS[name])
        return _("Taken back: %(what)s", what=told) if row.data["undoes"] else told
    return _(FACTS[row.kind]) if row.kind in FACTS else row.kind


def _edit_name(row: FactRow) -> str:
    before, after = (_is_there(row.data[name]) for name in ("before", "after"))
    if row.data["undoes"]:
        return _("Taken back: %(what)s", what=_edit_of(row, after, before))
    return _edit_of(row, before, after)


# What the history calls an edit of something that the team keeps about somebody.
KEPT = {
    "decision_id": N_("Something was decided and is not announced yet"),
    "category_id": N_("Somebody was given another category"),
    "organisation_id": N_("Somebody was given another organisation"),
    "checked_at": N_("Somebody's data were marked as checked"),
}


def _edit_of(row: FactRow, was: bool, becomes: bool) -> str:  # noqa: FBT001 - two states of a thing
    kept = [name for name in row.data["after"] or {} if name in KEPT]
    if kept and row.subject.startswith("registration:"):
        return _(KEPT[kept[0]])
    added, changed, removed = EDITS[row.subject.partition(":")[0]]
    if was == becomes:
        return _(changed)
    return _(added) if becomes else _(removed)


def _is_there(values: Mapping[str, Any] | None) -> bool:
    """Tell whether these values are those of something that is planned at all."""
    return values is not None and values.get("state") not in {REMOVED, CANCELLED}


def actor_name(actor: str) -> str:
    """Return who did something, as the history tells it: what they are, never a name."""
    what, _colon, number = actor.partition(":")
    names = {
        "account": _("team member %(number)s", number=number),
        "registration": _("participant"),
        "registration-group": _("contact of an organisation"),
        "speaker": _("speaker"),
        "device": _("device %(number)s", number=number),
        "token": _("program %(number)s", number=number),
        "loader": _("loaded file"),
        "visitor": _("visitor"),
    }
    return names.get(what, _("the system"))


# --- what a release changed -------------------------------------------------------------------

SIGN_UPS = {
    "none": N_("none: simply come"),
    "optional": N_("by choice"),
    "required": N_("required to enter"),
}


def told_lines(told: Mapping[str, Any]) -> list[tuple[str, str | None, str]]:
    """Return a difference as lines: what, what it was (None for something new), what it becomes."""
    before, after = told["before"], told["after"]
    lines = []
    for name, label in _labels().items():
        if name in after:
            was = _value(name, before) if before is not None else None
            becomes = _value(name, after)
            if was != becomes:
                lines.append((label, was, becomes))
    return lines


def _labels() -> dict[str, str]:
    return {
        "starts_at": _("Time"),
        "room": _("Room"),
        "speakers": _("Led by"),
        "title": _("Title"),
        "kind": _("Kind"),
        "abstract": _("Description"),
        "language": _("Language"),
        "topics": _("Topics"),
        "capacity": _("Places"),
        "sign_up": _("Sign-up"),
        "appointment_minutes": _("Minutes of one appointment"),
        "waiting_list": _("Waiting list"),
        "sign_up_opens_at": _("Sign-up opens"),
        "sign_up_closes_at": _("Sign-up closes"),
        "break_minutes": _("Minutes of break"),
        "counts_for_certificate": _("Counts for the certificate"),
        "compulsory": _("Everybody is expected"),
    }


def _value(name: str, values: Mapping[str, Any]) -> str:
    value = values[name]
    if name == "starts_at":
        begin, end = (datetime.fromisoformat(values[key]) for key in ("starts_at", "ends_at"))
        return f"{i18n.day_words(begin)}, {i18n.time_range(begin, end)}"
    if name == "speakers":
        return ", ".join(value) or "–"
    if name == "topics":
        return ", ".join(map(i18n.local, value)) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if value in (None, "", {}):
        return "–"
    if name == "kind":
        return kind_name(value)
    if name == "sign_up":
        return _(SIGN_UPS[value])
    if name in {"sign_up_opens_at", "sign_up_closes_at"}:
        return i18n.when(datetime.fromisoformat(value))
    return i18n.local(value) if isinstance(value, Mapping) else str(value)
