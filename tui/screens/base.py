"""What the screens over a shop's data have in common: following it, banner, places, footer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from tui.hub import Hub, Update
from tui.places import Place
from tui.safe import one_line
from tui.widgets.banner import Banner
from tui.widgets.head_line import HeadLine
from tui.widgets.hints import Hints
from tui.widgets.top_bar import TopBar


class HubScreen(Screen[None]):
    """Draws itself from a hub, and again what an update of it names."""

    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  declared by Textual
        (0, "-low"),
        (20, "-high"),
    ]

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.banner = Banner()
        self.top_bar = TopBar()
        self.head_line = HeadLine()

    def compose(self) -> ComposeResult:
        """Places, banner, head, the screen's own widgets, footer."""
        yield self.top_bar
        yield self.banner
        yield self.head_line
        yield from self.content()
        yield Hints()

    def content(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        return ()

    def on_mount(self) -> None:
        """Draw what is known and follow the hub.

        Textual calls the ``on_mount`` of every class of a screen: none calls its parent's.
        """
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
        self._show_places()
        self.call_after_refresh(self.refocus)

    def refocus(self) -> None:
        """Give the focus back to what lost it while it was hidden, having nothing to show."""
        if self.focused is not None or not self.AUTO_FOCUS:
            return
        chosen = self.query(self.AUTO_FOCUS)
        self.set_focus(next((widget for widget in self.focus_chain if widget in chosen), None))

    def head(self, title: str, notes: Sequence[str] = ()) -> None:
        """Draw the head: ``title`` says what is on screen, the notes give way when it is narrow."""
        self.head_line.show(title, notes)

    def _show_places(self) -> None:
        mode = self.app.current_mode
        self.top_bar.show(
            one_line(self.hub.tenant.name),
            Place(mode) if mode in set(Place) else Place.BOARD,
            self.hub.places,
            unread=self.hub.store.unread,
            live=self.hub.live and self.hub.online,
        )

    async def on_top_bar_picked(self, message: TopBar.Picked) -> None:
        """A place was clicked: as if its key were pressed."""
        await self.app.run_action(message.place)
