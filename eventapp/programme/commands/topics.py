"""Topics of the draft: renamed, merged or dropped in all sessions at once, taken back as one."""

from collections.abc import Callable, Sequence
from datetime import datetime

from eventapp.kernel import journal
from eventapp.kernel.db import atomic
from eventapp.programme import queries
from eventapp.programme.commands.planning import edit_draft
from eventapp.programme.models import SessionState
from eventapp.programme.rules import topics
from eventapp.programme.rules.planned import planned
from eventapp.programme.rules.topics import Topic

TOPICS = "topics"


@atomic
def name_topic(event_id: int, key: str, now: datetime, *, name: Topic) -> int | None:
    """Give a topic another name, or its name in English; return the act's fact, if any changed.

    A name that another topic has makes the two one: what is not said anew is taken from that one.
    """
    known, other = queries.known_topics(event_id), topics.key_of(name)
    to = name if other == key else {**known.get(other, {}), **name}
    return _in_all(event_id, now, lambda about: topics.renamed(about, {key, other}, to))


@atomic
def drop_topic(event_id: int, key: str, now: datetime) -> int | None:
    """Let no session be about a topic any more; return the act's fact, if any changed."""
    return _in_all(event_id, now, lambda about: topics.without(about, key))


def _in_all(
    event_id: int, now: datetime, edit: Callable[[Sequence[Topic]], tuple[Topic, ...]]
) -> int | None:
    """Edit the topics of all sessions, also of what waits out of the plan; not those called off."""
    with journal.together(event_id, TOPICS) as act:
        for row in queries.ever_planned(event_id):
            about = planned(row).topics
            if row.state is not SessionState.CANCELLED and edit(about) != about:
                edit_draft(row.id, now, topics=edit(about))
    return act.fact_id
