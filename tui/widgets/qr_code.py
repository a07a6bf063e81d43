"""A QR code, black on white in every theme: a camera has to read it."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from waagent.qr import MARGINS, Matrix, Size, draw, drawn_size, matrix

BLACK_ON_WHITE = "#000000 on #ffffff"


class QrCode(Static):
    """``show`` takes a code; ``fit`` draws it as large as there is room for."""

    def __init__(self) -> None:
        super().__init__(id="qr", markup=False)
        self._modules: Matrix = []
        self._code = ""
        self._margin: int | None = None

    def show(self, code: str) -> None:
        """Keep the code; nothing is drawn until it is known to fit."""
        if code != self._code:
            self._code, self._modules, self._margin = code, matrix(code), None

    @property
    def least(self) -> Size:
        """What it takes at least."""
        return drawn_size(len(self._modules), MARGINS[-1])

    def fit(self, room: Size) -> bool:
        """Draw it in ``room``; False if that is too small."""
        for margin in MARGINS:
            if room.holds(drawn_size(len(self._modules), margin)):
                self._draw(margin)
                return True
        return False

    def _draw(self, margin: int) -> None:
        if margin != self._margin:
            self._margin = margin
            lines = "\n".join(draw(self._modules, margin))
            self.update(Content.styled(lines, BLACK_ON_WHITE))
