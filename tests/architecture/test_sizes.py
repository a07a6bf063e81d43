"""Functions and modules stay small enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_MODULE = 400

MODULES = sorted(
    path
    for folder in ("waagent", "cli", "tui", "workers")
    for path in (ROOT / folder).rglob("*.py")
)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of each function, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None and first.end_lineno is not None
            docstring = first.end_lineno - first.lineno + 1 if documented else 0  # type: ignore[operator]
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_and_its_functions_are_small(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= MOST_LINES_OF_A_MODULE, f"{lines} lines"
    for function, length in functions(path):
        assert length <= MOST_LINES_OF_A_FUNCTION, f"{function} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    if len(tree.body) > 1:
        future = tree.body[1]
        assert isinstance(future, ast.ImportFrom)
        assert future.module == "__future__"
