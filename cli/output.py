"""The only writer to stdout: JSON for programs, tables and sentences for people.

Text from customers is never read as markup, and loses its control characters on the way.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cli.plain import one_line

if TYPE_CHECKING:
    from rich.console import Console

plain = False
"""Whether tables are told line by line: ``--plain``, or the setting of that name."""

_GAP = 2
_LEAST = 16
"""To how many columns a cell may be wrapped."""
_ID_BEGINS = 8
_HEIGHT = 25  # rich heeds a width only with a height
_PIPED_WIDTH = 1000
"""Columns when nobody looks: a table in a pipe must not be cut to an imagined terminal."""


def line(text: str) -> None:
    """One line for people."""
    print(one_line(text), flush=True)


def text(block: str) -> None:
    """A block of our own text, such as help."""
    print(block, flush=True)


def json_document(value: Any) -> None:
    """One JSON document: an object, or an array for lists. Plain ASCII, safe in any locale."""
    print(json.dumps(value, indent=2), flush=True)


def json_line(value: Any) -> None:
    """One JSON object on a line of its own, sent at once: for streams."""
    print(json.dumps(value), flush=True)


def chunk(text: str) -> None:
    """Part of an export: as it is, for files and programs."""
    sys.stdout.write(text)


class Ref(str):
    """An id of which the beginning is enough: a narrow terminal is shown no more of it."""

    __slots__ = ()


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people; plain columns where stdout is no terminal, no columns with ``plain``.

    On a terminal too narrow for it, columns without anything in them go first, then the ends of
    ids; what would still be unreadable is told line by line.
    """
    from rich.cells import cell_len
    from rich.console import Console

    tty = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if tty else _PIPED_WIDTH
    console = Console(file=sys.stdout, width=width, height=_HEIGHT, highlight=False)
    shown = [[_safe(cell) for cell in row] for row in rows]
    if not plain and tty and _natural(headers, shown) > width:
        headers, shown = _narrowed(headers, shown)
    least = [min(max(map(cell_len, cells)), _LEAST) for cells in zip(headers, *shown, strict=True)]
    if plain or (tty and sum(least) + _GAP * (len(least) - 1) > width):
        _records(headers, shown)
    else:
        _print_table(console, headers, shown, least)


def _print_table(
    console: Console, headers: Sequence[str], rows: Sequence[Sequence[str]], least: Sequence[int]
) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for header, width in zip(headers, least, strict=True):
        grid.add_column(header, overflow="fold", min_width=width)
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)


def _safe(cell: str) -> str:
    """A cell as it can be shown; an id stays known as one."""
    return Ref(one_line(cell)) if isinstance(cell, Ref) else one_line(cell)


def _natural(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Columns that a table takes if nothing in it is wrapped."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, cells)) for cells in zip(headers, *rows, strict=True)]
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrowed(
    headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], list[list[str]]]:
    """Without empty columns, and with the beginnings of ids."""
    kept = [at for at in range(len(headers)) if any(row[at] for row in rows)]
    short = [
        [row[at][:_ID_BEGINS] if isinstance(row[at], Ref) else row[at] for at in kept]
        for row in rows
    ]
    return [headers[at] for at in kept], short


def _records(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Each row as lines of one fact, for those who hear them; what is not known is left out."""
    for number, row in enumerate(rows):
        if number:
            print(flush=True)
        for header, cell in zip(headers, row, strict=True):
            shown = one_line(cell)
            if shown:
                print(f"{header}: {shown}" if header else shown, flush=True)


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    shown = [(name, one_line(value)) for name, value in pairs]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        fact = f"{name}: {value}" if plain and name else f"{name:<{width}}  {value}"
        print(fact.rstrip(), flush=True)


def terminal(control: str) -> None:
    """Raw text with control sequences, for the pairing screen alone."""
    sys.stdout.write(control)
    sys.stdout.flush()


def is_terminal() -> bool:
    """Whether stdout is a terminal that can be drawn on."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not plain
