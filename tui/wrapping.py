"""Breaking text into lines of so many cells. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, get_character_cell_size


def wrap(text: str, width: int) -> list[str]:
    """The lines of ``text`` (cleaned), each of at most ``width`` cells; words are kept whole.

    A word that is wider than a line is cut. ``width`` is at least 2, as wide as any character.
    """
    width = max(width, 2)
    return [line for part in text.split("\n") for line in _lines(part.rstrip(), width)]


def _lines(text: str, width: int) -> Iterator[str]:
    while cell_len(text) > width:
        end = _fitting(text, width)
        space = text.rfind(" ", 0, end + 1)
        if space > 0:
            line, text = text[:space], text[space + 1 :]
        else:
            line, text = text[:end], text[end:]
        yield line.rstrip()
    yield text


def _fitting(text: str, width: int) -> int:
    """How many characters of ``text`` fit into ``width`` cells; at least one."""
    used = 0
    for index, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > width:
            return max(index, 1)
    return len(text)
