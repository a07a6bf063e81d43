"""An animated SVG of a recording: small enough for a README, and drawn by CSS alone.

Frames stand below each other on a strip that jumps from one to the next. Every line of every frame
is drawn once, however many frames show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from pyte.screens import Char
from record_terminal import Display, Recording

WIDE, HIGH, BASE = 8.0, 17.0, 13.0
"""A cell, and where letters stand in it, in pixels."""
MARGIN = 12
FRAME_S = 0.4
"""Two frames are at least so far apart."""
END_S = 3.0
BACK, FRONT = "#101416", "#dfe6e3"
_NAMED = {
    "black": "#101416", "red": "#ff7b72", "green": "#3ddc97", "brown": "#e3b341",
    "blue": "#79c0ff", "magenta": "#d2a8ff", "cyan": "#56d4dd", "white": "#dfe6e3",
}  # fmt: skip
_BLOCKS = {"█": (0.0, 1.0), "▀": (0.0, 0.5), "▄": (0.5, 0.5)}
"""Characters drawn as boxes, from where in the line and how much of it: fonts leave gaps."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a letter looks."""

    front: str
    bold: bool
    italic: bool


def animated(recording: Recording) -> str:
    """The recording as one SVG document."""
    frames = list(_frames(recording))
    drawn: dict[tuple[Char, ...], int] = {}
    strip: list[str] = []
    for number, (_, rows) in enumerate(frames):
        for line, row in enumerate(rows):
            if any(cell.data != " " or cell.bg != "default" or cell.reverse for cell in row):
                name = drawn.setdefault(row, len(drawn))
                top = (number * recording.lines + line) * HIGH
                strip.append(f'<use href="#l{name}" y="{top:g}"/>')
    width, height = recording.columns * WIDE, recording.lines * HIGH
    lasts = recording.now + END_S
    steps = "".join(
        f"{at / lasts * 100:.3f}%{{transform:translateY(-{number * height:g}px)}}"
        for number, (at, _) in enumerate(frames)
    )
    style = (
        "text{font:13.3px Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}"
        ".b{font-weight:700}.i{font-style:italic}"
        f"#s{{animation:s {lasts:.2f}s step-end infinite}}@keyframes s{{{steps}}}"
    )
    lines = "".join(f'<g id="l{name}">{_line(row)}</g>' for row, name in drawn.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 2 * MARGIN:g} '
        f'{height + 2 * MARGIN:g}" width="{width + 2 * MARGIN:g}">'
        f"<style>{style}</style><defs>{lines}</defs>"
        f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>'
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{width:g}" height="{height:g}">'
        f'<g id="s" fill="{FRONT}">{"".join(strip)}</g></svg></svg>\n'
    )


def _frames(recording: Recording) -> Iterator[tuple[float, list[tuple[Char, ...]]]]:
    """What stands still long enough to be seen: when, and the lines."""
    display = Display(recording.columns, recording.lines)
    shown: list[tuple[Char, ...]] | None = None
    shown_at = -FRAME_S
    ends = [at for at, _ in recording.events[1:]] + [recording.now + END_S]
    for (at, data), until in zip(recording.events, ends, strict=True):
        display.feed(data)
        if until < max(at, shown_at + FRAME_S):
            continue
        screen = display.screen
        rows = [
            tuple(screen.buffer[line][column] for column in range(screen.columns))
            for line in range(screen.lines)
        ]
        if rows != shown:
            yield at, rows
            shown, shown_at = rows, at


def _line(row: tuple[Char, ...]) -> str:
    """A line: one path for the boxes of each colour, a text for each run of letters."""
    full = (0.0, 1.0)
    grounds = [(back, None if back == BACK else full) for _, back in map(_colours, row)]
    blocks = [(_colours(cell)[0], _BLOCKS.get(cell.data)) for cell in row]
    texts = [_text(*run) for run in _runs(row)]
    return "".join([*_boxes(grounds), *_boxes(blocks), *texts])


def _boxes(cells: Sequence[tuple[str, tuple[float, float] | None]]) -> Iterator[str]:
    """A path for each colour; neighbouring cells that look alike are one box."""
    paths: dict[str, str] = {}
    column = 0
    for (colour, box), same in groupby(cells):
        width = len(list(same))
        if box is not None:
            left, across = column * WIDE, width * WIDE
            # A little higher than the line, so that no hair shows between two lines.
            down = box[1] * HIGH + 0.3
            path = f"M{left:g} {box[0] * HIGH:g}h{across:g}v{down:g}h-{across:g}z"
            paths[colour] = paths.get(colour, "") + path
        column += width
    return (f'<path fill="{colour}" d="{path}"/>' for colour, path in paths.items())


def _text(column: int, look: Look, text: str) -> str:
    kind = " ".join(name for name, on in (("b", look.bold), ("i", look.italic)) if on)
    named = f' class="{kind}"' if kind else ""
    colour = "" if look.front == FRONT else f' fill="{look.front}"'
    return (
        f'<text x="{column * WIDE:g}" y="{BASE:g}" textLength="{len(text) * WIDE:g}"'
        f"{named}{colour}>{escape(text, quote=False)}</text>"
    )


def _runs(row: tuple[Char, ...]) -> Iterator[tuple[int, Look, str]]:
    """Letters of one look with one space at most between them: where, how, what."""
    begin, look, text = 0, Look(FRONT, False, False), ""
    for column, cell in enumerate(row):
        blank = cell.data in ("", " ") or cell.data in _BLOCKS
        own = look if blank else Look(_colours(cell)[0], cell.bold, cell.italics)
        after_wide = cell.data == "" or (column > 0 and row[column - 1].data == "")
        if text and (own != look or after_wide or (blank and text.endswith(" "))):
            yield begin, look, text.rstrip()
            text = ""
        if text:
            text += " " if blank else cell.data
        elif not blank:
            begin, look, text = column, own, cell.data
    if text:
        yield begin, look, text.rstrip()


def _colours(cell: Char) -> tuple[str, str]:
    """Of a cell: letters and background."""
    front, back = _colour(cell.fg, FRONT), _colour(cell.bg, BACK)
    return (back, front) if cell.reverse else (front, back)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _NAMED.get(name.removeprefix("bright"), f"#{name}")
