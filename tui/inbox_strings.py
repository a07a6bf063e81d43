"""What the inbox screen says: (Indonesian, English) by key."""

from __future__ import annotations

INBOX: dict[str, tuple[str, str]] = {}
