"""Letters to speakers, each in the language that the person asks for."""

from collections.abc import Sequence
from typing import Any

from eventapp.events import queries as frame
from eventapp.kernel import boundary, i18n
from eventapp.kernel.db import db
from eventapp.kernel.jobs import Rank
from eventapp.kernel.post import Letter, letter
from eventapp.programme import queries
from eventapp.programme.models import Release, Speaker


@letter("programme.speaker_link", kept=False)
def speaker_link(speaker_id: int) -> Letter | None:
    """Send a speaker the personal link: own sessions, who comes, what they say of themselves."""
    row = queries.speaker(speaker_id)
    return _to(row, "programme/speaker_link", sessions=_sessions(row)) if row is not None else None


@letter("programme.speaker_asked", Rank.COURTESY)
def speaker_asked(speaker_id: int) -> Letter | None:
    """Ask a speaker for what is missing; nothing if nothing is by now."""
    row = queries.speaker(speaker_id)
    gaps = queries.gaps_of(row) if row is not None else []
    return _to(row, "programme/speaker_asked", gaps=gaps) if row is not None and gaps else None


@letter("programme.speaker_told")
def speaker_told(speaker_id: int, release_id: int) -> Letter | None:
    """Tell a speaker what a release changed, unless a newer one has changed it again."""
    row, release = queries.speaker(speaker_id), db.session.get(Release, release_id)
    if row is None or release is None:
        return None
    changes = queries.changes_for(release.differences, row)
    if not changes:
        return None
    titles = [i18n.local(told["title"], row.locale) for told in changes]
    return _to(row, "programme/speaker_told", edited=False, titles=titles, sessions=_sessions(row))


@letter("programme.speaker_told_of_edits")
def speaker_told_of_edits(speaker_id: int, session_ids: Sequence[int]) -> Letter | None:
    """Tell a speaker which of the own sessions somebody changed for everybody."""
    row = queries.speaker(speaker_id)
    if row is None:
        return None
    sessions = queries.sessions_of(speaker_id)
    titles = [
        i18n.local(one.activity.title, row.locale) for one in sessions if one.id in session_ids
    ]
    if not titles:
        return None
    return _to(row, "programme/speaker_told", edited=True, titles=titles, sessions=_sessions(row))


def link_url(row: Speaker) -> str:
    """Return the address of a speaker's own page."""
    return f"{boundary.base_url()}/speaking/{queries.link_token(row)}"


def _sessions(row: Speaker) -> list[dict[str, Any]]:
    return [
        {
            "title": i18n.local(one.activity.title, row.locale),
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "room": i18n.local(one.room.name, row.locale) if one.room is not None else "",
            "cancelled": one.state.value == "cancelled",
        }
        for one in queries.sessions_of(row.id)
    ]


def _to(row: Speaker, template: str, **context: Any) -> Letter | None:
    event = frame.event(row.event_id)
    if event is None or not row.person.email:
        return None
    return Letter(
        to=row.person.email,
        locale=row.locale,
        template=template,
        about=f"speaker:{row.id}",
        event_id=row.event_id,
        reply_to=event.contact_email or None,
        context={
            "event_title": i18n.local(event.title, row.locale),
            "event_url": f"{boundary.base_url()}/{event.slug}/",
            "contact_email": event.contact_email,
            "contact_phone": event.contact_phone,
            "funding_line": i18n.local(event.project.get("funding_line"), i18n.DEFAULT),
            "zone": event.timezone,
            "link": link_url(row),
            **context,
        },
    )
