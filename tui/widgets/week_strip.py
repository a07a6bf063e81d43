"""A week of days with how many follow-ups each has; a click goes to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.followup_days import Day
from tui.strings import t

Parts = list[str | tuple[str, str]]


class WeekStrip(Static):
    """Two rows: the days, and their counts. The chosen one stands in brackets."""

    class Picked(Message):
        """A day was clicked."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    def __init__(self) -> None:
        super().__init__(id="week", markup=False)
        self._days: Sequence[Day] = ()
        self._shown: tuple[object, ...] = ()
        self._width = 10

    def show(self, days: Sequence[Day], chosen: date | None, today: date) -> None:
        """Draw; ``chosen`` None: no day in particular."""
        self._days = tuple(days)
        self._shown = (chosen, today)
        self._draw()

    def on_resize(self) -> None:
        """Days as wide as there is room."""
        self._draw()

    def _draw(self) -> None:
        if not self._days:
            return
        chosen, today = self._shown
        room = max(self.size.width - self.styles.gutter.width, 49)
        self._width = min(room // len(self._days), 16)
        names: Parts = []
        counts: Parts = []
        for day in self._days:
            names.append(self._named(day, day.date == chosen, day.date == today))
            counts.append(self._counted(day, day.date == chosen))
        self.update(Content.assemble(*names, "\n", *counts))

    def _named(self, day: Day, chosen: bool, today: bool) -> tuple[str, str]:
        name = t("day.today") if today else _short(day.date)
        text = f"[{name}]" if chosen else f" {name} "
        return _padded(text, self._width), "bold $text-primary" if chosen else "$foreground"

    def _counted(self, day: Day, chosen: bool) -> tuple[str, str]:
        text = f" ● {day.open}" if day.open else " ·"
        text += f"  ✓ {day.ended}" if day.ended else ""
        style = "$text-accent" if day.open else "$foreground-muted"
        return _padded(text, self._width), f"bold {style}" if chosen else style

    def on_click(self, event: events.Click) -> None:
        """To that day."""
        index = (event.x - self.styles.gutter.left) // self._width
        if 0 <= index < len(self._days):
            self.post_message(self.Picked(self._days[index].date))


def _short(day: date) -> str:
    return f"{t('weekdays.short').split()[day.weekday()]} {day.day}"


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - cell_len(text), 0)
