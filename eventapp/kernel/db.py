"""The one way to write: `atomic`. Models, column types and the two databases' manners."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    Insert,
    MetaData,
    String,
    Table,
    event,
    func,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from eventapp.kernel.refusal import Busy

REPLAYS = 4
SQLITE_PATIENCE = 15.0  # seconds a writer waits for its turn inside the process
LOST_RACES = {"40001", "40P01", "23505"}  # serialisation failure, deadlock, unique violation
UNIQUE_CLASHES = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
OUT_OF_ORDER = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")  # disk full and the like
TOO_SLOW = {"55P03", "57014"}  # lock timeout, statement timeout

JsonValue = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment and hand the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware UTC moment back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Localised(TypeDecorator[Mapping[str, str]]):
    """One text in several languages: ``{"pl": …, "en": …}``; replace it whole."""

    impl = JsonValue
    cache_ok = True


def choice(enum: type[StrEnum]) -> Enum:
    """Return the column type of *enum*, kept as its kebab-case value."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's declared shape
        datetime: UtcDateTime,
        dict[str, str]: Localised,
        dict[str, Any]: JsonValue,
        list[str]: JsonValue,
        list[Any]: JsonValue,
    }


@event.listens_for(Table, "after_parent_attach")
def _bound_texts(table: Table, metadata: MetaData) -> None:
    # Alembic's copies of a table, in metadata of their own, have the rules already.
    if metadata is not Model.metadata:
        return
    # SQLite ignores VARCHAR(n): the bound must be a CHECK to hold on both databases.
    for column in table.columns:
        length = getattr(column.type, "length", None)
        if isinstance(column.type, String) and not isinstance(column.type, Enum) and length:
            rule = func.length(column) <= length
            table.append_constraint(CheckConstraint(rule, name=f"{column.name}_length"))


db = SQLAlchemy(
    metadata=Model.metadata,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": False},
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)
# The connection of the command at hand, once something was asked through `ask`.
_line: ContextVar[Connection | None] = ContextVar("line", default=None)
_locks: dict[str, threading.Lock] = {}
_locks_guard = threading.Lock()

Command = TypeVar("Command", bound=Callable[..., Any])


def engine_options(url: str) -> dict[str, Any]:
    """Return how the engine of *url* is to be opened on either database."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"check_same_thread": False, "timeout": SQLITE_PATIENCE},
            "pool_size": 32,
            "max_overflow": 32,
        }
    timeouts = (
        "-c lock_timeout=5s -c idle_in_transaction_session_timeout=10s "
        "-c statement_timeout=15s -c timezone=UTC "
        # Our statements find rows by their keys: one plan serves all values. Planning the
        # door's read takes 1.6 ms and executing it 0.2; by default each connection would
        # plan a statement ten times before it keeps the plan.
        "-c plan_cache_mode=force_generic_plan"
    )
    return {
        "connect_args": {
            "options": timeouts,
            "application_name": "eventapp",
            "prepare_threshold": 1,
        },
        "isolation_level": "READ COMMITTED",
        "pool_size": 8,
        "max_overflow": 8,
        "pool_recycle": 1800,
    }


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # transactions are begun below, never by the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={int(SQLITE_PATIENCE * 1000)}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # The mode must be chosen before the first read: a transaction that read first
    # and writes later has an old snapshot, and SQLite then refuses or oversells.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: Any, _instances: Any) -> None:
    if not _writing.get() and (session.new or session.deleted or session.dirty):
        raise RuntimeError("a write outside an atomic command")


def on_sqlite() -> bool:
    """Tell whether the current application keeps its rows in SQLite."""
    return db.engine.dialect.name == "sqlite"


def look_again() -> None:
    """Let the next read see what is committed by now, by this request or another one."""
    db.session.rollback()


def writing() -> bool:
    """Tell whether a writing transaction is open here."""
    return _writing.get()


@contextmanager
def begin_for_writing() -> Iterator[None]:
    """Let transactions begun inside take the write lock at once; commands use `atomic`."""
    flag = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(flag)


def atomic(command: Command) -> Command:
    """Make *command* one transaction: all of it is durable on return, or none of it.

    It is replayed after a lost race (at most four times), so its only effects may be
    rows. Called inside another atomic command it joins that transaction.
    Raises `Busy` when the database stays too busy.
    """

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        if _writing.get():
            result = command(*args, **kwargs)
            # The next command may read the same rows anew, which would drop what is not
            # yet written.
            db.session.flush()
            return result
        for attempt in range(REPLAYS + 1):
            try:
                with _transaction():
                    return command(*args, **kwargs)
            except _Replay as lost:
                if attempt == REPLAYS:
                    raise lost.final() from lost.cause
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter
        raise AssertionError("unreachable")

    return cast(Command, run)


class _Replay(Exception):
    def __init__(self, cause: DBAPIError) -> None:
        super().__init__(str(cause))
        self.cause = cause

    def final(self) -> Exception:
        """Return what the caller hears when replaying did not help."""
        if isinstance(self.cause, IntegrityError):
            return self.cause  # the same clash five times is a missing check, not a race
        return Busy("the database is busy")


@contextmanager
def _transaction() -> Iterator[None]:
    # End the read transaction, and forget what it saw: the command must read anew.
    db.session.rollback()
    with _turn():
        flag = _writing.set(True)
        line = _line.set(None)
        try:
            yield
            db.session.flush()
            hooks = list(db.session.info.get("after-commit", []))
            db.session.commit()
        except DBAPIError as error:
            db.session.rollback()
            if _lost_race(error):
                raise _Replay(error) from error
            if _too_slow(error):
                raise Busy("the database is busy") from error
            raise
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.info.pop("after-commit", None)
            _line.reset(line)
            _writing.reset(flag)
    for hook in hooks:
        hook()


def ask(statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Carry out a statement of the kept ones in the transaction at hand, and return plain rows.

    The session would look each time which connection is its own, and whether anything of it
    must be told first. What it holds unwritten is not: who asks past it flushes it.
    """
    line = _line.get()
    if line is None or line.closed:
        line = db.session.connection()
        if _writing.get():
            _line.set(line)
    return line.execute(statement, values)


