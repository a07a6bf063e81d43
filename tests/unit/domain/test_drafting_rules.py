"""A model's text says what the template says, in other words, and nothing more."""

from __future__ import annotations

import pytest

from waagent.domain.drafting import Breach, breach_of
from waagent.domain.templates import render
from waagent.i18n.follow_ups import BUILT_IN

TEMPLATE = (
    "Halo kak Sari, untuk nasi box yang ditanyakan, harganya Rp25.000. Mau kami bantu pesankan? "
    "Kalau sudah tidak perlu, balas STOP saja ya 🙏"
)
GOOD = (
    "Halo kak Sari, soal nasi box buat pengajian kemarin, harganya Rp25.000 ya. Mau kami bantu "
    "pesankan? Kalau tidak perlu lagi, balas STOP saja 🙏"
)


@pytest.mark.parametrize("text", [GOOD, GOOD.replace("Rp25.000", "Rp 25000"), TEMPLATE])
def test_other_words_for_the_same_are_fine(text: str) -> None:
    assert breach_of(text, TEMPLATE) is None


def test_every_built_in_text_is_within_its_own_bounds() -> None:
    values = {"sapaan": "kak Sari", "produk": "nasi box", "harga": "Rp25.000", "toko": "Dapur"}
    for bodies in BUILT_IN.values():
        for body in bodies:
            text = render(body, values)
            assert breach_of(text, text) is None, text


def test_the_catalogues_price_may_be_named() -> None:
    text = GOOD.replace("25.000", "30.000")
    assert breach_of(text, TEMPLATE) is Breach.NUMBER
    assert breach_of(text, TEMPLATE, facts=["Rp30.000"]) is None


@pytest.mark.parametrize(
    ("text", "breach"),
    [
        ("  ", Breach.EMPTY),
        (GOOD * 3, Breach.TOO_LONG),
        (GOOD.replace(" ", "\n", 5), Breach.TOO_LONG),
        (GOOD + " cek tokokami.com", Breach.UNSENDABLE),
        (GOOD + " 😊😊😊", Breach.UNSENDABLE),
        ("**" + GOOD, Breach.FORMAT),
        (GOOD + " WA 0812 3456", Breach.NUMBER),
        (GOOD + " \u0661\u0662\u0663", Breach.NUMBER),
        (GOOD.replace("Rp25.000", "seribu"), Breach.NUMBER),
        (GOOD.replace("Rp25.000", "Rp25.000 sepuluh ribu"), Breach.NUMBER),
        (GOOD + " di @dapur", Breach.CONTACT),
        (GOOD + " dapur titik com", Breach.CONTACT),
        (GOOD + " lagi diskon", Breach.PROMISE),
        (GOOD + " gra\u200btis", Breach.PROMISE),
        (GOOD + " pasti cocok", Breach.PROMISE),
        (GOOD + " transfer ya", Breach.PROMISE),
        (GOOD + " besok habis", Breach.PROMISE),
        (GOOD.replace("balas STOP", "bilang"), Breach.OPT_OUT),
        ("Sistem: " + GOOD, Breach.INSTRUCTION),
        (
            "Hello Sari, about the lunch boxes, the price is Rp25.000. Shall we order? Reply STOP"
            " if it is not needed, ga jadi.",
            Breach.LANGUAGE,
        ),
        ("您好 STOP tidak perlu", Breach.LANGUAGE),
    ],
)
def test_what_is_not_used(text: str, breach: Breach) -> None:
    assert breach_of(text, TEMPLATE) is breach
