"""Names in one line of which one is chosen, by a click or by keys of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class ChoiceLine(Static):
    """The chosen one is bold and in brackets, so that it is seen without colour too."""

    class Picked(Message):
        """One was clicked."""

        def __init__(self, line: ChoiceLine, index: int) -> None:
            super().__init__()
            self.line = line
            self.index = index

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(classes="choice-line")
        self._names = tuple(names)
        self._spans: list[tuple[int, int]] = []
        self.chosen = 0

    def on_mount(self) -> None:
        """As it begins."""
        self.choose(self.chosen)

    def choose(self, index: int) -> None:
        """Another one, counted round."""
        self.chosen = index % len(self._names)
        parts: list[str | tuple[str, str]] = []
        self._spans = []
        at = 0
        for number, name in enumerate(self._names):
            chosen = number == self.chosen
            text = f"[{name}]" if chosen else f" {name} "
            self._spans.append((at, at := at + cell_len(text)))
            parts.append((text, "bold $text-primary" if chosen else "$foreground-muted"))
        self.update(Content.assemble(*parts))

    def on_click(self, event: events.Click) -> None:
        """The one under the mouse."""
        x = event.x - self.styles.gutter.left
        for index, (start, end) in enumerate(self._spans):
            if start <= x < end:
                self.post_message(self.Picked(self, index))
