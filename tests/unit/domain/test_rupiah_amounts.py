"""Rupiah as shops write it; what could mean two amounts is refused."""

from __future__ import annotations

import pytest

from waagent.domain.rupiah import HIGHEST, format_rupiah, parse_rupiah


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,5jt", 1_500_000),
        ("1.5 juta", 1_500_000),
        ("Rp 250.000", 250_000),
        ("Rp250.000,-", 250_000),
        ("Rp. 1.250.000,00", 1_250_000),
        ("IDR 75000", 75_000),
        ("250rb", 250_000),
        ("250 ribu", 250_000),
        ("250K", 250_000),
        ("12,75jt", 12_750_000),
        ("2 miliar", 2_000_000_000),
        ("0", 0),
        ("  35000 ", 35_000),
    ],
)
def test_amounts(text: str, amount: int) -> None:
    assert parse_rupiah(text) == amount


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no amount"),
        ("gratis", "no amount"),
        ("-5000", "no amount"),
        ("5000 dolar", "no unit"),
        ("1.500jt", "two amounts"),
        ("1,5", "not clear"),
        ("1,500", "not clear"),
        ("25.00", "not clear"),
        ("1.50.000", "not clear"),
        ("2000m", "more than Rp 1.000.000.000.000"),
        ("9" * 30, "more than"),
        ("9" * 5000, "too long"),
        ("１２３", "no amount"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_rupiah(text)


def test_what_is_written_can_be_read_again() -> None:
    for amount in (0, 999, 1000, 1_500_000, HIGHEST):
        assert parse_rupiah(format_rupiah(amount)) == amount
    assert format_rupiah(1_500_000) == "Rp 1.500.000"
