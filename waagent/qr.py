"""A QR code as half blocks: two modules of it in one character, upper and lower.

It is drawn black on white in every theme, so that a camera can read it; the white margin (quiet
zone) is part of the drawing. Colours are the front end's.
"""

from __future__ import annotations

from dataclasses import dataclass

Matrix = list[list[bool]]

MARGINS = (4, 2)
"""Quiet zones in modules: what the standard asks for, and the least that phones put up with."""

LONGEST_CODE = 300
"""Characters of the longest pairing code to expect, for asking early for a terminal that fits."""

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class Size:
    """Columns and rows of a terminal, or of what is to be drawn on one."""

    columns: int
    rows: int

    def __str__(self) -> str:
        return f"{self.columns}x{self.rows}"

    def holds(self, other: Size) -> bool:
        """Whether ``other`` fits in here."""
        return self.columns >= other.columns and self.rows >= other.rows


def matrix(text: str) -> Matrix:
    """The modules of the code for ``text``, True for black, without a margin."""
    from qrcode.constants import ERROR_CORRECT_L
    from qrcode.main import QRCode

    # The least redundancy: a screen has no scratches, and fewer modules are easier to scan.
    code = QRCode(error_correction=ERROR_CORRECT_L, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def drawn_size(side: int, margin: int) -> Size:
    """What a code of ``side`` modules takes on the terminal."""
    edge = side + 2 * margin
    return Size(edge, (edge + 1) // 2)


def draw(modules: Matrix, margin: int) -> list[str]:
    """The lines of the picture, all of one width, to be shown black on white."""
    edge = len(modules) + 2 * margin
    blank = [False] * edge
    side = [False] * margin
    rows = [blank] * margin + [side + row + side for row in modules] + [blank] * margin
    if len(rows) % 2:
        rows.append(blank)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return [
        "".join(_BLOCKS[halves] for halves in zip(upper, lower, strict=True))
        for upper, lower in pairs
    ]
