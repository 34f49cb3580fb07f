"""Every letter of the product, on one page: what sets it off, its places, what it may have to say.

A template below ``templates/mail`` that is missing here fails a test.
"""

from collections.abc import Mapping

from eventapp.kernel.refusal import N_
from eventapp.kernel.shipped import Field, Kind, Shipped, Variant

# What sets letters off, in the order of the page.
TRIGGERS: Mapping[str, str] = {
    "registration": N_("Registering"),
    "sign-up": N_("Session sign-up"),
    "offer": N_("A seat on offer"),
    "change": N_("A change in the programme"),
    "allocation": N_("Places by preference"),
    "speakers": N_("Speakers"),
    "awards": N_("Awards"),
    "documents": N_("Certificates"),
    "account": N_("Signing in"),
}

_EVENT = {
    "event.title": Field(Kind.TEXT, "event_title", N_("title of the event")),
    "contact.email": Field(Kind.ADDRESS, "contact_email", N_("the organiser's e-mail address")),
    "contact.phone": Field(Kind.TEXT, "contact_phone", N_("the organiser's telephone number")),
}
_PERSON = {
    "first_name": Field(Kind.TEXT, "first_name", N_("first name of the person")),
    "name": Field(Kind.TEXT, "name", N_("first and last name of the person")),
}
_NUMBER = {"number": Field(Kind.TEXT, "number", N_("reference number of the registration"))}
_SESSION = {
    "session.title": Field(Kind.TEXT, "title", N_("title of the session")),
    "session.when": Field(Kind.SPAN, "starts_at", N_("day and hours of the session")),
    "session.place": Field(Kind.TEXT, "place", N_("room and address of the session")),
}
_POSITION = {
    "position": Field(Kind.NUMBER, "position", N_("place on the waiting list")),
}
_UNTIL = {"offer.until": Field(Kind.MOMENT, "until", N_("until when the seat is held"))}
_ORGANISATION = {
    "organisation": Field(Kind.TEXT, "organisation", N_("name of the organisation")),
}
_REGISTRAR = {
    "registrar": Field(Kind.TEXT, "registrar", N_("who registered the person")),
}
_REASON = {"reason": Field(Kind.TEXT, "reason", N_("the reason that was given"))}
_ROUND = {
    "ranking.title": Field(Kind.TEXT, "title", N_("name of the allocation")),
    "ranking.until": Field(Kind.MOMENT, "closes_at", N_("until when wishes can be ranked")),
}
_AWARD_EVENT = {"event.title": _EVENT["event.title"]}
_NOMINATION = {
    "award": Field(Kind.TEXT, "award", N_("name of the award")),
    "nominee": Field(Kind.TEXT, "nominee", N_("who is nominated")),
    "nomination.number": Field(Kind.TEXT, "number", N_("number of the nomination")),
}
_JURY = {
    "call": Field(Kind.TEXT, "call", N_("name of the call for nominations")),
    "deadline": Field(Kind.MOMENT, "closes_at", N_("until when to score")),
}

_REGISTERED = {**_EVENT, **_PERSON, **_NUMBER}
_SIGNED_UP = {**_EVENT, **_PERSON, **_SESSION}

_RECEIVED = (
    Variant("qualified", N_("there is a place"), {"state": "qualified"}),
    Variant("waiting", N_("on the reserve list"), {"state": "waiting"}),
    Variant("pending", N_("the organiser decides"), {"state": "pending"}),
)
_UNTIL_MUST = frozenset({"offer.until"})
_SCORING = (
    Variant("no-deadline", N_("without a deadline"), {"closes_at": None}),
    Variant("", N_("with a deadline"), required=frozenset({"deadline"})),
)


def _left(reason: str, title: str) -> Variant:
    return Variant(reason, title, {"reason": reason})


