"""The board itself: the columns side by side, one cursor, every key of the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalScroll
from textual.message import Message

from tui.actions import Context, bindings
from tui.phrasing import Moment, stage_name
from tui.store import Columns, neighbour
from tui.widgets.card_list import CardList
from tui.widgets.column import Column
from tui.widgets.paints import Paints
from waagent.domain.labels import Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView

_ALL_FIT = 19
"""Cells a column needs when all six are shown side by side."""
_SOME_FIT = 26
"""Cells a column gets when they do not all fit."""


class Board(HorizontalScroll, can_focus=True, inherit_bindings=False):
    """Shows columns of leads. The selected card stays selected wherever it goes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            Context.BOARD,
            *("open", "left", "down", "up", "right", "first", "last", "page_down", "page_up"),
            *("move_back", "move_on", "move", "undo", "filter", "match_on", "match_back"),
            *("clear", "not_leads", "copy", "copy_link"),
        )
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"card--{name}" for name in ("plain", "selected", "cursor", "unread", "name")),
        *(f"card--{name}" for name in ("muted", "faint", "product", "due")),
        *(f"card--{value}" for value in Status),
        *(f"card--{value}" for value in Sentiment),
    }

    class Opened(Message):
        """The user wants to read a lead's conversation."""

        def __init__(self, lead: LeadView) -> None:
            super().__init__()
            self.lead = lead

    class Moved(Message):
        """The user wants a lead so many stages further on (negative: back)."""

        def __init__(self, lead: LeadView, step: int) -> None:
            super().__init__()
            self.lead = lead
            self.step = step

    class Dropped(Message):
        """The user has put a lead into a stage."""

        def __init__(self, lead: LeadView, stage: Stage) -> None:
            super().__init__()
            self.lead = lead
            self.stage = stage

    class Selected(Message):
        """The cursor is somewhere else, or what it is on has changed."""

    def __init__(self) -> None:
        super().__init__(id="board")
        self.columns: Columns = dict.fromkeys(Stage, ())
        self.stage = Stage.NEW
        self._rows: dict[Stage, int] = dict.fromkeys(Stage, 0)
        self._selected: str | None = None
        self._moment: Moment | None = None
        self._names: Mapping[Stage, str] = {}
        self._chosen = False
        self.paint = Paints(self, "card")

    def compose(self) -> ComposeResult:
        """A column for each stage."""
        for stage in Stage:
            yield Column(stage, self.paint)

    def notify_style_update(self) -> None:
        """Focus or the theme changed, and colours with it."""
        super().notify_style_update()
        self.paint.clear()
        for column in self.query(Column):
            column.cards.refresh()

    @property
    def lead(self) -> LeadView | None:
        """The selected lead."""
        cards = self.columns[self.stage]
        return cards[self._rows[self.stage]] if cards else None

    def show(self, columns: Columns, names: Mapping[Stage, str], moment: Moment) -> None:
        """Draw ``columns``; cursor and scrolling stay with the cards they are on.

        ``names`` has what the shop calls stages, where that is not the usual.
        """
        self.columns, self._names, self._moment = columns, names, moment
        self._follow_selected()
        for stage, cards in columns.items():
            self._rows[stage] = max(min(self._rows[stage], len(cards) - 1), 0)
        if not self._chosen and columns[self.stage] == ():
            self.stage = next((stage for stage, cards in columns.items() if cards), Stage.NEW)
        self._draw(reveal=False)

    def _follow_selected(self) -> None:
        for stage, cards in self.columns.items():
            for row, lead in enumerate(cards):
                if lead.id == self._selected:
                    moved = stage is not self.stage
                    self.stage, self._rows[stage] = stage, row
                    if moved:
                        self.call_after_refresh(self._draw)
                    return

    def select(self, lead_id: str) -> bool:
        """Put the cursor on a lead; False if it is not on the board."""
        self._selected = lead_id
        self._follow_selected()
        found = self.lead is not None and self.lead.id == lead_id
        self._chosen = self._chosen or found
        self._draw()
        return found

    def go(self, stage: Stage) -> None:
        """Put the cursor into a column, on about the same height."""
        self._chosen = True
        row = self._rows[self.stage]
        self.stage = stage
        self._rows[stage] = max(min(row, len(self.columns[stage]) - 1), 0)
        self._draw()

    def _draw(self, *, reveal: bool = True) -> None:
        if self._moment is None:
            return
        lead = self.lead
        self._selected = lead.id if lead else None
        for column in self.query(Column):
            column.set_class(column.stage is self.stage, "-current")
            selected = self._selected if column.stage is self.stage else None
            name = stage_name(column.stage, self._names)
            column.show(name, self.columns[column.stage], selected, self._moment)
            if column.stage is self.stage and reveal:
                self.scroll_to_widget(column, animate=False)
                if lead is not None:
                    column.cards.reveal(lead.id)
        self.refresh_bindings()
        self.post_message(self.Selected())

    def on_resize(self) -> None:
        """As many columns as are readable; the others are reached by scrolling."""
        width = self.size.width
        count = len(Stage)
        shown = count if width >= count * _ALL_FIT else max(min(width // _SOME_FIT, count), 1)
        left_over = width - width // shown * shown
        for index, column in enumerate(self.query(Column)):
            column.styles.width = width // shown + (1 if index % shown < left_over else 0)
        self.call_after_refresh(self._draw)

    @property
    def shown_stages(self) -> tuple[Stage, ...]:
        """The columns that are on screen, at least half of each."""
        left, right = self.scroll_x, self.scroll_x + self.size.width
        return tuple(
            column.stage
            for column in self.query(Column)
            if left <= column.virtual_region.x + column.size.width / 2 < right
        )

    def _step(self, rows: int) -> None:
        self._chosen = True
        last = max(len(self.columns[self.stage]) - 1, 0)
        self._rows[self.stage] = max(min(self._rows[self.stage] + rows, last), 0)
        self._draw()

    def _turn(self, step: int) -> None:
        if (stage := neighbour(self.stage, step)) is not None:
            self.go(stage)

    def _move(self, step: int) -> None:
        stage = neighbour(self.stage, step)
        if self.lead is not None and stage is not None:
            self._chosen = True
            self.post_message(self.Moved(self.lead, step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a card is not offered without one."""
        if action in ("open", "match_on", "match_back"):
            return self.lead is not None
        if action in ("move_on", "move_back"):
            step = 1 if action == "move_on" else -1
            return self.lead is not None and (
                neighbour(self.stage, step) is not None or action == "move_on" or None
            )
        return True

    def action_open(self) -> None:
        """Open the selected card."""
        if self.lead is not None:
            self.post_message(self.Opened(self.lead))

    def action_left(self) -> None:
        """Cursor one column left."""
        self._turn(-1)

    def action_right(self) -> None:
        """Cursor one column right."""
        self._turn(1)

    def action_up(self) -> None:
        """Cursor one card up."""
        self._step(-1)

    def action_down(self) -> None:
        """Cursor one card down."""
        self._step(1)

    def action_first(self) -> None:
        """Cursor on the newest card."""
        self._step(-len(self.columns[self.stage]))

    def action_last(self) -> None:
        """Cursor on the oldest card."""
        self._step(len(self.columns[self.stage]))

    def action_page_down(self) -> None:
        """Cursor half a screen down."""
        self._step(self._list().page)

    def action_page_up(self) -> None:
        """Cursor half a screen up."""
        self._step(-self._list().page)

    def action_move_on(self) -> None:
        """Move the card one stage on."""
        self._move(1)

    def action_move_back(self) -> None:
        """Move the card one stage back."""
        self._move(-1)

    def action_match_on(self) -> None:
        """The next card that is shown, in whichever column."""
        self._turn_card(1)

    def action_match_back(self) -> None:
        """The one before."""
        self._turn_card(-1)

    def _turn_card(self, step: int) -> None:
        """From card to card, column after column, and around."""
        shown = [lead.id for cards in self.columns.values() for lead in cards]
        if self.lead is not None:
            self.select(shown[(shown.index(self.lead.id) + step) % len(shown)])

    def on_card_list_dragged(self, message: CardList.Dragged) -> None:
        """Mark the column under the mouse, or have the card put there."""
        message.stop()
        target = self._column_at(message.x)
        for column in self.query(Column):
            column.be_target(column is target and not message.dropped)
        if not message.dropped:
            self._scroll_at_edge(message.x)
        elif target is not None and target.stage is not message.lead.stage:
            self.focus()
            self.select(message.lead.id)
            self.post_message(self.Dropped(message.lead, target.stage))

    def _column_at(self, x: int) -> Column | None:
        found = (c for c in self.query(Column) if c.region.x <= x < c.region.right)
        return next(found, None)

    def _scroll_at_edge(self, x: int) -> None:
        """Columns that are out of sight come nearer."""
        if x <= self.region.x:
            self.scroll_relative(x=-1, animate=False)
        elif x >= self.region.right - 1:
            self.scroll_relative(x=1, animate=False)

    def _list(self) -> CardList:
        return self.query_one(f"#column-{self.stage}", Column).cards

    def on_card_list_picked(self, message: CardList.Picked) -> None:
        """The mouse: a click selects, a double click opens."""
        message.stop()
        self.focus()
        if message.lead is None:
            self.go(message.stage)
        elif self.select(message.lead.id) and message.opened:
            self.post_message(self.Opened(message.lead))
