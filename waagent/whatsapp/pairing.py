"""How a pairing ends, in words of ours.

whatsmeow's QR channel names its outcomes; neonize passes the name on to a callback that otherwise
only prints an address. ``on_pairing_failed`` gets one of the reasons below.
"""

from __future__ import annotations

import re
from collections.abc import Callable

PHONE = re.compile(r"[1-9]\d{6,14}")
"""A number to be linked by a code: digits, with the country code."""
EXPIRED = "expired"
"""Every code was shown and none was scanned."""
DISCONNECTED = "disconnected"
"""WhatsApp closed the connection before a code was scanned."""
PASSKEY_REQUIRED = "passkey_required"
"""WhatsApp asks this account for a passkey, which the library cannot answer yet."""
REFUSED = "refused"
"""The phone or WhatsApp said no."""
CODE_REFUSED = "code_refused"
"""WhatsApp gives no code for this number."""
CODE_TOO_OFTEN = "code_too_often"
"""WhatsApp gives no code for now: it was asked for too many (429)."""
OUTDATED = "outdated"
"""WhatsApp wants a newer client: only an update of the library helps."""
UNREACHABLE = "unreachable"
"""No connection could be made."""

CODES_PER_PAIRING = 6
FIRST_CODE_SECONDS = 60
NEXT_CODE_SECONDS = 20
TYPED_CODE_SECONDS = FIRST_CODE_SECONDS + (CODES_PER_PAIRING - 1) * NEXT_CODE_SECONDS
"""WhatsApp closes the connection, and with it ends the code, when the QR codes are used up."""

_REASONS = {
    "passkey-request": PASSKEY_REQUIRED,
    "passkey-confirmation": PASSKEY_REQUIRED,
    "err-client-outdated": OUTDATED,
}


def code_refusal(text: str) -> str:
    """The reason in the library's words for a code that WhatsApp would not give."""
    return CODE_TOO_OFTEN if re.search(r"\b429\b", text) else CODE_REFUSED


class PairingProgress:
    """Follows one pairing and reports its failure once."""

    def __init__(self, fail: Callable[[str], None]) -> None:
        self._fail = fail
        self._codes = 0
        self._over = False

    @property
    def over(self) -> bool:
        """Whether it succeeded or failed."""
        return self._over

    def code(self) -> int:
        """Another code came: for how many seconds it is good."""
        self._codes += 1
        return FIRST_CODE_SECONDS if self._codes == 1 else NEXT_CODE_SECONDS

    def status(self, name: str) -> None:
        """whatsmeow's own word: ``success``, ``timeout``, ``error``, ``err-…``, ``passkey-…``."""
        if name == "timeout":
            self.failed(EXPIRED if self._codes >= CODES_PER_PAIRING else DISCONNECTED)
        elif name != "success":
            self.failed(_REASONS.get(name, REFUSED))

    def succeeded(self) -> bool:
        """Note the success. False if the pairing was over already."""
        first = not self._over
        self._over = True
        return first

    def failed(self, reason: str) -> None:
        """Report ``reason``, unless the pairing is over already."""
        if not self._over:
            self._over = True
            self._fail(reason)
