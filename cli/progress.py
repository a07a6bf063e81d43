"""Progress of long work, on stderr, and only where somebody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Each = TypeVar("Each")


def shown(rows: Iterable[Each], what: str, total: int, *, quiet: bool = False) -> Iterator[Each]:
    """``rows``, with a bar on a terminal that fills up as they are taken."""
    if quiet or not sys.stderr.isatty():
        yield from rows
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for row in rows:
            yield row
            progress.advance(task)
