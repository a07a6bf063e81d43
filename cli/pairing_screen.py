"""The screen of ``waagent connect``: instructions, the code, a countdown; redrawn in place.

It lives on the terminal's alternate screen, so no code stays in the scrollback. The caller blocks
on the next pairing event; a thread keeps the countdown going meanwhile.
"""

from __future__ import annotations

import shutil
import textwrap
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from cli import output
from cli.plain import one_line
from waagent.errors import InvalidInputError
from waagent.i18n import t
from waagent.qr import LONGEST_CODE, MARGINS, Matrix, Size, draw, drawn_size, matrix

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE = "\x1b[?25h\x1b[?1049l"
_TEXT_ROWS = 4
_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
"""From the fixed part of the 256-colour palette: dark and light themes show the same code."""
_DARK_ON_LIGHT = "\x1b[1;38;5;16;48;5;231m"
_PLAIN = "\x1b[0m"
_SPACED = 3
"""Columns from one letter of a typed code to the next: as large as a terminal's letters get."""
_TICK_S = 0.5


def terminal_size() -> Size:
    """Of the terminal now."""
    found = shutil.get_terminal_size()
    return Size(found.columns, found.lines)


def require_room(modules: Matrix | None = None) -> None:
    """Raise InvalidInputError if the code, or without one the longest expected, does not fit."""
    needed, actual = _least(modules or matrix("x" * LONGEST_CODE)), terminal_size()
    if not actual.holds(needed):
        raise InvalidInputError(
            f"the terminal is too small for the QR code: it needs {needed}, this one is {actual}",
            hint="type a code on the phone instead: --pair-code NUMBER; or enlarge the window, "
            "make its letters smaller (often Ctrl and -), or use --json",
        )


class PairingScreen:
    """A context manager; ``show_code``, ``show_typed_code`` and ``say`` change what it shows.

    ``phone`` is the number that a code to type is for; without one a QR code is expected, and
    ``steps`` is one line on what to do with it.
    """

    def __init__(
        self,
        shop: str,
        phone: str | None = None,
        *,
        steps: str | None = None,
        size: Callable[[], Size] = terminal_size,
        clock: Callable[[], float] = time.monotonic,
        write: Callable[[str], None] = output.terminal,
    ) -> None:
        self._shop, self._size, self._clock, self._write = shop, size, clock, write
        self._phone = phone
        self._steps = steps or t("connect.steps")
        self._modules: Matrix | None = None
        self._typed: str | None = None
        self._expires = 0.0
        self._message: str | None = None
        self._shown: list[str] = []
        self._shown_size: Size | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._write(_ENTER)
        self.redraw()
        self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._ticker.join()
        self._write(_LEAVE)

    def show_code(self, code: str, expires_in: int) -> None:
        """Show the QR of ``code``, good for ``expires_in`` seconds from now."""
        with self._lock:
            self._modules = matrix(code)
            self._expires = self._clock() + expires_in
        self.redraw()

    def show_typed_code(self, code: str, expires_in: int) -> None:
        """Show ``code`` ("ABCD-EFGH"), good for ``expires_in`` seconds from now."""
        with self._lock:
            self._typed = code
            self._expires = self._clock() + expires_in
        self.redraw()

    def say(self, message: str) -> None:
        """Show ``message`` in place of the code."""
        with self._lock:
            self._modules, self._typed, self._message = None, None, message
        self.redraw()

    def redraw(self) -> None:
        """Write the lines that differ from what is on the terminal."""
        with self._lock:
            size = self._size()
            lines = self._lines(size)
            if size != self._shown_size:
                self._write("\x1b[2J")
                self._shown, self._shown_size = [], size
            rows = max(len(lines), len(self._shown))
            old, new = _padded(self._shown, rows), _padded(lines, rows)
            changed = [at for at in range(rows) if old[at] != new[at] or not self._shown]
            self._write("".join(f"\x1b[{at + 1};1H{new[at]}\x1b[K" for at in changed))
            self._shown = lines

    def _tick(self) -> None:
        while not self._stop.wait(_TICK_S):
            self.redraw()

    def _lines(self, size: Size) -> list[str]:
        if self._typed is not None:
            return self._typed_lines(self._typed, size)
        if self._modules is None:
            waiting = t("connect.waiting.code" if self._phone else "connect.waiting")
            return [self._title(size), "", _cut(self._message or waiting, size)]
        margin = _fitting_margin(self._modules, size)
        if margin is None:
            needed = _least(self._modules)
            return [_cut(t("connect.enlarge", needed=needed, actual=size), size)]
        return [
            self._title(size),
            _cut(self._steps, size),
            *(f"{_BLACK_ON_WHITE}{line}{_PLAIN}" for line in draw(self._modules, margin)),
            _cut(self._countdown(), size),
        ]

    def _typed_lines(self, code: str, size: Size) -> list[str]:
        return [
            self._title(size),
            "",
            *_wrapped(t("connect.steps.code.1", phone=one_line(self._phone or "")), size),
            *_wrapped(t("connect.steps.code.2"), size),
            "",
            *_large(code, size),
            "",
            _cut(self._countdown(".code"), size),
        ]

    def _title(self, size: Size) -> str:
        return _cut(t("connect.title", name=one_line(self._shop)), size)

    def _countdown(self, kind: str = "") -> str:
        left = round(self._expires - self._clock())
        if left <= 0:
            return t(f"connect.rotating{kind}")
        return t(f"connect.countdown{kind}", seconds=left)


def _fitting_margin(modules: Matrix, size: Size) -> int | None:
    fitting = (margin for margin in MARGINS if size.holds(_with_text(modules, margin)))
    return next(fitting, None)


def _least(modules: Matrix) -> Size:
    return _with_text(modules, MARGINS[-1])


def _with_text(modules: Matrix, margin: int) -> Size:
    drawn = drawn_size(len(modules), margin)
    return Size(drawn.columns, drawn.rows + _TEXT_ROWS)


def _large(code: str, size: Size) -> list[str]:
    """A code to type, spaced out, dark on a light block; as it is where that does not fit."""
    letters = "".join(f"{letter:^{_SPACED}}" for letter in code)
    block = f"   {letters}   "
    if len(block) >= size.columns:
        return [code[: size.columns - 1]]
    rows = ("".ljust(len(block)), block, "".ljust(len(block)))
    return [f"{_DARK_ON_LIGHT}{row}{_PLAIN}" for row in rows]


def _wrapped(text: str, size: Size) -> list[str]:
    """As many rows as it takes: an instruction that is cut is none."""
    return textwrap.wrap(text, max(size.columns - 1, 10), subsequent_indent="   ")


def _cut(text: str, size: Size) -> str:
    """One row's worth, so that no line wraps and shifts those below it."""
    return text[: max(size.columns - 1, 0)]


def _padded(lines: list[str], rows: int) -> list[str]:
    return lines + [""] * (rows - len(lines))
