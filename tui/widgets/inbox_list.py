"""The conversations of the inbox, drawn line by line: ten thousand cost what fits on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.actions import Context, bindings
from tui.inbox_rows import InboxRow
from tui.safe import clip, fit
from tui.widgets.paints import Paints

_BROAD = 60
"""Columns from which the labels stand in a row's first line; else they have a third one."""
_EDGES = 4
_AHEAD = 20
"""Rows below the cursor that are there before the user reaches them."""


class InboxList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor, which stays on its conversation whatever arrives."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.TABLE),
        *bindings(Context.CHAT, "page_down", "page_up"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"chat-row--{name}"
        for name in (
            *("plain", "cursor", "bar", "unread", "name", "muted", "text", "read", "failed"),
            *("unsure", "sign", "labels"),
        )
    }

    class Moved(Message):
        """The cursor is on another row."""

    class Opened(Message):
        """Enter or a double click."""

        def __init__(self, row: InboxRow) -> None:
            super().__init__()
            self.row = row

    class EndNear(Message):
        """The cursor comes near the last row."""

    class Fresh(Message):
        """So many conversations above the screen have something new."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    def __init__(self) -> None:
        super().__init__(id="chats")
        self.rows: Sequence[InboxRow] = ()
        self._key: str | None = None
        self._index = 0
        self._fresh: set[str] = set()
        self._told = 0
        self._paint = Paints(self, "chat-row")

    def on_mount(self) -> None:
        """See what comes into sight."""
        self.watch(self, "scroll_y", self._seen, init=False)

    @property
    def selected(self) -> InboxRow | None:
        """The row under the cursor."""
        return self.rows[self._index] if self.rows else None

    @property
    def pitch(self) -> int:
        """Lines of a row."""
        return 2 if self.size.width >= _BROAD else 3

    def show(self, rows: Sequence[InboxRow]) -> None:
        """Draw ``rows``. What is on screen stays there if the user has scrolled down."""
        if rows == self.rows:
            return
        before = {row.key: row.stamp for row in self.rows}
        top = round(self.scroll_y)
        anchor = self.rows[top // self.pitch] if self.rows and top > 0 else None
        first = not self.rows
        self.rows = tuple(rows)
        places = {row.key: index for index, row in enumerate(self.rows)}
        self._index = places.get(self._key or "", min(self._index, max(len(rows) - 1, 0)))
        self._key = self.rows[self._index].key if self.rows else None
        self.virtual_size = Size(self.size.width, len(rows) * self.pitch)
        if anchor is not None and anchor.key in places:
            y = places[anchor.key] * self.pitch + top % self.pitch
            self.scroll_to(y=y, animate=False, immediate=True)
        if not first:
            changed = {row.key for row in self.rows if before.get(row.key) != row.stamp}
            self._fresh = (self._fresh | changed) & places.keys()
        self._seen()
        if first and self.rows:
            self.post_message(self.Moved())
        self.refresh()

    def _seen(self) -> None:
        """Say how many new ones are above the screen, when that changes."""
        above = round(self.scroll_y) // self.pitch
        hidden = {row.key for row in self.rows[:above] if row.unread}
        self._fresh &= hidden
        if len(self._fresh) != self._told:
            self._told = len(self._fresh)
            self.post_message(self.Fresh(self._told))

    def select(self, conversation_id: str) -> bool:
        """Put the cursor on a conversation; whether it is there."""
        found = [i for i, row in enumerate(self.rows) if row.conversation_id == conversation_id]
        if found:
            self._go(found[0])
        return bool(found)

    def _go(self, index: int) -> None:
        if not self.rows:
            return
        index = min(max(index, 0), len(self.rows) - 1)
        moved = self.rows[index].key != self._key
        self._index, self._key = index, self.rows[index].key
        top, height = index * self.pitch, self.size.height
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False)
        elif top + self.pitch > self.scroll_y + height:
            self.scroll_to(y=top + self.pitch - height, animate=False)
        if moved:
            self.post_message(self.Moved())
        if index + _AHEAD >= len(self.rows):
            self.post_message(self.EndNear())
        self.refresh()

    def on_resize(self) -> None:
        """Rows are as wide as the list, and may get another line."""
        self.virtual_size = Size(self.size.width, len(self.rows) * self.pitch)
        self.call_after_refresh(self._go, self._index)

    def action_open(self) -> None:
        """Enter."""
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    def action_up(self) -> None:
        """A row up."""
        self._go(self._index - 1)

    def action_down(self) -> None:
        """A row down."""
        self._go(self._index + 1)

    def action_first(self) -> None:
        """The first row."""
        self._go(0)

    def action_last(self) -> None:
        """The last row."""
        self._go(len(self.rows) - 1)

    def action_page_up(self) -> None:
        """Half a screen up."""
        self._go(self._index - max(self.size.height // self.pitch // 2, 1))

    def action_page_down(self) -> None:
        """Half a screen down."""
        self._go(self._index + max(self.size.height // self.pitch // 2, 1))

    def on_click(self, event: events.Click) -> None:
        """Select; open on the second click."""
        index = (event.y + round(self.scroll_y)) // self.pitch
        if index < len(self.rows):
            self._go(index)
            if event.chain >= 2:
                self.action_open()

    # Drawing

    def notify_style_update(self) -> None:
        """Focus or the theme changed, and colours with it."""
        super().notify_style_update()
        self._paint.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        index, line = divmod(y + round(self.scroll_y), self.pitch)
        width = self.size.width
        if index >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        chosen = index == self._index
        base = self._paint("cursor" if chosen else "plain", ground=True)
        row = self.rows[index]
        bar = Segment("▌" if chosen else " ", base + self._paint("bar"))
        dot = "●" if row.unread and line == 0 else " "
        parts = [bar, Segment(dot, base + self._paint("unread")), Segment(" ", base)]
        pieces = _pieces(row, line, width - _EDGES, broad=self.pitch == 2)
        parts += [Segment(text, base + self._paint(name)) for text, name in pieces if text]
        return Strip(parts).adjust_cell_length(width, base)


def _pieces(row: InboxRow, line: int, width: int, *, broad: bool) -> Sequence[tuple[str, str]]:
    """A line of a row, as texts with the names of their styles."""
    width = max(width, 8)
    if line == 0:
        ages = f"{row.labels}  {row.age:>6}" if broad and row.labels else row.age
        left, right = fit(row.name, clip(ages, max(width - 16, 8)), width)
        return (left, "name" if row.unread else "text"), (right, "muted")
    if line == 1:
        tick = clip(row.tick, width)
        left, right = fit(row.text, row.sign, width - cell_len(tick))
        return (tick, row.tick_style), (left, "text" if row.unread else "muted"), (right, "sign")
    return ((clip(row.labels, width), "labels"),)
