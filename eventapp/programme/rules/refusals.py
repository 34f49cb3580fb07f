"""Why the programme cannot be changed so."""

from eventapp.kernel.refusal import N_, Refusal


class ProgrammeRefusal(Refusal):
    """Why a session cannot be planned so."""

    ENDS_BEFORE_START = "ends-before-start", N_("A session must end after it starts.")
    OUTSIDE_EVENT = "outside-event", N_("The event has no such day.")
    ROOM_TAKEN = "room-taken", N_("The room is taken then by “%(title)s”.")
    SPEAKER_BUSY = "speaker-busy", N_("At that time %(name)s is busy: “%(title)s”.")
    CAPACITY_BELOW_CONFIRMED = (
        "capacity-below-confirmed",
        N_("The capacity cannot be lower than the seats already taken: %(confirmed)s."),
    )
    IN_USE = "in-use", N_("People have signed up for this session; cancel it instead.")
    IN_THE_PLAN = "in-the-plan", N_("A session of this is in the plan already.")
    CANCELLED = "cancelled-session", N_("This session is cancelled.")
    SESSION_STALE = (
        "session-stale",
        N_("Somebody else changed this session meanwhile: look at it again before you save."),
    )
    BREAK_STALE = (
        "break-stale",
        N_("Somebody else changed this break meanwhile: look at it again before you save."),
    )
    BREAK_REMOVED = "break-removed", N_("This break was removed from the programme.")
    UNKNOWN_SPEAKER = "unknown-speaker", N_("The event has no such speaker.")
    SPEAKER_KNOWN = "speaker-known", N_("This person is among the speakers already.")
    SPEAKER_WITHOUT_EMAIL = (
        "speaker-without-email",
        N_("No e-mail is known of this person: enter it, or pass the link on by yourself."),
    )
    SPEAKER_IN_USE = (
        "speaker-in-use",
        N_("This person leads “%(title)s”; give that session to somebody else first."),
    )
    ROOM_IN_USE = "room-in-use", N_("Move “%(title)s” first: it is held in this room.")
    UNKNOWN_ROOM = "unknown-room", N_("The event has no such room.")
    ALREADY_RELEASED = (
        "already-released",
        N_("This session has been released; it can be called off, not removed."),
    )
    NOTHING_TO_RELEASE = "nothing-to-release", N_("The draft says the same as the last release.")
    DRAFT_CHANGED = (
        "draft-changed",
        N_("The draft has changed since you looked: look at the differences again."),
    )
    ERRORS_LEFT = (
        "errors-left",
        N_("Errors are left in the draft: %(count)s. Mend them, or say why they may stand."),
    )
    NOT_HELD = "not-held", N_("This session is called off, so that nothing can be added to it.")
    MATERIALS_FULL = (
        "materials-full",
        N_("One session may have at most %(most)s materials: take one away first."),
    )
    MATERIAL_GONE = (
        "material-gone",
        N_("Somebody has removed or replaced this meanwhile: look at the list again."),
    )
