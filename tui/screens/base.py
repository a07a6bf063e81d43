"""What the screens over a shop's data have in common: following it, banner, top bar, footer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from tui.hub import Hub, Update
from tui.safe import one_line
from tui.widgets.banner import Banner
from tui.widgets.top_bar import TopBar


class HubScreen(Screen[None]):
    """Draws itself from a hub, and again what an update of it names."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.banner = Banner()
        self.top_bar = TopBar()

    def compose(self) -> ComposeResult:
        """Bar, banner, the screen's own widgets, footer."""
        yield self.top_bar
        yield self.banner
        yield from self.content()
        yield Footer(show_command_palette=False, compact=True)

    def content(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        return ()

    def on_mount(self) -> None:
        """Draw what is known and follow the hub."""
        self.hub.subscribe(self._updated)
        self.follow(Update(leads=True, sessions=True, followups=True))

    def on_unmount(self) -> None:
        """The hub lives longer."""
        self.hub.unsubscribe(self._updated)

    def _updated(self, update: Update) -> None:
        self.call_next(self._follow, update)

    def _follow(self, update: Update) -> None:
        if self.is_attached:
            self.follow(update)

    def follow(self, update: Update) -> None:
        """Draw what ``update`` names."""
        self.banner.show(online=self.hub.online)

    def head(self, place: str, notes: Sequence[str] = ()) -> None:
        """Draw the top bar; ``place`` says where in the shop this is."""
        shop = one_line(self.hub.tenant.name)
        self.top_bar.show(shop, place, notes, live=self.hub.live and self.hub.online)
