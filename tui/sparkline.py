"""Numbers as a row of little columns."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = "·"


def sparkline(values: Sequence[int], most: int | None = None) -> str:
    """A cell for each value, the highest for ``most`` (or the largest); zero is a dot."""
    top = max(most or 0, *values, 1) if values else 1
    return "".join(_cell(value, top) for value in values)


def _cell(value: int, top: int) -> str:
    if value <= 0:
        return NOTHING
    return _BLOCKS[min((value * len(_BLOCKS) - 1) // top, len(_BLOCKS) - 1)]


def bar(part: int, whole: int, cells: int) -> str:
    """How much of ``whole`` is used: full and empty cells, never quite full before it is."""
    used = 0 if whole <= 0 else min(part * cells // whole, cells)
    used = max(used, 1) if part > 0 else used
    return "▰" * used + "▱" * (cells - used)
