"""What the operator screen says: (Indonesian, English) by key."""

from __future__ import annotations

OPERATOR: dict[str, tuple[str, str]] = {}
