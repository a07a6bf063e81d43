"""Customer text made safe to draw: no control codes, no hidden direction changes, known widths.

What customers write (and call themselves) is shown in cells of known size next to text of ours, so
it must not be able to move the cursor, reverse what stands beside it, or be wider than measured.
Nothing here interprets markup: callers hand the result to ``Content`` or ``Segment``, never to a
markup parser.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

ELLIPSIS = "…"
_MAX_MARKS = 3
"""Combining marks kept on one character; more is a way to draw over the lines around it."""
_NEWLINES = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Characters that draw nothing though Unicode calls them letters or symbols."""


def clean(text: str) -> str:
    """``text`` without anything that acts instead of being read; line breaks and words are kept.

    Control characters become their visible picture (``ESC`` is shown as ``␛``). Bidi overrides,
    zero-width joiners, variation selectors and skin tones are dropped: terminals disagree on how
    wide sequences with them are.
    """
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MAX_MARKS:
            out.append(_clean_char(char))
    return "".join(out)


@lru_cache(maxsize=4096)
def _clean_char(char: str) -> str:
    if char in _NEWLINES:
        return "\n"
    if char == "\t" or char in _BLANK_LETTERS:
        return " "
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if _is_invisible(code):
        return ""
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Co"):
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category == "Cf" else char


def _is_invisible(code: int) -> bool:
    """Variation selectors, emoji skin tones, tag characters."""
    return (
        0xFE00 <= code <= 0xFE0F
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0000 <= code <= 0xE01EF
        or code == 0x034F
    )


def one_line(text: str, *, limit: int = 400) -> str:
    """The first ``limit`` characters of ``text``, cleaned, white space collapsed."""
    return " ".join(clean(text[:limit]).split())


def clip(text: str, width: int) -> str:
    """``text`` (already one clean line) cut to at most ``width`` cells, with an ellipsis if cut."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    used, end = 0, 0
    for end, char in enumerate(text):  # noqa: B007  used after the loop
        used += get_character_cell_size(char)
        if used > width - 1:
            break
    return text[:end].rstrip() + ELLIPSIS


def fit(left: str, right: str, width: int) -> tuple[str, str]:
    """``left`` clipped and padded so that ``right`` ends at ``width`` cells; ``right`` wins."""
    right = clip(right, width)
    room = width - cell_len(right) - (1 if right else 0)
    left = clip(left, max(room, 0))
    return left + " " * (width - cell_len(left) - cell_len(right)), right
