"""The drawn QR code, read back from the terminal's own characters."""

from __future__ import annotations

import re

import pytest
from cli_fakes import connect_events
from qrcode.main import QRCode

from cli.pairing_screen import PairingScreen, require_room
from waagent.errors import InvalidInputError
from waagent.i18n import use_language
from waagent.qr import LONGEST_CODE, Matrix, Size, draw, drawn_size, matrix

CODE = "https://wa.me/settings/linked_devices#" + "2@Ab9,cD8,eF7,gH6,1" * 12
HALVES = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}
COLOURED = re.compile(r"\x1b\[38;5;16;48;5;231m([ ▀▄█]*)\x1b\[0m")


def read_back(lines: list[str]) -> Matrix:
    """The modules that the picture shows, margin and all."""
    rows: Matrix = []
    for line in lines:
        upper, lower = zip(*(HALVES[block] for block in line), strict=True)
        rows += [list(upper), list(lower)]
    return rows


def read_screen(lines: list[str]) -> Matrix:
    """The same from a terminal, where each line is black on white."""
    found = [COLOURED.fullmatch(line) for line in lines]
    assert None not in found, lines
    return read_back([line[1] for line in found if line is not None])


@pytest.mark.parametrize("margin", [2, 4])
def test_the_picture_holds_the_code_and_its_margin(margin: int) -> None:
    modules = matrix(CODE)
    side = len(modules)
    picture = read_back(draw(modules, margin))
    inner = [row[margin : margin + side] for row in picture[margin : margin + side]]
    assert inner == modules
    around = [row[:margin] + row[margin + side :] for row in picture]
    assert not any(any(row) for row in around)
    assert not any(any(row) for row in picture[:margin] + picture[margin + side :])
    assert len(picture) >= side + 2 * margin


def test_the_modules_are_those_of_qrcode() -> None:
    other = QRCode(error_correction=1, border=0)
    other.add_data(CODE, optimize=0)
    assert matrix(CODE) == other.get_matrix()


def test_the_size_is_foretold() -> None:
    modules = matrix(CODE)
    lines = draw(modules, 2)
    columns = len(read_back(lines)[0])
    assert drawn_size(len(modules), 2) == Size(columns, len(lines))
    assert len(matrix("x" * LONGEST_CODE)) >= len(matrix(CODE))


def test_a_small_terminal_is_refused_with_both_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    with pytest.raises(InvalidInputError, match=r"it needs \d+x\d+, this one is 80x24") as caught:
        require_room()
    assert "enlarge the window" in str(caught.value.hint)
    assert "--pair-code" in str(caught.value.hint)
    monkeypatch.setenv("LINES", "60")
    require_room()


class Terminal:
    """Understands just what the screen writes: cursor to a row, erase, text."""

    def __init__(self) -> None:
        self.size = Size(100, 50)
        self.now = 0.0
        self.rows: dict[int, str] = {}
        self.alternate = False

    def write(self, text: str) -> None:
        for part in re.split(r"(\x1b\[\?1049[hl]|\x1b\[\?25[hl]|\x1b\[2J)", text):
            if part.startswith("\x1b[?1049"):
                self.alternate = part.endswith("h")
            elif part == "\x1b[2J":
                self.rows = {}
            for row, content in re.findall(r"\x1b\[(\d+);1H(.*?)\x1b\[K", part):
                self.rows[int(row)] = content

    def shown(self) -> list[str]:
        return [self.rows[row] for row in sorted(self.rows) if self.rows[row]]


@pytest.fixture
def terminal() -> Terminal:
    use_language("id")
    return Terminal()


def screen_on(terminal: Terminal) -> PairingScreen:
    return PairingScreen(
        "Kopi Senja", size=lambda: terminal.size, clock=lambda: terminal.now, write=terminal.write
    )


def test_the_screen_shows_the_code_and_counts_down(terminal: Terminal) -> None:
    with screen_on(terminal) as screen:
        assert "Menunggu kode QR dari WhatsApp…" in terminal.shown()
        assert terminal.alternate
        screen.show_code(CODE, 60)
        title, steps, *picture, countdown = terminal.shown()
        assert title == "Tautkan WhatsApp toko Kopi Senja"
        assert "Perangkat tertaut > Tautkan perangkat" in steps
        assert read_screen(picture)[4][4 : 4 + len(matrix(CODE))] == matrix(CODE)[0]
        assert countdown == "QR berlaku 60 detik lagi. Ctrl-C untuk batal."
        terminal.now = 18
        screen.redraw()
        assert terminal.shown()[-1].startswith("QR berlaku 42 detik lagi")
        terminal.now = 61
        screen.redraw()
        assert "menunggu yang baru" in terminal.shown()[-1]
    assert not terminal.alternate


def test_a_new_code_takes_the_place_of_the_old(terminal: Terminal) -> None:
    with screen_on(terminal) as screen:
        screen.show_code(CODE, 60)
        screen.show_code(CODE.upper(), 20)
        picture = terminal.shown()[2:-1]
        side = len(matrix(CODE.upper()))
        assert [r[4 : 4 + side] for r in read_screen(picture)[4 : 4 + side]] == matrix(CODE.upper())
        screen.say("Menyambungkan…")
        assert terminal.shown() == ["Tautkan WhatsApp toko Kopi Senja", "Menyambungkan…"]


def test_a_terminal_made_smaller_says_so(terminal: Terminal) -> None:
    with screen_on(terminal) as screen:
        screen.show_code(CODE, 60)
        side = len(matrix(CODE))
        terminal.size = Size(side + 4, 50)
        screen.redraw()
        assert len(read_screen(terminal.shown()[2:-1])[0]) == side + 4
        terminal.size = Size(40, 20)
        screen.redraw()
        (only,) = terminal.shown()
        assert only.startswith("Perbesar terminal")
        assert len(only) < 40


def test_a_short_code_is_drawn_too() -> None:
    (event,) = connect_events()
    assert getattr(event, "code", "")
    assert read_back(draw(matrix("https://wa.me/x"), 2))


def test_a_code_to_type_is_large_and_counts_down(terminal: Terminal) -> None:
    terminal.size = Size(80, 24)
    screen = PairingScreen(
        "Kopi Senja",
        "0811-0000-0001",
        size=lambda: terminal.size,
        clock=lambda: terminal.now,
        write=terminal.write,
    )
    with screen:
        assert "Meminta kode penautan dari WhatsApp…" in terminal.shown()
        screen.show_typed_code("AB1D-2FGH", 100)
        shown = terminal.shown()
        text = " ".join(" ".join(shown).split())
        assert "0811-0000-0001" in text
        assert "Perangkat tertaut > Tautkan perangkat" in text
        assert '"Tautkan dengan nomor telepon"' in text
        (large,) = (row for row in shown if "A  B  1  D  -  2  F  G  H" in row)
        assert large.startswith("\x1b[1;38;5;16;48;5;231m")
        assert shown[-1] == "Kode berlaku 100 detik lagi. Ctrl-C untuk batal."
        terminal.size = Size(30, 24)
        terminal.now = 101
        screen.redraw()
        assert "AB1D-2FGH" in terminal.shown()
        assert "sudah habis" in terminal.shown()[-1]
        assert all(len(row) < 30 for row in terminal.shown())
        screen.say("Menyambungkan…")
        assert "AB1D-2FGH" not in terminal.shown()
