"""What letters, and the ways in which they stand, are called in the reader's language."""

from functools import cache

from flask_babel import gettext as _
from flask_babel import pgettext

from eventapp.kernel import i18n
from eventapp.kernel.jobs import Hold
from eventapp.kernel.outbox import Standing
from eventapp.kernel.refusal import N_
from eventapp.messages.rules import shipped

# Those that are written in the words of another one, or in nobody's.
BESIDES = {
    "messages.copy": N_("Letter to many"),
    "messages.tried": N_("A letter to many, tried out"),
    "messages.words-tried": N_("Words of a letter, tried out"),
    "programme.speaker_told_of_edits": N_("A speaker's data were edited"),
    "registrations.own-link": N_("Personal link, sent again"),
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
    title = BESIDES.get(letter) or _titles().get(letter.replace(".", "/").replace("-", "_"))
    return _(title) if title else letter


@cache
def _titles() -> dict[str, str]:
    return {one.template: one.title for one in shipped.TABLE}


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
