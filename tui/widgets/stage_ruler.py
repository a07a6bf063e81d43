"""One line that names every stage with its count, for terminals that cannot show all columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.phrasing import stage_name
from tui.store import Columns
from waagent.domain.leads import Stage


class StageRuler(Static):
    """Shows where in the sale the screen is; a click goes to a stage."""

    class Picked(Message):
        """A stage was clicked."""

        def __init__(self, stage: Stage) -> None:
            super().__init__()
            self.stage = stage

    def __init__(self) -> None:
        super().__init__(id="ruler")
        self._ends: list[tuple[int, Stage]] = []
        self._drawn: object = None

    def show(
        self,
        columns: Columns,
        names: Mapping[Stage, str],
        current: Stage,
        shown: Collection[Stage],
    ) -> None:
        """Draw; stages that are on screen are bright, the ``current`` one stands out."""
        drawn = (tuple(map(len, columns.values())), dict(names), current, tuple(shown))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        parts: list[str | tuple[str, str]] = []
        self._ends, end = [], 0
        for stage, cards in columns.items():
            label = f" {stage_name(stage, names)} {len(cards)} "
            style = "" if stage in shown else "$foreground-muted"
            parts.append((label, "bold $text-primary underline" if stage is current else style))
            end += cell_len(label)
            self._ends.append((end, stage))
        self.update(Content.assemble(*parts), layout=False)

    def on_click(self, event: events.Click) -> None:
        """Find the stage under the mouse."""
        x = event.x - self.styles.gutter.left
        for end, stage in self._ends:
            if x < end:
                self.post_message(self.Picked(stage))
                return
