"""Catalogue files as shops have them."""

from __future__ import annotations

import pytest

from waagent.domain.catalogue import Product, RefusedRow, parse_price, read_catalogue


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("25000", 25_000),
        ("Rp 25.000", 25_000),
        ("Rp25.000,00", 25_000),
        ("rp. 1.250.000,-", 1_250_000),
        ("25000.00", 25_000),
        ("25,000", 25_000),
        ("25,000.00", 25_000),
        ("IDR 25000", 25_000),
        ("25rb", 25_000),
        ("2,5 jt", 2_500_000),
        ("0", 0),
        ("", None),
        (" - ", None),
    ],
)
def test_prices(text: str, rupiah: int | None) -> None:
    assert parse_price(text) == rupiah


@pytest.mark.parametrize(
    "text", ["-5", "gratis", "25.5", "1.2.3", "25.00.000", "Rp", "1e9", "9" * 13, "٣"]
)
def test_what_is_no_price(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_price(text)


@pytest.mark.parametrize(
    "data",
    [
        b"name,aliases,price\nRisol,risoles|risol mayo,2500\n",
        b"\xef\xbb\xbfNama;Alias;Harga\r\nRisol;risoles | risol mayo;Rp 2.500\r\n",
        "harga\tnama produk\tsebutan\n2.500\tRisol\trisoles|risol mayo|RISOL|\n".encode("utf-16"),
        b'\n\nname,aliases,price\n"  Risol ",risoles|risoles|risol mayo,"2,500"\n,,\n',
    ],
)
def test_forms_of_a_file(data: bytes) -> None:
    ((_, product),) = read_catalogue(data).rows
    assert product == Product(name="Risol", aliases=("risoles", "risol mayo"), price=2500)


def test_every_bad_line_is_told_with_its_number() -> None:
    lines = [
        "name,aliases,price",
        "Risol,,2500",
        "RISOL,,3000",
        ",,1000",
        "Pastel,risol,1000",
        "Lemper,,murah",
        f"{'x' * 121},,1",
        "Kroket,,Rp 25,000",
        'Donat,"donut',
        'gula",9000',
        "Bakwan\x00,,1",
        f"Cilok,{'|'.join(f'a{n}' for n in range(31))},1",
        "Klepon,,2000",
    ]
    file = read_catalogue("\n".join(lines).encode())
    assert [(line, product.name) for line, product in file.rows] == [
        (2, "Risol"),
        (9, "Donat"),
        (13, "Klepon"),
    ]
    assert [(refusal.line, refusal.reason) for refusal in file.refused] == [
        (3, RefusedRow.DUPLICATE_NAME),
        (4, RefusedRow.NO_NAME),
        (5, RefusedRow.ALIAS_TAKEN),
        (6, RefusedRow.BAD_PRICE),
        (7, RefusedRow.NAME_TOO_LONG),
        (8, RefusedRow.TOO_MANY_COLUMNS),
        (11, RefusedRow.BAD_TEXT),
        (12, RefusedRow.TOO_MANY_ALIASES),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"name,price\n", "no products"),
        (b"Risol,risoles,2500\n", "no column for names"),
        (b"PK\x03\x04rest", "workbook"),
        (b"name\n" + b"x" * 200_000, "cannot be read"),
    ],
)
def test_what_is_no_catalogue(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_catalogue(data)
