"""States of a linked number, why, and what the owner should do."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {}
