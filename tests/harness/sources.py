"""The project's own files, read as a reviewer reads them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "eventapp"


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its text and its syntax tree."""

    path: Path

    @property
    def name(self) -> str:
        """The path as it is written in a message."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.path.read_text(encoding="utf-8"), self.name)

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Name a place in the file."""
        return f"{self.name}:{node.lineno}"

    @property
    def slice(self) -> str | None:
        """The slice it belongs to, or None for the modules above the slices."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else None


@cache
def package() -> tuple[Source, ...]:
    """List the Python files of the product."""
    return tuple(Source(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def tracked() -> tuple[Path, ...]:
    """List the files that version control knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def slices() -> list[str]:
    """List the slices: the packages of the product other than the kernel and the demo's data."""
    folders = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    return sorted(set(folders) - {"demo", "kernel"})


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, however deep."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(node: ast.AST) -> list[str]:
    """List the modules (or names of modules) that one import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []
