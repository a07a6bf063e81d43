"""The local engine's scores on businesses it has not seen, and its latency."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from waagent.ai.catalogue import Catalogue
from waagent.domain.catalogue import Product

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
        ("the product of a text, catalogue of 10,000", catalogue_ms(), "ms"),
    ]


def catalogue_ms(times: int = 20) -> float:
    """Milliseconds of processor to find a text's product in a large catalogue."""
    large = Catalogue([Product(id=str(n), name=f"Kabel Jenis{n} {n} meter") for n in range(10_000)])
    begun = time.process_time()
    for _ in range(times):
        large.find("kabel jenis4711 4711 meter berapa kak, kirim ke Solo bisa kan ya?")
    return (time.process_time() - begun) / times * 1000
