"""Why a message waits: limits, warm-up, quiet hours, freezes."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {}
