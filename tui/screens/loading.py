"""A screen that fetches what it shows itself: loading, error and empty states in one place."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Container
from textual.widget import Widget

from tui.coalesce import Coalesced
from tui.hub import Hub, Update
from tui.reporting import explain, reported
from tui.screens.base import HubScreen
from tui.strings import t
from tui.widgets.empty import EmptyState

LOADING_AFTER_S = 0.15
"""A load that takes less is not told: a flash of a spinner reads as a fault."""


class LoadingScreen(HubScreen):
    """Loads when it opens, when an update :meth:`concerns` it, and with every poll while in front.

    ``loaded`` turns True with the first load that succeeds. Before that a failure is shown in the
    room; after it what is known stays on screen, and the failure is a toast or the banner.
    """

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.loaded = False
        self.empty = EmptyState()
        self._load = Coalesced(self._load_once)
        self._room = Container(id="loading-room")

    def content(self) -> Iterable[Widget]:
        """What :meth:`body` gives, or emptiness."""
        self.empty.display = False
        self._room = Container(*self.body(), self.empty, id="loading-room")
        return (self._room,)

    def body(self) -> Iterable[Widget]:
        """The screen's own widgets; shown or hidden by :meth:`draw`."""
        return ()

    async def fetch(self) -> None:
        """Read and keep what is shown. Raises what the services raise, keeping what was known."""

    def draw(self) -> None:
        """Show what was fetched; called after every load and with every update of ages."""

    def concerns(self, update: Update) -> bool:
        """Whether to load again for ``update``."""
        return update.poll

    def on_mount(self) -> None:
        """Load; say so only if it takes a moment."""
        self.reload()
        self.set_timer(LOADING_AFTER_S, self._show_loading)

    def on_screen_resume(self) -> None:
        """It may be old: polls pass a screen by that is not in front."""
        if self.loaded:
            self.reload()

    def reload(self) -> None:
        """Load again; calls while one runs become one more."""

        async def load() -> None:
            with reported(self, "error.load"):
                await self._load()

        self.run_worker(load(), group="load", exit_on_error=False)

    def follow(self, update: Update) -> None:
        """Banner and ages at once, the data when it is fetched."""
        super().follow(update)
        if self.is_current and self.concerns(update):
            self.reload()
        elif self.loaded:
            self.draw()

    def _show_loading(self) -> None:
        self._room.loading = not self.loaded and not self.empty.display

    async def _load_once(self) -> None:
        try:
            await self.fetch()
        except Exception as error:
            if not self.loaded and self.is_attached:
                self._say_failed(error)
            raise
        finally:
            self._room.loading = False
        self.loaded = True
        if self.is_attached:
            self.empty.display = False
            self.draw()
            self.call_after_refresh(self.refocus)

    def _say_failed(self, error: Exception) -> None:
        self.empty.say(t("load.failed"), explain(error), t("load.failed.hint"))
        self.empty.display = True
