"""The fault table, for people: one line for each fault."""

from __future__ import annotations

from typing import Any

from waagent.i18n import t

COLUMNS = (
    "fault",
    "rounds",
    "written",
    "stored",
    "unsaved",
    "sends",
    "received",
    "states",
    "lost",
    "doubled",
    "away",
    "most_open",
)


def fault_row(outcome: dict[str, Any]) -> list[str]:
    """The cells of one outcome of ``waagent bench faults --json``, in the order of ``COLUMNS``."""
    name = t(f"fault.{outcome['name']}")
    for reason in ("skipped", "problem"):
        if outcome[reason] is not None:
            told = t(f"faults.{reason}", why=outcome[reason])
            return [f"{name} ({told})", *[""] * (len(COLUMNS) - 1)]
    messages, sends = outcome["messages"], outcome["sends"]
    away = f"{outcome['away_median_s']:.1f} (≤ {outcome['away_s']:.1f})"
    return [
        name,
        str(outcome["rounds"]),
        str(messages["written"]),
        str(messages["stored"]),
        str(messages["unsaved"]),
        str(sends["queued"] + sends["follow_ups"]),
        str(sends["received"]),
        f"{sends['delivered']} / {sends['sent']} / {sends['unknown']}",
        str(outcome["lost"]),
        str(outcome["doubled"]),
        away if outcome["away_s"] else "0",
        str(outcome["most_open"]),
    ]
