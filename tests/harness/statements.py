"""Count what a piece of work asks of the database: the noise-free half of a benchmark."""

import contextlib
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import event

from eventapp.kernel.db import db

# Beginning and ending a transaction is not a question to the database.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextlib.contextmanager
def recorded(app: Flask) -> Iterator[list[str]]:
    """Collect every statement of *app* that runs inside the block.

    Usage: ``with recorded(app) as statements: client.get(…)`` and then
    ``assert len(statements) == 2``.
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(FRAME):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
