"""Follows the change feed from a thread and hands what it tells to the application."""

from __future__ import annotations

import threading
from typing import Protocol

import structlog
from textual.message import Message

from tui.messages import FeedState, FeedTick
from tui.ports import BoardServices
from waagent.domain.views import Change, Tenant

log = structlog.get_logger(__name__)


class Mailbox(Protocol):
    """What takes messages from any thread."""

    def post_message(self, message: Message) -> bool: ...


class Feed:
    """The change feed of one shop.

    Changes are collected here and a tick is posted; ticks that wait are one tick, so no burst can
    flood the application, and no change is lost with a tick that was replaced.
    """

    def __init__(self, services: BoardServices, tenant: Tenant, mailbox: Mailbox) -> None:
        self._services = services
        self._tenant = tenant
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._changes: set[Change] = set()
        self._stop = threading.Event()

    def take(self) -> set[Change]:
        """The changes since the last call."""
        with self._lock:
            changes, self._changes = self._changes, set()
        return changes

    def stop(self) -> None:
        """Have :meth:`follow` end."""
        self._stop.set()

    def follow(self, retry_s: float = 5.0) -> None:
        """Listen until stopped; when the feed breaks, say so and listen again."""
        broken = False
        while not self._stop.is_set():
            try:
                for change in self._services.changes.listen(self._tenant, self._stop):
                    if broken:
                        broken = False
                        self._mailbox.post_message(FeedState(live=True))
                    self._put(change)
            except Exception as error:
                log.warning("tui.feed", action="broken", error=type(error).__name__)
            if not self._stop.is_set():
                broken = True
                self._mailbox.post_message(FeedState(live=False))
                self._stop.wait(retry_s)

    def _put(self, change: Change) -> None:
        with self._lock:
            self._changes.add(change)
        self._mailbox.post_message(FeedTick())
