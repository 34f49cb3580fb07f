"""Bring the database to the newest migration, and tell whether it is there.

Every function needs an application context. Alembic is loaded inside the functions that
change something: it takes a fifth of a second, and a server at head never needs it.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text

from eventapp.kernel import bundled
from eventapp.kernel.db import db

if TYPE_CHECKING:
    from alembic.config import Config

NOTHING = "base"
NEWEST = "head"


def upgrade(revision: str = NEWEST) -> None:
    """Apply the migrations up to *revision*: all of them, or none."""
    from alembic import command  # noqa: PLC0415 - heavy, see above

    command.upgrade(_config(), revision)


def downgrade(revision: str = NOTHING) -> None:
    """Undo the migrations down to *revision*."""
    from alembic import command  # noqa: PLC0415 - heavy, see above

    command.downgrade(_config(), revision)


def current() -> str | None:
    """Return the revision of the database, or None while it is empty."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


@cache
def newest() -> str | None:
    """Return the newest revision that this version of the program knows.

    Revisions are numbered, so the names of the files say it.
    """
    files = bundled.folder("migrations").glob("versions/[0-9]*_*.py")
    return max((path.name.partition("_")[0] for path in files), default=None)


def is_behind() -> bool:
    """Tell whether the database still waits for a migration."""
    return current() != newest()


def write_revision(message: str) -> str | None:
    """Write a migration for what the models say and the database does not yet have.

    For developers: needs a database at head. Returns the file's path, or None when the
    models and the migrations agree.
    """
    from alembic import command  # noqa: PLC0415 - heavy, see above

    if not differences():
        return None
    number = f"{int(newest() or 0) + 1:04}"
    script = command.revision(_config(), message, autogenerate=True, rev_id=number)
    newest.cache_clear()
    return str(script.path) if script and not isinstance(script, list) else None


def differences() -> list[Any]:
    """List the changes that would make the database equal the models, as Alembic names them."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - heavy, see above
    from alembic.migration import MigrationContext  # noqa: PLC0415 - heavy, see above

    with db.engine.connect() as connection:
        options = {"compare_type": True}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
        )


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - heavy, see above

    config = Config()
    # Alembic reads % in options as interpolation; a path may hold one.
    config.set_main_option("script_location", str(bundled.folder("migrations")).replace("%", "%%"))
    return config