def append(model: type[Model], **columns: Any) -> int:
    """Insert a row that this transaction never looks at again, and return its id.

    It passes the mapper by, which takes as long as the database: facts and jobs are written
    by every command.
    """
    if not _writing.get():
        raise RuntimeError("a write outside an atomic command")
    return int(ask(_inserting(model), columns).inserted_primary_key[0])  # type: ignore[index]


def append_all(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert many such rows in few statements, and return their ids in the same order."""
    if not _writing.get():
        raise RuntimeError("a write outside an atomic command")
    if not rows:
        return []
    table = table_of(model)
    inserting = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(number) for number in db.session.execute(inserting, list(rows)).scalars()]


@cache
def _inserting(model: type[Model]) -> Insert:
    return insert(table_of(model))


def table_of(model: type[Model]) -> Table:
    """Return the table of a model, for what reads and writes past the mapper."""
    return cast(Table, model.__table__)


def columns_naming(model: type[Model]) -> list[Column[Any]]:
    """List all columns of the house that refer to the id of *model*: what may build upon it."""
    own = table_of(model).c.id
    return [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if any(key.column is own for key in column.foreign_keys)
    ]


def after_commit(hook: Callable[[], None]) -> None:
    """Call *hook* once the present transaction is durable; it may only wake, never write."""
    db.session.info.setdefault("after-commit", []).append(hook)


@contextmanager
def _turn() -> Iterator[None]:
    # SQLite's busy handler sleeps in steps; a lock inside the process hands the turn
    # over at once (measured: p99 of a scan 15 ms instead of 339 ms).
    if not on_sqlite():
        yield
        return
    lock = _lock_of(current_app)
    if not lock.acquire(timeout=SQLITE_PATIENCE):
        raise Busy("the database is busy")
    try:
        yield
    finally:
        lock.release()


def _lock_of(app: Flask) -> threading.Lock:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    with _locks_guard:
        return _locks.setdefault(url, threading.Lock())


def _lost_race(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorname", "")
        return code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or code in UNIQUE_CLASHES
    return getattr(error.orig, "sqlstate", None) in LOST_RACES


def _too_slow(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorname", "").startswith(OUT_OF_ORDER)
    return getattr(error.orig, "sqlstate", None) in TOO_SLOW or error.connection_invalidated
