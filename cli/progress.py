"""Progress of long work, on stderr: a bar on a terminal, elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from cli.diagnostics import note
from waagent.durations import format_duration
from waagent.i18n import t

Each = TypeVar("Each")
Told = Callable[[int, int], None]
EVERY_S = 10.0


def shown(rows: Iterable[Each], what: str, total: int, *, quiet: bool = False) -> Iterator[Each]:
    """``rows``, with their progress as they are taken."""
    if quiet:
        yield from rows
        return
    with counted(what) as told:
        for done, row in enumerate(rows, 1):
            yield row
            told(done, max(total, done))


@contextmanager
def counted(what: str) -> Iterator[Told]:
    """A function to call with how much is done, of how much."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def waiting(what: str, *, bar: bool = True) -> Iterator[None]:
    """While something works that cannot say how far it is; without ``bar`` a terminal sees none."""
    if not sys.stderr.isatty():
        with _still(what):
            yield
        return
    if not bar:
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what, total=None)
        yield


def _lines(what: str) -> Told:
    last = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            note(t("progress.line", what=what, done=done, all=total))

    return told


@contextmanager
def _still(what: str) -> Iterator[None]:
    over, began = threading.Event(), time.monotonic()

    def tell() -> None:
        while not over.wait(EVERY_S):
            age = format_duration(timedelta(seconds=round(time.monotonic() - began)))
            note(t("progress.still", what=what, age=age))

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
