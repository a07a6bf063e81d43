"""What the reports screen says: (Indonesian, English) by key."""

from __future__ import annotations

REPORTS: dict[str, tuple[str, str]] = {}
