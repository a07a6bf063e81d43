"""The job ``pair_session``: links one number, in a work-horse that exists for nothing else.

A QR that nobody scans can never be ended inside a process, so the process is left instead. After
the scan the session is leased to this job until its client has stopped, so no host connects the
same device meanwhile; should this process die, the lease runs out and a host resumes the session.
A number that does not belong to the session is unlinked again, and nothing of it is stored.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import structlog

from waagent.domain.messages import InboundMessage, MessageChange, Receipt
from waagent.domain.sessions import SessionEvent, SessionEventKind
from waagent.domain.views import ConnectEvent
from waagent.errors import ConflictError, WaagentError
from waagent.services.leases import Lease
from waagent.services.pairings import NumberRefusedError
from waagent.whatsapp.pairing import EXPIRED, PASSKEY_REQUIRED, TYPED_CODE_SECONDS
from workers.code_watch import CodeWatch
from workers.horse import StopFlag, open_gateway
from workers.ingest import Ingest
from workers.runtime import services, start_logging

if TYPE_CHECKING:
    from waagent.bootstrap import HostServices
    from waagent.queueing.pairing import PairingChannel
    from waagent.whatsapp.gateway import Gateway

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 40.0
FLUSH_TIMEOUT_S = 30.0
HISTORY_TIMEOUT_S = 10.0
"""For the old conversations that a phone hands over right after the scan."""
UNLINK_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be linked. ``asked`` (digits): the number that a code to type is for."""

    tenant_id: str
    session_id: str
    pairing_id: str
    asked: str | None = None
    change_number: bool = False


def pair_session(
    tenant_id: str,
    session_id: str,
    pairing_id: str,
    timeout_s: int,
    sealed_number: str = "",
    change_number: int = 0,
) -> None:
    """Link one number, or leave the session as it was."""
    start_logging("pairing")
    stop = StopFlag()
    opened = services()
    if not opened.pairing.is_current(tenant_id, session_id, pairing_id):
        return  # given up before a worker was free, or this job was queued twice
    channel = opened.pairing.channel(tenant_id, pairing_id)
    try:
        opened.pairing.check_whatsapp(tenant_id)
        asked = opened.pairing.number(tenant_id, sealed_number)
        name = f"waagent-pairing-{os.getpid()}"
        gateway = open_gateway(opened, opened.core.db.url, name, hasty=True)
    except WaagentError as error:
        opened.pairing.ended(tenant_id, session_id, pairing_id, error.code)
        channel.publish(ConnectEvent(event="refused", reason=error.message))
        return
    order = Order(
        tenant_id=tenant_id,
        session_id=session_id,
        pairing_id=pairing_id,
        asked=asked,
        change_number=bool(change_number),
    )
    Pairing(opened, gateway, channel, stop, order).run(timeout_s)


