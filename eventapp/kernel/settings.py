"""A few values the whole installation shares, kept as rows."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel.db import Model, atomic, db


class Setting(Model):
    """One named value, such as the demonstration clock's offset."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(2000))


def get(key: str) -> str | None:
    """Return the value of *key*, or None."""
    row = db.session.get(Setting, key)
    return None if row is None else row.value


@atomic
def put(key: str, value: str) -> None:
    """Keep *value* under *key*."""
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value
