"""The places of the application: one screen each, opened with 1 to 6."""

from __future__ import annotations

from enum import StrEnum


class Place(StrEnum):
    """In the order of their keys; the values are names of modes, actions and links."""

    BOARD = "board"
    INBOX = "inbox"
    FOLLOWUPS = "followups"
    SESSIONS = "sessions"
    REPORTS = "reports"
    OPERATOR = "operator"


SHOP_PLACES = tuple(place for place in Place if place is not Place.OPERATOR)
"""Those of a shop's owner; the last one is for operators only."""
