"""A table with the keys of the board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.widgets import DataTable

from tui.actions import Context, bindings

Row = tuple[str, Sequence[Text]]
"""A row's key and its cells."""


class Table(DataTable[Text], inherit_bindings=False):
    """Rows with a cursor. Cells are ``Text``: a plain string would be read as markup."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.TABLE)]

    def __init__(self, *labels: str, opens: bool = False) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._labels = labels
        self._opens = opens
        self._rows: tuple[Row, ...] | None = None

    def on_mount(self) -> None:
        """Head line."""
        self.add_columns(*(Text(label) for label in self._labels))

    def show(self, rows: Iterable[Row]) -> None:
        """Draw; the cursor stays on its row."""
        rows = tuple(rows)
        if rows == self._rows:
            return
        key = self.selected
        offset = self.scroll_y
        self.clear()
        for row_key, cells in rows:
            self.add_row(*cells, key=row_key)
        self._rows = rows
        index = next((i for i, row in enumerate(rows) if row[0] == key), self.cursor_row)
        self.move_cursor(row=min(index, max(len(rows) - 1, 0)), scroll=False)
        self.scroll_to(y=offset, animate=False)

    @property
    def selected(self) -> str | None:
        """The key of the row under the cursor."""
        if not self._rows or not 0 <= self.cursor_row < len(self._rows):
            return None
        return self._rows[self.cursor_row][0]

    def select(self, key: str) -> None:
        """Put the cursor on the row ``key``, if there is one."""
        keys = [row_key for row_key, _ in self._rows or ()]
        if key in keys:
            self.move_cursor(row=keys.index(key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Not every row can be opened."""
        return self._opens if action == "open" else True

    def action_open(self) -> None:
        """Enter."""
        self.action_select_cursor()

    def action_up(self) -> None:
        """A row up."""
        self.action_cursor_up()

    def action_down(self) -> None:
        """A row down."""
        self.action_cursor_down()

    def action_first(self) -> None:
        """The first row."""
        self.move_cursor(row=0)

    def action_last(self) -> None:
        """The last row."""
        self.move_cursor(row=max(self.row_count - 1, 0))
