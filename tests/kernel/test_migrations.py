"""Migrations build what the models say, go back, and never stop half-way."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from eventapp.kernel import bundled, migrations
from eventapp.kernel.db import begin_for_writing, db
from tests.harness import rows, servers

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {after}
branch_labels = None
depends_on = None


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
"""
PARENT = 'op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True))'
CHILD = (
    'op.create_table("child", sa.Column("id", sa.Integer, primary_key=True), '
    'sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id")))'
)


@pytest.fixture
def blank_app(make_app: Callable[..., Flask], blank_url: str) -> Flask:
    """The application on a database without tables."""
    return make_app(DATABASE_URL=blank_url)


def tables() -> set[str]:
    """Name the tables of the current application's database."""
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_newest_migration_is_what_the_models_say(blank_app: Flask) -> None:
    with blank_app.app_context():
        assert migrations.is_behind()
        migrations.upgrade()

        assert not migrations.is_behind()
        assert migrations.differences() == []
        assert tables() == set(db.metadata.tables)


def test_the_names_of_the_files_tell_the_newest() -> None:
    script = ScriptDirectory(str(bundled.folder("migrations")))

    assert [migrations.newest()] == script.get_heads()
    assert [revision.revision for revision in script.walk_revisions()] == sorted(
        (revision.revision for revision in script.walk_revisions()), reverse=True
    )


@pytest.mark.parametrize(
    "steps", [3, pytest.param(1000, marks=pytest.mark.soak)], ids=["last", "all"]
)
def test_migrations_go_back_and_forth_with_data(blank_app: Flask, steps: int) -> None:
    with blank_app.app_context():
        migrations.upgrade()
        with begin_for_writing(), db.engine.begin() as connection:
            assert rows.fill(connection, db.metadata) == len(db.metadata.tables)

        for revision in list(reversed(numbers()))[:steps]:
            migrations.downgrade(revision)
            migrations.upgrade()
            with db.engine.connect() as connection:
                kept = rows.counts(connection, db.metadata.sorted_tables)
            # What the first revision made has its row still; what came later was dropped.
            assert set(kept.values()) <= {0, 1}
            assert any(kept.values())

        migrations.downgrade()

        assert tables() == set()
        assert migrations.current() is None

        migrations.upgrade()

        assert migrations.differences() == []


def numbers() -> list[str]:
    """List the revisions, oldest first."""
    files = bundled.folder("migrations").glob("versions/[0-9]*.py")
    return sorted(path.name.partition("_")[0] for path in files)


def test_an_upgrade_to_head_changes_nothing_there(blank_app: Flask) -> None:
    with blank_app.app_context():
        migrations.upgrade()
        migrations.upgrade()

        assert migrations.current() == migrations.newest()


def test_two_processes_may_migrate_at_once(blank_url: str, tmp_path: Path) -> None:
    settings = servers.environment(tmp_path, database_url=blank_url, port=1, now=None, settings={})
    command = [str(servers.EVENTAPP), "migrate"]

    running = [
        subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True) for _ in "ab"
    ]
    done = [(process.communicate(timeout=60)[1], process.returncode) for process in running]

    assert [status for _error, status in done] == [0, 0], done


# --- with migrations of our own ---------------------------------------------------------


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of migrations, used instead of the product's."""
    folder = tmp_path / "migrations"
    shutil.copytree(bundled.folder("migrations"), folder)
    shutil.rmtree(folder / "versions")
    (folder / "versions").mkdir()
    given = bundled.folder
    monkeypatch.setattr(
        bundled, "folder", lambda name: folder if name == "migrations" else given(name)
    )
    migrations.newest.cache_clear()
    yield folder / "versions"
    migrations.newest.cache_clear()


def write(folder: Path, number: int, upgrade: str, downgrade: str = "pass") -> None:
    """Write the revision *number*."""
    after = f"'{number - 1:04}'" if number > 1 else None
    body = REVISION.format(number=f"{number:04}", after=after, upgrade=upgrade, downgrade=downgrade)
    (folder / f"{number:04}_planted.py").write_text(body, encoding="utf-8")


def test_a_failed_migration_takes_those_before_it_back(versions: Path, blank_app: Flask) -> None:
    write(versions, 1, PARENT)
    write(versions, 2, 'op.execute("INSERT INTO nowhere VALUES (1)")')

    with blank_app.app_context():
        with suppress(Exception):
            migrations.upgrade()

        assert tables() == set()
        assert migrations.current() is None


def test_a_table_that_others_refer_to_can_be_changed(versions: Path, blank_app: Flask) -> None:
    rows = (
        'op.execute("INSERT INTO parent VALUES (1)"); op.execute("INSERT INTO child VALUES (1, 1)")'
    )
    change = (
        'with op.batch_alter_table("parent") as table:\n'
        '        table.add_column(sa.Column("name", sa.String(20), server_default="-"))\n'
        '        table.create_check_constraint("named", "length(name) > 0")'
    )
    write(versions, 1, f"{PARENT}; {CHILD}; {rows}")
    write(versions, 2, change)

    with blank_app.app_context():
        migrations.upgrade()

        assert db.session.execute(text("SELECT name FROM parent")).scalars().all() == ["-"]
        assert db.session.execute(text("SELECT parent_id FROM child")).scalars().all() == [1]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_dangling_references_are_refused(versions: Path, blank_app: Flask) -> None:
    write(versions, 1, f'{PARENT}; {CHILD}; op.execute("INSERT INTO child VALUES (1, 7)")')

    with blank_app.app_context():
        with pytest.raises(RuntimeError, match="dangling references"):
            migrations.upgrade()

        assert tables() == set()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_references_are_checked_again_after_a_migration(blank_app: Flask) -> None:
    with blank_app.app_context():
        migrations.upgrade()

        assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_new_revision_says_what_is_missing(versions: Path, blank_app: Flask) -> None:
    with blank_app.app_context():
        path = migrations.write_revision("First tables")
        assert path is not None
        migrations.upgrade()

        assert Path(path).name == "0001_first_tables.py"
        assert "eventapp" not in Path(path).read_text(encoding="utf-8")
        assert migrations.differences() == []
        assert migrations.write_revision("Nothing") is None
