"""A shop while it is shown: its data kept like the database by the change feed and by polls."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import App
from textual.timer import Timer

from tui.feed import Feed
from tui.hub import Hub, Update
from tui.places import Place
from tui.reporting import reported
from waagent.domain.views import Tenant

if TYPE_CHECKING:
    from tui.ports import BoardServices, PracticePhone

POLL_S = 5.0
AGES_S = 15.0
WHOLE_S = 300.0
"""So often everything is fetched anew: a score grows old though nothing happens."""
_POLL_SHARE = 20
"""A poll that takes long is made as much rarer that it costs at most one part in so many."""
_FEED_QUIET_S = 12.0
"""A feed that broke and has not broken again for so long is taken to work."""


class OpenShop:
    """From :meth:`start` to :meth:`close`. ``paused`` says whether a dialog is open: it waits then.

    ``on_loaded`` is called after every load that succeeded.
    """

    def __init__(
        self,
        app: App[None],
        services: BoardServices,
        tenant: Tenant,
        *,
        clock: Callable[[], datetime],
        places: Sequence[Place],
        paused: Callable[[], bool],
        on_loaded: Callable[[], None],
        practice: PracticePhone | None = None,
    ) -> None:
        self.hub = Hub(services, tenant, clock, places, practice)
        self._app = app
        self._paused = paused
        self._on_loaded = on_loaded
        self._feed = Feed(services, tenant, app)
        self._feed_broke_at = 0.0
        self._whole_at = -math.inf
        self._closed = False
        self._ages: Timer | None = None

    def start(self) -> None:
        """Load, and keep it like the database from now on."""
        # Not a worker: the event loop waits for those, and a board that failed has to end too.
        threading.Thread(target=self._feed.follow, name="feed", daemon=True).start()
        self._poll()
        self._ages = self._app.set_interval(AGES_S, self._tick_ages)

    def close(self) -> None:
        """Let the feed's thread and the polls end."""
        self._closed = True
        self._feed.stop()
        if self._ages is not None:
            self._ages.stop()

    def refresh(self) -> None:
        """Fetch everything now."""
        self._whole_at = -math.inf
        self._app.run_worker(self._load(), group="refresh", exit_on_error=False)

    def changed(self) -> None:
        """The feed told of something; behind a dialog it waits for the next poll."""
        if not self._paused():
            self._app.run_worker(self._apply(), group="changes", exit_on_error=False)

    def feed_is(self, *, live: bool) -> None:
        """The feed broke or is back."""
        self.hub.live = live
        self._feed_broke_at = time.monotonic()
        self.hub.publish(Update())

    def _tick_ages(self) -> None:
        if not self._paused():
            self.hub.publish(Update(ages=True))

    def _poll(self) -> None:
        if not self._closed:
            self._app.run_worker(self._poll_once(), group="poll", exit_on_error=False)

    async def _poll_once(self) -> None:
        started = time.monotonic()
        if not self._paused():
            await self._load()
        spent = time.monotonic() - started
        self._app.set_timer(max(POLL_S, spent * _POLL_SHARE), self._poll)

    async def _load(self) -> None:
        with reported(self._app, "error.load"):
            now = time.monotonic()
            if not self.hub.store.loaded or now - self._whole_at > WHOLE_S:
                await self.hub.reload()
                self._whole_at = now
            else:
                await self.hub.poll()
            await self.hub.apply(self._feed.take())
            if not self.hub.live and time.monotonic() - self._feed_broke_at > _FEED_QUIET_S:
                self.hub.live = True
                self.hub.publish(Update())
            self._on_loaded()

    async def _apply(self) -> None:
        with reported(self._app, "error.load"):
            await self.hub.apply(self._feed.take())
