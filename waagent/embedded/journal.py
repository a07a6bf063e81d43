"""Log lines of the embedded servers. structlog loads slowly, so only when there is news."""

from __future__ import annotations

from contextlib import suppress


def note(event: str, **fields: object) -> None:
    """Log one event at info level. Never pass passwords or URLs."""
    import structlog

    with suppress(OSError):  # a reader that went away must not keep servers from being stopped
        structlog.get_logger("waagent.embedded").info(event, **fields)
