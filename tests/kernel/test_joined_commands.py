"""Commands that join the transaction of another one."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp.kernel.db import atomic, db
from eventapp.kernel.settings import Setting


@atomic
def keep(key: str, value: str) -> None:
    """Keep a value, as the last thing that the command does."""
    db.session.get_one(Setting, key).value = value


@pytest.mark.usefixtures("db_session")
def test_joined_command_has_written_all_before_the_next_one_reads(app: Flask) -> None:
    @atomic
    def both() -> str:
        db.session.add(Setting(key="door", value="shut"))
        db.session.flush()
        keep("door", "open")
        anew = select(Setting).execution_options(populate_existing=True)
        return db.session.scalars(anew.where(Setting.key == "door")).one().value

    assert both() == "open"
