"""What the suite needs is provided or the run fails: nothing is skipped in silence."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import databases
from tests.harness.sources import ROOT

SERVICES = ROOT / ".ci" / "services.py"
SKIPS = {"importorskip", "skip", "skipif"}
SHOW = "import os; print(*(os.environ['EVENTAPP_TEST_' + n] for n in {names!r}), sep='\\n')"


def provide(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with the services, under an altered environment."""
    return subprocess.run(
        [sys.executable, str(SERVICES), *command],
        env=os.environ | {"EVENTAPP_TEST_POSTGRES_URL": databases.POSTGRES} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_finds_all_three_and_its_status_is_kept() -> None:
    names = ("CHROMIUM", "POSTGRES_URL", "REDIS_URL")
    code = f"{SHOW.format(names=names)}; raise SystemExit(7)"

    done = provide(sys.executable, "-c", code)

    chromium, postgres, redis = done.stdout.splitlines()
    assert Path(chromium).is_file()
    assert postgres == databases.POSTGRES
    assert redis.startswith("redis://")
    assert done.returncode == 7


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("EVENTAPP_TEST_CHROMIUM", "/nowhere/chromium", "names no program"),
        ("EVENTAPP_TEST_POSTGRES_URL", "postgresql://u@127.0.0.1:1/x", "does not answer"),
        ("EVENTAPP_TEST_REDIS_URL", "redis://127.0.0.1:1/0", "does not answer"),
    ],
)
def test_what_is_missing_fails_the_run(name: str, value: str, sentence: str) -> None:
    done = provide(sys.executable, "-c", "print('ran')", **{name: value})

    assert done.returncode == 1
    assert done.stdout == ""
    assert sentence in done.stderr


def skips(tree: ast.AST) -> list[int]:
    """List the lines that skip a test."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in SKIPS
        if ast.unparse(node.value) in {"pytest", "pytest.mark"}
    ]


def test_no_test_skips() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for line in skips(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert found == []


def test_a_skip_is_noticed() -> None:
    code = "pytest.skip('no')\n@pytest.mark.skipif(True)\ndef f(): pytest.importorskip('x')"

    assert skips(ast.parse(code)) == [1, 2, 3]
