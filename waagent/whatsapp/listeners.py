"""What a host passes to the gateway to be told what happens, and how events get there.

The methods are called on the library's threads, one at a time per session, while the library waits.
They must return at once (hand over to a queue) and never call the gateway.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import structlog

from waagent.domain.messages import InboundMessage, Receipt
from waagent.domain.sessions import SessionEvent
from waagent.whatsapp import translate

log = structlog.get_logger(__name__)
_T = TypeVar("_T")


class SessionListener(Protocol):
    """Told of one or many sessions; ``key`` is the one given to ``Gateway.start``."""

    def on_message(self, key: str, message: InboundMessage) -> None:
        """A message came. WhatsApp has been told that it did: it will not come again."""

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        """The other side got or read messages of ours."""

    def on_event(self, key: str, event: SessionEvent) -> None:
        """Something happened to the session itself."""


class PairingListener(SessionListener, Protocol):
    """Told of a pairing as well."""

    def on_qr(self, key: str, code: str, expires_in: int) -> None:
        """Show ``code`` as a QR; it is good for ``expires_in`` seconds, then another one comes."""

    def on_paired(self, key: str, jid: str, lid: str | None) -> None:
        """The phone accepted. ``jid`` (with its device number) resumes the session; keep it."""

    def on_pairing_failed(self, key: str, reason: str) -> None:
        """No pairing will come of this: see :mod:`waagent.whatsapp.pairing` for the reasons."""


def deliver(key: str, listener: SessionListener, number: int, event: Any) -> None:
    """Translate the library's event ``number`` and hand it to ``listener``. Never raises.

    An exception here would lose a message that WhatsApp believes delivered, so one that cannot be
    translated is still delivered as a stub of kind OTHER.
    """
    method: Callable[..., None]
    value: InboundMessage | Receipt | SessionEvent | None
    if number == translate.MESSAGE:
        method = listener.on_message
        value = _attempt(key, number, translate.message, event, fallback=translate.message_stub)
    elif number == translate.UNDECRYPTABLE:
        method, value = listener.on_message, _attempt(key, number, translate.undecryptable, event)
    elif number == translate.RECEIPT:
        method, value = listener.on_receipt, _attempt(key, number, translate.receipt, event)
    else:
        method = listener.on_event
        value = _attempt(key, number, _session_event(number), event)
    if value is not None:
        tell(method, key, value)


def _session_event(number: int) -> Callable[[Any], SessionEvent | None]:
    return lambda event: translate.session_event(number, event, datetime.now(UTC))


def _attempt(
    key: str,
    number: int,
    translation: Callable[[Any], _T | None],
    event: Any,
    *,
    fallback: Callable[[Any], _T | None] | None = None,
) -> _T | None:
    try:
        return translation(event)
    except Exception as error:  # the library's objects: anything may be missing
        log.error(
            "whatsapp.translation.failed",
            session=key,
            event_number=number,
            error=type(error).__name__,
        )
    return None if fallback is None else _attempt(key, number, fallback, event)


def tell(method: Callable[..., None], key: str, *values: Any) -> None:
    """Call a listener's ``method``; its fault is logged, so that it never reaches ctypes."""
    try:
        method(key, *values)
    except Exception:
        log.exception("whatsapp.listener.failed", session=key, method=method.__name__)
