"""What happened to each account since the sandbox started, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True, kw_only=True)
class AccountCounters:
    """One shop's number."""

    logins: int = 0
    """Logins let in."""
    refused_logins: int = 0
    replaced: int = 0
    """Logins of a device that still had another connection."""
    most_open: int = 0
    """The most logged-in sockets that one device ever had at once."""
    receipted: int = 0
    """Message ids in the devices' receipts, other than those that ask for it again."""
    retries: int = 0
    """Receipts that ask for a message again."""
    acks: int = 0
    """Messages of devices acknowledged."""
    refusals: int = 0
    """Messages of devices answered with an error."""
    received: Counter[str] = field(default_factory=Counter)
    """Messages of devices that a customer's telephone shows, by phone number."""
    duplicates: Counter[str] = field(default_factory=Counter)
    """Those that came again under the same id, by phone number."""
    open: Counter[int] = field(default_factory=Counter)
    """Logged-in sockets now, by device number."""

    def opened(self, device: int) -> None:
        """A device logged in."""
        self.logins += 1
        self.open[device] += 1
        self.most_open = max(self.most_open, self.open[device])

    def closed(self, device: int) -> None:
        """One of its sockets is closed."""
        self.open[device] -= 1

    def view(self) -> dict[str, Any]:
        """As plain data; ``open`` in sum."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {"open": self.open.total()}


class Counters:
    """Those of all accounts."""

    def __init__(self) -> None:
        self._by_account: dict[str, AccountCounters] = {}

    def of(self, account: str) -> AccountCounters:
        """One account's, which begin at 0."""
        return self._by_account.setdefault(account, AccountCounters())
