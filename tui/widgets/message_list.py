"""The messages of a conversation, drawn line by line: thousands cost what fits on screen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.actions import Context, bindings
from tui.chat_model import Item, came_below, incoming
from tui.pictures import Thumbnails, is_picture
from tui.strings import t
from tui.widgets.bubble import FOLDED, Bubble, Line, Look, draw, shows_pictures, style_of
from tui.widgets.paints import Paints
from tui.widgets.strips import centred, pixels
from waagent.domain.views import MessageView

_MARGIN = 1
_FURNITURE = 5
"""Cells of a row beside a bubble's text: margins, edge, a space on either side."""


class Unseen(Message):
    """So many messages of the customer arrived below what is on screen; 0: none any more."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class Wanted(Message):
    """The picture of a message is on screen and not loaded yet."""

    def __init__(self, message: MessageView) -> None:
        super().__init__()
        self.message = message


class MenuWanted(Message):
    """What can be done to the chosen message is asked for."""


class OlderWanted(Message):
    """The user goes up beyond the oldest message that is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """An item as drawn; ``bubble`` is None for a day separator. One empty line follows each."""

    item: Item
    bubble: Bubble | None
    look: Look

    @property
    def height(self) -> int:
        return (self.bubble.height if self.bubble else 1) + 1


