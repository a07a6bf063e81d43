"""Informal spellings fold into one form, whatever is thrown at them."""

from __future__ import annotations

import pytest

from waagent.ai.text import MAX_CHARS, clean, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Brp hrgnya kak?", "berapa harga kak ?"),
        ("udh tf yaaa", "sudah transfer ya"),
        ("ga jd deh", "tidak jadi deh"),
        ("GAK  JADI", "tidak jadi"),
        ("bangettttt", "banget"),
        ("makasiiii", "terimakasih"),
        ("liat2 dulu", "liat liat dulu"),
        ("25rb sama Rp 1.250.000 atau 1,5 jt", "<uang> sama <uang> atau <uang>"),
        ("mau 3 box", "mau <n> box"),
        ("cek https://contoh.id/abc", "cek <link>"),
        ("pinten regane pak", "berapa harga pak"),
        ("", ""),
        ("🙏", "🙏"),
    ],
)
def test_normalise(written: str, normal: str) -> None:
    assert normalise(written) == normal


def test_control_characters_and_lone_surrogates_go() -> None:
    assert clean("a\x00b\ud800c\u202ed") == "a b c d"


def test_a_long_text_keeps_its_beginning_and_end() -> None:
    cut = clean("halo" + "x" * 10_000 + "harganya berapa")
    assert len(cut) <= MAX_CHARS + 1
    assert cut.startswith("halo")
    assert cut.endswith("harganya berapa")
