"""Templates, statements, routes and words made ready once for a test process.

Most tests make an application of their own; compiling again for each what it shows and asks takes
longer than all else that such a test does.
"""

from collections.abc import Iterable

from flask import Flask
from flask_babel import get_babel
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import BaseConverter
from werkzeug.routing.rules import RulePart

from eventapp.kernel.db import db
from eventapp.kernel.routing import LateRule

# --- templates ----------------------------------------------------------------------------


class InMemory(BytecodeCache):
    """Keeps compiled templates by what they were compiled from."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if its template was compiled before."""
        made = self._made.get((bucket.key, bucket.checksum))
        if made is not None:
            bucket.bytecode_from_string(made)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._made[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


TEMPLATES = InMemory()


# --- statements ---------------------------------------------------------------------------

MOST_STATEMENTS = 5000
_FIRST: dict[str, Engine] = {}


def lend_statements(app: Flask) -> None:
    """Let other applications use what *app*, which has been connected, compiles."""
    engine = _engine(app)
    if engine.dialect.name not in _FIRST:
        engine._compiled_cache = LRUCache(MOST_STATEMENTS)
        _FIRST[engine.dialect.name] = engine


def borrow_statements(app: Flask) -> None:
    """Let *app* use, and add to, what was compiled for its kind of database before.

    A compiled statement belongs to a dialect: the application gets that of the lender.
    """
    engine = _engine(app)
    first = _FIRST.get(engine.dialect.name)
    if first is not None and first.driver == engine.driver:
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache


def _engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


# --- routes -------------------------------------------------------------------------------

Trace = list[tuple[bool, str]]
_PARSED: dict[str, tuple[list[RulePart], Trace, dict[str, BaseConverter]]] = {}
_parse = LateRule._parse_rule


def remember_routes() -> None:
    """Parse the address of each route once: that is most of what making an application takes."""
    LateRule._parse_rule = _remembered  # type: ignore[method-assign]


def _remembered(rule: LateRule, address: str) -> Iterable[RulePart]:
    if address not in _PARSED:
        known = len(rule._trace)
        parts = list(_parse(rule, address))
        _PARSED[address] = parts, rule._trace[known:], dict(rule._converters)
        return parts
    parts, trace, converters = _PARSED[address]
    rule._trace.extend(trace)
    rule._converters.update(converters)
    rule.arguments.update(converters)
    return parts


# --- words --------------------------------------------------------------------------------

_WORDS: dict[tuple[str, str], object] = {}


def borrow_words(app: Flask) -> None:
    """Let *app* use the catalogues that were read for another before."""
    get_babel(app).instance.domain_instance.cache = _WORDS
