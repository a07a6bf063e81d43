"""What owners are told of their number, by e-mail, WhatsApp and others."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {}
