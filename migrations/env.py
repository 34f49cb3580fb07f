"""Run the migrations on the database of the current application.

Reached through `eventapp.kernel.migrations`, which opens the application context that names
the database.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from eventapp.kernel.db import begin_for_writing, db

# One number for all the processes that may start at once; PostgreSQL lets them in singly.
MIGRATION_LOCK = 0x6576656E74
TIME_LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


def configure(**options: Any) -> None:
    """Set the context up alike for both modes."""
    context.configure(
        target_metadata=db.metadata,
        # SQLite cannot alter a column: tables are copied there, and on PostgreSQL altered.
        render_as_batch=True,
        compare_type=True,
        # Both databases roll schema changes back: all the waiting migrations, or none.
        transactional_ddl=True,
        render_item=render_item,
        **options,
    )


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write the project's own column types as the plain types underneath them.

    A migration must keep its meaning when the type in kernel/db.py has changed or gone.
    """
    if kind != "type":
        return False
    if isinstance(item, sa.Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    ours = isinstance(item, TypeDecorator) and type(item).__module__.startswith("eventapp.")
    plain = item.impl_instance if ours else item
    if isinstance(plain, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return f"sa.{plain!r}" if ours else False


def run_offline() -> None:
    """Print the SQL for an administrator to run by hand."""
    configure(url=db.engine.url.render_as_string(hide_password=False), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Migrate the database; of several processes that start at once, one after another."""
    with begin_for_writing(), db.engine.connect() as connection:
        set_foreign_keys(connection, "OFF")
        try:
            configure(connection=connection)
            with context.begin_transaction():
                wait_alone(connection)
                context.run_migrations()
                check_references(connection)
        finally:
            connection.rollback()
            set_foreign_keys(connection, "ON")


def set_foreign_keys(connection: Connection, state: str) -> None:
    """Switch SQLite's checks: batch mode drops and re-creates tables that others refer to.

    Asked of the driver itself, because SQLite ignores the switch inside a transaction.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def wait_alone(connection: Connection) -> None:
    """Hold every other migrating process off until the commit; SQLite has begun so already."""
    if connection.dialect.name == "postgresql":
        for limit in TIME_LIMITS:
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")


def check_references(connection: Connection) -> None:
    """Refuse to commit a migration that left rows pointing nowhere."""
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5):
        raise RuntimeError(f"the migration leaves dangling references: {broken}")


if context.is_offline_mode():
    run_offline()
else:
    run_online()
