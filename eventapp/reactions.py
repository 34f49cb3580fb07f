"""One page: when this fact is recorded, these upper-slice commands follow."""

from eventapp.events.commands import PlaceRenamed
from eventapp.invites import commands as invites
from eventapp.invites.commands import InviteAnswered
from eventapp.kernel.facts import Fact, Reaction
from eventapp.programme import commands as programme
from eventapp.programme.commands import (
    CapacityChanged,
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SpeakersChanged,
)
from eventapp.registrations.commands import (
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationDecided,
    RegistrationReplaced,
)
from eventapp.signups import commands as signups

TABLE: dict[type[Fact], Reaction] = {
    RegistrationCancelled: Reaction(
        at_once=[signups.follow_cancelled], afterwards=[signups.fill_after]
    ),
    RegistrationDecided: Reaction(
        at_once=[signups.follow_decided], afterwards=[signups.fill_after]
    ),
    RegistrationReplaced: Reaction(
        at_once=[signups.follow_replaced], afterwards=[signups.fill_after]
    ),
    RegistrationChanged: Reaction(at_once=[signups.follow_readdressed]),
    SessionMoved: Reaction(at_once=[signups.follow_moved], afterwards=[signups.fill_after]),
    SessionChanged: Reaction(at_once=[signups.follow_changed]),
    SpeakersChanged: Reaction(at_once=[signups.follow_speakers]),
    SessionCancelled: Reaction(at_once=[signups.follow_called_off]),
    PlaceRenamed: Reaction(at_once=[programme.follow_renamed, invites.follow_renamed]),
    InviteAnswered: Reaction(afterwards=[signups.follow_answered]),
    CapacityChanged: Reaction(afterwards=[signups.fill_after]),
    signups.OfferLapsed: Reaction(afterwards=[signups.fill_after]),
}
