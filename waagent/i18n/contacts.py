"""Contacts, merging them, and messages that did not arrive whole."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {}
