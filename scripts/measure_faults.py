"""Runs the fault bench and writes its table into docs/reference/faults.md: ``make faults``.

python scripts/measure_faults.py [--rounds N] [--rate N]    some twenty minutes
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from cli.fault_table import COLUMNS, fault_row
from waagent.i18n import t, use_language

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "faults.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of the figures -->\n"


def main() -> int:
    """Measure and write; the exit code of the bench."""
    use_language("en")
    command = ["waagent", "bench", "faults", *sys.argv[1:]]
    program = str(Path(sys.executable).with_name("waagent"))
    done = subprocess.run(
        [program, *command[1:], "--json"], stdout=subprocess.PIPE, text=True, check=False
    )
    if not done.stdout:
        return done.returncode
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    figures = _figures(shlex.join(command), json.loads(done.stdout))
    PAGE.write_text(before + BEGIN + figures + END + rest.partition(END)[2], encoding="utf-8")
    return done.returncode


def _figures(command: str, found: dict[str, Any]) -> str:
    machine = found["machine"]
    lines = [
        f"`{command}` on {found['date']}: {machine['cores']} cores, {machine['memory_gb']} GB,"
        f" {machine['system']}, Python {machine['python']}.",
        "",
        _row([t(f"faults.{name}") for name in COLUMNS]),
        _row(["---"] * len(COLUMNS)),
        *[_row(fault_row(outcome)) for outcome in found["faults"]],
        "",
        *[
            f"- {t('fault.' + o['name'])}: {', '.join(said)}"
            for o in found["faults"]
            if (said := _said(o))
        ],
    ]
    return "\n".join(lines).rstrip() + "\n"


def _said(outcome: dict[str, Any]) -> list[str]:
    """What a row's figures do not tell, each lost thing among it."""
    parts = [outcome.get("messages") or {}, outcome.get("sends") or {}]
    return [*outcome["notes"], *(each for part in parts for each in part.get("lost", ()))]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    sys.exit(main())
