"""The job ``pair_session``: links one number, in a work-horse that exists for nothing else.

A QR that nobody scans can never be ended inside a process, so the process is left instead. After
the scan the session is leased to this job until its client has stopped, so no host connects the
same device meanwhile; should this process die, the lease runs out and a host resumes the session.
"""

from __future__ import annotations

import os
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import structlog

from waagent.domain.messages import InboundMessage, Receipt
from waagent.domain.sessions import SessionEvent, SessionEventKind
from waagent.domain.views import ConnectEvent
from waagent.errors import ConflictError, WaagentError
from waagent.services.leases import Lease
from waagent.whatsapp.pairing import EXPIRED, PASSKEY_REQUIRED
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


def pair_session(tenant_id: str, session_id: str, pairing_id: str, timeout_s: int) -> None:
    """Link one number, or leave the session as it was."""
    start_logging("pairing")
    stop = StopFlag()
    opened = services()
    if not opened.pairing.is_current(tenant_id, session_id, pairing_id):
        return  # given up before a worker was free, or this job was queued twice
    channel = opened.pairing.channel(tenant_id, pairing_id)
    try:
        opened.pairing.check_whatsapp(tenant_id)
        gateway = open_gateway(opened, opened.core.db.url, f"waagent-pairing-{os.getpid()}")
    except WaagentError as error:
        opened.pairing.ended(tenant_id, session_id, pairing_id, error.code)
        channel.publish(ConnectEvent(event="refused", reason=error.message))
        return
    Pairing(opened, gateway, channel, stop, tenant_id, session_id, pairing_id).run(timeout_s)


class Pairing:
    """One pairing. Also the library's listener: a message that arrives meanwhile is stored."""

    def __init__(
        self,
        opened: HostServices,
        gateway: Gateway,
        channel: PairingChannel,
        stop: StopFlag,
        tenant_id: str,
        session_id: str,
        pairing_id: str,
    ) -> None:
        self._services = opened
        self._gateway = gateway
        self._channel = channel
        self._stop = stop
        self._tenant_id = tenant_id
        self._session_id = session_id
        self._pairing_id = pairing_id
        self._ingest = Ingest(opened.inbound)
        self._events: SimpleQueue[ConnectEvent] = SimpleQueue()
        self._lease: Lease | None = None
        self._paired = ConnectEvent(event="paired")

    def on_qr(self, key: str, code: str, expires_in: int) -> None:
        """From the library: a code to show."""
        self._events.put(ConnectEvent(event="qr", code=code, expires_in=expires_in))

    def on_paired(self, key: str, jid: str, lid: str | None) -> None:
        """From the library: the phone accepted."""
        self._events.put(ConnectEvent(event="paired", jid=jid, code=lid))

    def on_pairing_failed(self, key: str, reason: str) -> None:
        """From the library: it will not come to anything."""
        self._events.put(_failed(reason))

    def on_message(self, key: str, message: InboundMessage) -> None:
        """From the library: store it, the phone has seen it acknowledged."""
        self._ingest.put(self._tenant_id, self._session_id, message)

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        """From the library: none can be for a message of this session yet."""

    def on_event(self, key: str, event: SessionEvent) -> None:
        """From the library: only being connected, or not, is of interest here."""
        if event.kind is SessionEventKind.CONNECTED:
            self._events.put(ConnectEvent(event="connected"))
        elif event.kind in (SessionEventKind.LOGGED_OUT, SessionEventKind.OUTDATED):
            self._events.put(_failed(event.kind.value))

    def run(self, timeout_s: float) -> None:
        """Until linked, failed, cancelled or out of time."""
        deadline = time.monotonic() + timeout_s
        self._gateway.pair(self._session_id, self)
        while not self._stop.is_set():
            try:
                event = self._events.get(timeout=0.5)
            except Empty:
                if time.monotonic() > deadline:
                    event = _failed(EXPIRED) if self._lease is None else self._paired
                elif self._lease is None and self._cancelled():
                    event = _failed("given_up")
                else:
                    continue
            if self._handle(event):
                return
            if event.event == "paired":
                deadline = time.monotonic() + CONNECT_TIMEOUT_S
        self._fail(_failed("interrupted"))

    def _handle(self, event: ConnectEvent) -> bool:
        """Whether that was the end."""
        if event.event == "qr":
            self._channel.publish(event)
            return False
        if event.event == "paired" and self._lease is None:
            return self._keep(event)
        if event.event in ("paired", "connected") and self._lease is not None:
            self._hand_over()  # connected, or out of patience: a host goes on from here
            return True
        if event.event in ("paired", "connected"):
            return False
        self._fail(event)
        return True

    def _keep(self, event: ConnectEvent) -> bool:
        assert event.jid is not None
        try:
            self._lease = self._services.pairing.paired(
                self._tenant_id, self._session_id, self._pairing_id, event.jid, event.code
            )
        except ConflictError:
            self._fail(ConnectEvent(event="refused", reason="number_linked_already"))
            return True
        self._paired = ConnectEvent(event="paired", jid=event.jid)
        if self._lease is None:
            self._fail(_failed("given_up"))
        return self._lease is None

    def _hand_over(self) -> None:
        """Stop first, store everything, and only then let a host have the session."""
        assert self._lease is not None
        self._gateway.close()
        self._ingest.close(FLUSH_TIMEOUT_S)
        self._services.leases.release(f"pairing-{self._pairing_id}", [self._session_id])
        self._channel.publish(self._paired)
        log.info("pairing.done", action="pair", tenant=self._tenant_id, session=self._session_id)

    def _fail(self, event: ConnectEvent) -> None:
        if self._lease is not None:  # linked all the same: a host finds out what is wrong
            self._hand_over()
            return
        self._services.pairing.ended(
            self._tenant_id, self._session_id, self._pairing_id, event.reason or event.event
        )
        self._channel.publish(event)
        log.info(
            "pairing.failed",
            action="pair",
            tenant=self._tenant_id,
            session=self._session_id,
            reason=event.reason,
        )

    def _cancelled(self) -> bool:
        try:
            return self._channel.cancelled()
        except WaagentError:
            return False


def _failed(reason: str) -> ConnectEvent:
    if reason == EXPIRED:
        return ConnectEvent(event="expired", reason="not_scanned")
    if reason == PASSKEY_REQUIRED:
        return ConnectEvent(event="passkey_required", reason=reason)
    return ConnectEvent(event="refused", reason=reason)
