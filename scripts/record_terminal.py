"""A terminal that is recorded: a program in a pseudo-terminal, what it draws, and when.

The recording's clock is not the wall's: nothing lasts longer than ``LONGEST_S`` unless it is held,
so that a slow machine records the same film as a fast one.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyte

LONGEST_S = 0.7
"""The longest pause that is kept."""
KEY_S = 0.06
QUIET_S = 0.15
RESTLESS_S = 3.0
_ALTERNATE = re.compile(rb"\x1b\[\?1049([hl])")
_CUT = re.compile(rb"\x1b(?:\[[?<>=\d;]*\$?|[P_][^\x1b]*\x1b?)?$")
_NOT_DRAWN = re.compile(
    rb"\x1b\[[?<>=][\d;]*[a-zA-Z$]+|\x1b\[\?[\d;]+\$p|\x1b[P_].*?\x1b\\", re.DOTALL
)
"""Modes and questions to the terminal, some of which pyte would take for text."""


class Display:
    """What a terminal shows, with the alternate screen, which pyte has not."""

    def __init__(self, columns: int, lines: int) -> None:
        self._main, self._alternate = pyte.Screen(columns, lines), pyte.Screen(columns, lines)
        self.screen = self._main
        self._streams = {id(each): pyte.ByteStream(each) for each in (self._main, self._alternate)}
        self._unfinished = b""

    def feed(self, data: bytes) -> None:
        """Draw; a sequence that was cut in two waits for its second half."""
        data = self._unfinished + data
        cut = _CUT.search(data)
        self._unfinished = cut[0] if cut else b""
        data = data[: len(data) - len(self._unfinished)]
        for at, part in enumerate(_ALTERNATE.split(data)):
            if at % 2:
                self.screen = self._alternate if part == b"h" else self._main
                if part == b"h":
                    self._alternate.reset()
            else:
                self._streams[id(self.screen)].feed(_NOT_DRAWN.sub(b"", part))

    @property
    def text(self) -> str:
        """Its lines."""
        return "\n".join(self.screen.display)


@dataclass
class Recording:
    """``events``: when something was drawn, in seconds of the recording, and what."""

    columns: int
    lines: int
    events: list[tuple[float, bytes]] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.display = Display(self.columns, self.lines)
        self._drawn_at = time.monotonic()

    def draw(self, data: bytes) -> None:
        """Something is drawn now."""
        passed = time.monotonic() - self._drawn_at
        self.now += min(passed, LONGEST_S)
        self._drawn_at = time.monotonic()
        self.events.append((round(self.now, 3), data))
        self.display.feed(data)

    def hold(self, seconds: float) -> None:
        """Let the picture stand."""
        self.now += seconds
        self._drawn_at = time.monotonic()

    def type_command(self, text: str) -> None:
        """As if somebody typed a command at a prompt."""
        self.draw(b"\x1b[1;32m$\x1b[0m ")
        self.hold(0.5)
        for character in text:
            self.draw(character.encode())
            self.hold(KEY_S)
        self.hold(0.3)
        self.draw(b"\r\n")

    def write_cast(self, path: Path, title: str) -> None:
        """As asciicast, version 2."""
        head = {"version": 2, "width": self.columns, "height": self.lines, "title": title}
        rows = [json.dumps(head), *(json.dumps(row) for row in self._texts())]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")

    def _texts(self) -> Iterator[tuple[float, str, str]]:
        """Events as text; a character that was cut in two goes with its second half."""
        kept = b""
        for at, data in self.events:
            kept += data
            with suppress(UnicodeDecodeError):
                yield at, "o", kept.decode()
                kept = b""


class Program:
    """A program that runs in the recorded terminal."""

    def __init__(self, recording: Recording, master: int, process: subprocess.Popen[bytes]) -> None:
        self.recording = recording
        self._master = master
        self._process = process

    def until(self, there: Callable[[str], object], seconds: float = 90.0) -> None:
        """Go on until the screen is so. Raises TimeoutError with the screen."""
        deadline = time.monotonic() + seconds
        while not there(self.recording.display.text):
            self._read(0.1)
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise TimeoutError(self.recording.display.text)
        self.quiet()

    def quiet(self) -> None:
        """Go on until nothing has been drawn for a moment; not for ever, cursors blink."""
        deadline = time.monotonic() + RESTLESS_S
        while self._read(QUIET_S) and time.monotonic() < deadline:
            pass

    def press(self, *keys: str, pause: float = 0.5) -> None:
        """Press keys, each with what it brings about."""
        for key in keys:
            os.write(self._master, key.encode())
            self.quiet()
            self.recording.hold(pause)

    def end(self, seconds: float = 60.0) -> int:
        """Go on until it ends; its exit code."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            self._read(0.1)
            if time.monotonic() > deadline:
                raise TimeoutError(self.recording.display.text)
        self.quiet()
        return self._process.returncode

    def _read(self, seconds: float) -> bool:
        """Take what comes within so long; False if nothing does."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux, once nobody has the other end
            return False
        if data:
            self.recording.draw(data)
        return bool(data)


@contextmanager
def program(
    recording: Recording, command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Program]:
    """Run a program in the recorded terminal; it is ended with the block."""
    master, slave = pty.openpty()
    size = struct.pack("HHHH", recording.lines, recording.columns, 0, 0)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    try:
        yield Program(recording, master, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(master)