class Pairing:
    """One pairing. Also the library's listener: a message that arrives meanwhile is stored."""

    def __init__(
        self,
        opened: HostServices,
        gateway: Gateway,
        channel: PairingChannel,
        stop: StopFlag,
        order: Order,
    ) -> None:
        self._services = opened
        self._gateway = gateway
        self._channel = channel
        self._stop = stop
        self._order = order
        self._ingest = Ingest(opened.inbound)
        self._events: SimpleQueue[ConnectEvent] = SimpleQueue()
        self._early: list[InboundMessage | MessageChange] = []
        self._taking = threading.Lock()
        self._lease: Lease | None = None
        self._paired = ConnectEvent(event="paired")
        self._unwanted: ConnectEvent | None = None
        """How it ends once what was linked is unlinked again."""
        self._timeout_s = 0.0
        self._deadline: float | None = None
        """None before the first code: what brings that, or not, is the watch's affair."""

    def on_qr(self, key: str, code: str, expires_in: int) -> None:
        """From the library: a code to show."""
        self._events.put(ConnectEvent(event="qr", code=code, expires_in=expires_in))

    def on_pairing_code(self, key: str, code: str) -> None:
        """From the library: a code to type on the phone."""
        expires_in = min(TYPED_CODE_SECONDS, max(1, round(self._timeout_s)))
        self._events.put(ConnectEvent(event="code", code=code, expires_in=expires_in))

    def on_paired(self, key: str, jid: str, lid: str | None) -> None:
        """From the library: the phone accepted."""
        self._events.put(ConnectEvent(event="paired", jid=jid, code=lid))

    def on_pairing_failed(self, key: str, reason: str) -> None:
        """From the library: it will not come to anything."""
        self._events.put(self._failed(reason))

    def on_message(self, key: str, message: InboundMessage) -> None:
        """From the library: store it, the phone has seen it acknowledged."""
        self._take(message)

    def on_change(self, key: str, change: MessageChange) -> None:
        """From the library: apply it to the message it is about."""
        self._take(change)

    def on_history(self, key: str, messages: Sequence[InboundMessage]) -> None:
        """From the library: store the old messages the phone passes on."""
        for message in messages:
            self._take(message)

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        """From the library: none can be for a message of this session yet."""

    def on_event(self, key: str, event: SessionEvent) -> None:
        """From the library: only being connected, or not, is of interest here."""
        if event.kind is SessionEventKind.CONNECTED:
            self._events.put(ConnectEvent(event="connected"))
        elif event.kind in (SessionEventKind.LOGGED_OUT, SessionEventKind.OUTDATED):
            self._events.put(_failed(event.kind.value))

    def run(self, timeout_s: float) -> None:
        """Until linked, failed, cancelled or ``timeout_s`` after the first code."""
        self._timeout_s = timeout_s
        watch = CodeWatch(time.monotonic())
        self._gateway.pair(self._order.session_id, self, phone=self._order.asked)
        while not self._stop.is_set():
            try:
                event = self._events.get(timeout=0.5)
            except Empty:
                idle = self._idle(watch)
                if idle is None:
                    continue
                event = idle
            if event.event in ("qr", "code"):
                self._code_comes(watch, event)
            if self._handle(event):
                return
        self._fail(_failed("interrupted"))

    def _code_comes(self, watch: CodeWatch, code: ConnectEvent) -> None:
        now = time.monotonic()
        watch.shown(now, code.expires_in or 0)
        if self._deadline is None:
            self._deadline = now + self._timeout_s

    def _idle(self, watch: CodeWatch) -> ConnectEvent | None:
        """What follows from nothing having happened."""
        now = time.monotonic()
        late = self._deadline is not None and now > self._deadline
        if self._lease is not None or self._unwanted is not None:
            return (self._unwanted or self._paired) if late else None
        if late:
            return self._failed(EXPIRED)
        trouble = watch.trouble(now)
        if trouble is not None:
            return _failed(trouble)
        return _failed("given_up") if self._cancelled() else None

    def _handle(self, event: ConnectEvent) -> bool:
        """Whether that was the end."""
        if event.event in ("qr", "code"):
            self._show(event)
            return False
        if self._unwanted is not None:
            return self._unlink(event)
        if event.event == "paired" and self._lease is None:
            return self._keep(event)
        if event.event in ("paired", "connected") and self._lease is not None:
            self._hand_over()  # connected, or out of patience: a host goes on from here
            return True
        if event.event in ("paired", "connected"):
            return False
        self._fail(event)
        return True

    def _show(self, event: ConnectEvent) -> None:
        order = self._order
        self._services.pairing.shows(
            order.tenant_id, order.session_id, order.pairing_id, event.event
        )
        self._channel.publish(event)

    def _keep(self, event: ConnectEvent) -> bool:
        assert event.jid is not None
        order = self._order
        lease, refused = None, "given_up"
        try:
            lease = self._services.pairing.paired(
                order.tenant_id,
                order.session_id,
                order.pairing_id,
                event.jid,
                event.code,
                asked=order.asked,
                change_number=order.change_number,
            )
        except NumberRefusedError as error:
            refused = error.reason
        except ConflictError:
            refused = "conflict"
        if lease is None:
            self._unwanted = _failed(refused)
            self._deadline = time.monotonic() + UNLINK_TIMEOUT_S
            return False
        self._paired = ConnectEvent(event="paired", jid=event.jid)
        self._deadline = time.monotonic() + CONNECT_TIMEOUT_S
        self._kept(lease)
        return False

    def _kept(self, lease: Lease) -> None:
        """From here on it is known whose messages these are."""
        with self._taking:
            self._lease = lease
            for early in self._early:
                self._ingest.put(self._order.tenant_id, self._order.session_id, early)
            self._early.clear()

    def _take(self, what: InboundMessage | MessageChange) -> None:
        with self._taking:
            if self._lease is None:
                self._early.append(what)
            else:
                self._ingest.put(self._order.tenant_id, self._order.session_id, what)

    def _unlink(self, event: ConnectEvent) -> bool:
        """Take a link back that must not be: possible once the number has logged in."""
        assert self._unwanted is not None
        if event.event == "paired":
            return False
        if event.event == "connected" and not self._gateway.unlink(self._order.session_id):
            log.warning("pairing.not_unlinked", session=self._order.session_id)
        self._fail(self._unwanted)
        return True

    def _hand_over(self) -> None:
        """Stop first, store everything, and only then let a host have the session."""
        order = self._order
        self._gateway.await_history(order.session_id, HISTORY_TIMEOUT_S)
        self._gateway.close()
        self._ingest.close(FLUSH_TIMEOUT_S)
        self._services.leases.release(f"pairing-{order.pairing_id}", [order.session_id])
        self._channel.publish(self._paired)
        log.info("pairing.done", action="pair", tenant=order.tenant_id, session=order.session_id)

    def _fail(self, event: ConnectEvent) -> None:
        if self._lease is not None:  # linked all the same: a host finds out what is wrong
            self._hand_over()
            return
        order, pairing = self._order, self._services.pairing
        about = (order.tenant_id, order.session_id, order.pairing_id)
        if event.event == PASSKEY_REQUIRED:  # shown for a while: a tick, or a new try, ends it
            pairing.shows(*about, PASSKEY_REQUIRED)
        else:
            pairing.ended(*about, event.reason or event.event)
        self._channel.publish(event)
        log.info(
            "pairing.failed",
            action="pair",
            tenant=order.tenant_id,
            session=order.session_id,
            reason=event.reason,
        )

    def _cancelled(self) -> bool:
        try:
            return self._channel.cancelled()
        except WaagentError:
            return False

    def _failed(self, reason: str) -> ConnectEvent:
        if reason == EXPIRED:
            unused = "not_scanned" if self._order.asked is None else "not_entered"
            return ConnectEvent(event="expired", reason=unused)
        return _failed(reason)


def _failed(reason: str) -> ConnectEvent:
    if reason == PASSKEY_REQUIRED:
        return ConnectEvent(event="passkey_required", reason=reason)
    return ConnectEvent(event="refused", reason=reason)
