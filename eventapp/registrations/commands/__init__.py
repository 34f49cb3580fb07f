"""Changes of registrations: taking part, being let in, leaving, passing one's place on."""

from eventapp.registrations.commands.deciding import (
    Announced,
    announce,
    decide,
    decide_silently,
    take_back,
)
from eventapp.registrations.commands.details import Details, OrganisationDetails, Paper
from eventapp.registrations.commands.editing import CHANGEABLE, answer_consent, change, edit
from eventapp.registrations.commands.facts import (
    BadgeReissued,
    ConsentAnswered,
    GuestInvited,
    LinkRenewed,
    LinkSent,
    MonitoringRead,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationDecided,
    RegistrationNoted,
    RegistrationReplaced,
    RegistrationSubmitted,
    RegistrationTakenOut,
)
from eventapp.registrations.commands.guests import cancel_guest, correct_guest, invite_guest
from eventapp.registrations.commands.importing import IMPORT_KEEPER, Imported, import_people
from eventapp.registrations.commands.keys import reissue_badge, renew_feed, renew_link, send_links
from eventapp.registrations.commands.many import KEEPER, Done, act_on, check
from eventapp.registrations.commands.monitoring import (
    keep_monitoring,
    read_all_monitoring,
    read_monitoring,
)
from eventapp.registrations.commands.noting import forget_view, keep_view, write_note
from eventapp.registrations.commands.registering import enter, register, walk_in
from eventapp.registrations.commands.standing import cancel, strike_off, substitute

KEEPERS = {"registration": KEEPER, "people-import": IMPORT_KEEPER}

__all__ = [
    "CHANGEABLE",
    "KEEPERS",
    "Announced",
    "BadgeReissued",
    "ConsentAnswered",
    "Details",
    "Done",
    "GuestInvited",
    "Imported",
    "LinkRenewed",
    "LinkSent",
    "MonitoringRead",
    "OrganisationDetails",
    "Paper",
    "RegistrationCancelled",
    "RegistrationChanged",
    "RegistrationDecided",
    "RegistrationNoted",
    "RegistrationReplaced",
    "RegistrationSubmitted",
    "RegistrationTakenOut",
    "act_on",
    "announce",
    "answer_consent",
    "cancel",
    "cancel_guest",
    "change",
    "check",
    "correct_guest",
    "decide",
    "decide_silently",
    "edit",
    "enter",
    "forget_view",
    "import_people",
    "invite_guest",
    "keep_monitoring",
    "keep_view",
    "read_all_monitoring",
    "read_monitoring",
    "register",
    "reissue_badge",
    "renew_feed",
    "renew_link",
    "send_links",
    "strike_off",
    "substitute",
    "take_back",
    "walk_in",
    "write_note",
]
