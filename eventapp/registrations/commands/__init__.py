"""Changes of registrations: taking part, being let in, leaving, passing one's place on."""

from eventapp.registrations.commands.area import AreaDecided, decide_area
from eventapp.registrations.commands.asking import (
    KEEPERS,
    add_question,
    answers_to,
    edit_form,
    edit_question,
    move_question_down,
    move_question_up,
    remove_question,
    set_eligibility,
)
from eventapp.registrations.commands.clauses import ClausePublished, publish_clause
from eventapp.registrations.commands.details import Details, OrganisationDetails
from eventapp.registrations.commands.editing import CHANGEABLE, answer_consent, change, edit
from eventapp.registrations.commands.facts import (
    AnswersChanged,
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
    answer_monitoring,
    keep_monitoring,
    read_all_monitoring,
    read_monitoring,
)
from eventapp.registrations.commands.own import (
    ProposalDecided,
    ProposalMade,
    accept_proposal,
    change_answers,
    correct_own,
    propose,
    reject_proposal,
)
from eventapp.registrations.commands.registering import enter, register, walk_in
from eventapp.registrations.commands.standing import cancel, decide, strike_off, substitute

__all__ = [
    "CHANGEABLE",
    "KEEPERS",
    "AnswersChanged",
    "AreaDecided",
    "BadgeReissued",
    "ClausePublished",
    "ConsentAnswered",
    "Details",
    "GuestInvited",
    "LinkRenewed",
    "MonitoringRead",
    "OrganisationDetails",
    "ProposalDecided",
    "ProposalMade",
    "RegistrationCancelled",
    "RegistrationChanged",
    "RegistrationDecided",
    "RegistrationReplaced",
    "RegistrationSubmitted",
    "accept_proposal",
    "add_question",
    "answer_consent",
    "answer_monitoring",
    "answers_to",
    "cancel",
    "cancel_guest",
    "change",
    "change_answers",
    "correct_guest",
    "correct_own",
    "decide",
    "decide_area",
    "edit",
    "edit_form",
    "edit_question",
    "enter",
    "invite_guest",
    "keep_monitoring",
    "move_question_down",
    "move_question_up",
    "propose",
    "publish_clause",
    "read_all_monitoring",
    "read_monitoring",
    "register",
    "reissue_badge",
    "reject_proposal",
    "remove_question",
    "renew_feed",
    "renew_link",
    "send_links",
    "set_eligibility",
    "strike_off",
    "substitute",
    "walk_in",
]
