"""Who may do what: one page."""

from enum import StrEnum

from eventapp.events.models import Event, EventState, Role


class Standing(StrEnum):
    """What a caller is without belonging to an event's team."""

    ADMINISTRATOR = "administrator"
    SIGNED_IN = "signed-in"
    PARTICIPANT = "participant"
    DEVICE = "device"
    PROGRAM = "program"


class Permission(StrEnum):
    """What a view may ask for."""

    ADMINISTER = "administer"
    OWN_ACCOUNT = "own-account"
    CREATE_EVENT = "create-event"
    LIST_EVENTS = "list-events"
    READ_EVENT = "read-event"
    SEE_DESK = "see-desk"
    MANAGE_EVENT = "manage-event"
    MANAGE_TEAM = "manage-team"
    EDIT_PROGRAMME = "edit-programme"
    SEE_PEOPLE = "see-people"
    MANAGE_PEOPLE = "manage-people"
    SEE_MAIL = "see-mail"
    WRITE_LETTERS = "write-letters"
    SEE_EVIDENCE = "see-evidence"
    SIGN_UP = "sign-up"
    CHECK_IN = "check-in"
    LEAD_DOOR = "lead-door"
    SEE_PRESENCE = "see-presence"
    VISIT_JURY = "visit-jury"
    SCORE = "score"
    SEE_JURY = "see-jury"
    CHAIR_JURY = "chair-jury"
    KEEP_MINUTES = "keep-minutes"
    MANAGE_AWARDS = "manage-awards"
    SEE_TOTALS = "see-totals"
    INVITE_GUESTS = "invite-guests"


_TEAM = frozenset({Role.ORGANISER, Role.READER})

# Co-organisers come from another institution: numbers and their own guests, nothing else.
_HOUSE = frozenset(Role) - {Role.CO_ORGANISER}

# What one is in every event, and so no sign of belonging to one.
EVERYWHERE = frozenset({Standing.SIGNED_IN, Standing.PROGRAM})

POLICY: dict[Permission, frozenset[StrEnum]] = {
    Permission.ADMINISTER: frozenset({Standing.ADMINISTRATOR}),
    Permission.OWN_ACCOUNT: frozenset({Standing.SIGNED_IN}),
    Permission.CREATE_EVENT: frozenset({Standing.ADMINISTRATOR}),
    Permission.LIST_EVENTS: EVERYWHERE,
    Permission.READ_EVENT: frozenset({*_HOUSE, Standing.DEVICE}),
    Permission.SEE_DESK: _TEAM,
    Permission.MANAGE_EVENT: frozenset({Role.ORGANISER}),
    Permission.MANAGE_TEAM: frozenset({Role.ORGANISER}),
    Permission.EDIT_PROGRAMME: frozenset({Role.ORGANISER}),
    Permission.SEE_PEOPLE: _TEAM,
    Permission.MANAGE_PEOPLE: frozenset({Role.ORGANISER}),
    Permission.SEE_MAIL: frozenset({Role.ORGANISER}),
    Permission.WRITE_LETTERS: frozenset({Role.ORGANISER}),
    Permission.SEE_EVIDENCE: _TEAM,
    Permission.SIGN_UP: frozenset({Standing.PARTICIPANT}),
    Permission.CHECK_IN: frozenset({Role.ORGANISER, Role.LEAD, Role.DOOR, Standing.DEVICE}),
    Permission.LEAD_DOOR: frozenset({Role.ORGANISER, Role.LEAD}),
    Permission.SEE_PRESENCE: frozenset({Role.ORGANISER, Role.READER, Role.LEAD}),
    Permission.VISIT_JURY: frozenset({Role.JUROR, Role.CHAIR, Role.SECRETARY, Role.ORGANISER}),
    Permission.SCORE: frozenset({Role.JUROR, Role.CHAIR}),
    Permission.SEE_JURY: frozenset({Role.ORGANISER, Role.CHAIR, Role.SECRETARY}),
    Permission.CHAIR_JURY: frozenset({Role.CHAIR}),
    Permission.KEEP_MINUTES: frozenset({Role.CHAIR, Role.SECRETARY}),
    Permission.MANAGE_AWARDS: frozenset({Role.ORGANISER, Role.SECRETARY}),
    Permission.SEE_TOTALS: frozenset({Role.CO_ORGANISER}),
    Permission.INVITE_GUESTS: frozenset({Role.CO_ORGANISER}),
}

SCOPES: dict[str, frozenset[StrEnum]] = {
    "all": frozenset({Role.ORGANISER, Role.CHAIR}),
    "read": frozenset({Role.READER}),
    "door": frozenset({Role.DOOR}),
    "jury": frozenset({Role.JUROR, Role.CHAIR, Role.SECRETARY}),
}

TEAM_ROLES = frozenset(Role)


def permits(permission: str, roles: frozenset[str]) -> bool:
    """Tell whether one of *roles* holds *permission*; an administrator manages every event."""
    holders = POLICY[Permission(permission)]
    if Standing.ADMINISTRATOR in roles and permission not in FOR_OTHERS:
        return permission != Permission.SIGN_UP
    return not holders.isdisjoint(roles)


# An administrator runs the house but neither scores nor breaks ties, nor acts for an institution.
FOR_OTHERS = frozenset(
    {
        Permission.SCORE,
        Permission.CHAIR_JURY,
        Permission.SEE_TOTALS,
        Permission.INVITE_GUESTS,
    }
)


def visible(event: Event, roles: frozenset[str]) -> bool:
    """Tell whether the event's public pages are there for somebody with *roles*."""
    insider = Standing.ADMINISTRATOR in roles or not TEAM_ROLES.isdisjoint(roles)
    return event.state is not EventState.DRAFT or insider
