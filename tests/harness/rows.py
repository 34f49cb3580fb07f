"""Rows past the commands: one of each made up, and all of a story laid down again."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, MetaData, Table

PLAIN: dict[type, Any] = {
    bool: False,
    bytes: b"x",
    date: date(2027, 6, 16),
    datetime: datetime(2027, 6, 16, 7, 0, tzinfo=UTC),
    Decimal: Decimal(1),
    dict: {},
    float: 1.0,
    int: 1,
    str: "x",
    time: time(9, 0),
}


def fill(connection: Connection, metadata: MetaData) -> int:
    """Write one row into each table, those that others refer to first; return how many.

    Every column gets a value, nullable ones too, save a reference to a table that comes
    later or to the row itself.
    """
    written: dict[str, dict[str, Any]] = {}
    for table in metadata.sorted_tables:
        row = {column.name: value(column, written) for column in table.columns}
        connection.execute(table.insert().values(row))
        written[table.name] = row
    return len(written)


def value(column: Column[Any], written: dict[str, dict[str, Any]]) -> Any:
    """Return something that *column* may hold."""
    for key in column.foreign_keys:
        referred = written.get(key.column.table.name)
        return None if referred is None else referred[key.column.name]
    plain = getattr(column.type, "impl_instance", column.type)
    if isinstance(plain, sa.Enum):
        return next(iter(plain.enum_class or plain.enums))
    return {} if isinstance(plain, sa.JSON) else PLAIN[plain.python_type]


def counts(connection: Connection, tables: list[Table]) -> dict[str, int]:
    """Count the rows of each table."""
    query = sa.select(sa.func.count())
    return {table.name: connection.scalar(query.select_from(table)) or 0 for table in tables}


# --- a story once played, laid down again ---------------------------------------------------

Story = dict[str, list[dict[str, Any]]]
COUNT_ON = sa.text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")


def copied(connection: Connection, metadata: MetaData) -> Story:
    """Return all rows of a database, by table."""
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        for table in metadata.sorted_tables
    }


def laid_down(connection: Connection, metadata: MetaData, story: Story) -> None:
    """Write rows that another database has had into this one, which is empty."""
    postgres = connection.dialect.name == "postgresql"
    # References are sound, for they were; their order does not matter.
    ease = "SET session_replication_role = replica" if postgres else "PRAGMA defer_foreign_keys=ON"
    connection.execute(sa.text(ease))
    for table in metadata.sorted_tables:
        if rows := story[table.name]:
            connection.execute(table.insert(), rows)
            ids = [row["id"] for row in rows if isinstance(row.get("id"), int)]
            if postgres and ids:
                connection.execute(COUNT_ON, {"table": f'"{table.name}"', "last": max(ids)})
    if postgres:
        connection.execute(sa.text("SET session_replication_role = origin"))
