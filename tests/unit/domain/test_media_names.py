"""What customers call their files never becomes a path, an option or a control code."""

from __future__ import annotations

import pytest

from waagent.domain.media import MAX_FILE_NAME, safe_file_name
from waagent.domain.texts import encodable, identifier


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("struk.jpg", "struk.jpg"),
        ("Daftar  Harga 2026.PDF", "Daftar Harga 2026.PDF"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Windows\\win.ini", "win.ini"),
        (".bashrc", "bashrc.jpg"),
        ("..", "file.jpg"),
        ("", "file.jpg"),
        (None, "file.jpg"),
        ("a\0b\n\x1b[31mc.txt", "ab[31mc.txt"),
        ("kue\u202egpj.exe", "kuegpj.exe"),
        ("con.txt", "file-con.txt"),
        ("NUL", "file-NUL.jpg"),
        ("a?b*c|d.png", "abcd.png"),
        ("foto 🙏🏽.jpg", "foto 🙏🏽.jpg"),
        ("\ud83d.jpg", "jpg.jpg"),
        ("--rf.jpg", "rf.jpg"),
    ],
)
def test_a_name_is_only_a_name(given: str | None, name: str) -> None:
    assert safe_file_name(given, "image/jpeg", "file") == name


@pytest.mark.parametrize("given", ["x" * 5000, "é" * 300 + ".jpg", "y." + "z" * 500, "-" * 200])
def test_a_name_fits_into_any_file_system(given: str) -> None:
    name = safe_file_name(given, "image/jpeg", "file")
    assert 0 < len(name.encode()) <= MAX_FILE_NAME


def test_the_extension_of_an_unknown_type() -> None:
    assert safe_file_name(None, "a/\ud83d", "file") == "file.bin"
    assert safe_file_name(None, "application/pdf; x=y", "file") == "file.pdf"


def test_texts_keep_all_that_can_be_kept() -> None:
    assert encodable("biasa 🙏🏽 \0") == "biasa 🙏🏽 \0"
    assert encodable("\ud83d\ude4f \ud83d") == "🙏 \ufffd"
    assert identifier("A\0\udc00" + "B" * 300) == ("A\ufffd\ufffd" + "B" * 300)[:250]
