"""Functions and modules stay small enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_MODULE = 400

MODULES = sorted(
    path
    for folder in ("waagent", "cli", "tui", "workers")
    for path in (ROOT / folder).rglob("*.py")
)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of each function, its docstring not counted."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None and first.end_lineno is not None
            docstring = first.end_lineno - first.lineno + 1 if documented else 0  # type: ignore[operator]
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_modules_are_small() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {n: lines for n, lines in lengths.items() if lines > MOST_LINES_OF_A_MODULE} == {}


def test_functions_are_small() -> None:
    lengths = {
        f"{_name(path)}: {function}": lines
        for path in MODULES
        for function, lines in functions(path)
    }
    assert len(lengths) > len(MODULES)
    assert {n: lines for n, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_modules_say_what_they_are_for() -> None:
    assert [_name(path) for path in MODULES if not _says_what_it_is_for(_tree(path))] == []


def _says_what_it_is_for(tree: ast.Module) -> bool:
    if not ast.get_docstring(tree):
        return False
    if len(tree.body) == 1:
        return True
    future = tree.body[1]
    return isinstance(future, ast.ImportFrom) and future.module == "__future__"
