"""Lines of the screen made by hand: text in the middle, rows of a picture."""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.pictures import Thumbnail
from tui.safe import clip


def centred(text: str, width: int, style: Style) -> Strip:
    """A line of ``width`` cells with ``text`` in its middle."""
    shown = Segment(clip(text, width).center(width), style)
    return Strip([shown]).adjust_cell_length(width, style)


def pixels(picture: Thumbnail, line: int) -> list[Segment]:
    """A line of a picture: the upper half of a cell in its own colour, the lower as its ground."""
    upper, lower = picture.pixels[2 * line], picture.pixels[2 * line + 1]
    return [
        Segment("▀", Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
        for above, below in zip(upper, lower, strict=True)
    ]
