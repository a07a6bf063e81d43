"""``waagent --help`` loads nothing heavy; what it costs is measured by ``make bench`` (startup)."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("neonize", "psycopg", "redis", "rq", "openai", "textual", "rich", "pydantic", "structlog")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from cli.main import run\n"
        "run(['--help'])\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "commands = [name for name in sys.modules if name.startswith('cli.commands.')]\n"
        "print(heavy, commands, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr == "[] []\n"
