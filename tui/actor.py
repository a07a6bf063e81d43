"""Who acts, for the audit log."""

from __future__ import annotations

from getpass import getuser


def actor() -> str:
    """The user of this terminal: ``tui:NAME``."""
    return f"tui:{getuser()}"
