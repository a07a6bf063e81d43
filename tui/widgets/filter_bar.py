"""The line in which the board is filtered while typing."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.strings import t


class FilterBar(Horizontal):
    """``/`` and a text box; hidden while there is no filter."""

    class Changed(Message):
        """The filter is another one now."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Kept(Message):
        """Enter: the filter stays, the keys go back to the board."""

    def __init__(self) -> None:
        super().__init__(id="filter")
        self._input = Input(placeholder=t("filter.placeholder"), compact=True)
        self._count = Static(classes="filter--count")
        self.display = False

    def compose(self) -> ComposeResult:
        """Slash, box, count."""
        yield Static("/", classes="filter--slash")
        yield self._input
        yield self._count

    @property
    def query_text(self) -> str:
        """The filter; empty for none."""
        return self._input.value.strip()

    def open(self) -> None:
        """Show the box and type into it."""
        self.display = True
        self._input.focus()

    def clear(self) -> None:
        """No filter."""
        self._input.value = ""
        self.display = False

    def count(self, found: int) -> None:
        """Say how many cards match."""
        self._count.update(Content(t("filter.matches", n=found) if self.query_text else ""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """As typed."""
        event.stop()
        self.post_message(self.Changed(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        if not self.query_text:
            self.clear()
        self.post_message(self.Kept())
