"""The local engine's scores on businesses it has not seen, and its latency."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "scripts" / "evaluate_classifier.py"


def run() -> list[tuple[str, float, str]]:
    """The figures of ``scripts/evaluate_classifier.py``."""
    done = subprocess.run([sys.executable, SCRIPT, "--json"], capture_output=True, check=True)
    figures = json.loads(done.stdout)
    scores = [
        (f"{label}, macro-F1 (target {row['target']})", row["macro_f1"], "")
        for label, row in figures["scores"].items()
    ]
    spent = figures["latency"]
    return [
        *scores,
        ("product, exact", figures["product_accuracy"], ""),
        ("a conversation, p50", spent["p50_ms"], "ms"),
        ("a conversation, p95 (at most 100)", spent["p95_ms"], "ms"),
    ]
