"""Pure decisions about what the media are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eventapp.kernel.refusal import N_, Refusal

MOST_FILES = 20
MOST_FILE = 10_000_000  # bytes of one file
MOST_BYTES = 60_000_000  # bytes of a whole kit
MOST_SHOWN = 1_500_000  # a larger picture is too much for the page, and only handed out


class PressRefusal(Refusal):
    """Why the press page or its kit stays as it is."""

    PAGE_CHANGED = (
        "page-changed",
        N_("Somebody else changed this page meanwhile: look at it again before you save."),
    )
    TOO_MANY_FILES = "too-many-files", N_("A press kit has at most %(most)s files.")
    KIT_TOO_LARGE = "kit-too-large", N_("All files of a press kit have at most %(most)s MB.")
    NO_CAPTION = (
        "no-caption",
        N_("A picture needs words for who cannot see it, and a line about author and licence."),
    )


def refuse_file(size: int, held: Sequence[int]) -> PressRefusal | None:
    """Return why a file of so many bytes does not fit beside files of the sizes *held*."""
    if len(held) >= MOST_FILES:
        return PressRefusal.TOO_MANY_FILES
    return PressRefusal.KIT_TOO_LARGE if sum(held) + size > MOST_BYTES else None


def refuse_words(media_type: str, caption: Mapping[str, str], credit: str) -> PressRefusal | None:
    """Return why these words do not do for a file of this type."""
    if media_type.startswith("image/") and not (caption and credit):
        return PressRefusal.NO_CAPTION
    return None


# --- the news item ------------------------------------------------------------------------


class Stage(StrEnum):
    """What a news item of today tells: an invitation, what is going on, what it was."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


def stage_of(first: date, last: date, today: date) -> Stage:
    """Return what a news item of *today* tells of an event that lasts from *first* to *last*."""
    if today < first:
        return Stage.BEFORE
    return Stage.DURING if today <= last else Stage.AFTER


class Missing(StrEnum):
    """A fact that a news item would like to tell and nobody has given."""

    ABOUT = "about"
    ENGLISH = "english"
    CONTACT = "contact"
    PLACE = "place"
    ORGANISER = "organiser"
    PROGRAMME = "programme"
    FUNDING = "funding"
    PRESENCE = "presence"
    RESULTS = "results"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Which facts are there; `results` is None where no awards are given."""

    stage: Stage
    about: Mapping[str, str]
    contact: bool
    place: bool
    organiser: bool
    programme: bool
    funding: bool
    presence: bool
    results: bool | None


def missing(known: Known) -> list[Missing]:
    """List what a news item has to leave out."""
    there = {
        Missing.ABOUT: bool(known.about),
        Missing.ENGLISH: not known.about or bool(known.about.get("en")),
        Missing.CONTACT: known.contact,
        Missing.PLACE: known.place,
        Missing.ORGANISER: known.organiser,
        Missing.PROGRAMME: known.programme,
        Missing.FUNDING: known.funding,
        Missing.PRESENCE: known.stage is Stage.BEFORE or known.presence,
        Missing.RESULTS: known.stage is Stage.BEFORE or known.results is not False,
    }
    return [fact for fact, known_of in there.items() if not known_of]


@dataclass(frozen=True)
class Quote:
    """What somebody said, and who."""

    words: str
    by: str = ""


_DASHES = "-–—"


def quotes_in(typed: str) -> list[Quote]:
    """List the quotes of a text: one a paragraph; a last line behind a dash says who."""
    paragraphs = [part.strip() for part in typed.replace("\r\n", "\n").split("\n\n")]
    return [_quote(part) for part in paragraphs if part]


def _quote(paragraph: str) -> Quote:
    lines = [line.strip() for line in paragraph.split("\n")]
    by = lines.pop().lstrip(_DASHES).strip() if lines[-1][0] in _DASHES and lines[1:] else ""
    return Quote(" ".join(lines).strip('„”“"«»'), by)


def full_stop(sentence: str) -> str:
    """Return a sentence with a mark at its end."""
    return sentence if sentence[-1:] in {".", "!", "?", "…"} else f"{sentence}."
