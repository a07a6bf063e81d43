"""What the sandbox does wrong on command, for one account or for all.

A fault is a name with a value; it stays until cleared. The places that misbehave ask here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from waagent.errors import InvalidInputError

ALL = "all"


class Fault(StrEnum):
    """The names, and what their values mean."""

    REFUSE_LOGIN = "refuse_login"
    """Answer a login with ``<failure reason=VALUE>``; 401 makes the client forget its pairing."""

    ACK_DELAY = "ack_delay"
    """Acknowledge a shop's messages after VALUE seconds."""

    WITHHOLD_ACKS = "withhold_acks"
    """Deliver a shop's messages and never acknowledge them."""

    CLOSE_AFTER_515 = "close_after_515"
    """Hang up with the 515 that ends a pairing, before the client does."""

    DUPLICATE = "duplicate"
    """Deliver the next VALUE messages of customers twice."""


@dataclass(slots=True)
class Faults:
    """The faults in force, by account number or ``all``."""

    _active: dict[str, dict[Fault, float]] = field(default_factory=dict)

    def set(self, name: str, account: str = ALL, value: float = 1) -> None:
        """Raises InvalidInputError for a name that does not exist or a value below 0."""
        if name not in set(Fault):
            raise InvalidInputError(
                f"no such fault: {name!r}", hint="one of " + ", ".join(sorted(Fault))
            )
        if value < 0:
            raise InvalidInputError(f"a fault's value cannot be negative: {value}")
        self._active.setdefault(account, {})[Fault(name)] = value

    def clear(self, account: str | None = None) -> None:
        """Behave again: for one account, or altogether."""
        if account is None:
            self._active.clear()
        else:
            self._active.pop(account, None)

    def value(self, fault: Fault, account: str) -> float:
        """The value in force for an account; 0 when there is none."""
        own = self._active.get(account, {})
        return own.get(fault, self._active.get(ALL, {}).get(fault, 0))

    def use_up(self, fault: Fault, account: str) -> bool:
        """Whether a fault that counts down applies now; if so, once less from here on."""
        for scope in (account, ALL):
            active = self._active.get(scope, {})
            if active.get(fault, 0) >= 1:
                active[fault] -= 1
                return True
        return False

    def listing(self) -> dict[str, dict[str, float]]:
        """All faults in force, as plain data."""
        return {
            scope: {str(fault): value for fault, value in active.items()}
            for scope, active in self._active.items()
        }
