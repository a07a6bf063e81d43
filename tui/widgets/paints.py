"""Looks of the parts of a widget that draws its lines by hand."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


class Paints:
    """The component styles ``PREFIX--name`` of a widget, each worked out once.

    :meth:`clear` when focus or theme changed, and colours with it.
    """

    def __init__(self, widget: Widget, prefix: str) -> None:
        self._widget = widget
        self._prefix = prefix
        self._known: dict[tuple[str, bool], Style] = {}

    def __call__(self, name: str, ground: bool = False) -> Style:
        """How a part looks: with its own ground, or over whatever is there."""
        key = (name, ground)
        if key not in self._known:
            full = self._widget.get_component_rich_style(f"{self._prefix}--{name}")
            over = Style(color=full.color, bold=full.bold, italic=full.italic)
            self._known[key] = full if ground else over
        return self._known[key]

    def clear(self) -> None:
        """Forget them."""
        self._known.clear()