TABLE: tuple[Shipped, ...] = (
    # --- registration
    Shipped(
        template="registrations/received", trigger="registration",
        title=N_("Registration received"), places=_REGISTERED, variants=_RECEIVED,
    ),
    Shipped(
        template="registrations/registered_for", trigger="registration",
        title=N_("Registered by a colleague"),
        places={**_REGISTERED, **_ORGANISATION, **_REGISTRAR},
        variants=tuple(
            Variant(one.code, one.title, one.when, frozenset({"registrar"})) for one in _RECEIVED
        ),
    ),
    Shipped(
        template="registrations/group_received", trigger="registration",
        title=N_("An organisation registered several people"),
        places={**_EVENT, **_ORGANISATION, **_REGISTRAR},
    ),
    Shipped(
        template="registrations/invited", trigger="registration",
        title=N_("Invited by a co-organiser"),
        places={
            **_REGISTERED, "inviter": Field(Kind.TEXT, "inviter", N_("institution that invites")),
        },
        variants=(Variant("", "", required=frozenset({"inviter"})),),
    ),
    Shipped(
        template="registrations/place_offered", trigger="registration",
        title=N_("A place to take by a link"),
        places={
            **_EVENT, **_ORGANISATION,
            "replaced": Field(Kind.TEXT, "replaced", N_("whose place it is")),
        },
        variants=(
            Variant("organisation", N_("kept by an organisation"), {"replaced": ""}),
            Variant("", N_("passed on by somebody")),
        ),
    ),
    Shipped(
        template="registrations/decided", trigger="registration",
        title=N_("The organiser's decision"), places=_REGISTERED,
        variants=(
            Variant("qualified", N_("accepted"), {"state": "qualified"}),
            Variant("waiting", N_("on the reserve list"), {"state": "waiting"}),
            Variant("rejected", N_("not accepted"), {"state": "rejected"}),
        ),
    ),
    Shipped(
        template="registrations/corrected", trigger="registration",
        title=N_("Answer to a correction of data"), places={**_REGISTERED, **_REASON},
        variants=(
            Variant("accepted", N_("taken over"), {"accepted": True}),
            Variant("", N_("left as it was"), {"accepted": False}, frozenset({"reason"})),
        ),
    ),
    Shipped(
        template="registrations/replaced", trigger="registration",
        title=N_("Place passed on"), places=_REGISTERED,
    ),
    Shipped(
        template="registrations/cancelled", trigger="registration",
        title=N_("Registration cancelled"), places=_REGISTERED,
    ),
    Shipped(
        template="registrations/links", trigger="registration",
        title=N_("Personal links, sent again"), places=_EVENT,
    ),
    # --- sign-up
    Shipped(
        template="signups/confirmed", trigger="sign-up",
        title=N_("Seat confirmed"), places=_SIGNED_UP,
    ),
    Shipped(
        template="signups/queued", trigger="sign-up",
        title=N_("On the waiting list"), places={**_SIGNED_UP, **_POSITION},
        variants=(Variant("", "", required=frozenset({"position"})),),
    ),
    Shipped(
        template="signups/promoted", trigger="sign-up",
        title=N_("Moved up from the waiting list"), places=_SIGNED_UP,
    ),
    Shipped(
        template="signups/last_called", trigger="sign-up",
        title=N_("Seats for whoever is first"), places=_SIGNED_UP,
    ),
    Shipped(
        template="signups/left", trigger="sign-up",
        title=N_("Seat or place in the queue ended"), places=_SIGNED_UP,
        variants=(
            _left("called-off", N_("the session is cancelled")),
            _left("took-another", N_("a seat in another session at that time")),
            _left("busy", N_("another commitment at that time")),
            _left("registration-ended", N_("the registration ended")),
            _left("not-come", N_("nobody came, the seat was given away")),
            Variant("offered", N_("an offer turned down"), {"was": "offered"}),
            Variant("waiting", N_("a place on the waiting list given up"), {"was": "waiting"}),
            Variant("", N_("a seat given back")),
        ),
    ),
    # --- offer
    Shipped(
        template="signups/offered", trigger="offer",
        title=N_("A seat is on offer"), places={**_SIGNED_UP, **_UNTIL},
        variants=(Variant("", "", required=_UNTIL_MUST),),
    ),
    Shipped(
        template="signups/offer_reminded", trigger="offer",
        title=N_("Reminder of an offer"), places={**_SIGNED_UP, **_UNTIL},
        variants=(Variant("", "", required=_UNTIL_MUST),),
    ),
    Shipped(
        template="signups/offer_expired", trigger="offer",
        title=N_("An offer ran out"), places={**_SIGNED_UP, **_POSITION},
    ),
    Shipped(
        template="signups/offer_revoked", trigger="offer",
        title=N_("An offer was taken back"), places={**_SIGNED_UP, **_POSITION},
    ),
    # --- change
    Shipped(
        template="invites/moved", trigger="change",
        title=N_("A session is moved"), places=_SIGNED_UP,
        variants=(
            Variant(
                "time-and-room", N_("another time and place"),
                {"other_time": True, "other_room": True},
            ),
            Variant("time", N_("another time"), {"other_time": True}),
            Variant("room", N_("another place"), {"other_room": True}),
            Variant("", N_("somebody else gives the advice")),
        ),
    ),
    Shipped(
        template="invites/withdrawn", trigger="change",
        title=N_("Removed from the calendar"), places=_SIGNED_UP,
    ),
    # --- allocation
    Shipped(
        template="allocation/reminded", trigger="allocation",
        title=N_("Please rank your wishes"), places={**_EVENT, **_PERSON, **_ROUND},
        variants=(Variant("", "", required=frozenset({"ranking.until"})),),
    ),
    Shipped(
        template="allocation/announced", trigger="allocation",
        title=N_("The places are given"),
        places={**_EVENT, **_PERSON, "ranking.title": _ROUND["ranking.title"]},
    ),
    # --- speakers
    Shipped(
        template="programme/speaker_link", trigger="speakers",
        title=N_("The personal page of a speaker"), places=_EVENT,
    ),
    Shipped(
        template="programme/speaker_asked", trigger="speakers",
        title=N_("What a speaker has not sent yet"), places=_EVENT,
    ),
    Shipped(
        template="programme/speaker_told", trigger="speakers",
        title=N_("A speaker's sessions changed"), places=_EVENT,
        variants=(
            Variant("edited", N_("after an edit"), {"edited": True}),
            Variant("", N_("after a release"), {"edited": False}),
        ),
    ),
    # --- awards
    Shipped(
        template="awards/drafted", trigger="awards",
        title=N_("A nomination was begun"),
        places={**_AWARD_EVENT, "award": _NOMINATION["award"], "nominee": _NOMINATION["nominee"]},
    ),
    Shipped(
        template="awards/received", trigger="awards",
        title=N_("A nomination was received"), places={**_AWARD_EVENT, **_NOMINATION},
    ),
    Shipped(
        template="awards/consent_asked", trigger="awards",
        title=N_("The nominee is asked for consent"),
        places={
            **_AWARD_EVENT, "award": _NOMINATION["award"], "nominee": _NOMINATION["nominee"],
            "nominator": Field(Kind.TEXT, "nominator", N_("who nominated")),
        },
        variants=(Variant("", "", required=frozenset({"nominator"})),),
    ),
    Shipped(
        template="awards/consent_answered", trigger="awards",
        title=N_("The nominee has answered"), places={**_AWARD_EVENT, **_NOMINATION},
        variants=(
            Variant("given", N_("consents"), {"given": True}),
            Variant("", N_("declines"), {"given": False}),
        ),
    ),
    Shipped(
        template="awards/checked", trigger="awards",
        title=N_("The formal check of a nomination"),
        places={
            **_AWARD_EVENT, **_NOMINATION, **_REASON,
            "complete.until": Field(Kind.MOMENT, "complete_until", N_("until when to complete")),
        },
        variants=(
            Variant(
                "to-complete", N_("to be completed"), {"result": "to-complete"},
                frozenset({"complete.until", "reason"}),
            ),
            Variant("negative", N_("rejected"), {"result": "negative"}, frozenset({"reason"})),
            Variant("", N_("passed")),
        ),
    ),
    Shipped(
        template="awards/merged", trigger="awards",
        title=N_("Nominations of one nominee were merged"),
        places={**_AWARD_EVENT, **_NOMINATION},
    ),
    Shipped(
        template="awards/rules_changed", trigger="awards",
        title=N_("The rules of counting have changed"),
        places={**_AWARD_EVENT, "call": _JURY["call"], **_REASON},
        variants=(
            Variant("again", N_("cards are given again"), {"again": True}, frozenset({"reason"})),
            Variant("", N_("cards still count"), {"again": False}, frozenset({"reason"})),
        ),
    ),
    Shipped(
        template="awards/scoring_opened", trigger="awards",
        title=N_("The jury may score"), places={**_AWARD_EVENT, **_JURY}, variants=_SCORING,
    ),
    Shipped(
        template="awards/reminded", trigger="awards",
        title=N_("A juror owes score sheets"),
        places={
            **_AWARD_EVENT, **_JURY,
            "owed": Field(Kind.NUMBER, "owed", N_("how many score sheets are missing")),
        },
        variants=_SCORING,
    ),
    # --- documents
    Shipped(
        template="documents/certificate_issued", trigger="documents",
        title=N_("A certificate lies ready"),
        places={
            **_EVENT, "name": _PERSON["name"],
            "certificate.number": Field(Kind.TEXT, "number", N_("number of the certificate")),
        },
        variants=(
            Variant("replaced", N_("in place of an earlier one"), {"replaces": True}),
            Variant("", N_("for the first time"), {"replaces": False}),
        ),
    ),
    # --- account
    Shipped(
        template="accounts/link", trigger="account",
        title=N_("Link and code to sign in"), editable=False,
    ),
    Shipped(
        template="accounts/entered", trigger="account",
        title=N_("Somebody signed in"), editable=False,
    ),
)  # fmt: skip
