"""What ``waagent ai evaluate`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli import output
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.ai.evaluation import Evaluation


def record(
    engine: str, found: Evaluation, cost_usd: float | None, *, mistakes: bool
) -> dict[str, Any]:
    """The figures as JSON."""
    from waagent.ai.evaluation import LABELS

    document: dict[str, Any] = {
        "engine": engine,
        "conversations": found.conversations,
        "trained_on": found.trained_on,
        "labels": {
            name: {
                "accuracy": score.accuracy,
                "macro_f1": score.macro_f1,
                "values": list(LABELS[name]),
                "confusion": [list(row) for row in score.confusion],
            }
            for name, score in found.scores.items()
        },
        "product_accuracy": found.product_accuracy,
        "calibration": [{"confidence": c, "right": r} for c, r in found.calibration],
        "engines": dict(found.engines),
        "fallbacks": dict(found.fallbacks),
        "latency_ms": {"p50": found.p50_ms, "p95": found.p95_ms},
        "tokens_in": found.tokens_in,
        "tokens_out": found.tokens_out,
        "cost_usd": cost_usd,
    }
    if mistakes:
        document["mistakes"] = [
            {
                "id": one.id,
                "wrong": {n: {"right": r, "given": g} for n, (r, g) in one.wrong.items()},
                "confidence": one.confidence,
                "messages": list(one.said),
            }
            for one in found.mistakes
        ]
    return document


def show(engine: str, found: Evaluation, cost_usd: float | None, *, mistakes: bool) -> None:
    """The figures for people."""
    output.line(t("ai.evaluated", engine=engine, count=found.conversations))
    if found.trained_on:
        output.line(t("ai.trained_on", count=found.trained_on, all=found.conversations))
    rows = [[n, f"{s.accuracy:.3f}", f"{s.macro_f1:.3f}"] for n, s in found.scores.items()]
    if found.product_accuracy is not None:
        rows.append(["product", f"{found.product_accuracy:.3f}", ""])
    output.table([t("col.label"), t("col.accuracy"), "macro-F1"], rows)
    _confusions(found)
    output.line(t("ai.calibration"))
    fifths = [[f"{confidence:.2f}", f"{right:.2f}"] for confidence, right in found.calibration]
    output.table([t("col.confidence"), t("col.right")], fifths)
    _costs(found, cost_usd)
    for one in found.mistakes if mistakes else ():
        wrong = ", ".join(f"{name}: {r} -> {g}" for name, (r, g) in one.wrong.items())
        output.line(f"{one.id}  {wrong}  ({one.confidence:.2f})  {' | '.join(one.said)}")


def _confusions(found: Evaluation) -> None:
    from waagent.ai.evaluation import LABELS

    for name, score in found.scores.items():
        output.line(t("ai.confusion", label=name))
        values = LABELS[name]
        rows = [[v, *map(str, row)] for v, row in zip(values, score.confusion, strict=True)]
        output.table(["", *values], [row for row in rows if set(row[1:]) != {"0"}])


def _costs(found: Evaluation, cost_usd: float | None) -> None:
    answered = ", ".join(f"{name} {count}" for name, count in found.engines.items())
    spent = "?" if cost_usd is None else f"{cost_usd:.4f}"
    pairs = [
        (t("ai.answered_by"), answered),
        (t("ai.latency"), f"p50 {found.p50_ms:.0f} ms, p95 {found.p95_ms:.0f} ms"),
        (t("ai.tokens"), f"{found.tokens_in} + {found.tokens_out}, {spent} USD"),
    ]
    if found.fallbacks:
        reasons = ", ".join(f"{reason} {count}" for reason, count in found.fallbacks.items())
        pairs.append((t("ai.fallbacks"), reasons))
    output.facts(pairs)
