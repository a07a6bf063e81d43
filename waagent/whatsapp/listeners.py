"""What a host passes to the gateway to be told what happens, and how events get there.

The methods are called on the library's threads (``on_history`` on one of ours), one at a time per
session, while the library waits. They must return at once (hand over to a queue) and never call the
gateway.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from waagent.domain.messages import InboundMessage, MessageChange, Receipt
from waagent.domain.sessions import SessionEvent, SessionEventKind
from waagent.whatsapp import session_events, translate

log = structlog.get_logger(__name__)


class SessionListener(Protocol):
    """Told of one or many sessions; ``key`` is the one given to ``Gateway.start``."""

    def on_message(self, key: str, message: InboundMessage) -> None:
        """A message came. WhatsApp has been told that it did: it will not come again."""

    def on_change(self, key: str, change: MessageChange) -> None:
        """A message was edited or deleted, or somebody reacted to it. It will not come again."""

    def on_history(self, key: str, messages: Sequence[InboundMessage]) -> None:
        """Old messages, after a pairing; they may be known already."""

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        """The other side got or read messages of ours."""

    def on_event(self, key: str, event: SessionEvent) -> None:
        """Something happened to the session itself."""


class PairingListener(SessionListener, Protocol):
    """Told of a pairing as well."""

    def on_qr(self, key: str, code: str, expires_in: int) -> None:
        """Show ``code`` as a QR; it is good for ``expires_in`` seconds, then another one comes."""

    def on_pairing_code(self, key: str, code: str) -> None:
        """Show ``code`` ("ABCD-EFGH"): the owner types it on the phone. There is only this one."""

    def on_paired(self, key: str, jid: str, lid: str | None) -> None:
        """The phone accepted. ``jid`` (with its device number) resumes the session; keep it."""

    def on_pairing_failed(self, key: str, reason: str) -> None:
        """No pairing will come of this: see :mod:`waagent.whatsapp.pairing` for the reasons."""


def deliver(key: str, listener: SessionListener, number: int, event: Any) -> None:
    """Translate the library's event ``number`` and hand it to ``listener``. Never raises.

    An exception here would lose a message that WhatsApp believes delivered, so one that cannot be
    translated is still delivered as a stub of kind OTHER.
    """
    value: InboundMessage | MessageChange | Receipt | SessionEvent | None
    try:
        value = _translated(number, event)
    except Exception as error:  # the library's objects: anything may be missing
        fault(key, listener, f"event_{number}", error)
        value = _stub(number, event)
    if isinstance(value, InboundMessage):
        tell(key, listener, listener.on_message, value)
    elif isinstance(value, MessageChange):
        tell(key, listener, listener.on_change, value)
    elif isinstance(value, Receipt):
        tell(key, listener, listener.on_receipt, value)
    elif value is not None:
        tell(key, listener, listener.on_event, value)


def tell(key: str, listener: SessionListener, method: Callable[..., None], *values: Any) -> None:
    """Call ``listener``'s ``method``; its fault is told and logged, but never reaches ctypes."""
    try:
        method(key, *values)
    except Exception as error:
        fault(key, listener, method.__name__, error)


def fault(key: str, listener: SessionListener, where: str, error: Exception) -> None:
    """Something of ours failed on an event: log it, and let the host count it. Never raises."""
    log.error(
        "whatsapp.callback.failed",
        session=key,
        where=where,
        error=type(error).__name__,
        line=_line(error),
    )
    try:
        event = SessionEvent(kind=SessionEventKind.CALLBACK_FAULT, code=where)
        listener.on_event(key, event)
    except Exception as another:
        name = type(another).__name__
        log.error("whatsapp.callback.failed", session=key, where="on_event", error=name)


def _line(error: Exception) -> str:
    """Where it was raised, without the error's own words, which may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _translated(
    number: int, event: Any
) -> InboundMessage | MessageChange | Receipt | SessionEvent | None:
    if number == translate.MESSAGE:
        return translate.message(event)
    if number == translate.UNDECRYPTABLE:
        return translate.undecryptable(event)
    if number == translate.RECEIPT:
        return translate.receipt(event)
    return session_events.session_event(number, event, datetime.now(UTC))


def _stub(number: int, event: Any) -> InboundMessage | None:
    try:
        return translate.message_stub(event) if number == translate.MESSAGE else None
    except Exception:
        return None  # not even whom it came from can be told
