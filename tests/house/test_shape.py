"""Short functions, shallow nests, honest names."""

import ast

from tests.harness import sources

LONGEST = 45  # lines of one function, its docstring not counted
DEEPEST = 3
VAGUE = {"base", "common", "helper", "helpers", "misc", "util", "utils"}
NESTING = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's body after its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def depth(node: ast.AST) -> int:
    """Return how deep the statements below *node* are nested; an elif is no deeper."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        chained = isinstance(node, ast.If) and node.orelse == [child] and isinstance(child, ast.If)
        here = int(isinstance(child, NESTING) and not chained)
        deepest = max(deepest, here + depth(child))
    return deepest


def test_functions_are_short() -> None:
    found = [
        f"{source.at(function)} {function.name}: {length(function)} lines"
        for source in sources.package()
        for function in sources.functions(source.tree)
        if length(function) > LONGEST
    ]

    assert found == []


def test_nests_are_shallow() -> None:
    found = [
        f"{source.at(function)} {function.name}: {depth(function)} levels"
        for source in sources.package()
        for function in sources.functions(source.tree)
        if depth(function) > DEEPEST
    ]

    assert found == []


def test_no_module_is_named_for_nothing() -> None:
    assert [source.name for source in sources.package() if source.path.stem in VAGUE] == []


def test_depth_counts_levels_and_not_chains() -> None:
    chain = "def f():\n if a:\n  pass\n elif b:\n  pass\n elif c:\n  pass"
    nest = "def f():\n for a in b:\n  if c:\n   with d:\n    while e:\n     pass"

    assert [depth(ast.parse(code).body[0]) for code in (chain, nest)] == [1, 4]
