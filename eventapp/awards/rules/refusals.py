"""Every "no" of this slice."""

from eventapp.kernel.refusal import N_, Refusal


class AwardRefusal(Refusal):
    """Why something about an award may not happen."""

    # the call
    RULEBOOK_FROZEN = (
        "rulebook-frozen",
        N_("The rules were frozen when scoring opened; they can no longer change."),
    )
    NOT_FROZEN = (
        "not-frozen",
        N_("Scoring has not been opened, so the rules can simply be changed."),
    )
    SAME_RULES = "same-rules", N_("These are the rules that hold already.")
    CHANGE_WAITS = (
        "change-waits",
        N_("Another change of the rules waits for its second person."),
    )
    NO_CHANGE_WAITS = "no-change-waits", N_("This change of the rules was settled already.")
    SECOND_PERSON = (
        "second-person",
        N_("A change of frozen rules needs two persons: somebody else must confirm it."),
    )
    BAD_RULEBOOK = "bad-rulebook", N_("These rules cannot be counted by: %(fault)s.")
    CALL_NOT_OPEN = "call-not-open", N_("Nominations are not open yet.")
    CALL_CLOSED = "call-closed", N_("The call for nominations has ended.")

    AWARD_IN_USE = "award-in-use", N_("This award has nominations; it cannot be removed.")
    JUROR_IN_USE = "juror-in-use", N_("This juror has cast cards; mark the absence instead.")
    CHAIR_TAKEN = "chair-taken", N_("This jury already has a chair.")

    # nominations
    NOT_A_DRAFT = "not-a-draft", N_("This nomination was submitted; it can no longer be changed.")
    INELIGIBLE = "ineligible", N_("This award is not open to organisations of this kind.")
    INCOMPLETE = "incomplete", N_("Before it is submitted, a nomination needs: %(missing)s.")
    ONE_PER_NOMINATOR = (
        "one-per-nominator",
        N_("You have submitted as many nominations for this award as its regulations allow."),
    )
    NOT_ALIKE = (
        "not-alike",
        N_("Only two nominations for the same award can become one candidacy."),
    )
    NOT_MERGEABLE = (
        "not-mergeable",
        N_("Only nominations that are submitted, and not rejected or withdrawn, can be merged."),
    )
    CARDS_CAST = "cards-cast", N_("Cards were cast for this nomination; it stays as it is.")
    CORRECTION_LATE = (
        "correction-late",
        N_("Scoring has begun, so this can no longer be corrected. Please write to the organiser."),
    )
    NOT_SUBMITTED = "not-submitted", N_("This nomination has not been submitted.")
    ALREADY_DECIDED = "already-decided", N_("The formal check of this nomination is finished.")
    REASON_MISSING = "reason-missing", N_("Please give the reason; it will stand in the minutes.")
    NOT_TO_COMPLETE = "not-to-complete", N_("Nothing is to be completed in this nomination.")
    COMPLETION_LATE = "completion-late", N_("The time for completing this nomination is over.")
    WITHDRAWN = "withdrawn", N_("This nomination was withdrawn.")
    MERGED = "merged", N_("This nomination was merged into another one of the same nominee.")
    NO_CONSENT_ASKED = "no-consent-asked", N_("Nobody has to consent to this nomination.")
    ALREADY_PUBLISHED = "already-published", N_("The results are published; nothing changes now.")

    # attachments
    UNKNOWN_FORMAT = "unknown-format", N_("Attachments may be PDF, PNG or JPEG files.")
    TOO_LARGE = "too-large", N_("The attachments of one nomination may have 20 MB together.")
    TOO_MANY = "too-many", N_("One nomination may have at most %(most)s attachments.")
    EMPTY_FILE = "empty-file", N_("This file is empty.")

    # the jury
    NOT_A_JUROR = "not-a-juror", N_("Only the members of this jury may do this.")
    NO_VOTE = "no-vote", N_("This member of the jury has no vote.")
    ALREADY_JUROR = "already-juror", N_("This person is already a member of this jury.")
    NOT_DECLARED = (
        "not-declared",
        N_("Please sign the declaration of impartiality and confidentiality first."),
    )
    RECUSED = "recused", N_("You are excluded from judging this nomination.")
    ALREADY_RECUSED = "already-recused", N_("This juror is already excluded from this nomination.")
    ABSENT = "absent", N_("This juror was marked as absent from this vote.")
    HAS_CARDS = (
        "has-cards",
        N_("This juror has cast cards in this round; void them before marking the absence."),
    )

    # rounds and ballots
    ROUND_NOT_OPEN = "round-not-open", N_("Scoring has not been opened yet.")
    ROUND_EXISTS = "round-exists", N_("This award already has a round of scoring.")
    CLOSED = "closed", N_("Scoring is closed; cards can no longer be changed.")
    NO_ENTRIES = "no-entries", N_("There is no accepted nomination to judge.")
    UNKNOWN_NOMINATION = "unknown-nomination", N_("This nomination is not judged in this round.")
    UNKNOWN_CRITERION = "unknown-criterion", N_("There is no criterion “%(criterion)s”.")
    OUT_OF_RANGE = (
        "out-of-range",
        N_("A score must be a whole number from %(low)s to %(high)s."),
    )
    OVER_BUDGET = (
        "over-budget",
        N_("You have %(budget)s points for all nominations of this award; these are more."),
    )
    VOIDED = "voided", N_("This card was voided; it cannot be cast again.")
    ALREADY_VOIDED = "already-voided", N_("This card is already void.")
    QUORUM_MISSING = (
        "quorum-missing",
        N_("There is no quorum: %(present)s present, %(needed)s needed."),
    )
    QUORUM_MET = "quorum-met", N_("There is a quorum; close the round in the ordinary way.")
    NOT_CLOSED = "not-closed", N_("The round must be closed before it is counted.")
    ALREADY_COUNTED = "already-counted", N_("This round has been counted.")

    # ties and results
    NOT_TIED = "not-tied", N_("There is no tie to decide.")
    ANOTHER_TIE = "another-tie", N_("These are not the nominations that are tied.")
    CHOICE_NOT_TIED = "choice-not-tied", N_("The choice must be one of the tied nominations.")
    NOT_BY_CHAIR = "not-by-chair", N_("These regulations do not let the chair break a tie.")
    NOT_YOURS_TO_DECIDE = (
        "not-yours-to-decide",
        N_("The chair breaks a tie, or a deputy if the chair is absent or excluded."),
    )
    NOT_COUNTED = "not-counted", N_("Not every award has been counted.")
    UNDECIDED = "undecided", N_("A tie is still open: %(award)s.")
    NO_EMBARGO = "no-embargo", N_("Set the moment of the announcement first.")
    EMBARGO = "embargo", N_("The results are under embargo until %(until)s.")
    NOT_PUBLISHED = "not-published", N_("The results have not been published yet.")

    # the audience
    NO_PUBLIC_VOTE = "no-public-vote", N_("The audience does not vote on these awards.")
    VOTE_NOT_OPEN = "vote-not-open", N_("Voting is not open yet.")
    VOTE_CLOSED = "vote-closed", N_("Voting has ended.")
    VOTED_ALREADY = "voted-already", N_("You have voted already; every vote is counted once.")
    BADGE_NEEDED = (
        "badge-needed",
        N_("One badge, one vote: open your personal link first, the one in your confirmation."),
    )
    NOT_CHECKED_IN = (
        "not-checked-in",
        N_("Everybody who was checked in at the door has a vote. Please check in first."),
    )
    NO_COOKIE = (
        "no-cookie",
        N_("Your browser kept no cookie, so this vote cannot be counted once. Please try again."),
    )
    VOTE_BEGUN = (
        "vote-begun",
        N_("Votes have been given already; how people vote can no longer change."),
    )
