"""What the outbox can do to a conversation, and how long WhatsApp lets a message be changed."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class OutboxAction(StrEnum):
    """``send`` a message, or act on one that was sent.

    Only a ``send`` must never happen twice: an edit, a deletion or a reaction that arrives again
    leaves the chat as it is, so one that may have been lost is simply done again.
    """

    SEND = "send"
    EDIT = "edit"
    REVOKE = "revoke"
    REACT = "react"


class Resolution(StrEnum):
    """What a person says of a message of which waagent cannot know whether it was sent."""

    SENT = "sent"
    """It did arrive."""
    RESEND = "resend"
    """Send it again, even if that may double it."""
    DROP = "drop"
    """It did not arrive, and need not any more."""


EDIT_WITHIN = timedelta(minutes=15)
"""WhatsApp's help centre, "How to edit messages": within 15 minutes after it was sent."""

REVOKE_WITHIN = timedelta(days=2, hours=12)
"""WhatsApp's announcement of August 2022: for everyone within 2 days and 12 hours."""

TOO_LATE = {OutboxAction.EDIT: EDIT_WITHIN, OutboxAction.REVOKE: REVOKE_WITHIN}
"""Later than this the other side's WhatsApp ignores the action."""
