"""A pairing code that will never work is not left on the screen. Pure."""

from __future__ import annotations

FIRST_CODE_S = 45.0
"""WhatsApp hands codes out within a second of the connection."""
STALE_CODE_S = 15.0
"""A code that has run out, and was neither replaced nor ended, is never going to work."""

NO_CODE = "no_code"
DEAD_CODE = "dead_code"


class CodeWatch:
    """Notices a code that can no longer come to anything. Times are seconds of one clock."""

    def __init__(self, now: float) -> None:
        self._until = now + FIRST_CODE_S
        self._shown = False

    def shown(self, now: float, expires_in: float) -> None:
        """A code is on the screen."""
        self._shown = True
        self._until = now + expires_in + STALE_CODE_S

    def trouble(self, now: float) -> str | None:
        """Why nothing will come of it; None while something may."""
        if now <= self._until:
            return None
        return DEAD_CODE if self._shown else NO_CODE
