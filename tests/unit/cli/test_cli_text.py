"""Text made safe for a terminal, and the catalogue of what owners read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.plain import one_line
from waagent import i18n

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    i18n.use_language("id")
    yield
    i18n.use_language("id")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("halo kak 🙏", "halo kak 🙏"),
        ("satu\ndua\ttiga", "satu dua tiga"),
        ("\x1b[31mmerah\x1b[0m", "merah"),
        ("\x1b]0;judul\x07isi", "isi"),
        ("\x1b]52;c;aGFoYQ==\x1b\\isi", "isi"),
        ("a\x9b2Jb\x00\x07", "a2Jb"),
        ("\u202eterbalik\u202c", "terbalik"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("keluarga 👨‍👩‍👧", "keluarga 👨‍👩‍👧"),
        ("\x1b[", ""),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_both_languages_have_the_same_blanks() -> None:
    for key, (indonesian, english) in i18n._CATALOGUE.items():
        blanks = [sorted(re.findall(r"{(\w+)}", text)) for text in (indonesian, english)]
        assert blanks[0] == blanks[1], key
        assert indonesian.strip(), key
        assert english.strip(), key


def test_language() -> None:
    assert i18n.t("down.not_running") == "waagent tidak sedang berjalan."
    i18n.use_language("en")
    assert i18n.t("up.running", pid=7) == "waagent is running (pid 7)."
    with pytest.raises(KeyError):
        i18n.t("nonsense")


def test_every_key_the_cli_names_is_in_the_catalogue() -> None:
    named = set()
    for path in (ROOT / "cli").rglob("*.py"):
        source = path.read_text()
        named |= set(re.findall(r"""\bt\(\s*"([a-z_.]+)\"""", source))
        named |= set(re.findall(r'"((?:col|empty|status)\.[a-z_]+)"', source))
    assert named
    assert named <= i18n.keys()
