"""``waagent --help`` stays near the cost of importing typer, and loads nothing heavy."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

LIMIT = 2.5
RUNS = 5
ATTEMPTS = 3
HEAVY = ("neonize", "psycopg", "redis", "rq", "openai", "textual", "rich", "pydantic", "structlog")

HELP = "import sys; sys.argv = ['waagent', '--help']; from cli.main import main; main()"
TYPER = "import typer"


def cpu_seconds(code: str) -> float:
    """Processor time of a new interpreter that runs ``code``; waiting for others is not in it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def ratio() -> float:
    """Median cost of the help over the median cost of typer, measured in turns."""
    pairs = [(cpu_seconds(HELP), cpu_seconds(TYPER)) for _ in range(RUNS)]
    helps, typers = zip(*pairs, strict=True)
    return statistics.median(helps) / statistics.median(typers)


def test_help_costs_little_more_than_typer() -> None:
    cpu_seconds(HELP)  # writes the byte code, which only a first run pays for
    measured = []
    for _ in range(ATTEMPTS):
        measured.append(ratio())
        if measured[-1] <= LIMIT:
            return
    raise AssertionError(f"waagent --help costs {min(measured):.2f} times `import typer`")


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
