"""The cards of one stage, drawn line by line: ten thousand of them cost what fits on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.phrasing import Moment
from tui.widgets import card
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView

_PITCH = card.HEIGHT + 1
_EDGES = 4
"""Cells beside a card's text: bar and space on the left; the unread dot and a gap on the right."""
_DRAG = 3
"""Cells that the mouse has to move aside before a click is a drag."""
Paint = Callable[[str, bool], Style]
"""Gives the style of a part of a card by its name; with its background, or to be laid over one."""


class CardList(ScrollView, can_focus=False):
    """Shows leads; the board says which is selected and takes the keys."""

    class Picked(Message):
        """A card was clicked; ``opened`` if twice."""

        def __init__(self, stage: Stage, lead: LeadView | None, *, opened: bool) -> None:
            super().__init__()
            self.stage = stage
            self.lead = lead
            self.opened = opened

    class Dragged(Message):
        """A card is held over a place of the screen; ``dropped`` if it was let go there."""

        def __init__(self, lead: LeadView, x: int, *, dropped: bool) -> None:
            super().__init__()
            self.lead = lead
            self.x = x
            self.dropped = dropped

    def __init__(self, stage: Stage, paint: Paint) -> None:
        super().__init__()
        self.stage = stage
        self._paint = paint
        self.leads: Sequence[LeadView] = ()
        self.selected: str | None = None
        self.moment: Moment | None = None
        self._held: tuple[LeadView, int] | None = None
        self._dragging = False

    def show(self, leads: Sequence[LeadView], selected: str | None, moment: Moment) -> None:
        """Draw ``leads``. The first card on screen stays where it is, whatever comes above it."""
        if (leads, selected, moment) == (self.leads, self.selected, self.moment):
            return
        top = self._top_card()
        self.leads, self.selected, self.moment = leads, selected, moment
        self.virtual_size = Size(self.size.width, max(len(leads) * _PITCH - 1, 0))
        if top is not None:
            index = next((i for i, lead in enumerate(leads) if lead.id == top[0]), None)
            if index is not None:
                self.scroll_to(y=index * _PITCH + top[1], animate=False)
        self.refresh()

    def _top_card(self) -> tuple[str, int] | None:
        """The id of the first card on screen and how many of its lines are above; None at top."""
        offset = round(self.scroll_y)
        index, line = divmod(offset, _PITCH)
        return (self.leads[index].id, line) if offset > 0 and index < len(self.leads) else None

    def reveal(self, lead_id: str) -> None:
        """Scroll no further than needed to have the whole card on screen."""
        index = next((i for i, lead in enumerate(self.leads) if lead.id == lead_id), None)
        if index is None:
            return
        top, bottom = index * _PITCH, index * _PITCH + card.HEIGHT
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False)
        elif bottom > self.scroll_y + self.size.height:
            self.scroll_to(y=bottom - self.size.height, animate=False)

    @property
    def page(self) -> int:
        """Cards in half a screen, at least one."""
        return max(self.size.height // _PITCH // 2, 1)

    def unread_above(self) -> int:
        """Cards with unread messages that are scrolled out at the top."""
        hidden = round(self.scroll_y) // _PITCH
        return sum(lead.unread > 0 for lead in self.leads[:hidden])

    def on_resize(self) -> None:
        """Cards are as wide as the column."""
        self.virtual_size = Size(self.size.width, self.virtual_size.height)

    def _card_at(self, y: int) -> LeadView | None:
        index, line = divmod(y + round(self.scroll_y), _PITCH)
        return self.leads[index] if 0 <= index < len(self.leads) and line < card.HEIGHT else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """It may become a drag."""
        lead = self._card_at(event.y)
        if event.button == 1 and lead is not None:
            self._held = (lead, event.screen_x)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """From a few cells on it is one."""
        if self._held is not None:
            lead, start = self._held
            self._dragging = self._dragging or abs(event.screen_x - start) >= _DRAG
            if self._dragging:
                self.post_message(self.Dragged(lead, event.screen_x, dropped=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        self.release_mouse()
        if self._held is not None and self._dragging:
            self.post_message(self.Dragged(self._held[0], event.screen_x, dropped=True))
        self._held, self._dragging = None, False

    def on_click(self, event: events.Click) -> None:
        """Select; open on the second click."""
        lead = self._card_at(event.y)
        self.post_message(self.Picked(self.stage, lead, opened=event.chain >= 2))

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        index, line = divmod(y + round(self.scroll_y), _PITCH)
        width = self.size.width
        if index >= len(self.leads) or line >= card.HEIGHT or self.moment is None:
            return Strip.blank(width, self.rich_style)
        lead = self.leads[index]
        selected = lead.id == self.selected
        pieces = card.draw(lead, max(width - _EDGES, 1), self.moment)[line]
        base = self._paint("selected" if selected else "plain", True)
        bar = self._paint("cursor" if selected else card.status_style(lead), False)
        dot = "●" if lead.unread and line == 0 else " "
        strip = Strip(
            [
                Segment("▌", base + bar),
                Segment(" ", base),
                *(Segment(text, base + self._paint(name, False)) for text, name in pieces if text),
                Segment(dot, base + self._paint("unread", False)),
            ]
        )
        return strip.adjust_cell_length(width - 1, base).extend_cell_length(width, self.rich_style)
