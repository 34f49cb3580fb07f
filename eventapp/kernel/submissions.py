"""Doing once what is asked for twice: a double click, a retry after a lost answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import clock
from eventapp.kernel.db import Model, atomic, db, on_sqlite
from eventapp.kernel.refusal import N_, Refusal, Refused


class SubmissionRefusal(Refusal):
    """Why a repeated request is not answered as the first one was."""

    IDEMPOTENCY_CONFLICT = (
        "idempotency-conflict",
        N_("This key was used before for a request that said something else."),
    )


class Submission(Model):
    """The answer to one request, kept under the key that came with it."""

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(120))
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("scope", "key"),)


@atomic
def once(
    scope: str, key: str, command: Callable[[], dict[str, Any]], *, body: Any = None
) -> dict[str, Any]:
    """Run *command* and keep its answer in the same transaction, or return the kept one.

    *scope* keeps callers and purposes apart. The same key with another *body* is refused;
    a command that refuses leaves nothing behind, so it may be tried again.
    """
    body_hash = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    # The key is taken before the command runs: a second request with it waits here for the
    # first one's end, and does not meet what that one has just done.
    if not _taken(scope, key, body_hash):
        return _kept(scope, key, body_hash)
    answer = command()
    written = update(Submission).where(Submission.scope == scope, Submission.key == key)
    db.session.execute(written.values(answer=answer), execution_options=_AS_IT_IS)
    return answer


_AS_IT_IS = {"synchronize_session": False}


def _taken(scope: str, key: str, body_hash: str) -> bool:
    insert: Any = sqlite.insert if on_sqlite() else postgresql.insert
    statement = insert(Submission).values(
        scope=scope, key=key, body_hash=body_hash, answer={}, at=clock.now()
    )
    statement = statement.on_conflict_do_nothing(index_elements=["scope", "key"])
    return db.session.execute(statement.returning(Submission.id)).first() is not None


def _kept(scope: str, key: str, body_hash: str) -> dict[str, Any]:
    query = select(Submission.body_hash, Submission.answer)
    kept = db.session.execute(query.where(Submission.scope == scope, Submission.key == key)).one()
    if kept.body_hash != body_hash:
        raise Refused(SubmissionRefusal.IDEMPOTENCY_CONFLICT)
    answer: dict[str, Any] = kept.answer
    return answer
