"""From the library's callback to committed rows, without the callback ever waiting.

WhatsApp is told that a message arrived before its row is committed, so the time between the two is
what a killed process can lose. One thread empties the queue in batches; a batch that PostgreSQL
does not take is kept and tried again until it does.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import structlog

from waagent.domain.messages import InboundMessage, Receipt
from waagent.errors import BackendError
from waagent.services.inbound import Arrival, InboundService

log = structlog.get_logger(__name__)

BATCH = 500
_RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
RECEIPT_PATIENCE_S = 30.0
"""A receipt may come before we have committed the id of the message it is for."""


@dataclass(frozen=True, slots=True)
class _Item:
    tenant_id: str
    session_id: str
    what: InboundMessage | Receipt


@dataclass(frozen=True, slots=True)
class _EarlyReceipt:
    item: _Item
    give_up_at: float


class Ingest:
    """Takes messages and receipts from any thread and stores them in order."""

    def __init__(self, inbound: InboundService) -> None:
        self._inbound = inbound
        self._queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._early: list[_EarlyReceipt] = []
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._thread.start()

    def put(self, tenant_id: str, session_id: str, what: InboundMessage | Receipt) -> None:
        """Hand over; returns at once."""
        self._queue.put(_Item(tenant_id, session_id, what))

    def close(self, timeout_s: float) -> bool:
        """Store what is left; False if PostgreSQL did not take it in time."""
        self._queue.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        closing = False
        while not closing:
            items, closing = self._next_batch()
            self._store_messages(items)
            self._apply_receipts(items)

    def _next_batch(self) -> tuple[list[_Item], bool]:
        """At least one item unless early receipts wait; whether this is the last batch."""
        items: list[_Item] = []
        try:
            item = self._queue.get(timeout=1.0 if self._early else None)
            while item is not None and len(items) < BATCH:
                items.append(item)
                item = self._queue.get_nowait()
        except Empty:
            return items, False
        if item is None:
            return items, True
        items.append(item)
        return items, False

    def _store_messages(self, items: Iterable[_Item]) -> None:
        by_tenant: dict[str, list[Arrival]] = defaultdict(list)
        for item in items:
            if isinstance(item.what, InboundMessage):
                by_tenant[item.tenant_id].append(Arrival(item.session_id, item.what))
        for tenant_id, arrivals in by_tenant.items():
            self._store(tenant_id, arrivals)

    def _store(self, tenant_id: str, arrivals: list[Arrival]) -> None:
        """Store a batch, whatever it takes; one that is refused is stored message by message."""
        for attempt in range(1_000_000):
            try:
                self._inbound.store(tenant_id, arrivals)
                return
            except BackendError as error:
                log.warning("ingest.waiting", tenant=tenant_id, error=error.code, attempt=attempt)
                time.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
            except Exception:
                log.exception("ingest.refused", tenant=tenant_id, messages=len(arrivals))
                if len(arrivals) == 1:
                    return
                for arrival in arrivals:
                    self._store(tenant_id, [arrival])
                return

    def _apply_receipts(self, items: Iterable[_Item]) -> None:
        now = time.monotonic()
        fresh = [
            _EarlyReceipt(item, now + RECEIPT_PATIENCE_S)
            for item in items
            if isinstance(item.what, Receipt)
        ]
        waiting = [early for early in self._early if early.give_up_at > now] + fresh
        self._early = []
        by_session: dict[tuple[str, str], list[_EarlyReceipt]] = defaultdict(list)
        for early in waiting:
            by_session[early.item.tenant_id, early.item.session_id].append(early)
        for (tenant_id, session_id), group in by_session.items():
            self._apply(tenant_id, session_id, group)

    def _apply(self, tenant_id: str, session_id: str, group: list[_EarlyReceipt]) -> None:
        receipts = [e.item.what for e in group if isinstance(e.item.what, Receipt)]
        try:
            unknown = self._inbound.receipts(tenant_id, session_id, receipts)
        except BackendError as error:
            log.warning("ingest.receipts_waiting", session=session_id, error=error.code)
            patience = time.monotonic() + RECEIPT_PATIENCE_S  # an outage does not count
            self._early.extend(_EarlyReceipt(early.item, patience) for early in group)
            return
        except Exception:
            log.exception("ingest.receipts_failed", tenant=tenant_id, session=session_id)
            return
        for early, receipt in zip(group, receipts, strict=True):
            if unknown.intersection(receipt.wa_message_ids):
                self._early.append(early)
