"""A host of a hundred numbers beside bare neonize, and the targets it is held to."""

from __future__ import annotations

import json
import subprocess
import sys

COUNT = 100
MESSAGES = 1000
RATE = 50


def run() -> list[tuple[str, float, str]]:
    """The figures of ``waagent bench sessions`` that a target exists for; the target in words."""
    command = [sys.executable, "-m", "workers.bench", "sessions", "--count", str(COUNT)]
    command += ["--per-host", str(COUNT), "--messages", str(MESSAGES), "--rate", str(RATE)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    both = json.loads(done.stdout.splitlines()[-1])
    ours, bare = both["waagent"], both["neonize"]
    return [
        ("memory of a host, of bare neonize's (at most 1.5)", _ratio(ours, bare), "x"),
        ("sessions in 1 GB (at least 500 over several hosts)", _in_1_gb(ours), ""),
        (f"stored p99 at {RATE}/s (at most 300)", ours["p99_ms"], "ms"),
        ("the same, bare neonize's callback", bare["p99_ms"], "ms"),
        ("all back after every socket dropped (at most 10)", ours["reconnect_s"], "s"),
        ("the same, bare neonize", bare["reconnect_s"], "s"),
        ("messages lost", ours["lost"], ""),
    ]


def _ratio(ours: dict[str, float], bare: dict[str, float]) -> float:
    return ours["memory_mb"] / bare["memory_mb"]


def _in_1_gb(ours: dict[str, float]) -> float:
    return ours["sessions"] / ours["memory_mb"] * 1000