class MessageList(ScrollView, can_focus=True, inherit_bindings=False):
    """Scrolls to the newest and stays there, unless the user has scrolled up.

    The cursor is on one message, for what can be done to it: the newest until one is chosen. It
    shows while the list has focus or one is chosen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.CHAT, *("down", "up", "page_down", "page_up", "first", "last", "expand"))
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"bubble--{name}"
        for name in (
            *("in", "out", "cursor", "edge-in", "edge-out", "edge-follow-up", "edge-trouble"),
            *("text", "muted", "quote", "stub", "more", "read", "failed", "unsure", "day", "older"),
        )
    }

    def __init__(self, zone: str, thumbnails: Thumbnails) -> None:
        super().__init__(id="messages")
        self._zone = zone
        self._thumbnails = thumbnails
        self._rows: list[_Row] = []
        self._tops: list[int] = []
        self._places: dict[str, int] = {}
        self._expanded = False
        self._cursor: str | None = None
        self._asked: set[str] = set()
        self._paint = Paints(self, "bubble")
        self._follows = True
        self.has_older = False
        self.unseen = 0

    def on_mount(self) -> None:
        """See when the newest message comes into sight."""
        self.watch(self, "scroll_y", self._scrolled, init=False)

    @property
    def at_end(self) -> bool:
        """Whether the newest message is in sight."""
        return self.scroll_y >= self.max_scroll_y - 1

    @property
    def selected(self) -> MessageView | None:
        """The message under the cursor; the newest where none was chosen."""
        row = self._row_at_cursor()
        return row.item.message if row is not None else None

    @property
    def drawn(self) -> Sequence[Bubble]:
        """Every bubble, oldest first."""
        return [row.bubble for row in self._rows if row.bubble is not None]

    def _scrolled(self) -> None:
        self._follows = self.at_end
        if self.unseen and self.at_end:
            self.unseen = 0
            self.post_message(Unseen(0))

    def sync(self, items: Sequence[Item], *, has_older: bool) -> None:
        """Draw ``items``. What is on screen stays where it is, unless the end was in sight."""
        first, was_at_end = not self._rows, self._follows
        known = {row.item.key for row in self._rows}
        fresh = [item for item in items if item.key not in known]
        newest = self._rows[-1].item.key if self._rows else None
        self.has_older = has_older
        self._lay_out(items, to_end=first or was_at_end)
        if not first and not was_at_end:
            self.unseen += incoming(came_below(fresh, items, newest))
        if self.unseen:
            self.post_message(Unseen(self.unseen))

    def _lay_out(self, items: Sequence[Item], *, to_end: bool) -> None:
        """Draw what changed, and find the place of every row."""
        anchor = self._anchor()
        drawn = {row.item.key: row for row in self._rows}
        self._rows = [self._drawn(item, drawn.get(item.key)) for item in items]
        self._places = {row.item.key: index for index, row in enumerate(self._rows)}
        self._tops, top = [], 1 if self.has_older else 0
        for row in self._rows:
            self._tops.append(top)
            top += row.height
        self.virtual_size = Size(self.size.width, top)
        if to_end:
            # Noted, for a resize may come before the scroll and find itself above the end.
            self._follows = True
            self.scroll_end(animate=False)
        elif anchor is not None:
            self._keep(*anchor)
        self.refresh()

    def _drawn(self, item: Item, known: _Row | None) -> _Row:
        message = item.message
        look = Look(
            width=self._room,
            zone=self._zone,
            expanded=self._expanded,
            picture=self._thumbnails.get(message.id) if message else None,
        )
        if known is not None and known.item == item and known.look == look:
            return known
        return _Row(item=item, bubble=draw(message, look) if message else None, look=look)

    @property
    def _room(self) -> int:
        return max(self.size.width - 2 * _MARGIN, 20)

    def _anchor(self) -> tuple[str, int] | None:
        """The row that stays where it is, and how many of its lines are above the screen.

        It is the one with the cursor, where its beginning can be seen, and otherwise the first.
        """
        start = round(self.scroll_y)
        index = self._find(self._cursor)
        if index is None or not start <= self._tops[index] < start + self.size.height:
            index = self._index_at(start)
        if index is None:
            return None
        return self._rows[index].item.key, round(self.scroll_y) - self._tops[index]

    def _keep(self, key: str, offset: int) -> None:
        """Scroll so that a row is where it was."""
        index = self._find(key)
        if index is not None:
            self.scroll_to(y=self._tops[index] + offset, animate=False, immediate=True)

    def _index_at(self, line: int) -> int | None:
        index = bisect_right(self._tops, line) - 1
        return max(index, 0) if self._rows else None

    def _find(self, key: str | None) -> int | None:
        return None if key is None else self._places.get(key)

    def on_resize(self) -> None:
        """Another width, other lines."""
        self._lay_out([row.item for row in self._rows], to_end=self._follows)

    def picture_ready(self) -> None:
        """A thumbnail was put where this list looks for it."""
        self._lay_out([row.item for row in self._rows], to_end=self._follows)

    # The cursor

    def _row_at_cursor(self) -> _Row | None:
        index = self._cursor_index()
        return None if index is None else self._rows[index]

    def _cursor_index(self) -> int | None:
        found = self._find(self._cursor)
        return found if found is not None else self._next(len(self._rows), -1)

    def _next(self, index: int, step: int) -> int | None:
        """The next row with a message from ``index`` on."""
        index += step
        while 0 <= index < len(self._rows):
            if self._rows[index].bubble is not None:
                return index
            index += step
        return None

    def select(self, message_id: str) -> bool:
        """Put the cursor on a message and show it; whether it is there."""
        index = self._find(message_id)
        if index is None:
            return False
        self._go(index)
        return True

    def _go(self, index: int) -> None:
        self._cursor = self._rows[index].item.key
        top, bottom = self._tops[index], self._tops[index] + self._rows[index].height
        if top < self.scroll_y:
            fits = bottom - top <= self.size.height
            self.scroll_to(y=top if fits else bottom - self.size.height, animate=False)
        elif bottom > self.scroll_y + self.size.height:
            self.scroll_to(y=min(bottom - self.size.height, top), animate=False)
        self.refresh()

    def _step(self, step: int) -> None:
        """A message up or down; within one that is higher than the screen, some lines."""
        index = self._cursor_index()
        if index is None:
            return
        top, bottom = self._tops[index], self._tops[index] + self._rows[index].height - 1
        start, end = round(self.scroll_y), round(self.scroll_y) + self.size.height
        page = max(self.size.height // 2, 1)
        if bottom <= start or top >= end:
            shown = self._index_at(start if step > 0 else end - 1)
            index = self._next((shown or 0) - step, step)
        elif step > 0 and bottom > end:
            self.scroll_relative(y=min(page, bottom - end), animate=False)
            return
        elif step < 0 and top < start:
            self.scroll_relative(y=-min(page, start - top), animate=False)
            return
        else:
            index = self._next(index, step)
        if index is not None:
            self._go(index)
        elif step < 0:
            self._beyond_top()
        else:
            self.scroll_end(animate=False)

    def _beyond_top(self) -> None:
        self.scroll_to(y=0, animate=False)
        if self.has_older:
            self.post_message(OlderWanted())

    def action_up(self) -> None:
        """The message above."""
        self._step(-1)

    def action_down(self) -> None:
        """The message below."""
        self._step(1)

    def action_page_up(self) -> None:
        """Half a screen up."""
        if self.scroll_y <= 0:
            self._beyond_top()
        self.scroll_relative(y=-max(self.size.height // 2, 1), animate=False)

    def action_page_down(self) -> None:
        """Half a screen down."""
        self.scroll_relative(y=max(self.size.height // 2, 1), animate=False)

    def action_first(self) -> None:
        """The oldest message that is loaded."""
        index = self._next(-1, 1)
        if index is not None:
            self._go(index)
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """The newest message."""
        self._cursor = None
        self.scroll_end(animate=False)
        self.refresh()

    def action_expand(self) -> None:
        """Unfold long messages, or fold them again."""
        self._expanded = not self._expanded
        self._lay_out([row.item for row in self._rows], to_end=self._follows)

    def on_mouse_scroll_up(self) -> None:
        """The wheel at the top asks for older ones."""
        if self.scroll_y <= 0:
            self._beyond_top()

    def on_click(self, event: events.Click) -> None:
        """Choose a message; a click on a folded one unfolds all, a second one opens the menu."""
        line = event.y + round(self.scroll_y)
        if line == 0 and self.has_older:
            self.post_message(OlderWanted())
            return
        index = self._index_at(line)
        if index is None or (bubble := self._rows[index].bubble) is None:
            return
        self._cursor = bubble.message.id
        if event.chain >= 2:
            self.post_message(MenuWanted())
        if not self._expanded and len(bubble.message.text) > FOLDED:
            self.action_expand()
        self.refresh()

    # Drawing

    def notify_style_update(self) -> None:
        """Focus or the theme changed, and colours with it."""
        super().notify_style_update()
        self._paint.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        line, width, base = y + round(self.scroll_y), self.size.width, self.rich_style
        if line == 0 and self.has_older:
            return centred(t("chat.older"), width, base + self._paint("older"))
        index = self._index_at(line)
        if index is None:
            return Strip.blank(width, base)
        row = self._rows[index]
        at = line - self._tops[index]
        if at < 0 or at >= row.height - 1:
            return Strip.blank(width, base)
        if row.bubble is None:
            return centred(row.item.text, width, base + self._paint("day"))
        self._want(row.bubble.message)
        return self._bubble_line(row.bubble, at, width, index == self._cursor_index())

    def _want(self, message: MessageView) -> None:
        """Have the picture of a message on screen loaded, once."""
        if not is_picture(message) or not shows_pictures(self._room):
            return
        if self._follows and not self.at_end:
            return  # on the way to the end: nobody sees it
        if message.id not in self._thumbnails and message.id not in self._asked:
            self._asked.add(message.id)
            self.post_message(Wanted(message))

    def _bubble_line(self, bubble: Bubble, at: int, width: int, chosen: bool) -> Strip:
        shown = chosen and (self.has_focus or self._cursor is not None)
        base = self._paint("out" if bubble.is_ours else "in", ground=True)
        edge = base + self._paint("cursor" if shown else style_of(bubble.message))
        sign = "█" if shown else ("▐" if bubble.is_ours else "▌")
        inner = self._inner(bubble, at, base)
        free = Segment(" " * max(width - bubble.width - _FURNITURE, 0), self.rich_style)
        margin, bar, space = (
            Segment(" " * _MARGIN, self.rich_style),
            Segment(sign, edge),
            Segment(" ", base),
        )
        if bubble.is_ours:
            parts = [free, margin, space, *inner, space, bar, margin]
        else:
            parts = [margin, bar, space, *inner, space, free, margin]
        return Strip(parts).adjust_cell_length(width, self.rich_style)

    def _inner(self, bubble: Bubble, at: int, base: Style) -> list[Segment]:
        picture = bubble.picture
        if picture is not None and at < picture.lines:
            rest = Segment(" " * (bubble.width - picture.columns), base)
            return [*pixels(picture, at), rest]
        line: Line = bubble.lines[at - (picture.lines if picture else 0)]
        return [Segment(text, base + self._paint(name)) for text, name in line if text]
