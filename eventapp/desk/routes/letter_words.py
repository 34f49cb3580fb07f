"""What letters, and the ways in which they stand, are called in the reader's language."""

from functools import cache

from flask_babel import gettext as _
from flask_babel import pgettext

from eventapp.kernel import i18n
from eventapp.kernel.jobs import Hold
from eventapp.kernel.outbox import Standing
from eventapp.kernel.refusal import N_

LETTERS = {
    "accounts.entered": N_("Somebody signed in"),
    "accounts.link": N_("Link to sign in"),
    "allocation.announced": N_("Outcome of the wishes"),
    "allocation.reminded": N_("Reminder to rank the wishes"),
    "awards.checked": N_("Outcome of the formal check"),
    "awards.consent-answered": N_("The nominee answered"),
    "awards.consent-asked": N_("Asking the nominee for consent"),
    "awards.drafted": N_("Draft of a nomination"),
    "awards.merged": N_("Nominations merged"),
    "awards.received": N_("Nomination received"),
    "awards.reminded": N_("Reminder to score"),
    "awards.rules-changed": N_("Rules of counting changed"),
    "awards.scoring-opened": N_("Scoring has begun"),
    "documents.certificate_issued": N_("A certificate lies ready"),
    "invites.moved": N_("New time or room"),
    "invites.withdrawn": N_("Invitation taken back"),
    "messages.copy": N_("Letter to many"),
    "messages.tried": N_("A letter to many, tried out"),
    "messages.words-tried": N_("Words of a letter, tried out"),
    "programme.speaker_asked": N_("Asking a speaker for what is missing"),
    "programme.speaker_link": N_("A speaker's personal link"),
    "programme.speaker_told": N_("A speaker's programme"),
    "programme.speaker_told_of_edits": N_("A speaker's data were edited"),
    "registrations.cancelled": N_("Registration cancelled"),
    "registrations.corrected": N_("Data corrected"),
    "registrations.decided": N_("Decision on the registration"),
    "registrations.group_received": N_("Group registered"),
    "registrations.links": N_("Personal links, asked for"),
    "registrations.own-link": N_("Personal link, sent again"),
    "registrations.place_offered": N_("A place to be taken by a link"),
    "registrations.received": N_("Registration received"),
    "registrations.replaced": N_("Somebody else takes part"),
    "signups.confirmed": N_("A place in a session"),
    "signups.last-called": N_("Free seats for whoever is first"),
    "signups.left": N_("A place was given up"),
    "signups.offer-expired": N_("An offer of a seat has run out"),
    "signups.offer-reminded": N_("Reminder of an offered seat"),
    "signups.offer-revoked": N_("An offer of a seat was taken back"),
    "signups.offered": N_("A seat on offer"),
    "signups.promoted": N_("A seat from the waiting list"),
    "signups.queued": N_("On the waiting list"),
}

# What our own side says of a letter, before the words of the mail server.
_OUR_WORDS = (
    N_("letters to this address come back"),
    N_("the reader has unsubscribed from such letters"),
    N_("the mail server does not answer"),
    N_("the mail server lets nobody in"),
    N_("the mail server does not take our sender"),
    N_("the mail server passes nothing on for us"),
    N_("the mail folder cannot be written"),
    N_("the address is not one address"),
)


def letter_name(letter: str) -> str:
    """Return what a kind of letter is called; an unknown one keeps its code."""
    return _(LETTERS[letter]) if letter in LETTERS else letter


def standing_name(standing: Standing) -> str:
    """Return how a letter stands, in words."""
    return _standing_names(i18n.current())[standing]


@cache
def _standing_names(_locale: str) -> dict[Standing, str]:
    return {
        Standing.WAITING: pgettext("letter", "waits its turn"),
        Standing.RETRYING: pgettext("letter", "is tried again"),
        Standing.HELD: pgettext("letter", "held"),
        Standing.SCHEDULED: pgettext("letter", "planned"),
        Standing.SENT: pgettext("letter", "sent"),
        Standing.UNDELIVERABLE: pgettext("letter", "refused"),
        Standing.BOUNCED: pgettext("letter", "came back"),
        Standing.GIVEN_UP: pgettext("letter", "given up"),
        Standing.SPARED: pgettext("letter", "not sent on purpose"),
        Standing.DISCARDED: pgettext("letter", "discarded"),
    }


def hold_name(hold: Hold) -> str:
    """Return why a letter is held, in words."""
    return {
        Hold.PAUSED: _("the mail of this event is paused"),
        Hold.QUIET: _("quiet hours"),
        Hold.LIMIT: _("enough letters for now"),
    }[hold]


def told(words: str) -> str:
    """Return the mail server's words, with ours before them in the reader's language."""
    for ours in _OUR_WORDS:
        if words.startswith(ours):
            return _(ours) + words.removeprefix(ours)
    return words
