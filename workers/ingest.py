"""From the library's callback to committed rows, without the callback ever waiting.

WhatsApp is told that a message arrived before its row is committed, so the time between the two is
what a killed process can lose. Threads empty queues in batches; a batch that PostgreSQL does not
take is kept and tried again until it does. All of a shop goes through one of them, so it is stored
in order, and a shop that waits for a lock does not hold up the others for long.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar

import structlog

from waagent.domain.messages import InboundMessage, MessageChange, Receipt
from waagent.errors import BackendError, WaagentError
from waagent.services.inbound import Arrival, InboundService

log = structlog.get_logger(__name__)

BATCH = 500
LANES = 4
"""A transaction is a dozen round trips, so one thread at a time leaves PostgreSQL idle."""
_RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
EARLY_PATIENCE_S = 30.0
"""A receipt may come before we have committed the id of the message it is for; an edit, a deletion
or a reaction may overtake its message."""

Result = TypeVar("Result")
What = InboundMessage | Receipt | MessageChange


@dataclass(frozen=True, slots=True)
class _Item:
    tenant_id: str
    session_id: str
    what: What


@dataclass(frozen=True, slots=True)
class _Early:
    """About a message that may not be stored yet."""

    item: _Item
    give_up_at: float


class Ingest:
    """Takes what the library hands over, from any thread, and stores it in each shop's order."""

    def __init__(self, inbound: InboundService, *, lanes: int = LANES) -> None:
        self._lanes = [_Lane(inbound) for _ in range(lanes)]

    def put(self, tenant_id: str, session_id: str, what: What) -> None:
        """Hand over; returns at once."""
        lane = self._lanes[hash(tenant_id) % len(self._lanes)]
        lane.queue.put(_Item(tenant_id, session_id, what))

    def alive(self) -> bool:
        """Whether it still stores: a fault of ours may have ended a thread."""
        return all(lane.thread.is_alive() for lane in self._lanes)

    def waited(self) -> float:
        """Seconds since PostgreSQL was asked to take what it has not taken yet; 0: nothing."""
        now = time.monotonic()
        begun = [lane.begun_at for lane in self._lanes]
        return max((now - at for at in begun if at is not None), default=0.0)

    def close(self, timeout_s: float) -> bool:
        """Store what is left; False if PostgreSQL did not take it in time."""
        deadline = time.monotonic() + timeout_s
        for lane in self._lanes:
            lane.queue.put(None)
        for lane in self._lanes:
            lane.thread.join(max(0.0, deadline - time.monotonic()))
        return not any(lane.thread.is_alive() for lane in self._lanes)


class _Lane:
    """A queue, and the thread that empties it."""

    def __init__(self, inbound: InboundService) -> None:
        self._inbound = inbound
        self.queue: SimpleQueue[_Item | None] = SimpleQueue()
        self.begun_at: float | None = None
        self._early: list[_Early] = []
        self.thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        closing = False
        while not closing:
            items, closing = self._next_batch()
            self.begun_at = time.monotonic()
            self._store_messages(items)
            self._apply_to_messages(items)
            self.begun_at = None

    def _next_batch(self) -> tuple[list[_Item], bool]:
        """At least one item unless early ones wait; whether this is the last batch."""
        items: list[_Item] = []
        try:
            item = self.queue.get(timeout=1.0 if self._early else None)
            while item is not None and len(items) < BATCH:
                items.append(item)
                item = self.queue.get_nowait()
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
        try:
            _insist(tenant_id, partial(self._inbound.store, tenant_id, arrivals))
            return
        except WaagentError as error:
            log.error("ingest.refused", tenant=tenant_id, messages=len(arrivals), error=error.code)
        except Exception:
            log.exception("ingest.refused", tenant=tenant_id, messages=len(arrivals))
        if len(arrivals) > 1:
            for arrival in arrivals:
                self._store(tenant_id, [arrival])

    def _apply_to_messages(self, items: Iterable[_Item]) -> None:
        now = time.monotonic()
        fresh = [
            _Early(item, now + EARLY_PATIENCE_S)
            for item in items
            if not isinstance(item.what, InboundMessage)
        ]
        waiting, self._early = [*self._early, *fresh], []
        by_session: dict[tuple[str, str], list[_Early]] = defaultdict(list)
        for early in waiting:
            by_session[early.item.tenant_id, early.item.session_id].append(early)
        for (tenant_id, session_id), group in by_session.items():
            self._try(tenant_id, session_id, group, now)

    def _try(self, tenant_id: str, session_id: str, group: list[_Early], now: float) -> None:
        """Apply a session's; what is about an unknown message waits on, but not for ever."""
        whats = [early.item.what for early in group]
        try:
            unknown = _insist(tenant_id, partial(self._apply, tenant_id, session_id, whats))
        except Exception as error:
            log.error(
                "ingest.changes_refused",
                tenant=tenant_id,
                changes=len(group),
                exc_info=not isinstance(error, WaagentError),
            )
            unknown = []
            if len(group) > 1:
                for early in group:
                    self._try(tenant_id, session_id, [early], now)
        waiting = [early for early in group if early.item.what in unknown]
        self._early.extend(early for early in waiting if early.give_up_at > now)
        given_up = sum(early.give_up_at <= now for early in waiting)
        if given_up:
            log.info("ingest.changes_dropped", session=session_id, changes=given_up)

    def _apply(self, tenant_id: str, session_id: str, group: Iterable[What]) -> list[What]:
        """Returns those about messages that are not known."""
        receipts = [what for what in group if isinstance(what, Receipt)]
        changes = [what for what in group if isinstance(what, MessageChange)]
        unknown: list[What] = []
        if receipts:
            ids = self._inbound.receipts(tenant_id, session_id, receipts)
            unknown += [each for each in receipts if ids.intersection(each.wa_message_ids)]
        if changes:
            unknown += self._inbound.changes(tenant_id, session_id, changes)
        return unknown


def _insist(tenant_id: str, write: Callable[[], Result]) -> Result:
    """Do it as soon as PostgreSQL lets us."""
    attempt = 0
    while True:
        try:
            return write()
        except BackendError as error:
            log.warning("ingest.waiting", tenant=tenant_id, error=error.code, attempt=attempt)
            time.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
            attempt += 1
