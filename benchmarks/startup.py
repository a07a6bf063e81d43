"""What the command line costs before it does anything."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 7


def run() -> list[tuple[str, float, str]]:
    """CPU of ``waagent --help`` beside importing typer, in turn, medians."""
    helps, typers = [], []
    for _ in range(ROUNDS):
        helps.append(_cpu("from cli.main import main; main()", "--help"))
        typers.append(_cpu("import typer"))
    ours, theirs = statistics.median(helps), statistics.median(typers)
    return [
        ("waagent --help, CPU", ours * 1000, "ms"),
        ('python -c "import typer", CPU', theirs * 1000, "ms"),
        ("ratio (at most 2.5)", ours / theirs, "x"),
    ]


def _cpu(code: str, *arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
