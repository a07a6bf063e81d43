"""Labels, corrections, catalogue, templates and reports."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {}
