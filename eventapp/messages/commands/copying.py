"""What of an event's letters another event can begin with: words and drafts, never a copy sent."""

from dataclasses import replace
from datetime import timedelta

from eventapp.kernel import facts
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.db import append_all, db
from eventapp.kernel.mail_words import MailWords
from eventapp.kernel.refusal import N_
from eventapp.messages import queries
from eventapp.messages.models import Letter, State
from eventapp.messages.rules.audience import Audience

_OF_WORDS = ("letter", "variant", "locale", "subject", "body", "basis")
_OF_LETTER = (
    "subject", "body", "necessary", "timing", "offset_days", "hour", "late_copies",
)  # fmt: skip


def _words(copying: Copying) -> int:
    rows = queries.standing_words(copying.source_id)
    kept = {"event_id": copying.target_id, "actor": facts.actor(), "written_at": copying.now}
    append_all(
        MailWords, [{**{name: getattr(row, name) for name in _OF_WORDS}, **kept} for row in rows]
    )
    return len(rows)


def _letters(copying: Copying) -> int:
    rows = list(reversed(queries.letters(copying.source_id)))
    for row in rows:
        said = {name: getattr(row, name) for name in _OF_LETTER}
        audience = _audience(Audience.read(row.audience), copying)
        db.session.add(
            Letter(
                event_id=copying.target_id,
                state=State.DRAFT,
                audience=audience.kept(),
                sends_past=False,
                written_at=copying.now,
                written_by=facts.actor(),
                **said,
            )
        )
    return len(rows)


def _audience(asked: Audience, copying: Copying) -> Audience:
    """Return the same conditions in the new event; sessions that were not copied are left out."""
    new = [copying.new("session", old) for old in asked.session_ids]
    day = asked.day and asked.day + timedelta(days=copying.days)
    return replace(asked, session_ids=tuple(one for one in new if one is not None), day=day)


PARTS = (
    Part("mail-words", N_("your own words in the letters"), _words),
    Part("letters", N_("letters to many, as drafts"), _letters),
)
