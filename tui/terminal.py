"""What the terminal can show pictures with, asked once before the board begins.

All questions go out together, and last the one that every terminal answers (primary device
attributes): with its answer all others are there. An answer that came later, as over a slow line,
would be taken for keys, and they would do things.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import sys
import termios
import time
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.widget import Widget

PATIENCE_S = 1.5
"""For the answers; a terminal at the other end of the world needs a third of a second."""

_NAME = "\x1b[>q"
_KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_CELL = "\x1b[16t"
_ATTRIBUTES = "\x1b[c"
_NAMED = re.compile(r"\x1bP>\|([^\x1b]*)\x1b\\")
_KITTY_OK = re.compile(r"\x1b_G[^\x1b]*i=31[^\x1b]*;OK\x1b\\")
_CELL_SIZE = re.compile(r"\x1b\[6;(\d+);(\d+)t")
_ATTRIBUTES_ARE = re.compile(r"\x1b\[\?([\d;]*)c")
_SIXEL_ATTRIBUTE = "4"
_PLACEHOLDERS_SINCE = (0, 28)
"""Of kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders"""
_TAKES_IT_FOR_A_TITLE = ("screen", "tmux")
_ANSWERS_NOTHING = ("", "dumb", "linux")


class Means(StrEnum):
    """How pictures are shown."""

    SIXEL = "sixel"
    KITTY = "kitty"
    CELLS = "cells"
    """Two pixels a cell: everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What it can. ``cell``: width and height of a cell in pixels, where it says so."""

    means: Means = Means.CELLS
    cell: tuple[int, int] | None = None


_known = Terminal()


def ask_terminal() -> Terminal:
    """Learn how this terminal shows pictures; only possible before the app runs."""
    global _known
    kind = os.environ.get("TERM", "")
    if kind not in _ANSWERS_NOTHING and sys.stdin.isatty() and sys.stdout.isatty():
        _known = understood(_answers(questions(os.environ)), _cell(sys.stdout.fileno()))
    return _known


def picture_widget(image: Image) -> Widget:
    """A widget that shows ``image`` by the means that were found."""
    with _nothing_to_ask(_known):
        from textual_image import widget
        from textual_image.widget.sixel import Image as SixelImage
    if _known.means is Means.SIXEL:
        return SixelImage(image)
    return widget.TGPImage(image) if _known.means is Means.KITTY else widget.HalfcellImage(image)


def questions(environment: Mapping[str, str]) -> str:
    """What to ask a terminal in this environment."""
    wrapped = "TMUX" in environment
    wrapped |= environment.get("TERM", "").startswith(_TAKES_IT_FOR_A_TITLE)
    return _NAME + ("" if wrapped else _KITTY) + _CELL + _ATTRIBUTES


def understood(answers: str, cell: tuple[int, int] | None = None) -> Terminal:
    """What the answers say, of a terminal whose ``cell`` the system knows or not.

    Sixel comes first: terminals that know both know it better. It wants to be told how large the
    picture is to be, and one that is too high moves the whole screen.
    """
    attributes = _ATTRIBUTES_ARE.search(answers)
    name = _NAMED.search(answers)
    size = _CELL_SIZE.search(answers)
    if cell is None and size is not None and int(size[1]) and int(size[2]):
        cell = (int(size[2]), int(size[1]))
    means = Means.CELLS
    if cell and attributes is not None and _SIXEL_ATTRIBUTE in attributes[1].split(";"):
        means = Means.SIXEL
    elif _KITTY_OK.search(answers) and has_placeholders(name[1] if name else ""):
        means = Means.KITTY
    return Terminal(means=means, cell=cell)


def has_placeholders(name: str) -> bool:
    """Whether a terminal of that name and version puts pictures where characters stand for them.

    Others that answer to kitty's protocol (Konsole, WezTerm, an older kitty) show the characters.
    """
    kitty = re.match(r"kitty\((\d+)\.(\d+)", name)
    if kitty is not None:
        return (int(kitty[1]), int(kitty[2])) >= _PLACEHOLDERS_SINCE
    return name.lower().startswith("ghostty")


def _answers(asked: str) -> str:
    """All that comes until the last answer, or until patience ends."""
    heard = b""
    deadline = time.monotonic() + PATIENCE_S
    source = sys.stdin.fileno()
    with _unbuffered(source):
        os.write(sys.stdout.fileno(), asked.encode())
        while not _ATTRIBUTES_ARE.search(heard.decode(errors="replace")):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([source], [], [], left)[0]:
                break
            chunk = os.read(source, 1024)
            if not chunk:
                break
            heard += chunk
    return heard.decode(errors="replace")


def _cell(terminal: int) -> tuple[int, int] | None:
    """Width and height in pixels, where the terminal keeps the system informed of its own."""
    window = fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8))
    lines, columns, width, height = struct.unpack("4H", window)
    if not (lines and columns):
        return None
    cell = (width // columns, height // lines)
    return cell if all(cell) else None


@contextmanager
def _unbuffered(terminal: int) -> Iterator[None]:
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSANOW)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


@contextmanager
def _nothing_to_ask(terminal: Terminal) -> Iterator[None]:
    """Have the library of pictures not ask for itself when it is imported.

    It gives each answer a tenth of a second, and the board is running by then. The size of a cell
    it takes from the environment where standard output is no terminal.
    """
    if terminal.cell is not None:
        width, height = terminal.cell
        os.environ["TEXTUAL_CELL_WIDTH"], os.environ["TEXTUAL_CELL_HEIGHT"] = (
            str(width),
            str(height),
        )
    before = sys.__stdout__
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        setattr(sys, "__stdout__", nowhere)  # noqa: B010  it is declared to be final
        try:
            yield
        finally:
            setattr(sys, "__stdout__", before)  # noqa: B010
