"""What is sent, and how a try can end that did not surely succeed.

Reasons are short codes such as ``smtp_550``. They never hold an address, a URL or what a server
said, since that may repeat them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One notification. ``id`` stays the same however often it is tried."""

    id: str
    subject: str
    body: str
    language: str
    urgent: bool = False


class DeliveryError(Exception):
    """It was not surely sent. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSent(DeliveryError):
    """It surely was not sent. ``permanent``: trying again would not help."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.permanent = permanent


class MaybeSent(DeliveryError):
    """It may have been sent."""


class Carrier(Protocol):
    """One way of sending."""

    def send(self, target: str, letter: Letter) -> None:
        """Send ``letter`` to ``target``.

        Raises:
            NotSent: it surely was not sent.
            MaybeSent: it may have been.
        """
        ...
