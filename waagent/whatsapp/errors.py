"""Why a message was not acknowledged by WhatsApp, in the one way that matters: may it go again?"""

from __future__ import annotations

from typing import ClassVar, Literal


class SendError(Exception):
    """WhatsApp did not acknowledge a message.

    ``surely_not_sent`` says whether nobody can have received it. ``code`` is WhatsApp's own number,
    or a word of ours, where there is one. The text never holds the message.
    """

    surely_not_sent: ClassVar[bool]

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class SendRefused(SendError):
    """WhatsApp refused this message (``code``), so sending it again would be refused again.

    ``463`` is the lock on writing to people who never wrote first; ``not_on_whatsapp`` means that
    the number has no account; ``bad_recipient`` that the address is not one person's.
    """

    surely_not_sent = True


class NotConnected(SendError):
    """It never left this machine: no connection, no session, or the store does not answer."""

    surely_not_sent = True


class SendUncertain(SendError):
    """It may have been sent: no answer in time, cut off while waiting, or an unknown error."""

    surely_not_sent = False


class MediaError(Exception):
    """A file could not be fetched: ``kind`` is ``expired``, ``failed`` or ``too_large``."""

    def __init__(self, reason: str, *, kind: Literal["expired", "failed", "too_large"]) -> None:
        super().__init__(reason)
        self.kind = kind
