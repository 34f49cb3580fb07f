"""Changes of registrations: taking part, being let in, leaving, passing one's place on."""

from eventapp.registrations.commands.details import Details, OrganisationDetails
from eventapp.registrations.commands.editing import CHANGEABLE, answer_consent, change, edit
from eventapp.registrations.commands.facts import (
    BadgeReissued,
    ConsentAnswered,
    GuestInvited,
    LinkRenewed,
    MonitoringRead,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationDecided,
    RegistrationReplaced,
    RegistrationSubmitted,
)
from eventapp.registrations.commands.guests import cancel_guest, correct_guest, invite_guest
from eventapp.registrations.commands.keys import reissue_badge, renew_feed, renew_link, send_links
from eventapp.registrations.commands.monitoring import (
    keep_monitoring,
    read_all_monitoring,
    read_monitoring,
)
from eventapp.registrations.commands.registering import enter, register, walk_in
from eventapp.registrations.commands.standing import cancel, decide, strike_off, substitute

__all__ = [
    "CHANGEABLE",
    "BadgeReissued",
    "ConsentAnswered",
    "Details",
    "GuestInvited",
    "LinkRenewed",
    "MonitoringRead",
    "OrganisationDetails",
    "RegistrationCancelled",
    "RegistrationChanged",
    "RegistrationDecided",
    "RegistrationReplaced",
    "RegistrationSubmitted",
    "answer_consent",
    "cancel",
    "cancel_guest",
    "change",
    "correct_guest",
    "decide",
    "edit",
    "enter",
    "invite_guest",
    "keep_monitoring",
    "read_all_monitoring",
    "read_monitoring",
    "register",
    "reissue_badge",
    "renew_feed",
    "renew_link",
    "send_links",
    "strike_off",
    "substitute",
    "walk_in",
]
