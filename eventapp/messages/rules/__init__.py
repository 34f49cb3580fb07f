"""Pure decisions about letters: what they may say, and when they may change."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from eventapp.kernel import placeholders
from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.messages.models import Letter

MOST_SUBJECT = 200  # characters; a name may be added to it
MOST_LETTERS = 200  # of one event


class State(StrEnum):
    """Where a letter to many stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    QUEUED = "queued"
    SENT = "sent"


class LetterRefusal(Refusal):
    """Why a letter, or the words of one, stay as they are."""

    UNKNOWN_PLACE = (
        "unknown-place",
        N_("There is nothing called {%(name)s} in this letter."),
    )
    MISTAKEN_PLACE = (
        "mistaken-place",
        N_("There is nothing called {%(name)s} in this letter. Did you mean {%(nearest)s}?"),
    )
    MISSING_PLACE = (
        "missing-place",
        N_("This letter must keep {%(name)s}: without it people do not know what they need."),
    )
    PLACE_ALONE = (
        "place-alone",
        N_("The list {%(name)s} needs a paragraph of its own, and has no place in the subject."),
    )
    NO_WORDS = "no-words", N_("A letter needs a subject and a text.")
    LETTER_CHANGED = (
        "letter-changed",
        N_("Somebody else changed this letter meanwhile: look at it again."),
    )
    WRONG_STATE = (
        "letter-wrong-state",
        N_("This cannot be done with the letter any more; look at where it stands now."),
    )
    SECOND_PERSON = (
        "second-person",
        N_("Somebody else than who wrote it last has to approve this letter."),
    )
    NOBODY = "nobody-to-write-to", N_("There is nobody to write to.")
    NO_MOMENT_LEFT = (
        "no-moment-left",
        N_("All moments of this letter are past. Change its time, or ask to send it now."),
    )
    SESSION_ELSEWHERE = "session-elsewhere", N_("One of the sessions belongs to another event.")
    TOO_MANY_LETTERS = "too-many-letters", N_("An event can have at most %(most)s letters.")


class Fault:
    """A refusal with what fills its sentence."""

    __slots__ = ("details", "reason")

    def __init__(self, reason: LetterRefusal, **details: str) -> None:
        self.reason = reason
        self.details: Mapping[str, str] = details


def refuse_words(
    subject: str,
    body: str,
    known: Collection[str],
    *,
    required: Collection[str] = (),
    alone: Collection[str] = (),
) -> Fault | None:
    """Return why these words do not do: of *known* places, which must and which stand alone."""
    if not subject.strip() or not body.strip():
        return Fault(LetterRefusal.NO_WORDS)
    for name in placeholders.names(subject, body):
        if name not in known:
            return _unknown(name, known)
    for name in sorted(required):
        if name not in placeholders.names(subject, body):
            return Fault(LetterRefusal.MISSING_PLACE, name=name)
    for name in sorted(alone):
        if name in placeholders.names(subject) or _amid(name, body):
            return Fault(LetterRefusal.PLACE_ALONE, name=name)
    return None


def _unknown(name: str, known: Collection[str]) -> Fault:
    nearest = placeholders.nearest(name, known)
    if nearest is None:
        return Fault(LetterRefusal.UNKNOWN_PLACE, name=name)
    return Fault(LetterRefusal.MISTAKEN_PLACE, name=name, nearest=nearest)


def _amid(name: str, body: str) -> bool:
    """Tell whether a place stands among other words."""
    return any(
        name in placeholders.names(one) and one.strip() != f"{{{name}}}"
        for one in placeholders.paragraphs(body)
    )


def refuse_change(letter: "Letter", seen: int | None) -> LetterRefusal | None:
    """Return why the words and the audience of a letter stay as they are."""
    if letter.state is not State.DRAFT:
        return LetterRefusal.WRONG_STATE
    if seen is not None and seen != letter.version:
        return LetterRefusal.LETTER_CHANGED
    return None


def refuse_approval(
    letter: "Letter", actor: str, seen: int | None, *, second: bool
) -> LetterRefusal | None:
    """Return why *actor* may not approve a letter; *second*: another person has to."""
    if refusal := refuse_change(letter, seen):
        return refusal
    if second and actor == letter.written_by:
        return LetterRefusal.SECOND_PERSON
    return None


def shared(addresses: Sequence[str]) -> set[str]:
    """Return which addresses stand there more than once."""
    seen: set[str] = set()
    return {one for one in addresses if one in seen or seen.add(one)}  # type: ignore[func-returns-value]
