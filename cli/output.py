"""The only writer to stdout: JSON for programs, tables and sentences for people.

Text from customers is never read as markup, and loses its control characters on the way.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from cli.plain import one_line

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


def csv_document(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV as of RFC 4180. No cell is a formula: before text that begins like one stands a ``'``."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    sys.stdout.flush()


def _cell(value: object) -> object:
    """Spreadsheets compute what begins like this, even in quotes: a customer could write it."""
    if isinstance(value, str):
        plain = one_line(value)
        return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain
    return "" if value is None else value


def chunk(text: str) -> None:
    """Part of an export: as it is, for files and programs."""
    sys.stdout.write(text)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people; plain columns where stdout is no terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    tty = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if tty else _PIPED_WIDTH, highlight=False)
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in headers:
        grid.add_column(header, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(one_line(cell)) for cell in row))
    console.print(grid)


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    shown = [(name, one_line(value)) for name, value in pairs]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        print(f"{name:<{width}}  {value}".rstrip(), flush=True)


def terminal(control: str) -> None:
    """Raw text with control sequences, for the pairing screen alone."""
    sys.stdout.write(control)
    sys.stdout.flush()


def is_terminal() -> bool:
    """Whether stdout is a terminal that can be drawn on."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
