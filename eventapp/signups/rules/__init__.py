"""Pure decisions about seats and queues, one module a subject.

``refusals`` (states, and every "no") · ``policy`` (what an event and a session ask) ·
``deciding`` (may this person sign up) · ``offers`` (how long a seat is held for an answer) ·
``order`` (who in a queue comes first) · ``buckets`` (seats split among groups). The last seat
itself is decided by the database.
"""

from eventapp.signups.rules import buckets, offers, order, policy
from eventapp.signups.rules.deciding import (
    Applicant,
    Around,
    Case,
    Place,
    Taken,
    Wanted,
    Warned,
    blocks,
    displaced,
    earlier,
    explain,
    refuse_entry,
    refuse_leave,
    refuse_overlap,
    refuse_own,
    refuse_service_card,
    refuse_session,
    refuse_sign_up,
    refuse_terms,
    refuse_window,
    same_activity,
    warnings,
)
from eventapp.signups.rules.policy import Order, Overlap, Policy, Promotion, Terms
from eventapp.signups.rules.refusals import (
    BUSY_WITH,
    AppointmentRefusal,
    LeaveRefusal,
    OfferRefusal,
    Reason,
    SignUpRefusal,
    State,
    TermsRefusal,
)

__all__ = [
    "BUSY_WITH",
    "Applicant",
    "AppointmentRefusal",
    "Around",
    "Case",
    "LeaveRefusal",
    "OfferRefusal",
    "Order",
    "Overlap",
    "Place",
    "Policy",
    "Promotion",
    "Reason",
    "SignUpRefusal",
    "State",
    "Taken",
    "Terms",
    "TermsRefusal",
    "Wanted",
    "Warned",
    "blocks",
    "buckets",
    "displaced",
    "earlier",
    "explain",
    "offers",
    "order",
    "policy",
    "refuse_entry",
    "refuse_leave",
    "refuse_overlap",
    "refuse_own",
    "refuse_service_card",
    "refuse_session",
    "refuse_sign_up",
    "refuse_terms",
    "refuse_window",
    "same_activity",
    "warnings",
]
