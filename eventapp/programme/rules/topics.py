"""What sessions are about: names that several of them share, in Polish and perhaps in English.

A topic is no thing of its own: sessions that name it alike, whatever the case and the diacritics,
are about the same. Its `key` is what such names have in common; addresses of pages hold it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eventapp.kernel import text
from eventapp.kernel.refusal import N_

Topic = Mapping[str, str]

MOST = 12  # topics of one session
LONGEST = 60  # characters of a name
TOO_MANY = N_("A session has at most %(most)d topics of at most %(max)d characters.")
_PARTED = re.compile(r"[,;\n]")


def key_of(topic: Topic) -> str:
    """Return what two spellings of one topic have in common; empty where nothing is named."""
    return text.search_key(topic.get("pl") or topic.get("en") or "").replace(" ", "-")


def line_of(topics: Iterable[Topic]) -> str:
    """Return topics as one types them: names parted by commas."""
    return ", ".join(topic.get("pl") or topic.get("en") or "" for topic in topics)


def read(line: str, known: Mapping[str, Topic]) -> tuple[Topic, ...]:
    """Return the topics that a line names; one that is *known* by its key is spelled as there."""
    names = (" ".join(part.split()) for part in _PARTED.split(line))
    return distinct(known.get(key_of({"pl": name}), {"pl": name}) for name in names)


def distinct(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """Return topics in their order, each once, without those that name nothing."""
    found: dict[str, Topic] = {}
    for topic in topics:
        if key := key_of(topic):
            found.setdefault(key, dict(topic))
    return tuple(found.values())


def exceeds(topics: Sequence[Topic]) -> bool:
    """Tell whether these are more topics, or longer names, than a session may have."""
    longest = max((len(name) for topic in topics for name in topic.values()), default=0)
    return len(topics) > MOST or longest > LONGEST


@dataclass(frozen=True, kw_only=True)
class Used:
    """A topic, and how many sessions are about it."""

    key: str
    topic: Topic
    count: int


def used(topics_of_sessions: Iterable[Sequence[Topic]]) -> list[Used]:
    """List what sessions are about, in alphabetical order; a name in English counts from any."""
    named: dict[str, dict[str, str]] = {}
    counts: dict[str, int] = {}
    for topics in topics_of_sessions:
        for topic in distinct(topics):
            key = key_of(topic)
            named[key] = {**topic, **named.get(key, {})}
            counts[key] = counts.get(key, 0) + 1
    keys = sorted(named, key=lambda key: text.sort_key(line_of([named[key]])))
    return [Used(key=key, topic=named[key], count=counts[key]) for key in keys]


def renamed(topics: Iterable[Topic], keys: Collection[str], to: Topic) -> tuple[Topic, ...]:
    """Return topics in which one name stands for all those of *keys*."""
    return distinct(to if key_of(topic) in keys else topic for topic in topics)


def without(topics: Iterable[Topic], key: str) -> tuple[Topic, ...]:
    """Return topics but one."""
    return distinct(topic for topic in topics if key_of(topic) != key)
