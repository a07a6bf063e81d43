"""The messages of a conversation, synced in place: nothing on screen moves unless it must."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui.actions import Context, bindings
from tui.chat_model import Item, incoming
from tui.widgets.bubble import Bubble


class Unseen(Message):
    """So many messages of the customer arrived below what is on screen; 0: none any more."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class DaySeparator(Static, can_focus=False):
    """The day of the messages below it."""


class MessageList(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Scrolls to the newest and stays there, unless the user has scrolled up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.CHAT, *("down", "up", "page_down", "page_up", "first", "last", "expand"))
    ]

    def __init__(self, zone: str, older: Static) -> None:
        super().__init__(id="messages")
        self._zone = zone
        self._older = older
        self._rows: dict[str, Widget] = {}
        self._order: list[str] = []
        self._expanded = False
        self.unseen = 0

    def compose(self) -> ComposeResult:
        """Only the hint that there are older ones; messages come with :meth:`sync`."""
        yield self._older

    def on_mount(self) -> None:
        """Stay at the newest message."""
        self.anchor()
        self.watch(self, "scroll_y", self._seen, init=False)

    @property
    def at_end(self) -> bool:
        """Whether the newest message is in sight."""
        return self.scroll_y >= self.max_scroll_y - 1

    def _seen(self) -> None:
        if self.unseen and self.at_end:
            self.unseen = 0
            self.post_message(Unseen(0))

    async def sync(self, items: Sequence[Item]) -> None:
        """Draw ``items``: changed ones are updated, new ones added, vanished ones removed."""
        keys = [item.key for item in items]
        first, was_at_end = not self._rows, self.at_end
        await self._remove_vanished(keys)
        fresh = [item for item in items if item.key not in self._rows]
        for item in items:
            row = self._rows.get(item.key)
            if isinstance(row, Bubble) and item.message is not None and row.message != item.message:
                row.show(item.message)
        await self._mount_fresh(items)
        self._order = keys
        if not first and not was_at_end:
            self.unseen += incoming(item.message for item in fresh if item.message is not None)
        if self.unseen:
            self.post_message(Unseen(self.unseen))

    async def _remove_vanished(self, keys: Sequence[str]) -> None:
        kept = [key for key in self._order if key in set(keys)]
        in_order = [key for key in keys if key in self._rows]
        gone = set(self._order) - set(keys) if kept == in_order else set(self._order)
        if gone:
            await self.remove_children([self._rows.pop(key) for key in gone])

    async def _mount_fresh(self, items: Sequence[Item]) -> None:
        """Mount runs of new rows, each run before the old row that follows it."""
        made: dict[str, Widget] = {}
        run: list[Widget] = []
        for item in items:
            row = self._rows.get(item.key)
            if row is None:
                made[item.key] = self._make(item)
                run.append(made[item.key])
            elif run:
                await self.mount_all(run, before=row)
                run = []
        if run:
            await self.mount_all(run)
        self._rows.update(made)

    def _make(self, item: Item) -> Widget:
        if item.message is None:
            return DaySeparator(Content(f" {item.text} "))
        return Bubble(item.message, self._zone, expanded=self._expanded)

    def action_expand(self) -> None:
        """Unfold long messages, or fold them again."""
        self._expanded = not self._expanded
        for bubble in self.query(Bubble):
            bubble.unfold(self._expanded)

    def action_up(self) -> None:
        """A line up."""
        self.scroll_relative(y=-1, animate=False)

    def action_down(self) -> None:
        """A line down."""
        self.scroll_relative(y=1, animate=False)

    def action_page_up(self) -> None:
        """Half a screen up."""
        self.scroll_relative(y=-max(self.size.height // 2, 1), animate=False)

    def action_page_down(self) -> None:
        """Half a screen down."""
        self.scroll_relative(y=max(self.size.height // 2, 1), animate=False)

    def action_first(self) -> None:
        """The oldest message that is loaded."""
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """The newest message."""
        self.scroll_end(animate=False)
