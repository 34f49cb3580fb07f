"""Who may import whom: the contracts hold, and each of them notices a breach."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import sources
from tests.harness.sources import ROOT, Source

LINT = Path(sys.executable).with_name("lint-imports")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["contracts"]}
PRIVATE_ROOMS = {"api", "forms", "routes"}

# Contract, a file to write to, and the line that breaks it.
PLANTS = [
    ("slices", "accounts/models.py", "import eventapp.signups.models"),
    ("slices", "kernel/db.py", "import eventapp.events.models"),
    ("slices", "stray.py", "STRAY = True"),
    ("rooms", "signups/models.py", "import eventapp.signups.commands"),
    ("rooms", "events/helpers.py", "STRAY = True"),
    ("pure-rules", "signups/rules.py", "import flask"),
    ("pure-rules", "signups/rules.py", "from sqlalchemy.orm import Session"),
    ("pure-rules", "signups/rules.py", "from eventapp.kernel import clock"),
    ("pure-rules", "awards/rules.py", "from eventapp.events import models"),
    ("no-request-below-routes", "invites/commands.py", "from flask import request"),
    ("no-request-below-routes", "events/queries.py", "import flask_babel"),
    ("no-request-below-routes", "events/models.py", "from werkzeug.exceptions import NotFound"),
    ("pure-tally", "awards/tally/__init__.py", "from eventapp.kernel import refusal"),
    ("pure-tally", "awards/tally/__init__.py", "import sqlalchemy"),
    ("one-way-to-the-database", "events/models.py", "from flask_sqlalchemy import SQLAlchemy"),
]


def lint(folder: Path, contract: str) -> "subprocess.CompletedProcess[str]":
    """Check one contract on the tree in *folder*."""
    command = [str(LINT), "--no-cache", "--contract", contract]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree to plant things in."""
    ignore = shutil.ignore_patterns("__pycache__", "*.json", "*.po", "*.mo")
    shutil.copytree(ROOT / "eventapp", tmp_path / "eventapp", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract_is_kept(contract: str) -> None:
    done = lint(ROOT, contract)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_breach_is_noticed(contract: str, file: str, line: str, copy: Path) -> None:
    planted = copy / "eventapp" / file
    with planted.open("a", encoding="utf-8") as handle:
        handle.write(f"\n{line}\n")

    done = lint(copy, contract)

    assert done.returncode == 1, done.stdout
    assert f"{CONTRACTS[contract]['name']} BROKEN" in done.stdout


def test_every_contract_has_a_plant() -> None:
    assert {contract for contract, _file, _line in PLANTS} == set(CONTRACTS)


def test_every_slice_is_under_the_rooms_contract() -> None:
    containers = CONTRACTS["rooms"]["containers"]

    assert containers == [f"eventapp.{name}" for name in sources.slices()]


def foreign_rooms(source: Source) -> Iterator[str]:
    """Yield each import of another slice's routes, API or forms."""
    for node in ast.walk(source.tree):
        for name in sources.imported(node):
            package, _, rest = name.partition(".")
            other, _, room = rest.partition(".")
            mine = other == source.slice
            if package == "eventapp" and not mine and room.partition(".")[0] in PRIVATE_ROOMS:
                yield f"{source.name}:{getattr(node, 'lineno', 0)} {name}"


def test_routes_api_and_forms_stay_in_their_slice() -> None:
    slices = [source for source in sources.package() if source.slice is not None]

    assert [breach for source in slices for breach in foreign_rooms(source)] == []


def test_a_foreign_form_is_noticed(tmp_path: Path) -> None:
    path = sources.PACKAGE / "signups" / "routes.py"
    source = Source(path)
    # The tree is given, so nothing is read: the file need not hold the breach.
    source.__dict__["tree"] = ast.parse("from eventapp.programme import forms\n")

    assert list(foreign_rooms(source)) == ["eventapp/signups/routes.py:1 eventapp.programme.forms"]
