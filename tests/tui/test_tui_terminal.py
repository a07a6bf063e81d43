"""Asking the terminal what it shows pictures with, through a real pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from tui.terminal import Means, Terminal, has_placeholders, questions, understood

OLD_KITTY, KITTY = "\x1bP>|kitty(0.26.5)\x1b\\", "\x1bP>|kitty(0.42.0)\x1b\\"
XTERM, WEZTERM = "\x1bP>|XTerm(379)\x1b\\", "\x1bP>|WezTerm 20240203\x1b\\"
OK, CELL = "\x1b_Gi=31;OK\x1b\\", "\x1b[6;20;10t"
PLAIN, WITH_SIXEL = "\x1b[?62;22c", "\x1b[?63;1;2;4;6;9;15;22c"

_ASKS = """
import sys
from PIL import Image
from tui.terminal import ask_terminal, picture_widget
found = ask_terminal()
shown = type(picture_widget(Image.new("RGB", (4, 4))))
print(found.means, found.cell, shown.__module__, shown.__qualname__, flush=True)
print("typed:", sys.stdin.readline().strip(), flush=True)
"""


def play(*answers: str, pixels: tuple[int, int] = (0, 0)) -> tuple[str, str]:
    """The questions a terminal heard that gave these answers a moment apart, and all it showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, *pixels))
    with subprocess.Popen(
        [sys.executable, "-c", _ASKS],
        stdin=theirs,
        stdout=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
    ) as process:
        os.close(theirs)
        asked = _until(ours, "\x1b[c")
        for answer in answers:
            time.sleep(0.15)  # a slow line: longer than the library would wait
            os.write(ours, answer.encode())
        shown = _until(ours, "\n")
        os.write(ours, b"hello\n")
        shown += _until(ours, "typed: hello")
        process.wait(20)
        os.close(ours)
    return asked, shown


def _until(terminal: int, end: str) -> str:
    heard, deadline = b"", time.monotonic() + 30
    while end.encode() not in heard:
        assert select.select([terminal], [], [], deadline - time.monotonic())[0], heard
        heard += os.read(terminal, 1024)
    return heard.decode()


@pytest.mark.parametrize(
    ("answers", "pixels", "found"),
    [
        ((KITTY, OK, CELL, PLAIN), (0, 0), "kitty (10, 20) textual_image.widget TGPImage"),
        (
            (OLD_KITTY + OK, CELL + PLAIN),
            (0, 0),
            "cells (10, 20) textual_image.widget HalfcellImage",
        ),
        ((XTERM, WITH_SIXEL), (720, 432), "sixel (9, 18) textual_image.widget.sixel Image"),
        (
            (WEZTERM, OK, CELL, WITH_SIXEL),
            (0, 0),
            "sixel (10, 20) textual_image.widget.sixel Image",
        ),
        ((WITH_SIXEL,), (0, 0), "cells None textual_image.widget HalfcellImage"),
        ((), (0, 0), "cells None textual_image.widget HalfcellImage"),
    ],
    ids=["kitty", "old kitty", "xterm", "wezterm", "no sizes", "silent"],
)
def test_late_answers_are_waited_for_and_never_typed(
    answers: tuple[str, ...], pixels: tuple[int, int], found: str
) -> None:
    asked, shown = play(*answers, pixels=pixels)
    assert asked == questions({"TERM": "xterm-256color"})
    assert shown.splitlines()[0] == found


@pytest.mark.parametrize("environment", [{"TMUX": "/tmp/t"}, {"TERM": "screen-256color"}])
def test_a_multiplexer_is_not_given_what_it_takes_for_a_title(environment: dict[str, str]) -> None:
    assert "\x1b_" not in questions(environment)


def test_what_is_no_answer_means_nothing() -> None:
    assert understood("") == Terminal()
    assert understood("abc\x1b[?;c\x1b[6;0;0t") == Terminal()
    assert understood(KITTY + "\x1b_Gi=31;ENOTSUPPORTED\x1b\\" + PLAIN).means is Means.CELLS
    assert understood("\x1b[?14;24c").means is Means.CELLS, "attributes are whole numbers"


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("kitty(0.28.0)", True),
        ("kitty(1.0.0)", True),
        ("kitty(0.27.1)", False),
        ("ghostty 1.2.0", True),
        ("Konsole 23.08.1", False),
        ("", False),
    ],
)
def test_who_puts_pictures_in_place_of_characters(name: str, yes: bool) -> None:
    assert has_placeholders(name) is yes
