"""Templates and statements compiled once for a test process, whichever application needs them.

Most tests make an application of their own; compiling again for each what it shows and asks takes
longer than all else that such a test does.
"""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from eventapp.kernel.db import db

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
