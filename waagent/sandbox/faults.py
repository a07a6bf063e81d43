"""What the sandbox does wrong on command, for one account or for all.

A fault is a name with a value; it stays until cleared. The places that misbehave ask here.
"""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass, field
from enum import StrEnum

from waagent.errors import InvalidInputError

ALL = "all"
BANNED = 402
"""The reason of a refused login that means a temporary ban."""
BAN_CODE = 101
"""Why a number is banned, unless a fault says otherwise: it wrote to too many people."""
BAN_SECONDS = 3_600


class Fault(StrEnum):
    """The names, and what their values mean."""

    REFUSE_LOGIN = "refuse_login"
    """Answer a login with ``<failure reason=VALUE>``; 401 makes the client forget its pairing.

    402 is a temporary ban with ``code`` and ``expire``; it is lifted after ``expire`` seconds. For
    all accounts, clients that want to be linked are refused, too.
    """

    HANG_UP_AT_ONCE = "hang_up_at_once"
    """Close the socket right behind a refusal or stream error; some clients then miss it."""

    DEAF = "deaf"
    """Sockets stay open, but nothing that comes is heard and nothing is sent.

    1: the sockets open now, until they close. 2: new ones, too; not even logins are answered.
    """

    SILENT = "silent"
    """Above 0: the sockets open now go on answering, but nothing new reaches them any more."""

    ACK_DELAY = "ack_delay"
    """Acknowledge a shop's messages after VALUE seconds."""

    WITHHOLD_ACKS = "withhold_acks"
    """Deliver a shop's messages and never acknowledge them."""

    ACK_ERROR = "ack_error"
    """Refuse a shop's messages with error VALUE; nobody gets them."""

    CLOSE_AFTER_515 = "close_after_515"
    """Hang up with the 515 that ends a pairing, before the client does."""

    REFS = "refs"
    """Hand out VALUE pairing codes, 1 to 6. With fewer than 6 a client shows each for 20 s."""

    PAIRING_SECONDS = "pairing_seconds"
    """Hang up on clients that were not linked VALUE seconds after they came."""

    REFUSE_LINK_CODE = "refuse_link_code"
    """Answer a client that asks for a code to type with error VALUE; 429 is too many requests."""

    PASSKEY = "passkey"
    """Ask for a passkey instead of accepting the next VALUE scans."""

    DUPLICATE = "duplicate"
    """Deliver the next VALUE messages of customers twice."""

    UNDECRYPTABLE = "undecryptable"
    """Deliver the next VALUE messages of customers so that no device can read them."""

    RESEND_DELAY = "resend_delay"
    """Send a message that a device could not read again after VALUE seconds."""

    SPOIL_RESENDS = "spoil_resends"
    """The next VALUE messages that are sent again cannot be read either."""

    WITHHOLD_RESENDS = "withhold_resends"
    """Never send such a message again."""

    UNAVAILABLE = "unavailable"
    """Deliver the next VALUE messages of customers without what is in them."""

    REFUSE_UPLOAD = "refuse_upload"
    """Answer uploads of files with the HTTP status VALUE; below 400, with 503."""

    REFUSE_DOWNLOAD = "refuse_download"
    """Answer downloads of files with the HTTP status VALUE; below 400, with 410: expired."""

    SLOW_MEDIA = "slow_media"
    """Let each upload and download take VALUE seconds longer."""


@dataclass(slots=True, kw_only=True)
class FaultSetting:
    """One fault in force. Times are seconds on the monotonic clock.

    ``code`` and ``expire`` (seconds) are of a ban; ``times``: how often the fault still applies.
    """

    value: float
    code: int = 0
    expire: float = 0
    times: int | None = None
    since: float = field(default_factory=time.monotonic)

    def over(self) -> bool:
        """Whether it has lifted itself."""
        return bool(self.expire) and time.monotonic() >= self.since + self.expire

    def seconds_left(self) -> int:
        """Until it lifts itself, rounded up."""
        return max(0, math.ceil(self.since + self.expire - time.monotonic()))

    def view(self) -> dict[str, float]:
        """As plain data, without what was not given."""
        more = {"code": self.code, "expire": self.expire, "times": self.times}
        return {"value": self.value} | {name: value for name, value in more.items() if value}


@dataclass(slots=True)
class Faults:
    """The faults in force, by account number or ``all``."""

    _active: dict[str, dict[Fault, FaultSetting]] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def set(
        self,
        name: str,
        account: str = ALL,
        value: float = 1,
        *,
        code: int = 0,
        expire: float = 0,
        times: int | None = None,
    ) -> None:
        """Raises InvalidInputError for a name that does not exist or a value below 0."""
        if name not in set(Fault):
            raise InvalidInputError(
                f"no such fault: {name!r}", hint="one of " + ", ".join(sorted(Fault))
            )
        if value < 0:
            raise InvalidInputError(f"a fault's value cannot be negative: {value}")
        setting = FaultSetting(value=value, code=code, expire=expire, times=times)
        self._active.setdefault(account, {})[Fault(name)] = setting
        self._wake()

    def clear(self, account: str | None = None, name: str | None = None) -> None:
        """Behave again: for one account or altogether; in one respect or in all."""
        for scope in [account] if account else list(self._active):
            if name is None:
                self._active.pop(scope, None)
            else:
                self._active.get(scope, {}).pop(Fault(name), None)
        self._wake()

    def find(self, fault: Fault, account: str) -> FaultSetting | None:
        """The fault in force for an account, its own before that of all."""
        for scope in (account, ALL):
            active = self._active.get(scope, {})
            setting = active.get(fault)
            if setting is not None and setting.over():
                del active[fault]
            elif setting is not None:
                return setting
        return None

    def value(self, fault: Fault, account: str) -> float:
        """The value in force for an account; 0 when there is none."""
        setting = self.find(fault, account)
        return setting.value if setting else 0

    def take(self, fault: Fault, account: str) -> FaultSetting | None:
        """The fault, if it applies now; one of its ``times`` is then used up."""
        setting = self.find(fault, account)
        if setting is None or not setting.value:
            return None
        if setting.times is not None:
            setting.times -= 1
            if setting.times <= 0:
                self._drop(fault, setting)
        return setting

    def use_up(self, fault: Fault, account: str) -> bool:
        """Whether a fault whose value counts down applies now; if so, once less from here on."""
        for scope in (account, ALL):
            setting = self._active.get(scope, {}).get(fault)
            if setting is not None and setting.value >= 1:
                setting.value -= 1
                return True
        return False

    async def changed(self) -> None:
        """Wait until faults are set or cleared."""
        await self._changed.wait()

    def listing(self) -> dict[str, dict[str, dict[str, float]]]:
        """All faults in force, as plain data."""
        listed = {
            scope: {str(f): setting.view() for f, setting in active.items() if not setting.over()}
            for scope, active in self._active.items()
        }
        return {scope: faults for scope, faults in listed.items() if faults}

    def _drop(self, fault: Fault, setting: FaultSetting) -> None:
        for active in self._active.values():
            if active.get(fault) is setting:
                del active[fault]

    def _wake(self) -> None:
        before, self._changed = self._changed, asyncio.Event()
        before.set()
