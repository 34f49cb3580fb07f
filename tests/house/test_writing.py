"""One place commits, one place reads the clock, and heavy libraries wait until needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.harness import sources
from tests.harness.sources import Source

# Loaded inside functions: each takes a noticeable part of a start that rarely needs it,
# or belongs to an extra that need not be installed.
HEAVY = {
    "alembic", "celery", "gunicorn", "limits", "openpyxl", "redis", "rich", "typst", "xlsxwriter",
}  # fmt: skip

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("func", "now"),
    ("func", "current_timestamp"),
}


def commits(source: Source) -> Iterator[str]:
    """Yield each use of a method named commit that takes no arguments, as a session's does."""
    with_arguments = {
        id(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call) and node.args
    }
    for node in ast.walk(source.tree):
        is_commit = isinstance(node, ast.Attribute) and node.attr == "commit"
        if is_commit and id(node) not in with_arguments:
            yield source.at(node)


def clocks(source: Source) -> Iterator[str]:
    """Yield each reading of a clock, by attribute or by imported name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and (owner(node.value), node.attr) in CLOCKS:
            yield source.at(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            bare = [alias.name for alias in node.names if ("time", alias.name) in CLOCKS]
            yield from (source.at(node) for _ in bare)
        elif isinstance(node, ast.ImportFrom) and node.module == "eventapp.kernel.clock":
            # Read as clock.now(), so that a test can let the clock stand still.
            yield source.at(node)


def owner(node: ast.expr) -> str:
    """Return the last name of what an attribute is taken from."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def late_imports(source: Source) -> Iterator[str]:
    """Yield each import inside a function of something that is not heavy."""
    for function in sources.functions(source.tree):
        for node in ast.walk(function):
            names = sources.imported(node)
            if names and not all(name.partition(".")[0] in HEAVY for name in names):
                yield f"{source.name}:{function.lineno} {names}"


def elsewhere(*homes: str) -> list[Source]:
    """List the files of the product except *homes*."""
    return [source for source in sources.package() if source.name not in homes]


def test_only_the_kernels_database_module_commits() -> None:
    found = [place for source in elsewhere("eventapp/kernel/db.py") for place in commits(source)]

    assert found == []


def test_only_the_kernels_clock_reads_the_clock() -> None:
    # The library that counts rate limits does so by the machine's clock, not by ours.
    homes = ("eventapp/kernel/clock.py", "eventapp/kernel/limits.py")

    found = [place for source in elsewhere(*homes) for place in clocks(source)]

    assert found == []


def test_imports_stand_at_the_top() -> None:
    found = [place for source in sources.package() for place in late_imports(source)]

    assert found == []


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("db.session.commit()", commits),
        ("finish = connection.commit", commits),
        ("datetime.now(UTC)", clocks),
        ("datetime.datetime.utcnow()", clocks),
        ("date.today()", clocks),
        ("time.time()", clocks),
        ("from time import time", clocks),
        ("select(func.now())", clocks),
        ("from eventapp.kernel.clock import now", clocks),
        ("def f():\n    import json", late_imports),
        ("def f():\n    from eventapp.kernel import db", late_imports),
    ],
)
def test_a_breach_is_noticed(code: str, check) -> None:
    source = Source(sources.PACKAGE / "planted.py")
    source.__dict__["tree"] = ast.parse(code)

    assert len(list(check(source))) == 1


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("clock.now()", clocks),
        ("time.monotonic()", clocks),
        ("directory.commit(person_id, session_id)", commits),
        ("datetime.fromisoformat(text)", clocks),
        ("def f():\n    import alembic.command", late_imports),
        ("import json", late_imports),
    ],
)
def test_good_manners_pass(code: str, check) -> None:
    source = Source(sources.PACKAGE / "planted.py")
    source.__dict__["tree"] = ast.parse(code)

    assert list(check(source)) == []


@pytest.mark.parametrize("module", ["eventapp", "eventapp.app", "eventapp.cli", "wsgi"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({sorted(HEAVY)!r} & sys.modules.keys()))"
    code = code.replace("['", "{'").replace("']", "'}")

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
