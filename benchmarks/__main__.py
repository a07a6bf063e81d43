"""``python -m benchmarks [NAME…] [--json]``: run the benchmarks and print their figures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from importlib import import_module

NAMES = (
    "startup",
    "board",
    "ingest",
    "sessions",
    "classifier",
    "insights",
    "reports",
    "sandbox_sessions",
    "gate_stress",
)
"""Each a module here with ``run() -> list[Figure]``."""


def main() -> int:
    """Run what was asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    for name in options.names or NAMES:
        run: Callable[[], list[tuple[str, float, str]]] = import_module(f"benchmarks.{name}").run
        for what, value, unit in run():
            if options.json:
                print(json.dumps({"bench": name, "what": what, "value": value, "unit": unit}))
            else:
                print(f"{name:<18} {what:<58} {value:>10.2f} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
