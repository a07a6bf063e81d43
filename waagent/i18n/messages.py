"""Media, edits, deletions, reactions and sends that may have gone out."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {}
