"""Read a seminar file: JSON as strict as any other, its texts in two languages, its refs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from eventapp.kernel import strictjson

FORMAT = "demo-seminar/1"
MOST_BYTES = 20_000_000

Json = dict[str, Any]


class BadSeminar(ValueError):
    """A file that cannot be loaded, with one sentence that says where and why."""


@dataclass
class Ids:
    """What the file's own ids became: rows of this installation, by kind and ref."""

    rows: dict[tuple[str, str], int] = field(default_factory=dict)

    def keep(self, kind: str, ref: str, row_id: int) -> None:
        """Remember the row that *ref* became."""
        self.rows[kind, ref] = row_id

    def of(self, kind: str, ref: str) -> int:
        """Return the row's id; raises `BadSeminar` for a ref that the file does not define."""
        try:
            return self.rows[kind, ref]
        except KeyError:
            raise BadSeminar(f"The file names the {kind} “{ref}” but does not define it.") from None

    def maybe(self, kind: str, ref: str | None) -> int | None:
        """Return the row's id, or None for no ref."""
        return None if ref is None else self.of(kind, ref)


def read(path: Path) -> Json:
    """Return the seminar in the file at *path*; raises `BadSeminar`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadSeminar(f"{path}: {error.strerror}.") from None
    try:
        seminar = strictjson.read_json(raw, most=MOST_BYTES)
    except strictjson.BadJson as error:
        raise BadSeminar(f"{path}: {error.sentence}") from None
    if not isinstance(seminar, dict):
        raise BadSeminar(f"{path}: the file is not a JSON object.")
    with at("meta"):
        found = seminar["meta"]["format"]
    if found != FORMAT:
        raise BadSeminar(f"{path}: the format is “{found}”, not “{FORMAT}”.")
    return seminar


@contextmanager
def at(place: str) -> Iterator[None]:
    """Turn what a malformed file provokes into one sentence that names *place*."""
    try:
        yield
    except KeyError as error:
        raise BadSeminar(f"{place}: “{error.args[0]}” is missing.") from error
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, BadSeminar):
            raise
        raise BadSeminar(f"{place}: {error}.") from error


def moment(text: str) -> datetime:
    """Return a moment of the file; it must carry its offset."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"“{text}” has no offset")
    return found


def spoken(thing: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return a text in its languages: an object of them, or a bare text and its ``_en``."""
    value = thing.get(key)
    if isinstance(value, Mapping):
        return {language: text for language, text in value.items() if text}
    both = {"pl": value, "en": thing.get(f"{key}_en")}
    return {language: text for language, text in both.items() if text}


def spoken_list(thing: Mapping[str, Any], key: str) -> list[dict[str, str]]:
    """Return a list of texts, each in its languages."""
    polish = thing.get(key) or []
    english = thing.get(f"{key}_en") or []
    pairs = zip(polish, [*english, *([None] * len(polish))], strict=False)
    return [{"pl": one, "en": other} if other else {"pl": one} for one, other in pairs]
