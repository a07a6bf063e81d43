"""Phone numbers: the forms people write, and the ones refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from waagent.errors import InvalidPhoneError
from waagent.phones import format_e164, format_friendly, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "081200000001",
        "81200000001",
        "6281200000001",
        "+6281200000001",
        "+62 812-0000-0001",
        "0812 0000 0001",
        "(0812) 0000.0001",
        "006281200000001",
        "+62 (0)812 0000 0001",
        "wa.me/6281200000001",
        "https://wa.me/6281200000001?text=halo",
        "https://api.whatsapp.com/send?phone=6281200000001&text=halo",
        "tel:+62-812-0000-0001;ext=",
        "6281200000001@s.whatsapp.net",
        "6281200000001:12@s.whatsapp.net",
        "\uff10812 0000 0001",
        "\u202a+62\u00a0812\u20110000\u20110001\u202c",
    ],
)
def test_one_number_in_many_forms(text: str) -> None:
    assert parse_phone(text) == "6281200000001"


def test_sandbox_numbers_of_every_operator_are_taken() -> None:
    for prefix in ("811", "812", "813", "817", "821", "838", "852", "857", "878", "881", "896"):
        assert parse_phone(f"62{prefix}00000001") == f"62{prefix}00000001"


def test_other_countries() -> None:
    assert parse_phone("+1 415 555 0100") == "14155550100"
    assert parse_phone("012-345 6789", region="MY") == "60123456789"


@pytest.mark.parametrize("text", ["", "0812", "abc", "12345", "+62", "0812x3456y7890", "1" * 60])
def test_no_phone_numbers(text: str) -> None:
    with pytest.raises(InvalidPhoneError, match="not a phone number") as caught:
        parse_phone(text)
    assert caught.value.hint is not None
    assert len(caught.value.message) < 80


def test_shown_forms() -> None:
    assert format_e164("6281200000001") == "+6281200000001"
    assert format_e164("+6281200000001") == "+6281200000001"
    assert format_friendly("6281200000001") == "+62 812-0000-0001"
    assert format_friendly("999") == "+999"


def test_the_tables_are_loaded_only_on_use() -> None:
    check = "import sys, waagent.phones; sys.exit('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
