"""A whole spreadsheet of speakers at once: all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventapp.kernel.db import atomic
from eventapp.programme.commands.speakers import edit_speaker, name_speaker
from eventapp.programme.rules.speaker_sheets import Line


@dataclass(frozen=True, kw_only=True)
class ImportedSpeakers:
    """What came of a table: how many are new among the speakers, and of how many more is known."""

    added: int
    changed: int


@atomic
def import_speakers(event_id: int, now: datetime, lines: Sequence[Line]) -> ImportedSpeakers:
    """Let people speak, and know of them, what the lines of a table say.

    Raises `Refused` where one line cannot be taken, and then nothing of the table is.
    """
    added = changed = 0
    for line in lines:
        if line.speaker_id is None:
            name_speaker(event_id, now, **{"email": None, **_columns(line.values)})
            added += 1
        elif line.changed:
            values = {name: line.values[name] for name in line.changed}
            edit_speaker(line.speaker_id, now, **_columns(values))
            changed += 1
    return ImportedSpeakers(added=added, changed=changed)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names of the columns: a span is one of several."""
    columns = dict(values)
    span = columns.pop("span", None)
    if span is not None:
        columns["availability"] = [[at.isoformat() for at in span]]
    return columns
